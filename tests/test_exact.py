"""Exact numbers where they are hard: cancelled guides, numbers near integers, and what would take for ever."""

from __future__ import annotations

import time

import mpmath
import pytest

from backprop_cli import Refused, differentiate

HARD = "(step(leaky_relu(v, step(silu(2))))*(polygamma(2, (tan(1e-10)+digamma(1e-10)))^min(where(v<=u, y, (pi*v)), v)))"
SECONDS = 6.0  # of the processor; what is refused in time takes one at most

VALUES = {
    "1/((sqrt(2) + x)^2 - 2)": ("1e-100", lambda m, x: 1 / ((m.sqrt(2) + x) ** 2 - 2)),
    "1/(sin(1)^2 + cos(1)^2 - 1 + x)": ("1e-80*sqrt(2)", lambda _, x: 1 / x),
    "log(1 + x)": ("1e-90*sqrt(2)", lambda m, x: m.log1p(x)),
    "acos(1 - x)": ("1e-90", lambda m, x: m.acos(1 - x)),
    "atanh(1 - x)": ("1e-90", lambda m, x: m.atanh(1 - x)),
    "gamma(x - 3)": ("1e-90", lambda m, x: m.gamma(x - 3)),
    "cos(log(x)/log1p(x))": ("1e-10", lambda m, x: m.cos(m.log(x) / m.log1p(x))),
    "1/sin(x)": ("10^90*pi + 1", lambda m, _: 1 / m.sin(1)),
}


@pytest.mark.parametrize("expression", VALUES)
def test_a_number_whose_digits_cancel_still_has_a_value(expression):
    text, known = VALUES[expression]
    report = differentiate(expression, {"x": text}, exact=True, check="none")
    with mpmath.workdps(400):
        x = mpmath.mpf(10) ** 90 * mpmath.pi + 1 if "pi" in text else mpmath.mpf(text.partition("*")[0])
        expected = float(known(mpmath, x * mpmath.sqrt(2) if "sqrt" in text else x))
    assert report.value.approx == pytest.approx(expected, rel=1e-15)


WHOLE = {
    "floor(sin(1)^2 + cos(1)^2)*x": "1",
    "ceil(sin(1)^2 + cos(1)^2)*x": "1",
    "round(sin(1)^2 + cos(1)^2 + 1/2)*x": "2",
    "round(sin(1)^2 + cos(1)^2 - 1/2)*x": "0",
    "floor(sqrt(2)^2)*x": "2",
    "floor(-sqrt(2))*x": "-2",
    "ceil(-sqrt(2))*x": "-1",
    "round(pi)*x": "3",
    "round(-7/2)*x": "-4",
    "round(-5/2)*x": "-2",
    "mod(floor(10^100*sqrt(2)), 10^20)*x": "88503875343276415727",
    "mod(sin(1)^2 + cos(1)^2, 1)*x": "-1 + cos(1)**2 + sin(1)**2",
    "floor(sqrt(2)*sqrt(3) - sqrt(6) - 1e-99)*x": "-1",
}


@pytest.mark.parametrize("expression", WHOLE)
def test_what_is_whole_is_decided_by_the_number_itself(expression):
    report = differentiate(expression, {"x": 1}, exact=True, check="none")
    assert report.value.text == WHOLE[expression]


@pytest.mark.parametrize("gate", ["floor", "ceil", "round"])
def test_a_whole_part_that_no_digits_decide_is_refused(gate):
    with pytest.raises(Refused) as caught:
        differentiate(f"{gate}(exp(10^-700) - 10^-700 + 1/2*({gate == 'round':d}))*x", {"x": 1}, exact=True)
    assert caught.value.problems[0].code == "exact.undecided"


def test_a_comparison_beyond_all_numbers_is_refused():
    with pytest.raises(Refused) as caught:
        differentiate("round(tanh(silu(1e30)))*x", {"x": 1}, exact=True)
    assert caught.value.problems[0].code == "exact.undecided"


BEYOND_SYMPY = {
    "lgamma(log(polygamma(1, 1e-100 - 1000))*abs(cos(sec(y))))": {"y": "-2"},
    "softplus(cos(log(y)/log1p(y)))": {"y": "1e-10"},
}


@pytest.mark.parametrize("expression", BEYOND_SYMPY)
def test_where_sympy_itself_fails_nothing_but_a_refusal_is_raised(expression):
    with pytest.raises(Refused):
        differentiate(expression, BEYOND_SYMPY[expression], exact=True, check="none")


def test_a_gradient_too_small_for_any_digits_takes_no_time():
    start = time.process_time()
    assert differentiate("2*u/gelu(u)", {"u": 100}, exact=True, check="none").gradient["u"] == 0
    assert time.process_time() - start < SECONDS


ANGLES = {
    "1 1": "pi/4",
    "1 -1": "3*pi/4",
    "-1 -1": "-3*pi/4",
    "0 -1": "pi",
    "0 2": "0",
    "2 0": "pi/2",
    "-2 0": "-pi/2",
    "lgamma(-2/3) 2": "atan(log(-gamma(-2/3))/2)",
}


@pytest.mark.parametrize("point", ANGLES)
def test_an_angle_is_written_as_a_real_number(point):
    y, x = point.split()
    assert differentiate("atan2(y, x)", {"x": x, "y": y}, exact=True, check="none").value.text == ANGLES[point]


def test_a_power_of_powers_is_shown_without_computing_it():
    text = differentiate("cbrt(y)^(3^x)", {"x": "12345/678", "y": "1e-10"}, exact=True, check="none").value.text
    assert len(text) < 1000


SLOW = {
    "acos((5/7)^x)": {"x": "5000"},
    "acos(softsign(v)^relu(v))": {"v": "800"},
    "sqrt(x)": {"x": "(10^2000 + 1)/3"},
    "hypot(x, 1)": {"x": "(10^2000 + 1)/3"},
    "x^(1/3)": {"x": "(10^2000 + 1)/3"},
    "polygamma(2, x)": {"x": "4000"},
    "polygamma(50, x)": {"x": "400"},
    "polygamma(3, x)": {"x": "-1e10 + 1/2"},
    "digamma(x)": {"x": "-1e9 + sqrt(2)"},
    "sigmoid(x^1000) < erfc(x)": {"x": "100"},
    "hypot(22/7, 1000)^(3/x)": {"x": "1e-10"},
    "x*sec(sinh(polygamma(4, x)))": {"x": "-7/5"},
    "atanh(tanh(gamma(1000^x)))": {"x": "5/2"},
    HARD: {"y": "2", "u": "0.7", "v": "3"},
}


@pytest.mark.parametrize("expression", SLOW)
def test_what_would_take_for_ever_is_refused(expression):
    start = time.process_time()
    with pytest.raises(Refused) as caught:
        differentiate(expression, SLOW[expression], exact=True)
    assert time.process_time() - start < SECONDS
    assert caught.value.problems[0].code == "exact.size"
