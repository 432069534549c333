"""Answers as a student gives them: words, JSON, CSV and lines; texts kept as typed, broken ones told apart."""

from __future__ import annotations

import json

import pytest
from command import backprop
from hypothesis import example, given
from hypothesis import strategies as st

from backprop_cli import limits
from backprop_cli.grading.files.answers import Answer, from_words
from backprop_cli.grading.files.submissions import one_student
from backprop_cli.problems import Refused

OPEN = ""


def from_bytes(data, name):
    return tuple(one for found in one_student(data, name).answers.values() for one in found)


def from_text(text):
    return from_bytes(text.encode(), "mine")


def shown(answers):
    """Name, text (or the problem's code) and line of each answer."""
    return [(one.name, one.problem.code if one.problem else one.text, one.below) for one in answers]


WORDS = [
    ("dx=-4", "dx", "-4"),
    ("df/dx = -4", "df/dx", "-4"),
    ("x.grad=3", "x.grad", "3"),
    ("∂f/∂x=y*z", "∂f/∂x", "y*z"),
    ("q=where(x==1, 2, 3)", "q", "where(x==1, 2, 3)"),
    ("dx=", "dx", OPEN),
    ("dx==3", "dx", "=3"),
]


@pytest.mark.parametrize(("word", "name", "text"), WORDS, ids=[word for word, _, _ in WORDS])
def test_words(word, name, text):
    assert from_words([word]) == (Answer(name, text),)


@pytest.mark.parametrize("word", ["dx", "=3", " = 3", "", "dx: 3"])
def test_words_that_are_no_answers_are_refused_together(word):
    with pytest.raises(Refused) as refused:
        from_words(["dx=1", word, "-4"])
    assert [problem.code for problem in refused.value.problems] == ["usage.answer"] * 2
    assert refused.value.exit_code == 2


TEXTS = {
    "json": ('{"dx": -4, "dy": "3/7"}', [("dx", "-4", 1), ("dy", "3/7", 1)]),
    "json: as typed": ('{"a": 0.20, "b": 1E-03, "c": -0}', [("a", "0.20", 1), ("b", "1E-03", 1), ("c", "-0", 1)]),
    "json: lines": (
        '{\n"dx": 1,\n\n "dy":\n 2, "n{": "}\\"x\\": 3"}',
        [("dx", "1", 2), ("dy", "2", 4), ("n{", '}"x": 3', 5)],
    ),
    "json: left open": ('{"a": null, "b": "", "c": " "}', [("a", OPEN, 1), ("b", OPEN, 1), ("c", OPEN, 1)]),
    "json: twice": ('{"a": 1,\n"a": 2}', [("a", "1", 1), ("a", "2", 2)]),
    "json: not finite": (
        '{"a": NaN, "b": -Infinity, "c": 1}',
        [("a", "answer.finite", 1), ("b", "answer.finite", 1), ("c", "1", 1)],
    ),
    "json: no answers": (
        '{"a": [1], "b": true, "c": {}, "d": [[]]}',
        [("a", "[1]", 1), ("b", "answer.kind", 1), ("d", "answer.kind", 1)],
    ),
    "json: gradients": (
        '{"grad": {"x": 1},\n"Gradient": {"y": [2]}}',
        [("grad x", "1", 1), ("grad y", "[2]", 2)],
    ),
    "json: arrays": (
        '{"a": [[1, 0.50], ["pi/3", null]], "b": [NaN], "c": [1, {}], "d": [true]}',
        [("a", "[[1, 0.50], [pi/3, null]]", 1), ("b", "[NaN]", 1), ("c", "answer.kind", 1), ("d", "answer.kind", 1)],
    ),
    "json: many digits": ('{"a": ' + "9" * 1_900 + "}", [("a", "9" * 1_900, 1)]),
    "json: half a character": ('{"a": "\\ud800"}', [("a", "\ufffd", 1)]),
    "json: no members": ("{}", []),
    "csv: titles": ("name,answer\ndx,-4\n", [("dx", "-4", 2)]),
    "csv: titles in other places": ("Answer,points,Name\n-4,1,dx\n", [("dx", "-4", 2)]),
    "csv: no titles": ("dx,-4\ndf/dy,3\n", [("dx", "-4", 1), ("df/dy", "3", 2)]),
    "csv: semicolons": ("dx;-0,5\ndy;3\n", [("dx", "-0.5", 1), ("dy", "3", 2)]),
    "csv: tabs": ("dx\tmax(x, y)\n", [("dx", "max(x, y)", 1)]),
    "csv: told": ("sep=;\ndx;1,5\n", [("dx", "1.5", 2)]),
    "csv: quotes": ('name,answer\n"dx","max(1, ""2"")"\n dy , "3" \n', [("dx", 'max(1, "2")', 2), ("dy", "3", 3)]),
    "csv: lines in a cell": ('dx,"1\n+ 2"\ndy,3', [("dx", "1\n+ 2", 1), ("dy", "3", 3)]),
    "csv: open": ("name,answer\ndx,\ndy\n", [("dx", OPEN, 2), ("dy", OPEN, 3)]),
    "csv: too many cells": ("dx,max(1,2)\ndy,1,,\n", [("dx", "answer.cells", 1), ("dy", "1", 2)]),
    "csv: equations": ("name,answer\ndx,where(x>=1,1,0)\n", [("dx", "answer.cells", 2)]),
    "csv: blank rows": ("\n dx,1\n,\n\n,,\ndy,2", [("dx", "1", 2), ("dy", "2", 6)]),
    "lines": (
        "# mine\n\ndx = -4 # checked\ndf/dy: 3\nq := y*z\n",
        [("dx", "-4", 3), ("df/dy", "3", 4), ("q", "y*z", 5)],
    ),
    "lines: commas": ("dx = max(1, 2)\ndy = min(1, 2)", [("dx", "max(1, 2)", 1), ("dy", "min(1, 2)", 2)]),
    "lines: quotes": ("dx = '-4'\ndy = \"3\"\ndz = '", [("dx", "-4", 1), ("dy", "3", 2), ("dz", "'", 3)]),
    "lines: open": ("dx =\ndy = 1", [("dx", OPEN, 1), ("dy", "1", 2)]),
    "lines: one is none": (
        "dx = 1\nhello\n= 3\n",
        [("dx", "1", 1), ("hello", "answer.line", 2), ("= 3", "answer.line", 3)],
    ),
    "lines: only comments": ("# nothing yet", []),
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_texts(text, expected):
    assert shown(from_text(text)) == expected


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16 be"])
def test_a_byte_order_mark_is_believed(encoding):
    data = "\ufeffdx = 1\né = 2".encode("utf-16-be") if encoding == "utf-16 be" else "dx = 1\né = 2".encode(encoding)
    assert shown(from_bytes(data, "mine")) == [("dx", "1", 1), ("é", "2", 2)]


@pytest.mark.parametrize("end", ["\r\n", "\r"], ids=["crlf", "cr"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "bom"])
@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_marks_and_line_ends_make_no_difference(text, expected, end, mark):
    assert shown(from_text(mark + text.replace("\n", end))) == expected


def test_our_own_output_is_an_answer():
    ran = backprop("q = x + y; q*z", "x=-2", "y=5", "z=-4", "--json")
    assert shown(from_text(ran.out)) == [
        ("value", "-12.0", 1), ("grad x", "-4.0", 1), ("grad y", "-4.0", 1), ("grad z", "3.0", 1),
    ]  # fmt: skip
    data = json.loads(ran.out)
    assert shown(from_text(json.dumps({**data, "gradient": {"x": None}, "value": "1/3"}))) == [
        ("value", "1/3", 1), ("grad x", "", 1),
    ]  # fmt: skip


REFUSED = {
    "empty": (b"", "answers.empty", "mine: there is nothing in it"),
    "blank": (b" \n\t\r\n", "answers.empty", "mine: there is nothing in it"),
    "json": (b'{"dx":\n 1 2}', "answers.json", "mine: line 2, column 4: not valid JSON"),
    "json: two": (b'{"dx": 1} {"dy": 2}', "answers.json", "mine: line 1, column 11: not valid JSON: extra data"),
    "json: array": (b'[{"dx": 1}]', "answers.json", "mine: must be one JSON object, and is an array"),
    "json: deep": (b'{"dx": ' + b"[" * 200_000, "answers.deep", "mine: the JSON is nested too deeply"),
    "json: control": (b'{"dx": "\x01"}', "answers.json", "mine: line 1, column 9: not valid JSON: invalid control"),
    "csv: open quote": (b'dx,1\ndy,"2\ndz,3\n', "answers.csv", "mine: line 2: a quote is not closed"),
    "csv: after a quote": (b'dx,"1"2\n', "answers.csv", "mine: line 1: text after a closing quote"),
    "utf-16: half": (b"\xff\xfed\0x", "answers.encoding", "mine: the text is not utf-16: truncated data"),
    "latin-1": ("dx = 1\nprénom = x".encode("latin-1"), "answers.encoding", "mine: line 2 is not UTF-8: byte 0xe9"),
    "nul": (b"dx = 1\ndy\0 = 2", "answers.nul", "mine: line 2 has a NUL character"),
    "size": (b"dx = " + b"1" * 1_000_000, "answers.size", "mine: more than 1,000,000 bytes"),
    "many": (b"dx=1\n" * (limits.SUBMISSION_ANSWERS + 1), "answers.many", "mine: more than 10,000 answers"),
}


@pytest.mark.parametrize(("data", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_as_a_whole(data, code, message):
    with pytest.raises(Refused) as refused:
        from_bytes(data, "mine")
    [problem] = refused.value.problems
    assert (problem.code, problem.message[: len(message)]) == (code, message)
    assert refused.value.exit_code == 3


def test_as_many_answers_as_are_allowed():
    assert len(from_text("dx=1\n" * limits.SUBMISSION_ANSWERS)) == limits.SUBMISSION_ANSWERS


def test_long_texts_and_names():
    longest = "1" * limits.ANSWER_CHARACTERS
    [fits, long] = from_text(json.dumps({"dx": longest, "y" * 500: longest + "1"}))
    assert (fits.text, fits.problem) == (longest, None)
    assert (long.name, len(long.text)) == ("y" * 199 + "…", limits.LABEL_CHARACTERS)
    assert long.problem is not None
    assert (long.problem.code, long.problem.message) == (
        "answer.long",
        "the answer has 2,001 characters; the limit is 2,000",
    )


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(str.strip).filter(bool)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(str.strip)


@given(st.lists(st.tuples(names, texts), max_size=5))
def test_json_gives_back_what_was_written(pairs):
    text = "{" + ",\n".join(f"{json.dumps(name)}: {json.dumps(text)}" for name, text in pairs) + "}"
    expected = [(name, text, line) for line, (name, text) in enumerate(pairs, 1)]
    ours = any(name == "schema" and text.startswith("backprop.grad/") for name, text in pairs)
    # A `student` beside answers, or alone, is a name and no answer: test_one_door.py.
    assert ours or any(name.casefold() == "student" for name, _ in pairs) or shown(from_text(text)) == expected


@given(
    st.lists(st.tuples(names, texts.filter(lambda text: "\0" not in text and "\r" not in text)), min_size=1, max_size=5)
)
def test_csv_gives_back_what_was_written(pairs):
    def cell(text):
        return '"' + text.replace('"', '""') + '"'

    text = "name,answer\n" + "".join(f"{cell(name)},{cell(text)}\n" for name, text in pairs)
    assert [(one.name, one.text) for one in from_text(text)] == pairs


@given(st.floats(allow_nan=False, allow_infinity=False).map(repr))
def test_numbers_stay_as_typed(number):
    for text in (f'{{"dx": {number}}}', f"name,answer\ndx,{number}", f"dx = {number}"):
        assert [(one.name, one.text) for one in from_text(text)] == [("dx", number)]


@given(st.one_of(st.binary(max_size=60), st.text('{}[]":,;=\n\r\t #1x\0\\', max_size=40).map(str.encode)))
@example(b'{"a":')
@example(b'name,answer\n"')
@example(b"name,answer\r\r")
def test_whatever_is_read_is_answers_or_refused(data):
    answers, problems = (), ()
    try:
        answers = from_bytes(data, "mine")
    except Refused as refused:
        problems = refused.problems
    assert {problem.code.partition(".")[0] for problem in problems} <= {"answers", "submission"}
    assert {(type(one.name), type(one.text), type(one.below)) for one in answers} <= {(str, str, int)}
