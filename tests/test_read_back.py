"""Every formula that the program prints as a derivative is one that it reads, and stands for the same number."""

from __future__ import annotations

import math
from itertools import product

import pytest

from backprop_cli import Refused, differentiate
from backprop_cli.gates import GATES
from backprop_cli.reading.own_notation import gate_text

LITERALS = ("1", "2", "1/2", "3", "0.25", "-1/2", "pi")
AT = {"x": 1.25}
# What SymPy writes with functions that have no gate, once literals are numbers.
CONSTANTS = (
    *("polygamma(2, 1)", "polygamma(4, 1)", "polygamma(2, 0.5)", "polygamma(1, 1/4)", "polygamma(1, 0.25)"),
    *("digamma(1)", "digamma(2)", "digamma(0.25)", "digamma(-0.5)", "gamma(1/3)", "gamma(0.5)", "lgamma(3)"),
    *("lgamma(-0.5)", "erf(2)", "erfc(0.5)", "atan2(1, 2)", "fmod(-7, 2)", "mod(-7, 2)", "round(2.5)", "round(3.5)"),
    *("sign(0)", "max(1, 2)", "cot(1)", "sech(1)", "log2(3)", "step(1)", "elu(-1, 2)", "cbrt(-8)", "hypot(3, 4)"),
)


def forms(name: str) -> list[str]:
    """The gate over x at each place, among literals, alone and in a product."""
    gate = GATES[name]
    count = 2 if gate.many else len(gate.params)
    literals = LITERALS if count < 3 else LITERALS[:3]
    calls = []
    for place in range(count):
        for others in product(literals, repeat=count - 1):
            arguments = [f"({text})" for text in others]
            arguments.insert(place, "x")
            calls.append(gate_text(gate.name, tuple(arguments)))
    return [text for call in calls for text in (call, f"({call})*x")]


def disagreements(expressions: list[str]) -> list[tuple[str, str, object]]:
    """Of the expressions that have a derivative, those whose formula is not read back as it."""
    found: list[tuple[str, str, object]] = []
    for expression in expressions:
        try:
            (variable,) = differentiate(expression, AT).variables
        except Refused:
            continue
        if variable.symbolic is None or variable.verdict is None or variable.verdict.word == "kink":
            continue
        try:
            back = differentiate(f"({variable.symbolic}) + 0*x", AT, check="none").value.approx
        except Refused as refused:
            found.append((expression, variable.symbolic, refused.problems[0].message))
            continue
        assert variable.gradient is not None
        if not math.isclose(back, variable.gradient.approx, rel_tol=1e-9, abs_tol=1e-12):
            found.append((expression, variable.symbolic, back))
    return found


@pytest.mark.parametrize("name", GATES)
def test_the_derivative_of_every_gate_is_read_back(name):
    assert disagreements(forms(name)) == []


@pytest.mark.parametrize("constant", CONSTANTS)
def test_a_constant_inside_a_derivative_is_read_back(constant):
    assert disagreements([f"{constant}*x", f"x^{constant}", f"sin({constant}*x)", f"x^2*({constant} + x)"]) == []
