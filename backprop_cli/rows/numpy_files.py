"""Files of NumPy: .npy with a table or fields of a record, .npz with an array for each column. Nothing is run."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.chunks import Chunk, blocks_of
from backprop_cli.rows.column_names import named
from backprop_cli.rows.files import DataFile
from backprop_cli.rows.meter import Meter
from backprop_cli.rows.rejects import Reject
from backprop_cli.rows.row_records import BLOCK, Block, Dialect, Shapes


class NumpyTable:
    """Columns of a file of NumPy; a table's are c1, c2 and so on."""

    def __init__(self, file: DataFile, reading: Dialect) -> None:
        self.file, self.meter = file, Meter(file)
        try:
            found = _loaded(file)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise Refused(Diagnostic("input.file", f"{file.name} cannot be read: {reason}")) from None
        except (ValueError, EOFError, zipfile.BadZipFile):
            raise Refused(_no_numbers(file)) from None
        self._columns = _of_archive(file, found) if file.form == "npz" else _of_array(file, found)
        self.names = named(file, list(self._columns), reading)
        self.count: int | None = len(next(iter(self._columns.values())))

    def blocks(
        self, wanted: Sequence[str], shapes: Shapes, reject: Reject, begin: int = 0, end: int | None = None
    ) -> Iterator[Block]:
        """The usable rows with these columns."""
        originals = list(self._columns)
        columns = {name: self._columns[originals[self.names.index(name)]][:end] for name in wanted}
        yield from blocks_of(self.file, self._chunks(columns, begin), shapes, reject, begin)

    def _chunks(self, columns: dict[str, Any], first: int) -> Iterator[Chunk]:
        count = len(next(iter(columns.values())))
        for begin in range(first, count, BLOCK):
            part = slice(begin, begin + BLOCK)
            self.meter.reached(min(1.0, (begin + BLOCK) / count))
            yield {name: np.ascontiguousarray(column[part], dtype=np.float64) for name, column in columns.items()}


def _loaded(file: DataFile) -> Any:
    """The array, mapped and not read where that goes, or the archive of arrays."""
    if file.is_remote:
        from backprop_cli.rows.remote import stream

        return np.load(io.BytesIO(stream(file.path).read()), allow_pickle=False)
    return np.load(file.path, mmap_mode=None if file.form == "npz" else "r", allow_pickle=False)


def _no_numbers(file: DataFile) -> Diagnostic:
    hint = "save an array of numbers, without Python objects"
    return Diagnostic("data.kind", f"{file.name} holds no numbers in NumPy's format", hint)


def _of_array(file: DataFile, found: Any) -> dict[str, Any]:
    """The columns of a table, or the fields of a record; a vector is one column."""
    if found.dtype.names:
        columns = {name: found[name] for name in found.dtype.names}
    elif found.ndim == 0:
        raise Refused(_no_numbers(file))
    elif found.ndim == 1:
        columns = {"c1": found}
    else:
        columns = {f"c{at + 1}": found[:, at] for at in range(found.shape[1])}
    return _numbers(file, columns)


def _of_archive(file: DataFile, found: Any) -> dict[str, Any]:
    try:
        columns = {name: found[name] for name in found.files}
    except (ValueError, zipfile.BadZipFile, EOFError, OSError):
        raise Refused(_no_numbers(file)) from None
    finally:
        found.close()
    lengths = {len(column) if column.ndim else 0 for column in columns.values()}
    if len(lengths) != 1:
        raise Refused(Diagnostic("data.shape", f"the columns in {file.name} have different lengths"))
    return _numbers(file, columns)


def _numbers(file: DataFile, columns: dict[str, Any]) -> dict[str, Any]:
    if not columns or not len(next(iter(columns.values()))):
        raise Refused(Diagnostic("data.empty", f"{file.name} is empty"))
    if any(column.dtype.kind not in "fiub" for column in columns.values()):
        raise Refused(_no_numbers(file))
    return columns
