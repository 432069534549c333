"""The run again with other values: rounded on the way, or with a student's own numbers in place of some.

Values come first, gradients follow from them. Nothing is refused here: what does not exist is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from backprop_cli.circuit import Node
from backprop_cli.engine.rules import Rules
from backprop_cli.grading.mistakes.sweep import Tape

Rounding = Callable[[float], float]


def run(
    tape: Tape, own: Mapping[int, float], rounding: Rounding | None = None, at: Collection[int] = ()
) -> list[float]:
    """The value of every node, where some have a number of their own, and some gates round theirs."""
    circuit, rules = tape.circuit, tape.rules
    values = list(tape.values)
    for index in range(circuit.first_gate, len(values)):
        if index in own:
            values[index] = own[index]
        elif own or rounding is not None:
            value = _value(rules, circuit.nodes[index], values)
            values[index] = rounding(value) if rounding is not None and index in at else value
    return values


def expected(tape: Tape, own: Mapping[int, float]) -> list[float]:
    """What each node's value should be, given the numbers handed in for gates before it."""
    nodes, handed = tape.circuit.nodes, run(tape, own)
    values = list(handed)
    for index in own:
        values[index] = _value(tape.rules, nodes[index], handed)
    return values


def _value(rules: Rules, node: Node, values: Sequence[float]) -> float:
    """A gate's value, inside its domain; only ``where`` has one beside an input that has none."""
    inputs = [values[source] for source in node.inputs]
    row = rules[node.op]
    if node.op != "where" and not all(map(math.isfinite, inputs)):
        return math.nan
    try:
        return float(row.value(*inputs)) if row.domain is None or row.domain((*inputs, None)) else math.nan
    except (ArithmeticError, ValueError):
        return math.nan


@dataclass(frozen=True, slots=True)
class Rounded:
    """A run that rounded on the way: how, the values, and the gradients."""

    said: str
    values: list[float]
    gradients: list[float]


def roundings(tape: Tape) -> list[Rounded]:
    """The run rounded in each usual way: after every gate or at the stages, the values alone or the gradients too."""
    every = frozenset(range(len(tape.values)))
    stages = frozenset(stage.node for stage in tape.circuit.stages) | {tape.circuit.output}
    places = [every, stages] if len(stages) > 1 and not stages.issuperset(tape.gates) else [every]
    return [one for said, rounding in _ROUNDINGS for at in places for one in _rounded(tape, said, rounding, at)]


def _rounded(tape: Tape, said: str, rounding: Rounding, at: Collection[int]) -> list[Rounded]:
    values = run(tape, {}, rounding, at)
    made = tape.with_values(values)
    exact = Rounded(said, values, made.gradients)
    return [exact, Rounded(said, values, made.rounded(rounding, at))]


def _decimals(digits: int) -> Rounding:
    return lambda value: round(value, digits) if math.isfinite(value) else value


def _figures(digits: int) -> Rounding:
    return lambda value: float(f"{value:.{digits - 1}e}") if math.isfinite(value) else value


_ROUNDINGS = (
    ("1 decimal", _decimals(1)),
    ("2 decimals", _decimals(2)),
    ("3 decimals", _decimals(3)),
    ("1 significant digit", _figures(1)),
    ("2 significant digits", _figures(2)),
    ("3 significant digits", _figures(3)),
)
