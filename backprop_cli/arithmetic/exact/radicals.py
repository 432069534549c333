"""Whether a number made of rationals and roots is 0: decided, by how near to 0 such a number can be.

A form of rationals, ``+ - * /`` and roots of positive numbers has a bound below which it is 0, known from its parts
(Burnikel, Funke, Mehlhorn, Schirra, Schmitt: A separation bound for real algebraic expressions, Algorithmica 2009).
With u and l for each part, and D the product of the degrees of its different roots, E ≠ 0 implies |E| ≥ 1/(l·u^(D-1)):

    whole n: u = |n|, l = 1        E1 ± E2: u = u1·l2 + l1·u2, l = l1·l2
    E1·E2: u = u1·u2, l = l1·l2    E1/E2: u = u1·l2, l = l1·u2
    ᵏ√E1: u = (u1·l1^(k-1))^(1/k), l = l1 if u1 ≥ l1, else u = u1, l = (u1^(k-1)·l1)^(1/k)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from flint import arb

from backprop_cli.arithmetic import balls
from backprop_cli.arithmetic.exact.enclosure import enclosure
from backprop_cli.arithmetic.exact.parts import in_order

_DEGREE, _BITS = 2_000, 20_000

Size = tuple[float, float]  # log2 of u and l


def is_algebraic(form: Any) -> bool:
    """Whether a form has only rationals, sums, products, and powers with rational exponents."""
    waiting = [form]
    while waiting:
        part = waiting.pop()
        if part.is_Pow and part.exp.is_Rational:
            waiting.append(part.base)
        elif part.is_Add or part.is_Mul:
            waiting += part.args
        elif not part.is_Rational:
            return False
    return True


def is_zero(form: Any) -> bool:
    """Whether an algebraic form is 0; False also where that would take too many digits to tell."""
    bits = _needed(form)
    if bits is None:
        return False
    for working in (bits + 64, 2 * bits + 256):
        ball = enclosure(form, working)
        if balls.sign(ball) == 0:
            return True
        if balls.is_finite(ball) and abs(arb(ball)) < arb(2) ** -bits:
            return True
    return False


def _needed(form: Any) -> int | None:
    """A number 2^-bits below which the form is 0, None if it takes too many."""
    sizes: dict[Any, Size] = {}
    degrees: dict[Any, int] = {}
    for part in in_order(form, _inner):
        sizes[part] = _size(part, sizes)
        if part.is_Pow and part.exp.q > 1:
            degrees[part.base] = math.lcm(degrees.get(part.base, 1), int(part.exp.q))
    degree = math.prod(degrees.values())
    above, below = sizes[form]
    bits = (degree - 1) * above + below
    return math.ceil(bits * 1.001) + 8 if degree <= _DEGREE and bits < _BITS else None


def _inner(part: Any) -> Sequence[Any]:
    """The parts whose sizes a part's own size asks for."""
    return (part.base,) if part.is_Pow else part.args


def _size(part: Any, sizes: dict[Any, Size]) -> Size:
    if part.is_Rational:
        return _log2(abs(int(part.p))), _log2(int(part.q))
    if part.is_Pow:
        return _power(sizes[part.base], part.exp)
    above, below = sizes[part.args[0]]
    for argument in part.args[1:]:
        up, down = sizes[argument]
        above = max(above + down, below + up) + 1 if part.is_Add else above + up
        below += down
    return above, below


def _power(base: Size, exponent: Any) -> Size:
    above, below = base
    k, n = int(exponent.q), abs(int(exponent.p))
    if above >= below:
        above = (above + (k - 1) * below) / k
    else:
        below = ((k - 1) * above + below) / k
    return (n * above, n * below) if exponent > 0 else (n * below, n * above)


def _log2(n: int) -> float:
    return float(n.bit_length())
