"""Truncated power series on one side of a point: Σ cₖ uᵏ for u → 0+, coefficients rational or balls, and what is less.

Of n known powers the rest is o(uⁿ⁻¹); where it is a power that is not whole, its sign and order are known, too. A
series may begin below u⁰ (a pole). What is not known is a ``Gap``, raised to the one that follows the circuit: more
terms or more bits may close it, others never do. This module knows no gate; ``functions.py`` has those.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import ctx, fmpq

from backprop_cli.arithmetic.balls import ONE, ZERO, add, div, is_finite, is_zero, mul, neg, power, sign, sub
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.rest import Rest, larger, product, shifted, turned

MANY_TERMS = 28
"""So many exact zeros are taken for a quotient of polynomials that is 0; what is less than a power says less."""
_LONG = 64  # terms that an exact series may have, however few are asked for
_STEEPEST = 10_000  # the highest power of u that is told from less
MOST_DEGREE = 24
"""Of a root of u that is tried."""
_FLAT = 10**9
"""The order of exp(-1/u): less than every power of u."""


class Gap(Exception):
    """Something here is not known, or not there."""


class NoValueError(Gap):
    """Outside a domain: there is no value."""


class NoSeriesError(Gap):
    """A value, and no power series: u^u, sin(1/u)."""


class NotKnownError(Gap):
    """The numbers are so large that the ball says nothing."""


class MoreTermsError(Gap):
    """All terms that are known are exactly 0."""


class RootError(Gap):
    """u has to be the ``degree``-th power of another variable for whole exponents."""

    def __init__(self, degree: int) -> None:
        super().__init__(degree)
        self.degree = degree


class NearEdgeError(Gap):
    """A sign that the ball does not tell: the gate that asked (-1: none) and the quantity whose sign it asked."""

    def __init__(self, gate: int, away: Number) -> None:
        super().__init__(gate, away)
        self.gate, self.away = gate, away


@dataclass(frozen=True, slots=True)
class Series:
    """Σ terms[i]·u^(low+i), and o(u^(end-1)) unless ``exact``: the ``rest``, where known.

    The first term is not an exact 0.
    """

    low: int
    terms: tuple[Number, ...]
    exact: bool
    rest: Rest | None = None

    @property
    def end(self) -> int:
        """The power from which on nothing is known; of an exact series beyond all."""
        return _FLAT * 2 if self.exact else self.low + len(self.terms)

    def term(self, power_: int) -> Number:
        """The coefficient of a power of u. Raises ``MoreTermsError`` where it is not known."""
        at = power_ - self.low
        if at < 0:
            return ZERO
        if at < len(self.terms):
            return self.terms[at]
        if self.exact:
            return ZERO
        raise MoreTermsError

    @property
    def order(self) -> int:
        """The series times u^-order stays bounded, or grows less than any 1/u."""
        return self.low if self.terms else self.end - 1

    @property
    def is_constant(self) -> bool:
        """Whether it is a number and nothing else."""
        return self.exact and (not self.terms or (self.low == 0 and len(self.terms) == 1))


def refuse_a_pole(x: Series) -> None:
    """Raise ``NoSeriesError`` where the series begins below u⁰, ``MoreTermsError`` where that is not known."""
    if x.low < 0:
        raise NoSeriesError if x.terms else MoreTermsError


def series(low: int, terms: Sequence[Number], *, exact: bool, rest: Rest | None = None) -> Series:
    """A series without leading exact zeros (without trailing ones too, if it is exact)."""
    first, last = 0, len(terms)
    while first < last and is_zero(terms[first]):
        first += 1
    while exact and last > first and is_zero(terms[last - 1]):
        last -= 1
    if first == last and exact:
        return NOTHING
    return Series(low + first, tuple(terms[first:last]), exact, rest)


NOTHING = Series(0, (), exact=True)


def constant(value: Number) -> Series:
    """A number."""
    return NOTHING if is_zero(value) else Series(0, (value,), exact=True)


def moving(value: Number, side: int, degree: int) -> Series:
    """x₀ ± u^q."""
    return series(0, [value, *[ZERO] * (degree - 1), fmpq(side)], exact=True)


def plus(x: Series, y: Series, combine: Callable[[Number, Number], Number] = add) -> Series:
    """X + y, or x - y with ``sub``."""
    low, end = min(x.low, y.low), min(x.end, y.end)
    if not x.terms and x.exact:
        return y if combine is add else minus_of(y)
    if not y.terms and y.exact:
        return x
    last = min(end, max(x.low + len(x.terms), y.low + len(y.terms)))
    kept = min(last, low + max(_most(low), _LONG))
    terms = [combine(x.term(k), y.term(k)) for k in range(low, kept)]
    exact = x.exact and y.exact and kept == last
    rest = _rest_of_sum(x, y, combine is sub) if kept == end else None
    return series(low, terms, exact=exact, rest=rest) if terms else Series(kept, (), exact=False, rest=rest)


def _rest_of_sum(x: Series, y: Series, is_difference: bool) -> Rest | None:
    """Of the one that is known less far; of both, the larger one."""
    second = turned(y.rest, -1 if is_difference else 1)
    if x.end == y.end:
        return larger(x.rest, second)
    return x.rest if x.end < y.end else second


def less(x: Series, y: Series) -> Series:
    """X - y; nothing where both are the same object."""
    return NOTHING if x is y else plus(x, y, sub)


def minus_of(x: Series) -> Series:
    """-x."""
    return Series(x.low, tuple(map(neg, x.terms)), x.exact, turned(x.rest, -1))


def times(x: Series, y: Series) -> Series:
    """x·y."""
    if x is NOTHING or y is NOTHING or (x.exact and not x.terms) or (y.exact and not y.terms):
        return NOTHING
    if x.is_constant or y.is_constant:
        factor, other = (x.terms[0], y) if x.is_constant else (y.terms[0], x)
        scaled = tuple(mul(factor, term) for term in other.terms)
        return Series(other.low, scaled, other.exact, turned(other.rest, sign(factor)))
    if not x.terms and not y.terms:
        return remaining(product(x.rest, y.rest), _told_from_0(x.end + y.end - 1, x, y))
    low = x.low + y.low
    exact = x.exact and y.exact
    count = len(x.terms) + len(y.terms) - 1 if exact else min(x.end + y.order, y.end + x.order) - low
    kept = min(count, _most(low))
    terms = [_product(x.terms, y.terms, k) for k in range(kept)]
    rest = _rest_of_product(x, y) if kept == count else None
    if not terms:
        return remaining(rest, _told_from_0(low, x, y))
    return series(low, terms, exact=exact and kept == count, rest=rest)


def _told_from_0(order: int, *factors: Series) -> int:
    """The order of a product of which no term is known; it is taken for 0 only where a factor is."""
    is_zero_ = any(not one.terms and one.end >= MANY_TERMS for one in factors)
    return order if is_zero_ else min(order, MANY_TERMS - 1)


def _rest_of_product(x: Series, y: Series) -> Rest | None:
    """The rest of each times the first term of the other; the larger one."""
    first, second = (
        shifted(turned(one.rest, sign(other.terms[0])), other.low) if other.terms else None
        for one, other in ((x, y), (y, x))
    )
    if x.terms and y.terms and x.end + y.order == y.end + x.order:
        return larger(first, second)
    return first if not x.terms or (y.terms and x.end + y.order < y.end + x.order) else second


def _most(low: int) -> int:
    """How many terms are kept: up to the working number of powers, relative to a first one below or above 0."""
    return max(ctx.cap - max(low, 0), 1) + max(-low, 0)


def _product(x: Sequence[Number], y: Sequence[Number], k: int) -> Number:
    total: Number = ZERO
    for i in range(max(0, k - len(y) + 1), min(k + 1, len(x))):
        total = add(total, mul(x[i], y[k - i]))
    return total


def leading(x: Series) -> int:
    """The sign of x on its side, 0 where it is 0. Raises ``NearEdgeError`` or ``MoreTermsError``."""
    if not x.terms:
        if x.rest:
            return x.rest.sign
        if x.exact or MANY_TERMS <= x.low < _STEEPEST:
            return 0
        raise MoreTermsError
    found = sign(x.terms[0])
    if found is None:
        if not is_finite(x.terms[0]):
            raise NotKnownError
        raise NearEdgeError(-1, x.terms[0])
    return found


def inverse(x: Series) -> Series:
    """1/x, whose first term must not be 0."""
    if leading(x) == 0:
        raise NoValueError
    return to_the(x, -ONE)


def over(x: Series, y: Series) -> Series:
    """x/y."""
    if x is y and leading(x):
        return constant(ONE)
    if y.is_constant and leading(y):
        terms = tuple(div(term, y.terms[0]) for term in x.terms)
        return Series(x.low, terms, x.exact, turned(x.rest, sign(y.terms[0])))
    found = times(x, inverse(y))
    alike = found.terms and x.terms and y.terms and x.terms[0] is y.terms[0]
    return replace(found, terms=(ONE, *found.terms[1:])) if alike else found


def to_the(x: Series, exponent: Number) -> Series:
    """x^α for a number α and a first term that is not 0 (above 0, unless α is whole), by the binomial recurrence.

    (c·u^k·(1 + h))^α = c^α·u^(kα)·(1 + h)^α, and n·b₀·aₙ = Σ (α·k - (n - k))·bₖ·aₙ₋ₖ.
    """
    if not x.terms:
        raise NoSeriesError
    low = _scaled(x.low, exponent)
    if abs(low) > _STEEPEST:
        if low < 0:
            raise NoSeriesError
        return flat(_STEEPEST)
    if x.exact and len(x.terms) == 1:
        return Series(low, (power(x.terms[0], exponent),), exact=True)
    count = min(_most(low), len(x.terms)) if not x.exact else _most(low)
    first = x.terms[0]
    found = [power(first, exponent)]
    for n in range(1, count):
        total: Number = ZERO
        for k in range(1, min(n, len(x.terms) - 1) + 1):
            factor = sub(mul(exponent, fmpq(k)), fmpq(n - k))
            total = add(total, mul(factor, mul(x.terms[k], found[n - k])))
        found.append(div(total, mul(fmpq(n), first)))
    # α·b₀^(α-1)·(the rest): of a b₀ above 0, or a whole α
    whole = count == len(x.terms) and not x.exact
    by = sign(mul(exponent, div(found[0], first))) if whole and x.rest else None
    return Series(low, tuple(found), exact=False, rest=shifted(turned(x.rest, by), low - x.low))


def _scaled(low: int, exponent: Number) -> int:
    """k·α, whole. Raises ``RootError`` with what makes it whole, ``NoSeriesError`` for an irrational α."""
    if low == 0:
        return 0
    if type(exponent) is not fmpq:
        raise NoSeriesError
    product = Fraction(int(exponent.p), int(exponent.q)) * low
    if product.denominator > 1:
        raise RootError(product.denominator)
    return product.numerator


def flat(order: int = _FLAT) -> Series:
    """What is less than u^(order-1), and not known nearer."""
    return Series(order, (), exact=False)


def remaining(rest: Rest | None, order: int) -> Series:
    """A series of which only the rest is known, or that it is less than u^(order-1).

    A rest too flat to be told from 0 is not known.
    """
    if rest is None:
        return flat(order)
    return Series(rest.end, (), exact=False, rest=rest) if rest.end < MANY_TERMS else flat(MANY_TERMS - 1)


def with_constant(x: Series, value: Number) -> Series:
    """The series with the number that it is known to begin with."""
    if x.low > 0 or not x.terms or (x.low == 0 and x.terms[0] is value):
        return x
    return series(0, [value, *x.terms[1:]], exact=x.exact, rest=x.rest)


def on_zero(x: Series) -> Series:
    """The series without a first term of which no ball tells that it is not 0."""
    is_open = x.low == 0 and x.terms and is_finite(x.terms[0]) and sign(x.terms[0]) is None
    return series(0, [ZERO, *x.terms[1:]], exact=x.exact, rest=x.rest) if is_open else x
