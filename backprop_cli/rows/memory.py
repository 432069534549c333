"""Rows of data that fit in memory, and the mean value and gradient over them, asked again and again (descent).

    data = Data(found(["points.csv"]), Reading())             # rows/source.py; the command line has cli/data_options.py
    chosen = selection(None, None, None, data.columns)        # where, weights, limit: rows/selection.py
    table = load(data, columns_of(circuit, data), chosen, Rejects(skip=False))
    goal = objective(circuit, table, {"w": 0.0, "b": 0.0}, ("w",))
    value, gradient = goal.value_and_gradient({"w": 0.5, "b": 0.0})                 # all rows
    value, gradient = goal.value_and_gradient({"w": 0.5, "b": 0.0}, slice(0, 32))   # some of them, by position

``parameters`` gives each variable that is no column a double, or an array of doubles: only its shape matters there.
``wrt`` names those whose gradients are asked for. ``value_and_gradient`` takes the values of all parameters, and the
rows as a slice or a sequence of positions from 0 (None: all). It gives the mean value as a float, and for each name in
``wrt`` the mean gradient: a float, or an array of the parameter's shape. With weights the mean is Σ w·v / Σ w. A row
without a value or a gradient raises ``Refused``, whose message begins with the file, the row and the line.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Any, overload

import numpy as np

from backprop_cli import limits
from backprop_cli.circuit import Circuit
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.block_engine import ManyRows, Ready, many_rows, weighted_sums
from backprop_cli.rows.careful import without_value
from backprop_cli.rows.number_rows import RowEngine
from backprop_cli.rows.records import BLOCK, Block, Place
from backprop_cli.rows.rejects import Reject
from backprop_cli.rows.row_engine import row_engine
from backprop_cli.rows.selection import Selection, selected
from backprop_cli.rows.source import Data
from backprop_cli.rows.sums import total
from backprop_cli.rows.task import Task

Rows = slice | Sequence[int] | None
_WEIGHTS = ""


@dataclass(frozen=True)
class Table:
    """Columns in memory: lists of doubles, or of nested lists of them; ``weights`` None where all rows are alike."""

    columns: Mapping[str, list[Any]]
    weights: list[float] | None
    places: Sequence[Place]

    @cached_property
    def arrays(self) -> dict[str, Any]:
        """The columns, and the weights under a name that no column has, as arrays of doubles."""
        weights = {} if self.weights is None else {_WEIGHTS: self.weights}
        return {name: np.array(column, dtype=np.float64) for name, column in {**self.columns, **weights}.items()}

    def __len__(self) -> int:
        return len(self.places)


class Places(Sequence[Place]):
    """Where each row stands, looked up when it is asked for."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = [replace(block, columns={}, weights=None) for block in blocks]
        self._ends = list(accumulate(map(len, blocks)))

    def __len__(self) -> int:
        return self._ends[-1]

    @overload
    def __getitem__(self, at: int) -> Place: ...
    @overload
    def __getitem__(self, at: slice) -> list[Place]: ...
    def __getitem__(self, at: int | slice) -> Place | list[Place]:
        if isinstance(at, slice):
            return [self[one] for one in range(len(self))[at]]
        row = range(len(self))[at]
        number = bisect_right(self._ends, row)
        return self._blocks[number].place(row - (self._ends[number - 1] if number else 0))


def columns_of(circuit: Circuit, data: Data) -> tuple[str, ...]:
    """The columns that a circuit names."""
    return tuple(name for name in circuit.inputs if name in data.columns)


def load(data: Data, names: Sequence[str], chosen: Selection, reject: Reject) -> Table:
    """The rows that take part, with these columns. Raises ``Refused`` if there are none."""
    wanted = tuple(dict.fromkeys((*names, *chosen.names)))
    blocks = list(_few_enough(selected(data.blocks(wanted, reject, chosen.enough(reject)), chosen, reject)))
    if not blocks:
        raise Refused(
            Diagnostic("data.empty", "no row of data is left", "is --where too narrow, or is the file empty?")
        )
    columns = {name: [cell for block in blocks for cell in block.columns[name]] for name in names}
    weights = None if chosen.weights is None else [weight for block in blocks for weight in block.weights]
    return Table(columns, weights, Places(blocks))


def _few_enough(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks with lists for columns, as long as they may be held in memory. Raises ``Refused`` beyond."""
    cells = 0
    for block in blocks:
        cells += len(block) * len(block.columns)
        if cells > limits.MEMORY_CELLS:
            message = f"more than {limits.MEMORY_CELLS:,} cells to be held in memory"
            raise Refused(Diagnostic("limit.rows", message, "--limit takes the first rows, --where some of them"))
        yield block.plain()


def objective(circuit: Circuit, table: Table, parameters: Mapping[str, Any], wrt: Sequence[str]) -> Objective:
    """The mean of the circuit over the table's rows, ready to be asked at any values of the parameters."""
    data = tuple(name for name in circuit.inputs if name in table.columns)
    values = {name: parameters[name] for name in circuit.inputs if name not in data}
    task = Task(circuit, data, values, tuple(name for name in values if name in wrt))
    example = {name: table.columns[name][0] for name in data}
    return Objective(task, table, row_engine(task, example), many_rows(task, example))


@dataclass(frozen=True)
class Objective:
    """The mean over rows as a function of the parameters."""

    task: Task
    table: Table
    engine: RowEngine
    many: ManyRows | None

    def value_and_gradient(self, point: Mapping[str, Any], rows: Rows = None) -> tuple[float, dict[str, Any]]:
        """The mean value and the mean gradient of each name in ``wrt``. Raises ``Refused``."""
        blocks = self.blocks if rows is None else self._blocks(rows)
        whole = _weight(blocks)
        if not whole:
            raise Refused(Diagnostic("data.weight", "the weights of these rows add up to 0"))
        ready = None if self.many is None else self.many.at(point)
        sums = [self._sums(point, block, ready) for block in blocks]
        if len(sums) == 1:
            means = [one / whole for one in sums[0]]
        else:
            means = [total(column) / whole for column in zip(*sums, strict=True)]
        return means[0], self._shaped(means[1:])

    @cached_property
    def blocks(self) -> list[Block]:
        """All rows, in runs of a block's length."""
        return self._blocks(None)

    def _blocks(self, rows: Rows) -> list[Block]:
        """The rows in runs of a block's length."""
        every = range(len(self.table))
        chosen = every if rows is None else every[rows] if isinstance(rows, slice) else rows
        return [self._block(chosen[begin : begin + BLOCK]) for begin in range(0, len(chosen), BLOCK)]

    def _block(self, chosen: Sequence[int]) -> Block:
        if isinstance(chosen, range) and chosen.step > 0:
            part: Any = slice(chosen.start, chosen.stop, chosen.step)
        else:
            part = list(chosen)
        columns = {name: self.table.arrays[name][part] for name in self.task.data}
        weights = None if self.table.weights is None else self.table.arrays[_WEIGHTS][part]
        return Block("", columns, chosen, None, weights)

    def _sums(self, point: Mapping[str, Any], block: Block, ready: Ready | None) -> Sequence[float]:
        """Σ w·v over one block, of the value and each component."""
        found = None if ready is None else ready.results(block.columns, len(block))
        if found is not None:
            return weighted_sums(found, block.weights, len(block))
        plain = block.plain()
        numbers = [self._row(point, plain.values(at), position) for at, position in enumerate(block.rows)]
        weights = _weights(plain)
        return [total(map(float.__mul__, weights, column)) for column in zip(*numbers, strict=True)]

    def _row(self, point: Mapping[str, Any], data: dict[str, Any], position: int) -> tuple[float, ...]:
        try:
            return self.engine({**point, **data}).numbers
        except Refused as refused:
            place = self.table.places[position]
            block = Block(place.file, {name: [cell] for name, cell in data.items()}, [place.row], [place.line or 0])
            raise Refused(without_value(self.task, block, 0, refused.problems[0]).problem) from None

    @cached_property
    def _numbers_only(self) -> bool:
        return not any(self.task.shape(name) for name in self.task.wrt)

    def _shaped(self, means: Sequence[float]) -> dict[str, Any]:
        if self._numbers_only:
            return dict(zip(self.task.wrt, means, strict=True))
        found, begin = dict[str, Any](), 0
        for name in self.task.wrt:
            shape = self.task.shape(name)
            end = begin + math.prod(shape)
            found[name] = np.array(means[begin:end]).reshape(shape) if shape else means[begin]
            begin = end
        return found


def _weight(blocks: Sequence[Block]) -> float:
    """What the weights of all rows add up to."""
    if all(block.weights is None for block in blocks):
        return float(sum(map(len, blocks)))
    return total(weight for block in blocks for weight in _weights(block))


def _weights(block: Block) -> Sequence[float]:
    return [1.0] * len(block) if block.weights is None else block.weights
