"""Whether what a gate comes to beside a point is its value at the point, or the opposite of that.

Balls that overlap prove nothing, so this follows from the inputs: a number and its opposite have one square. It knows
gates by their symmetry, and no series.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from flint import fmpq

from backprop_cli.arithmetic.balls import is_zero, neg, sign, sub
from backprop_cli.arithmetic.protocol import Number

SAME, OPPOSITE, UNKNOWN = 1, -1, 0

_EVEN = frozenset({"abs", "square", "cos", "sec", "cosh", "sech", "hypot"})
_ODD = frozenset(
    {"neg", "sin", "tan", "csc", "cot", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "erf", "cbrt", "reciprocal"}
    | {"identity", "softsign", "hardtanh", "sign", "mul", "div"}
)


def followed(op: str, inputs: Sequence[int], exponent: Number | None) -> int:
    """A gate's likeness from that of its inputs, on one piece; ``exponent`` is the last input's value."""
    if op == "where":
        return inputs[-1]
    if UNKNOWN in inputs:
        return UNKNOWN
    if op in _EVEN or OPPOSITE not in inputs:
        return SAME
    if op in ("add", "sub"):
        return OPPOSITE if SAME not in inputs else UNKNOWN
    if op == "pow":
        return _of_power(inputs[1], exponent)
    is_odd = op in _ODD or (op == "atan2" and inputs[1] == SAME)  # in y, beside one x that is not at the cut
    return prod(inputs) if is_odd else UNKNOWN


def _of_power(like: int, exponent: Number | None) -> int:
    if like != SAME or type(exponent) is not fmpq or exponent.q != 1:
        return UNKNOWN
    return SAME if exponent.p % 2 == 0 else OPPOSITE


def compared(op: str, limit: Number, value: Number, on_an_axis: bool) -> int:
    """The likeness of two numbers by themselves. ``on_an_axis``: both are angles that are multiples of a right one."""
    if limit is value:
        return SAME
    exact = type(limit) is fmpq and type(value) is fmpq
    # Of ±π/2 and ±π those that differ do not overlap.
    if exact or (op == "atan2" and on_an_axis):
        return next(
            (like for like, one in ((SAME, value), (OPPOSITE, neg(value))) if not sign(sub(limit, one))), UNKNOWN
        )
    return UNKNOWN


def on_an_axis(numbers: Sequence[Number | None]) -> bool:
    """Whether one coordinate is exactly 0."""
    return any(number is not None and is_zero(number) for number in numbers)
