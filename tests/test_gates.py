"""Every row of the gate table: proved against SymPy, the same in all arithmetics, at its kinks, edges and outside.

The cases stand in ``gate_cases.py``; a row without cases fails here.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
import shlex
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
import sympy
from command import backprop
from flint import arb
from gate_cases import EDGES, FLAGS, INSIDE, KINKS, NEVER_ZERO, OUTSIDE

from backprop_cli import Refused, differentiate
from backprop_cli.arithmetic import Float64
from backprop_cli.arithmetic.ball_arithmetic import Balls
from backprop_cli.arithmetic.ball_text import decimal
from backprop_cli.arithmetic.balls import from_float, from_text, working
from backprop_cli.arithmetic.exact import ExactNumbers
from backprop_cli.engine.rules import Rules
from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.array_table import ARRAY_GATES
from backprop_cli.gates.row import Extra
from backprop_cli.symbolic.build import forms, symbol

DIGITS = 50
BITS = 400
DEEP = Rules(Balls(BITS, digits=DIGITS))
DOUBLE = Rules(Float64())
EXACT = Rules(ExactNumbers())
ARITHMETICS = {"float64": {}, "digits": {"digits": 30}, "exact": {"exact": True}}
RELATIONS = {"lt": sympy.Lt, "le": sympy.Le, "gt": sympy.Gt, "ge": sympy.Ge, "eq": sympy.Eq, "ne": sympy.Ne}
# A double's rounding inside the argument of exp(-x^2/2) is multiplied by x^2.
LOOSER = {"gelu": 1e-11, "erf": 1e-12, "erfc": 1e-12}


def points(texts: str) -> list[tuple[Fraction, ...]]:
    return [tuple(Fraction(part) for part in text.split()) for text in texts.split(";") if text.strip()]


def table(cases: dict[str, Any], unpack: Any) -> list[Any]:
    return [
        pytest.param(name, *case, id=f"{name}({', '.join(map(str, case[0]))})")
        for name, rows in cases.items()
        for case in unpack(rows)
    ]


INSIDE_CASES = table(INSIDE, lambda texts: [(point,) for point in points(texts)])
SMALL_CASES = [case for case in INSIDE_CASES if max(abs(v) for v in case.values[1]) <= 40]
OUTSIDE_CASES = table(OUTSIDE, lambda texts: [(point,) for point in points(texts)])
KINK_CASES = table(KINKS, lambda rows: [(points(text)[0], *rest) for text, *rest in rows])
EDGE_CASES = table(EDGES, lambda rows: [(points(text)[0], position) for text, position in rows])


def test_every_row_has_its_cases():
    assert set(INSIDE) == set(GATES)
    assert set(OUTSIDE) == {name for name, gate in GATES.items() if gate.domain}
    assert set(KINKS) == {name for name, gate in GATES.items() if gate.kink}
    edged = {name for name, gate in GATES.items() if any(slope.where or not slope.text for slope in gate.slopes)}
    assert set(EDGES) == edged
    assert all(len(points(texts)) >= 3 for texts in INSIDE.values())


def test_a_row_may_have_whatever_a_gate_has():
    fields = {field.name for field in dataclasses.fields(Gate)}
    assert fields - set(Extra.__annotations__) == {"name", "params", "intuition", "slopes"}
    assert set(Extra.__annotations__) <= fields


def textbook(gate: Gate, count: int) -> tuple[Any, list[Any]]:
    """The gate's definition in SymPy over ``count`` symbols."""
    symbols = [symbol(f"v{i}") for i in range(count)]
    x, y = symbols[0], symbols[-1]
    plain = {"add": lambda: x + y, "sub": lambda: x - y, "mul": lambda: x * y, "div": lambda: x / y}
    if gate.name in plain:
        return plain[gate.name](), symbols
    if gate.name in RELATIONS:
        return sympy.Piecewise((1, RELATIONS[gate.name](x, y)), (0, True)), symbols
    if gate.name == "where":
        return sympy.Piecewise((symbols[1], sympy.Ne(x, 0)), (y, True)), symbols
    return forms()[gate.name](*symbols), symbols


@cache
def textbook_slope(name: str, count: int, position: int) -> Any:
    """SymPy's derivative; None where it leaves jumps undone and the gate is a straight line between them."""
    form, symbols = textbook(GATES[name], count)
    slope = form.diff(symbols[position])
    undone = slope.has(sympy.Derivative, sympy.Subs, sympy.DiracDelta) or name in ("where", "sign", *RELATIONS)
    return None if undone else slope


def at(form: Any, symbols: list[Any], point: tuple[Fraction, ...]) -> Any:
    literals = {s: sympy.Rational(s.name) for s in form.free_symbols if s not in symbols}
    return form.subs(
        {s: sympy.Rational(v.numerator, v.denominator) for s, v in zip(symbols, point, strict=True)} | literals
    )


def expected_slope(name: str, point: tuple[Fraction, ...], position: int) -> Any:
    """SymPy's local gradient to 50 digits, from its derivative or, between jumps, from an exact difference."""
    form, symbols = textbook(GATES[name], len(point))
    slope = textbook_slope(name, len(point), position)
    if slope is not None:
        return at(slope, symbols, point).evalf(DIGITS, maxn=6000, strict=True)
    if name == "where" and position == 0:
        return 0
    step = Fraction(1, 10**9)
    ends = [
        at(form, symbols, tuple(v + sign * step * (i == position) for i, v in enumerate(point))) for sign in (1, -1)
    ]
    return (ends[0] - ends[1]) / (2 * sympy.Rational(step.numerator, step.denominator))


def numbers(rules: Rules, point: tuple[Fraction, ...]) -> list[Any]:
    divide, number = rules.arithmetic.operations["div"], rules.arithmetic.number
    return [divide(number(str(v.numerator)), number(str(v.denominator))) for v in point]


def local(rules: Rules, name: str, values: list[Any], position: int) -> Any:
    """The row's local gradient at those values, its own value cached as in a sweep."""
    row = rules[name]
    value = rules.operation(name)(*values)
    if row.gate.many:
        return row.slopes[0]((values[position], value, rules.arithmetic.number(str(values.count(value)))))
    return row.slopes[position]((*values, value))


def with_slopes(name: str, point: tuple[Fraction, ...]) -> list[int]:
    return [i for i in range(len(point)) if GATES[name].slope(i).text]


def near(found: Any, expected: Any, rtol: float, atol: float = 0.0) -> bool:
    with working(BITS):
        given, due = arb(found), arb(expected)
        return bool(abs(given - due) <= arb(rtol) * abs(due) + arb(atol))


@pytest.mark.parametrize(("name", "point"), INSIDE_CASES)
def test_local_gradients_are_sympys_to_50_digits(name, point):
    for position in with_slopes(name, point):
        found = local(DEEP, name, numbers(DEEP, point), position)
        expected = from_text(str(sympy.Float(expected_slope(name, point, position), DIGITS)))
        assert near(found, expected, 1e-45), f"input {position}: {found} and not {expected}"


@pytest.mark.parametrize(("name", "point"), INSIDE_CASES)
def test_values_are_sympys_to_50_digits(name, point):
    form, symbols = textbook(GATES[name], len(point))
    expected = sympy.Float(at(form, symbols, point).evalf(450, maxn=6000), DIGITS)
    found = DEEP.operation(name)(*numbers(DEEP, point))
    assert near(found, from_text(str(expected)), 1e-45)


@pytest.mark.parametrize(("name", "point"), INSIDE_CASES)
def test_doubles_keep_their_digits_in_the_tails_too(name, point):
    doubles = [float(v) for v in point]
    deep = [from_float(v) for v in doubles]
    pairs = [(DOUBLE.operation(name)(*doubles), DEEP.operation(name)(*deep))]
    pairs += [(local(DOUBLE, name, doubles, i), local(DEEP, name, deep, i)) for i in with_slopes(name, point)]
    for found, expected in pairs:
        if abs(arb(expected)) > 1.7e308:
            assert not math.isfinite(found)
        elif math.isfinite(pairs[0][0]):
            assert near(found, expected, LOOSER.get(name, 2e-14), 1e-307)


@pytest.mark.parametrize(("name", "point"), SMALL_CASES)
def test_exact_numbers_agree_with_digits(name, point):
    exact, deep = numbers(EXACT, point), numbers(DEEP, point)
    pairs = [(EXACT.operation(name)(*exact), DEEP.operation(name)(*deep))]
    pairs += [(local(EXACT, name, exact, i), local(DEEP, name, deep, i)) for i in with_slopes(name, point)]
    for found, expected in pairs:
        digits = decimal(EXACT.arithmetic.enclosed(found, 200), 60)
        assert near(from_text(digits), expected, 1e-50, 1e-100)


def expression(name: str, point: tuple[Fraction, ...]) -> tuple[str, dict[str, str]]:
    names = [f"v{i}" for i in range(len(point))]
    return f"{name}({', '.join(names)})", {key: str(v) for key, v in zip(names, point, strict=True)}


@pytest.mark.parametrize("settings", ARITHMETICS.values(), ids=ARITHMETICS)
@pytest.mark.parametrize(("name", "point", "convention", "slopes"), KINK_CASES)
def test_at_a_kink_the_convention_answers_and_both_slopes_are_said(name, point, convention, slopes, settings):
    report = differentiate(*expression(name, point), **settings)
    assert tuple(report.gradient.values()) == pytest.approx(convention, abs=1e-15)
    assert f"kink.{name}" in [warning.code for warning in report.warnings]
    for variable, (left, right), slope in zip(report.variables, slopes, convention, strict=True):
        if left == right == slope:
            assert variable.verdict.word == "ok"
        else:
            assert variable.verdict.word == "kink"
            for found, expected in zip(variable.verdict.slopes, (left, right), strict=True):
                assert found == (expected if expected == "jump" else pytest.approx(expected, abs=1e-12))


@pytest.mark.parametrize(("name", "point"), OUTSIDE_CASES)
def test_outside_its_domain_every_arithmetic_refuses_alike(name, point):
    found = set()
    for settings in ARITHMETICS.values():
        with pytest.raises(Refused) as caught:
            differentiate(*expression(name, point), **settings)
        (problem,) = caught.value.problems
        found.add((problem.code, problem.message.partition(", and got")[0], problem.span))
        assert caught.value.exit_code == 4
    ((code, message, span),) = found
    gate = GATES[name]
    named = {letter: f"v{i}" for i, letter in enumerate(gate.params)} if len(gate.params) > 1 else {}
    need = re.sub(r"\b[a-z]\b", lambda letter: named.get(letter[0], letter[0]), gate.need)
    assert (code, message) == (f"domain.{name}", f"{name} needs {need}")
    assert (span.start, span.end) == (0, len(expression(name, point)[0]))


@pytest.mark.parametrize(("name", "point", "position"), EDGE_CASES)
@pytest.mark.parametrize("settings", ARITHMETICS.values(), ids=ARITHMETICS)
def test_at_an_edge_there_is_a_value_and_no_slope(name, point, position, settings):
    text, values = expression(name, point)
    with pytest.raises(Refused) as caught:
        differentiate(text, values, wrt=[f"v{position}"], **settings)
    assert [problem.code for problem in caught.value.problems] == [f"slope.{name}"]
    assert math.isfinite(differentiate(text, values, wrt=[], **settings).value.approx)


FLAG_CASES = [pytest.param(*row, id=f"{name}: {row[0]} at {row[1]}") for name, rows in FLAGS.items() for row in rows]


@pytest.mark.parametrize("settings", ARITHMETICS.values(), ids=ARITHMETICS)
@pytest.mark.parametrize(("text", "values", "gradients"), FLAG_CASES)
def test_what_a_rows_flags_say(text, values, gradients, settings):
    report = differentiate(text, values, **settings)
    assert tuple(report.gradient.values()) == pytest.approx(gradients, rel=1e-15)
    assert [warning.code for warning in report.warnings if warning.code.startswith("kink.")] == []


@pytest.mark.parametrize("name", NEVER_ZERO)
def test_a_value_that_is_never_zero_is_none(name):
    report = differentiate(f"{name}(x)", {"x": NEVER_ZERO[name]}, digits=20)
    assert "e-" in report.value.text
    assert report.value.approx == 0
    assert {verdict.word for verdict in report.check.verdicts.values()} == {"ok"}


def test_every_flag_has_its_case():
    assert {name for name, gate in GATES.items() if gate.routes} <= set(FLAGS)


@pytest.mark.parametrize("text", ["tan(pi/2)", "sec(-pi/2)", "cot(pi)", "csc(2*pi)"])
def test_poles_that_only_exact_meets(text):
    with pytest.raises(Refused) as caught:
        differentiate(text, exact=True)
    assert caught.value.problems[0].code == f"domain.{text[:3]}"
    assert math.isfinite(differentiate(text).value.approx)


@pytest.mark.parametrize("name", [*GATES, *ARRAY_GATES])
def test_a_gate_asked_for_by_its_name_shows_an_example_that_runs(name):
    ran = backprop("gates", name)
    assert (ran.err, ran.code) == ("", 0)
    rows = [re.split(r"  +", line, maxsplit=1) for line in ran.out.splitlines() if line.strip()]
    before, (label, command), (nothing, printed) = rows[:-2], rows[-2], rows[-1]
    row = GATES.get(name) or ARRAY_GATES[name]
    assert (label, nothing, printed.startswith("f = ")) == ("example", "", True)
    assert dict(before)["gate"].startswith(row.form) or row.form in ran.out
    assert all(alias in ran.out for alias in row.aliases)
    program, *words = shlex.split(command)
    again = json.loads(backprop(*words, "--json", "--check", "forward").out)
    shown = dict(re.findall(r"(?:∂f/∂)?(\w+) = (\[[^=]*\]|[^,]+)(?:, |$)", printed))
    assert (program, json.loads(shown.pop("f"))) == ("backprop", again["value"])
    assert {each: json.loads(text) for each, text in shown.items()} == again["gradient"]
