"""A table with a delimiter as text: rows of numbers with the line on which each begins.

Nothing is taken for granted about a cell: ``cells.py`` says what is a number.
"""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator, Sequence

from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.cells import BadCellError, number
from backprop_cli.rows.column_names import named
from backprop_cli.rows.files import DataFile
from backprop_cli.rows.row_records import BadRow, Dialect, Record, RowPlace, bad_cell, bad_row


class Delimited:
    """A table with a delimiter: CSV as RFC 4180 has it, with quotes doubled within quotes."""

    def __init__(self, file: DataFile, reading: Dialect, source: Iterator[str]) -> None:
        self.file, self.reading = file, reading
        usual = "\t" if file.form == "tsv" else ","
        self.reader = csv.reader(source, delimiter=reading.delimiter or usual, strict=True)
        self.head_lines = 0
        self.first = self._next()
        if self.first is None:
            raise Refused(Diagnostic("data.empty", f"{file.name} is empty"))
        self.header = self.first if reading.header else [f"c{at}" for at in range(1, len(self.first) + 1)]
        if reading.header:
            self.head_lines = self.reader.line_num
            _no_numbers(file, self.header)
        self.names = named(file, [name.strip() for name in self.header], reading)

    def _next(self) -> list[str] | None:
        """The next row that is not blank."""
        try:
            return next((row for row in self.reader if row), None)
        except csv.Error as error:
            raise Refused(self._unreadable(error)) from None

    def _unreadable(self, error: csv.Error) -> Diagnostic:
        """A line that is no row; a cell in quotes before another sign than the delimiter is the commonest reason."""
        hint = "if another sign divides the cells, --delimiter says which" if "expected after" in str(error) else ""
        return Diagnostic("data.file", f"{self.file.name}, line {self.reader.line_num:,}: {error}", hint)

    def records(self, wanted: Sequence[str], skip: int = 0) -> Iterator[Record | BadRow]:
        """Every row in order, with the cells of these columns as numbers; without the first ``skip`` rows."""
        places = tuple(self.names.index(name) for name in wanted)
        reader, width, decimal = self.reader, len(self.names), self.reading.decimal
        row, before = 0, self.head_lines
        waiting = None if self.reading.header else self.first
        try:
            while (cells := waiting if waiting is not None else next(reader, None)) is not None:
                waiting = None
                line, before = before + 1, reader.line_num
                if not cells:
                    continue
                row += 1
                if row <= skip:
                    continue
                if len(cells) != width:
                    yield _width(RowPlace(self.file.name, row, line), len(cells), width)
                    continue
                try:
                    yield Record(row, line, tuple([number(cells[at], decimal) for at in places]))
                except BadCellError:
                    yield self._bad(RowPlace(self.file.name, row, line), cells, wanted, places)
        except csv.Error as error:
            raise Refused(self._unreadable(error)) from None

    def places(self) -> Iterator[tuple[int, int]]:
        """The number of every row, and the line on which it begins, as far as the table can be read."""
        row, before = 0, self.head_lines
        waiting = None if self.reading.header else self.first
        with contextlib.suppress(csv.Error):
            while (cells := waiting if waiting is not None else next(self.reader, None)) is not None:
                waiting = None
                line, before = before + 1, self.reader.line_num
                if cells:
                    row += 1
                    yield row, line

    def _bad(self, place: RowPlace, cells: list[str], wanted: Sequence[str], places: tuple[int, ...]) -> BadRow:
        """The first cell of a row that is no number."""
        for name, at in zip(wanted, places, strict=True):
            try:
                number(cells[at], self.reading.decimal)
            except BadCellError as bad:
                return bad_cell(place, name, cells[at], bad.code, bad.says)
        raise AssertionError(place)


def _width(place: RowPlace, have: int, width: int) -> BadRow:
    return bad_row(place, "data.width", f"the row has {have} cell{'' if have == 1 else 's'}, and the table {width}")


def _no_numbers(file: DataFile, header: Sequence[str]) -> None:
    """Refuse a first line of numbers, which would be lost as names."""
    try:
        for cell in header:
            number(cell)
    except BadCellError:
        return
    message = f"the first line of {file.name} has numbers where the names of the columns are expected"
    hint = "with --no-header the columns are c1, c2 and so on"
    raise Refused(Diagnostic("data.header", message, hint))
