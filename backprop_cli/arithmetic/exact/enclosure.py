"""A SymPy constant as a ball: a walk over its form with its own stack, each part once, at a stated precision.

What the walk returns is rigorous: the number lies in the ball. Where SymPy's form has no real value here, or the
precision does not tell one, the ball is nan. SymPy's own ``evalf`` is not asked: its digits have no error bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flint import arb, fmpq

from backprop_cli.arithmetic import balls
from backprop_cli.arithmetic.ball_functions import OPERATIONS, root
from backprop_cli.arithmetic.balls import UnknownSign
from backprop_cli.arithmetic.exact.parts import in_order
from backprop_cli.arithmetic.protocol import Number

_ELEMENTARY_BITS, _GAMMA_BITS = 16_384, 4_096
_WORK = 12_000_000  # bits times operations
_GAMMA_WORK = 50_000
_FIRST_BITS = 128
_DEGREE = 64  # of a root that is taken as one

# What a ball raises that holds a pole, or a function with arguments that it does not have here, as zeta(2, x).
TELLS_NOTHING = (UnknownSign, ArithmeticError, TypeError, ValueError)
_GAMMA_FAMILY = frozenset({"gamma", "loggamma", "polygamma", "zeta"})
_CONSTANTS: dict[str, Callable[[], arb]] = {
    "Pi": arb.pi,
    "Exp1": arb.const_e,
    "EulerGamma": arb.const_euler,
    "Catalan": arb.const_catalan,
}
_SAME_NAME = "exp log sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh erf erfc gamma polygamma sign"
_FUNCTIONS = {name: OPERATIONS[name] for name in _SAME_NAME.split()} | {
    "Abs": OPERATIONS["abs"],
    "Max": OPERATIONS["max"],
    "Min": OPERATIONS["min"],
    "loggamma": OPERATIONS["lgamma"],
    "zeta": lambda x: arb(x).zeta(),
    "sech": lambda x: arb(x).sech(),
    "csch": lambda x: arb(x).csch(),
    "coth": lambda x: arb(x).coth(),
    "sec": lambda x: arb(x).sec(),
    "csc": lambda x: arb(x).csc(),
    "cot": lambda x: arb(x).cot(),
}


def enclosure(form: Any, bits: int) -> Number:
    """The number as a ball (a rational where it turns out to be one), nan where so many bits tell nothing."""
    with balls.working(bits):
        known: dict[Any, Number] = {}
        for part in in_order(form):
            known[part] = _value(part, [known[argument] for argument in part.args])
        return known[form]


def _value(part: Any, arguments: list[Number]) -> Number:
    if part.is_Rational:
        return rational(part)
    if not arguments:
        make = _CONSTANTS.get(type(part).__name__)
        return balls.NAN if make is None else make()
    try:
        if part.is_Add or part.is_Mul:
            return _chain(balls.add if part.is_Add else balls.mul, arguments)
        if part.is_Pow:
            return _power(part, *arguments)
        function = _FUNCTIONS.get(type(part).__name__)
        return balls.NAN if function is None else function(*arguments)
    except TELLS_NOTHING:
        return balls.NAN


def rational(form: Any) -> fmpq:
    """A SymPy rational as FLINT's."""
    return fmpq(int(form.p), int(form.q))


def _chain(operation: Callable[[Number, Number], Number], arguments: list[Number]) -> Number:
    total = arguments[0]
    for argument in arguments[1:]:
        total = operation(total, argument)
    return total


def _power(part: Any, base: Number, exponent: Number) -> Number:
    degree = int(part.exp.q) if part.exp.is_Rational else 1
    if degree == 1:
        return balls.power(base, exponent)
    if balls.sign(base) is None:  # of a base that may be 0 what is known above
        if part.exp < 0 or not balls.is_finite(base) or base < 0:
            return balls.NAN
        top = arb(base).upper()
        return balls.whole_power(arb(root(top, degree)).union(arb(0)), int(part.exp.p))
    return balls.power(base, exponent) if degree > _DEGREE else balls.whole_power(root(base, degree), int(part.exp.p))


def precisions(form: Any, first: int = _FIRST_BITS) -> Iterator[int]:
    """Growing precisions at which to look at a form, as far as that is a matter of a second."""
    size, gammas = _counted(form)
    most = min(_GAMMA_BITS, _GAMMA_WORK // gammas) if gammas else _ELEMENTARY_BITS
    most = max(2 * first, min(most, _WORK // size))
    bits = first
    while bits < most:
        yield bits
        bits *= 4
    yield most


def _counted(form: Any) -> tuple[int, int]:
    """How many different parts a form has, and how many of them are gamma functions and their like."""
    seen: set[Any] = set()
    waiting, gammas = [form], 0
    while waiting:
        part = waiting.pop()
        if part not in seen:
            seen.add(part)
            gammas += type(part).__name__ in _GAMMA_FAMILY
            waiting += part.args
    return len(seen), gammas


def sign(form: Any, first: int = _FIRST_BITS, most: int = _ELEMENTARY_BITS) -> int | None:
    """-1, 0 or 1 where a precision decides it, else None."""
    for bits in precisions(form, first):
        found = balls.sign(enclosure(form, min(bits, most)))
        if found is not None or bits >= most:
            return found
    return None


def accuracy(ball: Number) -> int:
    """How many bits of the number the ball tells, 0 where it holds 0."""
    if type(ball) is fmpq:
        return _ELEMENTARY_BITS
    return max(0, int(ball.rel_accuracy_bits())) if ball.is_finite() and balls.sign(ball) else 0


def tight(form: Any, bits: int) -> Number:
    """The number to so many bits of itself where a precision gives them, else the last ball."""
    found: Number = balls.NAN
    for working in precisions(form, bits + 32):
        found = enclosure(form, working)
        if accuracy(found) >= bits:
            break
    return found
