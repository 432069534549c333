"""What must be said beside an answer: kinks, lost digits, stages without a value, how the check was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backprop_cli.circuit import Circuit
from backprop_cli.engine.forward import Forward
from backprop_cli.gates import GATES
from backprop_cli.problems import Diagnostic

if TYPE_CHECKING:
    from backprop_cli.check.verdict import Check, Verdict


def remarks(forth: Forward, check: Check | None) -> list[Diagnostic]:
    """The warnings of a run, in the order in which they matter."""
    return [*_kinks(forth), *_without_value(forth), *(_said(forth.circuit, check) if check else ())]


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


def _said(circuit: Circuit, check: Check) -> list[Diagnostic]:
    found = []
    if check.lost_in_value:
        message = f"the value lost about {check.lost_in_value} of its 16 digits to cancellation or underflow"
        found.append(Diagnostic("digits.lost", message, "--digits 30 gives them back"))
    for index, verdict in check.verdicts.items():
        name = circuit.names[index]
        if verdict.lost_digits and verdict.ok:
            message = (
                f"the gradient of {name} lost about {verdict.lost_digits} of its 16 digits to cancellation or underflow"
            )
            found.append(Diagnostic("digits.lost", message, f"it is {verdict.expected!r}; --digits 30 gives it right"))
        found += _smooth(name, verdict)
    return found + [Diagnostic("check.note", note) for note in check.notes]


def _smooth(name: str, verdict: Verdict) -> list[Diagnostic]:
    """At a kink of a gate, both sides of the whole may still agree on a slope that the convention misses."""
    left, right = verdict.slopes or (None, None)
    if left is None or right is None or abs(left - right) > 1e-12 * max(abs(left), abs(right)):
        return []
    return [
        Diagnostic(
            "kink.smooth",
            f"both one-sided slopes in {name} are {right!r}; the conventions of the gates on their kinks miss it",
        )
    ]
