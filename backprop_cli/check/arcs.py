"""The inverses of sine, cosine, tangent and their like as functions of one-sided power series.

Like ``smooth``, it shares no rule with the gate table: asin beside ±1 is the arctangent of a root, acosh is
2·asinh(√((x - 1)/2)), and the others are integrals of their slopes.
"""

from __future__ import annotations

from flint import arb

from backprop_cli.arithmetic.balls import HALF, ONE, sign
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.analytic import integral
from backprop_cli.check.series import (
    NOTHING,
    NoSeriesError,
    NoValueError,
    Series,
    constant,
    inverse,
    less,
    minus_of,
    over,
    plus,
    refuse_a_pole,
    times,
    to_the,
    with_constant,
)
from backprop_cli.check.smooth import HALVES, TWO, UNIT, Function, Side, number, of_flint, sqrt


def arc(name: str) -> Function:
    """acos(x) = 2·atan(√((1 - x)/(1 + x))), asin(x) = π/2 - acos(x): the steepness at ±1 is that of the root."""

    def function(side: Side, x: Series) -> Series:
        before, after = plus(UNIT, x), less(UNIT, x)
        low, high = side.sign(before), side.sign(after)
        if low < 0 or high < 0:
            raise NoValueError
        x = _at_the_end(_at_the_end(x, before, -ONE), after, ONE)
        if x.is_constant:
            return number(name, x)
        before, after = plus(UNIT, x), less(UNIT, x)
        if before.low == 0 and after.low == 0:
            steep = inverse(sqrt(side, times(before, after)))
            slope = steep if name == "asin" else minus_of(steep)
            return integral(number(name, constant(x.term(0))).term(0), slope, x)
        inner = sqrt(side, over(after, before) if before.low == 0 else over(before, after))
        angle = times(TWO, ATAN(side, inner))
        if before.low != 0:  # at -1: π - acos(-x)
            angle = less(constant(arb.pi()), angle)
        return angle if name == "acos" else less(constant(arb.pi() / 2), angle)

    return function


def _at_the_end(x: Series, away: Series, end: Number) -> Series:
    """The series with the end of a domain as its first term, where a ball does not tell how far ``away`` that is."""
    is_open = away.low == 0 and away.terms and sign(away.terms[0]) is None
    return with_constant(x, end) if is_open else x


ATAN = of_flint("atan")


def _asinh_of(x: Series) -> Series:
    def slope(at: Series) -> Series:
        return to_the(plus(UNIT, times(at, at)), -HALF)

    value = number("asinh", constant(x.term(0))).term(0)
    return constant(value) if x.is_constant else integral(value, slope(x), x)


def asinh(side: Side, x: Series) -> Series:
    refuse_a_pole(x)
    return _asinh_of(x)


def acosh(side: Side, x: Series) -> Series:
    above = less(x, UNIT)
    if side.sign(above) < 0:
        raise NoValueError
    x = _at_the_end(x, above, ONE)
    above = less(x, UNIT)
    if x.is_constant:
        return number("acosh", x)
    refuse_a_pole(x)
    return times(TWO, _asinh_of(sqrt(side, times(HALVES, above))))


def atanh(side: Side, x: Series) -> Series:
    before, after = plus(UNIT, x), less(UNIT, x)
    if side.sign(before) <= 0 or side.sign(after) <= 0:
        raise NoValueError
    if x.is_constant:
        return number("atanh", x)
    if before.low != 0 or after.low != 0:
        raise NoSeriesError
    return integral(number("atanh", constant(x.term(0))).term(0), inverse(times(before, after)), x)


def atan2(side: Side, y: Series, x: Series) -> Series:
    """Along the axes by the arctangent of the flatter quotient."""
    up, across = side.sign(y), side.sign(x)
    side.note(up < 0 and across < 0 and x.low <= 0)
    if up == 0 and across == 0:
        raise NoValueError
    if up == 0:
        return NOTHING if across > 0 else constant(arb.pi())
    if across == 0 or x.low > y.low:
        return less(constant(arb.pi() * up / 2), ATAN(side, over(x, y)))
    angle = ATAN(side, over(y, x))
    return angle if across > 0 else plus(angle, constant(arb.pi() * up))
