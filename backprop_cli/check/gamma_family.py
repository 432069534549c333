"""The gamma family and gelu as functions of one-sided power series, from FLINT's series of gamma and of erfc."""

from __future__ import annotations

from flint import arb, arb_series, ctx, fmpq

from backprop_cli.arithmetic.ball_functions import polygamma_terms
from backprop_cli.arithmetic.balls import HALF, is_finite, sign
from backprop_cli.check.analytic import native
from backprop_cli.check.series import (
    NOTHING,
    NoSeriesError,
    NotKnownError,
    NoValueError,
    Series,
    constant,
    flat,
    leading,
    less,
    minus_of,
    plus,
    refuse_a_pole,
    times,
)
from backprop_cli.check.smooth import Side, log, number, of_flint


def gamma(side: Side, x: Series) -> Series:
    _not_a_pole(side, x)
    return number("gamma", x) if x.is_constant else native(x, arb_series.gamma)


def _not_a_pole(side: Side, x: Series) -> None:
    refuse_a_pole(x)
    here = x.term(0)
    if type(here) is fmpq and here <= 0 and here.q == 1:
        raise NoValueError if x.is_constant else NoSeriesError
    if sign(here) != 1 and type(here) is not fmpq:
        side.below(constant(here))  # as near a pole as cannot be told is said as such


def lgamma(side: Side, x: Series) -> Series:
    _not_a_pole(side, x)
    if x.is_constant:
        return number("lgamma", x)
    if side.sign(x) > 0:
        return native(x, arb_series.lgamma)
    turned = native(x, arb_series.rgamma)
    return minus_of(log(side, turned if leading(turned) > 0 else minus_of(turned)))


def digamma(side: Side, x: Series) -> Series:
    return polygamma(side, NOTHING, x)


_MOST_DERIVATIVES = 50


def polygamma(side: Side, n: Series, x: Series) -> Series:
    order = n.term(0) if n.is_constant else None
    if type(order) is not fmpq or order.q != 1 or not 0 <= order <= _MOST_DERIVATIVES:
        raise NoValueError
    _not_a_pole(side, x)
    here = x.term(0)
    count = 1 if x.is_constant else min(ctx.cap, max(x.end, 1))
    terms = polygamma_terms(int(order.p), arb(here), count)
    away, found = less(x, constant(here)), NOTHING
    for term in reversed(terms):
        if not is_finite(term):
            raise NotKnownError
        found = plus(constant(term), times(away, found))
    return found if x.is_constant else plus(found, flat(count))


ERFC = of_flint("erfc")


def gelu(side: Side, x: Series) -> Series:
    # x·Φ(x) = x·erfc(-x/√2)/2
    inner = times(constant(-arb(2).rsqrt()), x)
    return times(constant(HALF), times(x, ERFC(side, inner)))
