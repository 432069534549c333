"""One gradient, or the value, beside its enclosure: the verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from flint import arb, fmpq

from backprop_cli.arithmetic.ball_text import to_float
from backprop_cli.arithmetic.balls import add, div, is_finite, is_zero, sub, working
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.blame import Blame, overlap
from backprop_cli.check.edges import outcomes, said
from backprop_cli.check.reference import Reference
from backprop_cli.check.series import NearEdgeError
from backprop_cli.check.sides import Here, near
from backprop_cli.check.tracing import Trace, gap_reason
from backprop_cli.check.verdict import Undecided, Verdict, lost_digits
from backprop_cli.engine.backward import Backward

_MORE_BITS = 64
_LEAST = arb(10) ** -300  # of a double: below, underflow is no mistake
_ORDINARY = 1e-9  # relative: digits lost in a value beyond this are said
_ROUNDING = 1e-13  # relative to the terms that cancelled: beyond this a gradient of 0 that is shown as another is said
_LAST_DOUBLES = arb(2) ** -1070


@dataclass(frozen=True, slots=True)
class CheckTolerance:
    """How near a gradient must come: ``rtol`` relative to the terms it adds up; ``bits`` the reference is right to."""

    rtol: Fraction
    bits: int

    @property
    def relative(self) -> float:
        """The tolerance as a double."""
        return float(self.rtol)


@dataclass
class Judging:
    """All that the verdicts of one run need. ``answers`` collects the gradients that only the slopes give."""

    reference: Reference
    back: Backward
    here: Here
    scales: list[Number]
    blame: Blame
    tolerance: CheckTolerance
    answers: dict[int, Number] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rounded: bool = False

    def gradient(self, node: int, trace: Trace | None, symbolic: Number | None) -> Verdict:
        """The verdict on a target's gradient. ``symbolic`` is SymPy's reference, where there is one."""
        if trace is None or self.here.number(self.here.circuit.output) is None:
            return self._without_reference(node)
        if trace.edge is not None:
            return self._undecided(node, trace.edge)
        if trace.smooth:
            return self.against(node, self._one(node, trace.left.slope, symbolic))
        words = {trace.left.word, trace.right.word}
        if words & {"not known", "no power series"}:
            reason = (
                gap_reason(None) if "no power series" in words else "no precision tells whether the output jumps here"
            )
            return Verdict("unchecked", slopes=(said(trace.left), said(trace.right)), reason=reason)
        if words == {"slope"} and self._agree(trace.left.slope, trace.right.slope, node):
            return self._smooth_in_the_whole(node, self._without_noise(trace.right.slope))
        return self._kink(node, trace)

    def _one(self, node: int, slope: Number, symbolic: Number | None) -> Number:
        """SymPy's reference, unless the series exclude it, or it says less than they do: 1 - tanh(x)² far out."""
        if symbolic is None or (not self._is_sharp(symbolic) and self._is_sharp(slope)):
            return slope
        with working(self.here.bits):
            if overlap(slope, symbolic):
                return symbolic
        name = self.here.circuit.names[node]
        self.notes.append(f"SymPy's derivative in {name} and the power series exclude each other; the series judge")
        return slope

    def against(self, node: int, expected: Number) -> Verdict:
        """The gradient beside the one slope that there is."""
        near_, relative = self._compare(node, expected)
        shown = to_float(expected)
        if near_:
            return Verdict("ok", shown, relative, self._lost(expected, relative))
        if self._gradient(node) is None:
            return self._answer(node, expected)
        rule = self.blame.rule(node, expected)
        if rule is not None and not overlap(rule, expected):
            return Verdict("wrong", shown, relative)
        self.rounded = True
        return Verdict("imprecise", shown, relative, lost_digits(relative))

    def _lost(self, expected: Number, relative: float) -> int:
        """The digits that cancelled within the tolerance, which is relative to the terms; of a 0 all, or none."""
        if not self._doubles:
            return 0
        if is_zero(expected):
            return lost_digits(1.0) if relative > _ROUNDING else 0
        return lost_digits(relative) if relative > self.tolerance.rtol else 0

    def _smooth_in_the_whole(self, node: int, slope: Number) -> Verdict:
        """Both sides agree: the slope is the gradient, whatever the conventions of the gates on the way make of it."""
        near_, relative = self._compare(node, slope)
        if near_:
            return Verdict("ok", to_float(slope), relative, self._lost(slope, relative))
        rule = self.blame.rule(node, slope)
        if rule is not None and overlap(rule, slope):
            self.rounded = True
            return Verdict("imprecise", to_float(slope), relative, lost_digits(relative))
        return self._answer(node, slope)

    def _answer(self, node: int, slope: Number) -> Verdict:
        if self._doubles and not math.isfinite(to_float(slope)):
            return Verdict("unchecked", to_float(slope), reason="the slope is too large for a double")
        if not self._is_sharp(slope):
            return Verdict("unchecked", to_float(slope), reason="no precision encloses the slope")
        self.answers[node] = slope
        return Verdict("limit", to_float(slope))

    def _is_sharp(self, value: Number) -> bool:
        return type(value) is not arb or value.rel_accuracy_bits() >= self.tolerance.bits

    def _kink(self, node: int, trace: Trace) -> Verdict:
        slopes = said(trace.left), said(trace.right)
        if self._gradient(node) is None:
            self._middle(node, trace)
        elif not self._between(node, trace):
            rule = self.blame.rule(node, fmpq(0))
            if rule is not None and not self._compare(node, rule)[0]:
                self.rounded = True
                _, relative = self._compare(node, rule)
                return Verdict("imprecise", to_float(rule), relative, lost_digits(relative), slopes)
        return Verdict("kink", slopes=slopes)

    def _middle(self, node: int, trace: Trace) -> None:
        """No convention answers: the middle of both slopes does, or the one of the only side that there is."""
        sides = [side for side in (trace.left, trace.right) if side.word != "no value"]
        if sides and all(side.word == "slope" for side in sides):
            with working(self.here.bits):
                first, last = sides[0].slope, sides[-1].slope
                self.answers[node] = first if first is last else div(add(first, last), fmpq(2))

    def _between(self, node: int, trace: Trace) -> bool:
        """Whether the gradient lies between two one-sided slopes, or is one of them."""
        found = self._gradient(node)
        slopes = [side.slope for side in (trace.left, trace.right) if side.word == "slope"]
        if any(self._compare(node, slope)[0] for slope in slopes):
            return True
        return len(slopes) == 2 and min(map(to_float, slopes)) <= to_float(found) <= max(map(to_float, slopes))

    def _undecided(self, node: int, gate: int) -> Verdict:
        found = outcomes(self.reference, gate, self.here.bits, node)
        own = self._gradient(node)
        if own is not None and all(isinstance(one, float) and self._is(node, one) for one in found):
            return Verdict("ok", to_float(own), 0.0)
        return Verdict("undecided", undecided=Undecided(gate, found))

    def _is(self, node: int, outcome: float) -> bool:
        return math.isfinite(outcome) and self._compare(node, fmpq(*outcome.as_integer_ratio()))[0]

    def _without_reference(self, node: int) -> Verdict:
        output = self.here.circuit.output
        gap = self.here.gaps[node] if self.here.number(output) is not None else self.here.gaps[output]
        if isinstance(gap, NearEdgeError) and near(gap, self.here.bits):
            return self._undecided(node, gap.gate)
        return Verdict("unchecked", reason=gap_reason(gap))

    def value(self) -> Verdict:
        """The verdict on the output's value."""
        output = self.here.circuit.output
        exact = self.here.number(output)
        if exact is None:
            return self._value_without_reference()
        with working(self.here.bits + _MORE_BITS):
            given = self._enclosed(self.reference.run.values[output])
            away = _most(sub(given, exact))
            relative = _ratio(away, _most(exact))
        if not self._doubles:
            bad = not overlap(given, exact) and relative > self.tolerance.relative
            return Verdict("wrong" if bad else "ok", to_float(exact), relative if bad else 0.0)
        if relative <= _ORDINARY or away < _LAST_DOUBLES:
            return Verdict("ok", to_float(exact), relative)
        self.rounded = True
        return Verdict("imprecise", to_float(exact), relative, lost_digits(relative))

    def _value_without_reference(self) -> Verdict:
        gap = self.here.gaps[self.here.circuit.output]
        if not isinstance(gap, NearEdgeError) or not near(gap, self.here.bits):
            return Verdict("unchecked", reason=gap_reason(gap))
        found = outcomes(self.reference, gap.gate, self.here.bits, None)
        run = self.reference.run
        own = run.arithmetic.to_float(run.values[run.circuit.output])
        if all(isinstance(one, float) and abs(one - own) <= _ORDINARY * abs(own) for one in found):
            return Verdict("ok", own, 0.0)
        return Verdict("undecided", undecided=Undecided(gap.gate, found))

    @property
    def _doubles(self) -> bool:
        return self.reference.of_doubles

    def _enclosed(self, value: Number) -> Number:
        return self.reference.run.arithmetic.enclosed(value, self.tolerance.bits + _MORE_BITS)

    def _gradient(self, node: int) -> Number | None:
        found = self.back.gradients[node]
        return None if found is None else self._known_gradient(node)

    def _known_gradient(self, node: int) -> Number:
        if node not in self._enclosures:
            self._enclosures[node] = self._enclosed(self.back.gradients[node])
        return self._enclosures[node]

    @cached_property
    def _enclosures(self) -> dict[int, Number]:
        return {}

    def _compare(self, node: int, expected: Number) -> tuple[bool, float]:
        """Whether the gradient is as near as asked to all of an enclosure, and the relative difference.

        ok ⇔ |gradient - reference| ≤ atol + rtol·scale. The scale is the size of the terms that were added up.
        """
        given = self._gradient(node)
        if given is None:
            return False, math.inf
        with working(self.here.bits + _MORE_BITS):
            away = _most(sub(given, expected))
            if self._doubles and away <= _LEAST:
                return True, 0.0
            expected_size, scale = _most(expected), arb(self.scales[node])
            size = max(expected_size, _most(given)) if not is_zero(expected) else scale
            if not self._doubles and overlap(given, expected):
                return True, 0.0
            allowed = arb(fmpq(*self.tolerance.rtol.as_integer_ratio())) * max(scale, expected_size)
            return bool(away <= allowed), _ratio(away, size)

    def _without_noise(self, slope: Number) -> Number:
        """What is 0 as far as could be followed as 0."""
        return fmpq(0) if self._noise(slope) else slope

    def _noise(self, slope: Number) -> bool:
        return type(slope) is arb and slope.contains(0) and bool(_most(slope) < arb(2) ** (-self.here.bits // 4))

    def _agree(self, left: Number, right: Number, node: int) -> bool:
        """Whether two slopes are one as far as the tolerance can tell."""
        if self._noise(left) and self._noise(right):
            return True
        with working(self.here.bits + _MORE_BITS):
            away = _most(sub(left, right))
            size = max(_most(left), _most(right))
            if self._doubles and away <= _LEAST:
                return True
            return bool(away <= size * arb(2) ** -self.tolerance.bits) or (
                overlap(left, right) and bool(away <= arb(self.scales[node]) * arb(2) ** -self.tolerance.bits)
            )


def _most(value: Number) -> arb:
    """The largest absolute value in an enclosure."""
    found = arb(value).abs_upper()
    return found if is_finite(found) else arb("inf")


def _ratio(away: arb, size: arb) -> float:
    return (to_float(away / size) if size > 0 else 1.0) if away > 0 else 0.0
