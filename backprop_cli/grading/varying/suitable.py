"""Which numbers are given to nobody: a point on a kink or at an edge, an answer that does not exist, ugly numbers.

A number is ugly if it is not 0 and smaller than 0.001, or not below 10,000; and, where the given numbers have at most
four decimals and there are only the four operations and choices between numbers, if it needs more than four decimals,
as 1/3 does. All numbers that a person meets on the way are looked at: the gates' values and gradients, and the answers.
If every gradient that is asked for is 0, nothing is to be worked out, and that is refused, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backprop_cli.calculation import run
from backprop_cli.circuit import CONSTANT, Circuit
from backprop_cli.grading.question import Question
from backprop_cli.problems import Refused
from backprop_cli.report.report import Report
from backprop_cli.settings import Settings

if TYPE_CHECKING:
    from backprop_cli.grading.asking import AnyQuestion

LEAST, MOST, DECIMALS = 1e-3, 1e4, 4
_ROUNDING = 1e-11  # of the doubles on the way, relative to 1 or the number
_BY_HAND = frozenset(
    [
        *("add", "sub", "mul", "div", "neg", "square", "reciprocal", "abs", "max", "min", "clip", "where", "identity"),
        *("relu", "leaky_relu", "hardtanh", "sign", "step", "floor", "ceil", "round", "lt", "le", "gt", "ge"),
        *("eq", "ne"),
    ]
)


@dataclass(frozen=True, slots=True)
class Unsuitable:
    """Why numbers are refused: the kind of reason, and the reason with these numbers."""

    kind: str
    reason: str


def unsuitable(asked: AnyQuestion, *, ugly: bool) -> Unsuitable | None:
    """What is wrong with a question's point; None if nothing is. ``ugly`` numbers may be allowed."""
    question = asked if isinstance(asked, Question) else asked.elements
    assert question.point is not None
    try:
        report = run(question.circuit, question.point, Settings(check="none"))
    except Refused as refused:
        return Unsuitable("value", refused.problems[0].message)
    return _edge(question, report) or (None if ugly else _ugly(question, report))


def on_kink(report: Report) -> Unsuitable | None:
    """The first gate that stands on a kink and matters."""
    forth = report.trace[0]
    gates = (forth.circuit.typed(gate, 60) for gate in forth.live_kinks)
    return next((Unsuitable("kink", f"{gate} stands on a kink or a jump") for gate in gates), None)


def _edge(question: Question, report: Report) -> Unsuitable | None:
    kink = on_kink(report)
    if kink is not None:
        return kink
    for ask in question.asks:
        fact = question.facts[ask.asked]
        if fact.problem is not None:
            return Unsuitable("value", f"{ask.name} has no answer: {fact.problem.message}")
        if fact.slopes is not None or fact.outcomes is not None:
            return Unsuitable("kink", f"{ask.name} stands on a kink or at the edge of a domain")
    return None


def _ugly(question: Question, report: Report) -> Unsuitable | None:
    slopes = [question.facts[ask.asked].value for ask in question.asks if not ask.asked.is_value]
    if slopes and not any(slopes):
        return Unsuitable("zero", "every gradient that is asked for is 0")
    plain = _is_plain(report)
    return next((one for name, number in _met(question, report) if (one := ugliness(name, number, plain=plain))), None)


def ugliness(name: str, number: float, *, plain: bool) -> Unsuitable | None:
    """What is ugly about a number; where it is ``plain`` how it is worked out, four decimals are to be enough."""
    if number == 0:
        return None
    if not LEAST <= abs(number) < MOST:
        return Unsuitable(
            "size", f"{name} is {number:.6g}, too {'small' if abs(number) < LEAST else 'large'} a number to work with"
        )
    if plain and not is_short(number):
        return Unsuitable("decimals", f"{name} is {number:.6g}…, which needs more than {DECIMALS} decimals")
    return None


def is_short(number: float) -> bool:
    """Whether four decimals are enough."""
    return abs(number - round(number, DECIMALS)) <= _ROUNDING * max(1.0, abs(number))


def _met(question: Question, report: Report) -> Iterator[tuple[str, float]]:
    """The numbers that a person meets, with what they are called."""
    forth, back = report.trace
    circuit, names = forth.circuit, forth.circuit.names
    for what, numbers, first in (("", forth.values, circuit.first_gate), ("the gradient of ", back.gradients, 0)):
        for index in range(first, len(circuit.nodes)):
            if forth.live[index] and numbers[index] is not None:
                yield f"{what}{names[index]}", float(numbers[index])
    for ask in question.asks:
        value = question.facts[ask.asked].value
        if value is not None and math.isfinite(value):
            yield ask.name, value


def _is_plain(report: Report) -> bool:
    """Whether everything can be worked out by hand from numbers of few decimals."""
    forth = report.trace[0]
    given = [forth.values[index] for index in range(forth.circuit.first_gate)]
    gates = range(forth.circuit.first_gate, len(forth.circuit.nodes))
    return all(map(is_short, given)) and all(_is_by_hand(forth.circuit, index) for index in gates)


def _is_by_hand(circuit: Circuit, index: int) -> bool:
    node = circuit.nodes[index]
    if node.op != "pow":
        return node.op in _BY_HAND
    exponent = circuit.nodes[node.inputs[1]]
    return exponent.op == CONSTANT and exponent.text.lstrip("-").isdecimal()
