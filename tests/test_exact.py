"""Exact numbers where they are hard: cancelled guides, numbers near integers, and what would take for ever."""

from __future__ import annotations

import json
import time
from contextlib import suppress

import mpmath
import pytest
from command import backprop

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
    "mod(sin(1)^2 + cos(1)^2, 1)*x": "0",
    "floor(sqrt(2)*sqrt(3) - sqrt(6) - 1e-99)*x": "-1",
    "floor(log(8)/log(2))*x": "3",
    "floor(exp(10^-700) - 10^-700)*x": "1",
    "ceil(exp(10^-700) - 10^-700)*x": "2",
    "floor(-erf(100))*x": "-1",
    "fmod(-7, 3)*x": "-1",
    "fmod(7, -3)*x": "1",
    "fmod(-3*sqrt(2), sqrt(2))*x": "0",
    "round(5/2)*x": "2",
    "round(7/2)*x": "4",
}


@pytest.mark.parametrize("expression", WHOLE)
def test_what_is_whole_is_decided_by_the_number_itself(expression):
    report = differentiate(expression, {"x": 1}, exact=True, check="none")
    assert report.value.text == WHOLE[expression]


@pytest.mark.parametrize("gate", ["floor", "ceil", "round"])
def test_a_whole_part_that_no_digits_decide_is_refused(gate):
    with pytest.raises(Refused) as caught:
        differentiate(f"{gate}(exp(10^-5000) - 10^-5000 + 1/2*({gate == 'round':d}))*x", {"x": 1}, exact=True)
    assert caught.value.problems[0].code == "exact.undecided"


def test_a_comparison_beyond_all_numbers_is_refused():
    with pytest.raises(Refused) as caught:
        differentiate("round(tanh(silu(1e30)))*x", {"x": 1}, exact=True)
    assert caught.value.problems[0].code == "exact.undecided"


EXPECTED = {  # what a person expects: the value and the first gradient
    "(sqrt(2) - 1)*(sqrt(2) + 1)*x": ("1", "1", "1"),
    "log(25) - 2*log(5) + x": ("1", "1", "1"),
    "sin(x)^2 + cos(x)^2": ("1", "1", "0"),
    "tanh(log(2))*x": ("1", "3/5", "3/5"),
    "sqrt(2)*sqrt(x)": ("3", "sqrt(6)", "sqrt(6)/6"),
    "exp(log(x))": ("3", "3", "1"),
    "sqrt(5 + 2*sqrt(6)) - sqrt(2) - sqrt(3) + x": ("1", "1", "1"),
    "log(cosh(1) + sinh(1))*x": ("1", "1", "1"),
    "cosh(x)^2 - sinh(x)^2": ("1/3", "1", "0"),
    "tan(x)*cos(x)": ("1", "sin(1)", "cos(1)"),
    "sin(2*x) - 2*sin(x)*cos(x)": ("1", "0", "0"),
    "sin(x + sqrt(2)) - sin(x)*cos(sqrt(2)) - cos(x)*sin(sqrt(2))": ("1", "0", "0"),
    "gamma(x + 1)/gamma(x)": ("1/3", "1/3", "1"),
    "sigmoid(log(x))": ("3", "3/4", "1/16"),
    "atanh(1/x) - log(x + 1)/2 + log(x - 1)/2": ("5", "0", "0"),
    "erf(x) + erfc(x)": ("1", "1", "0"),
    "tanh(asinh(x))": ("3/4", "3/5", "64/125"),
    "hardtanh(sqrt(x)^2 - 1)": ("2", "1", "0"),
    "softsign(x)": ("0", "0", "1"),
    "elu(x)": ("0", "0", "1"),
    "round(2.5)*x": ("3", "6", "2"),
    "x^round(0.5)": ("3", "1", "0"),
    "tanh(x)": ("71000", "tanh(71000)", "cosh(71000)**(-2)"),
    "sqrt(x)": ("9*(10^49 + 9)^2", "30000000000000000000000000000000000000000000000027", None),
    "max(exp(log(x)), 10)": ("10", "10", "1/2"),
}


@pytest.mark.parametrize("expression", EXPECTED)
def test_exact_numbers_are_what_people_expect(expression):
    at, value, gradient = EXPECTED[expression]
    report = differentiate(expression, {"x": at}, exact=True, check="none")
    assert report.value.text == value
    assert gradient is None or report.variables[0].gradient.text == gradient


def test_the_root_of_a_product_of_two_large_primes():
    report = differentiate("sqrt(x)", {"x": "(10^49 + 9)*(10^49 + 33)"}, exact=True)
    assert (report.value.approx, report.variables[0].verdict.word) == (1e49, "ok")


def test_a_remainder_by_a_tiny_number_is_exact():
    report = differentiate("mod(x, 2^(-20000))", {"x": "1/3"}, exact=True)
    assert report.value.text.startswith("1/119408305210138")
    assert report.variables[0].gradient.text == "1"


NOT_ZERO = {
    "a root that nearly is another": "sqrt(10^40 + 1) - 10^20",
    "a famous near miss": "exp(pi*sqrt(163)) - 262537412640768744",
    "a wave that nearly is 0": "sin(2017*2^(1/5)) + 1",
    "a logarithm beside a fraction": "log(10^60 + 1) - 60*log(10)",
}


@pytest.mark.parametrize("name", NOT_ZERO)
def test_what_nearly_vanishes_does_not(name):
    report = differentiate(f"sign({NOT_ZERO[name]})*x", {"x": 1}, exact=True, check="none")
    assert report.value.text in ("1", "-1")


NESTED = {"sin(": 15_000, "exp(-": 40, "sqrt(1+": 60, "sigmoid(": 30, "tanh(sqrt(3)*": 60}


@pytest.mark.parametrize("call", NESTED)
def test_what_is_nested_too_deeply_is_refused_at_once(call):
    start = time.process_time()
    with pytest.raises(Refused) as caught:
        differentiate(call * NESTED[call] + "x" + ")" * NESTED[call], {"x": 1}, exact=True)
    assert caught.value.problems[0].code == "exact.size"
    assert time.process_time() - start < SECONDS / 2


BEYOND_SYMPY = {
    "lgamma(log(polygamma(1, 1e-100 - 1000))*abs(cos(sec(y))))": {"y": "-2"},
    "softplus(cos(log(y)/log1p(y)))": {"y": "1e-10"},
}


@pytest.mark.parametrize("expression", BEYOND_SYMPY)
def test_where_sympy_itself_fails_nothing_but_a_refusal_is_raised(expression):
    with suppress(Refused):
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
    "lgamma(tanh(x))": {"x": "1e30"},
    "floor(gamma(2 - exp(-exp(x))))": {"x": "20"},
    "polygamma(1, x)": {"x": "1 + sigmoid(1e10)"},
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


@pytest.mark.parametrize("arithmetic", [{"digits": 20}, {"exact": True}])
@pytest.mark.parametrize("gate", ["digamma(x)", "polygamma(2, x)", "lgamma(x)", "gamma(x)"])
def test_beside_a_pole_there_are_values_in_every_arithmetic_of_many_digits(gate, arithmetic):
    report = differentiate(gate, {"x": "-3 + 1e-90"}, **arithmetic)
    assert report.variables[0].verdict.word == "ok"


def test_e_is_written_as_it_is_read():
    ran = backprop("exp(x) + 1/2", "x=1", "--exact", "--json")
    found = json.loads(ran.out)
    assert (found["value_text"], found["variables"][0]["gradient_text"]) == ("1/2 + e", "e")
    assert backprop("check", "exp(x) + 1/2", "x=1", "-a", "f=1/2 + e", "-a", "dx=e", "--exact").code == 0
