"""The report of an array circuit as lines ``name = value``, arrays as nested lists; numbers are whole."""

from __future__ import annotations

from backprop_cli.render.arrays import words
from backprop_cli.render.safe_text import visible
from backprop_cli.report.array_report import ArrayReport


def render(report: ArrayReport, *, explain: bool = False) -> str:
    """``L = 49.0``, then ``dL/dW = [[…]]`` and so on, then the check."""
    out = report.partial
    lines = [f"{report.output} = {report.value.text}"]
    for row in report.parameters:
        assert row.gradient is not None
        said = words.verdict(row, marks=False)
        lines.append(f"d{out}/d{row.name} = {row.gradient.text}" + (f"  # {said}" if said else ""))
    for row in report.stages:
        if row.name != report.output:
            lines.append(f"{row.name} = {row.value.text}")
        if row.gradient is not None:
            lines.append(f"d{out}/d{row.name} = {row.gradient.text}")
    lines += [f"# {line}" for line in (words.agreement(report), *words.kinks(report))]
    if explain:
        lines += [f"# {line}" for line in words.sensitivities(report)]
    return "".join(f"{visible(line)}\n" for line in lines)


def quiet(report: ArrayReport) -> str:
    """The asked gradients, one a line, in the order in which they were asked for."""
    return "".join(f"{gradient.text}\n" for gradient in report.gradients.values())
