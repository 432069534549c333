"""Rows of data that fit in memory.

data = Data(found(["points.csv"]), Reading())             # rows/source.py; the command line has cli/data_options.py
chosen = selection(None, None, None, data.columns)        # where, weights, limit: rows/selection.py
table = load(data, columns_of(circuit, data), chosen, Rejects(skip=False))
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Any, overload

import numpy as np

from backprop_cli import limits
from backprop_cli.circuit import Circuit
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.column_names import no_column
from backprop_cli.rows.rejects import Reject
from backprop_cli.rows.row_records import Block, RowPlace
from backprop_cli.rows.selection import Selection, selected
from backprop_cli.rows.source import Data


@dataclass(frozen=True)
class MemoryTable:
    """Columns in memory: lists of doubles, or of nested lists of them; ``weights`` None where all rows are alike."""

    columns: Mapping[str, list[Any]]
    weights: list[float] | None
    places: Sequence[RowPlace]

    @cached_property
    def arrays(self) -> dict[str, Any]:
        """The columns as arrays of doubles."""
        return {name: np.array(column, dtype=np.float64) for name, column in self.columns.items()}

    @cached_property
    def weight_array(self) -> Any:
        """The weights as an array, None where there are none."""
        return None if self.weights is None else np.array(self.weights, dtype=np.float64)

    def __len__(self) -> int:
        return len(self.places)


class Places(Sequence[RowPlace]):
    """Where each row stands, looked up when it is asked for."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = [replace(block, columns={}, weights=None) for block in blocks]
        self._ends = list(accumulate(map(len, blocks)))

    def __len__(self) -> int:
        return self._ends[-1]

    @overload
    def __getitem__(self, at: int) -> RowPlace: ...
    @overload
    def __getitem__(self, at: slice) -> list[RowPlace]: ...
    def __getitem__(self, at: int | slice) -> RowPlace | list[RowPlace]:
        if isinstance(at, slice):
            return [self[one] for one in range(len(self))[at]]
        row = range(len(self))[at]
        number = bisect_right(self._ends, row)
        return self._blocks[number].place(row - (self._ends[number - 1] if number else 0))


def columns_of(circuit: Circuit, data: Data) -> tuple[str, ...]:
    """The columns that a circuit names. Raises ``Refused`` if there are none."""
    found = tuple(name for name in circuit.inputs if name in data.columns)
    if not found:
        raise Refused(no_column(data.columns))
    return found


def load(
    data: Data,
    names: Sequence[str],
    chosen: Selection,
    reject: Reject,
    step: Callable[[int], None] = lambda _: None,
) -> MemoryTable:
    """The rows that take part, with these columns; ``step`` is told of them. Raises ``Refused`` if there are none."""
    wanted = tuple(dict.fromkeys((*names, *chosen.names)))
    blocks = list(_few_enough(selected(data.blocks(wanted, reject, chosen.enough(reject)), chosen, reject), step))
    if not blocks:
        raise Refused(
            Diagnostic("data.empty", "no row of data is left", "is --where too narrow, or is the file empty?")
        )
    columns = {name: [cell for block in blocks for cell in block.columns[name]] for name in names}
    weights = None if chosen.weights is None else [weight for block in blocks for weight in block.weights]
    return MemoryTable(columns, weights, Places(blocks))


def _few_enough(blocks: Iterable[Block], step: Callable[[int], None]) -> Iterator[Block]:
    """The blocks with lists for columns, as long as they may be held in memory. Raises ``Refused`` beyond."""
    cells = 0
    for block in blocks:
        cells += len(block) * len(block.columns)
        if cells > limits.MEMORY_CELLS:
            message = f"more than {limits.MEMORY_CELLS:,} cells to be held in memory"
            raise Refused(Diagnostic("limit.rows", message, "--limit takes the first rows, --where some of them"))
        step(len(block))
        yield block.plain()
