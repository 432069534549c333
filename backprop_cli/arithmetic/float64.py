"""Double precision: Python's floats and the C library's functions, made total.

digamma and polygamma come from the arithmetic of balls, which is loaded when one of them is first used.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

from backprop_cli.arithmetic.protocol import Number, Operation

_NAN, _INF = math.nan, math.inf
_SPECIAL_BITS = 128


def _total(function: Callable[..., float]) -> Callable[..., float]:
    """The function with overflow as infinity and a missing value as NaN, instead of an exception."""

    def total(*arguments: float) -> float:
        try:
            return function(*arguments)
        except OverflowError:
            return _INF
        except (ValueError, ZeroDivisionError):
            return _NAN

    return total


def _div(x: float, y: float) -> float:
    try:
        return x / y
    except ZeroDivisionError:
        return _NAN if x == 0 or math.isnan(x) else math.copysign(_INF, x)


def _pow(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except OverflowError:
        return -_INF if x < 0 and y % 2 == 1 else _INF
    except ValueError:
        return _INF if x == 0 else _NAN


def _atan2(y: float, x: float) -> float:
    # Adding 0.0 turns -0.0 into 0.0, so that a point on the negative x axis always has the angle +π.
    return math.atan2(y + 0.0, x + 0.0)


def _sign(x: float) -> float:
    return float((x > 0) - (x < 0))


def _special(name: str) -> Callable[..., float]:
    def special(*arguments: float) -> float:
        if not all(map(math.isfinite, arguments)):
            return _NAN
        from backprop_cli.arithmetic.ball_arithmetic import Balls
        from backprop_cli.arithmetic.balls import from_float

        balls = Balls(_SPECIAL_BITS)
        return balls.to_float(balls.operations[name](*map(from_float, arguments)))

    return _total(special)


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    return _total(lambda x: float(function(x)))


def _compare(test: Callable[[float, float], bool]) -> Operation:
    return lambda x, y: 1.0 if test(x, y) else 0.0


_OPERATIONS: dict[str, Operation] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": _div,
    "neg": operator.neg,
    "pow": _pow,
    "sqrt": _total(math.sqrt),
    "abs": abs,
    "sign": _sign,
    "atan2": _atan2,
    "hypot": math.hypot,
    "max": lambda *values: max(values),
    "min": lambda *values: min(values),
    "mod": _total(operator.mod),
    "fmod": _total(math.fmod),
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "round": _whole(round),
    "digamma": _special("digamma"),
    "polygamma": _special("polygamma"),
    "lt": _compare(operator.lt),
    "le": _compare(operator.le),
    "gt": _compare(operator.gt),
    "ge": _compare(operator.ge),
    "eq": _compare(operator.eq),
    "ne": _compare(operator.ne),
    "where": lambda c, x, y: x if c else y,
}
_FROM_MATH = (
    "cbrt exp expm1 log log1p log2 log10 sin cos tan asin acos atan "
    "sinh cosh tanh asinh acosh atanh erf erfc gamma lgamma"
)
_OPERATIONS |= {name: _total(getattr(math, name)) for name in _FROM_MATH.split()}


class Float64:
    """The default arithmetic."""

    name = "float64"
    doubles, exact, digits = True, False, 17
    zero, one = 0.0, 1.0
    operations = _OPERATIONS

    def number(self, text: str) -> float:
        """The double nearest to the literal; too large is infinite."""
        return math.pi if text == "pi" else math.e if text == "e" else float(text)

    literal = number

    is_finite = staticmethod(math.isfinite)

    def truth(self, value: Number) -> bool:
        """Whether it is not 0."""
        return bool(value)

    def to_float(self, value: Number) -> float:
        """The value itself, with -0.0 as 0.0."""
        return float(value) + 0.0

    def text(self, value: Number) -> str:
        """The shortest decimal that reads back as the same double."""
        return repr(float(value) + 0.0)

    def absolute(self, value: Number) -> float:
        """|value|."""
        return abs(float(value))

    def enclosed(self, value: Number, bits: int) -> Number:
        """The double itself, exactly."""
        from backprop_cli.arithmetic.balls import from_float

        return from_float(float(value))
