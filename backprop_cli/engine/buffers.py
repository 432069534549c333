"""Straight-line instructions run by NumPy over blocks of rows, in buffers that are used again and again.

A register is given up at its last use, so that a block's numbers stay in the processor's cache. Status flags of the
processor tell overflow, division by zero and what has no value; where one rises the block has to be asked otherwise.
Nothing here knows what the instructions are for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import isfinite
from typing import Any

import numpy as np

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.engine.guards import guarded
from backprop_cli.engine.instructions import LOGIC, Instructions
from backprop_cli.engine.row_calls import RowCall, call_of
from backprop_cli.engine.row_program import MASKS
from backprop_cli.gates import COMPARISONS

flags_raise = partial(np.errstate, over="raise", invalid="raise", divide="raise", under="ignore")
"""The context in which a program runs: a status flag that rises is a ``FloatingPointError``."""
_DTYPES: dict[str, Any] = {"number": np.float64, "mask": np.bool_}


@dataclass(frozen=True, slots=True)
class _Step:
    """One call, and the registers of its inputs and, last, of its output."""

    call: RowCall
    registers: tuple[int, ...]


class BlockProgram:
    """Instructions with registers given out, for runs of any number of rows.

    ``outputs`` are the instructions that are asked for; ``required`` masks that must hold everywhere.
    """

    def __init__(self, code: Instructions, outputs: Sequence[int], required: Sequence[int]) -> None:
        self.code = code
        ordered = guarded(code, (*outputs, *required))
        self._places: dict[int, int] = {}
        self.kinds: list[str] = []
        self.columns = {code.list[at].name: self._place(at, "column") for at, _ in ordered if self._op(at) == "column"}
        self._once = [(at, inputs) for at, inputs in ordered if code.uniform(at)]
        for at, _ in self._once:
            self._place(at, "once")
        self.steps = tuple(self._given_out([(at, inputs) for at, inputs in ordered if self._runs(at)], outputs))
        self.outputs = tuple(self._places[at] for at in outputs)
        self.required = tuple(self._places[at] for at in required)
        self._sort_once()

    def _op(self, at: int) -> str:
        return self.code.list[at].op

    def _runs(self, at: int) -> bool:
        return not self.code.uniform(at) and self._op(at) != "column"

    def _place(self, at: int, kind: str) -> int:
        self._places[at] = len(self.kinds)
        self.kinds.append(kind)
        return self._places[at]

    def _given_out(self, ordered: Sequence[tuple[int, tuple[int, ...]]], outputs: Sequence[int]) -> Iterator[_Step]:
        """The steps, each output in a register that is free by then."""
        last = {source: number for number, (_, inputs) in enumerate(ordered) for source in inputs}
        held = {*outputs} | {at for at, _ in ordered if at not in last}
        free: dict[str, list[int]] = {"number": [], "mask": []}
        for number, (at, inputs) in enumerate(ordered):
            sources = tuple(self._places[source] for source in inputs)
            for source in dict.fromkeys(inputs):
                if self._runs(source) and last[source] == number and source not in held:
                    free[self._kind(source)].append(self._places[source])
            kind = self._kind(at)
            if free[kind]:
                self._places[at] = free[kind].pop()
            else:
                self._place(at, kind)
            yield _Step(call_of(self._op(at)), (*sources, self._places[at]))

    def _kind(self, at: int) -> str:
        return "mask" if self._op(at) in COMPARISONS | LOGIC else "number"

    def _sort_once(self) -> None:
        """What is the same for all rows: the constants, what is given by name, and what is worked out of both."""
        once = [(self.code.list[at], at, inputs) for at, inputs in self._once]
        constants = [(at, one.number) for one, at, _ in once if one.op == "constant"]
        given = [(at, one.name) for one, at, _ in once if one.op == "scalar"]
        worked_out = [(one.op, at, inputs) for one, at, inputs in once if one.op not in ("constant", "scalar")]
        order = [at for at, _ in constants] + [at for at, _ in given] + [at for _, at, _ in worked_out]
        position = {at: number for number, at in enumerate(order)}
        self.shared = tuple(self._places[at] for at in order)
        self._constants = [number for _, number in constants]
        self._names = [name for _, name in given]
        self._worked_out = [
            (MASKS.get(op) or Float64.operations[op], [position[source] for source in inputs])
            for op, _, inputs in worked_out
        ]
        used = {place for step in self.steps for place in step.registers} | {*self.outputs}
        self._needed = [number for number, place in enumerate(self.shared) if place in used]

    @property
    def registers(self) -> int:
        """How many buffers a run takes."""
        return sum(kind in _DTYPES for kind in self.kinds)

    def scalars(self, given: Mapping[str, float]) -> list[float]:
        """What is the same for all rows, for the registers in ``shared``, from the numbers given by name.

        Raises ``FloatingPointError`` where one of them that rows need is not finite.
        """
        found = [*self._constants, *[given[name] for name in self._names]]
        for call, inputs in self._worked_out:
            found.append(call(*[found[number] for number in inputs]))
        for number in self._needed:
            if not isfinite(found[number]):
                raise FloatingPointError
        return found


@dataclass
class _Bound:
    """The calls of a program on what its registers hold, for one number of rows; ``columns`` are the last ones."""

    registers: list[Any]
    calls: list[tuple[RowCall, tuple[Any, ...]]]
    columns: Mapping[str, Any] | None = None
    required: list[Any] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)


@dataclass
class Memory:
    """The buffers for up to ``size`` rows of a program, for one thread.

    The calls are bound to them once. Where the same columns, or the same scalars, come again, nothing is left to do but
    to make the calls.
    """

    program: BlockProgram
    size: int
    _buffers: list[Any] = field(init=False)
    _bound: dict[int, _Bound] = field(init=False, default_factory=dict)
    _scalars: Sequence[float] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        shapes = {"number": (self.size,), "mask": (self.size,), "once": (), "column": (0,)}
        self._buffers = [np.empty(shapes[kind], _DTYPES.get(kind, np.float64)) for kind in self.program.kinds]
        self._cells = [self._buffers[place] for place in self.program.shared]
        self._holding_columns = [
            (at, step)
            for at, step in enumerate(self.program.steps)
            if any(self.program.kinds[place] == "column" for place in step.registers)
        ]

    def run(self, scalars: Sequence[float], columns: Mapping[str, Any], rows: int) -> list[Any]:
        """The outputs for some rows, valid until the next run; what all rows share has no dimension.

        ``columns`` are arrays of doubles, which stay as they are. Runs where ``flags_raise``, and raises
        ``FloatingPointError`` where one does or a required mask does not hold.
        """
        if scalars is not self._scalars:
            for cell, number in zip(self._cells, scalars):  # noqa: B905  # as long as the program has them
                cell[()] = number
            self._scalars = scalars
        bound = self._bound.get(rows) or self._newly_bound(rows)
        if columns is not bound.columns:
            self._take(bound, columns)
        for call, wires in bound.calls:
            call(*wires)
        for mask in bound.required:
            if not mask.all():
                raise FloatingPointError
        return bound.outputs

    def _newly_bound(self, rows: int) -> _Bound:
        """For another number of rows; of full blocks and of the last, shorter one are kept."""
        if len(self._bound) > 1:
            del self._bound[min(self._bound)]
        registers = [buffer[:rows] if buffer.ndim else buffer for buffer in self._buffers]
        bound = self._bound[rows] = _Bound(registers, [_call(step, registers) for step in self.program.steps])
        return bound

    def _take(self, bound: _Bound, columns: Mapping[str, Any]) -> None:
        for name, place in self.program.columns.items():
            bound.registers[place] = columns[name]
        for at, step in self._holding_columns:
            bound.calls[at] = _call(step, bound.registers)
        bound.columns = columns
        bound.required = [bound.registers[place] for place in self.program.required]
        bound.outputs = [bound.registers[place] for place in self.program.outputs]


def _call(step: _Step, registers: Sequence[Any]) -> tuple[RowCall, tuple[Any, ...]]:
    return step.call, tuple([registers[place] for place in step.registers])
