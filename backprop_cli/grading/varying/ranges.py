"""The numbers that a name in a problem may have: a range, ``-5..5 step 0.5 not 0``, or a list as it was given.

An array of drawn numbers is ``2x3 of -5..5``: each of its elements is one of the range.

They are counted and told by their places, so that a range of a million numbers takes no memory. Values stay texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log2, prod

from backprop_cli.problems import Diagnostic, Refused

_NUMBER = r"[+-]?\d{1,9}(?:\.\d{1,9})?"
_RANGE = re.compile(
    rf"\s*(?P<first>{_NUMBER})\s*\.\.\s*(?P<last>{_NUMBER})"
    rf"(?:\s+step\s+(?P<step>{_NUMBER}))?(?:\s+not\s+(?P<left_out>{_NUMBER}(?:\s*,\s*{_NUMBER})*))?\s*"
)
_ARRAY = re.compile(r"\s*(?P<shape>\d{1,3}(?:\s*x\s*\d{1,3}){0,3})\s+of\s(?P<range>.*)", re.DOTALL)
_HOW = 'a range is "-5..5", "-5..5 step 0.5", "-5..5 not 0" or "2x3 of -5..5"; a list is ["1/3", 2, "pi/4"]'
_MOST = 2**128  # arrays: far more than anybody draws, and few enough to be drawn evenly


@dataclass(frozen=True, slots=True)
class Range:
    """``size`` numbers from ``first`` on, ``step`` apart; the places ``left_out`` are not among them, in order."""

    text: str
    first: Fraction
    step: Fraction
    size: int
    left_out: tuple[int, ...] = ()

    def __getitem__(self, place: int) -> str:
        """The number at a place from 0, as a decimal."""
        for gap in self.left_out:
            place += gap <= place
        return decimal(self.first + place * self.step)


@dataclass(frozen=True, slots=True)
class ArrayRange:
    """All arrays of a shape whose elements are in a range; their places are the numbers whose digits are elements."""

    shape: tuple[int, ...]
    elements: Range

    @property
    def text(self) -> str:
        """``2x3 of -5..5``."""
        return f"{'x'.join(map(str, self.shape))} of {self.elements.text}"

    @property
    def size(self) -> int:
        """How many there are."""
        return prod([self.elements.size] * prod(self.shape))

    def __getitem__(self, place: int) -> str:
        """The array at a place from 0, as nested lists."""
        texts = []
        for _ in range(prod(self.shape)):
            place, digit = divmod(place, self.elements.size)
            texts.append(self.elements[digit])
        for size in reversed(self.shape):
            texts = [f"[{', '.join(texts[at : at + size])}]" for at in range(0, len(texts), size)]
        return texts[0]


@dataclass(frozen=True, slots=True)
class Listed:
    """Values as they were given: numbers, constant expressions, arrays."""

    values: tuple[str, ...]

    @property
    def text(self) -> str:
        """The list as a person reads it."""
        return ", ".join(self.values)

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.values)

    def __getitem__(self, place: int) -> str:
        return self.values[place]


Choices = Range | ArrayRange | Listed


def drawn_from(text: str) -> Range | ArrayRange:
    """A range, or arrays of one. Raises ``Refused`` for what is neither, or has no number in it."""
    found = _ARRAY.fullmatch(text)
    if found is None:
        return in_range(text)
    made = ArrayRange(tuple(map(int, found["shape"].split("x"))), in_range(found["range"]))
    if not prod(made.shape) or prod(made.shape) * log2(made.elements.size) > log2(_MOST):
        most = int(log2(_MOST) / log2(max(2, made.elements.size)))
        raise _refused(f"`{made.text}`: an array of this range has 1 to {most} elements")
    return made


def in_range(text: str) -> Range:
    """The numbers of a range. Raises ``Refused`` for what is none, or has no number in it."""
    found = _RANGE.fullmatch(text)
    if found is None:
        raise _refused(f"`{text}` is no range")
    first, last, step = Fraction(found["first"]), Fraction(found["last"]), Fraction(found["step"] or 1)
    if step <= 0:
        raise _refused(f"the step of `{text}` must be above 0")
    size = (last - first) // step + 1
    places = {(Fraction(number) - first) / step for number in re.findall(_NUMBER, found["left_out"] or "")}
    inside = sorted(int(place) for place in places if place.denominator == 1 and 0 <= place < size)
    if size <= len(inside):
        raise _refused(f"there is no number in `{text}`")
    return Range(" ".join(text.split()), first, step, size - len(inside), tuple(inside))


def listed(values: Sequence[str]) -> Listed:
    """The values of a list."""
    return Listed(tuple(values))


def decimal(number: Fraction) -> str:
    """A number with a finite decimal expansion, written out: ``-0.5``, ``3``."""
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def _refused(message: str) -> Refused:
    return Refused(Diagnostic("key.vary", message, _HOW))
