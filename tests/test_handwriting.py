"""Answers as people type them: what can mean one thing is read, and what may mean two is no answer, and says why."""

from __future__ import annotations

import json

import pytest
from command import backprop
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.grading.answer_reading import read_answer
from backprop_cli.grading.handwriting import plainly, sides

CHAIN = ("q = x + y; f = q*z", "x=-2", "y=5", "z=-4")


def judged(*argv):
    [one, *_] = json.loads(backprop("check", *argv, "--json").out)["answers"]
    return one["verdict"], [remark["code"] for remark in one["remarks"]]


READ = {
    "en dash": "dx=–4", "figure dash": "dx=‒4", "minus": "dx=−4", "dash in a sum": "dx=2*–2", "exponent": "dx=–40e–1",
    "full width": "dx=－４", "about": "dx=≈ -4", "tilde": "dx=~-4", "Excel's mark": "dx='-4", "dollars": "dx=$-4$",
    "displayed": "dx=$$-4$$", "parentheses of LaTeX": "dx=\\(-4\\)", "its name": "dx=dx = -4",
    "its name in full": "dx=df/dx = -4", "two sides": "q=x + y = 3", "two sides and a name": "q=q = x + y = 3",
    "three sides": "dx=z = -8/2 = -4", "product": "df=1", "call": "f=q(z)", "call of a sum": "f=z(x+y)",
    "letters": "f=zx + zy", "letters after a number": "f=2zx/2 + zy", "spaces": "dx= ( -4 ) ",
}  # fmt: skip


@pytest.mark.parametrize("word", READ.values(), ids=READ)
def test_read(word):
    assert judged(*CHAIN, "-a", word)[0] == "ok"


REFUSED = {
    "percent": ("dx=50 %", "answer.percent"), "plus or minus": ("dx=±4", "answer.several"),
    "in ASCII": ("dx=+/-4", "answer.several"), "brackets": ("dx=[-4, 4]", "answer.several"),
    "two numbers": ("dx=-4 4", "answer.several"), "with a semicolon": ("dx=-4; 4", "answer.several"),
    "or": ("dx=4 or -4", "answer.several"), "comma": ("dx=0,5", "syntax.unexpected"),
    "range": ("dx=2–3", "text.character"), "nothing on a side": ("dx=-4 = ", "answer.sides"),
    "or of a formula": ("dx=not 0", "answer.form"), "comparison": ("dx=2 > 1", "answer.form"),
    "two of them": ("dx=(7) or (-4)", "answer.form"),
}  # fmt: skip


@pytest.mark.parametrize(("word", "code"), REFUSED.values(), ids=REFUSED)
def test_refused(word, code):
    assert judged(*CHAIN, "-a", word) == ("invalid", [code])


def test_a_condition_is_a_formula_where_it_has_names():
    assert judged("relu(x)", "x=2", "-a", "dx=x > 0", "--accept", "formula")[0] == "ok"
    assert judged("relu(x)", "x=2", "-a", "dx=x > 0")[0] == "ok"
    assert judged("x + y", "x=2", "y=1", "-a", "dx=2 > 1") == ("invalid", ["answer.form"])


SIDES = {
    "one is wrong": ("q=x + y = 4", "wrong"), "the other is wrong": ("q=x + z = 3", "wrong"),
    "both": ("q=4 = 5", "wrong"),
    "one cannot be read": ("q=x + = 3", "invalid"), "comparison": ("q=where(1 == 2, 7, 3)", "ok"),
}  # fmt: skip


@pytest.mark.parametrize(("word", "verdict"), SIDES.values(), ids=SIDES)
def test_sides_must_agree(word, verdict):
    found, codes = judged(*CHAIN, "-a", word)
    assert found == verdict
    assert ("answer.sides" in codes) == (word in ("q=x + y = 4", "q=x + z = 3"))


ABSENT = ("undefined", "no value", "does not exist", "DNE", "Not defined.", "nicht definiert")


@pytest.mark.parametrize("text", ABSENT)
def test_no_value_is_right_where_there_is_none(text):
    assert judged("sqrt(x)", "x=0", "-a", f"dx={text}") == ("ok", [])
    assert judged("sqrt(x)", "x=4", "-a", f"dx={text}") == ("wrong", ["answer.absent"])
    assert judged("sqrt(x)", "x=0", "-a", "dx=3")[0] == "undefined"


def test_functions_are_no_products():
    assert judged("s*i*n*exp(x)", "s=1", "i=1", "n=1", "x=0", "-a", "dx=sin*exp(x)")[0] == "invalid"
    assert judged("s + i + n + sin(x)", "s=1", "i=1", "n=1", "x=0", "-a", "dx=sin(x + pi/2)")[0] == "ok"
    assert judged("x*y", "x=2", "y=3", "-a", "dx=xy") == ("wrong", ["answer.counterexample"])


@given(st.text(st.sampled_from("0123456789.-–−+=≈~'$x ()[]%±,;e\\＝－"), max_size=20))
def test_whatever_is_typed_is_read_or_refused(text):
    found = read_answer(text, {"x"})
    assert found.open or found.problem or found.absent or all(one.typed or one.formula for one in found.all)
    plainly(text)
    assert sides(text)
