"""One way of setting parentheses for every notation, and the texts that hold together by themselves."""

from __future__ import annotations

import pytest
from command import backprop

from backprop_cli.printing import Notation, form, listed
from backprop_cli.reading.own_notation import gate_text, held

SMALL = Notation({"add": form("#1 + #2", 1, 1, 2), "mul": form("#1*#2", 2, 2, 3), "neg": form("-#1", 3, 4)}, signed=1)
NAME = SMALL.piece("x", 9)
MINUS = SMALL.filled(SMALL.forms["neg"], [NAME])


@pytest.mark.parametrize(
    ("op", "inputs", "text"),
    [
        ("add", (NAME, NAME), "x + x"),
        ("add", (MINUS, NAME), "-x + x"),
        ("add", (NAME, MINUS), "x + (-x)"),
        ("mul", (SMALL.operator("add", [NAME, NAME]), NAME), "(x + x)*x"),
        ("mul", (NAME, SMALL.operator("mul", [NAME, NAME])), "x*(x*x)"),
        ("mul", (MINUS, MINUS), "-x*(-x)"),
        ("neg", (MINUS,), "-(-x)"),
        ("add", (NAME, SMALL.operator("mul", [MINUS, NAME])), "x + (-x*x)"),
    ],
)
def test_parentheses_stand_where_the_forms_need_them(op, inputs, text):
    assert SMALL.operator(op, inputs).text == text


def test_a_gate_without_a_form_is_somebody_elses():
    assert SMALL.operator("exp", [NAME]) is None


def test_no_formula_is_too_deep_or_too_long():
    """Shared parts are written as often as they are used, and nothing is copied on the way."""
    made = NAME
    for _ in range(100_000):
        made = SMALL.operator("add", [made, NAME])
    assert len(made.text) == 4 * 100_000 + 1


def test_parts_are_listed():
    assert SMALL.piece(listed(["a", ("b", "c"), "d"]), 9).text == "a, bc, d"
    assert listed([]) == ()


@pytest.mark.parametrize(
    ("op", "operands", "text"),
    [
        ("add", ("-2", "-3"), "-2 + (-3)"),
        ("mul", ("-2", "-3"), "-2*(-3)"),
        ("mul", ("1/3", "2"), "(1/3)*2"),
        ("mul", ("sqrt(1/2)", "2"), "sqrt(1/2)*2"),
        ("sub", ("x", "1 + sqrt(2)"), "x - (1 + sqrt(2))"),
        ("add", ("1 + sqrt(2)", "1/3"), "1 + sqrt(2) + 1/3"),
        ("lt", ("x", "-2"), "x < -2"),
        ("neg", ("-4",), "-(-4)"),
        ("pow", ("-4", "1e-5"), "(-4)^1e-5"),
        ("pow", ("x", "-1/3"), "x^(-1/3)"),
        ("max", ("-1/3", "x", "1 + pi"), "max(-1/3, x, 1 + pi)"),
        ("matmul", ("W", "x"), "W @ x"),
        ("transpose", ("W",), "W.T"),
    ],
)
def test_numbers_as_operands(op, operands, text):
    assert gate_text(op, operands) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", "x"),
        ("W[0, 1:]", "W[0, 1:]"),
        ("f(a + b).T", "f(a + b).T"),
        ("[1, 2*x]", "[1, 2*x]"),
        ("(a)+(b)", "((a)+(b))"),
        ("a @ b", "(a @ b)"),
        ("-x", "(-x)"),
    ],
)
def test_a_typed_text_holds_together_or_gets_parentheses(text, expected):
    assert held(text) == expected


def test_a_product_of_parentheses_is_named_whole():
    """It once passed for one that holds together, because it ends with a parenthesis."""
    ran = backprop("sum(log((x)+(y)))", "x=[1, -3]", "y=[1, 1]", "--no-check")
    assert ran.code == 4
    assert "((x)+(y))[1]" in ran.err
