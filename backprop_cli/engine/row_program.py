"""Straight-line instructions run by Python's floats, a row at a time: for rows too few to load NumPy for.

It means the same as a run over blocks (``buffers.py``): a number that is not finite, or a required mask that does not
hold, says that the row has to be asked otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.engine.guards import guarded
from backprop_cli.engine.instructions import LOGIC, Instructions

MASKS: dict[str, Callable[..., Any]] = {
    "float": float,
    "and": lambda x, y: 1.0 if x and y else 0.0,
    "or": lambda x, y: 1.0 if x or y else 0.0,
    "not": lambda x: 0.0 if x else 1.0,
}
"""What masks are to one row: 1 and 0."""

assert set(MASKS) == LOGIC | {"float"}


class RowProgram:
    """Instructions in a fixed order; ``outputs`` are those asked for, ``required`` masks that must hold."""

    def __init__(self, code: Instructions, outputs: Sequence[int], required: Sequence[int]) -> None:
        ordered = guarded(code, (*outputs, *required))
        places = {at: place for place, (at, _) in enumerate(ordered)}
        self._columns = [(code.list[at].name, places[at]) for at, _ in ordered if code.list[at].op == "column"]
        self._given = [(code.list[at], places[at]) for at, _ in ordered if code.list[at].op in ("scalar", "constant")]
        steps = [
            (_function(code.list[at].op), tuple(places[source] for source in inputs), places[at], code.uniform(at))
            for at, inputs in ordered
            if inputs
        ]
        self._once = [step[:3] for step in steps if step[3]]
        self._steps = [step[:3] for step in steps if not step[3]]
        self._outputs = [places[at] for at in outputs]
        self._required = [places[at] for at in required]
        self._size = len(ordered)

    def scalars(self, given: Mapping[str, float]) -> list[Any] | None:
        """What is the same for all rows, None where a number of it is not finite."""
        found: list[Any] = [0.0] * self._size
        for one, place in self._given:
            found[place] = given[one.name] if one.op == "scalar" else one.number
        return found if _ran(self._once, found) else None

    def run(self, scalars: Sequence[Any], row: Mapping[str, float]) -> list[float] | None:
        """The outputs for a row, None where it has to be asked otherwise."""
        registers = list(scalars)
        for name, place in self._columns:
            registers[place] = row[name]
        if not _ran(self._steps, registers) or not all(registers[place] for place in self._required):
            return None
        return [registers[place] for place in self._outputs]


def _function(op: str) -> Callable[..., Any]:
    return MASKS.get(op) or Float64.operations[op]


def _ran(steps: Sequence[tuple[Callable[..., Any], tuple[int, ...], int]], registers: list[Any]) -> bool:
    """Whether every number came out finite: of one that is not, the difference from itself is no number."""
    sound = 0.0
    for function, inputs, out in steps:
        if len(inputs) == 2:
            value = function(registers[inputs[0]], registers[inputs[1]])
        elif len(inputs) == 1:
            value = function(registers[inputs[0]])
        else:
            value = function(*[registers[place] for place in inputs])
        registers[out] = value
        sound += value - value
    return sound == 0
