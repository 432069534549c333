"""Random exact numbers: what is decided against fractions and against balls of many digits; what is 0 is found to be.

The forms are made here, as trees of text, and are evaluated by code of this file, which shares nothing with the
program but FLINT.
"""

from __future__ import annotations

from fractions import Fraction

from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli import Refused
from backprop_cli.arithmetic.exact import Exact, ExactNumbers

EXACT = ExactNumbers()
OPERATIONS = EXACT.operations
DEEP = 6_000

fractions = st.fractions(min_value=-9, max_value=9, max_denominator=12)


@st.composite
def rationals(draw: st.DrawFn, depth: int = 4) -> tuple[Exact, Fraction]:
    """A number made of fractions by + - * /, and what it is."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        number = draw(fractions)
        return EXACT.number(str(number)), number
    (x, a), (y, b) = draw(rationals(depth - 1)), draw(rationals(depth - 1))
    name = draw(st.sampled_from(["add", "sub", "mul", "div"] if b else ["add", "sub", "mul"]))
    done = {"add": lambda: a + b, "sub": lambda: a - b, "mul": lambda: a * b, "div": lambda: a / b}[name]()
    return OPERATIONS[name](x, y), done


@given(rationals(), rationals())
def test_fractions_are_compared_as_fractions(first, second):
    (x, a), (y, b) = first, second
    expected = {"lt": a < b, "le": a <= b, "gt": a > b, "ge": a >= b, "eq": a == b, "ne": a != b}
    assert {name: EXACT.truth(OPERATIONS[name](x, y)) for name in expected} == expected
    whole = {"floor": a.__floor__(), "ceil": a.__ceil__(), "round": round(a)}
    assert {name: EXACT.text(OPERATIONS[name](x)) for name in whole} == {name: str(n) for name, n in whole.items()}
    if b:
        remainder = abs(a) % abs(b)
        assert EXACT.text(OPERATIONS["mod"](x, y)) == str(a % b)
        assert EXACT.text(OPERATIONS["fmod"](x, y)) == str(remainder if a >= 0 else -remainder)


@st.composite
def irrationals(draw: st.DrawFn, depth: int = 3) -> tuple[Exact, arb]:
    """A number with roots, logarithms, exponentials and waves, and a ball of many digits that holds it."""
    if depth == 0:
        number = draw(fractions)
        return EXACT.number(str(number)), arb(number.numerator) / number.denominator
    kind = draw(st.sampled_from(["add", "sub", "mul", "sqrt", "log", "exp", "sin", "cos", "atan", "tanh", "asinh"]))
    x, a = draw(irrationals(depth - 1))
    if kind in ("add", "sub", "mul"):
        y, b = draw(irrationals(depth - 1))
        return OPERATIONS[kind](x, y), {"add": a + b, "sub": a - b, "mul": a * b}[kind]
    if kind in ("sqrt", "log"):
        x, a = OPERATIONS["add"](OPERATIONS["mul"](x, x), EXACT.one), a * a + 1
    if kind == "exp":
        x, a = OPERATIONS["atan"](x), a.atan()
    return OPERATIONS[kind](x), getattr(a, kind)()


@settings(max_examples=60)
@given(st.data())
def test_signs_and_enclosures_are_those_of_many_digits(data):
    ctx.prec = DEEP
    try:
        (x, a), (y, b) = data.draw(irrationals()), data.draw(irrationals())
        order = EXACT.truth(OPERATIONS["lt"](x, y)), EXACT.truth(OPERATIONS["gt"](x, y))
    except Refused:
        return
    ctx.prec = DEEP
    difference = a - b
    if order == (False, False):
        assert difference.contains(0)
    else:
        assert order == (not difference > 0, not difference < 0)
    for value, ball in ((x, a), (y, b)):
        assert arb(EXACT.enclosed(value, 300)).overlaps(ball)


IDENTITIES = {
    "the difference of two squares": lambda o, x, y: (
        o["mul"](o["add"](x, y), o["sub"](x, y)),
        o["sub"](o["mul"](x, x), o["mul"](y, y)),
    ),
    "a logarithm of a product": lambda o, x, y: (
        o["log"](o["mul"](o["exp"](x), o["add"](EXACT.one, o["mul"](y, y)))),
        o["add"](x, o["log"](o["add"](EXACT.one, o["mul"](y, y)))),
    ),
    "a sine of a sum": lambda o, x, y: (
        o["sin"](o["add"](x, y)),
        o["add"](o["mul"](o["sin"](x), o["cos"](y)), o["mul"](o["cos"](x), o["sin"](y))),
    ),
    "a root of a square": lambda o, x, _: (o["sqrt"](o["mul"](x, x)), o["abs"](x)),
    "a hyperbolic one": lambda o, x, _: (
        o["sub"](o["mul"](o["cosh"](x), o["cosh"](x)), o["mul"](o["sinh"](x), o["sinh"](x))),
        EXACT.one,
    ),
}


@settings(max_examples=40)
@given(st.sampled_from(sorted(IDENTITIES)), fractions, fractions, st.booleans())
def test_what_is_equal_is_found_equal(name, a, b, rooted):
    x, y = EXACT.number(str(a)), EXACT.number(str(b))
    if rooted:
        y = OPERATIONS["mul"](y, OPERATIONS["sqrt"](EXACT.number("2")))
    left, right = IDENTITIES[name](OPERATIONS, x, y)
    assert EXACT.truth(OPERATIONS["eq"](left, right))
