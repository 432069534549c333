"""Which reference is asked, and what its verdicts are.

``symbolic`` is SymPy's derivative of the whole expression; where that would swell or SymPy leaves something undone, the
check goes gate by gate (``gatewise``), and the sum over paths is confirmed by tangents. ``forward`` is tangents alone,
without SymPy. At a kink the one-sided slopes judge. The method that was used is always said.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backprop_cli import limits
from backprop_cli.arithmetic.base import Number
from backprop_cli.check import formulas, gatewise
from backprop_cli.check.ground import Ground, scales
from backprop_cli.check.slopes import one_sided
from backprop_cli.check.tangents import NoTangentError, needed_bits, step_bits, tangent
from backprop_cli.check.verdict import Check, Verdict, compare
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward
from backprop_cli.engine.point import Point
from backprop_cli.problems import Refused


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How near a gradient must come: ``rtol`` relative to the terms it adds up; ``bits`` the reference is right to."""

    rtol: Any
    bits: int


def check(
    run: Forward, sweep: Backward, point: Point, targets: Mapping[str, int], method: str, tolerance: Tolerance
) -> Check:
    """A verdict for every target, a name and its node, and the formula of each that is a variable."""
    return _Checking(run, sweep, point, targets, tolerance).run(method)


class _Checking:
    def __init__(
        self, run: Forward, sweep: Backward, point: Point, targets: Mapping[str, int], tolerance: Tolerance
    ) -> None:
        self.forth, self.back, self.targets, self.tolerance = run, sweep, targets, tolerance
        self.circuit = run.circuit
        self.ground = Ground(run, point)
        self.bits = max(tolerance.bits + 120, needed_bits(run, tolerance.bits))
        self.deep = self.ground.forward(self.bits)
        self.context = self.deep.arithmetic.context  # type: ignore[attr-defined]  # the ground runs in Digits
        self.scales = self._scales()
        self.symbolic: dict[str, str] = {}
        self.notes: list[str] = []
        self.broken = ""

    def run(self, method: str) -> Check:
        """The verdicts, and the method by which most were found."""
        kinks = self.forth.live_kinks
        touched = self.forth.circuit.feeding(kinks) if kinks else b""
        variables = [name for name in self.targets if name in self.circuit.inputs]
        smooth = [name for name in variables if not (touched and touched[self.targets[name]])]
        expected: dict[int, Number] = {}
        if method == "symbolic":
            method = self._symbolic(variables, smooth, expected)
        if method == "gatewise":
            self._gatewise()
        verdicts = self._at_kink([name for name in variables if name not in smooth])
        method = "forward" if method == "symbolic" and variables and not smooth else method
        expected |= self._by_tangents([n for n in self.targets.values() if n not in expected and n not in verdicts])
        for node in self.targets.values():
            if node not in verdicts:
                verdicts[node] = self._judge(node, expected[node]) if node in expected else Verdict("unchecked")
        return Check(method, verdicts, self.symbolic, tuple(self.notes), self._lost_in_value(), self.broken)

    def _symbolic(self, variables: Sequence[str], smooth: Sequence[str], expected: dict[int, Number]) -> str:
        """Fill in SymPy's references and formulas; returns the method that must go on."""
        reason = formulas.too_large(self.circuit, variables)
        if not reason:
            try:
                derivatives = formulas.derive(self.circuit, variables)
                self.symbolic = formulas.shown(self.circuit, derivatives)
                weights = [self.scales[self.targets[name]] for name in smooth]
                derivatives = derivatives.of(smooth)
                values = formulas.evaluate(derivatives, self.ground, weights, self.tolerance.bits, self.bits)
                expected |= {self.targets[name]: value for name, value in zip(smooth, values, strict=True)}
                return "symbolic"
            except formulas.NotThisWayError as error:
                reason = str(error)
        self.notes.append(f"checked gate by gate: {reason}")
        return "gatewise"

    def _gatewise(self) -> None:
        """Note the first gate whose local gradient is not SymPy's."""
        index = gatewise.wrong_gate(self.ground, self.back, max(float(self.tolerance.rtol), 1e-12))
        if index is not None:
            self.broken = self.circuit.typed(index, 60)
            self.notes.append(f"the local gradient of {self.broken} is not SymPy's")

    def _at_kink(self, names: Sequence[str]) -> dict[int, Verdict]:
        """The verdicts of variables behind a gate on its kink: their one-sided slopes judge."""
        if len(names) * len(self.circuit.nodes) > limits.CHECK_WORK:
            self.notes.append("one-sided slopes are not worked out for a circuit of this size")
            return {self.targets[name]: Verdict("kink") for name in names}
        return {self.targets[name]: self._kink(name, self.targets[name]) for name in names}

    def _kink(self, name: str, node: int) -> Verdict:
        left, right = one_sided(self.ground, name)
        if left is not None and right is not None and abs(left - right) <= max(abs(left), abs(right)) * 2.0**-80:
            verdict = self._judge(node, right)
            if verdict.word != "wrong":
                return verdict
        convention = self._by_tangents([node]).get(node)
        if convention is not None and (verdict := self._judge(node, convention)).word == "wrong":
            return verdict
        to_float = self.deep.arithmetic.to_float
        slopes = tuple(None if slope is None else to_float(slope) for slope in (left, right))
        return Verdict("kink", slopes=(slopes[0], slopes[1]))

    def _by_tangents(self, nodes: Sequence[int]) -> dict[int, Number]:
        """References by tangents, one sweep a node; where that is too much work, by sweeps that mix all nodes."""
        if self.deep.values[self.circuit.output] is None:
            self.notes.append("with more digits the output has no value, so nothing could be compared")
            return {}
        if len(nodes) * len(self.circuit.nodes) > limits.CHECK_WORK:
            return self._mixed(nodes)
        found = ((node, self._tangent({node: self.context.mpf(1)})) for node in nodes)
        return {node: reference for node, reference in found if reference is not None}

    def _mixed(self, nodes: Sequence[int]) -> dict[int, Number]:
        """The gradients with many digits, once two directions that mix all variables confirm that they add up."""
        gradients = self._many_digits
        if gradients is None:
            return {}
        inputs = [node for node in nodes if node < len(self.circuit.inputs)]
        for shift in (1, 2):
            weights = {node: self.context.mpf(1 + (node * 7919 + shift * 104_729) % 997) / 997 for node in inputs}
            terms = [weight * gradients[node] for node, weight in weights.items()]
            along = self._tangent(weights)
            size = self.context.fsum(map(abs, terms))
            if along is None or abs(along - self.context.fsum(terms)) > size * self.context.mpf(2) ** -60:
                self.broken = "the sum over paths"
                self.notes.append("the gradients do not add up to the output's change along a mixed direction")
                return {}
        return {node: gradients[node] for node in nodes}

    def _tangent(self, seeds: Mapping[int, Number]) -> Number | None:
        try:
            return tangent(self.deep, seeds, step_bits(self.tolerance.bits))
        except NoTangentError:
            return None

    def _gradient(self, node: int) -> Number:
        return self.forth.arithmetic.in_digits(self.back.gradients[node], self.context)

    def _scales(self) -> list[Number]:
        """The size of the terms behind each gradient, as numbers of the ground's precision."""
        arithmetic = self.forth.arithmetic
        if arithmetic.name == "exact":
            run, sweep = self.ground.backward(self.bits, self.circuit.reach(self.targets.values()))
            return scales(run, sweep)
        return [arithmetic.in_digits(scale, self.context) for scale in scales(self.forth, self.back)]

    def _judge(self, node: int, expected: Number) -> Verdict:
        gradient = self._gradient(node)
        expected = +self.context.make_mpf(expected._mpf_)
        if abs(expected) <= self.scales[node] * self.context.mpf(2) ** -(self.tolerance.bits + 40):
            expected = self.context.mpf(0)
        rtol = self.context.mpf(self.tolerance.rtol)
        atol = self.context.mpf(10) ** -300 if self.forth.arithmetic.name == "float64" else self.context.mpf(0)
        word, relative = compare(gradient, expected, self.scales[node], rtol, atol)
        if word == "wrong" and self._disappears(node, expected, abs(gradient - expected)):
            word = "imprecise"
        if self.forth.arithmetic.name == "exact" and word == "ok":
            relative = 0.0  # what is left is the reference's own rounding
        lost = _lost(relative) if word == "imprecise" or (expected and relative > rtol) else 0
        return Verdict(word, self.deep.arithmetic.to_float(expected), relative, lost)

    def _disappears(self, node: int, expected: Number, difference: Number) -> bool:
        """Whether the backward pass with many digits agrees with the reference: then rounding made the difference."""
        gradients = self._many_digits
        return gradients is not None and bool(
            abs(gradients[node] - expected) <= difference * self.context.mpf(10) ** -10
        )

    @cached_property
    def _many_digits(self) -> list[Number] | None:
        """Every target's gradient by the backward pass with many digits; None where that is refused."""
        try:
            return self.ground.backward(self.bits, self.circuit.reach(self.targets.values()))[1].gradients
        except Refused:
            return None

    def _lost_in_value(self) -> int:
        """How many digits cancellation took from the output's value."""
        exact = self.deep.values[self.circuit.output]
        if exact is None or self.forth.arithmetic.name != "float64":
            return 0
        value = self.forth.arithmetic.in_digits(self.forth.values[self.circuit.output], self.context)
        size = abs(exact) if exact else max((abs(v) for v in self.deep.values if v is not None), default=1)
        relative = float(abs(value - exact) / size) if size else 0.0
        return _lost(relative) if relative > 1e-9 and abs(value - exact) > 2.0**-1070 else 0


def _lost(relative: float) -> int:
    """Decimal digits lost of a double's 16, from the relative error."""
    return 16 if relative >= 1 else max(1, min(16, round(16 + math.log10(relative)))) if relative > 0 else 0
