"""Cheaper forms of one instruction: identities of arithmetic, right to a few units in the last place.

Each function is the gate of its name on instructions made before, or None where nothing simpler is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backprop_cli.engine.instructions import Instructions

_MOST_POWER = 8
_LARGE = 2.0**1000  # whose reciprocal is still a power of two with all its digits


def add(code: Instructions, x: int, y: int) -> int | None:
    """X + 0, and sums with a negative."""
    if code.value(x) == 0:
        return y
    if code.value(y) == 0:
        return x
    for one, other in ((y, x), (x, y)):
        negative = code.under("neg", one)
        if negative is not None:
            return code.make("sub", other, negative)
    return None


def sub(code: Instructions, x: int, y: int) -> int | None:
    """X - 0, 0 - y, x - (-y)."""
    if code.value(y) == 0:
        return x
    if code.value(x) == 0:
        return code.make("neg", y)
    negative = code.under("neg", y)
    return None if negative is None else code.make("add", x, negative)


def neg(code: Instructions, x: int) -> int | None:
    """-(-x), -(x - y)."""
    one = code.list[x]
    return one.inputs[0] if one.op == "neg" else code.make("sub", *one.inputs[::-1]) if one.op == "sub" else None


def mul(code: Instructions, x: int, y: int) -> int | None:
    """Products with 1 and -1, and with negatives, whose signs move out."""
    for one, other in ((x, y), (y, x)):
        if code.value(one) == 1:
            return other
        if code.value(one) == -1:
            return code.make("neg", other)
        negative = code.under("neg", one)
        if negative is not None:
            return code.make("neg", code.make("mul", negative, other))
    return None


def div(code: Instructions, x: int, y: int) -> int | None:
    """x/1, quotients of negatives, and division by a power of two, which is a product."""
    number = code.value(y)
    if number == 1:
        return x
    if number is not None and abs(math.frexp(number)[0]) == 0.5 and abs(number) < _LARGE:
        return code.make("mul", x, code.constant(1 / number))
    negative = code.under("neg", x)
    return None if negative is None else code.make("neg", code.make("div", negative, y))


def absolute(code: Instructions, x: int) -> int | None:
    """|-x| and ||x||."""
    negative = code.under("neg", x)
    return x if code.list[x].op == "abs" else None if negative is None else code.make("abs", negative)


def power(code: Instructions, x: int, y: int) -> int | None:
    """Small whole powers as products: NumPy's power costs as much as 250 of them."""
    number = code.value(y)
    if number is None or not number.is_integer() or not 0 < abs(number) <= _MOST_POWER:
        return None
    whole = _product(code, x, int(abs(number)))
    return whole if number > 0 else code.make("div", code.constant(1.0), whole)


def _product(code: Instructions, x: int, count: int) -> int:
    if count == 1:
        return x
    half = _product(code, x, count // 2)
    squared = code.make("mul", half, half)
    return squared if count % 2 == 0 else code.make("mul", squared, x)


def equal_to_zero(code: Instructions, x: int, y: int) -> int | None:
    """A mask's 0 and 1 compared with 0 is the mask, turned over."""
    mask = _mask_behind(code, x, y)
    return None if mask is None else code.make("not", mask)


def unequal_to_zero(code: Instructions, x: int, y: int) -> int | None:
    """A mask's 0 and 1 compared with 0 is the mask."""
    return _mask_behind(code, x, y)


def _mask_behind(code: Instructions, x: int, y: int) -> int | None:
    for one, other in ((x, y), (y, x)):
        if code.value(other) == 0:
            mask = code.under("float", one)
            if mask is not None:
                return mask
    return None


PEEPHOLES: dict[str, Callable[..., int | None]] = {
    "add": add,
    "sub": sub,
    "neg": neg,
    "mul": mul,
    "div": div,
    "abs": absolute,
    "pow": power,
    "eq": equal_to_zero,
    "ne": unequal_to_zero,
}
