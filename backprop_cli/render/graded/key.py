"""A key's answers as a table for its author."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from rich.table import Table
from rich.text import Text

from backprop_cli.grading.keys.solutions import Solution, Varied
from backprop_cli.render.graded.words import decimal
from backprop_cli.render.table import GRADIENT, Screen, printed, table_box
from backprop_cli.render.text import shorten, visible

_LONGEST = 60


def render(rows: Iterable[Solution], screen: Screen, varied: Sequence[Varied] = ()) -> str:
    """One row a quantity: its problem, points, name, answer and a note; below, what each student has of their own."""
    found = list(rows)
    table = Table(box=table_box(screen), pad_edge=False, show_edge=False, padding=(0, 1), header_style="bold")
    for title in ("problem", "points", "name", "answer"):
        table.add_column(title, justify="right" if title == "points" else "left", no_wrap=True)
    notes = any(row.note for row in found)
    if notes:
        table.add_column("note")
    for row, before in zip(found, [None, *found], strict=False):
        problem = "" if before is not None and before.problem == row.problem else row.problem
        cells = [problem, decimal(row.points), row.name, shorten(visible(row.answer), _LONGEST)]
        texts = [Text(cell) for cell in cells] + ([Text(visible(row.note), GRADIENT)] if notes else [])
        table.add_row(*texts)
    points = sum((row.points for row in found), Fraction(0))
    total = Text(f"{decimal(points)} point{'' if points == 1 else 's'}")
    lines = [Text(visible(line)) for one in varied for line in _own(one)]
    return printed([table, Text(), total, *([Text(), *lines] if lines else [])], screen)


def _own(one: Varied) -> tuple[str, str]:
    return (
        f"{one.problem}: each student's own numbers, {one.choices}",
        f"  the answers above are those at {one.example}",
    )
