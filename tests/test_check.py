"""The check can fail: wrong rules are found by every method, and rounding, kinks and swell are told apart from them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy.core.evalf import PrecisionExhausted

from backprop_cli import Report, differentiate, read
from backprop_cli.check import gatewise
from backprop_cli.gates import GATES, Slope
from backprop_cli.lost import LOST
from backprop_cli.symbolic import build

METHODS = ("symbolic", "gatewise", "forward")


def verdict(report: Report, name: str):
    return next(variable.verdict for variable in report.variables if variable.name == name)


def codes(report: Report) -> list[str]:
    return [warning.code for warning in report.warnings]


WRONG_RULES = {
    # gate: (input, a wrong slope, expression, point)
    "sin": (0, "-cos(x)", "sin(x)*y", {"x": 1, "y": 2}),
    "mul": (1, "y", "x*y + x", {"x": 3, "y": 5}),
    "div": (1, "z/y", "x/y", {"x": 3, "y": 5}),
    "exp": (0, "z*(1 + 1/100000000)", "exp(x)^2", {"x": 1}),
    "tanh": (0, "1 - z", "tanh(x*y)", {"x": 1, "y": 0.3}),
    "pow": (0, "x^(y - 1)", "x^3", {"x": 2}),
    "sigmoid": (0, "z*sigmoid(x)", "q = sigmoid(w*x); q*q", {"w": 2, "x": 0.7}),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", WRONG_RULES)
def test_a_wrong_rule_is_found(monkeypatch, name, method):
    position, wrong, expression, point = WRONG_RULES[name]
    assert differentiate(expression, point, check=method).ok
    slopes = list(GATES[name].slopes)
    slopes[position] = Slope(wrong)
    monkeypatch.setitem(GATES, name, replace(GATES[name], slopes=tuple(slopes)))
    report = differentiate(expression, point, check=method)
    assert not report.ok
    assert "wrong" in {found.word for found in report.check.verdicts.values()}
    named = [note for note in report.check.notes if "is not SymPy's" in note]
    assert len(named) == (method == "gatewise")


@pytest.mark.parametrize("settings", [{"digits": 25}, {"exact": True}], ids=["digits", "exact"])
def test_a_wrong_rule_is_found_in_the_other_arithmetics(monkeypatch, settings):
    monkeypatch.setitem(GATES, "square", replace(GATES["square"], slopes=(Slope("x"),)))
    assert verdict(differentiate("square(x)", {"x": 3}, **settings), "x").word == "wrong"


def test_a_wrong_rule_that_is_not_on_the_way_is_not_blamed(monkeypatch):
    monkeypatch.setitem(GATES, "sin", replace(GATES["sin"], slopes=(Slope("0"),)))
    report = differentiate("sin(x)*y", {"x": 1, "y": 2})
    assert (verdict(report, "x").word, verdict(report, "y").word) == ("wrong", "ok")


def test_a_wrong_sum_over_paths_is_found(monkeypatch):
    """A fork whose contributions overwrite each other: each local gradient is right, and the whole is not."""
    from backprop_cli.engine.backward import _BackwardSweep

    def overwrite(self, index, inputs, row, upstream):
        wires = self.forward.seen(index)[0]
        self.locals[index] = tuple(slope(wires) for slope in row.slopes)
        for source, one in zip(inputs, self.locals[index], strict=True):
            self.gradients[source] = upstream * one

    monkeypatch.setattr(_BackwardSweep, "_gate", overwrite)
    for method in METHODS:
        assert verdict(differentiate("x*y + x*z", {"x": 2, "y": 3, "z": 5}, check=method), "x").word == "wrong"


@pytest.mark.parametrize("method", METHODS)
def test_rtol_decides(monkeypatch, method):
    monkeypatch.setitem(GATES, "exp", replace(GATES["exp"], slopes=(Slope("z*(1 + 1/1000)"),)))
    assert not differentiate("exp(x)", {"x": 1}, check=method, rtol=1e-4).ok
    assert verdict(differentiate("exp(x)", {"x": 1}, check=method, rtol=1e-2), "x").word == "ok"


DIGITS_LOST = {
    "underflow": ("x*exp(-y)*1e300", {"x": 1, "y": 800}, "y", -3.667874584177687e-48),
    "a difference of neighbours": ("(1 - cos(x))/x^2", {"x": 1e-8}, "x", -8.333333333333334e-10),
    "a term that vanishes beside 1": ("(exp(1e-100*x) - 1)*y*1e100", {"x": 1, "y": 1}, "y", 1.0),
    "a branch that rounding chose": ("where((x + 1e16) - 1e16 > 0.5, x, 0)", {"x": 1}, "x", 1.0),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", DIGITS_LOST.values(), ids=DIGITS_LOST)
def test_cancellation_is_lost_digits_and_not_a_wrong_gradient(case, method):
    expression, point, name, expected = case
    report = differentiate(expression, point, check=method)
    found = verdict(report, name)
    assert (found.word, found.lost_digits) == ("imprecise", 16)
    assert found.expected == pytest.approx(expected, rel=1e-12)
    assert report.ok
    assert "digits.lost" in codes(report)


def test_some_lost_digits_are_counted():
    report = differentiate("(1 + x) - 1", {"x": 1e-9})
    assert report.check.lost_in_value == 9
    assert verdict(report, "x").word == "ok"
    lost = differentiate("y*((1 + x) - 1)", {"x": 1e-11, "y": 3})
    assert (verdict(lost, "y").word, verdict(lost, "y").lost_digits) == ("imprecise", 9)
    assert differentiate("x*y", {"x": 3, "y": 7}).check.lost_in_value == 0


@pytest.mark.parametrize(
    ("expression", "point", "lost"),
    [("mod(x*1e10, (x + 0.1) - 0.1)", 0.1, 16), ("sin(x)^2 + cos(x)^2 + 0*x", 0.7, 0), ("x*3 - x*2 - x", 0.1, 0)],
    ids=["all digits", "the last bit", "none"],
)
def test_a_gradient_of_0_that_is_shown_as_another_number_is_said(expression, point, lost):
    report = differentiate(expression, {"x": point})
    found = verdict(report, "x")
    assert (found.word, found.expected, found.lost_digits) == ("ok", 0.0, lost)
    assert ("the gradient of x" in " ".join(one.message for one in report.warnings)) == (lost > 0)


def test_an_exact_gradient_is_never_called_wrong_by_a_coarser_reference():
    for expression in ("(exp(1e-100*x) - 1)*y*1e100", "where(exp(10^-700*x) > 1, x*y, 0)"):
        assert {
            found.word for found in differentiate(expression, {"x": 1, "y": 1}, exact=True).check.verdicts.values()
        } == {"ok"}


KINKS = {
    # expression: (point, variable, word, slopes, codes)
    "relu(x) - relu(-x)": ({"x": 0}, "limit", None, {"kink.relu", "kink.smooth"}),
    "abs(x)*3": ({"x": 0}, "kink", (-3.0, 3.0), {"kink.abs"}),
    "abs(x)^2": ({"x": 0}, "ok", None, {"kink.abs"}),
    "where(x == 0, 1, sin(x)/x)": ({"x": 0}, "ok", None, {"kink.eq"}),
    "floor(x)*x": ({"x": 3}, "kink", ("jump", 3.0), {"kink.floor", "check.note"}),
    "max(x, 2*x - 1)": ({"x": 1}, "kink", (1.0, 2.0), {"kink.max"}),
    "where(x > 0, x^2, abs(x - 5))": ({"x": 5}, "ok", None, set()),
    "sqrt(x^2)": ({"x": -2}, "ok", None, set()),
    "x + 0*abs(x)": ({"x": 0}, "ok", None, {"kink.abs"}),
}


@pytest.mark.parametrize(("expression", "case"), KINKS.items(), ids=KINKS)
def test_kinks_are_judged_by_their_one_sided_slopes(expression, case):
    point, word, slopes, said = case
    report = differentiate(expression, point)
    assert (verdict(report, "x").word, verdict(report, "x").slopes) == (word, slopes)
    assert set(codes(report)) == said
    assert report.ok


def test_a_wrong_rule_beside_a_kink_is_found(monkeypatch):
    monkeypatch.setitem(GATES, "sin", replace(GATES["sin"], slopes=(Slope("0"),)))
    assert verdict(differentiate("abs(x) + sin(y)", {"x": 0, "y": 1}), "y").word == "wrong"


LOGISTIC = "s0 = r*x*(1 - x); " + "; ".join(f"s{i} = r*s{i - 1}*(1 - s{i - 1})" for i in range(1, 14))
GATE_BY_GATE = {
    "swell": (LOGISTIC, {"r": 3.7, "x": 0.3}, "too large"),
    "depth": ("sin(" * 60 + "x" + ")" * 60, {"x": 1}, "60 gates deep"),
    "floor": ("floor(x)*x", {"x": 2.5}, "unevaluated"),
    "a comparison that SymPy refuses": ("where(x < cbrt(x^2 + 1), x, 0)", {"x": 0.5}, "SymPy stopped (TypeError)"),
    "ties": (f"max({', '.join(f'x*{i}' for i in range(1, 70))})", {"x": 2}, "too many inputs"),
}


@pytest.mark.parametrize("case", GATE_BY_GATE.values(), ids=GATE_BY_GATE)
def test_what_sympy_cannot_carry_is_checked_gate_by_gate_and_said(case):
    expression, point, reason = case
    report = differentiate(expression, point)
    assert report.check.method == "gatewise"
    assert any(note.startswith("checked gate by gate") and reason in note for note in report.check.notes)
    assert {found.word for found in report.check.verdicts.values()} == {"ok"}
    assert report.check.symbolic == {}


@pytest.mark.parametrize("fault", [PrecisionExhausted, *LOST], ids=lambda fault: fault.__name__)
def test_whatever_sympy_raises_the_check_goes_on(fault, monkeypatch):
    def lost(*_):
        raise fault

    monkeypatch.setattr(build, "expression", lost)
    report = differentiate("x*y", {"x": 2, "y": 3})
    assert report.check.method == "gatewise"
    assert report.check.notes == (f"checked gate by gate: SymPy stopped ({fault.__name__})",)
    assert {found.word for found in report.check.verdicts.values()} == {"ok"}


@pytest.mark.parametrize("method", ["none", "forward"])
def test_a_method_that_was_chosen_is_the_method_that_ran(method):
    report = differentiate("x*y", {"x": 1, "y": 2}, check=method)
    assert (report.check is None) if method == "none" else (report.check.method == method)


MANY = 700


def many() -> tuple[str, dict[str, float]]:
    text = " + ".join(f"sin(x{i})*x{i}" for i in range(MANY))
    return text, {f"x{i}": i / 100 for i in range(MANY)}


def test_many_variables_are_confirmed_along_mixed_directions(monkeypatch):
    text, point = many()
    assert len(read(text).nodes) * MANY > 200_000
    assert differentiate(text, point, check="forward").ok
    monkeypatch.setitem(GATES, "sin", replace(GATES["sin"], slopes=(Slope("cos(x) + 1/1000"),)))
    report = differentiate(text, point, check="forward")
    assert not report.ok
    assert any("do not add up" in note for note in report.check.notes)


def test_sympys_derivative_is_known_for_every_smooth_gate():
    unknown = {
        name
        for name, gate in GATES.items()
        if any(gatewise.derivative(name, i) is None for i in range(len(gate.slopes)) if gate.slopes[i].text)
    }
    flat = {"floor", "ceil", "round", "mod", "fmod", "lt", "le", "gt", "ge", "eq", "ne", "sign"}
    assert unknown <= flat | {"max", "min", "where"}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("log10(mod(sinh(7/3), erf(u))*y)", {"u": 100, "y": "7/10"}),
        ("y - (u + min(ceil(y), u^y))", {"u": 1, "y": "1e-10"}),
    ],
    ids=["a slope below every precision", "one-sided slopes that nearly agree"],
)
def test_exact_gradients_are_not_called_wrong(text, at):
    assert differentiate(text, at, exact=True).ok
