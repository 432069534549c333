"""The report as lines ``name = value`` for grep and awk, and as bare numbers for scripts. Numbers are whole."""

from __future__ import annotations

from backprop_cli.render import numbers
from backprop_cli.render.safe_text import visible
from backprop_cli.render.sentences import agreement, kinks, sensitivities
from backprop_cli.report.report import Report


def render(report: Report, *, explain: bool = False) -> str:
    """``f = -12.0``, then ``df/dx = -4.0`` and so on, then the check."""
    out = report.output
    lines = [f"{out} = {report.value.text}"]
    for variable in report.parameters:
        assert variable.gradient is not None
        verdict = f"  # {numbers.word(variable.verdict, marks=False)}" if variable.verdict else ""
        lines.append(f"d{out}/d{variable.name} = {variable.gradient.text}{verdict}")
    for stage in report.stages:
        lines.append(f"{stage.name} = {stage.value.text if stage.value else 'none'}") if stage.name != out else None
        if stage.gradient:
            lines.append(f"d{out}/d{stage.name} = {stage.gradient.text}")
    lines += [f"# {line}" for line in (agreement(report), *kinks(report))]
    if explain:
        lines += [f"# {line}" for line in sensitivities(report)]
    return "".join(f"{visible(line)}\n" for line in lines)


def quiet(report: Report) -> str:
    """The asked gradients, a number a line, in the order in which they were asked for."""
    return "".join(f"{gradient.text}\n" for gradient in report.gradients.values())
