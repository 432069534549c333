"""Exact numbers: SymPy's, compared and bounded so that nothing hangs and no sign is guessed.

A number is a SymPy constant. Powers are measured before they are computed, a sign is read off enough digits, and where
no number of digits decides, SymPy must prove equality or the comparison is refused.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from backprop_cli import limits
from backprop_cli.arithmetic.base import Number, Operation
from backprop_cli.arithmetic.digits import Digits
from backprop_cli.problems import Problem, Refused

_GUIDE_BITS = 200
_SIGN_DIGITS = 600


@dataclass(frozen=True, slots=True)
class Exact:
    """A SymPy constant, its size to 60 digits (which says early what would overflow) and its number of operations."""

    form: Any
    guide: Any
    size: int


class ExactNumbers:
    """The arithmetic of ``--exact``."""

    name = "exact"

    def __init__(self) -> None:
        self._guide = Digits(_GUIDE_BITS)
        self.zero, self.one = self.number("0"), self.number("1")
        self.operations: dict[str, Operation] = {name: self._lift(name, form) for name, form in _forms().items()}
        self.operations |= {name: self._compare(test) for name, test in _TESTS.items()}
        self.operations |= {"max": self._largest, "min": self._smallest, "sign": self._sign, "abs": self._abs}
        self.operations |= {"where": lambda c, x, y: x if self.truth(c) else y, "cbrt": self._cbrt}

    def number(self, text: str) -> Exact:
        """The literal as a fraction, π or e."""
        import sympy

        if text in ("pi", "e"):
            return Exact(sympy.pi if text == "pi" else sympy.E, self._guide.number(text), 1)
        return Exact(sympy.Rational(text), self._guide.number(text), 1)

    def is_finite(self, value: Number) -> bool:
        """A real number within the range of ``--digits``."""
        return (
            value.form.is_finite is not False and value.form.is_real is not False and self._guide.is_finite(value.guide)
        )

    def truth(self, value: Number) -> bool:
        """Whether it is not 0."""
        return self._order(value, self.zero) != 0

    def to_float(self, value: Number) -> float:
        """The nearest double."""
        form = value.form
        if form.is_Rational:
            try:
                return int(form.p) / int(form.q)
            except OverflowError:
                return math.inf if form.p > 0 else -math.inf
        return self._guide.to_float(self.in_digits(value, self._guide.context))

    def text(self, value: Number) -> str:
        """SymPy's form of the number."""
        from sympy import powsimp

        most = sys.get_int_max_str_digits()
        sys.set_int_max_str_digits(0)  # these integers are bounded by EXACT_BITS
        try:
            return str(powsimp(value.form) if value.size < _TIDY_SIZE else value.form)
        finally:
            sys.set_int_max_str_digits(most)

    def absolute(self, value: Number) -> Exact:
        """|value|."""
        return self._abs(value)

    def in_digits(self, value: Number, context: Any) -> Any:
        """As many right digits as the context holds."""
        form = value.form
        if form.is_Rational:
            return context.mpf(int(form.p)) / int(form.q)
        return context.mpf(form.evalf(context.dps + 5, maxn=context.dps + _SIGN_DIGITS)._mpf_)

    def _lift(self, name: str, form: Callable[..., Any]) -> Operation:
        guide = self._guide.operations[name]

        def operation(*arguments: Exact) -> Exact:
            sign = guide(*(argument.guide for argument in arguments))
            if not self._guide.is_finite(sign):
                return self._nan
            _measure(name, arguments, sign)
            value = form(*(argument.form for argument in arguments))
            return self._made(value, sign, 1 + sum(argument.size for argument in arguments))

        return operation

    def _made(self, value: Any, guide: Any, size: int) -> Exact:
        if value.is_Rational:
            if max(int(value.p).bit_length(), int(value.q).bit_length()) > limits.EXACT_BITS:
                raise Refused(_too_large())
            return Exact(value, self._guide.context.mpf(int(value.p)) / int(value.q), 1)
        if size > limits.EXACT_SIZE:
            raise Refused(_too_large())
        return Exact(value, guide, size)

    @property
    def _nan(self) -> Exact:
        from sympy import nan

        return Exact(nan, self._guide.context.nan, 1)

    def _order(self, x: Exact, y: Exact) -> int:
        """-1, 0 or 1 as x is less than, equal to or greater than y."""
        if x.form == y.form:
            return 0
        difference = x.form - y.form
        if difference.is_Rational:
            return int(difference.p > 0) - int(difference.p < 0)
        digits = difference.evalf(10, maxn=_SIGN_DIGITS)
        if digits.is_Float and digits._prec > 1:  # noqa: SLF001  # SymPy's own mark of a value without right digits
            return 1 if digits > 0 else -1
        return _proved_equal(difference, x.size + y.size)

    def _compare(self, test: Callable[[int], bool]) -> Operation:
        return lambda x, y: self.one if test(self._order(x, y)) else self.zero

    def _largest(self, *values: Exact) -> Exact:
        best = values[0]
        for value in values[1:]:
            best = value if self._order(value, best) > 0 else best
        return best

    def _smallest(self, *values: Exact) -> Exact:
        best = values[0]
        for value in values[1:]:
            best = value if self._order(value, best) < 0 else best
        return best

    def _sign(self, value: Exact) -> Exact:
        return (self.operations["neg"](self.one), self.zero, self.one)[self._order(value, self.zero) + 1]

    def _abs(self, value: Exact) -> Exact:
        negated: Exact = self.operations["neg"](value)
        return value if self._order(value, self.zero) >= 0 else negated

    def _cbrt(self, value: Exact) -> Exact:
        third = self.operations["div"](self.one, self.number("3"))
        root = self.operations["pow"](self._abs(value), third)
        signed: Exact = self.operations["mul"](self._sign(value), root)
        return signed


_TIDY_SIZE = 100
_TESTS: dict[str, Callable[[int], bool]] = {
    "lt": lambda order: order < 0,
    "le": lambda order: order <= 0,
    "gt": lambda order: order > 0,
    "ge": lambda order: order >= 0,
    "eq": lambda order: order == 0,
    "ne": lambda order: order != 0,
}
_GAMMA_MOST = 5_000
_PROVABLE_SIZE = 80


def _too_large() -> Problem:
    return Problem(
        "exact.size",
        "an exact number here grows too large",
        "without --exact, or with --digits, it is an ordinary number",
    )


def _measure(name: str, arguments: tuple[Exact, ...], guide: Any) -> None:
    """Refuse what SymPy would start to compute as a huge integer."""
    first = arguments[0]
    if (
        name in ("gamma", "lgamma", "polygamma", "digamma")
        and abs(arguments[-1].guide) > _GAMMA_MOST
        and arguments[-1].form.is_Rational
    ):
        raise Refused(_too_large())
    if name in ("floor", "ceil", "round", "mod") and abs(first.guide) > 2**limits.EXACT_BITS:
        raise Refused(_too_large())
    if name == "pow" and first.form.is_Rational and guide:
        form, exponent = first.form, abs(arguments[1].guide)
        if max(int(form.p).bit_length(), int(form.q).bit_length()) * exponent > limits.EXACT_BITS:
            raise Refused(_too_large())


def _proved_equal(difference: Any, size: int) -> int:
    from sympy import simplify

    if size <= _PROVABLE_SIZE and simplify(difference) == 0:
        return 0
    problem = Problem(
        "exact.undecided",
        "whether two exact numbers here are equal could not be decided",
        "without --exact, or with --digits, the comparison goes by digits",
    )
    raise Refused(problem)


@cache
def _forms() -> dict[str, Callable[..., Any]]:
    """SymPy's counterpart of each primitive. Domains are asked before, so real arguments meet real values."""
    import sympy as s

    named = (
        "exp log sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh "
        "sqrt floor erf erfc gamma digamma polygamma"
    )
    forms: dict[str, Callable[..., Any]] = {name: getattr(s, name) for name in named.split()}
    return forms | {
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
        "mul": lambda x, y: x * y,
        "div": lambda x, y: x / y,
        "neg": lambda x: -x,
        "pow": lambda x, y: x**y,
        "ceil": s.ceiling,
        "round": _nearest_even,
        "mod": lambda x, y: x - y * s.floor(x / y),
        "hypot": lambda x, y: s.sqrt(x**2 + y**2),
        "expm1": lambda x: s.exp(x) - 1,
        "log1p": lambda x: s.log(1 + x),
        "log2": lambda x: s.log(x, 2),
        "log10": lambda x: s.log(x, 10),
        "lgamma": lambda x: s.log(s.Abs(s.gamma(x))),
    }


def _nearest_even(x: Any) -> Any:
    from sympy import Integer, Rational, floor

    below = floor(x)
    rest = x - below
    if rest == Rational(1, 2):
        return below + below % 2
    return below + Integer(1) if rest > Rational(1, 2) else below
