"""A batch as a table for a terminal: one row a parameter, of an array one row an element."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from rich.table import Table as RichTable
from rich.text import Text

from backprop_cli.render.batch.words import KINDS, agreement, basis, elements, remarks
from backprop_cli.render.numbers import MARKS
from backprop_cli.render.report_tables import ROLES
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.render.tables.screens import Screen
from backprop_cli.render.tables.tabular import Cell, Column, Table, code, ours
from backprop_cli.render.tables.terminal_tables import FAINT, VALUE, printed, prose, table
from backprop_cli.rows.batch_report import BatchReport, ParameterRow

_MOST = 30


def render(report: BatchReport, screen: Screen, *, full: bool = False) -> str:
    """The whole table as text; of a large array the first elements, unless ``full``."""
    return printed(_parts(report, screen, full), screen)


def _parts(report: BatchReport, screen: Screen, full: bool) -> Iterator[Text | RichTable]:
    yield _head(report, screen)
    if report.parameters:
        yield Text()
        yield table(_table(report, full), screen)
    hidden = 0 if full else sum(max(0, len(list(elements(row.name, row.value))) - _MOST) for row in report.parameters)
    if hidden:
        yield Text(f"  {hidden:,} more elements: --full prints them", FAINT)
    yield Text()
    yield prose(basis(report), "faint")
    yield _foot(report)
    yield from (prose(f"  {line}", "doubt") for line in remarks(report))


def _foot(report: BatchReport) -> Text:
    if report.check == "none":
        return prose(agreement(report), "faint")
    word = {True: "ok", False: "wrong", None: "unchecked"}[report.ok]
    return prose(f"{MARKS[word]} {agreement(report)}", ROLES[word])


def _head(report: BatchReport, screen: Screen) -> Text:
    head = Text()
    if not report.staged:
        head.append(f"{report.output} = ")
        room = (screen.width or 100_000) - len(head) - 1
        head.append(shorten(visible(" ".join(report.expression.split())), min(room, 400)) + "\n")
    head.append(f"{KINDS[report.reduce]} {report.output} = ")
    head.append(repr(report.value), VALUE)
    if report.value_error is not None:
        head.append(f"  ± {report.value_error:.2g}", FAINT)
    return head


def _table(report: BatchReport, full: bool) -> Table:
    numbers = ("value", f"{KINDS[report.reduce]} gradient", "std. error")
    rows = (cells for row in report.parameters for cells in islice(_cells(row), None if full else _MOST))
    return Table((Column("parameter"), *(Column(title, "number") for title in numbers)), tuple(rows))


def _cells(row: ParameterRow) -> Iterator[tuple[Cell, ...]]:
    values = elements(row.name, row.value)
    if row.gradient is None:
        yield from ((code(name), _number(value), ours("fixed"), ours("")) for name, value in values)
        return
    gradients, errors = dict(elements(row.name, row.gradient)), dict(elements(row.name, row.error))
    for name, value in values:
        error = errors[name]
        yield code(name), _number(value), _number(gradients[name]), ours("" if error is None else f"{error:.2g}")


def _number(number: float | None) -> Cell:
    return code("" if number is None else repr(number))
