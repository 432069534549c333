"""A table: its first block by the standard library, the bulk of a large file by pyarrow where it is installed.

Where pyarrow stops, the standard library goes on from that block: it says which cell is wrong on which line, or reads
what pyarrow does not (true and false, a plus sign).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice

from backprop_cli.rows.delimited import Delimited
from backprop_cli.rows.extras import has_pyarrow
from backprop_cli.rows.files import DataFile
from backprop_cli.rows.meter import Meter
from backprop_cli.rows.rejects import Reject
from backprop_cli.rows.row_records import BLOCK, Block, Dialect, Shapes
from backprop_cli.rows.text_blocks import record_blocks, until
from backprop_cli.rows.text_files import lines

Wanted = tuple[Sequence[str], Shapes, Reject]
"""The columns, the shapes of those that are lists, and what is told of rows that cannot be used."""


def bulk_blocks(one: Delimited, what: Wanted, meter: Meter, end: int | None = None) -> Iterator[Block]:
    """The blocks of a table whose head is read; rows from ``end`` on need not be looked at."""
    file, reading = one.file, one.reading
    wanted = what[0]
    records = until(one.records(wanted), end)
    head = list(islice(records, BLOCK + 1))
    yield from record_blocks(file, iter(head[:BLOCK]), *what)
    if len(head) <= BLOCK:
        return
    if not file.reopens or not has_pyarrow():
        yield from record_blocks(file, chain(head[BLOCK:], records), *what)
        return
    done, finished = BLOCK, False
    for block in _by_arrow(one, wanted, meter):
        finished = block is None
        if block is not None:
            done = block.rows[-1]
            yield block
    if not finished:
        with ExitStack() as open_files:
            again = Delimited(file, reading, lines(file, open_files, meter))
            yield from record_blocks(file, until(again.records(wanted, skip=done), end), *what)


def _by_arrow(one: Delimited, wanted: Sequence[str], meter: Meter) -> Iterator[Block | None]:
    """The blocks after the first one as far as pyarrow goes; None at last where that is the end of the file."""
    import pyarrow as pa

    from backprop_cli.rows.arrow import csv_chunks
    from backprop_cli.rows.chunks import regrouped

    file, reading = one.file, one.reading
    places = {name: one.names.index(name) for name in wanted}
    locate, begin = Lines(file, reading).of, 0
    try:
        for columns in regrouped(csv_chunks(one, places, meter)):
            count = len(next(iter(columns.values())))
            if begin:
                yield Block(file.name, columns, range(begin + 1, begin + count + 1), locate=locate)
            begin += count
    except (pa.ArrowException, OSError):
        return
    yield None


class Lines:
    """On which line a row of a file begins, found by reading the file once more, as far as that and further.

    Kept are only the rows at which the distance between rows and lines changes: at blank lines and breaks in quotes.
    """

    def __init__(self, file: DataFile, reading: Dialect) -> None:
        self.file, self.reading = file, reading
        self._rows, self._apart, self._known = [0], [0], 0

    def of(self, row: int) -> int:
        """The line of a row, from 1."""
        if row > self._known:
            self._read(2 * row)
        return row + self._apart[bisect_right(self._rows, row) - 1]

    def _read(self, last: int) -> None:
        self._rows, self._apart, self._known = [0], [0], last
        with ExitStack() as open_files:
            for row, line in Delimited(self.file, self.reading, lines(self.file, open_files)).places():
                if line - row != self._apart[-1]:
                    self._rows.append(row)
                    self._apart.append(line - row)
                if row >= last:
                    return
