"""Every gate as a function of one-sided power series: its textbook definition, and FLINT's own series.

No rule of the gate table stands here, so that the two can disagree. Where FLINT has no series, or a worse one, a
function is composed of those it has, in the form that keeps its relative accuracy: tanh as ∫ 4E/(1 + E)² with
E = exp(-2x), acosh as 2·asinh(√((x - 1)/2)), asin beside ±1 by the arctangent of a root. A decision (a sign, a whole
part) is asked of the ``Side``, which knows what is on an edge.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from flint import arb, arb_series, ctx, fmpq

from backprop_cli.arithmetic.balls import HALF, ONE, OPERATIONS, is_finite, polygamma_terms, sign
from backprop_cli.check.series import (
    NOTHING,
    NoSeriesError,
    NotKnownError,
    NoValueError,
    Series,
    constant,
    flat,
    integral,
    inverse,
    leading,
    less,
    minus_of,
    native,
    over,
    plus,
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

    def note(self, piece: int) -> None:
        """On which piece the gate stands, where pieces do not meet: its value jumps between two of them."""


Function = Callable[..., Series]
_ONE, _TWO, _FOUR, _HALF = (constant(value) for value in (ONE, fmpq(2), fmpq(4), HALF))
_MINUS_ONE = constant(-ONE)


def _number(name: str, x: Series) -> Series:
    """A function of a number."""
    value = OPERATIONS[name](x.term(0))
    if not is_finite(value):
        raise NotKnownError
    return constant(value)


def _native(name: str) -> Function:
    """A function that FLINT has for series."""

    def function(side: Side, x: Series) -> Series:
        return _number(name, x) if x.is_constant else native(x, lambda near: getattr(near, name)())

    return function


def _by_slope(name: str, slope: Callable[[Series], Series]) -> Function:
    """A function by FLINT's value and the integral of its slope."""

    def function(side: Side, x: Series) -> Series:
        if x.is_constant:
            return _number(name, x)
        if x.low < 0:
            raise NoSeriesError
        return integral(_number(name, constant(x.term(0))).term(0), slope(x), x)

    return function


def _exp(side: Side, x: Series) -> Series:
    if x.low < 0:
        if leading(x) < 0:
            return flat()
        raise NoSeriesError
    return _number("exp", x) if x.is_constant else native(x, arb_series.exp)


def _exp_of(x: Series) -> Series:
    return native(x, arb_series.exp)


def _sinh_cosh(name: str) -> Function:
    """By the addition theorem from x₀, so that a small value keeps its digits."""

    def function(side: Side, x: Series) -> Series:
        if x.is_constant:
            return _number(name, x)
        here = constant(x.term(0))
        up = _exp_of(less(x, here))
        down = inverse(up)
        even, odd = times(_HALF, plus(up, down)), times(_HALF, less(up, down))
        own, other = _number(name, here), _number({"sinh": "cosh", "cosh": "sinh"}[name], here)
        return plus(times(own, even), times(other, odd))

    return function


def _tanh_slope(x: Series) -> Series:
    # 1 - tanh(x)² = 4E/(1 + E)² for E = exp(-2x) and for exp(2x): the smaller one keeps its digits.
    small = _exp_of(times(constant(fmpq(2 if arb(x.term(0)).mid() < 0 else -2)), x))
    whole = plus(_ONE, small)
    return over(times(_FOUR, small), times(whole, whole))


def _sigmoid(side: Side, x: Series) -> Series:
    if x.is_constant:
        return _number("sigmoid", x)
    if x.low < 0:
        raise NoSeriesError
    if arb(x.term(0)).mid() < 0:
        small = _exp_of(x)
        return over(small, plus(_ONE, small))
    return inverse(plus(_ONE, _exp_of(minus_of(x))))


def _log(side: Side, x: Series) -> Series:
    if side.sign(x) <= 0:
        raise NoValueError
    if x.low != 0:
        raise NoSeriesError
    return _number("log", x) if x.is_constant else native(x, arb_series.log)


def _log_to(name: str, base: int) -> Function:
    def function(side: Side, x: Series) -> Series:
        if x.is_constant and side.sign(x) > 0:
            return _number(name, x)
        return over(_log(side, x), _number("log", constant(fmpq(base))))

    return function


def _log1p(side: Side, x: Series) -> Series:
    whole = plus(_ONE, x)
    if side.sign(whole) <= 0:
        raise NoValueError
    if x.is_constant:
        return _number("log1p", x)
    if whole.low != 0:
        raise NoSeriesError
    return integral(_number("log1p", constant(x.term(0))).term(0), inverse(whole), x)


def _sqrt(side: Side, x: Series) -> Series:
    return _root(side, x, 2)


def _root(side: Side, x: Series, degree: int) -> Series:
    found = side.sign(x)
    if found == 0:
        return NOTHING
    if found < 0:
        raise NoValueError
    return to_the(x, fmpq(1, degree))


def _cbrt(side: Side, x: Series) -> Series:
    found = side.sign(x)
    if found == 0:
        return NOTHING
    return to_the(x, fmpq(1, 3)) if found > 0 else minus_of(to_the(minus_of(x), fmpq(1, 3)))


_BY_PRODUCTS = 32


def _pow(side: Side, x: Series, y: Series) -> Series:
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
        return NOTHING if ahead else _ONE
    if found < 0:
        raise NoValueError
    if y.is_constant:
        return _fractional_power(side, x, y)
    if x.low != 0:
        return _vanishing_power(x, y)
    return _exp(side, times(y, _log(side, x)))


def _whole_power(side: Side, x: Series, exponent: int) -> Series:
    if exponent == 0:
        return _ONE
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


def _fractional_power(side: Side, x: Series, y: Series) -> Series:
    exponent = y.term(0)
    if x.low == 0 or (type(exponent) is fmpq and exponent.q <= _BY_PRODUCTS):
        if x.low > 0 and side.sign(y) < 0:
            raise NoValueError if x.is_constant else NoSeriesError
        return to_the(x, exponent)
    return _vanishing_power(x, y)


def _vanishing_power(x: Series, y: Series) -> Series:
    """x^y where x goes to 0 as u^k and y is no rational number: less than u^m for every m < k·y₀."""
    exponent = y.term(0) if y.low >= 0 else None
    if x.low < 0 or exponent is None or sign(exponent) != 1:
        raise NoSeriesError
    order = OPERATIONS["floor"](fmpq(x.low) * exponent * fmpq(1023, 1024))
    if order < 1:
        raise NoSeriesError
    return flat(int(order.p))


def _mul(side: Side, x: Series, y: Series) -> Series:
    return times(x, y)


def _div(side: Side, x: Series, y: Series) -> Series:
    if side.sign(y) == 0:
        raise NoValueError
    return over(x, y)


def _tan(side: Side, x: Series) -> Series:
    return _number("tan", x) if x.is_constant and not x.terms else _div(side, _SIN(side, x), _COS(side, x))


_SIN, _COS = _native("sin"), _native("cos")


def _arc(name: str) -> Function:
    """acos(x) = 2·atan(√((1 - x)/(1 + x))), asin(x) = π/2 - acos(x): the steepness at ±1 is that of the root."""

    def function(side: Side, x: Series) -> Series:
        before, after = plus(_ONE, x), less(_ONE, x)
        low, high = side.sign(before), side.sign(after)
        if low < 0 or high < 0:
            raise NoValueError
        if x.is_constant:
            return _number(name, x)
        if before.low == 0 and after.low == 0:
            steep = inverse(_sqrt(side, times(before, after)))
            slope = steep if name == "asin" else minus_of(steep)
            return integral(_number(name, constant(x.term(0))).term(0), slope, x)
        inner = _sqrt(side, over(after, before) if before.low == 0 else over(before, after))
        angle = times(_TWO, _ATAN(side, inner))
        if before.low != 0:  # at -1: π - acos(-x)
            angle = less(constant(arb.pi()), angle)
        return angle if name == "acos" else less(constant(arb.pi() / 2), angle)

    return function


_ATAN = _native("atan")


def _asinh_of(x: Series) -> Series:
    def slope(at: Series) -> Series:
        return to_the(plus(_ONE, times(at, at)), -HALF)

    value = _number("asinh", constant(x.term(0))).term(0)
    return constant(value) if x.is_constant else integral(value, slope(x), x)


def _asinh(side: Side, x: Series) -> Series:
    if x.low < 0:
        raise NoSeriesError
    return _asinh_of(x)


def _acosh(side: Side, x: Series) -> Series:
    above = less(x, _ONE)
    if side.sign(above) < 0:
        raise NoValueError
    if x.is_constant:
        return _number("acosh", x)
    if x.low < 0:
        raise NoSeriesError
    return times(_TWO, _asinh_of(_sqrt(side, times(_HALF, above))))


def _atanh(side: Side, x: Series) -> Series:
    before, after = plus(_ONE, x), less(_ONE, x)
    if side.sign(before) <= 0 or side.sign(after) <= 0:
        raise NoValueError
    if x.is_constant:
        return _number("atanh", x)
    if before.low != 0 or after.low != 0:
        raise NoSeriesError
    return integral(_number("atanh", constant(x.term(0))).term(0), inverse(times(before, after)), x)


def _atan2(side: Side, y: Series, x: Series) -> Series:
    """Along the axes by the arctangent of the flatter quotient."""
    up, across = side.sign(y), side.sign(x)
    side.note(up < 0 and across < 0)
    if up == 0 and across == 0:
        raise NoValueError
    if up == 0:
        return NOTHING if across > 0 else constant(arb.pi())
    if across == 0 or x.low > y.low:
        return less(constant(arb.pi() * up / 2), _ATAN(side, over(x, y)))
    angle = _ATAN(side, over(y, x))
    return angle if across > 0 else plus(angle, constant(arb.pi() * up))


def _hypot(side: Side, x: Series, y: Series) -> Series:
    return _sqrt(side, plus(times(x, x), times(y, y)))


def _gamma(side: Side, x: Series) -> Series:
    _not_a_pole(side, x)
    return _number("gamma", x) if x.is_constant else native(x, arb_series.gamma)


def _not_a_pole(side: Side, x: Series) -> None:
    if x.low < 0:
        raise NoSeriesError
    here = x.term(0)
    if type(here) is fmpq and here <= 0 and here.q == 1:
        raise NoValueError if x.is_constant else NoSeriesError
    if sign(here) != 1 and type(here) is not fmpq:
        side.below(constant(here))  # as near a pole as cannot be told is said as such


def _lgamma(side: Side, x: Series) -> Series:
    _not_a_pole(side, x)
    if x.is_constant:
        return _number("lgamma", x)
    if side.sign(x) > 0:
        return native(x, arb_series.lgamma)
    turned = native(x, arb_series.rgamma)
    return minus_of(_log(side, turned if leading(turned) > 0 else minus_of(turned)))


def _digamma(side: Side, x: Series) -> Series:
    return _polygamma(side, NOTHING, x)


_MOST_DERIVATIVES = 50


def _polygamma(side: Side, n: Series, x: Series) -> Series:
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


def _abs(side: Side, x: Series) -> Series:
    return minus_of(x) if side.sign(x) < 0 else x


def _piece(side: Side, value: int) -> Series:
    """A value that holds on one piece."""
    side.note(value)
    return constant(fmpq(value))


def _sign(side: Side, x: Series) -> Series:
    return _piece(side, side.sign(x))


def _positive(side: Side, x: Series, yes: Series, no: Series) -> Series:
    return yes if side.sign(x) > 0 else no


def _extreme(want: int) -> Function:
    def function(side: Side, *inputs: Series) -> Series:
        best = inputs[0]
        for one in inputs[1:]:
            best = one if side.compare(one, best) == want else best
        return best

    return function


_MAX, _MIN = _extreme(1), _extreme(-1)


def _clip(side: Side, x: Series, low: Series, high: Series) -> Series:
    if side.compare(low, high) >= 0:
        raise NoValueError
    return _MIN(side, _MAX(side, x, low), high)


def _elu(side: Side, x: Series, a: Series) -> Series:
    return x if side.sign(x) > 0 else times(a, _EXPM1(side, x))


_EXPM1 = _by_slope("expm1", _exp_of)
_SELU = tuple(
    constant(fmpq(int(digits), 10 ** (len(digits) - 1)))  # Klambauer et al. 2017, λ and α
    for digits in ("10507009873554804934193349852946", "16732632423543772848170429916717")
)


def _selu(side: Side, x: Series) -> Series:
    return times(_SELU[0], _elu(side, x, _SELU[1]))


_ERFC = _native("erfc")


def _gelu(side: Side, x: Series) -> Series:
    # x·Φ(x) = x·erfc(-x/√2)/2
    inner = times(constant(-arb(2).rsqrt()), x)
    return times(_HALF, times(x, _ERFC(side, inner)))


def _softplus(side: Side, x: Series) -> Series:
    if x.is_constant:
        return _number("softplus", x)
    if x.low < 0:
        raise NoSeriesError
    small = x if arb(x.term(0)).mid() < 0 else minus_of(x)
    rest = _log1p(side, _exp_of(small))
    return rest if small is x else plus(x, rest)


def _floor(side: Side, x: Series) -> Series:
    return _piece(side, int(side.below(x).p))


def _ceil(side: Side, x: Series) -> Series:
    return _piece(side, -int(side.below(minus_of(x)).p))


def _round(side: Side, x: Series) -> Series:
    """⌊x + 1/2⌋; a half, where x stays on it, to the even neighbour."""
    moved = plus(x, _HALF)
    below = side.below(moved)
    stays = moved.is_constant and moved.term(0) == below
    return _piece(side, int(below.p) - (stays and below.p % 2 == 1))


def _mod(side: Side, x: Series, y: Series) -> Series:
    return less(x, times(y, _floor(side, _div(side, x, y))))


def _fmod(side: Side, x: Series, y: Series) -> Series:
    quotient = _div(side, x, y)
    whole = _floor if side.sign(quotient) >= 0 else _ceil
    return less(x, times(y, whole(side, quotient)))


def _comparison(test: Callable[[int], bool]) -> Function:
    return lambda side, x, y: _piece(side, test(side.compare(x, y)))


FUNCTIONS: dict[str, Function] = {
    "add": lambda _, x, y: plus(x, y),
    "sub": lambda _, x, y: less(x, y),
    "mul": _mul,
    "div": _div,
    "neg": lambda _, x: minus_of(x),
    "pow": _pow,
    "square": lambda _, x: times(x, x),
    "reciprocal": lambda side, x: _div(side, _ONE, x),
    "sqrt": _sqrt,
    "cbrt": _cbrt,
    "identity": lambda _, x: x,
    "exp": _exp,
    "expm1": _EXPM1,
    "log": _log,
    "log1p": _log1p,
    "log2": _log_to("log2", 2),
    "log10": _log_to("log10", 10),
    "sin": _SIN,
    "cos": _COS,
    "tan": _tan,
    "cot": lambda side, x: _div(side, _COS(side, x), _SIN(side, x)),
    "sec": lambda side, x: _div(side, _ONE, _COS(side, x)),
    "csc": lambda side, x: _div(side, _ONE, _SIN(side, x)),
    "asin": _arc("asin"),
    "acos": _arc("acos"),
    "atan": _ATAN,
    "atan2": _atan2,
    "hypot": _hypot,
    "sinh": _sinh_cosh("sinh"),
    "cosh": _sinh_cosh("cosh"),
    "tanh": _by_slope("tanh", _tanh_slope),
    "sech": lambda side, x: _div(side, _ONE, _sinh_cosh("cosh")(side, x)),
    "asinh": _asinh,
    "acosh": _acosh,
    "atanh": _atanh,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "relu": lambda side, x: _positive(side, x, x, NOTHING),
    "leaky_relu": lambda side, x, a: _positive(side, x, x, times(a, x)),
    "elu": _elu,
    "selu": _selu,
    "gelu": _gelu,
    "silu": lambda side, x: times(x, _sigmoid(side, x)),
    "softsign": lambda side, x: over(x, plus(_ONE, _abs(side, x))),
    "hardtanh": lambda side, x: _MAX(side, _MIN(side, x, _ONE), _MINUS_ONE),
    "abs": _abs,
    "sign": _sign,
    "max": _MAX,
    "min": _MIN,
    "clip": _clip,
    "step": lambda side, x: _piece(side, side.sign(x) > 0),
    "floor": _floor,
    "ceil": _ceil,
    "round": _round,
    "mod": _mod,
    "fmod": _fmod,
    "erf": _native("erf"),
    "erfc": _ERFC,
    "gamma": _gamma,
    "lgamma": _lgamma,
    "digamma": _digamma,
    "polygamma": _polygamma,
    "lt": _comparison(lambda order: order < 0),
    "le": _comparison(lambda order: order <= 0),
    "gt": _comparison(lambda order: order > 0),
    "ge": _comparison(lambda order: order >= 0),
    "eq": _comparison(lambda order: order == 0),
    "ne": _comparison(lambda order: order != 0),
}
"""``where`` is not among them: which branch is asked is the circuit's matter."""
