"""Every row's value and gradients as a Parquet file, block by block."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet

from backprop_cli.render.batch.lines import column_names
from backprop_cli.rows.careful import Worked
from backprop_cli.rows.task import Task


class ParquetRows:
    """A file with the columns of the CSV: the file, the row, the value, and a column for each number's gradient."""

    def __init__(self, task: Task, path: Path) -> None:
        names = column_names(task)
        kinds = [pa.string(), pa.int64(), *(pa.float64() for _ in names[2:])]
        self._schema = pa.schema(list(zip(names, kinds, strict=True)))
        self._writer: Any = pa.parquet.ParquetWriter(path, self._schema)

    def add(self, worked: Worked) -> None:
        """The rows of one block."""
        numbers = [list(column) for column in zip(*worked.numbers, strict=True)]
        rows = [int(row) for row in worked.block.rows]
        columns = [[worked.block.file] * len(rows), rows, *numbers]
        self._writer.write_batch(pa.record_batch(columns, schema=self._schema))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
