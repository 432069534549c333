"""An array as a grid of cells: a number in each where there is room, a tint by sign and size, cut where it is large.

The sign is never told by the colour alone: a negative cell has a bar, where no number says it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from backprop_cli.reading.nested_lists import place

_SIDE = 16  # cells along a side
_NUMBERED, _ABREAST = 16, 6  # elements, and columns, up to which the cells have numbers


@dataclass(frozen=True, slots=True)
class GridCell:
    """One element: its place and number for a title, what is written in it, its size beside the largest (-1 to 1).

    ``tint`` None is an element without a value, or one that is left blank.
    """

    title: str
    text: str
    tint: float | None


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells; ``numbered``: they have numbers, or room for them; ``whole``: that is all of the array."""

    rows: tuple[tuple[GridCell, ...], ...]
    numbered: bool
    whole: bool = True


def grid(name: str, shape: tuple[int, ...], texts: list[str], doubles: list[float], *, blank: bool = False) -> Grid:
    """The grid of an array of a name: ``texts`` are short ones, row by row. A vector is a row.

    More than two dimensions stand as the rows of all of them.
    """
    columns = shape[-1]
    rows = math.prod(shape[:-1])
    numbered = rows * columns <= _NUMBERED and columns <= _ABREAST
    largest = max((abs(one) for one in doubles if math.isfinite(one)), default=0.0)
    made = []
    for row in range(min(rows, _SIDE)):
        cells = []
        for column in range(min(columns, _SIDE)):
            at = row * columns + column
            tint = None if blank or not math.isfinite(doubles[at]) else doubles[at] / largest if largest else 0.0
            title = place(name, shape, at) + ("" if blank else f" = {texts[at]}")
            cells.append(GridCell(title, "" if blank or not numbered else texts[at], tint))
        made.append(tuple(cells))
    return Grid(tuple(made), numbered, rows <= _SIDE and columns <= _SIDE)
