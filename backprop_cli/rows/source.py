"""All data files one after the other as blocks of usable rows.

A row that cannot be used goes to ``reject``, which raises unless such rows are to be left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Protocol, Self

from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.bulk import bulk_blocks
from backprop_cli.rows.cells import shown
from backprop_cli.rows.column_names import columns_hint
from backprop_cli.rows.delimited import Delimited
from backprop_cli.rows.extras import needs_pyarrow
from backprop_cli.rows.files import DataFile
from backprop_cli.rows.meter import Meter, size_of
from backprop_cli.rows.rejects import Reject
from backprop_cli.rows.row_records import Block, Dialect, Shapes
from backprop_cli.rows.text_blocks import record_blocks, until
from backprop_cli.rows.text_files import text_table


class RowSource(Protocol):
    """An open file whose columns are known; ``count`` is the number of its rows, where that is known beforehand."""

    names: tuple[str, ...]
    count: int | None
    meter: Meter

    def blocks(
        self, wanted: Sequence[str], shapes: Shapes, reject: Reject, begin: int = 0, end: int | None = None
    ) -> Iterator[Block]:
        """The usable rows, with these columns; ``shapes`` are those of columns of lists, once a row was read.

        Rows from ``end`` on need not be looked at. Where ``count`` is known there are only those from ``begin``, the
        first of a block, to before ``end``.
        """


class Data:
    """Data files whose first one is open: its columns are known before any row is read.

    A context manager, which closes what is open; so does the end of ``blocks``.
    """

    def __init__(self, files: Sequence[DataFile], reading: Dialect) -> None:
        self.files, self.reading = tuple(files), reading
        self._open_files = ExitStack()
        try:
            self._first = opened(self.files[0], reading, self._open_files)
        except BaseException:
            self.close()
            raise
        self.columns = self._first.names
        self.count = self._first.count if len(self.files) == 1 else None
        self._sizes = [size_of(file) for file in self.files]
        self._before, self._meter = 0, self._first.meter

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file that is open."""
        self._open_files.close()

    def blocks(self, wanted: Sequence[str], reject: Reject, most: int | None = None) -> Iterator[Block]:
        """The blocks of every file in order, with these columns; it can be asked for once.

        What stands behind the first ``most`` rows need not be looked at, and is nobody's error.
        """
        shapes, left = Shapes(), most
        for at, file in enumerate(self.files):
            with self._open_files:
                one = self._first if at == 0 else opened(file, self.reading, self._open_files)
                self._has(file, one, wanted)
                self._before, self._meter = at, one.meter
                for block in one.blocks(wanted, shapes, reject, 0, left):
                    yield block
                    left = None if left is None else left - len(block)
                one.meter.reached(1.0)
            if left is not None and left <= 0:
                return

    def far(self) -> float | None:
        """What part of all files has been read, by their sizes; None where one of them has none, as a pipe."""
        sizes = [size for size in self._sizes if size is not None]
        if len(sizes) < len(self.files):
            return None
        return sum((*sizes[: self._before], sizes[self._before] * self._meter.far())) / sum(sizes)

    def _has(self, file: DataFile, one: RowSource, wanted: Sequence[str]) -> None:
        absent = [name for name in wanted if name not in one.names]
        if absent:
            message = f"{file.name} has no column {shown(absent[0])}"
            raise Refused(Diagnostic("data.column", message, columns_hint(one.names)))


def opened(file: DataFile, reading: Dialect, open_files: ExitStack) -> RowSource:
    """A file of any form, opened. Raises ``Refused`` if it cannot be read."""
    if file.form in ("parquet", "feather"):
        _needs_pyarrow(file)
        from backprop_cli.rows.arrow import ArrowTable

        return ArrowTable(file, reading, open_files)
    if file.form in ("npy", "npz"):
        from backprop_cli.rows.numpy_files import NumpyTable

        return NumpyTable(file, reading)
    if file.packed == "zst":
        _needs_pyarrow(file)
    return TextSource(file, reading, open_files)


def _needs_pyarrow(file: DataFile) -> None:
    needs_pyarrow("data.form", f"{file.name} is read", "pip install 'backprop-cli[data]', or save it as CSV")


class TextSource:
    """A table or JSON Lines; the bulk of a large table is read by pyarrow where that is installed."""

    def __init__(self, file: DataFile, reading: Dialect, open_files: ExitStack) -> None:
        self.file, self.meter = file, Meter(file)
        self._table = text_table(file, reading, open_files, self.meter)
        self.count: int | None = None
        self.names = self._table.names

    def blocks(
        self, wanted: Sequence[str], shapes: Shapes, reject: Reject, begin: int = 0, end: int | None = None
    ) -> Iterator[Block]:
        """The usable rows with these columns: text is read from its beginning."""
        if isinstance(self._table, Delimited):
            return bulk_blocks(self._table, (wanted, shapes, reject), self.meter, end)
        return record_blocks(self.file, until(self._table.records(wanted), end), wanted, shapes, reject)
