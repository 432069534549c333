"""All data files one after the other as blocks of usable rows.

A row that cannot be used goes to ``reject``, which raises unless such rows are to be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby
from typing import Self

from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.cells import shape, shown
from backprop_cli.rows.columns import columns_hint
from backprop_cli.rows.files import TEXT, DataFile
from backprop_cli.rows.records import BLOCK, BadRow, Block, Place, Reading, Record, bad_cell
from backprop_cli.rows.text import Table, text_table

Reject = Callable[[BadRow], None]


class Data:
    """Data files whose first one is open: its columns are known before any row is read.

    A context manager, which closes what is open; so does the end of ``blocks``.
    """

    def __init__(self, files: Sequence[DataFile], reading: Reading) -> None:
        self.files, self.reading = tuple(files), reading
        self._open_files = ExitStack()
        try:
            self._first = table(self.files[0], reading, self._open_files)
        except BaseException:
            self.close()
            raise
        self.columns = self._first.names

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file that is open."""
        self._open_files.close()

    def blocks(self, wanted: Sequence[str], reject: Reject) -> Iterator[Block]:
        """The blocks of every file in order, with these columns; it can be asked for once."""
        shapes: dict[str, list[int]] = {}
        for at, file in enumerate(self.files):
            with self._open_files:
                one = self._first if at == 0 else table(file, self.reading, self._open_files)
                self._has(file, one, wanted)
                yield from _in_blocks(file, one, wanted, shapes, reject)

    def _has(self, file: DataFile, one: Table, wanted: Sequence[str]) -> None:
        absent = [name for name in wanted if name not in one.names]
        if absent:
            message = f"{file.name} has no column {shown(absent[0])}"
            raise Refused(Diagnostic("data.column", message, columns_hint(one.names)))


def table(file: DataFile, reading: Reading, open_files: ExitStack) -> Table:
    """A file of any form, opened. Raises ``Refused`` if it cannot be read."""
    if file.form not in ("csv", "tsv", "jsonl", TEXT):
        raise Refused(Diagnostic("data.form", f"{file.name} is no text, and is not read here", "save it as CSV"))
    return text_table(file, reading, open_files)


def _in_blocks(
    file: DataFile, one: Table, wanted: Sequence[str], shapes: dict[str, list[int]], reject: Reject
) -> Iterator[Block]:
    for _, run in groupby(one.records(wanted), key=_block_number):
        kept: list[Record] = []
        for record in run:
            bad = record if isinstance(record, BadRow) else _misshapen(file, record, wanted, shapes)
            if bad is not None:
                reject(bad)
            elif isinstance(record, Record):
                kept.append(record)
        if kept:
            cells = zip(*(record.cells for record in kept), strict=True)
            columns = dict(zip(wanted, map(list, cells), strict=True))
            yield Block(file.name, columns, [record.row for record in kept], [record.line or 0 for record in kept])


def _block_number(record: Record | BadRow) -> int:
    return ((record.place.row if isinstance(record, BadRow) else record.row) - 1) // BLOCK


def _misshapen(file: DataFile, record: Record, wanted: Sequence[str], shapes: dict[str, list[int]]) -> BadRow | None:
    """A row with a list whose shape differs from the first row's; the first row says what is expected."""
    for name, cell in zip(wanted, record.cells, strict=True):
        if isinstance(cell, float) and not shapes.get(name):
            continue
        expected = shapes.setdefault(name, shape(cell))
        if shape(cell) != expected:
            have, want = (tuple(one) or "a number" for one in (shape(cell), expected))
            place = Place(file.name, record.row, record.line)
            return bad_cell(place, name, str(cell), "data.shape", f"its shape is {have}, and the first row's {want}")
    return None
