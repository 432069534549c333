"""Decisions that no ball tells: what exact arithmetic says of them, and what would follow from each answer.

Equal numbers that are computed in two ways never compare equal in balls. Exact arithmetic may prove that a gate stands
on its edge; where it does not, the reference is followed once for each answer.
"""

from __future__ import annotations

from backprop_cli.arithmetic.ball_text import to_float
from backprop_cli.arithmetic.balls import ONE
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.reference import Reference
from backprop_cli.check.sides import Here, OneSided
from backprop_cli.check.verdict import SideSlope
from backprop_cli.engine.forward import Forward, forward
from backprop_cli.engine.rules import Rules
from backprop_cli.problems import Refused

_EXACT_GATES = 40


def exact_run(reference: Reference) -> Forward | None:
    """The run in exact arithmetic, that of a small run with doubles from their exact values; None where it has none."""
    run = reference.run
    if not reference.of_doubles:
        return run if run.arithmetic.exact else None
    if len(run.circuit.nodes) - run.circuit.first_gate > _EXACT_GATES:
        return None
    from backprop_cli.arithmetic.exact import ExactNumbers

    class ExactDoubles(ExactNumbers):
        """A literal is the double nearest to it."""

        def literal(self, text: str) -> Number:
            return self.of_double(run.arithmetic.number(text))

        def of_double(self, value: float) -> Number:
            above, below = value.as_integer_ratio()
            return self.number(f"{above}/{below}")

    arithmetic = ExactDoubles()
    try:
        at = {name: arithmetic.of_double(run.values[node]) for name, node in run.circuit.inputs.items()}
        return forward(run.circuit, at, Rules(arithmetic))
    except Refused:
        return None


def on_edge(run: Forward, gate: int) -> bool:
    """Whether a gate provably stands on its kink, or at the end of where it has a slope."""
    if gate in run.kinks:
        return True
    if run.values[gate] is None:
        return False
    row = run.rules[run.circuit.nodes[gate].op]
    try:
        return any(row.local(wires, position) is None for position, wires in enumerate(run.seen(gate)))
    except Refused:
        return False


def outcomes(reference: Reference, gate: int, bits: int, node: int | None) -> tuple[SideSlope, SideSlope, SideSlope]:
    """What a node's gradient (the output's value, if None) is with the gate just below, on and just above its edge."""
    below, here, above = (_outcome(reference.here(bits, {gate: side}), node) for side in (-1, 0, 1))
    return below, here, above


def _outcome(here: Here, node: int | None) -> SideSlope:
    output = here.circuit.output
    value = here.number(output)
    if value is None:
        return "not known"
    if node is None:
        return to_float(value)
    left = here.side({node: ONE}, -1)
    if left.smooth:
        return to_float(left.slope)
    right = here.side({node: ONE}, 1)
    one, other = said(left), said(right)
    return one if one == other else "a kink"


def said(side: OneSided) -> SideSlope:
    """A side's slope as a double, or its word."""
    if side.word == "slope":
        return to_float(side.slope)
    if side.word == "infinite":
        return float("inf") if side.slope > 0 else float("-inf")
    return side.word
