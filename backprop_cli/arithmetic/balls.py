"""Rational numbers and balls: every number is exact or an enclosure with a rigorous radius (FLINT's Arb).

A number is an ``fmpq`` until a transcendental function, or its own size, makes it an ``arb``; an ``arb`` that turns out
exact is a rational again. So equal decimals are equal, and what a ball says is proved. A question that a ball cannot
answer is not answered: ``sign`` is None, and an operation that depends on it raises ``Undecided``. This module knows no
gate's derivative. The precision is FLINT's global one, set here and nowhere else; a race for it between threads could
cost accuracy, never truth.

Three calls of python-flint end the process where numbers are huge (``unique_fmpz``, ``fmpq``, ``man_exp``): sizes are
asked first. ``arb ** 2`` of a ball around 0 is nan, so whole powers are products.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Context, Decimal
from functools import cache

from flint import arb, ctx, fmpq, fmpz

from backprop_cli.arithmetic.base import Number, Operation
from backprop_cli.problems import Diagnostic, Refused

ZERO, ONE, HALF = fmpq(0), fmpq(1), fmpq(1, 2)
NAN = arb.nan()
_RATIONAL_BITS = 8_192  # a longer rational becomes a ball
_SHIFT = 20_000  # of an exact ball's exponent, for it to be a rational again
_TEN_DIGITS = 16  # of a printed power of ten with its sign; beyond it FLINT writes the number
_PRINTED_EXPONENT = 10**16


class Undecided(Refused):
    """What depends on a sign that the ball does not tell. ``{gate}`` in the text is the gate's name."""

    def __init__(self) -> None:
        message = "{gate} stands so near its kink or jump that these digits do not tell the side"
        super().__init__(Diagnostic("digits.undecided", message, "--exact decides it, where the numbers are exact"))


@contextmanager
def working(bits: int, terms: int = 2) -> Iterator[None]:
    """Numbers have so many bits inside, and power series so many terms."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = bits, terms
    try:
        yield
    finally:
        ctx.prec, ctx.cap = before


def from_float(value: float) -> fmpq:
    """A double, exactly."""
    return fmpq(*value.as_integer_ratio())


def from_text(text: str) -> Number:
    """A decimal literal exactly, π and e as balls."""
    if text in ("pi", "e"):
        return arb.pi() if text == "pi" else arb.const_e()
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, part = mantissa.partition(".")
    ten = int(exponent or "0") - len(part)
    digits = int(whole + part)
    return fmpq(digits * 10**ten) if ten >= 0 else fmpq(digits, 10**-ten)


def settled(value: arb) -> Number:
    """An exact ball of ordinary size as the rational that it is."""
    if not value.is_exact() or not value.is_finite():
        return value
    mantissa, exponent = value.man_exp()
    if abs(exponent) > _SHIFT:
        return value
    shift = int(exponent)
    return fmpq(mantissa << shift) if shift >= 0 else fmpq(mantissa, fmpz(1) << -shift)


def _capped(value: Number) -> Number:
    return arb(value) if type(value) is fmpq and value.height_bits() > _RATIONAL_BITS else value


def sign(value: Number) -> int | None:
    """-1, 0 or 1; None where the ball does not tell."""
    if type(value) is fmpq:
        return int(value > 0) - int(value < 0)
    return 1 if value > 0 else -1 if value < 0 else 0 if value.is_zero() else None


def decided(value: Number) -> int:
    """The sign. Raises ``Undecided``."""
    found = sign(value)
    if found is None:
        raise Undecided
    return found


def add(x: Number, y: Number) -> Number:
    """X + y."""
    return _capped(x + y)


def sub(x: Number, y: Number) -> Number:
    """X - y; 0 where both are the same object, which is one number."""
    return ZERO if x is y else _capped(x - y)


def mul(x: Number, y: Number) -> Number:
    """x·y; exactly 0 where a factor is."""
    if is_zero(x) or is_zero(y):
        return NAN if _is_nan(x) or _is_nan(y) else ZERO
    return _capped(x * y)


def div(x: Number, y: Number) -> Number:
    """x/y, nan where the denominator may be 0."""
    if is_zero(y):
        return NAN
    if x is y:
        return ONE if sign(x) else NAN
    return ZERO if is_zero(x) and sign(y) else _capped(x / y)


def neg(x: Number) -> Number:
    """-x."""
    return -x


def is_zero(value: Number) -> bool:
    """Whether it is exactly 0."""
    return type(value) is fmpq and value == 0


def _is_nan(value: Number) -> bool:
    return type(value) is arb and value.is_nan()


def is_finite(value: Number) -> bool:
    """Whether anything is known about the number's size."""
    return type(value) is fmpq or value.is_finite()


def floor(value: Number) -> fmpq | None:
    """⌊x⌋, None where the ball holds a whole number, or is wider than its size tells."""
    if type(value) is fmpq:
        return fmpq(value.floor())
    if not value.is_finite() or not abs(value) < _two_to(ctx.prec):
        return None
    below = value.floor()
    return fmpq(below.unique_fmpz()) if below.is_exact() else None


@cache
def _two_to(bits: int) -> arb:
    return arb(fmpz(1) << bits)


def power(base: Number, exponent: Number) -> Number:
    """base^exponent over the real numbers, nan where it has no value. Raises ``Undecided``."""
    if type(exponent) is fmpq and exponent.q == 1:
        return whole_power(base, int(exponent.p))
    side = decided(base)
    if side == 0:
        return {1: ZERO, 0: ONE, -1: NAN}[decided(exponent)]
    if side < 0:
        return NAN
    if type(base) is fmpq and type(exponent) is fmpq:
        root = _exact_root(base, int(exponent.q))
        if root is not None:
            return whole_power(root, int(exponent.p))
    return settled(arb(base) ** arb(exponent))


def whole_power(base: Number, exponent: int) -> Number:
    """base^n by products, which a ball around 0 survives."""
    if exponent < 0:
        return div(ONE, whole_power(base, -exponent))
    if type(base) is fmpq:
        if base in (ZERO, ONE, -ONE):
            return ONE if exponent % 2 == 0 and (base != 0 or not exponent) else base
        if base.height_bits() * exponent <= _RATIONAL_BITS:
            return base**exponent
        if exponent.bit_length() > ctx.prec // 2:  # too many products for the bits there are
            turned = arb(abs(base)) ** arb(exponent)
            return turned if base > 0 or exponent % 2 == 0 else -turned
        base = arb(base)
    found, square = ONE, base
    while exponent:
        if exponent % 2:
            found = mul(found, square)
        exponent //= 2
        square = mul(square, square) if exponent else square
    return found


def _exact_root(value: fmpq, degree: int) -> fmpq | None:
    """The rational whose power of that degree is a positive rational, None if there is none or it is not looked for."""
    if degree > 64 or value.height_bits() > _RATIONAL_BITS:
        return None
    above, below = value.p.root(degree), value.q.root(degree)
    return fmpq(above, below) if above**degree == value.p and below**degree == value.q else None


def sqrt(value: Number) -> Number:
    """√x, nan below 0."""
    return root(value, 2)


def root(value: Number, degree: int) -> Number:
    """The root of a number that is not negative; of a ball around 0 what lies above."""
    if type(value) is fmpq:
        if value <= 0:
            return NAN if value < 0 else ZERO
        exact = _exact_root(value, degree)
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
    from flint import arb_series

    size = order + count + 2
    with working(ctx.prec, size):
        near = arb_series([x, 1], prec=size)
        if x > 0:
            psi = near.lgamma().derivative().coeffs()
        else:
            turned = near.rgamma()
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
        raise Undecided
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
            raise Undecided
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


class Balls:
    """The arithmetic of rationals and balls with ``bits`` of precision, printed with ``digits``.

    ``of_doubles`` reads a user's literals as the doubles nearest to them, for the reference of a run with doubles; a
    rule's literals are exact always.
    """

    name = "digits"
    doubles = exact = False
    zero, one = ZERO, ONE

    def __init__(self, bits: int, *, digits: int = 17, of_doubles: bool = False) -> None:
        self.bits, self.digits, self.of_doubles = bits, digits, of_doubles
        self.operations: dict[str, Operation] = {name: self._at(operation) for name, operation in OPERATIONS.items()}

    def _at(self, operation: Operation) -> Operation:
        bits = self.bits

        def at(*arguments: Number) -> Number:
            ctx.prec = bits
            return operation(*arguments)

        return at

    def number(self, text: str) -> Number:
        """A rule's literal."""
        ctx.prec = self.bits
        return from_text(text)

    def literal(self, text: str) -> Number:
        """A user's literal, π or e."""
        if not self.of_doubles:
            return self.number(text)
        return from_float(math.pi if text == "pi" else math.e if text == "e" else float(text))

    is_finite = staticmethod(is_finite)

    def truth(self, value: Number) -> bool:
        """Whether it is not 0. Raises ``Undecided``."""
        return decided(value) != 0

    def to_float(self, value: Number) -> float:
        """The double nearest to the number, or to the middle of its ball."""
        return to_float(value)

    def text(self, value: Number) -> str:
        """The digits asked for, with a power of ten where they do not reach the point."""
        return decimal(value, self.digits)

    def absolute(self, value: Number) -> Number:
        """|value|; of a ball around 0 too."""
        return abs(value)

    def enclosed(self, value: Number, bits: int) -> Number:
        """The number itself."""
        return value


def to_float(value: Number) -> float:
    """The double nearest to the number, or to the middle of its ball; infinite beyond their range."""
    if type(value) is fmpq:
        above, below = int(value.p), int(value.q)
    elif not value.is_finite():
        return math.nan
    else:
        mantissa, exponent = value.mid().man_exp()
        top = int(exponent) + int(mantissa).bit_length() if abs(exponent) < 2**60 else int(exponent)
        if not mantissa or top < -1_100:
            return 0.0
        if top > 1_100:
            return math.inf if mantissa > 0 else -math.inf
        shift = int(exponent)
        above, below = (int(mantissa) << max(shift, 0)), 1 << max(-shift, 0)
    try:
        return above / below + 0.0
    except OverflowError:
        return math.inf if above > 0 else -math.inf


def decimal(value: Number, digits: int) -> str:
    """So many digits of a number, rounded to nearest; without a power of ten from 1e-5 to where the digits end."""
    if sign(value) == 0:
        return "0.0"
    rounded = _decimal(value, digits)
    if rounded is None:
        return str(value.mid().str(digits, radius=False))
    minus, figures, _ = rounded.as_tuple()
    ten = rounded.adjusted()
    text = "".join(map(str, figures)).ljust(digits, "0")
    if 0 <= ten < digits:
        text = f"{text[: ten + 1]}.{text[ten + 1 :]}"
    elif -6 < ten < 0:
        text = f"0.{'0' * (-ten - 1)}{text}"
    else:
        text = f"{text[0]}.{text[1:]}".removesuffix(".") + f"e{ten:+d}"
    return "-" * minus + text.removesuffix(".")


def _decimal(value: Number, digits: int) -> Decimal | None:
    """The number, or the middle of its ball, rounded; None where its power of ten is too long for a Decimal."""
    context = Context(prec=digits, Emax=2 * _PRINTED_EXPONENT, Emin=-2 * _PRINTED_EXPONENT)
    if type(value) is fmpq:
        return context.divide(Decimal(int(value.p)), Decimal(int(value.q)))
    text = str(value.mid().str(digits + 15, radius=False))
    return context.create_decimal(text) if len(text.partition("e")[2]) <= _TEN_DIGITS else None
