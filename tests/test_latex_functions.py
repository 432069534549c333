r"""Where the argument of a LaTeX function ends: what is read, what has two readings, and that no text breaks it."""

from __future__ import annotations

import contextlib

import pytest
from command import backprop
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli import Refused, read
from backprop_cli.reading.writing import write

READ = [
    (r"2\cos 2x", "2*cos(2*x)"),
    (r"\cos 2x - a\sin 2x", "cos(2*x) - a*sin(2*x)"),
    (r"x \cos xy", "x*cos(x*y)"),
    (r"\sin x \cos y", "sin(x)*cos(y)"),
    (r"2\sin x\cos x", "2*sin(x)*cos(x)"),
    (r"\ln x^2", "log(x^2)"),
    (r"\sin x^{2} y", "sin(x^2*y)"),
    (r"\sin x^2y", "sin(x^2*y)"),
    (r"\cos\theta t", "cos(θ*t)"),
    (r"\sin 2 \pi t + 1", "sin(2*pi*t) + 1"),
    (r"\cos x_1 y_{2}^{3}", "cos(x1*y2^3)"),
    (r"\cos \frac{x}{2} y \cdot y", "cos(x/2*y)*y"),
    (r"\sin \sqrt{x} y \times y", "sin(sqrt(x)*y)*y"),
    (r"\ln |x| y", "log(abs(x))*y"),
    (r"\ln |x|^2", "log(abs(x)^2)"),
    (r"|\sin x| y", "abs(sin(x))*y"),
    (r"\sin x(y + 1)", "sin(x)*(y + 1)"),
    (r"\sin 2x \left(y + 1\right)", "sin(2*x)*(y + 1)"),
    (r"\cos x e^{\sin x}", "cos(x)*e^sin(x)"),
    (r"\sin e^{x} y", "sin(e^x*y)"),
    (r"\sin x exp(y)", "sin(x)*exp(y)"),
    (r"\ln \cos xy", "log(cos(x*y))"),
    (r"\ln \sin(x) y", "log(sin(x))*y"),
    (r"\sin(\cos x y) y", "sin(cos(x*y))*y"),
    (r"\sin x / \cos x", "sin(x)/cos(x)"),
    (r"\sin x * y", "sin(x)*y"),
    (r"\sin(x)/2 + \sin{x}/2", "sin(x)/2 + sin(x)/2"),
    (r"\max(\sin x, \cos 2x)", "max(sin(x), cos(2*x))"),
    (r"\sin x \le y", "sin(x) <= y"),
    (r"\sin x \text{if} x > 0 \text{else} \cos 2x", "where(x > 0, sin(x), cos(2*x))"),
    (r"\exp 2x + \log_2 8x", "exp(2*x) + log2(8*x)"),
    (r"\sin^2(x)", "sin(x)^2"),
    (r"\sin^2 x", "sin(x)^2"),
    (r"\tanh^{2}(x)", "tanh(x)^2"),
    (r"\sin^2\left(x\right) \cos^2 x y", "sin(x)^2*cos(x*y)^2"),
    (r"\sin^2{2x}y", "sin(2*x)^2*y"),
    (r"\ln \sin^2 x + 1", "log(sin(x)^2) + 1"),
    (r"\log_2^{3} x", "log2(x)^3"),
    (r"\sin^{-2} x", "sin(x)^(-2)"),
    (r"\sin^{n} x", "sin(x)^n"),
    (r"\frac{1}{2} xe^{-x}", "1/2*x*e^-x"),
    (r"\frac{xy_1}{2}", "x*y1/2"),
]


@pytest.mark.parametrize(("text", "wanted"), READ, ids=[text for text, _ in READ])
def test_what_it_is_read_as(text, wanted):
    assert write(read(text, bound=["x", "y"])) == write(read(wanted))


NAMES = [
    (r"\frac{xy}{x}", ["xy", "x", "y"], ["xy", "x"]),
    (r"\frac{xy}{x}", [], ["xy", "x"]),
    (r"xy = \frac{x}{y}; xy^{2}", ["x", "y"], ["x", "y"]),
    (r"\mathrm{xy} + \frac{x}{y}", ["x", "y"], ["xy", "x", "y"]),
    (r"\cos x e^{y}", ["x", "y", "e"], ["x", "e", "y"]),
    (r"\frac{xe}{2}", ["x"], ["xe"]),
]


@pytest.mark.parametrize(("text", "bound", "inputs"), NAMES, ids=[f"{text} {bound}" for text, bound, _ in NAMES])
def test_a_name_stays_one(text, bound, inputs):
    assert list(read(text, bound=bound).inputs) == inputs


REFUSED = [
    (r"\sin x/2", "syntax.ambiguous", r"write \sin(x/2) or \sin(x)/2", r"\sin x/2"),
    (r"\sin x y / (2 y)", "syntax.ambiguous", r"write \sin(x y/(2 y)) or \sin(x y)/(2 y)", r"\sin x y / (2 y)"),
    (r"\cos 2*x", "syntax.ambiguous", r"write \cos(2*x) or \cos(2)*x", r"\cos 2*x"),
    (r"\ln 2(x + 1)", "syntax.ambiguous", r"write \ln(2(x + 1)) or \ln(2)(x + 1)", r"\ln 2(x + 1)"),
    (
        r"\sin^2 2\pi\left(x\right)",
        "syntax.ambiguous",
        r"write \sin^2(2\pi(x)) or \sin^2(2\pi)(x)",
        r"\sin^2 2\pi\left(x\right)",
    ),
    (r"\ln 2 e^{x}", "syntax.ambiguous", r"write \ln(2e^{x}) or \ln(2)e^{x}", r"\ln 2 e^{x}"),
    (r"\sin -x", "latex.command", r"write \sin(…)", r"\sin"),
    (r"2 \sin", "latex.command", r"write \sin(…)", r"\sin"),
    (
        r"\sin^{-1}(x)",
        "syntax.operator",
        r"write \arcsin(…) for the inverse function, 1/\sin(…) for the reciprocal",
        r"\sin^{-1}",
    ),
    (
        r"\sinh^{-1} x",
        "syntax.operator",
        r"write \operatorname{asinh}(…) for the inverse function, 1/\sinh(…) for the reciprocal",
        r"\sinh^{-1}",
    ),
    (r"\ln^{-1} x", "syntax.operator", r"write 1/\ln(…) for the reciprocal", r"\ln^{-1}"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "hint", "under"), REFUSED, ids=[text for text, *_ in REFUSED])
def test_refused_with_what_to_write(text, code, hint, under):
    with pytest.raises(Refused) as caught:
        read(text)
    problem = caught.value.problems[0]
    assert (problem.code, problem.hint) == (code, hint)
    assert problem.span is not None
    assert text[problem.span.start : problem.span.end] == under


def test_right_answers_are_right():
    answers = ["-a", r"dx=2\cos 2x - 2a\sin 2x", "-a", r"da=\cos^2 x - \sin^2 x"]
    ran = backprop("check", "sin(2*x) + a*cos(2*x)", "x=0.3", "a=2", *answers)
    assert ran.code == 0, ran.out
    assert "read as cos(x)^2 - sin(x)^2" in ran.out


PIECES = [r"\sin", r"\cos^2", r"\ln", r"\left(", r"\right)", r"\frac{1}{2}", "e^{x}", "\\pi", r"\|", "x", "y", "2"]
PIECES += [*"(){}[]|^_/*+-=;"]


@given(st.lists(st.sampled_from(PIECES), max_size=16), st.booleans())
def test_no_text_breaks_the_reader(pieces, arrays):
    with contextlib.suppress(Refused):
        assert read("\\sin " + " ".join(pieces), bound=["x"], arrays=arrays).nodes


def test_functions_of_functions_are_read_however_many():
    assert len(read(r"\sin " * 3_900 + "x").nodes) == 3_901
