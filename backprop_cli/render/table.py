"""The report as a table for a terminal: one row a variable, one row a stage, and the check in one line."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.render import numbers, report_tables
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.render.sentences import agreement, kinks, sensitivities
from backprop_cli.render.tables.screens import Screen
from backprop_cli.render.tables.shown import shown
from backprop_cli.render.tables.tabular import Table
from backprop_cli.render.tables.text_lines import BLANK, TextLine, prose
from backprop_cli.report.report import Report

_WIDE, _LONGEST_EXPRESSION, _LONGEST_VALUE = 100_000, 400, 10_000


def render(report: Report, screen: Screen, *, explain: bool = False) -> str:
    """The whole table as text, with colour codes only if the screen has colour."""
    return shown(_parts(report, screen, explain), screen)


def _parts(report: Report, screen: Screen, explain: bool) -> Iterator[TextLine | Table]:
    yield _head(report, screen)
    if report.variables:
        yield from (BLANK, report_tables.variables(report))
    if report.stages:
        yield from (BLANK, report_tables.stages(report))
    if report.variables or report.stages:
        yield from (BLANK, _foot(report))
    yield from (prose(f"  {visible(line)}", "doubt") for line in kinks(report))
    if explain:
        yield BLANK
        yield from (prose(visible(line)) for line in sensitivities(report))


def _head(report: Report, screen: Screen) -> TextLine:
    head = f"{report.output} = "
    if report.made_of:
        room = (screen.width or _WIDE) - len(head) - 3
        head += shorten(visible(report.made_of), min(room, _LONGEST_EXPRESSION))
        head += "\n" + " " * len(report.output) + " = "
    return TextLine(((head, ""), (shorten(report.value.text, _LONGEST_VALUE), "value")))


def _foot(report: Report) -> TextLine:
    if report.check is None:
        return prose(agreement(report), "faint")
    lossy = any(verdict.lost_digits for verdict in report.check.verdicts.values())
    word = "wrong" if not report.ok else "unchecked" if report.check.ok is None else "imprecise" if lossy else "ok"
    return prose(f"{numbers.MARKS[word]} {agreement(report)}", report_tables.ROLES[word])
