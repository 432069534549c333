"""A batch as a table for a terminal: one row a parameter, of an array one row an element."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from backprop_cli.render.batch.words import KINDS, agreement, basis, elements, remarks
from backprop_cli.render.numbers import MARKS
from backprop_cli.render.report_tables import ROLES
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.render.tables.screens import Screen
from backprop_cli.render.tables.shown import shown
from backprop_cli.render.tables.tabular import Cell, CellRole, Column, Table, code, ours
from backprop_cli.render.tables.text_lines import BLANK, TextLine, line, prose
from backprop_cli.rows.batch_report import BatchReport, ParameterRow

_MOST = 30


def render(report: BatchReport, screen: Screen, *, full: bool = False) -> str:
    """The whole table as text; of a large array the first elements, unless ``full``."""
    return shown(_parts(report, screen, full), screen)


def _parts(report: BatchReport, screen: Screen, full: bool) -> Iterator[TextLine | Table]:
    yield _head(report, screen)
    if report.parameters:
        yield BLANK
        yield _table(report, full)
    hidden = 0 if full else sum(max(0, len(list(elements(row.name, row.value))) - _MOST) for row in report.parameters)
    if hidden:
        yield line(f"  {hidden:,} more elements: --full prints them", "faint")
    yield BLANK
    yield prose(basis(report), "faint")
    yield _foot(report)
    yield from (prose(f"  {remark}", "doubt") for remark in remarks(report))


def _foot(report: BatchReport) -> TextLine:
    if report.check == "none":
        return prose(agreement(report), "faint")
    word = {True: "ok", False: "wrong", None: "unchecked"}[report.ok]
    return prose(f"{MARKS[word]} {agreement(report)}", ROLES[word])


def _head(report: BatchReport, screen: Screen) -> TextLine:
    head = ""
    if not report.staged:
        head = f"{report.output} = "
        room = (screen.width or 100_000) - len(head) - 1
        head += shorten(visible(" ".join(report.expression.split())), min(room, 400)) + "\n"
    head += f"{KINDS[report.reduce]} {report.output} = "
    pieces: list[tuple[str, CellRole]] = [(head, ""), (repr(report.value), "value")]
    if report.value_error is not None:
        pieces.append((f"  ± {report.value_error:.2g}", "faint"))
    return TextLine(tuple(pieces))


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
