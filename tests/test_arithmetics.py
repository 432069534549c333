"""The three arithmetics: every printed digit right, exact numbers exact, and their limits said instead of met."""

from __future__ import annotations

import json
import math

import mpmath
import pytest
from command import backprop

from backprop_cli import Refused, differentiate
from backprop_cli.cli.calculation_options import ARITHMETICS
from backprop_cli.number_systems import SYSTEMS

# expression: (point, value and gradient as mpmath finds them at whatever precision is set)
KNOWN = {
    "sin(x)*y": ({"x": "pi/3", "y": "2/7"}, lambda m: (m.sqrt(3) / 7, {"x": m.mpf(1) / 7, "y": m.sqrt(3) / 2})),
    "exp(x)/x": ({"x": "1/3"}, lambda m: (3 * m.exp(m.mpf(1) / 3), {"x": m.exp(m.mpf(1) / 3) * -6})),
    "x^y": (
        {"x": "sqrt(2)", "y": "pi"},
        lambda m: (
            m.sqrt(2) ** m.pi,
            {"x": m.pi * m.sqrt(2) ** (m.pi - 1), "y": m.sqrt(2) ** m.pi * m.log(m.sqrt(2))},
        ),
    ),
    "gamma(x)": ({"x": "1/2"}, lambda m: (m.sqrt(m.pi), {"x": m.sqrt(m.pi) * m.digamma(m.mpf(1) / 2)})),
    "erfc(x)": ({"x": "12"}, lambda m: (m.erfc(12), {"x": -2 * m.exp(-144) / m.sqrt(m.pi)})),
    "tanh(x)": ({"x": "40"}, lambda m: (m.tanh(40), {"x": m.sech(40) ** 2})),
    "exp(pi*sqrt(x)) - 640320^3 - 744": (
        {"x": "163"},
        lambda m: (
            m.exp(m.pi * m.sqrt(163)) - 640320**3 - 744,
            {"x": m.exp(m.pi * m.sqrt(163)) * m.pi / (2 * m.sqrt(163))},
        ),
    ),
    "sin(x)": ({"x": "1e300"}, lambda m: (m.sin(m.mpf("1e300")), {"x": m.cos(m.mpf("1e300"))})),
    "exp(x)": ({"x": "1e6"}, lambda m: (m.exp(10**6), {"x": m.exp(10**6)})),
    "x*0.1": ({"x": "3"}, lambda m: (m.mpf(3) / 10, {"x": m.mpf(1) / 10})),
}

# Two runs with few digits agree on a 0 here, for a term vanishes in both beside a larger one.
VANISHING = {
    "(1 - cos(x))/x^2": (
        {"x": "1e-30"},
        lambda m: (
            (1 - m.cos(m.mpf("1e-30"))) / m.mpf("1e-60"),
            {"x": m.sin(m.mpf("1e-30")) / m.mpf("1e-60") - 2 * (1 - m.cos(m.mpf("1e-30"))) / m.mpf("1e-90")},
        ),
    ),
    "log(x)": ({"x": "1 + 1e-60"}, lambda m: (m.log1p(m.mpf("1e-60")), {"x": 1 / (1 + m.mpf("1e-60"))})),
}


def right(text: str, known: mpmath.mpf, digits: int) -> bool:
    """Whether a printed number is within one unit of its last digit."""
    return abs(mpmath.mpf(text) - known) <= abs(known) * mpmath.mpf(10) ** (1 - digits)


@pytest.mark.parametrize("digits", [1, 2, 3, 7, 16, 17, 50, 113, 200])
@pytest.mark.parametrize("expression", KNOWN)
def test_the_printed_digits_are_right(expression, digits):
    point, known = KNOWN[expression]
    with mpmath.workdps(2 * digits + 400):
        value, gradient = known(mpmath)
        report = differentiate(expression, point, digits=digits, check="none")
        assert right(report.value.text, value, digits)
        for variable in report.parameters:
            assert right(variable.gradient.text, gradient[variable.name], digits)


@pytest.mark.parametrize("digits", [2, 16])
@pytest.mark.parametrize("expression", VANISHING)
def test_the_printed_digits_are_right_where_a_term_vanishes(expression, digits):
    point, known = VANISHING[expression]
    with mpmath.workdps(500):
        report = differentiate(expression, point, digits=digits, check="none")
        assert right(report.value.text, known(mpmath)[0], digits)


@pytest.mark.parametrize("digits", [1, 20, 60])
@pytest.mark.parametrize("expression", KNOWN)
def test_the_check_agrees_with_that_many_digits(expression, digits):
    report = differentiate(expression, KNOWN[expression][0], digits=digits)
    assert {verdict.word for verdict in report.check.verdicts.values()} == {"ok"}


def test_one_tenth_is_a_double_a_decimal_or_a_fraction():
    assert differentiate("x*3", {"x": "0.1"}).value.text == "0.30000000000000004"
    assert differentiate("x*3", {"x": "0.1"}, digits=30).value.text == "0.300000000000000000000000000000"
    assert differentiate("x*3", {"x": "0.1"}, exact=True).value.text == "3/10"
    assert differentiate("0.1*x", {"x": 1}, exact=True).parameters[0].gradient.text == "1/10"


@pytest.mark.parametrize(("power", "value"), [("3", -1), ("4", 1), ("-3", -1), ("0", 1), ("2^60 + 1", -1), ("2^90", 1)])
def test_powers_of_minus_one(power, value):
    assert differentiate(f"(-1)^({power})*x", {"x": 1}, digits=40).value.approx == value


@pytest.mark.parametrize(
    ("literal", "value"), [(".0", 0), (".00", 0), (".5", 0.5), ("-.5", -0.5), ("5.", 5), (".5e1", 5)]
)
def test_a_literal_needs_no_digit_before_its_point(literal, value):
    assert differentiate(f"{literal}*x", {"x": 1}, digits=20).value.approx == value


EXACT = {
    "sin(x)*y": ({"x": "pi/3", "y": "2/7"}, "sqrt(3)/7", ["1/7", "sqrt(3)/2"]),
    "x/y": ({"x": "1", "y": "3"}, "1/3", ["1/3", "-1/9"]),
    "x^y": ({"x": "2", "y": "-3"}, "1/8", ["-3/16", "log(2)/8"]),
    "sqrt(x)": ({"x": "8"}, "2*sqrt(2)", ["sqrt(2)/8"]),
    "exp(log(x))": ({"x": "5"}, "5", ["1"]),
    "atan(x)": ({"x": "1"}, "pi/4", ["1/2"]),
    "gamma(x + 1/2)": ({"x": "1"}, "sqrt(pi)/2", None),
    "cbrt(x)": ({"x": "-8"}, "-2", ["1/12"]),
    "log2(x)": ({"x": "8"}, "3", ["1/(8*log(2))"]),
    "erf(x)": ({"x": "0"}, "0", ["2/sqrt(pi)"]),
    "sigmoid(x)": ({"x": "log(3)"}, "3/4", ["3/16"]),
    "hypot(x, y)": ({"x": "3", "y": "4"}, "5", ["3/5", "4/5"]),
    "floor(x*y)": ({"x": "10^30", "y": "1/7"}, "142857142857142857142857142857", ["0", "0"]),
    "mod(x, y)": ({"x": "-7", "y": "3"}, "2", ["1", "3"]),
    "max(x, sqrt(2), y)": ({"x": "141421356237/10^11", "y": "7/5"}, "sqrt(2)", ["0", "0"]),
    "where(sin(x)^2 + cos(x)^2 == 1, x*y, 0)": ({"x": "2", "y": "3"}, "6", ["3", "2"]),
}


@pytest.mark.parametrize("expression", EXACT)
def test_exact_numbers(expression):
    import sympy

    point, value, gradient = EXACT[expression]
    report = differentiate(expression, point, exact=True)
    assert report.value.text == value
    if gradient is not None:
        found = [variable.gradient.text for variable in report.parameters]
        assert [sympy.S(text) for text in found] == [sympy.S(text) for text in gradient]
    assert report.ok
    assert report.gradient == pytest.approx(dict(differentiate(expression, point).gradient), rel=1e-9)


REFUSED = {
    # (expression, point, arithmetic): code
    ("9^9^9^9*x", "1", "float64"): "overflow.pow",
    ("9^9^9^9*x", "1", "digits"): "overflow.pow",
    ("9^9^9^9*x", "1", "exact"): "exact.size",
    ("x^(10^9)", "3", "exact"): "exact.size",
    ("gamma(x)", "10^9", "float64"): "overflow.gamma",
    ("gamma(x)", "10^9", "exact"): "exact.size",
    ("gamma(x)", "10^(10^20)", "digits"): "overflow.gamma",
    ("exp(x)", "1000", "float64"): "overflow.exp",
    ("exp(exp(exp(exp(x))))", "100", "digits"): "overflow.exp",
    ("exp(exp(x))", "100", "exact"): "exact.size",
    ("x*x", "1e200", "float64"): "overflow.mul",
    ("1/x", "1e-310", "float64"): "overflow.div",
    ("x*1e400", "1", "float64"): "overflow.constant",
    ("sqrt(x)*1e308", "1e-308", "float64"): "overflow.gradient",
    ("1e300*x*x", "1e5 - 1e5 + 1e154", "float64"): "overflow.mul",
    ("cosh(x)", "800", "float64"): "overflow.cosh",
    ("x", "1e400", "float64"): "overflow.constant",
}
SETTINGS = {"float64": {}, "digits": {"digits": 20}, "exact": {"exact": True}}


HUGE = {
    # beyond every double, and still a number: value (twenty digits), by other means
    "exp(exp(x))": ("100", "e+11674344414002886"),
    "gamma(x)": ("10^20", "e+1956570551809674817"),
    "exp(x)": ("20000", "e+8685"),
}


@pytest.mark.parametrize("expression", HUGE)
def test_digits_reach_far_beyond_doubles(expression):
    x, power = HUGE[expression]
    text = differentiate(expression, {"x": x}, digits=20).value.text
    assert power in text
    assert len(text.partition("e")[0]) == 21


def test_what_no_ball_tells_is_refused():
    with pytest.raises(Refused) as caught:
        differentiate("sin(10^(10^9)*x)", {"x": 1}, digits=20)
    assert (caught.value.problems[0].code, caught.value.exit_code) == ("limit.precision", 3)


@pytest.mark.parametrize(("case", "code"), REFUSED.items(), ids=[f"{c[0]} at {c[1]} in {c[2]}" for c in REFUSED])
def test_what_leaves_the_range_is_refused_and_said(case, code):
    expression, x, arithmetic = case
    with pytest.raises(Refused) as caught:
        differentiate(expression, {"x": x}, **SETTINGS[arithmetic])
    assert caught.value.problems[0].code == code
    assert caught.value.exit_code == 4
    if arithmetic == "float64":
        assert "--digits" in caught.value.problems[0].hint


@pytest.mark.parametrize(
    ("expression", "x"), [("exp(x)", "1000"), ("cosh(x)", "800"), ("x*1e400", "3"), ("x*x", "1e200")]
)
def test_more_digits_have_the_range_that_doubles_lack(expression, x):
    report = differentiate(expression, {"x": x}, digits=20)
    assert report.value.approx == math.inf
    assert "e+" in report.value.text
    assert report.ok


def test_an_equality_that_no_digits_decide_is_refused():
    machin = "16*atan(1/5) - 4*atan(1/239) == pi"
    with pytest.raises(Refused) as caught:
        differentiate(f"where({machin}, x, 0)", {"x": 1}, exact=True)
    assert caught.value.problems[0].code == "exact.undecided"


@pytest.mark.parametrize("digits", [0, -1, 10_001])
def test_digits_have_bounds(digits):
    with pytest.raises(Refused) as caught:
        differentiate("x", {"x": 1}, digits=digits)
    assert caught.value.problems[0].code == "usage.digits"


def test_a_thousand_digits_of_pi():
    with mpmath.workdps(1100):
        report = differentiate("4*atan(x)", {"x": 1}, digits=1000, check="none")
        assert right(report.value.text, +mpmath.pi, 1000)


def test_a_zero_that_never_settles_is_said_to_be_one():
    report = differentiate("sin(x)^2 + cos(x)^2 - 1", {"x": "2"}, digits=20, check="none")
    assert report.value.text in ("0", "0.0")
    assert abs(report.gradient["x"]) == 0


SYSTEM_WORDS = {"": [], "--digits": ["--digits", "20"], "--exact": ["--exact"]}


def test_every_number_system_is_asked_for_by_its_option_and_named_in_the_schema():
    assert list(SYSTEM_WORDS) == [system.option for system in SYSTEMS]
    assert [system.option for system in SYSTEMS[1:]] == [f"--{name}" for name in ARITHMETICS]
    named = [
        json.loads(backprop("x*y", "x=2", "y=3", "--json", "--no-check", *words).out)["arithmetic"]
        for words in SYSTEM_WORDS.values()
    ]
    assert named == json.loads(backprop("schema", "grad").out)["properties"]["arithmetic"]["enum"]


@pytest.mark.parametrize("at", [{"x": 2}, {"x": [2, 3]}], ids=["number", "array"])
def test_two_number_systems_exclude_each_other(at):
    with pytest.raises(Refused) as caught:
        differentiate("sum(x)" if isinstance(at["x"], list) else "x", at, digits=20, exact=True)
    (problem,) = caught.value.problems
    assert (problem.code, problem.message) == ("usage.arithmetic", "--digits and --exact exclude each other")
