"""Many rows at once: a task as straight-line instructions over blocks, in as many threads as one likes.

A block in which a status flag rises runs again by the table's plain texts; if it rises there, too, the block is asked
row by row (``careful.py``). Which of the three gives a block's numbers depends on the block alone.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from backprop_cli.engine.buffers import Program
from backprop_cli.engine.straight import NotStraightError, Straight, straight
from backprop_cli.rows.entries import Entries, Given, entries
from backprop_cli.rows.records import BLOCK, Block
from backprop_cli.rows.row_engine import needs_arrays
from backprop_cli.rows.sums import BlockSums, Kink, Numbers, kink_of
from backprop_cli.rows.task import Task
from backprop_cli.rows.written import Written, written

_MOST_NUMBERS = 12_000_000  # in the buffers of a thread: 96 MB
_FEWEST = 128  # rows at once
_MOST_GATES = 20_000


@dataclass(frozen=True)
class Compiled:
    """A program, the instructions it is from, and the gates whose kinks are its last outputs."""

    program: Program
    straight: Straight
    kinks: tuple[Kink, ...]


@dataclass(frozen=True)
class Results:
    """The rows of a block: arrays, or numbers that are the same for all rows; and the masks of rows on kinks."""

    numbers: list[Any]
    masks: list[Any]
    kinks: tuple[Kink, ...]


class BlockEngine:
    """A task of numbers compiled. Raises ``NotStraightError`` where that cannot be."""

    def __init__(self, task: Task, *, quick: bool = True) -> None:
        if len(task.circuit.nodes) - task.circuit.first_gate > _MOST_GATES:
            raise NotStraightError
        self.task = task
        self._quick = self._compiled(quick=quick)
        self._local = threading.local()
        self._lock = threading.Lock()

    def _compiled(self, *, quick: bool) -> Compiled:
        circuit = self.task.circuit
        made = straight(circuit, self.task.data, self.task.wrt, quick=quick)
        outputs = (made.value, *made.gradients, *(mask for _, mask in made.kinks))
        program = Program(made.code, outputs, made.required)
        return Compiled(program, made, tuple(kink_of(circuit, gate) for gate, _ in made.kinks))

    @cached_property
    def _plain(self) -> Compiled:
        return self._compiled(quick=False)

    @cached_property
    def _entries(self) -> Entries:
        return entries(self.task, self._quick.straight)

    def at(self, parameters: Mapping[str, float]) -> Ready:
        """The engine at values of the parameters. Raises ``NotStraightError`` where rows must be asked one by one."""
        given = self._entries.at(parameters)
        try:
            return Ready(self, given, self._quick.program.scalars(given.scalars))
        except FloatingPointError:
            raise NotStraightError from None

    def results(self, given: Given, scalars: Any, columns: Mapping[str, Any], rows: int) -> Results | None:
        """The rows of some columns, None where they must be asked one by one; valid until this thread asks again."""
        try:
            return self._run(self._quick, given, scalars, columns, rows)
        except FloatingPointError:
            pass
        try:
            with self._lock:
                plain = self._plain
            return self._run(plain, given, plain.program.scalars(given.scalars), columns, rows)
        except (FloatingPointError, NotStraightError):
            return None

    def _run(self, compiled: Compiled, given: Given, scalars: Any, columns: Mapping[str, Any], rows: int) -> Results:
        size, buffers = self._buffers(compiled)
        if rows <= size:
            found = compiled.program.run(scalars, buffers, columns, rows)
        else:
            found = _in_pieces(compiled.program, scalars, buffers, columns, (rows, size))
        count = 1 + len(self.task.wrt)
        everywhere = tuple(kink_of(self.task.circuit, gate) for gate in given.kinks)
        masks = [*(np.True_ for _ in everywhere), *found[count:]]
        return Results(found[:count], masks, (*everywhere, *compiled.kinks))

    def _buffers(self, compiled: Compiled) -> tuple[int, Any]:
        """The thread's buffers, and how many rows they hold: a program of many registers takes a block in pieces."""
        held = self._local.__dict__.setdefault("buffers", {})
        if id(compiled) not in held:
            size = BLOCK
            while compiled.program.registers * size > _MOST_NUMBERS and size > _FEWEST:
                size //= 2
            held[id(compiled)] = size, compiled.program.buffers(size)
        found: tuple[int, Any] = held[id(compiled)]
        return found


def _in_pieces(
    program: Program, scalars: Any, buffers: Any, columns: Mapping[str, Any], lengths: tuple[int, int]
) -> list[Any]:
    """The outputs for more rows than the buffers hold; each row's numbers are the same as in one run."""
    rows, size = lengths
    whole: list[Any] = []
    for begin in range(0, rows, size):
        part = {name: column[begin : begin + size] for name, column in columns.items()}
        found = program.run(scalars, buffers, part, min(size, rows - begin))
        whole = whole or [np.empty(rows, one.dtype) if np.ndim(one) else one for one in found]
        for all_, one in zip(whole, found, strict=True):
            if np.ndim(one):
                all_[begin : begin + size] = one
    return whole


@dataclass(frozen=True)
class Ready:
    """The engine at values of the parameters; ``written`` where the task had arrays."""

    engine: BlockEngine
    given: Given
    scalars: Any
    written: Written | None = None

    def results(self, columns: Mapping[str, Any], rows: int) -> Results | None:
        """The rows of some columns, at most a block of them; None where they must be asked one by one."""
        if self.written is not None:
            columns = self.written.columns(columns)
        else:
            columns = {name: np.asarray(columns[name], dtype=np.float64) for name in self.engine.task.data}
        return self.engine.results(self.given, self.scalars, columns, rows)

    def numbers(self, block: Block) -> list[Numbers] | None:
        """Each row's value and gradients."""
        found = self.results(block.columns, len(block))
        if found is None:
            return None
        columns = [np.broadcast_to(one, len(block)) + 0.0 for one in found.numbers]
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def sums(self, block: Block, pivot: Numbers) -> BlockSums | None:
        """The sums over a block."""
        found = self.results(block.columns, len(block))
        if found is None:
            return None
        weights = None if block.weights is None else np.asarray(block.weights, dtype=np.float64)
        return array_sums(found, weights, len(block), pivot)


@dataclass(frozen=True)
class ManyRows:
    """A task compiled once, to be run at any values of its parameters; ``written`` where it had arrays."""

    engine: BlockEngine
    written: Written | None

    def at(self, parameters: Mapping[str, Any]) -> Ready | None:
        """The engine at these values, None where rows must be asked one by one."""
        numbers = parameters if self.written is None else self.written.parameters(parameters)
        try:
            ready = self.engine.at(numbers)
        except NotStraightError:
            return None
        return ready if self.written is None else replace(ready, written=self.written)


def many_rows(task: Task, example: Mapping[str, Any]) -> ManyRows | None:
    """The task compiled, None where rows must be asked one by one; ``example`` is a row, with the columns' shapes."""
    in_numbers = written(task, example) if needs_arrays(task, example) else None
    if in_numbers is None and needs_arrays(task, example):
        return None
    try:
        return ManyRows(BlockEngine(task if in_numbers is None else in_numbers.task), in_numbers)
    except NotStraightError:
        return None


def weighted_sums(found: Results, weights: Any, rows: int) -> list[float]:
    """Σ w·v over a block, of the value and of each gradient."""
    with np.errstate(all="ignore"):
        if weights is not None:
            return [float(np.add.reduce(weights * one)) for one in found.numbers]
        return [float(np.add.reduce(one) if np.ndim(one) else one * rows) for one in found.numbers]


def array_sums(found: Results, weights: Any, rows: int, pivot: Numbers) -> BlockSums:
    """The sums of a block's arrays, pairwise as NumPy adds a row of numbers."""
    with np.errstate(all="ignore"):
        if weights is None:
            parts = [_plain(one, p, rows) for one, p in zip(found.numbers, pivot, strict=True)]
            weight = (float(rows), float(rows))
        else:
            squared = weights * weights
            parts = [_weighted(one, p, weights, squared) for one, p in zip(found.numbers, pivot, strict=True)]
            weight = (float(np.add.reduce(weights)), float(np.add.reduce(squared)))
    sums, apart, squares = (tuple(map(float, part)) for part in zip(*parts, strict=True))
    kinks, on_any = _on_kinks(found, rows)
    return BlockSums(rows, *weight, sums, apart, squares, kinks, on_any)


def _plain(numbers: Any, pivot: float, rows: int) -> tuple[float, float, float]:
    """Σ v, Σ (v - p), Σ (v - p)²."""
    if not np.ndim(numbers):
        far = numbers - pivot
        return numbers * rows, far * rows, far * far * rows
    total = np.add.reduce
    whole = total(numbers)
    if not pivot:
        return whole, whole, total(np.square(numbers))
    far = numbers - pivot
    return whole, total(far), total(np.square(far, out=far))


def _weighted(numbers: Any, pivot: float, weights: Any, squared: Any) -> tuple[float, float, float]:
    """Σ w·v, Σ w²·(v - p), Σ w²·(v - p)²."""
    total = np.add.reduce
    far = numbers - pivot
    return total(weights * numbers), total(squared * far), total(squared * (far * far))


def _on_kinks(found: Results, rows: int) -> tuple[dict[Kink, int], int]:
    """In how many rows each gate stands on its kink, and in how many any does."""
    masks: dict[Kink, Any] = {}
    for kink, mask in zip(found.kinks, found.masks, strict=True):
        masks[kink] = mask if kink not in masks else np.logical_or(masks[kink], mask)
    counts = {kink: int(np.count_nonzero(np.broadcast_to(mask, rows))) for kink, mask in masks.items()}
    met = [masks[kink] for kink, count in counts.items() if count]
    on_any = int(np.count_nonzero(np.broadcast_to(np.logical_or.reduce(met), rows))) if met else 0
    return {kink: count for kink, count in counts.items() if count}, on_any
