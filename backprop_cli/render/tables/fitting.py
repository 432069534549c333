"""A table's cells as texts that fit a screen: numbers rounded to the room, formulas cut to what the others leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backprop_cli.render import numbers
from backprop_cli.render.safe_text import shorten, visible, width
from backprop_cli.render.tables.screens import Screen
from backprop_cli.render.tables.tabular import Cell, CellRole, Column, Table

PIPE_WIDTH = 100_000
_TIGHT, _NARROW = 60, 90
_PIPE_FORMULA, _SHORTEST_FORMULA, _GAP = 80, 8, 3


@dataclass(frozen=True, slots=True)
class Fitted:
    """The columns that say something, their headings, and of each row the texts and their roles."""

    columns: tuple[Column, ...]
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    roles: tuple[tuple[CellRole, ...], ...]


def fitted(table: Table, screen: Screen) -> Fitted:
    """What of the table stands on the screen; a pipe cuts long formulas alone."""
    made = table.without_empty()
    tight = screen.width is not None and screen.width < _TIGHT
    titles = [column.short if tight and column.short else column.heading for column in made.columns]
    roles = tuple(tuple(cell.role for cell in row) for row in made.rows)
    return Fitted(made.columns, tuple(titles), tuple(map(tuple, _texts(made, titles, screen))), roles)


def _texts(made: Table, titles: Sequence[str], screen: Screen) -> list[list[str]]:
    formula = next((at for at, column in enumerate(made.columns) if column.kind == "formula"), None)
    for room in _rooms(screen):
        rows = [
            [_text(cell, column, room) for cell, column in zip(row, made.columns, strict=True)] for row in made.rows
        ]
        sizes = [max(width(title), *(width(row[at]) for row in rows)) for at, title in enumerate(titles)]
        least = sizes if formula is None else [*sizes[:formula], _SHORTEST_FORMULA, *sizes[formula + 1 :]]
        left = (screen.width or PIPE_WIDTH) - sum(least) - _GAP * (len(sizes) - 1)
        if left >= 0:
            break
    if formula is not None:
        for row in rows:
            row[formula] = shorten(row[formula], _SHORTEST_FORMULA + max(0, left) if screen.width else _PIPE_FORMULA)
    return rows


def _text(cell: Cell, column: Column, room: int) -> str:
    text = visible(" ".join(cell.text.split()))
    return numbers.fitted(text, room) if column.kind == "number" else text


def _rooms(screen: Screen) -> tuple[int, ...]:
    """How many characters a number has, and how many if the table is wider than the screen then."""
    wide = screen.width is None or screen.width >= _NARROW
    return (20, 8) if wide else (12, 8)
