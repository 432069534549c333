"""Exact numbers: SymPy's, compared and bounded so that nothing hangs and no sign is guessed.

A number is a SymPy constant. Powers are measured before they are computed, a sign is read off enough digits, and where
no number of digits decides, SymPy must prove equality or the comparison is refused.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from backprop_cli import limits
from backprop_cli.arithmetic.base import Number, Operation
from backprop_cli.arithmetic.digits import Digits
from backprop_cli.problems import Diagnostic, Refused

_GUIDE_BITS = 200
_SIGN_DIGITS = 600
_SETTLED_DIGITS, _CHECKED_DIGITS = 300, 100


@dataclass(frozen=True, slots=True)
class Exact:
    """A SymPy constant, its size to 60 digits (which says early what would overflow) and its number of operations."""

    form: Any
    guide: Any
    size: int


class ExactNumbers:
    """The arithmetic of ``--exact``."""

    name = "exact"
    doubles, exact = False, True

    def __init__(self) -> None:
        self._guide = Digits(_GUIDE_BITS)
        self.zero, self.one = self.number("0"), self.number("1")
        self.operations: dict[str, Operation] = {name: self._lift(name, form) for name, form in _forms().items()}
        self.operations |= {name: self._compare(test) for name, test in _TESTS.items()}
        self.operations |= {"max": self._extreme(1), "min": self._extreme(-1), "sign": self._sign, "abs": self._abs}
        self.operations |= {"where": lambda c, x, y: x if self.truth(c) else y, "cbrt": self._cbrt}
        self.operations |= {"floor": self._floor, "round": self._round, "mod": self._mod}
        turn = self.operations["neg"]
        self.operations |= {"ceil": lambda x: turn(self._floor(turn(x))), "atan2": self._angle}

    def number(self, text: str) -> Exact:
        """The literal as a fraction, π or e."""
        import sympy

        if text in ("pi", "e"):
            return Exact(sympy.pi if text == "pi" else sympy.E, self._guide.number(text), 1)
        return Exact(sympy.Rational(text), self._guide.number(text), 1)

    def is_finite(self, value: Number) -> bool:
        """A real number within the range of ``--digits``."""
        form = value.form  # of more than an atom SymPy would ask a few digits, and may fail
        return (not form.is_Atom or form.is_real is True) and self._guide.is_finite(value.guide)

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
            return str(
                powsimp(value.form) if value.size < _TIDY_SIZE and _widest(value.form) <= _TIDY_BITS else value.form
            )
        finally:
            sys.set_int_max_str_digits(most)

    def absolute(self, value: Number) -> Exact:
        """|value|."""
        return self._abs(value)

    def in_digits(self, value: Number, context: Any) -> Any:
        """As many right digits as the context holds, and at most 100 of an irrational number."""
        form = value.form
        if form.is_Rational:
            return context.mpf(int(form.p)) / int(form.q)
        digits = _digits(form, min(context.dps, _CHECKED_DIGITS) + 5) if value.guide else None
        return context.mpf(0 if digits is None else digits._mpf_)

    def literal(self, text: str) -> Exact:
        """The same."""
        return self.number(text)

    def enclosed(self, value: Number, bits: int) -> Number:
        """A rational exactly, any other number as a ball."""
        from flint import arb, fmpq

        from backprop_cli.arithmetic.balls import working

        form = value.form
        if form.is_Rational:
            return fmpq(int(form.p), int(form.q))
        near = self.in_digits(value, Digits(min(bits, 300)).context)
        middle = Digits(300).enclosed(near, bits)
        with working(bits + 32):
            return arb(middle) * (1 + arb(0, arb(2) ** -min(bits - 20, 280)))

    def _lift(self, name: str, form: Callable[..., Any]) -> Operation:
        approximate = self._guide.operations[name]

        def operation(*arguments: Exact) -> Exact:
            _measure(name, arguments)
            guides = [_inside(name, argument.guide) for argument in arguments]
            guide = approximate(*guides)
            finite = self._guide.is_finite(guide)
            if not finite and name not in _STEEP:
                return self._nan
            if name in _MOST_BITS and abs(guides[0]) > 2 ** _MOST_BITS[name]:
                raise Refused(_too_large())
            if name == "pow" and guide:
                _measure_power(arguments[0].form, arguments[1])
            try:
                value = form(*(argument.form for argument in arguments))
                if not value.is_Rational and (not finite or _doubtful(name, guides, guide)):
                    guide = self._settled(value)
            except RecursionError:
                raise Refused(_too_large()) from None
            except (ArithmeticError, AttributeError, TypeError, ValueError):  # SymPy's own, on numbers out of its range
                message = f"SymPy does not find the {name} of these exact numbers"
                raise Refused(_problem("exact.undecided", message)) from None
            return self._made(value, guide, 1 + sum(argument.size for argument in arguments))

        return operation

    def _settled(self, form: Any) -> Any:
        """A guide from the number itself; 0 for what is not told from 0."""
        digits = _digits(form, self._guide.context.dps, _SETTLED_DIGITS)
        return self._guide.context.mpf(0 if digits is None else digits._mpf_)

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
        digits = _digits(difference, 10)
        if digits is not None:
            return 1 if digits > 0 else -1
        return _proved_equal(difference, x.size + y.size)

    def _compare(self, test: Callable[[int], bool]) -> Operation:
        return lambda x, y: self.one if test(self._order(x, y)) else self.zero

    def _extreme(self, side: int) -> Operation:
        def extreme(*values: Exact) -> Exact:
            best = values[0]
            for value in values[1:]:
                best = value if self._order(value, best) == side else best
            return best

        return extreme

    def _sign(self, value: Exact) -> Exact:
        return (self.operations["neg"](self.one), self.zero, self.one)[self._order(value, self.zero) + 1]

    def _abs(self, value: Exact) -> Exact:
        negated: Exact = self.operations["neg"](value)
        return value if self._order(value, self.zero) >= 0 else negated

    def _floor(self, value: Exact) -> Exact:
        nearest = self._nearest(value)
        return nearest if self._order(value, nearest) >= 0 else self.operations["sub"](nearest, self.one)

    def _round(self, value: Exact) -> Exact:
        below = self._floor(value)
        side = self._order(value, self.operations["add"](below, self.number("1/2")))
        up = side > 0 or (side == 0 and below.form % 2 == 1)
        return self.operations["add"](below, self.one) if up else below

    def _mod(self, value: Exact, divisor: Exact) -> Exact:
        whole = self._floor(self.operations["div"](value, divisor))
        rest: Exact = self.operations["sub"](value, self.operations["mul"](divisor, whole))
        return rest

    def _angle(self, y: Exact, x: Exact) -> Exact:
        side, turn, divide = self._order(x, self.zero), self.number("pi"), self.operations["div"]
        half = self.operations["mul"](self._sign(y), divide(turn, self.number("2")))
        angle: Exact = self.operations["atan"](divide(y, x)) if side else half
        if side < 0:
            angle = self.operations["add" if self._order(y, self.zero) >= 0 else "sub"](angle, turn)
        return angle

    def _nearest(self, value: Exact) -> Exact:
        """An integer less than 1 away."""
        from sympy import Integer, floor

        if value.form.is_Rational:
            return self._made(floor(value.form), None, 1)
        bits = max(0, int(self._guide.context.mag(value.guide))) if value.guide else 0
        if bits > _WHOLE_BITS:
            raise Refused(_too_large())
        digits = _digits(value.form, 15 + bits // 3)
        return self._made(Integer(0 if digits is None else int(digits.round())), None, 1)

    def _cbrt(self, value: Exact) -> Exact:
        third = self.operations["div"](self.one, self.number("3"))
        root = self.operations["pow"](self._abs(value), third)
        signed: Exact = self.operations["mul"](self._sign(value), root)
        return signed


_TIDY_SIZE = 100
_TIDY_BITS = 16
_TESTS: dict[str, Callable[[int], bool]] = {
    "lt": lambda order: order < 0,
    "le": lambda order: order <= 0,
    "gt": lambda order: order > 0,
    "ge": lambda order: order >= 0,
    "eq": lambda order: order == 0,
    "ne": lambda order: order != 0,
}
_GAMMA_MOST = 5_000
_ROOT_BITS = 1_000  # SymPy looks for the factors of what is under a root
_WHOLE_BITS = 20_000  # of an irrational number's whole part
_PROVABLE_SIZE = 80
_DOUBT_BITS = 64
_MOST_BITS = dict.fromkeys(("exp", "expm1", "erfc", "tanh"), 120) | dict.fromkeys(("sin", "cos", "tan"), 2_000)
_GAMMA_FAMILY = frozenset({"gamma", "lgamma", "digamma", "polygamma"})
_LOGARITHMS = frozenset({"log", "log1p", "log2", "log10"})
_STEEP = _GAMMA_FAMILY | _LOGARITHMS | {"atanh", "tan", "div"}  # where a rounded argument may meet a pole
_LOSING = _GAMMA_FAMILY | _LOGARITHMS | {"sin", "cos", "tan", "asin", "acos", "acosh", "hypot"}
_RANGES = {"asin": (-1, 1), "acos": (-1, 1), "acosh": (1, math.inf), "sqrt": (0, math.inf)}


def _too_large() -> Diagnostic:
    return _problem("exact.size", "an exact number here grows too large")


def _problem(code: str, message: str) -> Diagnostic:
    return Diagnostic(code, message, "without --exact, or with --digits, it is an ordinary number")


def _inside(name: str, guide: Any) -> Any:
    """The guide without the rounding that takes it out of the function's domain."""
    low, high = _RANGES.get(name, (guide, guide))
    return guide if low <= guide <= high else guide * 0 + (low if guide < low else high)


def _doubtful(name: str, guides: list[Any], guide: Any) -> bool:
    """Whether a guide may have lost its digits: to cancellation, or to an argument of many digits."""
    largest = max(map(abs, guides))
    if name in ("add", "sub"):
        return bool(abs(guide) * 2**_DOUBT_BITS <= largest)
    if name in ("sin", "cos", "tan") and largest > 2**_DOUBT_BITS:
        return True
    return name in _LOSING and bool(abs(guide) * 2**_DOUBT_BITS < 1)


def _digits(form: Any, count: int, more: int = _SIGN_DIGITS) -> Any:
    """So many right digits of a number, None where it is not told from 0: two precisions must agree."""
    precision, most, step = count + 20, count + more, 40
    before = _attempt(form, precision)
    while precision < most:
        precision, step = min(most, precision + step), 2 * step
        after = _attempt(form, precision)
        if before is not None and after is not None and abs(after - before) * 10**count <= abs(after):
            return after
        before = after
    return None


def _attempt(form: Any, count: int) -> Any:
    """SymPy's digits, None where it has none; it rounds the arguments of some functions, also beside a pole."""
    try:
        digits = form.evalf(count, maxn=count + 200)
    except RecursionError:
        raise Refused(_too_large()) from None
    except (ArithmeticError, ValueError):
        return None
    if not digits.is_Float:
        digits = digits.as_real_imag()[0]
    known = digits.is_Float and digits.is_finite and digits._prec > 1  # noqa: SLF001  # its mark of no right digits
    return digits if known else None


def _bits(number: Any) -> int:
    return max(int(number.p).bit_length(), int(number.q).bit_length())


def _widest(form: Any) -> int:
    """The bits of the longest rational in a number."""
    from sympy import Rational

    return max(map(_bits, form.atoms(Rational)), default=0)


def _measure(name: str, arguments: tuple[Exact, ...]) -> None:
    """Refuse what SymPy or mpmath would work on for long."""
    last = arguments[-1]
    if name in _GAMMA_FAMILY and (last.form.is_Rational or last.guide < 0):
        order = {"polygamma": int(abs(arguments[0].guide)) + 2, "digamma": 2}.get(name, 1)
        if abs(last.guide) * order > _GAMMA_MOST:
            raise Refused(_too_large())
    root = name in ("sqrt", "hypot") and max(_widest(argument.form) for argument in arguments)
    if root > (_ROOT_BITS if name == "sqrt" else _ROOT_BITS // 4):
        raise Refused(_too_large())


def _measure_power(base: Any, exponent: Exact) -> None:
    if not exponent.form.is_Integer and _widest(base) > _ROOT_BITS:
        raise Refused(_too_large())
    grows = base.is_Rational or (exponent.form.is_Rational and not base.is_Add)
    if grows and _widest(base) * abs(exponent.guide) > limits.EXACT_BITS:
        raise Refused(_too_large())


def _proved_equal(difference: Any, size: int) -> int:
    from sympy import simplify

    with suppress(ArithmeticError, ValueError, RecursionError):
        if size <= _PROVABLE_SIZE and simplify(difference) == 0:
            return 0
    raise Refused(_problem("exact.undecided", "whether two exact numbers here are equal could not be decided"))


@cache
def _forms() -> dict[str, Callable[..., Any]]:
    """SymPy's counterpart of each primitive. Domains are asked before, so real arguments meet real values."""
    import sympy as s

    named = "exp log sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sqrt erf erfc gamma digamma polygamma"
    forms: dict[str, Callable[..., Any]] = {name: getattr(s, name) for name in named.split()}
    return forms | {
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
        "mul": lambda x, y: x * y,
        "div": lambda x, y: x / y,
        "neg": lambda x: -x,
        "pow": lambda x, y: x**y,
        "hypot": lambda x, y: s.sqrt(x**2 + y**2),
        "expm1": lambda x: s.exp(x) - 1,
        "log1p": lambda x: s.log(1 + x),
        "log2": lambda x: s.log(x, 2),
        "log10": lambda x: s.log(x, 10),
        "lgamma": lambda x: s.log(s.Abs(s.gamma(x))),
    }
