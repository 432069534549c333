"""A table as plain data: columns, and rows of cells. It knows no command, and nothing of where it is printed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

ColumnKind = Literal["word", "number", "figure", "formula", "prose"]
"""What a column holds. A number is rounded where there is little room, a figure never is, and both stand to the right;
a formula gets the room that the others leave, and prose is broken into lines."""
CellRole = Literal["", "value", "gradient", "faint", "good", "bad", "doubt"]
"""What a cell's text is, which a terminal may show by its colour, and never by that alone."""
PartForm = Literal["ours", "said", "code"]
"""Whose text it is: ours, which needs no care; a sentence that may quote a stranger; a name, a number or a formula."""


@dataclass(frozen=True, slots=True)
class CellPart:
    """A piece of a cell's text."""

    text: str
    form: PartForm = "ours"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one column of one row."""

    parts: tuple[CellPart, ...]
    role: CellRole = ""

    @property
    def text(self) -> str:
        """The parts without their forms."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and kind.

    ``short`` is the heading where there is little room, ``least`` how many characters wide the column is at least. An
    ``optional`` column may be left out where none of its cells says anything.
    """

    heading: str
    kind: ColumnKind = "word"
    short: str = ""
    least: int = 0
    optional: bool = False

    @property
    def right(self) -> bool:
        """Whether its cells end below each other."""
        return self.kind in ("number", "figure")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as there are columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def without_empty(self) -> Table:
        """The same without the optional columns that say nothing."""
        kept = [
            at
            for at, column in enumerate(self.columns)
            if not column.optional or any(row[at].text.strip() for row in self.rows)
        ]
        rows = tuple(tuple(row[at] for at in kept) for row in self.rows)
        return replace(self, columns=tuple(self.columns[at] for at in kept), rows=rows)


def ours(text: str, role: CellRole = "") -> Cell:
    """A cell of our own words or marks."""
    return Cell((CellPart(text),), role)


def code(text: str, role: CellRole = "") -> Cell:
    """A cell of a name, a number or a formula, whoever wrote it."""
    return Cell((CellPart(text, "code"),), role)


def said(text: str, role: CellRole = "") -> Cell:
    """A cell of a sentence that may quote a stranger."""
    return Cell((CellPart(text, "said"),), role)
