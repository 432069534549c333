"""A formula beside the truth at one point, both enclosed: what excludes each other differs, and that is proved.

Two enclosures that meet are the same as far as their bits tell. They are ``sharp`` where every number on the way would
have been seen to matter. Which points are looked at is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from flint import arb, fmpq

from backprop_cli.arithmetic.ball_text import to_float
from backprop_cli.arithmetic.balls import is_finite, sub, working
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.blame import overlap
from backprop_cli.check.series import NoSeriesError, NoValueError
from backprop_cli.check.sides import Here
from backprop_cli.circuit import Circuit
from backprop_cli.grading.formulas.decimals import loosened
from backprop_cli.grading.formulas.extent import extent, is_sharp
from backprop_cli.grading.formulas.quantity_function import Sample, ladder, starts
from backprop_cli.grading.formulas.samples import Samples

_GUARD = 40  # bits beyond what it takes for the smallest number on the way to count
_ASIDE = fmpq(1, 2**30)  # how far to step aside from a hole in a formula
_VISIBLE = 1e-5  # of a difference that a counterexample likes to show
_SMALLEST = 1e-200

LookWord = Literal["same", "faint", "differs", "no value", "unknown"]


@dataclass(frozen=True, slots=True)
class PointLook:
    """What a formula is at one point, beside the truth there.

    ``same``: equal, with every number on the way counted; ``faint``: they meet, and more cannot be told; ``unknown``:
    nothing is. ``answer`` encloses the formula's value, None without one.
    """

    sample: Sample
    word: LookWord
    answer: Number = None

    @property
    def apart(self) -> bool:
        """Whether the formula provably is not the truth here."""
        return self.word in ("differs", "no value")


class Comparison:
    """A formula, to be looked at where the quantity that it is an answer for has a truth."""

    def __init__(self, samples: Samples, formula: Circuit) -> None:
        self.samples, self.quantity, self.formula = samples, samples.quantity, formula
        self._ladder = ladder(self.quantity.circuit, formula)

    def look(self, sample: Sample) -> PointLook:
        """Compare at a sample, with as many bits as it takes."""
        found = PointLook(sample, "unknown")
        for bits in self._ladder:
            exact = sample if bits <= sample.bits else self.samples.sample(sample.at, bits)
            if exact is None:
                break
            found = self._at(exact)
            if found.word not in ("unknown", "faint"):
                break
        return found

    def _at(self, sample: Sample) -> PointLook:
        here = self.run(sample, self.formula)
        if here is None:
            return PointLook(sample, "unknown")
        with working(sample.bits):
            return self._beside(sample, here)

    def _beside(self, sample: Sample, here: Here) -> PointLook:
        answer = here.number(here.circuit.output)
        if answer is None:
            return _without_value(sample, here)
        if not is_finite(answer):
            return PointLook(sample, "unknown")
        if sample.between is not None:
            return PointLook(sample, "same" if _between(answer, sample.between) else "differs", answer)
        if not overlap(answer, sample.truth):
            return PointLook(sample, "differs", answer)
        return PointLook(sample, _meeting(answer, sample, here), answer)

    def run(self, sample: Sample, formula: Circuit, loose: Mapping[int, Number] | None = None) -> Here | None:
        """The formula at a point, ``loose`` numbers in place of some literals; None where a stage has no value."""
        if any(sample.known[name] is None for name in formula.inputs):
            return None
        numbers = starts(formula, sample.known, sample.bits)
        for node, number in (loose or {}).items():
            numbers[node] = number
        return Here(formula, numbers, sample.bits)

    def is_chance(self, look: PointLook) -> bool:
        """Whether a difference says nothing about the function: at a hole in the formula, or in a scattered domain.

        A number that is another one at a single point is one for values; a derivative may be given there as one likes.
        """
        around = [self.samples.sample(_moved(look.sample.at, way)) for way in (_ASIDE, -_ASIDE)]
        beside = [self.look(one).word for one in around if one is not None]
        if not beside:
            return True
        if look.word == "differs" and self.quantity.asked.is_value:
            return False
        return not any(word in ("differs", "no value") for word in beside) and "unknown" not in beside

    def explained(self, look: PointLook) -> bool:
        """Whether the truth is within what the last digits of the formula's decimals leave open."""
        with working(look.sample.bits):
            loose = loosened(self.formula)
            here = self.run(look.sample, self.formula, loose) if loose else None
            found = here.number(here.circuit.output) if here is not None else None
            return found is not None and is_finite(found) and overlap(found, look.sample.truth)


def difference(look: PointLook) -> float:
    """How far off an answer is, relative to the truth; infinite where it has no value, or the truth is 0."""
    if look.answer is None:
        return float("inf")
    return relative(look.answer, look.sample.truth, look.sample.bits)


def relative(answer: Number, truth: Number, bits: int) -> float:
    """How far off a number is, relative to the truth; infinite where that is 0."""
    with working(bits):
        size = abs(arb(truth))
        return to_float(abs(arb(sub(answer, truth))) / size) if size > 0 else float("inf")


def shows(look: PointLook) -> bool:
    """Whether the two numbers differ in the digits that are shown at once, and as doubles."""
    if look.answer is None:
        return True
    answer, truth = to_float(look.answer), to_float(look.sample.truth)
    largest = max(abs(answer), abs(truth))
    return largest > _SMALLEST and abs(answer - truth) > _VISIBLE * largest


def _without_value(sample: Sample, here: Here) -> PointLook:
    """On a kink no value is as good as any."""
    if not isinstance(here.gaps[here.circuit.output], (NoValueError, NoSeriesError)):
        return PointLook(sample, "unknown")
    return PointLook(sample, "same" if sample.between is not None else "no value")


def _meeting(answer: Number, sample: Sample, here: Here) -> LookWord:
    """How much is known of two enclosures that have numbers in common."""
    if _same(answer, sample.truth):
        return "same"
    sizes = extent(here).beside(answer).joined(sample.extent)
    needed = sizes.bits + _GUARD
    if not sizes.blurred and is_sharp(answer, needed) and is_sharp(sample.truth, needed):
        return "same"
    near = all(is_sharp(one, _GUARD) or sizes.hardly(one, sample.bits) for one in (answer, sample.truth))
    return "faint" if near else "unknown"


def _same(answer: Number, truth: Number) -> bool:
    """Whether both are rational, and equal."""
    return type(answer) is fmpq and type(truth) is fmpq and bool(answer == truth)


def _between(answer: Number, slopes: tuple[Number, Number]) -> bool:
    """Whether a number may lie between two slopes."""
    low, high = sorted(map(arb, slopes), key=to_float)
    return not (arb(answer) < low or arb(answer) > high)


def _moved(at: Mapping[str, Number], way: Number) -> dict[str, Number]:
    """A point a very little away, in a direction that keeps no two coordinates equal."""
    return {name: value + n * way * (abs(value) or 1) for n, (name, value) in enumerate(at.items(), start=1)}
