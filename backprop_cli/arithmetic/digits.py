"""As many decimal digits as asked for: mpmath at a fixed working precision, made total and bounded.

mpmath would work for ever on ``exp(exp(100))`` or ``sin(10^(10^9))``: arguments are measured before it is asked.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import cache
from typing import Any

from backprop_cli.arithmetic.base import Number, Operation

RANGE_BITS = 2**40  # numbers up to about 10^(3·10^11)
_WHOLE_BITS = 100_000  # the largest argument, in bits, of functions that need it to the last unit
_EXPONENT_BITS = 39
_FAR = 1_000


class Digits:
    """mpmath with ``bits`` of working precision. ``of_doubles`` reads literals as the doubles nearest to them."""

    def __init__(self, bits: int, *, digits: int = 17, of_doubles: bool = False) -> None:
        self.name = "digits"
        self.doubles = self.exact = False
        self.bits, self.digits, self.of_doubles = bits, digits, of_doubles
        self.context = _context(bits)
        self.zero, self.one = self.context.mpf(0), self.context.mpf(1)
        self.operations: dict[str, Operation] = _operations(bits)

    def number(self, text: str) -> Number:
        """The literal, π or e to the working precision."""
        if text in ("pi", "e"):
            double = math.pi if text == "pi" else math.e
            return (
                self.context.mpf(double) if self.of_doubles else +(self.context.pi if text == "pi" else self.context.e)
            )
        return self.context.mpf(float(text)) if self.of_doubles else self.context.mpf(_with_a_whole_part(text))

    def literal(self, text: str) -> Number:
        """The same."""
        return self.number(text)

    def enclosed(self, value: Number, bits: int) -> Number:
        """The number, exactly."""
        from flint import fmpq

        man, exp = int(value.man) * (-1 if value < 0 else 1), int(value.exp)
        return fmpq(man * 2**exp) if exp >= 0 else fmpq(man, 2**-exp)

    def is_finite(self, value: Number) -> bool:
        """A number whose size is at most 2^±(2^40)."""
        return bool(self.context.isfinite(value)) and abs(exponent_of(value)) <= RANGE_BITS

    def truth(self, value: Number) -> bool:
        """Whether it is not 0."""
        return bool(value)

    def to_float(self, value: Number) -> float:
        """The nearest double."""
        try:
            return float(value) + 0.0
        except OverflowError:
            return -math.inf if value < 0 else math.inf

    def text(self, value: Number) -> str:
        """The digits asked for, with a power of ten where they do not reach the point."""
        shown = self.context.nstr(value, self.digits, strip_zeros=False, min_fixed=-6, max_fixed=self.digits)
        return str(shown).replace(".e", "e").removesuffix(".")

    def absolute(self, value: Number) -> Number:
        """|value|."""
        return abs(value)

    def in_digits(self, value: Number, context: Any) -> Any:
        """The value, rounded to the other context's precision."""
        return +context.make_mpf(value._mpf_)


def _with_a_whole_part(text: str) -> str:
    """The literal with a 0 in front, since mpmath does not read ``.0``."""
    return f"-0{text[1:]}" if text.startswith("-") else f"0{text}"


@cache
def _context(bits: int) -> Any:
    import mpmath

    context = mpmath.mp.clone()
    context.prec = bits
    return context


def exponent_of(value: Number) -> int:
    """⌈log2 |value|⌉, 0 for 0."""
    _, mantissa, exponent, count = value._mpf_
    return exponent + count if mantissa else 0


@cache
def _operations(bits: int) -> dict[str, Operation]:
    context = _context(bits)
    found: dict[str, Operation] = {name: _guarded(context, getattr(context, name), _WHOLE_BITS) for name in _PLAIN}
    found |= {
        name: _guarded(context, getattr(context, name), _EXPONENT_BITS)
        for name in ("exp", "expm1", "sinh", "cosh", "tanh")
    }
    found |= {name: _guarded(context, getattr(context, source), most) for name, source, most in _SPECIAL}
    found |= {name: _guarded(context, function, _WHOLE_BITS) for name, function in _own(context).items()}
    found |= {name: _compare(context, test) for name, test in _COMPARISONS.items()}
    found |= {name: _guarded(context, function, RANGE_BITS) for name, function in _FIELD.items()}
    found["pow"] = _power(context)
    found |= {name: _saturated(context, found[name], least, most) for name, least, most in _LIMITS}
    found["where"] = lambda c, x, y: x if c else y
    return found


_FIELD: dict[str, Operation] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "abs": abs,
    "max": lambda *values: max(values),
    "min": lambda *values: min(values),
}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}
# Limits at -∞ and ∞, where a function has one; the forward pass takes the 0 of exp for underflow.
_LIMITS = (("exp", 0, None), ("expm1", -1, None), ("tanh", -1, 1), ("erf", -1, 1), ("erfc", 2, None))
_PLAIN = [
    "sqrt",
    "log",
    "log1p",
    "log10",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "atan2",
    "hypot",
    "asinh",
    "acosh",
    "atanh",
    "sign",
    "floor",
    "ceil",
]
_SPECIAL = (("erf", "erf", 400), ("erfc", "erfc", 19), ("gamma", "gamma", 34))


def _guarded(context: Any, function: Operation, most: int) -> Operation:
    nan = context.nan

    def guarded(*arguments: Number) -> Number:
        for argument in arguments:
            if not context.isfinite(argument) or exponent_of(argument) > most:
                return nan
        try:
            value = function(*arguments)
        except (ArithmeticError, ValueError, TypeError):  # mpmath answers None or worse near poles
            return nan
        return value if isinstance(value, context.mpf) else nan

    return guarded


def _saturated(context: Any, function: Operation, least: int | None, most: int | None) -> Operation:
    """The function with its limits where its argument is too large to compute with: they differ by nothing visible."""

    def saturated(x: Number) -> Number:
        limit = least if x < 0 else most
        return context.mpf(limit) if limit is not None and exponent_of(x) > _EXPONENT_BITS else function(x)

    return saturated


def _compare(context: Any, test: Callable[[Any, Any], bool]) -> Operation:
    one, zero = context.mpf(1), context.mpf(0)
    return lambda x, y: one if test(x, y) else zero


def _power(context: Any) -> Operation:
    def power(x: Number, y: Number) -> Number:
        if not x:
            return context.mpf(1) if not y else context.inf if y < 0 else context.mpf(0)
        if x == 1 or (x == -1 and context.isint(y)):  # mpmath would write y out, which may have 10^11 digits
            return -x if x < 0 and not _odd(y) else x
        if abs(y * context.log(abs(x), 2)) > RANGE_BITS:
            return context.inf
        value = x**y
        return value if isinstance(value, context.mpf) else context.nan

    return _guarded(context, power, RANGE_BITS)


def _odd(whole: Number) -> bool:
    """Whether a whole number is odd: its mantissa is, so a factor of 2 stands in the exponent."""
    _, mantissa, exponent, _ = whole._mpf_
    return bool(mantissa and not exponent)


def _own(context: Any) -> dict[str, Operation]:
    """What mpmath has under another name, or only for other signs."""

    def cbrt(x: Number) -> Number:
        return -context.cbrt(-x) if x < 0 else context.cbrt(x)

    def mod(x: Number, y: Number) -> Number:
        # At this precision x/y is rounded; the remainder is exact when both are taken as binary fractions.
        with context.workprec(context.prec + max(0, exponent_of(x) - exponent_of(y)) + 10):
            return x - y * context.floor(x / y)

    def fmod(x: Number, y: Number) -> Number:
        return mod(x, y) if x * y >= 0 else -mod(-x, y)

    def lgamma(x: Number) -> Number:
        return context.loggamma(x) if x > 0 else context.log(abs(context.gamma(x)))

    def digamma(x: Number) -> Number:
        # ψ(x) = ψ(1 - x) - π·cot(πx): below 0 mpmath would go up to 0 one step at a time.
        if x > -_FAR:
            return context.digamma(x)
        with context.extraprec(exponent_of(x) + 10):
            return context.digamma(1 - x) - context.pi * context.cospi(x) / context.sinpi(x)

    def polygamma(n: Number, x: Number) -> Number:
        return context.polygamma(int(n), x) if x > -_FAR else context.nan

    return {
        "cbrt": cbrt,
        "mod": mod,
        "fmod": fmod,
        "lgamma": lgamma,
        "digamma": digamma,
        "polygamma": polygamma,
        "round": context.nint,
        "log2": lambda x: context.log(x, 2),
    }
