"""How far apart the numbers on the way to a value lie: what a difference must outdo to be seen in so many bits.

``x + 1e-60`` needs 200 bits more than x has for the second term to count, and so does what follows from it. A function
that saturates hides the size of its argument: 1 - tanh(x) is as small as exp(-2·x), though nothing on the way is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from flint import arb, fmpq

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.sides import Here

_LINEAR = frozenset({"tanh", "sech", "sigmoid", "silu", "softplus", "elu", "selu", "expm1"})
_SQUARE = frozenset({"erf", "erfc", "gelu"})
_HIDDEN = 2.9  # bits for each unit of the argument: tanh's exp(2·x)
_FAR = 10**9


@dataclass(frozen=True, slots=True)
class Extent:
    """The powers of 2 between which the numbers lie that are not 0, and what saturated gates hide below them, in bits.

    ``blurred``: of some number not even the sign is known.
    """

    low: int = 0
    high: int = 0
    hidden: int = 0
    blurred: bool = False

    @property
    def bits(self) -> int:
        """How many bits it takes for the smallest number to count beside the largest."""
        return self.high - self.low + self.hidden

    def beside(self, value: Number) -> Extent:
        """With one more number."""
        size = exponent(value)
        if size is None:
            return self if _is_zero(value) else Extent(self.low, self.high, self.hidden, blurred=True)
        return Extent(min(self.low, size), max(self.high, size), self.hidden, self.blurred)

    def hardly(self, value: Number, bits: int) -> bool:
        """Whether a ball around 0 is as small as half of the bits make it, beside the largest number on the way."""
        ball = arb(value)
        return bool(ball.is_finite() and abs(ball).upper() < arb(fmpq(1, 2)) ** (bits // 2 - self.high))

    def joined(self, other: Extent) -> Extent:
        """Of both."""
        hidden, blurred = max(self.hidden, other.hidden), self.blurred or other.blurred
        return Extent(min(self.low, other.low), max(self.high, other.high), hidden, blurred)


def extent(here: Here) -> Extent:
    """That of the numbers which the output's value comes from."""
    found = Extent()
    for index in _live(here):
        value, node = here.number(index), here.circuit.nodes[index]
        if value is None:
            continue
        found = found.beside(value)
        if node.op in _LINEAR or node.op in _SQUARE:
            hidden = _hides(here.number(node.inputs[0]), square=node.op in _SQUARE)
            found = Extent(found.low, found.high, max(found.hidden, hidden), found.blurred)
    return found


def _live(here: Here) -> Iterator[int]:
    """The output and what it asks, without the branches that ``where`` does not take."""
    waiting, seen = [here.circuit.output], set[int]()
    while waiting:
        index = waiting.pop()
        if index in seen or here.number(index) is None:
            continue
        seen.add(index)
        yield index
        if here.circuit.nodes[index].is_gate:
            waiting += here.asked(index)


def _hides(argument: Number | None, *, square: bool) -> int:
    size = None if argument is None else exponent(argument)
    if argument is None or size is None or size < 0:
        return 0
    if size > 30:
        return _FAR
    away = abs(float(arb(argument).mid()))
    return min(_FAR, math.ceil(away * away * 1.5 if square else away * _HIDDEN))


def exponent(value: Number) -> int | None:
    """The power of 2 just above a number's size; None of 0, and where it is not known."""
    if type(value) is fmpq:
        return int(value.p.bit_length()) - int(value.q.bit_length()) + 1 if value != 0 else None
    if not value.is_finite() or value.contains(0):
        return None
    mantissa, power = value.mid().man_exp()
    return int(power) + int(mantissa).bit_length()


def _is_zero(value: Number) -> bool:
    return bool(arb(value).is_zero())


def is_sharp(value: Number, bits: int) -> bool:
    """Whether so many leading bits of a number are known."""
    if type(value) is fmpq:
        return True
    return bool(value.is_finite() and (value.is_exact() or value.rel_accuracy_bits() >= bits))
