"""A large circuit: every gradient by the sweeps in balls, confirmed by power series along two directions that mix all.

One direction costs one walk, however many variables move along it, so the check stays linear in the gates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flint import arb, fmpq

from backprop_cli.arithmetic.balls import ZERO, add, is_finite, mul, working
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.blame import overlap
from backprop_cli.check.reference import Reference
from backprop_cli.check.sides import Beside
from backprop_cli.check.verdict import Verdict
from backprop_cli.engine.backward import Backward
from backprop_cli.problems import Refused

_DIRECTIONS = (1, 2)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Each target's reference, None for one behind a kink or where nothing could be confirmed."""

    gradients: Mapping[int, Number]
    behind_kinks: bytearray
    notes: tuple[str, ...] = ()
    broken: str = ""

    def unknown(self, node: int) -> Verdict:
        """The verdict on a target without a reference."""
        if self.behind_kinks[node]:
            return Verdict("kink")
        return Verdict("unchecked", reason="nothing could be compared in a circuit of this size")


def confirmed(reference: Reference, targets: Mapping[str, int], bits: int) -> Confirmed:
    """The references of all targets."""
    circuit, marks = reference.circuit, reference.circuit.reach(targets.values())
    nothing = dict.fromkeys(targets.values())
    try:
        sweep = reference.by_rules(bits, marks)
    except Refused:
        return Confirmed(nothing, bytearray(len(marks)), ("the sweeps have no value in a circuit of this size",))
    inputs = [node for node in targets.values() if node < len(circuit.inputs)]
    behind = bytearray(len(marks))
    for shift in _DIRECTIONS:
        free = [node for node in inputs if not behind[node]]
        walk, edges = _walk(reference, free, shift, bits)
        if edges:
            behind = circuit.feeding(edges)
            free = [node for node in inputs if not behind[node]]
            walk, _ = _walk(reference, free, shift, bits)
        said = _disagreement(walk, sweep, free, shift, bits)
        if said:
            return Confirmed(nothing, behind, (said,), "the sum over paths" if "do not add up" in said else "")
    notes = ("one-sided slopes are not worked out for a circuit of this size",) if any(behind) else ()
    return Confirmed(
        {node: None if behind[node] else sweep.gradients[node] for node in targets.values()}, behind, notes
    )


def _weight(node: int, shift: int) -> fmpq:
    return fmpq(1 + (node * 7919 + shift * 104_729) % 997, 997)


def _walk(reference: Reference, inputs: list[int], shift: int, bits: int) -> tuple[Number | None, set[int]]:
    """The output's slope along a direction, and the gates on an edge."""
    here = reference.here(bits)
    with working(bits):
        beside = Beside(here, {node: _weight(node, shift) for node in inputs}, 1, 1)
        found = beside.outcome()
    return (found.slope if found.word == "slope" else None), beside.edges


def _disagreement(along: Number | None, sweep: Backward, inputs: list[int], shift: int, bits: int) -> str:
    """What the direction says against the gradients; empty if nothing."""
    if along is None or not is_finite(along):
        return "the output's change along a mixed direction could not be followed"
    with working(bits):
        total: Number = ZERO
        for node in inputs:
            total = add(total, mul(_weight(node, shift), sweep.gradients[node]))
        if overlap(arb(total), along):
            return ""
    return "the gradients do not add up to the output's change along a mixed direction"
