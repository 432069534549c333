"""Files read by pyarrow: Parquet and Feather, and the bulk of large CSV files. Strictly, like the rest.

What pyarrow cannot read as finite doubles is not judged here: a CSV goes back to the standard library at the block
where it happened, which says what is wrong, or reads it all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet

from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.chunks import Chunk, blocks_of
from backprop_cli.rows.column_names import named
from backprop_cli.rows.delimited import Delimited
from backprop_cli.rows.files import DataFile
from backprop_cli.rows.meter import Meter
from backprop_cli.rows.quotes import Watched
from backprop_cli.rows.rejects import Reject
from backprop_cli.rows.remote import seekable, stream
from backprop_cli.rows.row_records import BLOCK, Block, Dialect, Shapes

_BATCH = 8 * BLOCK
_BUFFER = 1 << 20
_CSV_BYTES = 1 << 20


class ArrowTable:
    """A Parquet or a Feather file, read in batches: neither its size nor that of its row groups fills the memory."""

    def __init__(self, file: DataFile, reading: Dialect, open_files: ExitStack) -> None:
        self.file, self.meter = file, Meter(file)
        try:
            if file.form == "parquet":
                whole = pa.parquet.ParquetFile(_source(file), pre_buffer=False, buffer_size=_BUFFER)
                self.schema, self._batches = whole.schema_arrow, self._of_parquet(whole)
                self.count: int | None = whole.metadata.num_rows
            else:
                whole = pa.ipc.open_file(_source(file) if file.is_remote else pa.memory_map(file.path))
                self.schema, self._batches = whole.schema, self._of_feather(whole)
                self.count = None
            open_files.callback(getattr(whole, "close", lambda: None))
        except (pa.ArrowException, OSError) as error:
            raise Refused(_unreadable(file, error)) from None
        self.names = named(file, self.schema.names, reading)

    def _of_parquet(self, whole: Any) -> Any:
        def batches(names: list[str], begin: int, end: int) -> Iterator[Any]:
            groups, first = [], 0
            for at in range(whole.num_row_groups):
                count = whole.metadata.row_group(at).num_rows
                if first + count > begin and first < end:
                    groups.append((at, first))
                first += count
            if groups:
                chosen = [at for at, _ in groups]
                found = whole.iter_batches(batch_size=_BATCH, row_groups=chosen, columns=names, use_threads=True)
                for batch in _between(found, groups[0][1], begin, end):
                    begin += len(batch)
                    self.meter.reached(begin / first)
                    yield batch

        return batches

    def _of_feather(self, whole: Any) -> Any:
        def batches(names: list[str], begin: int, end: int) -> Iterator[Any]:
            for at in range(whole.num_record_batches):
                self.meter.reached((at + 1) / whole.num_record_batches)
                yield whole.get_batch(at).select(names)

        return batches

    def blocks(
        self, wanted: Sequence[str], shapes: Shapes, reject: Reject, begin: int = 0, end: int | None = None
    ) -> Iterator[Block]:
        """The usable rows with these columns."""
        originals = [self.schema.names[self.names.index(name)] for name in wanted]
        count = self.count or 0
        last = count if end is None else min(end, count)
        yield from blocks_of(self.file, self._chunks(wanted, originals, begin, last), shapes, reject, begin)

    def _chunks(self, wanted: Sequence[str], originals: Sequence[str], begin: int, end: int) -> Iterator[Chunk]:
        try:
            for batch in self._batches(list(originals), begin, end):
                pairs = zip(wanted, originals, strict=True)
                yield {name: doubles(self.file, name, batch.column(original)) for name, original in pairs}
        except (pa.ArrowException, OSError) as error:
            raise Refused(_unreadable(self.file, error)) from None


def _source(file: DataFile) -> Any:
    return seekable(file.path) if file.is_remote else file.path


def _between(batches: Iterator[Any], first: int, begin: int, end: int) -> Iterator[Any]:
    """Of batches that begin at the row ``first`` the rows from ``begin`` to before ``end``."""
    for batch in batches:
        low, high = max(begin - first, 0), min(end - first, len(batch))
        if low < high:
            yield batch.slice(low, high - low)
        first += len(batch)


def _unreadable(file: DataFile, error: Exception) -> Diagnostic:
    if isinstance(error, FileNotFoundError | PermissionError):
        return Diagnostic("input.file", f"{file.name} cannot be read: {(error.strerror or str(error)).lower()}")
    return Diagnostic("data.file", f"{file.name} cannot be understood: {str(error).splitlines()[0]}")


def doubles(file: DataFile, name: str, column: Any) -> Any:
    """A column as doubles, lists as further axes, null as NaN. Raises ``Refused`` for what is no number."""
    kind = column.type
    if pa.types.is_float64(kind):
        return column.to_numpy(zero_copy_only=False)  # a cast would load pyarrow.compute, which takes 0.1 s
    if pa.types.is_dictionary(kind):
        return doubles(file, name, column.dictionary_decode())
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    elif pa.types.is_decimal(kind):
        column = column.cast(pa.string())  # from its digits, so that the double is the nearest one
    elif _is_list(kind):
        return _lists(file, name, column)
    elif not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_null(kind)):
        raise Refused(Diagnostic("data.kind", f"column {name} of {file.name} holds {kind}, and no numbers"))
    return column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)


def _is_list(kind: Any) -> bool:
    return any(test(kind) for test in (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list))


def _lists(file: DataFile, name: str, column: Any) -> Any:
    import pyarrow.compute

    lengths = pyarrow.compute.list_value_length(column)
    if column.null_count or len(lengths.unique()) > 1:
        message = f"the lists in column {name} of {file.name} have different lengths, or are missing"
        raise Refused(Diagnostic("data.shape", message, "every row has the same shape"))
    inner = doubles(file, name, column.flatten())
    return inner.reshape(len(column), -1, *inner.shape[1:])


def _stream(file: DataFile, meter: Meter) -> Any:
    packed = {"gz": "gzip", "zst": "zstd"}.get(file.packed)
    if file.is_remote:
        return pa.CompressedInputStream(stream(file.path), packed) if packed else stream(file.path)
    raw = pa.OSFile(file.path)
    meter.follow(raw.tell)
    return pa.input_stream(raw, compression=packed, buffer_size=_BUFFER)


def csv_chunks(one: Delimited, places: dict[str, int], meter: Meter) -> Iterator[Chunk]:
    """The columns at these places of a table, from its first row; ends in an ``ArrowException`` where it cannot."""
    file, reading = one.file, one.reading
    delimiter = reading.delimiter or ("\t" if file.form == "tsv" else ",")
    names = [str(at) for at in range(len(one.names))]
    reader = pa.csv.open_csv(
        pa.PythonFile(Watched(_stream(file, meter), delimiter), "r"),
        pa.csv.ReadOptions(column_names=names, skip_rows=one.head_lines, block_size=_CSV_BYTES),
        pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.float64()),
            include_columns=[str(at) for at in dict.fromkeys(places.values())],
            null_values=[],
            decimal_point=reading.decimal,
        ),
    )
    with reader:
        for batch in reader:
            chunk = {name: batch.column(str(at)).to_numpy(zero_copy_only=False) for name, at in places.items()}
            if not all(np.isfinite(column).all() for column in chunk.values()):
                raise pa.ArrowInvalid("a number beyond the doubles, or none")
            yield chunk
