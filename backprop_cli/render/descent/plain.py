"""A descent as lines ``name = value``: the value reached, the parameters, their gradients; numbers are whole."""

from __future__ import annotations

from backprop_cli.descent.descent_report import DescentReport
from backprop_cli.render.descent import words
from backprop_cli.render.safe_text import visible


def render(report: DescentReport) -> str:
    """``f = 0.5``, ``x = 1.5``, ``df/dx = 0.1``, then what happened as comments."""
    lines = [f"{report.output} = {report.value!r}"]
    lines += [f"{row.name} = {row.after.text}" for row in report.parameters]
    lines += [f"d{report.output}/d{row.name} = {row.gradient.text}" for row in report.parameters]
    lines.append(f"# {words.count(report)} from {report.output} = {report.before!r}: {words.manner(report)}")
    lines += [f"# {words.data(report)}"] if report.rows else []
    lines.append(f"# {report.stop.sentence}")
    lines += [f"# {line}" for line in (words.agreement(report), *words.kinks(report))]
    return "".join(f"{visible(line)}\n" for line in lines)


def quiet(report: DescentReport) -> str:
    """The parameters reached, one a line."""
    return "".join(f"{row.after.text}\n" for row in report.parameters)
