"""Records as text gives them → blocks of the usable ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from backprop_cli.rows.cells import shape
from backprop_cli.rows.files import DataFile
from backprop_cli.rows.rejects import Reject
from backprop_cli.rows.row_records import BLOCK, BadRow, Block, Record, RowPlace, Shapes, bad_cell


def record_blocks(
    file: DataFile, records: Iterable[Record | BadRow], wanted: Sequence[str], shapes: Shapes, reject: Reject
) -> Iterator[Block]:
    """The usable rows among records, block by block."""
    for _, run in groupby(records, key=_block_number):
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


def until(records: Iterable[Record | BadRow], end: int | None) -> Iterator[Record | BadRow]:
    """The records of the rows before ``end``, counted from 0; None is the end of the file."""
    for record in records:
        if end is not None and (record.place.row if isinstance(record, BadRow) else record.row) > end:
            return
        yield record


def _block_number(record: Record | BadRow) -> int:
    return ((record.place.row if isinstance(record, BadRow) else record.row) - 1) // BLOCK


def _misshapen(file: DataFile, record: Record, wanted: Sequence[str], shapes: Shapes) -> BadRow | None:
    """A row with a list whose shape differs from the first row's; the first row says what is expected."""
    for name, cell in zip(wanted, record.cells, strict=True):
        expected = shapes.get(name)
        if expected is None:
            expected = shapes[name] = shape(cell)
        if (expected or not isinstance(cell, float)) and shape(cell) != expected:
            have, want = (tuple(one) or "a number" for one in (shape(cell), expected))
            place = RowPlace(file.name, record.row, record.line)
            return bad_cell(place, name, str(cell), "data.shape", f"its shape is {have}, and the first row's {want}")
    return None
