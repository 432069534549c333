"""Straight-line instructions run by NumPy over blocks of rows, in buffers that are used again and again.

A register is given up at its last use, so that a block's numbers stay in the processor's cache. Status flags of the
processor tell overflow, division by zero and what has no value; where one rises the block has to be asked otherwise.
Nothing here knows what the instructions are for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np

from backprop_cli.arithmetic.arrays import MAPPED, TESTS, Arrays
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.engine.guards import guarded
from backprop_cli.engine.instructions import COMPARISONS, LOGIC, Instructions
from backprop_cli.engine.row_program import MASKS

_STRICT: dict[str, Any] = {"over": "raise", "invalid": "raise", "divide": "raise", "under": "ignore"}


def _as_number(mask: Any, out: Any) -> None:
    np.copyto(out, mask)


_IN_PLACE: dict[str, Callable[..., Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative, "pow": np.power,
    "sqrt": np.sqrt, "cbrt": np.cbrt, "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p,
    "log2": np.log2, "log10": np.log10, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin,
    "acos": np.arccos, "atan": np.arctan, "hypot": np.hypot, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
    "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh, "abs": np.abs, "sign": np.sign,
    "max": np.maximum, "min": np.minimum, "mod": np.mod, "fmod": np.fmod, "floor": np.floor, "ceil": np.ceil,
    "round": np.rint, "float": _as_number, **TESTS, "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
}  # fmt: skip


def _where(mask: Any, yes: Any, no: Any) -> Any:
    return np.where(mask, yes, no)


def _fresh(op: str) -> Callable[..., Any]:
    """A function that makes a new array. One that raises no flag is asked for finite results."""
    if op == "where":
        return _where
    function = Arrays.operations[op]
    if op not in MAPPED:
        return function

    def asked(*inputs: Any) -> Any:
        result = function(*inputs)
        if not np.isfinite(result).all():
            raise FloatingPointError
        return result

    return asked


@dataclass(frozen=True, slots=True)
class _Step:
    """One call: the function, the registers of its inputs and of its output, and whether it makes a new array."""

    function: Callable[..., Any]
    inputs: tuple[int, ...]
    out: int
    fresh: bool


class Program:
    """Instructions with registers given out, for runs of any number of rows.

    ``outputs`` are the instructions that are asked for; ``required`` masks that must hold everywhere.
    """

    def __init__(self, code: Instructions, outputs: Sequence[int], required: Sequence[int]) -> None:
        self.code = code
        ordered = guarded(code, (*outputs, *required))
        self._places: dict[int, int] = {}
        self._kinds: list[str] = []
        self.columns = {code.list[at].name: self._place(at, "column") for at, _ in ordered if self._op(at) == "column"}
        self._once = [(at, inputs) for at, inputs in ordered if code.uniform(at)]
        for at, _ in self._once:
            self._place(at, "once")
        self._steps = tuple(self._given_out([(at, inputs) for at, inputs in ordered if self._runs(at)], outputs))
        self.outputs = tuple(self._places[at] for at in outputs)
        self.required = tuple(self._places[at] for at in required)

    def _op(self, at: int) -> str:
        return self.code.list[at].op

    def _runs(self, at: int) -> bool:
        return not self.code.uniform(at) and self._op(at) != "column"

    def _place(self, at: int, kind: str) -> int:
        self._places[at] = len(self._kinds)
        self._kinds.append(kind)
        return self._places[at]

    def _given_out(self, ordered: Sequence[tuple[int, tuple[int, ...]]], outputs: Sequence[int]) -> Iterator[_Step]:
        """The steps, each output in a register that is free by then."""
        last = {source: number for number, (_, inputs) in enumerate(ordered) for source in inputs}
        held = {*outputs} | {at for at, _ in ordered if at not in last}
        free: dict[str, list[int]] = {"number": [], "mask": []}
        for number, (at, inputs) in enumerate(ordered):
            op = self._op(at)
            sources = tuple(self._places[source] for source in inputs)
            for source in dict.fromkeys(inputs):
                if self._runs(source) and last[source] == number and source not in held:
                    free[self._kind(source)].append(self._places[source])
            kind = self._kind(at)
            if free[kind]:
                self._places[at] = free[kind].pop()
            else:
                self._place(at, kind)
            fresh = op not in _IN_PLACE
            yield _Step(_fresh(op) if fresh else _IN_PLACE[op], sources, self._places[at], fresh)

    def _kind(self, at: int) -> str:
        return "mask" if self._op(at) in COMPARISONS | LOGIC else "number"

    @property
    def registers(self) -> int:
        """How many buffers a run takes."""
        return sum(kind in ("number", "mask") for kind in self._kinds)

    def scalars(self, given: Mapping[str, float]) -> list[Any]:
        """Every register, with what is the same for all rows worked out from the scalars' values.

        Raises ``FloatingPointError`` where one of them that rows need is not finite.
        """
        found: list[Any] = [None] * len(self._kinds)
        for at, inputs in self._once:
            one = self.code.list[at]
            if one.op == "scalar":
                number = given[one.name]
            elif one.op == "constant":
                number = one.number
            else:
                function = MASKS.get(one.op) or Float64.operations[one.op]
                number = function(*(found[self._places[source]] for source in inputs))
            found[self._places[at]] = number
        for place in self._needed_once:
            if not isfinite(found[place]):
                raise FloatingPointError
            found[place] = np.float64(found[place])
        return found

    @cached_property
    def _needed_once(self) -> tuple[int, ...]:
        """The registers of what is the same for all rows, and is needed by rows."""
        used = {place for step in self._steps for place in step.inputs} | {*self.outputs}
        return tuple(place for place, kind in enumerate(self._kinds) if kind == "once" and place in used)

    def buffers(self, size: int) -> list[Any]:
        """New buffers for up to so many rows, for one thread."""
        dtypes = {"number": np.float64, "mask": np.bool_}
        return [np.empty(size, dtypes[kind]) if kind in dtypes else None for kind in self._kinds]

    def run(self, scalars: Sequence[Any], buffers: Sequence[Any], columns: Mapping[str, Any], rows: int) -> list[Any]:
        """The outputs for some rows, valid until the buffers are used again; what all rows share is a number.

        Raises ``FloatingPointError`` where a flag rises or a required mask does not hold.
        """
        registers = [
            scalar if buffer is None else buffer if len(buffer) == rows else buffer[:rows]
            for scalar, buffer in zip(scalars, buffers, strict=True)
        ]
        for name, place in self.columns.items():
            registers[place] = columns[name]
        with np.errstate(**_STRICT):
            for step in self._steps:
                inputs = [registers[place] for place in step.inputs]
                if step.fresh:
                    registers[step.out] = step.function(*inputs)
                else:
                    step.function(*inputs, out=registers[step.out])
        if not all(np.all(registers[place]) for place in self.required):
            raise FloatingPointError
        return [registers[place] for place in self.outputs]
