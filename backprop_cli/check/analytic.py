"""Functions of a power series: FLINT's own by its Taylor polynomial at x₀, and others as the integral of their slope.

This module knows no gate; what stands beyond the last known term (``Rest``) goes through f as f′(x₀) times it.
"""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, arb_series, ctx, fmpq

from backprop_cli.arithmetic.balls import ZERO, div, is_finite, is_zero, mul, settled, sign
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.rest import product, shifted, turned
from backprop_cli.check.series import (
    MoreTermsError,
    NotKnownError,
    Series,
    constant,
    plus,
    refuse_a_pole,
    series,
    times,
)


def native(x: Series, function: Callable[[arb_series], arb_series]) -> Series:
    """A function that FLINT has for series, of a series without a pole."""
    refuse_a_pole(x)
    count = min(ctx.cap, x.end)
    if count <= 0:
        raise MoreTermsError
    terms = [arb(x.term(k)) for k in range(count)] if not x.exact else _padded(x, count)
    found = function(arb_series(terms, prec=count))
    known = min(count, found.prec)
    coefficients = found.coeffs()
    coefficients += [arb(0)] * (known - len(coefficients))
    terms = [settled(one) for one in coefficients[:known]]
    if x.rest and known == x.end:
        return _checked(_with_rest(terms, x, function))
    return _checked(series(0, terms, exact=x.is_constant))


def _with_rest(terms: list[Number], x: Series, function: Callable[[arb_series], arb_series]) -> Series:
    """f(x₀ + h) for an h with a rest: that of f′(x₀)·h, or where f′(x₀) is 0 that of f″(x₀)/2·h²."""
    near = function(arb_series([arb(x.term(0)), 1], prec=3))
    slope, bend = settled(near[1]), settled(near[2])
    rest = turned(x.rest, sign(slope))
    if is_zero(slope) and not any(map(bool, terms[1:])):
        rest = turned(product(x.rest, x.rest), sign(bend))
        terms += [ZERO] * (rest.end - len(terms) if rest else 0)
    return series(0, terms, exact=False, rest=rest)


def _padded(x: Series, count: int) -> list[arb]:
    return [arb(x.term(k)) for k in range(min(count, x.low + len(x.terms)))]


def _checked(x: Series) -> Series:
    """The series, unless its first term says nothing."""
    if x.terms and not is_finite(x.terms[0]):
        raise NotKnownError
    return x


def integral(value: Number, slope: Series, x: Series) -> Series:
    """f(x) from f(x₀) and f′(x) as a series: f(x₀) + ∫ f′(x)·x′ du."""
    made = times(slope, derivative(x))
    refuse_a_pole(made)
    terms = [div(made.term(k), fmpq(k + 1)) for k in range(made.low, made.low + len(made.terms))]
    whole = series(made.low + 1, terms, exact=made.exact, rest=shifted(made.rest, 1))
    return plus(constant(value), whole)


def derivative(x: Series) -> Series:
    """x′(u)."""
    terms = [mul(fmpq(x.low + i), term) for i, term in enumerate(x.terms)]
    return series(x.low - 1, terms, exact=x.exact, rest=shifted(x.rest, -1))
