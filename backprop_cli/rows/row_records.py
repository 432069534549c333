"""What the readers hand on: records of one file, blocks of them, and how a table is to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from backprop_cli.problems import Diagnostic

BLOCK = 8_192
"""Rows of a block: fixed, because where blocks begin decides the last digit of a sum."""

SMALL_ROWS = 2_000
"""Up to here rows are taken one at a time: for fewer it does not pay to load NumPy."""

Shapes = dict[str, list[int]]
"""The shape of each column whose rows are lists, once a row has been read."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written: its delimiter (None: a comma, in .tsv a tab), decimal sign, names, and the new names."""

    delimiter: str | None = None
    decimal: str = "."
    header: bool = True
    rename: Mapping[str, str] = field(default_factory=dict)


class RowPlace(NamedTuple):
    """A row of a file: its number from 1, and the line on which it begins, where the file has lines."""

    file: str
    row: int
    line: int | None = None

    def __str__(self) -> str:
        """``points.csv, row 2, line 3``."""
        line = f", line {self.line:,}" if self.line is not None else ""
        return f"{self.file}, row {self.row:,}{line}"


class BadRow(NamedTuple):
    """A row that cannot be used: why, where, and of a cell its column and what stands there."""

    place: RowPlace
    problem: Diagnostic
    column: str = ""
    value: str = ""


def bad_cell(place: RowPlace, column: str, value: str, code: str, says: str) -> BadRow:
    """A row with a cell that cannot be used."""
    return BadRow(place, Diagnostic(code, f"{place}, column {column}: {says}", _HINTS.get(code, "")), column, value)


_HINTS = dict.fromkeys(
    ("data.number", "data.missing", "data.large", "data.width", "data.shape"),
    "correct the file, or leave such rows out with --skip-bad",
)


def bad_row(place: RowPlace, code: str, says: str) -> BadRow:
    """A row that cannot be used as a whole."""
    return BadRow(place, Diagnostic(code, f"{place}: {says}", _HINTS.get(code, "")))


class Record(NamedTuple):
    """One row as read: the cells that are wanted, in the order in which they are wanted."""

    row: int
    line: int | None
    cells: tuple[Any, ...]


@dataclass(frozen=True)
class Block:
    """The usable rows among ``BLOCK`` consecutive ones of a file.

    ``columns`` has one sequence a column, all as long as ``rows``: lists of floats (or of nested lists of floats), or
    arrays of doubles with the rows along the first axis. ``rows`` are the rows' numbers, ``lines`` their lines;
    ``weights`` are 1 where there are none; ``locate`` finds a row's line where lines were not
    counted.
    """

    file: str
    columns: Mapping[str, Any]
    rows: Sequence[int]
    lines: Sequence[int] | None = None
    weights: Any = None
    locate: Callable[[int], int] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def plain(self) -> Block:
        """The block with lists for columns."""
        columns = {
            name: column if isinstance(column, list) else column.tolist() for name, column in self.columns.items()
        }
        weights = self.weights if self.weights is None or isinstance(self.weights, list) else self.weights.tolist()
        return replace(self, columns=columns, weights=weights)

    def place(self, at: int) -> RowPlace:
        """Where a row of the block stands."""
        row = int(self.rows[at])
        if self.lines is not None:
            return RowPlace(self.file, row, self.lines[at])
        return RowPlace(self.file, row, None if self.locate is None else self.locate(row))

    def kept(self, kept: Sequence[int]) -> Block:
        """The block with these of its rows."""
        columns = {name: _at(column, kept) for name, column in self.columns.items()}
        lines = None if self.lines is None else [self.lines[at] for at in kept]
        weights = None if self.weights is None else _at(self.weights, kept)
        rows = [self.rows[at] for at in kept]
        return replace(self, columns=columns, rows=rows, lines=lines, weights=weights)

    def each(self) -> Iterator[dict[str, Any]]:
        """The data of every row."""
        return (dict(zip(self.columns, cells, strict=True)) for cells in zip(*self.columns.values(), strict=True))

    def example(self) -> dict[str, Any]:
        """The data of the first row."""
        return self.kept([0]).plain().values(0)

    def values(self, at: int) -> dict[str, Any]:
        """The data of one row, as the columns have it."""
        return {name: column[at] for name, column in self.columns.items()}


def _at(column: Any, kept: Sequence[int]) -> Any:
    return [column[at] for at in kept] if isinstance(column, list) else column[list(kept)]
