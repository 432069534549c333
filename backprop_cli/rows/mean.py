"""The mean value and the mean gradient over rows in memory, asked again and again (descent).

    mean = mean_over(circuit, table, {"w": 0.0, "b": 0.0}, ("w",))                  # table: rows/memory.py
    value, gradient = mean.value_and_gradient({"w": 0.5, "b": 0.0})                 # all rows
    value, gradient = mean.value_and_gradient({"w": 0.5, "b": 0.0}, slice(0, 32))   # some of them, by position

``parameters`` gives each variable that is no column a double, or an array of doubles: only its shape matters there.
``wrt`` names those whose gradients are asked for. ``value_and_gradient`` takes the values of all parameters, and the
rows as a slice or a sequence of positions from 0 (None: all). It gives the mean value as a float, and for each name in
``wrt`` the mean gradient: a float, or an array of the parameter's shape. With weights the mean is Σ w·v / Σ w. A row
without a value or a gradient raises ``Refused``, whose message begins with the file, the row and the line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from backprop_cli.circuit import Circuit
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.block_engine import ManyRows, Ready, many_rows
from backprop_cli.rows.block_sums import weighted_sums
from backprop_cli.rows.careful import without_value
from backprop_cli.rows.memory import MemoryTable
from backprop_cli.rows.number_rows import RowEngine
from backprop_cli.rows.row_engine import row_engine
from backprop_cli.rows.row_records import BLOCK, Block
from backprop_cli.rows.sums import total
from backprop_cli.rows.task import Task

RowChoice = slice | Sequence[int] | None


def mean_over(circuit: Circuit, table: MemoryTable, parameters: Mapping[str, Any], wrt: Sequence[str]) -> Mean:
    """The mean of the circuit over the table's rows, ready to be asked at any values of the parameters."""
    data = tuple(name for name in circuit.inputs if name in table.columns)
    values = {name: parameters[name] for name in circuit.inputs if name not in data}
    task = Task(circuit, data, values, tuple(name for name in values if name in wrt))
    example = {name: table.columns[name][0] for name in data}
    return Mean(task, table, row_engine(task, example), many_rows(task, example))


@dataclass(frozen=True, slots=True)
class _Part:
    """A block of the rows, and its columns as the engine for many rows takes them."""

    block: Block
    columns: Mapping[str, Any]


@dataclass(frozen=True)
class Mean:
    """The mean over rows as a function of the parameters."""

    task: Task
    table: MemoryTable
    engine: RowEngine
    many: ManyRows | None

    def value_and_gradient(self, point: Mapping[str, Any], rows: RowChoice = None) -> tuple[float, dict[str, Any]]:
        """The mean value and the mean gradient of each name in ``wrt``. Raises ``Refused``."""
        parts = self._every if rows is None else self._parts(rows)
        whole = self._whole if rows is None else _weight(parts)
        if not whole or math.isinf(whole):
            most = "more than a double holds" if whole else "0"
            raise Refused(Diagnostic("data.weight", f"the weights of these rows add up to {most}"))
        ready = None if self.many is None else self.many.at(point)
        value, *means = [one / whole for one in self._added(point, parts, ready)]
        if not all(map(math.isfinite, (value, *means))):  # the sum leaves the range of doubles, and the mean may not
            value, *means = self._added(point, parts, ready, 1 / whole)
        return value, self._shaped(means)

    def _added(
        self, point: Mapping[str, Any], parts: Sequence[_Part], ready: Ready | None, share: float | None = None
    ) -> Sequence[float]:
        """Σ w·v over the rows, of the value and each component; with ``share`` each weight is multiplied by it."""
        sums = [self._sums(point, part, ready, share) for part in parts]
        return sums[0] if len(sums) == 1 else [total(column) for column in zip(*sums, strict=True)]

    @property
    def blocks(self) -> list[Block]:
        """All rows, in runs of a block's length."""
        return [part.block for part in self._every]

    @cached_property
    def _every(self) -> list[_Part]:
        return self._parts(range(len(self.table)))

    @cached_property
    def _whole(self) -> float:
        return _weight(self._every)

    def _parts(self, rows: slice | Sequence[int]) -> list[_Part]:
        """The rows in runs of a block's length."""
        chosen = range(len(self.table))[rows] if isinstance(rows, slice) else rows
        return [self._part(chosen[begin : begin + BLOCK]) for begin in range(0, len(chosen), BLOCK)]

    def _part(self, chosen: Sequence[int]) -> _Part:
        if isinstance(chosen, range) and chosen.step > 0:
            places: Any = slice(chosen.start, chosen.stop, chosen.step)
        else:
            places = np.array(chosen, dtype=np.intp)
        arrays, weights = self.table.arrays, self.table.weight_array
        columns = {name: arrays[name][places] for name in self.task.data}
        block = Block("", columns, chosen, None, None if weights is None else weights[places])
        return _Part(block, columns if self.many is None else self.many.columns(columns))

    def _sums(self, point: Mapping[str, Any], part: _Part, ready: Ready | None, share: float | None) -> Sequence[float]:
        """Σ w·v over one block, of the value and each component."""
        block = part.block if share is None else _shared(part.block, share)
        if ready is not None:
            rows, weights = len(block), block.weights
            found = ready.made(part.columns, rows, lambda results: weighted_sums(results, weights, rows))
            if found is not None:
                return found
        plain = block.plain()
        numbers = [self._row(point, plain.values(at), position) for at, position in enumerate(block.rows)]
        own = _weights(plain)
        return [total(map(float.__mul__, own, column)) for column in zip(*numbers, strict=True)]

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


def _weight(parts: Sequence[_Part]) -> float:
    """What the weights of all rows add up to."""
    if all(part.block.weights is None for part in parts):
        return float(sum(len(part.block) for part in parts))
    return total(weight for part in parts for weight in _weights(part.block))


def _shared(block: Block, share: float) -> Block:
    """The block with each weight times a number."""
    weights = np.ones(len(block)) if block.weights is None else block.weights
    return replace(block, weights=weights * share)


def _weights(block: Block) -> Sequence[float]:
    return [1.0] * len(block) if block.weights is None else block.weights
