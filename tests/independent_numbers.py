"""Numbers with one-sided first-order movement: a limit, its error, its slope along ±t, and the size of its terms.

A number is a ``Fraction`` as long as it can be, and an mpmath number with an error bound after that. A sign is decided
by the limit, then by the slope; where both are 0, or cannot be told from 0, differences must answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath

Real = Any  # a Fraction, or an mpmath number


class NoValueError(Exception):
    """A gate outside its domain."""


class NeedDifferencesError(Exception):
    """First order does not tell; differences must."""


class UnknownError(Exception):
    """Neither this precision nor this method tells."""


@cache
def context(bits: int) -> Any:
    """An mpmath context of our own: the global one belongs to others."""
    made = mpmath.MPContext()
    made.prec = bits
    return made


@dataclass(slots=True)
class Moving:
    """A limit ``v`` with the error ``e``, its slope ``d``, the absolute sum ``a`` of the terms of the slope.

    ``moves`` is False for what certainly stays where it is; equal ``key`` means the same quantity.
    """

    v: Real
    e: Real = 0
    d: Real = Fraction(0)
    a: Real = 0
    moves: bool = False
    key: int = -1


@dataclass
class Run:
    """One evaluation: its precision, its side (0: at the point itself), and what it met."""

    bits: int
    side: int
    literals: str = "float64"
    fraction_bits: int = 4000
    guessed: bool = False
    edge: bool = False
    cut: bool = False
    trace: dict[tuple[int, int], tuple[int, bool]] = field(default_factory=dict)
    interned: dict[Any, int] = field(default_factory=dict)
    node: int = 0
    asked: int = 0

    def __post_init__(self) -> None:
        self.mp = context(self.bits)
        self.eps = self.mp.ldexp(1, 6 - self.bits)
        self.tiny = self.mp.ldexp(1, -self.bits // 2)
        self.small = self.mp.ldexp(1, -self.bits // 3)

    def real(self, value: Real) -> Any:
        """As a number of this run's context."""
        if isinstance(value, Fraction):
            return self.mp.mpf(value.numerator) / value.denominator
        return self.mp.mpf(value)

    def capped(self, value: Real) -> tuple[Real, Real]:
        """A fraction that has grown too large becomes a rounded number; with its error."""
        if isinstance(value, Fraction):
            size = max(value.numerator.bit_length(), value.denominator.bit_length())
            if size > self.fraction_bits:
                rounded = self.real(value)
                return rounded, abs(rounded) * self.eps
            return value, 0
        return value, abs(value) * self.eps

    def key(self, *parts: Any) -> int:
        """The number of a quantity, the same for the same parts."""
        return self.interned.setdefault(parts, len(self.interned))

    def fixed(self, value: int | Fraction) -> Moving:
        """A number that does not move."""
        exact = Fraction(value)
        return Moving(exact, key=self.key("number", exact))

    def times(self, x: Real, y: Real) -> Real:
        """A product of two numbers of either kind."""
        if isinstance(x, Fraction) and isinstance(y, Fraction):
            return self.capped(x * y)[0]
        return self.real(x) * self.real(y)

    def plus(self, x: Real, y: Real) -> Real:
        """A sum of two numbers of either kind."""
        if isinstance(x, Fraction) and isinstance(y, Fraction):
            return self.capped(x + y)[0]
        return self.real(x) + self.real(y)

    def made(self, value: Real, error: Real, *wires: tuple[Real, Moving]) -> Moving:
        """A gate's output from its value, its own error and, for each input, the local gradient."""
        value, rounding = self.capped(value)
        error = error + rounding if not isinstance(value, Fraction) else 0
        slope: Real = Fraction(0)
        total: Real = self.mp.mpf(0)
        for local, x in wires:
            if x.e:
                error = error + abs(self.real(local)) * x.e * 2
            elif not isinstance(value, Fraction):
                error = error + abs(self.real(local) * self.real(x.v)) * self.eps  # a fraction was rounded
            if x.moves:
                slope = self.plus(slope, self.times(local, x.d))
            total = total + abs(self.real(local)) * x.a
        return Moving(value, error, slope, total, any(x.moves for _, x in wires))

    def minus(self, x: Moving, y: Moving) -> Moving:
        """x - y, which is 0 for good if both are the same quantity."""
        if x.key == y.key:
            return replace(self.fixed(0), a=2 * x.a)
        return self.made(self.plus(x.v, -y.v), 0, (Fraction(1), x), (Fraction(-1), y))

    def along(self, x: Moving) -> int:
        """Whether something that is 0 becomes negative or positive on this side."""
        self.edge = True
        if self.side == 0 or not x.moves:
            return 0
        if isinstance(x.d, Fraction):
            if x.d == 0:
                raise NeedDifferencesError
            return 1 if x.d > 0 else -1
        if abs(x.d) <= x.a * self.tiny:
            raise NeedDifferencesError
        return 1 if x.d > 0 else -1

    def is_zero(self, x: Moving) -> bool:
        """Whether the limit is 0, or cannot be told from 0 (which is noted)."""
        if isinstance(x.v, Fraction):
            return bool(x.v == 0)
        if abs(x.v) > 4 * x.e:
            return False
        if x.e > self.small:
            raise UnknownError
        self.guessed = True
        return True

    def sign(self, x: Moving) -> int:
        """-1, 0 or 1 on this side; 0 only for what is 0 and stays so."""
        zero = self.is_zero(x)
        found = self.along(x) if zero else (1 if x.v > 0 else -1)
        self.note(found, zero)
        return found

    def note(self, found: int, on_edge: bool) -> None:
        """Remember a decision, so that runs beside each other can be compared."""
        self.asked += 1
        self.trace[self.node, self.asked] = (found, on_edge)

    def floor(self, x: Moving) -> int:
        """The floor on this side."""
        if isinstance(x.v, Fraction):
            whole = x.v.numerator // x.v.denominator
            at = x.v == whole
        else:
            if x.e > self.small:
                raise UnknownError
            nearest = int(self.mp.nint(x.v))
            at = bool(abs(x.v - nearest) <= 4 * x.e)
            self.guessed = self.guessed or at
            whole = nearest if at else int(self.mp.floor(x.v))
        self.cut = self.cut or at
        if at and self.along(x) < 0:
            whole -= 1
        self.note(whole, at)
        return whole

    def at_zero(self, x: Moving) -> Moving:
        """The same with a limit that is exactly 0."""
        return Moving(Fraction(0), 0, x.d, x.a, x.moves, x.key)
