"""A batch as a table for a terminal: one row a parameter, of an array one row an element."""

from __future__ import annotations

from collections.abc import Iterator

from rich.style import Style
from rich.table import Table
from rich.text import Text

from backprop_cli.render.batch.words import KINDS, agreement, basis, elements, remarks
from backprop_cli.render.numbers import ASCII_MARKS, MARKS, short
from backprop_cli.render.table import FAINT, GRADIENT, VALUE, VERDICTS, Screen, printed, table_box
from backprop_cli.render.text import shorten, visible
from backprop_cli.report.report import Quantity
from backprop_cli.rows.report import BatchReport, ParameterRow

_MOST = 30
_SMALL, _WIDE = 12, 20


def render(report: BatchReport, screen: Screen, *, full: bool = False) -> str:
    """The whole table as text; of a large array the first elements, unless ``full``."""
    return printed(_parts(report, screen, full), screen)


def _parts(report: BatchReport, screen: Screen, full: bool) -> Iterator[Text | Table]:
    yield _head(report, screen)
    if report.parameters:
        yield Text()
        yield _table(report, screen, full)
    hidden = 0 if full else sum(max(0, len(list(elements(row.name, row.value))) - _MOST) for row in report.parameters)
    if hidden:
        yield Text(f"  {hidden:,} more elements: --full prints them", FAINT)
    yield Text()
    yield Text(basis(report), FAINT, no_wrap=False)
    yield _foot(report, screen)
    for line in remarks(report):
        yield Text(f"  {line}", GRADIENT, no_wrap=False)


def _foot(report: BatchReport, screen: Screen) -> Text:
    if report.check == "none":
        return Text(agreement(report), FAINT, no_wrap=False)
    word = {True: "ok", False: "wrong", None: "unchecked"}[report.ok]
    mark = (MARKS if screen.unicode else ASCII_MARKS)[word]
    return Text(f"{mark} {agreement(report)}", VERDICTS[word], no_wrap=False)


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


def _table(report: BatchReport, screen: Screen, full: bool) -> Table:
    table = Table(box=table_box(screen), pad_edge=False, show_edge=False, padding=(0, 1), header_style=Style(bold=True))
    for title in ("parameter", "value", f"{KINDS[report.reduce]} gradient", "std. error"):
        table.add_column(title, justify="left" if title == "parameter" else "right", no_wrap=True)
    room = _SMALL if (screen.width or 100) < 90 else _WIDE
    for row in report.parameters:
        for cells in list(_cells(row, room))[: None if full else _MOST]:
            table.add_row(*(Text(cell) for cell in cells))
    return table


def _cells(row: ParameterRow, room: int) -> Iterator[tuple[str, str, str, str]]:
    values = elements(row.name, row.value)
    if row.gradient is None:
        yield from ((name, _number(value, room), "fixed", "") for name, value in values)
        return
    gradients, errors = dict(elements(row.name, row.gradient)), dict(elements(row.name, row.error))
    for name, value in values:
        error = errors[name]
        yield name, _number(value, room), _number(gradients[name], room), "" if error is None else f"{error:.2g}"


def _number(number: float | None, room: int) -> str:
    return "" if number is None else short(Quantity(repr(number), number), room)
