"""Whose fault it is where a gradient misses its reference: rounding's, a rule's, or a function's of the machine.

``wrong`` is an accusation, so it is made only where enclosures prove it: the sweeps themselves in balls exclude the
reference (then a rule is wrong), or a gate's double lies off the ball of its own inputs (then the machine's function
is). All else that more digits bring back is rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flint import arb

from backprop_cli.arithmetic.balls import from_float, is_finite, sub, working
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.reference import Reference
from backprop_cli.check.series import Gap, constant
from backprop_cli.check.sides import Walk
from backprop_cli.check.verdict import Check, Verdict
from backprop_cli.engine.backward import Backward
from backprop_cli.problems import Refused

AGREES, DISAGREES = 1e-6, 1e-3
_FIRST_BITS = 256
_MACHINE = arb(2) ** -30  # of a value: a composed gate loses some of its 53 bits, a broken one far more
_TINY = arb(2) ** -1000


@dataclass(frozen=True)
class Blame:
    """The sweeps in balls, for the nodes whose gradients are asked for, by name."""

    reference: Reference
    targets: Mapping[str, int]

    def rule(self, node: int, expected: Number) -> Number | None:
        """The node's gradient by the rules, near enough to tell it from ``expected`` or not; None if there is none."""
        found = None
        for sweep in self._sweeps():
            found = sweep.gradients[node]
            if found is None or not is_finite(found):
                continue
            if not overlap(found, expected) or _sharp(found):
                return found
        return found if found is not None and is_finite(found) else None

    def _sweeps(self) -> Iterator[Backward]:
        for bits in self.reference.ladder():
            if bits >= _FIRST_BITS:
                sweep = self._at(bits)
                if sweep is not None:
                    yield sweep

    @cached_property
    def _known(self) -> dict[int, Backward | None]:
        return {}

    def _at(self, bits: int) -> Backward | None:
        if bits not in self._known:
            marks = self.reference.circuit.reach(self.targets.values())
            try:
                self._known[bits] = self.reference.by_rules(bits, marks)
            except Refused:
                self._known[bits] = None
        return self._known[bits]

    @cached_property
    def machine(self) -> int | None:
        """The first gate whose double is not its function of the doubles before it."""
        if not self.reference.of_doubles:
            return None
        run = self.reference.run
        for index in range(run.circuit.first_gate, run.circuit.output + 1):
            if run.live[index] and run.values[index] is not None and not self._computes(index):
                return index
        return None

    def _computes(self, index: int) -> bool:
        run = self.reference.run
        with working(_FIRST_BITS):
            walk = Walk(run.circuit, {})
            for source in run.asked(index):
                walk.series[source] = constant(from_float(run.values[source]))
            walk.step(index)
            found, given = walk.series[index], from_float(run.values[index])
            if found is None:
                return True
            try:
                away = abs(arb(sub(found.term(0), given)))
            except Gap:
                return True
            inputs = (abs(arb(from_float(run.values[source]))) for source in run.asked(index))
            size = abs(arb(given)) + sum(inputs, arb(0))
            return not away > _MACHINE * size + _TINY


def not_rounding(check: Check, gradients: Sequence[Any], own: Sequence[Any]) -> Check:
    """The check, with ``wrong`` for a difference that is said to be rounding and is not.

    ``gradients`` are another engine's, judged through a circuit of numbers; ``own`` are that circuit's in doubles; both
    by node. More digits take rounding away from that circuit, and it has the right gradient with or without them; so
    they say nothing about the engine. Rounding would have touched both: where ``own`` is right and the engine far off,
    the engine is wrong.
    """
    verdicts = {node: _blamed(one, gradients[node], own[node]) for node, one in check.verdicts.items()}
    return replace(check, verdicts=verdicts)


def _blamed(verdict: Verdict, gradient: Any, own: Any) -> Verdict:
    if verdict.word != "imprecise" or verdict.expected is None or own is None:
        return verdict
    far = (verdict.rel_error or 0.0) > AGREES
    wrong = far and abs(own - verdict.expected) <= DISAGREES * abs(gradient - verdict.expected)
    return replace(verdict, word="wrong", lost_digits=0) if wrong else verdict


def overlap(x: Number, y: Number) -> bool:
    """Whether two enclosures have a number in common."""
    return bool(arb(x).overlaps(arb(y)))


def _sharp(value: Number) -> bool:
    return arb(value).rel_accuracy_bits() >= _FIRST_BITS // 4
