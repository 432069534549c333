"""Rational numbers and balls: every number is exact or an enclosure with a rigorous radius (FLINT's Arb).

A number is an ``fmpq`` until a transcendental function, or its own size, makes it an ``arb``; an ``arb`` that turns out
exact is a rational again. So equal decimals are equal, and what a ball says is proved. A question that a ball cannot
answer is not answered: ``sign`` is None, and an operation that depends on it raises ``UnknownSign``, or goes on as if
the small ball were 0 where that is asked for (``supposing``). This module knows no gate's derivative. The
precision is FLINT's global one, set here and nowhere else; a race for it between threads could cost accuracy, never
truth.

Three calls of python-flint end the process where numbers are huge (``unique_fmpz``, ``fmpq``, ``man_exp``): sizes are
asked first. ``arb ** 2`` of a ball around 0 is nan, so whole powers are products.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flint import arb, ctx, fmpq, fmpz

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.problems import Diagnostic, Refused

ZERO, ONE, HALF = fmpq(0), fmpq(1), fmpq(1, 2)
NAN = arb.nan()
_RATIONAL_BITS = 8_192  # a longer rational becomes a ball
_SHIFT = 20_000  # of an exact ball's exponent, for it to be a rational again


class UnknownSign(Refused):
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


_supposes = [False]


@contextmanager
def supposing() -> Iterator[None]:
    """What a small ball around 0 leaves open is decided as if it were 0, and what is near a half as if it were it."""
    _supposes[0] = True
    try:
        yield
    finally:
        _supposes[0] = False


def _supposed(value: arb) -> bool:
    return _supposes[0] and bool(value.is_finite() and value.rad() < arb(2) ** (-ctx.prec // 4))


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
    """The sign. Raises ``UnknownSign``."""
    found = sign(value)
    if found is None:
        if not _supposed(value):
            raise UnknownSign
        return 0
    return found


def half(value: Number) -> fmpq:
    """The half or whole number in a small ball that no floor tells. Raises ``UnknownSign``."""
    found = floor(2 * value.mid() + HALF)
    if found is None or not _supposed(value):
        raise UnknownSign
    return found / 2


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


def radius(value: Number) -> arb:
    """How far the number may lie from the middle of its ball."""
    return arb(value).rad()


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
    """base^exponent over the real numbers, nan where it has no value. Raises ``UnknownSign``."""
    if type(exponent) is fmpq and exponent.q == 1:
        return whole_power(base, int(exponent.p))
    side = decided(base)
    if side == 0:
        return {1: ZERO, 0: ONE, -1: NAN}[decided(exponent)]
    if side < 0:
        return NAN
    if type(base) is fmpq and type(exponent) is fmpq:
        root = exact_root(base, int(exponent.q))
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


def exact_root(value: fmpq, degree: int) -> fmpq | None:
    """The rational whose power of that degree is a positive rational, None if there is none or it is not looked for."""
    if degree > 64 or value.height_bits() > _RATIONAL_BITS:
        return None
    above, below = value.p.root(degree), value.q.root(degree)
    return fmpq(above, below) if above**degree == value.p and below**degree == value.q else None
