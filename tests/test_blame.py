"""Accusations: each falsified rule and each broken function of the machine is found, and rounding is never accused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from gate_cases import INSIDE

from backprop_cli import Refused, differentiate
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.gates import GATES

OFF = "(1 + 1/1000000)"


def falsified():
    """Every rule that is not 0 at the first point where it can be run."""
    for name, gate in GATES.items():
        for position, slope in enumerate(gate.slopes):
            points = [tuple(map(Fraction, text.split())) for text in INSIDE.get(name, "").split(";") if text.strip()]
            for point in points:
                which = position if not gate.many else next(i for i, v in enumerate(point) if v == max(point))
                if slope.text and slope.text != "0" and _moves(name, point, which):
                    yield pytest.param(name, position, point, which, id=f"{name}, input {position}")
                    break


def _expression(name, point):
    return f"{name}({', '.join(f'v{i}' for i in range(len(point)))})", {f"v{i}": float(v) for i, v in enumerate(point)}


def _moves(name, point, which):
    try:
        report = differentiate(*_expression(name, point), wrt=[f"v{which}"], check="none")
    except Refused:
        return False
    return abs(report.gradient[f"v{which}"]) > 1e-200


@pytest.mark.parametrize("method", ["symbolic", "forward"])
@pytest.mark.parametrize(("name", "position", "point", "which"), list(falsified()))
def test_each_falsified_rule_is_proved_wrong(monkeypatch, name, position, point, which, method):
    text, at = _expression(name, point)
    slopes = list(GATES[name].slopes)
    slopes[position] = replace(slopes[position], text=f"({slopes[position].text})*{OFF}")
    monkeypatch.setitem(GATES, name, replace(GATES[name], slopes=tuple(slopes)))
    report = differentiate(text, at, wrt=[f"v{which}"], check=method)
    assert [variable.verdict.word for variable in report.parameters] == ["wrong"]
    assert not report.ok


@pytest.mark.parametrize("name", ["exp", "sin", "log", "tanh", "sqrt", "erf", "atan"])
def test_a_broken_function_of_the_machine_is_not_called_rounding(monkeypatch, name):
    right = Float64.operations[name]
    monkeypatch.setitem(Float64.operations, name, lambda x: right(x) * 1.00001)
    report = differentiate(f"{name}(x)*y", {"x": 0.7, "y": 3})
    assert not report.ok
    assert report.check.broken == f"{name}(x)"
    assert any("machine" in note for note in report.check.notes)


ROUNDED = {
    # expression, point: what the value or a gradient is that rounding moved
    ("ceil(cosh(x))*y", "x=-1e-8 y=1"): ("y", 2.0),
    ("floor(sqrt(x)^2)*y", "x=3 y=3"): ("y", 3.0),
    ("floor(log(x)/log(3))*y", "x=59049 y=2"): ("y", 10.0),
    ("tan(x)*cos(x)", "x=pi/2"): ("x", 6.123233995736766e-17),
    ("a = cosh(x); f = max(a, a*a)", "x=-2.9e-11"): ("a", 2.0),
    ("(1 - cos(x))/x^2", "x=1e-8"): ("x", -8.333333333333334e-10),
}


@pytest.mark.parametrize("case", ROUNDED, ids=" at ".join)
def test_rounding_is_said_with_what_is_right(case):
    expression, point = case
    name, expected = ROUNDED[case]
    report = differentiate(expression, dict(pair.split("=") for pair in point.split()))
    row = next(row for row in (*report.parameters, *report.stages) if row.name == name)
    assert row.verdict.word in ("imprecise", "ok")
    assert row.verdict.lost_digits > 5
    assert row.verdict.expected == pytest.approx(expected, rel=1e-12)
    assert report.ok
    assert "digits.lost" in [warning.code for warning in report.warnings]


UNDECIDED = "where(erf(x) + erfc(x) >= 1, y, 2*y)"


def test_what_nobody_can_tell_is_undecided_and_both_outcomes_are_said(monkeypatch):
    from backprop_cli.check import tracing

    monkeypatch.setattr(tracing, "exact_run", lambda reference: None)
    report = differentiate(UNDECIDED, {"x": 0.3, "y": 5}, wrt=["y"])
    (variable,) = report.parameters
    assert variable.verdict.word == "undecided"
    assert variable.verdict.undecided.outcomes == (2.0, 1.0, 1.0)
    assert report.check.value.undecided.outcomes == (10.0, 5.0, 5.0)
    assert "check.undecided" in [warning.code for warning in report.warnings]


REFUSED = {
    ("log(1 - sigmoid(x))", "x=40"): "4.2483542552915889773e-18",
    ("log(x - y)", "x=1 y=1"): "",
    ("sqrt(1 - cos(x)^2 - sin(x)^2 + x)", "x=0"): "",
}


@pytest.mark.parametrize("case", REFUSED, ids=" at ".join)
def test_a_refusal_says_what_rounding_has_to_do_with_it(case):
    expression, point = case
    with pytest.raises(Refused) as caught:
        differentiate(expression, dict(pair.split("=") for pair in point.split()))
    (problem,) = caught.value.problems
    assert ("rounding put it there" in problem.message) == bool(REFUSED[case])
    assert REFUSED[case] in problem.message
    assert ("--digits" in problem.hint) == bool(REFUSED[case])
