"""A task's straight-line program with its buffers: what the rows of some columns come to."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from backprop_cli.engine.buffers import BlockProgram, Memory
from backprop_cli.engine.straight import Straight, straight
from backprop_cli.rows.block_sums import BlockResults
from backprop_cli.rows.row_records import BLOCK
from backprop_cli.rows.sums import kink_of
from backprop_cli.rows.task import Task

_MOST_NUMBERS = 12_000_000  # in the buffers of a thread: 96 MB
_FEWEST = 128  # rows at once


class CompiledTask:
    """The program of a task of numbers, which any number of threads may run, each in buffers of its own.

    Raises ``NotStraightError`` where it has none.
    """

    def __init__(self, task: Task, *, quick: bool) -> None:
        self.straight: Straight = straight(task.circuit, task.data, task.wrt, quick=quick)
        self._numbers = 1 + len(task.wrt)
        masks = [mask for _, mask in self.straight.kinks]
        outputs = (self.straight.value, *self.straight.gradients, *masks)
        self.program = BlockProgram(self.straight.code, outputs, self.straight.required)
        self._kinks = tuple(kink_of(task.circuit, gate) for gate, _ in self.straight.kinks)
        self._of_thread = threading.local()

    def results(self, scalars: Sequence[float], columns: Mapping[str, Any], rows: int) -> BlockResults:
        """The rows of some columns, valid until this thread asks again; ``scalars`` are the program's.

        Runs where ``flags_raise``, and raises ``FloatingPointError`` where a row must be asked otherwise.
        """
        memory = self._memory()
        found = (
            memory.run(scalars, columns, rows) if rows <= memory.size else _in_pieces(memory, scalars, columns, rows)
        )
        return BlockResults(found[: self._numbers], found[self._numbers :], self._kinks)

    def _memory(self) -> Memory:
        """The thread's buffers; a program of many registers takes a block in pieces."""
        try:
            found: Memory = self._of_thread.memory
        except AttributeError:
            size = BLOCK
            while self.program.registers * size > _MOST_NUMBERS and size > _FEWEST:
                size //= 2
            found = self._of_thread.memory = Memory(self.program, size)
        return found


def _in_pieces(memory: Memory, scalars: Sequence[float], columns: Mapping[str, Any], rows: int) -> list[Any]:
    """The outputs for more rows than the buffers hold; each row's numbers are the same as in one run."""
    whole: list[Any] = []
    for begin in range(0, rows, memory.size):
        end = min(begin + memory.size, rows)
        part = {name: column[begin:end] for name, column in columns.items()}
        found = memory.run(scalars, part, end - begin)
        whole = whole or [np.empty(rows, one.dtype) if one.ndim else one for one in found]
        for all_, one in zip(whole, found, strict=True):
            if one.ndim:
                all_[begin:end] = one
    return whole
