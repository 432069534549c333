"""Whatever a student writes gets a verdict: no text ends a grading, and none is right that says nothing."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from command import backprop
from hypothesis import example, given
from hypothesis import strategies as st

from backprop_cli import read
from backprop_cli.engine.point import from_mapping
from backprop_cli.grading.crediting import Crediting
from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.marking import Marker
from backprop_cli.grading.question import Question, asks_of, prepare
from backprop_cli.grading.records import WORDS
from backprop_cli.grading.scoring import Scoring, result
from backprop_cli.grading.tolerance import Tolerance, typed_decimal

NUMBERS = st.from_regex(r"[+−-]?\s?\d{0,3}(\.\d{0,3})?([eE][+−-]?\d{1,3})?", fullmatch=True)
FORMULAS = st.text("xyqfe0123.+-−*/^() \t\n,=<>²√π", max_size=12)
TEXTS = st.one_of(NUMBERS, FORMULAS, st.text(max_size=12))


def question(accept: str, *, exact: bool) -> Question:
    circuit = read("q = x + y; f = q*abs(x)")
    asks = asks_of(circuit, ["dx", "dq", "f"])
    return prepare(circuit, from_mapping({"x": "-2", "y": "1/3"}), asks, Tolerance(exact=exact), accept)


ASKED = {
    (accept, exact): question(accept, exact=exact) for accept in ("any", "number", "formula") for exact in (False, True)
}


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: f"{kind[0]}{'-exact' * kind[1]}")
@given(texts=st.tuples(TEXTS, TEXTS, TEXTS))
@example(texts=("-\t2", ".0*x", "4E−1"))
@example(texts=("- 2", "x*(1e400)", "0x10"))
def test_every_text_gets_a_verdict(kind, texts):
    given_ = [Answer(name, text) for name, text in zip(("dx", "dq", "f"), texts, strict=True)]
    found, tally = result("p", "", ASKED[kind], Scoring(Fraction(3), Crediting(feedback="full")), given_)
    assert {one.word for one in found.judged} <= set(WORDS)
    assert 0 <= found.score <= 3
    assert len(tally.words) == 3
    for one, text in zip(found.judged, texts, strict=True):
        assert one.word == "missing" or text.strip()


@given(NUMBERS)
def test_a_plain_decimal_is_the_number_that_python_reads(text):
    typed = typed_decimal(text)
    plain = "".join(text.replace("−", "-").split())
    if typed is not None:
        assert typed.value == float(plain)
        assert typed.half_unit >= 0


def test_a_bug_of_ours_costs_nobody_else_the_grade(tmp_path, monkeypatch):
    """The net below all of it: here a broken rule for one answer, as if there were a bug."""
    from backprop_cli.grading import marking
    from backprop_cli.grading.files.submissions import Inbox
    from backprop_cli.grading.keys.key import read_key

    monkeypatch.chdir(tmp_path)
    written = '[[problem]]\nid = "p"\nexpression = "x*y"\nat = {x = 2, y = 3}\nask = ["dx"]\n'
    key = read_key(written, "key")
    whole = marking.result

    def broken(*arguments):
        if any(answer.text == "666" for answer in arguments[-1]):
            raise ZeroDivisionError
        return whole(*arguments)

    monkeypatch.setattr(marking, "result", broken)
    for name, text in {"ada": "3", "ben": "666", "cleo": "4"}.items():
        (tmp_path / f"{name}.json").write_text(f'{{"p": {{"dx": {text}}}}}')
    marker: Marker = marking.ready(key)
    marked = [marker.mark(one)[0] for one in Inbox([str(tmp_path)], marker.problems).submissions()]
    assert [(one.student, one.score, one.broken) for one in marked] == [
        ("ada", 1, False),
        ("ben", 0, True),
        ("cleo", 0, False),
    ]
    (answer,) = marked[1].problems[0].judged
    assert (answer.word, answer.remarks[0].message) == ("invalid", "a bug of backprop's own (ZeroDivisionError)")
    (tmp_path / "key.toml").write_text(written)
    ran = backprop("grade", "key.toml", "ada.json", "ben.json", "cleo.json", "--report", "csv=grades.csv")
    assert (ran.code, ran.said) == (
        70,
        "error[internal]: 1 submission has answers that a bug of backprop's own kept from being judged",
    )
    rows = (tmp_path / "grades.csv").read_text().splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == ["ada", "ben", "cleo"]


def test_time_that_ran_out_for_one_student_is_not_remembered():
    circuit = read("x*relu(y)")
    asks = asks_of(circuit, ["dx"])
    about = prepare(circuit, None, asks, Tolerance(), "any")
    formula = about.reading("relu(y)").formula
    early = about.verdict(asks[0].asked, formula, 0.0)  # a time that is over
    assert (early.late, early.proved) == (True, False)
    assert early.problem.code == "limit.formula"
    again = about.verdict(asks[0].asked, formula, math.inf)
    assert (again.equal, again.late, again.problem) == (True, False, None)
    assert about.verdict(asks[0].asked, formula, 0.0) is again


def test_strange_answers_of_a_class(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key.toml").write_text('[[problem]]\nid = "p"\nexpression = "x^2*y"\nat = {x = 2, y = 3}\n')
    (tmp_path / "class.csv").write_text('student,p.dx,p.dy\nada,"-\t2",.0*x\nben,12,4E−0\n')
    ran = backprop("grade", "key.toml", "class.csv", "--format", "csv")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split(",")[:2] for line in ran.out.splitlines()[1:]] == [["ada", "0"], ["ben", "2"]]
