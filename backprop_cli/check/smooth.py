"""The smooth gates as functions of one-sided power series: their textbook definitions, and FLINT's own series.

No rule of the gate table stands here, so that the two can disagree. Where FLINT has no series, or a worse one, a
function is composed of those it has, in the form that keeps its relative accuracy: tanh as ∫ 4E/(1 + E)² with
E = exp(-2x). A decision (a sign, a whole part) is asked of the ``Side``, which knows what is on an edge.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from flint import arb, arb_series, ctx, fmpq

from backprop_cli.arithmetic.ball_functions import OPERATIONS
from backprop_cli.arithmetic.balls import HALF, ONE, ZERO, is_finite, is_zero, power, sign
from backprop_cli.arithmetic.balls import mul as scaled
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.analytic import integral, native
from backprop_cli.check.rest import ceiling, raised, remainder, turned
from backprop_cli.check.series import (
    MANY_TERMS,
    NOTHING,
    NoSeriesError,
    NotKnownError,
    NoValueError,
    RootError,
    Series,
    constant,
    flat,
    inverse,
    leading,
    less,
    minus_of,
    over,
    plus,
    refuse_a_pole,
    remaining,
    series,
    times,
    to_the,
)


class Side(Protocol):
    """What a function may ask of the side on which the circuit is followed."""

    def sign(self, x: Series) -> int:
        """-1, 0 or 1 on this side of the point."""

    def compare(self, x: Series, y: Series) -> int:
        """The sign of x - y."""

    def below(self, x: Series) -> fmpq:
        """⌊x⌋ on this side."""

    def whole(self, x: Series) -> tuple[fmpq, bool]:
        """⌊x⌋ on this side, and whether x stays on that whole number."""

    def has_roots(self, degree: int) -> bool:
        """Whether u may become the power of another variable, with so many times the terms."""

    def note(self, piece: int) -> None:
        """On which piece the gate stands, where pieces do not meet: its value jumps between two of them."""


Function = Callable[..., Series]
UNIT, TWO, _FOUR, HALVES = (constant(value) for value in (ONE, fmpq(2), fmpq(4), HALF))
MINUS_UNIT = constant(-ONE)


def number(name: str, x: Series) -> Series:
    """A function of a number."""
    value = OPERATIONS[name](x.term(0))
    if not is_finite(value):
        raise NotKnownError
    return constant(value)


def of_flint(name: str) -> Function:
    """A function that FLINT has for series."""

    def function(side: Side, x: Series) -> Series:
        return number(name, x) if x.is_constant else native(x, lambda near: getattr(near, name)())

    return function


def by_slope(name: str, slope: Callable[[Series], Series]) -> Function:
    """A function by FLINT's value and the integral of its slope."""

    def function(side: Side, x: Series) -> Series:
        if x.is_constant:
            return number(name, x)
        refuse_a_pole(x)
        return integral(number(name, constant(x.term(0))).term(0), slope(x), x)

    return function


def exp(side: Side, x: Series) -> Series:
    if x.low < 0:
        if leading(x) < 0:
            return flat()
        raise NoSeriesError
    return number("exp", x) if x.is_constant else native(x, arb_series.exp)


def exp_of(x: Series) -> Series:
    return native(x, arb_series.exp)


def sinh_cosh(name: str) -> Function:
    """By the addition theorem from x₀, so that a small value keeps its digits."""

    def function(side: Side, x: Series) -> Series:
        if x.is_constant:
            return number(name, x)
        refuse_a_pole(x)
        here = constant(x.term(0))
        moved = less(x, here)
        own, other = number(name, here), number({"sinh": "cosh", "cosh": "sinh"}[name], here)
        return plus(times(own, _cosh_of(moved)), times(other, times(moved, _cosh_of(moved, 1))))

    return function


def _cosh_of(x: Series, odd: int = 0) -> Series:
    """Σ x²ᵏ/(2k)! of an x that begins at 0, without odd powers that nearly cancel; Σ x²ᵏ/(2k + 1)! is sinh(x)/x."""
    square = times(x, x)
    total = term = UNIT
    for k in range(2, ctx.cap + 2, 2):
        term = times(times(term, square), constant(fmpq(1, (k - 1 + odd) * (k + odd))))
        total = plus(total, term)
    return plus(total, flat(max(ctx.cap, 1)))


def tanh_slope(x: Series) -> Series:
    if x.low >= 1:
        return to_the(_cosh_of(x), -TWO.terms[0])
    # 1 - tanh(x)² = 4E/(1 + E)² for E = exp(-2x) and for exp(2x): the smaller one keeps its digits.
    small = exp_of(times(constant(fmpq(2 if arb(x.term(0)).mid() < 0 else -2)), x))
    whole = plus(UNIT, small)
    return over(times(_FOUR, small), times(whole, whole))


def sigmoid(side: Side, x: Series) -> Series:
    if x.is_constant:
        return number("sigmoid", x)
    refuse_a_pole(x)
    if arb(x.term(0)).mid() < 0:
        small = exp_of(x)
        return over(small, plus(UNIT, small))
    return inverse(plus(UNIT, exp_of(minus_of(x))))


def log(side: Side, x: Series) -> Series:
    if side.sign(x) <= 0:
        raise NoValueError
    if x.low != 0:
        raise NoSeriesError
    return number("log", x) if x.is_constant else native(x, arb_series.log)


def log_to(name: str, base: int) -> Function:
    def function(side: Side, x: Series) -> Series:
        if x.is_constant and side.sign(x) > 0:
            return number(name, x)
        return over(log(side, x), number("log", constant(fmpq(base))))

    return function


def log1p(side: Side, x: Series) -> Series:
    whole = plus(UNIT, x)
    if side.sign(whole) <= 0:
        raise NoValueError
    if x.is_constant:
        return number("log1p", x)
    if whole.low != 0:
        raise NoSeriesError
    return integral(number("log1p", constant(x.term(0))).term(0), inverse(whole), x)


def sqrt(side: Side, x: Series) -> Series:
    return _root(side, x, 2)


def _root(side: Side, x: Series, degree: int) -> Series:
    found = side.sign(x)
    if found == 0:
        return NOTHING
    if found < 0:
        raise NoValueError
    return _fractional_power(side, x, fmpq(1, degree))


def cbrt(side: Side, x: Series) -> Series:
    found = side.sign(x)
    if found == 0:
        return NOTHING
    root = _fractional_power(side, x if found > 0 else minus_of(x), fmpq(1, 3))
    return root if found > 0 else minus_of(root)


_BY_PRODUCTS = 32


def powered(side: Side, x: Series, y: Series) -> Series:
    if y.is_constant:
        exponent = y.term(0)
        if type(exponent) is fmpq and exponent.q == 1:
            return _whole_power(side, x, int(exponent.p))
    found = side.sign(x)
    if found == 0:
        side.note(found)
        ahead = side.sign(y)
        if ahead < 0:
            raise NoValueError
        return NOTHING if ahead else UNIT
    if found < 0:
        raise NoValueError
    if y.is_constant:
        return _fractional_power(side, x, y.term(0))
    if x.low != 0:
        return _vanishing_power(x, y)
    return exp(side, times(y, log(side, x)))


def _whole_power(side: Side, x: Series, exponent: int) -> Series:
    if exponent == 0:
        return UNIT
    if 0 < exponent <= _BY_PRODUCTS:
        found = x
        for bit in bin(exponent)[3:]:
            found = times(found, found)
            found = times(found, x) if bit == "1" else found
        return found
    if side.sign(x) == 0:
        if exponent < 0:
            raise NoValueError
        return NOTHING
    return to_the(x, fmpq(exponent))


def _fractional_power(side: Side, x: Series, exponent: Number) -> Series:
    """x^α of an x above 0."""
    rational = type(exponent) is fmpq
    if x.low == 0 or (x.terms and rational and x.low % exponent.q == 0):
        return to_the(x, exponent)
    if x.low > 0 and sign(exponent) == -1:
        raise NoSeriesError
    if x.terms and rational and side.has_roots(int(exponent.q)):
        raise RootError(int(exponent.q))
    return _vanishing_power(x, constant(exponent))


def _vanishing_power(x: Series, y: Series) -> Series:
    """x^y where x goes to 0 or grows as c·u^k: c^y₀·u^(k·y₀) and what is less.

    Where y₀ is 0, x^y = exp(y·log(x)) is 1 + y·k·log(u) and what is less.
    """
    refuse_a_pole(y)
    exponent = y.term(0)
    if not x.terms:
        if x.rest is None or sign(exponent) != 1:
            raise NoSeriesError
        return remaining(raised(x.rest, exponent), 1)
    if is_zero(exponent):
        return _near_one(x, y)
    reached = scaled(fmpq(x.low), exponent)
    if sign(reached) != 1:
        raise NoSeriesError
    if type(reached) is fmpq and reached.q == 1 and reached < MANY_TERMS - 1:
        return series(int(reached.p), [power(x.terms[0], exponent)], exact=False)
    return remaining(remainder(1, reached), min(ceiling(reached), MANY_TERMS - 1))


def _near_one(x: Series, y: Series) -> Series:
    """1 + yₘ·uᵐ·k·log(u) and what is less, for a y that goes to 0 as yₘ·uᵐ."""
    at = min(y.low, MANY_TERMS)
    known = y.low == at and len(y.terms) > 0
    rest = turned(remainder(-1 if x.low > 0 else 1, fmpq(at), 1), sign(y.terms[0])) if known else None
    return series(0, [ONE, *[ZERO] * (at - 1)], exact=False, rest=rest)


def mul(side: Side, x: Series, y: Series) -> Series:
    return times(x, y)


def div(side: Side, x: Series, y: Series) -> Series:
    if side.sign(y) == 0:
        raise NoValueError
    return over(x, y)


def tan(side: Side, x: Series) -> Series:
    return number("tan", x) if x.is_constant and not x.terms else div(side, SIN(side, x), COS(side, x))


SIN, COS = of_flint("sin"), of_flint("cos")


def hypot(side: Side, x: Series, y: Series) -> Series:
    return sqrt(side, plus(times(x, x), times(y, y)))


def softplus(side: Side, x: Series) -> Series:
    if x.is_constant:
        return number("softplus", x)
    refuse_a_pole(x)
    small = x if arb(x.term(0)).mid() < 0 else minus_of(x)
    rest = log1p(side, exp_of(small))
    return rest if small is x else plus(x, rest)


EXPM1 = by_slope("expm1", exp_of)
