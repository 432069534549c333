"""A formula beside the truth at one point: whether the two numbers differ, and whether that says anything.

Which points are looked at is not known here.
"""

from __future__ import annotations

from backprop_cli.arithmetic.base import Number
from backprop_cli.circuit import Circuit
from backprop_cli.engine.forward import Forward, forward
from backprop_cli.grading.formulas.candidates import aside
from backprop_cli.grading.formulas.samples import Samples
from backprop_cli.grading.formulas.subject import BITS, Sample, many_bits, size

_ALIKE = 1e-12  # relative difference up to which two numbers of 200 bits are the same
_VISIBLE, _SMALLEST = 1e-5, 1e-200  # a difference that a counterexample can show
_GUARD = 100  # bits that rounding on the way may take
_ASIDE = 2.0**-30  # how far to step aside from a hole in a formula
_FAR, _VERY_FAR = 5, 20  # beyond these, exp and its like saturate, or overflow


class Comparison:
    """A formula, to be run at any sample of the quantity that it is an answer for."""

    def __init__(self, samples: Samples, formula: Circuit) -> None:
        self.samples, self.subject, self.formula = samples, samples.subject, formula
        self._bits = min(self.subject.many_bits, many_bits(formula))

    def run(self, sample: Sample, bits: int = BITS) -> Forward | None:
        """The formula at a point; None where a stage that it names has no value."""
        known = {name: sample.known[name] for name in self.formula.inputs}
        return None if None in known.values() else forward(self.formula, known, self.subject.rules(bits))

    def alike(self, sample: Sample, answer: Number) -> bool:
        """Whether the formula's value is the truth, or differs from it by nothing but lost digits.

        At a kink any slope between the two sides is right, and so is none.
        """
        if sample.between is not None:
            low, high = sample.between
            room = _ALIKE * max(abs(low), abs(high)) + sample.scale / 2 ** (BITS - _GUARD)
            return low < high if answer is None else bool(low - room <= answer <= high + room)
        return _same(answer, sample.truth) or self._cancels(sample)

    def _cancels(self, sample: Sample) -> bool:
        """Whether a difference at 200 bits goes away with many more."""
        exact = self.samples.sample(sample.at, self._bits)
        run = self.run(exact, self._bits) if exact is not None else None
        again = output(run)
        if exact is None or run is None or again is None:
            return False
        noise = max(exact.scale, size(run)) / 2 ** (self._bits - _GUARD)
        return _same(again, exact.truth) or bool(abs(again - exact.truth) <= noise)

    def is_chance(self, sample: Sample, run: Forward | None) -> bool:
        """Whether a difference at this sample says nothing about the function."""
        if self._hole(sample):
            return True
        failed = run.failed.get(run.circuit.output) if run is not None else None
        if failed is not None and _farthest(sample) > _VERY_FAR:
            return failed.code.startswith("overflow.")
        return self._saturates(sample)

    def _hole(self, sample: Sample) -> bool:
        """Whether the formula is right on both sides of the point: it has a hole or a kink at just this one."""
        around = [self.samples.sample(aside(sample.at, way)) for way in (_ASIDE, -_ASIDE)]
        alike = [_same(output(self.run(one)), one.truth) for one in around if one is not None]
        return bool(alike) and all(alike)

    def _saturates(self, sample: Sample) -> bool:
        """Whether terms of the formula cancel to 0 with any number of digits, as in 1 - tanh(x) far out."""
        if _farthest(sample) < _FAR:
            return False
        both = [self.samples.sample(at, self._bits) for at in (sample.at, aside(sample.at, _ASIDE))]
        runs = [self.run(one, self._bits) for one in both if one is not None]
        return len(runs) == 2 and runs[0] is not None and runs[1] is not None and _stuck(runs[0], runs[1])


def output(run: Forward | None) -> Number:
    """The output's value, None without one."""
    return None if run is None else run.values[run.circuit.output]


def shows(answer: Number, truth: Number) -> bool:
    """Whether two numbers differ in the digits that are shown, and as doubles."""
    if answer is None:
        return True
    largest = max(abs(answer), abs(truth))
    return bool(largest > _SMALLEST and abs(answer - truth) > _VISIBLE * largest)


def _farthest(sample: Sample) -> float:
    return max(map(abs, sample.at.values()), default=0)


def _same(answer: Number, truth: Number) -> bool:
    return answer is not None and bool(abs(answer - truth) <= _ALIKE * max(abs(answer), abs(truth)))


def _stuck(run: Forward, beside: Forward) -> bool:
    """Whether terms cancel to 0 of which one should differ at the point beside, and does not in so many digits."""
    moved, nodes, values = run.circuit.reach(run.circuit.inputs.values()), run.circuit.nodes, run.values
    sums = (n for n, node in enumerate(nodes) if node.op in ("add", "sub") and values[n] is not None and not values[n])
    terms = (i for n in sums for i in nodes[n].inputs if moved[i] and values[i])
    return any(values[i] == beside.values[i] for i in terms)
