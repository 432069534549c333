"""What grading remembers says the same as what it works out: equal answers, equal results, one reading of a class."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from command import backprop
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backprop_cli.grading.answer_reading import read_answer
from backprop_cli.grading.asking import judged
from backprop_cli.grading.files import answers as reading
from backprop_cli.grading.files.answers import Answer, answer
from backprop_cli.grading.files.kept import Kept
from backprop_cli.grading.files.sheets import Problems, Submission
from backprop_cli.grading.files.submissions import Inbox
from backprop_cli.grading.keys.key import read_key
from backprop_cli.grading.marking import Marker, ready
from backprop_cli.grading.tolerance import typed_decimal
from backprop_cli.json_text import NotFinite

KEY = """
[[problem]]
id = "staged"
expression = "s = a*b; t = s + a; f = t*s"
at = {a = -2, b = 3}
ask = ["s", "t", "f", "ds", "dt", "da", "db"]
[[problem]]
id = "neuron"
expression = "s = w*x; f = sigmoid(s)"
at = {w = 2, x = -0.5}
ask = ["s", "f", "ds", "dw", "dx"]
"""
NAMES = {"staged": ("s", "t", "f", "ds", "dt", "da", "db"), "neuron": ("s", "f", "ds", "dw", "dx")}
TEXTS = st.sampled_from((
    *("-6", "-8", "48", "-14", "-40", "20", "6", "8", "-48", "14", "40", "-20", "3", "0", "1", "-1.0", "0.2689"),
    *("0.27", "0.3", "0.197", "0.1966", "-0.0983", "0.39322", " 1.5 ", "+2", "1e400", "1e-3", "５", "0,5", "3/7"),
    *("-3 m", "", "?", "2*(", "nan", "50 %", "= 3", "x + y = 3", "undefined", "–4", "≈ 3", "'7", "9" * 300),
))  # fmt: skip


@cache
def marker() -> Marker:
    return fresh()


def fresh() -> Marker:
    return ready(read_key(KEY, "key.toml"))


@st.composite
def sheets(draw) -> dict[str, tuple[Answer, ...]]:
    found = {}
    for part, names in NAMES.items():
        chosen = [*draw(st.permutations(names))][: draw(st.integers(0, len(names)))]
        extra = draw(st.lists(st.sampled_from((*names, "dq", "w")), max_size=1))
        below = draw(st.sampled_from((None, 0, 3)))
        found[part] = tuple(Answer(name, draw(TEXTS).strip(), below) for name in (*chosen, *extra))
    return found


@settings(max_examples=60)
@given(sheets())
def test_a_result_that_is_remembered_is_the_one_from_scratch(sheet):
    known, new = marker(), fresh()
    submission = Submission("ada", "ada.csv", 7, sheet)
    first, again, scratch = known.mark(submission), known.mark(submission), new.mark(submission)
    assert first == again == scratch
    for part in new.parts:  # and neither does the order of judging matter
        opinions, hints = judged(part.question, sheet[part.id])
        old, old_hints = judged(next(one for one in known.parts if one.id == part.id).question, sheet[part.id])
        assert hints == old_hints
        assert [replace(one, entry=None) for one in opinions] == [replace(one, entry=None) for one in old]


@given(st.text(max_size=12), st.text(max_size=60) | TEXTS, st.sampled_from((None, 0, 5)))
def test_a_shared_answer_is_the_one_that_is_made(name, text, below):
    assert answer(name, text, below) == reading._made(name, text, below, None)
    assert answer(name, NotFinite("NaN"), below).problem is not None


NUMBERS = st.from_regex(r"[ \t]{0,2}[-+−]?[0-9]{0,5}(\.[0-9]{0,4})?([eE][-+−]?[0-9]{1,4})?[ ]{0,2}", fullmatch=True)


@given(NUMBERS | TEXTS)
@example("0E500")
def test_a_decimal_that_is_read_at_once_is_what_the_reader_of_formulas_reads(text):
    typed = typed_decimal(text)
    if typed is None:
        return
    plain = text.strip().replace(" ", "")
    whole = read_answer(f"({plain})", ()).typed  # in parentheses it is no plain decimal
    assert whole is not None
    assert (whole.value, str(whole.value)) == (typed.value, str(typed.value))


@pytest.mark.parametrize("room", [0, 5_000, 10_000_000], ids=["none", "some", "all"])
def test_a_class_that_is_kept_is_the_class_that_is_read(tmp_path, room):
    file = tmp_path / "class.csv"
    file.write_text("student,staged.s,neuron.f\n" + "".join(f"s{n},{n},0.27\n" for n in range(20)), encoding="utf-8")
    inbox = Inbox([str(file)], Problems({"staged": 1, "neuron": 1}))
    kept = Kept(room)
    for one in inbox.submissions():
        kept.add(one)
    again = kept.again(inbox)
    assert isinstance(again, list) == (room == 10_000_000)
    assert list(again) == list(inbox.submissions())


FORMS = {
    "class.csv": "student,staged.s,staged.t\nada,-6,-8\n\nben,-6,\n",
    "long.csv": "student,problem,name,answer\nada,staged,s,-6\nada,staged,t,-8\nben,staged,s,-6\nben,staged,t,\n",
    "class.jsonl": '{"student": "ada", "staged": {"s": -6, "t": -8}}\n\n{"student": "ben", "staged": {"s": "-6"}}\n',
}
LINES = {"class.csv": [2, 2, 4], "long.csv": [2, 3, 4], "class.jsonl": [1, 1, 3]}


ONE = """
[[problem]]
id = "staged"
expression = "s = a*b; t = s + a; f = t*s"
at = {a = -2, b = 3}
ask = ["s", "t"]
"""


def lines(file: str, *more: str) -> list[int | None]:
    """The line of each answer that was written."""
    ran = backprop("grade", "key.toml", file, "--format", "jsonl", *more)
    assert ran.code == 0, ran.err
    records = [json.loads(row) for row in ran.out.splitlines()]
    shown = [one for row in records for problem in row.get("problems", ()) for one in problem["answers"]]
    return [one["line"] for one in shown if one["answer"]]


@pytest.mark.parametrize("file", FORMS)
def test_answers_keep_their_lines_and_an_anonymous_report_has_none(tmp_path, monkeypatch, file):
    monkeypatch.chdir(tmp_path)
    Path("key.toml").write_text(ONE, encoding="utf-8")
    Path(file).write_text(FORMS[file], encoding="utf-8")
    assert lines(file) == LINES[file]
    assert lines(file, "--anonymous") == [None] * 3
