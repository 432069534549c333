"""The borders of a tolerance: a number that is exactly as far away as may be, one double nearer, one double further."""

from __future__ import annotations

import math

import pytest

from backprop_cli.arithmetic.balls import from_float
from backprop_cli.grading.tolerance import CERTAIN, Doubt, Tolerance, Typed

_WIDER = 1 + 1e-9  # a right number may be so much further away, for what rounding does to the distance itself

# The tolerance, what is typed besides its value, the truth, what is uncertain of it, and the last value of its kind.
RIGHT = {
    "atol": (Tolerance(atol=0.5), Typed(0), 0.0, CERTAIN, 0.5 * _WIDER),
    "atol, the other side": (Tolerance(atol=0.5), Typed(0), 0.0, CERTAIN, -0.5 * _WIDER),
    "rounding": (Tolerance(rtol=0.0), Typed(0), 0.0, Doubt(rounding=0.25), 0.25 * _WIDER),
    "cancelled": (Tolerance(), Typed(0), 0.0, Doubt(cancelled=1e9), 1.0 * _WIDER),
    "the last digit": (Tolerance(), Typed(0, half_unit=0.5, digits=2), 0.0, CERTAIN, 0.5 * _WIDER),
}
CLOSE = {
    "atol": (Tolerance(atol=0.5), Typed(0), 1.0, CERTAIN, 6.0),
    "atol, below": (Tolerance(atol=0.5), Typed(0), 1.0, CERTAIN, -4.0),
    "rtol": (Tolerance(rtol=0.25), Typed(0), 1.0, CERTAIN, 3.5),
    "rtol of a negative truth": (Tolerance(rtol=0.25), Typed(0), -1.0, CERTAIN, -3.5),
    "the larger of two": (Tolerance(rtol=0.25, atol=0.5), Typed(0), 1.0, CERTAIN, 6.0),
    "rounding": (Tolerance(rtol=0.0), Typed(0), 1.0, Doubt(rounding=0.5), 6.0),
    "cancelled": (Tolerance(), Typed(0), 1.0, Doubt(cancelled=0.5e9), 6.0),
    "the last digit": (Tolerance(), Typed(0, half_unit=0.25, digits=2), 100.0, CERTAIN, 102.5),
    "a twentieth of the truth": (Tolerance(), Typed(0, half_unit=5.0, digits=2), 100.0, CERTAIN, 105.0),
    "one digit says nothing": (Tolerance(), Typed(0, half_unit=0.0, digits=1), 1000.0, CERTAIN, 1010.0),
    "significant figures": (Tolerance(sigfigs=2), Typed(0), 1.0, CERTAIN, 1.5),
}


def typed(as_typed: Typed, value: float) -> Typed:
    return Typed(value, as_typed.half_unit, as_typed.digits)


def three(last: float, truth: float) -> tuple[float, float, float]:
    """One double nearer to the truth, the last value itself, one double further away."""
    away = math.copysign(math.inf, last - truth)
    return math.nextafter(last, truth), last, math.nextafter(last, away)


@pytest.mark.parametrize(("tolerance", "as_typed", "truth", "doubt", "last"), RIGHT.values(), ids=RIGHT)
def test_the_last_right_number(tolerance, as_typed, truth, doubt, last):
    values = three(last, truth)
    assert [tolerance.right(typed(as_typed, one), truth, doubt) for one in values] == [True, True, False]
    assert [tolerance.fits(typed(as_typed, one), doubt)(truth) for one in values] == [True, True, False]


@pytest.mark.parametrize(("tolerance", "as_typed", "truth", "doubt", "last"), CLOSE.values(), ids=CLOSE)
def test_the_last_close_number(tolerance, as_typed, truth, doubt, last):
    values = three(last, truth)
    assert [tolerance.close(typed(as_typed, one), truth, doubt) for one in values] == [True, True, False]


FIGURES = [
    ("0.1966", [False, True, False]),
    ("-0.1966", [False, True, False]),
    ("0.1965", [True, True, False]),
    ("0.1975", [False, True, True]),
    ("0.1964999", [True, False, False]),
]


@pytest.mark.parametrize(("truth", "right"), FIGURES)
def test_figures_are_those_of_the_rounded_truth_and_a_half_goes_either_way(truth, right):
    side = -1 if truth.startswith("-") else 1
    typed_ones = [Typed(side * value, 0.0005, 3) for value in (0.196, 0.197, 0.198)]
    assert [Tolerance(sigfigs=3).right(one, float(truth)) for one in typed_ones] == right


def test_the_truth_rounded_too_far():
    """1 rounded to one digit: within half of it, and what has no last digit is not rounded at all."""
    last = 1 - 0.5 * _WIDER
    step = 2.0**-53  # of the distances: below it, they are rounded
    found = [Tolerance().coarse(Typed(one, 0.5, 1), 1.0) for one in (last + step, last, last - step)]
    assert found == [True, True, False]
    assert [Tolerance().coarse(Typed(1.0, 0.5, digits), 1.0) for digits in (0, 1, 2)] == [False, True, False]


@pytest.mark.parametrize(("rule", "last"), [(Tolerance(rtol=0.25), 1.25), (Tolerance(atol=0.5), 0.5)])
def test_the_last_enclosed_answer(rule, last):
    values = three(last, 1.0)
    assert [rule.holds(from_float(one), from_float(1.0), 128) for one in values] == [True, True, False]


DIGITS = [(0, True), (1, False), (2, False), (3, True), (4, True), (5, False)]


@pytest.mark.parametrize(("digits", "right"), DIGITS)
def test_how_many_digits_are_written(digits, right):
    assert Tolerance(sigfigs=3, most_sigfigs=4).right(Typed(0.25, 0.0, digits), 0.25) == right
