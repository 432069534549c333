"""The report as a table for a terminal: one row a variable, one row a stage, and the check in one line."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table as RichTable
from rich.text import Text

from backprop_cli.render import numbers, report_tables
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.render.sentences import agreement, kinks, sensitivities
from backprop_cli.render.tables.screens import Screen
from backprop_cli.render.tables.terminal_tables import VALUE, printed, prose, table
from backprop_cli.report.report import Report

_WIDE, _LONGEST_EXPRESSION, _LONGEST_VALUE = 100_000, 400, 10_000


def render(report: Report, screen: Screen, *, explain: bool = False) -> str:
    """The whole table as text, with colour codes only if the screen has colour."""
    return printed(_parts(report, screen, explain), screen)


def _parts(report: Report, screen: Screen, explain: bool) -> Iterator[Text | RichTable]:
    yield _head(report, screen)
    if report.variables:
        yield from (Text(), table(report_tables.variables(report), screen))
    if report.stages:
        yield from (Text(), table(report_tables.stages(report), screen))
    if report.variables or report.stages:
        yield from (Text(), _foot(report))
    yield from (prose(f"  {visible(line)}", "doubt") for line in kinks(report))
    if explain:
        yield Text()
        yield from (prose(visible(line)) for line in sensitivities(report))


def _head(report: Report, screen: Screen) -> Text:
    head = Text(f"{report.output} = ")
    expression = " ".join(report.expression.split())
    if not report.stages:
        room = (screen.width or _WIDE) - len(head) - 3
        head.append(shorten(visible(expression), min(room, _LONGEST_EXPRESSION)))
        head.append("\n" + " " * len(report.output) + " = ")
    return head.append(shorten(report.value.text, _LONGEST_VALUE), VALUE)


def _foot(report: Report) -> Text:
    if report.check is None:
        return prose(agreement(report), "faint")
    lossy = any(verdict.lost_digits for verdict in report.check.verdicts.values())
    word = "wrong" if not report.ok else "unchecked" if report.check.ok is None else "imprecise" if lossy else "ok"
    return prose(f"{numbers.MARKS[word]} {agreement(report)}", report_tables.ROLES[word])
