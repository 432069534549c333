"""The report as Markdown tables, as GitHub renders them."""

from __future__ import annotations

from backprop_cli.render import report_tables
from backprop_cli.render.sentences import agreement, kinks, sensitivities
from backprop_cli.render.tables.markdown_tables import code, escape, table
from backprop_cli.report.array_report import ArrayReport
from backprop_cli.report.report import Report

_UNCHECKED = "unchecked"
_LONGEST = 400  # characters of an expression


def defined(report: Report | ArrayReport) -> str:
    """The output as typed, where it is not long, and no stage."""
    return f"{code(report.made_of)} = " if 0 < len(report.made_of) <= _LONGEST else ""


def render(report: Report, *, explain: bool = False) -> str:
    """A line for the value, a table for the variables, one for the stages, and the check."""
    text = f"**{escape(report.output)}** = {defined(report)}{code(report.value.text)}\n\n"
    if report.variables:
        text += table(report_tables.variables(report, unchecked=_UNCHECKED)) + "\n"
    if report.stages:
        text += table(report_tables.stages(report, unchecked=_UNCHECKED)) + "\n"
    text += f"{escape(agreement(report))}.\n"
    text += "".join(f"\n{escape(line)}.\n" for line in kinks(report))
    if explain:
        text += "\n" + "".join(f"- {escape(line)}\n" for line in sensitivities(report))
    return text
