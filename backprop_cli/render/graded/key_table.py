"""A key's answers as a table for its author."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from rich.text import Text

from backprop_cli.grading.keys.solutions import Solution, Varied
from backprop_cli.render.graded.words import decimal
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.render.tables.screens import Screen
from backprop_cli.render.tables.tabular import Cell, Column, Table, code, ours, said
from backprop_cli.render.tables.terminal_tables import printed, table

_LONGEST = 60
_COLUMNS = (
    Column("problem"),
    Column("points", "figure"),
    Column("name"),
    Column("answer"),
    Column("note", "prose", optional=True),
)


def render(rows: Iterable[Solution], screen: Screen, varied: Sequence[Varied] = ()) -> str:
    """One row a quantity: its problem, points, name, answer and a note; below, what each student has of their own."""
    found = list(rows)
    cells = (_cells(row, before) for row, before in zip(found, [None, *found], strict=False))
    points = sum((row.points for row in found), Fraction(0))
    total = Text(f"{decimal(points)} point{'' if points == 1 else 's'}")
    lines = [Text(visible(line)) for one in varied for line in _own(one)]
    parts = [table(Table(_COLUMNS, tuple(cells)), screen), Text(), total, *([Text(), *lines] if lines else [])]
    return printed(parts, screen)


def _cells(row: Solution, before: Solution | None) -> tuple[Cell, ...]:
    problem = "" if before is not None and before.problem == row.problem else row.problem
    answer = code(shorten(visible(row.answer), _LONGEST))
    return code(problem), ours(decimal(row.points)), code(row.name), answer, said(row.note, "doubt")


def _own(one: Varied) -> tuple[str, str]:
    return (
        f"{one.problem}: each student's own numbers, {one.choices}",
        f"  the answers above are those at {one.example}",
    )
