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
from backprop_cli.engine.instructions import COMPARISONS, LOGIC, Instructions
from backprop_cli.engine.row_calls import Call, call_of
from backprop_cli.engine.row_program import MASKS

flags_raise = partial(np.errstate, over="raise", invalid="raise", divide="raise", under="ignore")
"""The context in which a program runs: a status flag that rises is a ``FloatingPointError``."""
_DTYPES: dict[str, Any] = {"number": np.float64, "mask": np.bool_}


@dataclass(frozen=True, slots=True)
class _Step:
    """One call, and the registers of its inputs and, last, of its output."""

    call: Call
    registers: tuple[int, ...]


class Program:
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
        used = {place for step in self.steps for place in step.registers} | {*self.outputs}
        self.shared = tuple(place for place, kind in enumerate(self.kinds) if kind == "once" and place in used)
        self._given, self._constants, self._worked_out = self._sorted_once()

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

    def _sorted_once(self) -> tuple[list[tuple[int, str]], list[Any], list[_Step]]:
        """What is the same for all rows: the names that are given, the constants, and what is worked out of both."""
        given, steps = [], []
        constants: list[Any] = [None] * len(self.kinds)
        for at, inputs in self._once:
            one, place = self.code.list[at], self._places[at]
            if one.op == "scalar":
                given.append((place, one.name))
            elif one.op == "constant":
                constants[place] = one.number
            else:
                call = MASKS.get(one.op) or Float64.operations[one.op]
                steps.append(_Step(call, (*(self._places[source] for source in inputs), place)))
        return given, constants, steps

    @property
    def registers(self) -> int:
        """How many buffers a run takes."""
        return sum(kind in _DTYPES for kind in self.kinds)

    def scalars(self, given: Mapping[str, float]) -> list[float]:
        """The numbers in ``shared``, which rows need and which are the same for all of them, from those given by name.

        Raises ``FloatingPointError`` where one of them is not finite.
        """
        found = list(self._constants)
        for place, name in self._given:
            found[place] = given[name]
        for step in self._worked_out:
            *inputs, out = step.registers
            found[out] = step.call(*[found[place] for place in inputs])
        numbers = [found[place] for place in self.shared]
        if not all(map(isfinite, numbers)):
            raise FloatingPointError
        return numbers


@dataclass
class _Bound:
    """The calls of a program on what its registers hold, for one number of rows; ``columns`` are the last ones."""

    registers: list[Any]
    calls: list[tuple[Call, tuple[Any, ...]]]
    columns: Mapping[str, Any] | None = None


@dataclass
class Memory:
    """The buffers for up to ``size`` rows of a program, for one thread.

    The calls are bound to them once. Where the same columns, or the same scalars, come again, nothing is left to do but
    to make the calls.
    """

    program: Program
    size: int
    _buffers: list[Any] = field(init=False)
    _bound: dict[int, _Bound] = field(init=False, default_factory=dict)
    _scalars: Sequence[float] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        shapes = {"number": (self.size,), "mask": (self.size,), "once": (), "column": (0,)}
        self._buffers = [np.empty(shapes[kind], _DTYPES.get(kind, np.float64)) for kind in self.program.kinds]
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
            for place, number in zip(self.program.shared, scalars, strict=True):
                self._buffers[place][()] = number
            self._scalars = scalars
        bound = self._bound.get(rows) or self._newly_bound(rows)
        if columns is not bound.columns:
            self._take(bound, columns)
        for call, wires in bound.calls:
            call(*wires)
        registers = bound.registers
        for place in self.program.required:
            if not registers[place].all():
                raise FloatingPointError
        return [registers[place] for place in self.program.outputs]

    def _newly_bound(self, rows: int) -> _Bound:
        """For another number of rows; of full blocks and of the last, shorter one are kept."""
        if len(self._bound) > 1:
            del self._bound[min(self._bound)]
        registers = [buffer[:rows] if buffer.ndim else buffer for buffer in self._buffers]
        bound = _Bound(registers, [_call(step, registers) for step in self.program.steps])
        self._bound[rows] = bound
        return bound

    def _take(self, bound: _Bound, columns: Mapping[str, Any]) -> None:
        for name, place in self.program.columns.items():
            bound.registers[place] = columns[name]
        for at, step in self._holding_columns:
            bound.calls[at] = _call(step, bound.registers)
        bound.columns = columns


def _call(step: _Step, registers: Sequence[Any]) -> tuple[Call, tuple[Any, ...]]:
    return step.call, tuple([registers[place] for place in step.registers])
