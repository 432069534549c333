"""The arithmetic of ``--exact``: SymPy constants, each beside a ball that tells its size and sign.

A sign is decided by balls of growing precision; where they go on holding 0, equality must be proved, or the question is
refused. A number that a ball puts beside a short rational is that rational, if that is proved.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flint import arb

from backprop_cli import limits
from backprop_cli.arithmetic import balls
from backprop_cli.arithmetic.ball_functions import OPERATIONS
from backprop_cli.arithmetic.ball_text import to_float
from backprop_cli.arithmetic.exact import enclosure, zero
from backprop_cli.arithmetic.exact.primitives import (
    depth,
    forms,
    levels,
    measure,
    problem,
    tell_sign,
    too_large,
    undecided,
)
from backprop_cli.arithmetic.exact.tidy import nearby, tidied
from backprop_cli.arithmetic.protocol import Number, Operation
from backprop_cli.lost import LOST

_GUIDE_BITS = 200
_SURE_BITS = 120  # of a guide
_DOUBLE_BITS = 120
_WHOLE_BITS = 20_000  # of an irrational number's whole part
_DEPTH = 100  # SymPy recurses
_PROVED_BITS = 2_048  # a ball that holds 0 is looked at with so many bits before a proof is tried


@dataclass(frozen=True, slots=True)
class Exact:
    """A SymPy constant, the ball that holds it, its number of operations, and how deep they are nested at most."""

    form: Any
    guide: Number
    size: int
    depth: int = 1


class ExactNumbers:
    """The arithmetic of ``--exact``."""

    name = "exact"
    doubles, exact, digits = False, True, 17

    def __init__(self) -> None:
        self._orders: dict[Any, int] = {}
        self.zero, self.one = self.number("0"), self.number("1")
        self.operations: dict[str, Operation] = {name: self._lift(name, form) for name, form in forms().items()}
        self.operations |= {name: self._compare(test) for name, test in _TESTS.items()}
        self.operations |= {"max": self._extreme(1), "min": self._extreme(-1), "sign": self._sign, "abs": self._abs}
        self.operations |= {"where": lambda c, x, y: x if self.truth(c) else y, "cbrt": self._cbrt}
        turn = self.operations["neg"]
        self.operations |= {"floor": self._floor, "ceil": lambda x: turn(self._floor(turn(x))), "round": self._round}
        self.operations |= {"mod": self._rest(self._floor), "fmod": self._rest(self._cut), "atan2": self._angle}

    def number(self, text: str) -> Exact:
        """The literal as a fraction, π or e."""
        import sympy

        if text in ("pi", "e"):
            form = sympy.pi if text == "pi" else sympy.E
            return Exact(form, enclosure.enclosure(form, _GUIDE_BITS), 1)
        return self._rational(sympy.Rational(text))

    def literal(self, text: str) -> Exact:
        """The same."""
        return self.number(text)

    def is_finite(self, value: Number) -> bool:
        """A real number of a size that can be told."""
        form = value.form  # of more than an atom SymPy would ask a few digits, and may fail
        return (not form.is_Atom or form.is_real is True) and balls.is_finite(value.guide)

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
        return to_float(self.enclosed(value, _DOUBLE_BITS))

    def text(self, value: Number) -> str:
        """The number as SymPy writes it, in the shortest form that is found."""
        most = sys.get_int_max_str_digits()
        sys.set_int_max_str_digits(0)  # these integers are bounded by EXACT_BITS
        try:
            return _written(tidied(value.form, value.size))
        except RecursionError:
            raise too_large() from None
        finally:
            sys.set_int_max_str_digits(most)

    def absolute(self, value: Number) -> Exact:
        """|value|."""
        return self._abs(value)

    def enclosed(self, value: Number, bits: int) -> Number:
        """A rational exactly, any other number as a ball that tells so many bits of it, where they can be had."""
        if value.form.is_Rational or enclosure.accuracy(value.guide) >= bits:
            return value.guide
        return enclosure.tight(value.form, bits)

    def _lift(self, name: str, form: Callable[..., Any]) -> Operation:
        approximate = OPERATIONS[name]

        def operation(*arguments: Exact) -> Exact:
            nested = levels(name) + max(argument.depth for argument in arguments)
            if nested > _DEPTH:  # of a long sum less than its gates
                nested = levels(name) + max(depth(argument.form) for argument in arguments)
                if nested > _DEPTH:
                    raise too_large()
            measure(name, arguments)
            try:
                value = form(*(argument.form for argument in arguments))
                if value.is_Rational:
                    return self._rational(value)
                size = 1 + sum(argument.size for argument in arguments)
                return self._irrational(value, _guide(approximate, arguments), size, nested)
            except RecursionError:
                raise too_large() from None
            except LOST:
                message = f"SymPy does not find the {name} of these exact numbers"
                raise problem("exact.undecided", message) from None

        return operation

    def _rational(self, value: Any) -> Exact:
        if max(int(value.p).bit_length(), int(value.q).bit_length()) > limits.EXACT_BITS:
            raise too_large()
        return Exact(value, enclosure.rational(value), 1)

    def _irrational(self, value: Any, guide: Number, size: int, nested: int) -> Exact:
        """A number with a guide that tells its size; a rational in disguise is shown up."""
        if size > limits.EXACT_SIZE:
            raise too_large()
        if enclosure.accuracy(guide) < _SURE_BITS:
            guide = enclosure.tight(value, _SURE_BITS)
            if not balls.is_finite(guide) and not value.is_Atom:
                raise undecided() if guide.is_nan() else too_large()
            if not enclosure.accuracy(guide) and balls.is_finite(guide) and zero.vanishes(value):
                return self.zero
        tell_sign(value, balls.sign(guide) or 0)
        short = nearby(guide)
        if short is not None and zero.vanishes(value - short):
            return self._rational(short)
        return Exact(value, guide, size, nested)

    def _order(self, x: Exact, y: Exact) -> int:
        """-1, 0 or 1 as x is less than, equal to or greater than y."""
        with balls.working(_GUIDE_BITS):
            apart = balls.sign(balls.sub(x.guide, y.guide))
        if apart is not None:
            return apart
        difference = x.form - y.form
        known = self._orders.get(difference)
        if known is None:
            known = self._orders[difference] = _decided(difference)
        return known

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

    def _cut(self, value: Exact) -> Exact:
        """The whole part towards 0."""
        whole: Exact = self.operations["floor" if self._order(value, self.zero) >= 0 else "ceil"](value)
        return whole

    def _round(self, value: Exact) -> Exact:
        near = self._nearest(value)
        half = self.number("1/2")
        add, sub = self.operations["add"], self.operations["sub"]
        low, high = self._order(value, sub(near, half)), self._order(value, add(near, half))
        odd = near.form % 2 == 1
        if low < 0 or (low == 0 and odd):
            return self._rational(near.form - 1)
        return self._rational(near.form + 1) if high > 0 or (high == 0 and odd) else near

    def _rest(self, whole: Callable[[Exact], Exact]) -> Operation:
        def rest(value: Exact, divisor: Exact) -> Exact:
            count = whole(self.operations["div"](value, divisor))
            left: Exact = self.operations["sub"](value, self.operations["mul"](divisor, count))
            return left

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
            return self._rational(floor(value.form))
        if not abs(value.guide) < arb(2) ** _WHOLE_BITS:
            raise too_large()
        bits = next(bits for bits in range(0, _WHOLE_BITS + 1, 64) if abs(value.guide) < arb(2) ** bits)
        ball = arb(enclosure.tight(value.form, bits + 64))
        if abs(ball) < 1:
            return self.zero
        mantissa, exponent = ball.mid().man_exp()
        if exponent > _WHOLE_BITS or exponent < -_WHOLE_BITS:
            raise undecided()
        doubled = (2 * int(mantissa) << int(exponent)) if exponent >= 0 else 2 * int(mantissa) >> -int(exponent)
        return self._rational(Integer((doubled + 1) // 2))

    def _cbrt(self, value: Exact) -> Exact:
        third = self.operations["div"](self.one, self.number("3"))
        root = self.operations["pow"](self._abs(value), third)
        signed: Exact = self.operations["mul"](self._sign(value), root)
        return signed


_E = re.compile(r"\bE\b")
_TESTS: dict[str, Callable[[int], bool]] = {
    "lt": lambda order: order < 0,
    "le": lambda order: order <= 0,
    "gt": lambda order: order > 0,
    "ge": lambda order: order >= 0,
    "eq": lambda order: order == 0,
    "ne": lambda order: order != 0,
}


def _guide(approximate: Operation, arguments: tuple[Exact, ...]) -> Number:
    """The operation on the arguments' balls, nan where they tell nothing."""
    with balls.working(_GUIDE_BITS):
        try:
            return approximate(*(argument.guide for argument in arguments))
        except enclosure.TELLS_NOTHING:
            return balls.NAN


def _decided(difference: Any) -> int:
    """The sign of a form: by few digits, by proof, by many digits; refused where none of them tells."""
    if difference.is_Rational:
        return balls.sign(enclosure.rational(difference)) or 0
    found = enclosure.sign(difference, most=_PROVED_BITS)
    if found is None and zero.vanishes(difference):
        return 0
    found = enclosure.sign(difference, first=_PROVED_BITS) if found is None else found
    if found is None:
        raise undecided()
    return found


def _written(form: Any) -> str:
    """The form as text; where SymPy cannot put the terms of a sum in order, which takes their sizes, in any order."""
    from sympy import sstr

    try:
        text = str(form)
    except ArithmeticError:
        text = str(sstr(form, order="none"))
    return _E.sub("e", text)
