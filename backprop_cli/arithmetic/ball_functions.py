"""Every primitive gate's value on rationals and balls. No gate's derivative stands here."""

from __future__ import annotations

import math
from collections.abc import Callable

from flint import arb, arb_series, ctx, fmpq, fmpz

from backprop_cli.arithmetic.balls import (
    HALF,
    NAN,
    ONE,
    ZERO,
    add,
    decided,
    div,
    exact_root,
    floor,
    half,
    mul,
    neg,
    power,
    settled,
    sign,
    sub,
    working,
)
from backprop_cli.arithmetic.protocol import Number, Operation


def sqrt(value: Number) -> Number:
    """√x, nan below 0."""
    return root(value, 2)


def root(value: Number, degree: int) -> Number:
    """The root of a number that is not negative; of a ball around 0 what lies above."""
    if type(value) is fmpq:
        if value <= 0:
            return NAN if value < 0 else ZERO
        exact = exact_root(value, degree)
        return arb(value).root(degree) if exact is None else exact
    return value.sqrt() if degree == 2 else value.root(degree)


def cbrt(value: Number) -> Number:
    """The real cube root."""
    return -root(-value, 3) if decided(value) < 0 else root(value, 3)


def logarithm(value: Number, base: int) -> Number:
    """log(x)/log(base), whole where x is a whole power of the base."""
    if type(value) is fmpq and value > 0:
        number, turned = (value.p, 1) if value.q == 1 else (value.q, -1) if value.p == 1 else (fmpz(0), 0)
        count = _exponent(int(number), base)
        if count is not None:
            return fmpq(turned * count)
    return arb(value).log() / (arb.const_log2() if base == 2 else arb.const_log10())


def _exponent(number: int, base: int) -> int | None:
    """N where base^n is the whole number, None if there is none."""
    if number < 1:
        return None
    count = round((number.bit_length() - 1) / math.log2(base))
    return next((n for n in (count, count + 1) if base**n == number), None)


def sigmoid(value: Number) -> Number:
    """1/(1 + exp(-x)) by the form that keeps its accuracy; both are right, so the choice is none."""
    x = arb(value)
    small = (x if x.mid() < 0 else -x).exp()
    return settled((small if x.mid() < 0 else arb(1)) / (1 + small))


def softplus(value: Number) -> Number:
    """log(1 + exp(x))."""
    x = arb(value)
    return x.exp().log1p() if x.mid() < 0 else x + (-x).exp().log1p()


def lgamma(value: Number) -> Number:
    """Log |gamma(x)|. ``arb.lgamma`` is nan below 0."""
    x = arb(value)
    return settled(x.lgamma() if x > 0 else -abs(x.rgamma()).log())


def polygamma(order: Number, value: Number) -> Number:
    """ψ⁽ⁿ⁾(x), n a whole number from 0."""
    return polygamma_terms(int(order.p), arb(value), 1)[0] if type(order) is fmpq and order.q == 1 else NAN


def polygamma_terms(order: int, x: arb, count: int) -> list[arb]:
    """The first terms of ψ⁽ⁿ⁾(x + t) in t, from the series of log gamma (of 1/gamma below 0)."""
    size = order + count + 2
    with working(ctx.prec, size):
        near = arb_series([x, 1], prec=size)
        if x > 0:
            psi = near.lgamma().derivative().coeffs()
        else:
            turned = near.rgamma()
            if turned[0].contains(0):  # the ball holds a pole
                return [NAN] * count
            psi = (-turned.derivative() / turned).coeffs()
    psi += [arb(0)] * (order + count - len(psi))
    factors = [math.factorial(order + k) // math.factorial(k) for k in range(count)]
    return [psi[order + k] * factor for k, factor in enumerate(factors)]


def _angle(y: Number, x: Number) -> Number:
    """The angle of (x, y) in (-π, π]."""
    across, up = sign(x), sign(y)
    if up == 0 and across is not None:
        return NAN if across == 0 else ZERO if across > 0 else arb.pi()
    if up is None and across != 1:
        return _angle(fmpq(decided(y)), x)
    return settled(arb.atan2(arb(y), arb(x)))


def _rounded(value: Number) -> fmpq | None:
    """The nearest whole number, a half to the even one."""
    below = floor(add(value, HALF))
    half = type(value) is fmpq and value.q == 2
    return below - 1 if below is not None and half and below.p % 2 == 1 else below


def _whole(find: Callable[[Number], fmpq | None]) -> Operation:
    def whole(value: Number) -> Number:
        found = find(value)
        if found is None:
            found = find(half(value))
            assert found is not None
        return found

    return whole


def _ceil(value: Number) -> fmpq | None:
    below = floor(-value)
    return None if below is None else -below


def _truncated(value: Number) -> fmpq | None:
    return floor(value) if decided(value) >= 0 else _ceil(value)


def _rest(whole: Callable[[Number], fmpq | None]) -> Operation:
    count = _whole(whole)
    return lambda x, y: sub(x, mul(y, count(div(x, y))))


def _compare(test: Callable[[int], bool]) -> Operation:
    return lambda x, y: ONE if test(decided(sub(x, y))) else ZERO


def _extreme(side: int) -> Operation:
    def extreme(*values: Number) -> Number:
        best = values[0]
        for value in values[1:]:
            best = value if decided(sub(value, best)) == side else best
        return best

    return extreme


def _analytic(name: str) -> Operation:
    return lambda x: settled(getattr(arb(x), name)())


_NATIVE = "exp expm1 log log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf erfc gamma digamma"
OPERATIONS: dict[str, Operation] = {name: _analytic(name) for name in _NATIVE.split()} | {
    "add": add,
    "sub": sub,
    "mul": mul,
    "div": div,
    "neg": neg,
    "pow": power,
    "sqrt": sqrt,
    "cbrt": cbrt,
    "log2": lambda x: logarithm(x, 2),
    "log10": lambda x: logarithm(x, 10),
    "atan2": _angle,
    "hypot": lambda x, y: sqrt(add(mul(x, x), mul(y, y))),
    "sigmoid": sigmoid,
    "softplus": softplus,
    "lgamma": lgamma,
    "polygamma": polygamma,
    "abs": lambda x: x if decided(x) >= 0 else -x,
    "sign": lambda x: fmpq(decided(x)),
    "max": _extreme(1),
    "min": _extreme(-1),
    "floor": _whole(floor),
    "ceil": _whole(_ceil),
    "round": _whole(_rounded),
    "mod": _rest(floor),
    "fmod": _rest(_truncated),
    "lt": _compare(lambda order: order < 0),
    "le": _compare(lambda order: order <= 0),
    "gt": _compare(lambda order: order > 0),
    "ge": _compare(lambda order: order >= 0),
    "eq": _compare(lambda order: order == 0),
    "ne": _compare(lambda order: order != 0),
    "where": lambda c, x, y: x if decided(c) else y,
}
