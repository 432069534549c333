r"""LaTeX as an expression and as an answer: what it is read as, where it is refused, and our own LaTeX read back."""

from __future__ import annotations

import contextlib
import json

import pytest
from command import backprop
from conftest import published
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli import Refused, read
from backprop_cli.reading.latex_words import is_latex
from backprop_cli.reading.writing import write
from backprop_cli.render.formula import formula

READ = [
    (r"\frac{1}{1 + e^{-x}}", "1/(1 + e^-x)"),
    (r"\dfrac{x + 1}{y}", "(x + 1)/y"),
    (r"\frac12 x", "1/2*x"),
    (r"\frac{1}2 x", "1/2*x"),
    (r"\frac{\frac{x}{2}}{y}", "x/2/y"),
    (r"x\frac{1}{y}", "x*(1/y)"),
    (r"2\frac{1}{y}", "2*(1/y)"),
    (r"\sqrt{x^{2} + y^{2}}", "sqrt(x^2 + y^2)"),
    (r"\sqrt[3]{x} + \sqrt2 x", "cbrt(x) + sqrt(2)*x"),
    (r"w_{1} x_{1} + b", "w1*x1 + b"),
    (r"w_1 x_1 + \theta_0", "w1*x1 + θ0"),
    (r"x_{i,j}^{2}", "x_ij^2"),
    (r"x \cdot y \times z \div w", "x*y*z/w"),
    (r"\sigma(w x + b)", "sigmoid(w*x + b)"),
    (r"\sigma\left(w\right)", "sigmoid(w)"),
    (r"\sigma^{2} + \mu", "σ^2 + μ"),
    (r"e^{-\frac{(x - \mu)^{2}}{2 \sigma^{2}}}", "e^(-((x - μ)^2/(2*σ^2)))"),
    (r"\left( x + y \right) z", "(x + y)*z"),
    (r"\left[ x + y \right]\left\{ z \right\}", "(x + y)*z"),
    (r"\bigl(x + 1\bigr)^{2}", "(x + 1)^2"),
    (r"\left. x \right)", None),
    (r"|x_{1} - y|", "abs(x1 - y)"),
    (r"\left| x \right| \left| y \right|", "abs(x)*abs(y)"),
    (r"\lvert x \rvert + \lfloor y \rfloor", "abs(x) + floor(y)"),
    (r"\sin x \cos y", "sin(x)*cos(y)"),
    (r"\sin(x)^{2} + \ln{y}", "sin(x)^2 + log(y)"),
    (r"\exp\left(-x\right) \tanh\theta", "exp(-x)*tanh(θ)"),
    (r"\log_{2}(x) + \log_{10} (y) + \arctan(z)", "log2(x) + log10(y) + atan(z)"),
    (r"\max\left(x, 0\right) + \min(x, y)", "max(x, 0) + min(x, y)"),
    (r"\operatorname{relu}(w x) + \mathrm{softplus}\left(b\right)", "relu(w*x) + softplus(b)"),
    (r"\mathbf{w} \cdot x", "w*x"),
    (r"x \text{if} x \ge 0 \text{else} 0", "where(x >= 0, x, 0)"),
    (r"x \le 1 \land \lnot (y > 2)", "where(x <= 1, where(y > 2, 0, 1), 0)"),
    (r"$\frac{x}{y}$", "x/y"),
    (r"q = \frac{x}{y}; f = q^{2}", "q = x/y; f = q^2"),
    (r"2 \pi r", "2*pi*r"),
    ("x^{2}", "x^2"),
    (r"\frac{1}{2}(x + 1)^2", "1/2*(x + 1)^2"),
    (r"\sqrt{x}(y + 1)", "sqrt(x)*(y + 1)"),
    ("e^{x}(y + 1)", "e^x*(y + 1)"),
    ("w^{2}(y + 1)", "w^2*(y + 1)"),
    (r"|x|(y + 1) \cdot 1", "abs(x)*(y + 1)*1"),
    (r"\frac{1}{2}x^2y", "1/2*x^2*y"),
    (r"\frac{1}{2}x^10", "1/2*x^10"),
    (r"-x^3 e^{-x^2 y}", "-x^3*e^(-x^2*y)"),
    (r"\frac{x^2(y + 1)}{2}", "x^2*(y + 1)/2"),
    ("{x}^{2}", "x^2"),
    (r"\quad x \, y \; z \\ ", "x*y*z"),
]
READ = [(text, wanted) for text, wanted in READ if wanted is not None]


@pytest.mark.parametrize(("text", "wanted"), READ, ids=[text for text, _ in READ])
def test_what_it_is_read_as(text, wanted):
    assert is_latex(text)
    assert write(read(text)) == write(read(wanted))


def test_a_subscript_is_the_name_that_has_a_value():
    assert list(read(r"\frac{x_{1}}{2}", bound=["x_1"]).inputs) == ["x_1"]
    assert list(read(r"\frac{x_{1}}{2}", bound=["x1"]).inputs) == ["x1"]
    assert list(read(r"\frac{x_{1}}{2}").inputs) == ["x1"]
    assert list(read(r"\frac{out_{o1}}{2}").inputs) == ["out_o1"]
    assert list(read(r"\alpha \cdot x", bound=["alpha", "x"]).inputs) == ["alpha", "x"]
    assert list(read(r"\alpha \sin \alpha", bound=["alpha"]).inputs) == ["alpha"]


@pytest.mark.parametrize("letter", sorted(set("αβγδεζηθικλμνξορςστυφχψωΑΒΓΔΘΛΞΠΣΥΦΨΩϑϕϖϰϱϵ")))
@pytest.mark.parametrize("name", ["{}", "{}1", "{}_12"], ids=["alone", "numbered", "with a subscript"])
def test_a_greek_letter_is_read_back_from_its_latex(letter, name):
    named = name.format(letter)
    text = formula(f"w_1*{named} + 1/x")
    assert set(read(text, bound=["w_1", named, "x"]).inputs) == {"w_1", named, "x"}


REFUSED = [
    (r"\foo{x}", "latex.command", r"the command \foo is not read", r"\foo"),
    (r"\fract{x}{2}", "latex.command", r"the command \fract is not read", r"\fract"),
    (r"\partial x + \frac{1}{2}", "latex.command", r"\partial asks for a derivative", r"\partial"),
    (r"\sqrt[4]{x}", "latex.command", r"\sqrt is read with the index 3, or none", r"\sqrt[4]"),
    (r"\mathrm{2x} + \frac12", "latex.command", "a name in braces is needed here", r"\mathrm"),
    (r"\frac{x}{2", "latex.braces", "this { is never closed", "{"),
    (r"\frac{x}{2}}", "latex.braces", "a } that closes nothing", "}"),
    (r"\frac{x}", "latex.braces", "an argument in braces is missing", ""),
    (r"1/2\pi", "syntax.ambiguous", "a product without a sign that can be read in two ways", r"/2\pi"),
    (r"1/x\frac{1}{2}", "syntax.ambiguous", "a product without a sign that can be read in two ways", r"/x\frac"),
    (r"\frac{x +}{2}", "syntax.operand", "a value is missing after +: found `)`", "}"),
    (r"\left( x + \frac12", "syntax.parenthesis", "this ( is never closed", "("),
    (r"x \pm \frac12", "latex.command", r"the command \pm is not read", r"\pm"),
    (r"\begin{cases} x \end{cases}", "latex.command", r"the command \begin is not read", r"\begin"),
]


@pytest.mark.parametrize(("text", "code", "message", "under"), REFUSED, ids=[text for text, *_ in REFUSED])
def test_refused_at_its_place(text, code, message, under):
    with pytest.raises(Refused) as caught:
        read(text)
    problem = caught.value.problems[0]
    assert (problem.code, problem.message) == (code, message)
    assert problem.span is not None
    assert under in text[problem.span.start : problem.span.end] or not under


def test_the_reading_is_echoed(tmp_path):
    ran = backprop(r"\frac{1}{1 + e^{-x}}", "x=1", "-q")
    assert (ran.out, ran.code) == ("0.19661193324148188\n", 0)
    assert ran.err == "note[latex.read]: read as 1/(1 + e^-x)\n"
    ran = backprop("draw", r"\frac{x}{y}", "x=1", "y=2")
    assert "read as x/y" in ran.err
    (tmp_path / "d.csv").write_text("x,y\n1,2\n2,3\n")
    ran = backprop("batch", r"\frac{w x - y}{2}", "--data", str(tmp_path / "d.csv"), "w=1", "-q")
    assert (ran.code, "read as (w*x - y)/2" in ran.err) == (0, True)
    assert backprop("x/y", "x=1", "y=2", "-q").err == ""
    ran = backprop(r"\frac{x}{y", "x=1", "y=2", "--json")
    assert json.loads(ran.out)["error"]["code"] == "latex.braces"


def test_an_answer_in_latex():
    ran = backprop("check", "x^2*y", "x=2", "y=3", "-a", r"dx=$2xy$", "-a", r"dy=\frac{\partial f}{\partial y} = x^{2}")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("\ndy: read as x^2 [answer.read]\n\n✓ 2 of 2 right\n")
    answers = ["-a", r"\frac{\partial f}{\partial x}=\frac{6}{2}", "-a", r"dy=\frac{x y}{y}"]
    ran = backprop("check", "x*y", "x=2", "y=3", *answers)
    assert ran.code == 0
    assert "read as 6/2 [answer.read]" in ran.out
    found = json.loads(backprop("check", "x*y", "x=2", "y=3", *answers, "--json").out)
    assert found["answers"][1]["remarks"][0] == {"code": "answer.read", "message": "read as x*y/y"}
    ran = backprop("check", "x*y", "x=2", "y=3", "-a", r"dx=\foo{2}")
    assert r"the command \foo is not read [latex.command]" in ran.out


def test_latex_in_arrays():
    ran = backprop("check", "sum((W @ x)^2)", "W=[[1, 2]]", "x=[3, 4]", "-a", r"dx=\frac{44}{2} \cdot [1, 2]")
    assert ran.code == 0, ran.out


ROUND = [case for case in published() if case["kind"] == "scalar"]


@pytest.mark.parametrize("case", ROUND, ids=[case["id"] for case in ROUND])
def test_our_own_latex_reads_back(case):
    circuit = read(case["expr"])
    plain = write(circuit)
    if circuit.stages or "where" in plain:
        pytest.skip("stages and choices are written in other ways")
    assert write(read(formula(plain), bound=list(circuit.inputs))) == plain


@given(st.text(st.sampled_from(r"\{}^_()[]|+-*/ xy12fracsqtlei.,$&%~"), max_size=30))
def test_no_text_breaks_the_reader(text):
    with contextlib.suppress(Refused):
        assert read("\\frac{1}{2}" + text).nodes


def test_a_long_text_is_refused_and_a_longest_one_is_quick():
    with pytest.raises(Refused, match="the limit in LaTeX is 20,000"):
        read(r"\frac{1}{2}" + "+x" * 10_000)
    read(r"\frac{1}{2}" + "+x" * 9_000)
    deep = r"\frac{1}{" * 1_500 + "x" + "}" * 1_500
    assert len(read(deep).nodes) > 1_500
