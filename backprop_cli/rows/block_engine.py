"""Many rows at once: a task as straight-line instructions over blocks, in as many threads as one likes.

A block in which a status flag rises runs again by the table's plain texts; if it rises there, too, the block is asked
row by row (``careful.py``). Which of the three gives a block's numbers depends on the block alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple, TypeVar

import numpy as np

from backprop_cli.engine.buffers import flags_raise
from backprop_cli.engine.straight import NotStraightError
from backprop_cli.rows.block_sums import BlockResults, array_sums
from backprop_cli.rows.compiled import CompiledTask
from backprop_cli.rows.entries import Entries, HoistedValues, entries
from backprop_cli.rows.row_engine import needs_arrays
from backprop_cli.rows.row_records import Block
from backprop_cli.rows.sums import BlockSums, Numbers, kink_of
from backprop_cli.rows.task import Task
from backprop_cli.rows.written import Written, written

_MOST_GATES = 20_000

T = TypeVar("T")


Make = Callable[[BlockResults], T]
BlockColumns = Mapping[str, Any]


class BlockEngine:
    """A task of numbers compiled. Raises ``NotStraightError`` where that cannot be."""

    def __init__(self, task: Task, *, quick: bool = True) -> None:
        if len(task.circuit.nodes) - task.circuit.first_gate > _MOST_GATES:
            raise NotStraightError
        self.task = task
        self.quick = CompiledTask(task, quick=quick)
        self._lock = threading.Lock()

    @cached_property
    def _plain(self) -> CompiledTask:
        return CompiledTask(self.task, quick=False)

    @cached_property
    def _entries(self) -> Entries:
        return entries(self.task, self.quick.straight)

    def at(self, parameters: Mapping[str, float]) -> Ready:
        """The engine at values of the parameters. Raises ``NotStraightError`` where rows must be asked one by one."""
        given = self._entries.at(parameters)
        try:
            return Ready(self, given, self.quick.program.scalars(given.scalars))
        except FloatingPointError:
            raise NotStraightError from None

    def by_plain_texts(self, given: HoistedValues, columns: BlockColumns, rows: int, make: Make[T]) -> T | None:
        """What is made of the rows of some columns; None where they must be asked one by one."""
        try:
            with self._lock:
                plain = self._plain
            with flags_raise():
                return make(plain.results(plain.program.scalars(given.scalars), columns, rows))
        except (FloatingPointError, NotStraightError):
            return None

    def everywhere(self, gates: Sequence[int], make: Make[T]) -> Make[T]:
        """The same of results in which every row stands on the kinks of these gates, too."""
        kinks = tuple(kink_of(self.task.circuit, gate) for gate in gates)
        masks = [np.True_ for _ in kinks]
        return lambda found: make(BlockResults(found.numbers, [*masks, *found.masks], (*kinks, *found.kinks)))


class Ready(NamedTuple):
    """The engine at values of the parameters; ``shared`` is what the program takes of them."""

    engine: BlockEngine
    given: HoistedValues
    shared: Sequence[float]

    def made(self, columns: BlockColumns, rows: int, make: Make[T]) -> T | None:
        """What is made of the rows of ``ManyRows.columns``, at most a block of them, while their results are valid.

        None where they must be asked one by one, or where a flag rises while it is made.
        """
        engine, given, shared = self
        if given.kinks:
            make = engine.everywhere(given.kinks, make)
        try:
            with flags_raise():
                return make(engine.quick.results(shared, columns, rows))
        except FloatingPointError:
            return engine.by_plain_texts(given, columns, rows, make)


@dataclass(frozen=True)
class ManyRows:
    """A task compiled once, to be run at any values of its parameters; ``written`` where it had arrays."""

    engine: BlockEngine
    written: Written | None

    def at(self, parameters: Mapping[str, Any]) -> Ready | None:
        """The engine at these values, None where rows must be asked one by one."""
        try:
            return self.engine.at(parameters if self.written is None else self.written.parameters(parameters))
        except NotStraightError:
            return None

    def columns(self, columns: BlockColumns) -> dict[str, Any]:
        """The columns of a block as the engine takes them: arrays of doubles, one for each number of a row."""
        if self.written is not None:
            return self.written.columns(columns)
        return {name: np.asarray(columns[name], dtype=np.float64) for name in self.engine.task.data}


@dataclass(frozen=True)
class ManyAt:
    """Many rows at the task's values of the parameters."""

    many: ManyRows
    ready: Ready

    def made(self, block: Block, make: Make[T]) -> T | None:
        """What is made of a block's results; None where its rows must be asked one by one."""
        return self.ready.made(self.many.columns(block.columns), len(block), make)

    def numbers(self, block: Block) -> list[Numbers] | None:
        """Each row's value and gradients."""
        rows = len(block)

        def numbers(found: BlockResults) -> list[Numbers]:
            columns = [np.broadcast_to(one, rows) + 0.0 for one in found.numbers]
            return list(zip(*(column.tolist() for column in columns), strict=True))

        return self.made(block, numbers)

    def sums(self, block: Block, pivot: Numbers) -> BlockSums | None:
        """The sums over a block."""
        weights = None if block.weights is None else np.asarray(block.weights, dtype=np.float64)
        add = partial(array_sums, weights=weights, rows=len(block), pivot=pivot)
        return self.made(block, add)


def many_rows(task: Task, example: Mapping[str, Any]) -> ManyRows | None:
    """The task compiled, None where rows must be asked one by one; ``example`` is a row, with the columns' shapes."""
    in_numbers = written(task, example) if needs_arrays(task, example) else None
    if in_numbers is None and needs_arrays(task, example):
        return None
    try:
        return ManyRows(BlockEngine(task if in_numbers is None else in_numbers.task), in_numbers)
    except NotStraightError:
        return None


def many_at(task: Task, example: Mapping[str, Any]) -> ManyAt | None:
    """The task compiled and at the values of its parameters, None where rows must be asked one by one."""
    many = many_rows(task, example)
    ready = None if many is None else many.at(task.parameters)
    return None if many is None or ready is None else ManyAt(many, ready)
