"""What must be said beside an answer: kinks, lost digits, stages without a value, how the check was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backprop_cli.circuit import Circuit
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward
from backprop_cli.gates import GATES
from backprop_cli.problems import Diagnostic

if TYPE_CHECKING:
    from backprop_cli.check.verdict import Check, SideSlope, Verdict


def remarks(forth: Forward, back: Backward, check: Check | None) -> list[Diagnostic]:
    """The warnings of a run, in the order in which they matter."""
    stages = [*_without_value(forth), *_without_slope(forth, back, check)]
    return [*_kinks(forth), *stages, *(_said(forth, back, check) if check else ())]


def _kinks(forth: Forward) -> list[Diagnostic]:
    if not forth.kinks:
        return []
    found = []
    for index in forth.live_kinks:
        gate = GATES[forth.circuit.nodes[index].op]
        message = f"{gate.name} stands on a kink here ({gate.convention})"
        found.append(Diagnostic(f"kink.{gate.name}", message).at(forth.circuit.source, forth.circuit.spans[index]))
    return found


def _without_value(forth: Forward) -> list[Diagnostic]:
    """A stage that the output does not need may lie outside a domain; that is said."""
    stages = ((stage, forth.failed.get(stage.node)) for stage in forth.circuit.stages)
    return [
        Diagnostic(
            "stage.value",
            f"the stage {stage.name} has no value here: {problem.message}",
            "",
            problem.source,
            problem.span,
        )
        for stage, problem in stages
        if problem is not None
    ]


def _without_slope(forth: Forward, back: Backward, check: Check | None) -> list[Diagnostic]:
    """A stage behind a gate without a slope has no gradient, and what it feeds may have one all the same."""
    answers = check.answers if check else {}
    stages = ((stage, back.failed.get(stage.node)) for stage in forth.circuit.stages)
    return [
        Diagnostic(
            "stage.slope",
            f"the stage {stage.name} has no gradient here: {problem.message}",
            "",
            problem.source,
            problem.span,
        )
        for stage, problem in stages
        if problem is not None and stage.node not in answers
    ]


def _said(forth: Forward, back: Backward, check: Check) -> list[Diagnostic]:
    names = forth.circuit.names
    found = [*_about(forth.circuit, "the value", check.value)]
    for index, verdict in check.verdicts.items():
        found += _about(forth.circuit, f"the gradient of {names[index]}", verdict)
        found += _answered(forth, back, index, check)
    return found + [Diagnostic("check.note", note) for note in check.notes]


def _about(circuit: Circuit, what: str, verdict: Verdict) -> list[Diagnostic]:
    if verdict.lost_digits and verdict.ok:
        message = f"{what} lost about {verdict.lost_digits} of its 16 digits to cancellation or underflow"
        return [Diagnostic("digits.lost", message, f"it is {verdict.expected!r}; --digits 30 gives it right")]
    if verdict.undecided is not None:
        gate = verdict.undecided.gate
        below, on, above = map(_slope, verdict.undecided.outcomes)
        message = f"{what} is undecided: no number of digits tells on which side of its edge this gate stands"
        hint = f"on one side of the edge {what} is {below}, on the edge {on}, on the other side {above}"
        return [Diagnostic("check.undecided", message, hint).at(circuit.source, circuit.spans[gate])]
    return [Diagnostic("check.note", f"{what} could not be checked: {verdict.reason}")] if verdict.reason else []


def _slope(outcome: SideSlope) -> str:
    return outcome if isinstance(outcome, str) else repr(outcome)


def _answered(forth: Forward, back: Backward, index: int, check: Check) -> list[Diagnostic]:
    """Where the gates' conventions miss the slope that both sides have, or have none, it is said what answers."""
    name, gradient, verdict = forth.circuit.names[index], back.gradients[index], check.verdicts[index]
    if verdict.word == "limit":
        alone = "a gate on the way has no slope of its own"
        if gradient is not None:
            alone = f"the conventions of the gates on their kinks alone give {forth.arithmetic.text(gradient)}"
        message = f"both one-sided slopes in {name} are {verdict.expected!r}, so that is the gradient; {alone}"
        return [Diagnostic("kink.smooth", message)]
    if verdict.word == "kink" and gradient is None and index in check.answers:
        both = all(isinstance(slope, float) for slope in verdict.slopes or ())
        answer = "the middle of its one-sided slopes does" if both else "the slope of its only side does"
        return [Diagnostic("kink.middle", f"no gate answers for {name} here: {answer}")]
    return []
