"""Answers that go on from other answers, as backpropagation by stages is written: ``ds = 2*s``, ``dx = ds*y``."""

from __future__ import annotations

import json

import pytest
import sympy
from command import backprop
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli.engine.point import from_mapping
from backprop_cli.grading.answer_judging import judge
from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.question import asks_of, prepare
from backprop_cli.grading.tolerance import Tolerance
from backprop_cli.reading import read

SQUARE = "s=x*y; f=s^2"
CHAIN = "s=x*y; q=s*x; f=q^2"
LAYER = ["Z=X@W; f=sum(Z^2)", "X=[[1, 2], [3, 4], [0, 1]]", "W=[[1], [2]]"]


def checked(expression, *answers, values=()):
    words = [word for answer in answers for word in ("-a", answer)]
    done = backprop("check", expression, *values, *words, "--json")
    problem = json.loads(done.out)
    assert done.err == ""
    assert done.code == (0 if all(one["verdict"] == "ok" for one in problem["answers"]) else 1)
    return [(one["verdict"], [remark["code"] for remark in one["remarks"]]) for one in problem["answers"]]


RIGHT = {
    "a formula": (SQUARE, "ds=2s", "dx=ds*y", "dy=ds*x"),
    "a number": (SQUARE, "ds=12", "dx=ds*y", "dy=x*ds"),
    "in any order": (SQUARE, "dx=ds*y", "ds=2s"),
    "as quotients": (SQUARE, "ds=2s", "dx=df/ds*y", "dy=∂f/∂s x"),
    "round d": (SQUARE, "ds=2s", "dx=∂s*y"),
    "in LaTeX": (SQUARE, "ds=2s", r"dx=\frac{\partial f}{\partial s} \cdot y", r"dy=\frac{df}{ds} x"),
    "the whole chain": (SQUARE, "ds=2s", "ds/dx=y", "dx=df/ds*ds/dx"),
    "the output's own": (SQUARE, "ds=2*s*df", "dx=ds*y"),
    "from stage to stage": (CHAIN, "dq=2q", "ds=dq*x", "dx=ds*y+dq*s", "dy=ds*x"),
    "stated, then answered": (SQUARE, "dx=df/dx = df/ds*ds/dx = 2*s*y"),
    "stated, then a number": (SQUARE, "dx=df/ds * ds/dx = 36"),
    "a number that is rounded": ("s=x/y; f=s^2", "ds=1.333", "dx=ds/y"),
}


@pytest.mark.parametrize("case", RIGHT)
def test_right(case):
    expression, *answers = RIGHT[case]
    found = checked(expression, *answers, values=["x=2", "y=3"])
    assert [word for word, _ in found] == ["ok"] * len(answers)


FOLLOWS = ("wrong", ["answer.counterexample", "mistake.follow-through"])
WRONG = ("wrong", ["answer.counterexample"])
OK = ("ok", [])
NOT = {
    "from a wrong formula": ((SQUARE, "ds=s", "dx=ds*y"), [WRONG, FOLLOWS]),
    "from a wrong number": ((SQUARE, "ds=11", "dx=ds*y"), [("wrong", []), FOLLOWS]),
    "two wrongs that cancel": ((SQUARE, "ds=s", "dx=2*ds*y"), [WRONG, OK]),
    "wrong from a right one": ((SQUARE, "ds=2s", "dx=ds*x"), [OK, WRONG]),
    "along a chain": ((CHAIN, "dq=q", "ds=dq*x", "dy=ds*x"), [WRONG, FOLLOWS, FOLLOWS]),
    "a false chain rule": ((SQUARE, "dx=df/ds*ds/dy = 2*s*y"), [("invalid", ["answer.sides", "answer.name"])]),
    "a false statement": (
        (CHAIN, "dx=df/dq*s = df/dq*s + df/ds*y"),
        [("invalid", ["answer.upstream"])],
    ),
    "not answered": ((SQUARE, "dx=ds*y"), [("invalid", ["answer.upstream"])]),
    "left open": ((SQUARE, "ds=", "dx=ds*y"), [("missing", []), ("invalid", ["answer.upstream"])]),
    "unreadable": (
        (SQUARE, "ds=2*", "dx=ds*y"),
        [("invalid", ["syntax.operand"]), ("invalid", ["answer.upstream"])],
    ),
    "undefined": (
        (SQUARE, "ds=undefined", "dx=ds*y"),
        [("wrong", ["answer.absent"]), ("invalid", ["answer.upstream"])],
    ),
    "by itself": ((SQUARE, "ds=ds", "dx=df/dx"), [("invalid", ["answer.name"])] * 2),
    "in a circle": ((SQUARE, "ds=dx/y", "dx=ds*y"), [("invalid", ["answer.name"]), ("invalid", ["answer.upstream"])]),
    "by another variable": ((SQUARE, "dx=12", "dy=dx*x/y"), [("wrong", []), ("invalid", ["answer.name"])]),
    "a value by a gradient": ((SQUARE, "ds=2s", "f=s*ds/2"), [OK, ("invalid", ["answer.name"])]),
    "no stage": ((SQUARE, "dx=dq*y"), [("invalid", ["answer.name"])]),
}


@pytest.mark.parametrize("case", NOT)
def test_what_is_not_right(case):
    (expression, *answers), expected = NOT[case]
    assert checked(expression, *answers, values=["x=2", "y=3"]) == expected


def test_a_long_chain_of_answers_is_no_deep_one():
    """Each answer goes on from the next; what the last lacks, all lack."""
    circuit = read("; ".join(["s0 = 2*x", *(f"s{i} = 2*s{i - 1}" for i in range(1, 300))]))
    answers = [Answer(f"ds{i}", f"2*ds{i + 1}") for i in range(298)] + [Answer("ds298", "2*"), Answer("dx", "2*ds0")]
    asks = asks_of(circuit, [answer.name for answer in answers])
    opinions, _ = judge(prepare(circuit, from_mapping({"x": "1"}), asks, Tolerance()), answers)
    assert {one.word for one in opinions} == {"invalid"}
    assert {one.said[0].code for one in opinions if one.name != "ds298"} == {"answer.upstream"}


def test_answers_that_go_on_from_two_others_do_not_grow_with_the_ways():
    count = 40  # there are 10⁸ ways from the first stage to the last
    stages = "; ".join(["s0 = x*2", "s1 = s0*2", *(f"s{i} = s{i - 1} + s{i - 2}" for i in range(2, count))])
    answers = [f"ds{i}=ds{i + 1} + ds{i + 2}" for i in range(1, count - 3)]
    found = checked(stages, *answers, f"ds{count - 3}=ds{count - 2} + 1", f"ds{count - 2}=1", "ds0=2*ds1 + ds2")
    assert [word for word, _ in found] == ["ok"] * (count - 1)


def test_a_variable_of_that_name_is_the_variable():
    assert checked("s=x*ds; f=s^2", "dx=2*s*ds", values=["x=2", "ds=3"]) == [OK]
    assert checked("f=x*d*s", "dx=ds", values=["x=2", "d=3", "s=4"]) == [OK]  # d*s, for s is no stage


def test_a_variable_called_d_does_not_take_the_gradients_of_stages():
    assert checked("v=d/t; f=v^2", "dv=2*v", "dd=dv/t", "dt=-dv*d/t^2", values=["d=2", "t=3"]) == [OK] * 3
    assert checked("d=x-y; f=d^2", "dd=2*d", "dx=dd", "dy=-dd", values=["x=2", "y=3"]) == [OK] * 3


def test_the_gradient_that_is_named_is_named_as_it_was():
    done = backprop("check", SQUARE, "-a", "dx=df/ds*y")
    assert "df/ds is not among the answers (answer it, too: df/ds = …)" in done.out
    done = backprop("check", *LAYER, "-a", "dW=X.T @ dZ")
    assert "dZ is not among the answers, or not in its shape (answer it, too: dZ = …)" in done.out
    assert (done.code, done.err) == (1, "")


ARRAYS = {
    "formulas": (("dZ=2Z", "dW=X.T @ dZ", "dX=dZ @ W.T"), ["ok", "ok", "ok"]),
    "numbers": (("dZ=[[10], [22], [4]]", "dW=X.T @ dZ"), ["ok", "ok"]),
    "as quotients": (("dZ=2Z", "dW=X.T @ (df/dZ)"), ["ok", "ok"]),
    "a wrong formula": (("dZ=Z", "dW=X.T @ dZ"), ["wrong", "wrong"]),
    "a misfit": (("dZ=2Z", "dX=dZ @ W"), ["ok", "invalid"]),
    "another shape": (("dZ=2Z", "dX=W @ dZ.T"), ["ok", "wrong"]),
}


@pytest.mark.parametrize("case", ARRAYS)
def test_arrays(case):
    answers, expected = ARRAYS[case]
    assert [word for word, _ in checked(LAYER[0], *answers, values=LAYER[1:])] == expected


def test_arrays_say_what_follows_from_a_wrong_one():
    found = checked(LAYER[0], "dZ=Z", "dW=X.T @ dZ", values=LAYER[1:])
    assert "mistake.follow-through" in found[1][1]


KEY = """
[[problem]]
id = "square"
expression = "s = x*y; f = s^2"
ask = ["dx", "dy"]
at = {x = 2, y = 3}
follow_through = 0.5

[[problem]]
id = "layer"
expression = "Z = X @ W; f = sum(Z^2)"
ask = ["dW"]
at = {X = [[1, 2], [3, 4]], W = [[1], [2]]}
"""


def graded(tmp_path, **answers):
    (tmp_path / "key.toml").write_text(KEY)
    (tmp_path / "ada.json").write_text(json.dumps(answers))
    done = backprop("grade", str(tmp_path / "key.toml"), str(tmp_path / "ada.json"), "--json")
    (ada,) = json.loads(done.out)["submissions"]
    words = {one["name"]: one["verdict"] for problem in ada["problems"] for one in problem["answers"]}
    return words, ada["score"], done.codes


def test_what_nobody_asked_for_may_be_gone_on_from(tmp_path):
    words, score, said = graded(
        tmp_path, square={"ds": "2*s", "dx": "ds*y", "dy": "ds*x"}, layer={"dZ": "2*Z", "dW": "X.T @ dZ"}
    )
    assert words == {"dx": "ok", "dy": "ok", "ds": "extra", "dW": "ok", "dZ": "extra"}
    assert score == 3
    assert said == []
    words, score, said = graded(tmp_path, square={"ds": 11, "dx": "ds*y", "dy": "2*s*x"}, layer={"dW": "X.T @ dZ"})
    assert words == {"dx": "wrong", "dy": "ok", "ds": "extra", "dW": "invalid"}
    assert score == 1.5  # half for what follows from the value of their own


# A stage from what stands before it, as text and as SymPy has it.
PIECES = ("{0}*{1}", "{0} + 2*{1}", "sin({0})*{1}", "exp({0}/8) - {1}", "{0}^2 + {1}", "tanh({0} + {1})")


@st.composite
def staged(draw):
    """Stages, each made of two names before it, so that the last may depend on any of them; the first is of x and y."""
    names, texts = ["x", "y", "s0"], {"s0": "x*y + x"}
    for number in range(1, draw(st.integers(2, 4))):
        one, other = (names[-1], draw(st.sampled_from(names)))
        texts[f"s{number}"] = draw(st.sampled_from(PIECES)).format(one, other)
        names.append(f"s{number}")
    return texts


def chain_rule(texts):
    """∂f/∂s of every name by the chain rule in words: Σ dt · ∂t/∂s over the stages t that s feeds, by SymPy's ∂t/∂s."""
    symbols = {name: sympy.Symbol(name, real=True) for name in ("x", "y", *texts)}
    forms = {name: sympy.sympify(text.replace("^", "**"), locals=symbols) for name, text in texts.items()}
    last, answers = [*texts][-1], {}
    for name in ("x", "y", *[*texts][:-1]):
        slopes = {stage: sympy.diff(form, symbols[name]) for stage, form in forms.items()}
        terms = [
            f"d{stage}*({slope})" if stage != last else f"({slope})" for stage, slope in slopes.items() if slope != 0
        ]
        answers[f"d{name}"] = " + ".join(terms) or "0"
    return answers


def words_of(texts, answers):
    circuit = read("; ".join(f"{name} = {text}" for name, text in texts.items()))
    point = from_mapping({"x": "0.7", "y": "1.3"})
    question = prepare(circuit, point, asks_of(circuit, [*answers]), Tolerance())
    given = [Answer(name, text) for name, text in answers.items()]
    question.warm(given)
    opinions, _ = judge(question, given)
    return {one.name: (one.word, one.followed) for one in opinions}


@given(staged())
@settings(max_examples=12, deadline=None)
def test_the_chain_rule_stage_by_stage_is_right_and_what_a_wrong_one_feeds_follows(texts):
    answers = chain_rule(texts)
    assert set(words_of(texts, answers).values()) == {("ok", False)}
    broken = [*texts][-2]
    answers[f"d{broken}"] = f"1.5*({answers[f'd{broken}']}) + 0.25"
    found = words_of(texts, answers)
    assert found[f"d{broken}"] == ("wrong", False)
    fed = {name for name, text in answers.items() if f"d{broken}*" in text}
    for name, (word, followed) in found.items():
        if name in fed:
            assert (word, followed) == ("wrong", True)


GREEK = {
    "a letter": ("theta^2*x", "dθ=2θx"),
    "a letter apart": ("theta^2*x", "dtheta=2θ x"),
    "a letter in a name": ("theta_1^2*x", "dθ_1=2*θ_1*x"),
    "spelled": ("θ^2*x", "dtheta=2theta*x"),
    "in LaTeX": ("theta^2*x", r"\frac{\partial f}{\partial\theta}=2\theta x"),
    "a quotient": ("theta^2*x", "∂f/∂θ=2*theta*x"),
    "of a stage": ("s=theta*x; f=s^2", "∂s/∂θ=x"),
    "mu, of which there are two": ("mu^2*x", "d\u00b5=2\u00b5x"),
}


@pytest.mark.parametrize("case", GREEK)
def test_greek_letters_and_their_names_are_one(case):
    expression, answer = GREEK[case]
    assert [word for word, _ in checked(expression, answer)] == ["ok"]


def test_both_spellings_as_two_variables_stay_two():
    assert [word for word, _ in checked("theta^2*θ", "dtheta=2*theta*θ", "dθ=theta^2")] == ["ok", "ok"]


FUNCTIONS = {
    "a name before a function": ("sin(x*y)", "dx=ycos(xy)", "ok"),
    "two names before one": ("z*sin(x*y)", "dx=zycos(x*y)", "ok"),
    "a raised function": ("sin(x)^3", "dx=3sin²(x)cos(x)", "ok"),
    "raised by ^": ("sin(x)^3", "dx=3sin^2(x)*cos(x)", "ok"),
    "raised twice": ("tanh(x)*y", "dx=y*(1 - tanh^2(x))", "ok"),
    "inside another": ("tanh(sin(x)^2)", "dx=(1 - tanh^2(sin^2(x)))*2*sin(x)*cos(x)", "ok"),
    "the inverse": ("asin(x)", "f=sin^-1(x)", "invalid"),
    "no name of the question": ("sin(x*y)", "dx=qcos(xy)", "invalid"),
    "never closed": ("sin(x)^3", "dx=3sin^2(x", "invalid"),
}


@pytest.mark.parametrize("case", FUNCTIONS)
def test_functions_as_people_write_them(case):
    expression, answer, word = FUNCTIONS[case]
    assert [one for one, _ in checked(expression, answer)] == [word]


BLANKS = {
    "names": ("x^2*y", "dx=2x y", "ok"),
    "after parentheses": ("x^2*y", "dy=(x) x", "ok"),
    "a function": ("x*sin(y)*y", "dx=y sin(y)", "ok"),
    "gradients": ("s=x*y; f=s", "dx=ds y = y", "ok"),
    "no name of the question": ("x^2*y", "dx=2x z", "invalid"),
    "a word": ("x^2*y", "dx=2x and y", "wrong"),
    "numbers": ("x^2*y", "dx=2 3", "invalid"),
}


@pytest.mark.parametrize("case", BLANKS)
def test_a_blank_between_names_is_a_product(case):
    expression, answer, word = BLANKS[case]
    assert [one for one, _ in checked(expression, answer, values=["x=2", "y=3"])] == [word]


def test_ten_formulas_are_ten_answers_and_not_one_too_many():
    """All formulas of a problem shared a second and a half: of ten right ones seven were invalid."""
    expression = "i=sigmoid(a*x+b*h); g=tanh(c*x+d*h); o=sigmoid(p*x+q*h); s=i*g; f=o*tanh(s)"
    ds, dg, di = "o*(1-tanh(s)^2)", "o*(1-tanh(s)^2)*i*(1-g^2)", "o*(1-tanh(s)^2)*g*i*(1-i)"
    answers = [f"ds={ds}", "do=tanh(s)", f"di={ds}*g", f"dg={ds}*i", f"da={di}*x", f"db={di}*h", f"dc={dg}*x"]
    answers += [f"dd={dg}*h", "dp=tanh(s)*o*(1-o)*x", "dq=tanh(s)*o*(1-o)*h"]
    values = [f"{name}={value}" for name, value in zip("abcdpqxh", (1, 2, 3, 4, 0.5, 0.2, 0.3, 0.1), strict=True)]
    assert [word for word, _ in checked(expression, *answers, values=values)] == ["ok"] * 10


def test_a_keyword_in_an_answer_does_not_make_it_two():
    found = checked("Z=X+b; f=sum(Z^2)", "db=sum(2*Z, axis=0)", values=["X=[[1, 2], [3, 4]]", "b=[1, 2]"])
    assert [word for word, _ in found] == ["ok"]
