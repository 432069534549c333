"""The truth of what is asked: values and derivatives right to the last bit, kinks with both slopes, or a reason.

Every gradient here was checked by power series in balls, and where rounding took digits from the backward pass it is
the reference that counts. Where no precision tells on which side of an edge the point is, the outcomes are the truth.
This module does not know any answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flint import arb

from backprop_cli.arithmetic.ball_text import to_float
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.calculation import run
from backprop_cli.check.edges import outcomes
from backprop_cli.check.reference import Reference
from backprop_cli.check.series import NearEdgeError, NoSeriesError, NoValueError
from backprop_cli.check.sides import Here, near
from backprop_cli.check.verdict import SideSlope, Verdict
from backprop_cli.choices import Method
from backprop_cli.circuit import Circuit
from backprop_cli.engine.forward import Forward, forward
from backprop_cli.engine.point import Point, numbers
from backprop_cli.engine.rules import Rules
from backprop_cli.grading.names import Asked
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.report.report import Report
from backprop_cli.settings import Settings

_ENOUGH_BITS, _MOST_BITS, _DIGITS = 64, 4_096, 25


@dataclass(frozen=True, slots=True)
class Fact:
    """What is true of one quantity.

    ``value`` is the number; None where there is none, and ``problem`` says why. ``slopes`` are the one-sided slopes at
    a kink, the smaller first. ``outcomes`` are the numbers that it may be where an edge is undecided. ``exact`` is the
    number in exact arithmetic where that was asked for.
    """

    value: float | None
    slopes: tuple[float, float] | None = None
    problem: Diagnostic | None = None
    exact: Number = None
    outcomes: tuple[float, ...] | None = None


def facts(
    circuit: Circuit, point: Point, asked: Sequence[Asked], *, exact: bool = False, method: Method = "forward"
) -> dict[Asked, Fact]:
    """The fact for every quantity asked. The point is complete. Raises ``Refused`` for what no point can have."""
    found = _values(circuit, point, list(dict.fromkeys(one for one in asked if one.is_value)))
    for of in dict.fromkeys(one.of for one in asked if not one.is_value):
        found |= _gradients(
            replace(circuit, output=of), point, [a for a in asked if a.of == of and not a.is_value], method
        )
    return _exactly(circuit, point, found) if exact else found


def _values(circuit: Circuit, point: Point, asked: Sequence[Asked]) -> dict[Asked, Fact]:
    """The values, from a run with so many digits that no cancellation shows."""
    if not asked:
        return {}
    rules = Rules(Float64())
    plain = forward(circuit, numbers(circuit, point, rules), rules)
    reference = Reference(plain, point)
    found, waits = dict[Asked, Fact](), list(asked)
    for bits in reference.ladder():
        deep = reference.here(bits)
        found |= {one: _value(plain, deep, one.of) for one in waits}
        waits = [one for one in waits if not _settled(deep, one.of)]
        if not waits or bits >= _MOST_BITS:
            break
    return found | {one: fact for one in waits if (fact := _edge(plain, point, deep, one.of)) is not None}


def _value(plain: Forward, deep: Here, node: int) -> Fact:
    problem, value = plain.failed.get(node), deep.number(node)
    number = plain.values[node] if value is None else to_float(value)
    # exp(1000)/exp(999) overflows on the way only.
    lost = problem is not None and not (_overflows(problem) and number is not None and math.isfinite(number))
    return Fact(None, problem=problem) if lost else Fact(number)


def _settled(deep: Here, node: int) -> bool:
    value = deep.number(node)
    if value is None:
        return isinstance(deep.gaps[node], (NoValueError, NoSeriesError))
    ball = arb(value)
    return bool(ball.is_zero() or ball.rel_accuracy_bits() >= _ENOUGH_BITS)


def _edge(plain: Forward, point: Point, deep: Here, node: int) -> Fact | None:
    """What a value may be where a decision cannot be told; None where that is not what is in the way."""
    gap = deep.gaps[node]
    if deep.number(node) is not None or not isinstance(gap, NearEdgeError) or not near(gap, deep.bits):
        return None
    reference = Reference(replace(plain, circuit=replace(plain.circuit, output=node)), point)
    return _undecided(plain.values[node], outcomes(reference, gap.gate, deep.bits, None))


def _undecided(own: float | None, found: Sequence[SideSlope]) -> Fact:
    """The fact of what no precision tells. Words among the outcomes are no numbers to answer with."""
    known = tuple(dict.fromkeys(one for one in found if isinstance(one, float) and math.isfinite(one)))
    value = own if own is not None else known[0] if known else None
    return Fact(value if value is not None else 0.0, outcomes=known)


def _overflows(problem: Diagnostic) -> bool:
    return problem.code.startswith("overflow.")


def _gradients(
    circuit: Circuit, point: Point, asked: Sequence[Asked], method: Method, digits: int | None = None
) -> dict[Asked, Fact]:
    """The derivatives of the circuit's output: all at once, or one by one where one of them does not exist.

    Where a double overflows on the way, the run has ``digits`` and a far larger range.
    """
    found = {one: Fact(1.0) for one in asked if one.by == one.of}
    rest = [one for one in asked if one not in found]
    try:
        return found | _together(circuit, point, rest, Settings(check=method, digits=digits))
    except Refused as refused:
        if digits is None and _overflows(refused.problems[0]):
            return found | _gradients(circuit, point, rest, method, _DIGITS)
        if len(rest) == 1:
            return found | {rest[0]: Fact(None, problem=refused.problems[0])}
    for one in rest:
        found |= _gradients(circuit, point, [one], method, digits)
    return found


def _together(circuit: Circuit, point: Point, asked: Sequence[Asked], settings: Settings) -> dict[Asked, Fact]:
    if not asked:
        return {}
    names = {node: name for name, node in circuit.inputs.items()} | {stage.node: stage.name for stage in circuit.stages}
    wanted = tuple(names[one.by] for one in asked if one.by is not None)
    report = run(circuit, point, replace(settings, wrt=wanted))
    if not report.ok:
        raise _doubted(circuit)
    verdicts = report.check.verdicts if report.check else {}
    return {one: _fact(report, verdicts, one.by) for one in asked if one.by is not None}


def _fact(report: Report, verdicts: Mapping[int, Verdict], node: int) -> Fact:
    verdict = verdicts.get(node)
    gradient = report.trace[1].gradients[node]
    answer = report.check.answers.get(node) if report.check else None
    if verdict is not None and verdict.undecided is not None:
        own = None if gradient is None else report.trace[0].arithmetic.to_float(gradient)
        return _undecided(own, verdict.undecided.outcomes)
    if gradient is None and answer is None:
        return Fact(None, problem=report.trace[1].failed[node])
    own = to_float(answer) if answer is not None else report.trace[0].arithmetic.to_float(gradient)
    if not math.isfinite(own):
        return Fact(None, problem=Diagnostic("overflow.gradient", "the gradient is too large for a double"))
    if verdict is None or verdict.word == "unchecked":
        return Fact(own)
    if verdict.word == "kink":
        return _on_kink(own, verdict.slopes or ("jump", "jump"))
    return Fact(own if verdict.expected is None else verdict.expected)


def _on_kink(own: float, slopes: tuple[SideSlope, SideSlope]) -> Fact:
    """Anything between the slopes; at the end of a domain the slope of the one side that there is."""
    there = [slope for slope in slopes if slope != "no value"]
    known = [slope for slope in there if isinstance(slope, float)]
    if len(known) < len(there) or not there:
        return Fact(None, problem=Diagnostic("answer.undefined", "the output jumps here, so it has no gradient"))
    if not all(map(math.isfinite, known)):
        return Fact(None, problem=Diagnostic("answer.undefined", "the slope is infinite here, so there is no gradient"))
    return Fact(own, slopes=(min(known), max(known)))


def _doubted(circuit: Circuit) -> Refused:
    message = "a gradient of this expression does not pass backprop's own check, so no answer is judged by it"
    return Refused(Diagnostic("check.wrong", message, "this is a bug of backprop's own: please report the expression"))


def _exactly(circuit: Circuit, point: Point, found: Mapping[Asked, Fact]) -> dict[Asked, Fact]:
    """The same facts with their numbers in exact arithmetic."""
    return {
        one: replace(fact, exact=_exact(circuit, point, one)) if fact.problem is None else fact
        for one, fact in found.items()
    }


def _exact(circuit: Circuit, point: Point, asked: Asked) -> Number:
    settings = Settings(wrt=_by(circuit, asked), exact=True, check="none")
    forth, back = run(replace(circuit, output=asked.of), point, settings).trace
    if asked.by is None:
        return forth.values[asked.of]
    return forth.arithmetic.one if asked.by == asked.of else back.gradients[asked.by]


def _by(circuit: Circuit, asked: Asked) -> tuple[str, ...]:
    named: Iterable[tuple[str, int]] = [
        *circuit.inputs.items(),
        *((stage.name, stage.node) for stage in circuit.stages),
    ]
    return tuple(name for name, node in named if node == asked.by)
