"""Random circuits over the whole gate table, against four derivations that share nothing with the backward pass.

SymPy's derivative, central differences with 50 digits, the library autograd, and the project's own check.
"""

from __future__ import annotations

import math
from typing import Any

import autograd
import autograd.numpy as anp
import pytest
import sympy
from circuits import JUMPS, SMOOTH, programs, values
from flint import arb, fmpq
from hypothesis import assume, given, settings

from backprop_cli import Report, differentiate, read
from backprop_cli.arithmetic.ball_arithmetic import Balls
from backprop_cli.arithmetic.ball_text import to_float
from backprop_cli.arithmetic.balls import from_float, from_text, working
from backprop_cli.check.reference import scales
from backprop_cli.circuit import INPUT, Circuit
from backprop_cli.engine.forward import forward
from backprop_cli.engine.rules import Rules
from backprop_cli.gates import GATES
from backprop_cli.symbolic.build import expression, symbol

DEEP = Rules(Balls(500, of_doubles=True))
DECIMAL = Rules(Balls(500))
AUTOGRAD = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: x**y,
    "square": lambda x: x * x,
    "asin": anp.arcsin,
    "acos": anp.arccos,
    "atan": anp.arctan,
    "atan2": anp.arctan2,
    "asinh": anp.arcsinh,
    "acosh": anp.arccosh,
    "atanh": anp.arctanh,
    "abs": anp.abs,
    "hypot": lambda x, y: anp.sqrt(x * x + y * y),
    "sigmoid": lambda x: 1 / (1 + anp.exp(-x)),
    "silu": lambda x: x / (1 + anp.exp(-x)),
    "softplus": lambda x: anp.logaddexp(0.0, x),
    "relu": lambda x: anp.maximum(x, 0.0),
    "softsign": lambda x: x / (1 + anp.abs(x)),
    "sech": lambda x: 1 / anp.cosh(x),
    "reciprocal": lambda x: 1 / x,
    "max": lambda *xs: anp.max(anp.array(xs)),
    "min": lambda *xs: anp.min(anp.array(xs)),
    "clip": lambda x, lo, hi: anp.minimum(anp.maximum(x, lo), hi),
}
AUTOGRAD |= {
    name: getattr(anp, name)
    for name in "exp expm1 log log1p log2 log10 sin cos tan sinh cosh tanh sqrt".split()  # noqa: SIM905  # one line
}


def used(circuit: Circuit, point: dict[str, float]) -> dict[str, float]:
    return {name: point[name] for name in circuit.inputs}


def tolerance(report: Report, name: str, rtol: float) -> float:
    """``rtol`` of the size of the terms that add up to that gradient."""
    scale = to_float(scales(report._run, report._sweep)[report._run.circuit.inputs[name]])
    return rtol * max(scale, abs(report.gradient[name]), 1e-290)


def words(report: Report) -> set[str]:
    return {verdict.word for verdict in report.check.verdicts.values()}


@given(programs(), values())
def test_the_check_agrees_by_every_method(text, point):
    circuit = read(text)
    for method in ("symbolic", "gatewise", "forward"):
        report = differentiate(circuit, used(circuit, point), check=method)
        assert report.ok
        assert "wrong" not in words(report)
        assert not any("not SymPy's" in note for note in report.check.notes)
        assert report._run.kinks or words(report) <= {"ok", "imprecise"}


@given(programs(gates=tuple(GATES)), values())
def test_jumps_and_flat_gates_are_checked_too(text, point):
    circuit = read(text)
    report = differentiate(circuit, used(circuit, point))
    assert report.ok
    assert all(math.isfinite(gradient) for gradient in report.gradient.values())


@settings(max_examples=25)
@given(programs(most=3), values())
def test_gradients_are_sympys(text, point):
    circuit = read(text)
    report = differentiate(circuit, used(circuit, point), check="none")
    assume(not report._run.kinks)
    whole = expression(circuit)
    exact = {symbol(name): sympy.Rational(value) for name, value in used(circuit, point).items()}
    exact |= {s: sympy.Rational(float(s.name)) for s in whole.free_symbols - set(exact)}
    for name, found in report.gradient.items():
        expected = whole.diff(symbol(name)).subs(exact).evalf(25, maxn=2000)
        assert abs(found - float(expected)) <= tolerance(report, name, 1e-11)


def difference(circuit: Circuit, point: dict[str, float], name: str, rules: Rules = DEEP) -> Any:
    """The slope of the whole function by a central difference of 2^-80 with 150 digits: right to about 45 digits."""
    step = fmpq(1, 2**80)
    ends = []
    for sign in (1, -1):
        moved = {key: from_float(value) + sign * step * (key == name) for key, value in point.items()}
        ends.append(forward(circuit, moved, rules).values[circuit.output])
    with working(500):
        return arb((ends[0] - ends[1]) / (2 * step)).mid()


@given(programs(gates=SMOOTH + JUMPS), values())
def test_gradients_are_the_slopes_of_the_whole_function(text, point):
    circuit = read(text)
    point = used(circuit, point)
    report = differentiate(circuit, point, check="none")
    assume(not report._run.kinks)
    for name, found in report.gradient.items():
        assert abs(found - difference(circuit, point, name)) <= tolerance(report, name, 1e-11)


@given(programs(), values())
def test_thirty_digits_are_the_slopes_to_thirty_digits(text, point):
    circuit = read(text)
    point = used(circuit, point)
    report = differentiate(circuit, {name: repr(value) for name, value in point.items()}, digits=30, check="none")
    assume(not report._run.kinks)
    for name, variable in zip(report.gradient, report.parameters, strict=True):
        expected = difference(circuit, point, name, DECIMAL)
        with working(500):
            found = arb(from_text(variable.gradient.text))
            assert abs(found - expected) <= abs(expected) * 1e-29 + 1e-42


def by_autograd(circuit: Circuit, point: dict[str, float]) -> dict[str, float]:
    names = list(point)

    def whole(numbers: Any) -> Any:
        made: list[Any] = []
        for node in circuit.nodes:
            if node.op == INPUT:
                made.append(numbers[names.index(node.text)])
            elif not node.is_gate:
                made.append(float(node.text))
            else:
                made.append(AUTOGRAD[node.op](*(made[i] for i in node.inputs)))
        return made[circuit.output]

    return dict(zip(names, autograd.grad(whole)(anp.array(list(point.values()))), strict=True))


@given(programs(gates=tuple(AUTOGRAD)), values())
def test_gradients_are_autograds(text, point):
    circuit = read(text)
    point = used(circuit, point)
    report = differentiate(circuit, point, check="none")
    assume(not report._run.kinks)
    for name, expected in by_autograd(circuit, point).items():
        assert abs(report.gradient[name] - expected) <= tolerance(report, name, 1e-10)


@pytest.mark.parametrize("name", sorted(AUTOGRAD))
def test_autograd_is_asked_about_gates_of_the_table(name):
    assert name in GATES


@given(programs(gates=tuple(GATES)), values())
def test_two_runs_give_equal_reports(text, point):
    point = used(read(text), point)
    first, second = (differentiate(text, point) for _ in range(2))
    assert (first.value, first.variables, first.stages, first.warnings) == (
        second.value,
        second.variables,
        second.stages,
        second.warnings,
    )
    assert (first.check, first.gates) == (second.check, second.gates)


@given(programs(), values())
def test_sharing_changes_no_gradient(text, point):
    point = used(read(text), point)
    shared, apart = (differentiate(text, point, share=share, check="none") for share in (True, False))
    for name, found in shared.gradient.items():
        assert abs(found - apart.gradient[name]) <= tolerance(shared, name, 1e-12)


@given(programs(), values())
def test_the_variables_that_are_not_asked_cost_nothing_and_change_nothing(text, point):
    circuit = read(text)
    point = used(circuit, point)
    whole = differentiate(circuit, point, check="none")
    for name in circuit.inputs:
        alone = differentiate(circuit, point, wrt=[name], check="none")
        assert alone.gradient == {name: whole.gradient[name]}
        reached = circuit.reach([circuit.inputs[name]])
        assert all(alone._sweep.gradients[i] is None for i in range(len(circuit.nodes)) if not reached[i])


@pytest.mark.parametrize("settings_", [{}, {"digits": 30}, {"exact": True}], ids=["float64", "digits", "exact"])
def test_a_doubling_chain_of_60_stages_is_60_gates_and_exact(settings_):
    text = "s0 = x + x; " + "; ".join(f"s{i} = s{i - 1} + s{i - 1}" for i in range(1, 60))
    circuit = read(text)
    assert len(circuit.nodes) == 61
    report = differentiate(circuit, {"x": "3"}, **settings_)
    assert (report.value.approx, report.gradient) == (3 * 2.0**60, {"x": 2.0**60})
    assert [stage.gradient.approx for stage in report.stages] == [2.0 ** (59 - i) for i in range(60)]
    assert report.ok
