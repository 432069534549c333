"""SymPy both ways: expressions in, and derivatives out in a notation that the reader reads back."""

from __future__ import annotations

import pytest
import sympy as s
from circuits import programs, values
from hypothesis import assume, given, settings

from backprop_cli import Refused, differentiate, from_sympy, read
from backprop_cli.reading.writing import write
from backprop_cli.symbolic.build import expression

x, y, z = s.symbols("x y z", real=True)
moving = s.Symbol("moving", real=True)
plain = s.Symbol("plain")

LOWERED = {
    # the expression, and what it is written as
    "difference": (x - y, "x - y"),
    "quotient": (x / y, "x/y"),
    "reciprocal": (1 / x, "1/x"),
    "root": (s.sqrt(x), "sqrt(x)"),
    "inverse root": (1 / s.sqrt(x), "1/sqrt(x)"),
    "exponential": (s.exp(x), "exp(x)"),
    "fraction": (x * s.Rational(2, 3), "2*x/3"),
    "negative": (-x * y, "-(x*y)"),
    "power": (x**y, "x^y"),
    "constants": (s.pi * x, "pi*x"),
    "number": (s.Integer(7), "7"),
    "python number": (3, "3"),
    "float": (s.Float(0.1) * x, "0.1*x"),
    "maximum": (s.Max(x, 2), "max(2, x)"),
    "absolute": (s.Abs(x), "abs(x)"),
    "step": (s.Heaviside(x, 0), "step(x)"),
    "piecewise": (s.Piecewise((x, x > 0), (y, True)), "where(x > 0, x, y)"),
    "remainder": (s.Mod(x, 3), "mod(x, 3)"),
    "special": (s.polygamma(0, x) + s.loggamma(x), None),
    "both": (s.Piecewise((x, (x > 0) & (y > 0)), (y, True)), None),
    "other symbols": (plain**2 + s.Symbol("p", positive=True), None),
    "greek": (s.Symbol("alpha") * s.Symbol("β"), None),
}


@pytest.mark.parametrize("case", LOWERED.values(), ids=LOWERED)
def test_a_sympy_expression_is_lowered_to_gates(case):
    form, text = case
    circuit = from_sympy(form)
    assert text is None or write(circuit) == text
    assert set(circuit.inputs) == {v.name for v in s.S(form).free_symbols}
    assert circuit.source.text == write(circuit)


@pytest.mark.parametrize("case", LOWERED.values(), ids=LOWERED)
def test_a_sympy_expression_has_sympys_value_and_gradient(case):
    form = s.S(case[0])
    point = {v: s.Rational(7, 4) + i for i, v in enumerate(sorted(form.free_symbols, key=str))}
    report = differentiate(form, {v.name: value for v, value in point.items()})
    assert report.value.approx == pytest.approx(float(form.subs(point)), rel=1e-12)
    assert report.ok
    for v, found in point.items():
        slope = s.Integer(1) if form.has(s.Mod) else form.subs(v, moving).diff(moving)
        expected = slope.subs(moving, found).subs(point)
        assert report.gradient[v.name] == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (s.Integral(s.sin(x**2), (x, 0, y)), "sympy.form"),
        (s.Derivative(s.Function("f")(x), x), "sympy.form"),
        (s.Function("f")(x), "sympy.form"),
        (s.I * x, "sympy.form"),
        (s.oo, "sympy.form"),
        (s.nan, "sympy.form"),
        (s.zoo, "sympy.form"),
        (s.zeta(x), "sympy.form"),
        (s.Piecewise((x, x > 0)), "sympy.form"),
        (s.Sum(x, (z, 1, 3)), "sympy.form"),
        (s.Matrix([x, y]), "sympy.form"),
        (s.ImmutableMatrix([x, y]), "sympy.form"),
        ([x, y], "sympy.form"),
        (None, "sympy.form"),
        (s.Symbol("not a name"), "sympy.name"),
        (s.Symbol("and") * x, "sympy.name"),
        (s.Symbol("x'"), "sympy.name"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_has_no_gate_is_refused(form, code):
    with pytest.raises(Refused) as caught:
        from_sympy(form)
    assert caught.value.problems[0].code == code


@pytest.mark.parametrize("form", ["x", "pi", "e"])
def test_a_symbol_that_is_called_like_a_constant_is_a_variable(form):
    assert list(from_sympy(s.Symbol(form) * 2).inputs) == [form]


def test_a_long_sum_and_a_deep_nest_are_lowered():
    names = s.symbols("v:1000")
    assert len(from_sympy(s.Add(*names)).inputs) == 1000
    deep = x
    for _ in range(150):
        deep = s.sin(deep)
    assert sum(node.op == "sin" for node in from_sympy(deep).nodes) == 150


def test_the_formula_of_a_circuit_is_the_textbooks():
    assert expression(read("x - y*z/x")) == x - y * z / x
    assert expression(read("max(x, y) + sigmoid(z)")) == s.Max(x, y) + 1 / (1 + s.exp(-z))


SHOWN = {
    "x*y": "y",
    "x^2": "2*x",
    "x^y": "x**(y - 1)*y",
    "sin(x)*3": "3*cos(x)",
    "1/x": "-1/x**2",
    "e^x": "exp(x)",
    "max(x, y)": "step(x - y)",
    "abs(x)": "sign(x)",
    "abs(log(x))": "sign(log(x))/x",
    "abs(sqrt(x) - y)": "sign(sqrt(x) - y)/(2*sqrt(x))",
    "digamma(x)": "polygamma(1, x)",
    "where(x > y, x^2, 0)": "where(x > y, 2*x, 0)",
}


@pytest.mark.parametrize(("text", "derivative"), SHOWN.items(), ids=SHOWN)
def test_derivatives_are_shown_in_this_notation(text, derivative):
    point = {name: value for name, value in {"x": 3.5, "y": 2}.items() if name in read(text).inputs}
    assert differentiate(text, point).variables[0].symbolic == derivative


def read_back(report, point) -> None:
    """Every derivative that is shown is read again, and has the gradient as its value."""
    for variable in report.parameters:
        circuit = read(variable.symbolic, bound=report._run.circuit.inputs)
        inside = {name: point[name] for name in circuit.inputs}
        found = differentiate(circuit, inside, digits=25, check="none", wrt=[]).value.approx
        assert found == pytest.approx(variable.gradient.approx, rel=1e-9, abs=1e-14)


def test_the_derivatives_of_published_cases_read_back(short_published_case):
    report = differentiate(short_published_case["expr"], short_published_case["at"])
    if not short_published_case.get("kink"):
        read_back(report, short_published_case["at"])


@pytest.mark.parametrize(
    "text",
    [
        "where(x < cbrt(2 + tanh(x)), x^2, 0)",
        "where(x > 0 and x < 3 or not x, x^2, 1)",
        "where(abs(x) >= 2, x, where(x == 1, 2, x^3))",
        "-2^x + (-3)^2*x",
        "x*1e-200*1e200",
        "selu(x) + clip(x, -1, 1) + leaky_relu(x)",
        "polygamma(2, x) + lgamma(x)*erfc(x)",
        "ceil(5/2)*x + step(x)*x^2",
        "x^pi + e^x + 2^x",
        "abs(log(x)) + abs(x^x - 2) + softsign(sqrt(x) - 1)",
        "abs(acosh(x + 1))*lgamma(x) + abs(atanh(x/9))",
    ],
)
@pytest.mark.parametrize("value", [0.625, 2.25, 4.5])
def test_a_derivative_is_written_in_the_readers_language(text, value):
    report = differentiate(text, {"x": value})
    assert report.check.method == "symbolic"
    read_back(report, {"x": value})


@pytest.mark.parametrize("value", [-1.5, 0.5, 5.0, 8.0])
@pytest.mark.parametrize(
    "condition",
    [
        "x > 0 and x < 3 or x > 7",
        "(x > 7 or x < 0) and x < 9",
        "not (x > 0 and x < 3)",
        "not x or x > 7",
        "x > 1 and x",
    ],
)
def test_conditions_in_a_derivative_read_back(condition, value):
    report = differentiate(f"where({condition}, x^2, 1)", {"x": value})
    assert report.check.method == "symbolic"
    read_back(report, {"x": value})


@settings(max_examples=40)
@given(programs(most=4), values())
def test_the_derivatives_of_random_circuits_read_back(text, point):
    report = differentiate(text, {name: point[name] for name in read(text).inputs})
    if report.check.method == "symbolic":
        read_back(report, point)


@settings(max_examples=40)
@given(programs(most=4), values())
def test_there_and_back_keeps_the_gradient(text, point):
    circuit = read(text)
    point = {name: point[name] for name in circuit.inputs}
    whole = expression(circuit)
    literals = {v: s.Rational(v.name) for v in whole.free_symbols if v.name not in point}
    again = from_sympy(whole.xreplace(literals))
    first = differentiate(circuit, point)
    second = differentiate(again, {name: point[name] for name in again.inputs})
    assume(not first._run.kinks and not second._run.kinks and first.check.method == second.check.method == "symbolic")
    for name in circuit.inputs:
        assert second.gradient.get(name, 0.0) == pytest.approx(first.gradient[name], rel=1e-8, abs=1e-10)
