"""Keys: what each field may be and what it is when left out; every mistake found in one reading, on its line."""

from __future__ import annotations

import dataclasses
import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli import limits
from backprop_cli.grading.keys.key import KeyProblem, new_key, read_key
from backprop_cli.grading.tolerance import Tolerance
from backprop_cli.problems import Refused

PLAIN = KeyProblem(
    id="p1", title="", expression="x", at=(), ask=(), columns={}, points=None, weights={}, tolerance=Tolerance(),
    accept="any", feedback="hint", partial=True, close=Fraction(0), follow_through=Fraction(0), hidden=False,
    unsettled=Fraction(1), share=True, upstream="",
)  # fmt: skip


def problem_of(text):
    """The only problem of a key: a field or several for it, before them its expression."""
    [problem] = read_key(f'[[problem]]\nexpression = "x"\n{text}', "key.toml").problems
    return problem


FIELDS = {
    "nothing": ("", {}),
    "id": ('id = "Chain-1_b"', {"id": "Chain-1_b"}),
    "id: a number": ("id = 7", {"id": "7"}),
    "id: other letters": ('id = "Übung"', {"id": "Übung"}),
    "title": ('title = " A [bold] one "', {"title": "A [bold] one"}),
    "title: long": (f'title = "{"t" * 300}"', {"title": "t" * 199 + "…"}),
    "at: as typed": ("at = {x = 0.10, y = 1_0.5, z = -1e-3}", {"at": ({"x": "0.10", "y": "10.5", "z": "-1e-3"},)}),
    "at: whole": ("at = {x = -2, y = 1_000, z = 0x10}", {"at": ({"x": "-2", "y": "1000", "z": "16"},)}),
    "at: texts": ('at = {"x" = "pi/3"}', {"at": ({"x": "pi/3"},)}),
    "at: several": ("at = [{x = 1},\n {x = 2.50}]", {"at": ({"x": "1"}, {"x": "2.50"})}),
    "at: a section": ("[problem.at]\nx = 1", {"at": ({"x": "1"},)}),
    "at: sections": ("[[problem.at]]\nx = 1\n[[problem.at]]\nx = 2", {"at": ({"x": "1"}, {"x": "2"})}),
    "at: no variables": ("at = {}", {"at": ({},)}),
    "ask": ('ask = ["dx", " q "]', {"ask": ("dx", "q")}),
    "ask: a text": ('ask = "dx, q"', {"ask": ("dx", "q")}),
    "ask: nothing": ("ask = []", {"ask": ()}),
    "points": ("points = 2.5", {"points": Fraction(5, 2)}),
    "points: a third": ('points = "10/3"', {"points": Fraction(10, 3)}),
    "points: exact": ("points = 0.1", {"points": Fraction(1, 10)}),
    "points: practice": ("points = 0", {"points": Fraction(0)}),
    "weights": ('weights = {dx = 2, "df/dy" = "1/3"}', {"weights": {"dx": Fraction(2), "df/dy": Fraction(1, 3)}}),
    "tolerance": ("tolerance = {rtol = 0.01, atol = 1e-6}", {"tolerance": Tolerance(rtol=0.01, atol=1e-6)}),
    "tolerance: figures": ("tolerance = {sigfigs = 3}", {"tolerance": Tolerance(sigfigs=3)}),
    "tolerance: exact": ("[problem.tolerance]\nexact = true", {"tolerance": Tolerance(exact=True)}),
    "accept": ('accept = "formula"', {"accept": "formula"}),
    "feedback": ('feedback = "none"', {"feedback": "none"}),
    "flags": ("partial = false\nhidden = true\nshare = false", {"partial": False, "hidden": True, "share": False}),
    "credit": ('close = 0.5\nfollow_through = "2/3"', {"close": Fraction(1, 2), "follow_through": Fraction(2, 3)}),
}


NAMES = [one.name for one in dataclasses.fields(KeyProblem)]


def values(problem):
    return {name: getattr(problem, name) for name in NAMES}


@pytest.mark.parametrize(("text", "fields"), FIELDS.values(), ids=FIELDS)
def test_fields(text, fields):
    assert values(problem_of(text)) == values(PLAIN) | fields


def test_what_stands_above_the_problems_holds_for_all_that_do_not_say_otherwise():
    text = """\
title = "Homework 1"
feedback = "verdict"
close = 0.5
accept = "number"
hidden = true
[tolerance]
rtol = 0.1
atol = 0.2
[[problem]]
expression = "x"
at = {x = 1}
[[problem]]
expression = "y"
feedback = "full"
close = 0
accept = "any"
hidden = false
tolerance = {atol = 0.3}
"""
    key = read_key(text, "key.toml")
    common = {"feedback": "verdict", "close": Fraction(1, 2), "accept": "number", "hidden": True, "at": ({"x": "1"},)}
    own = {"id": "p2", "expression": "y", "feedback": "full", "tolerance": Tolerance(0.1, 0.3)}
    assert (key.title, key.feedback, key.source) == ("Homework 1", "verdict", "key.toml")
    assert [values(problem) for problem in key.problems] == [
        values(PLAIN) | common | {"tolerance": Tolerance(0.1, 0.2)},
        values(PLAIN) | own,
    ]


def test_expressions_of_several_lines_stay_as_they_are():
    key = read_key('[[problem]]\nexpression = """\nq = x + y  # sum\nf = q*z\n"""\r\n', "key.toml")
    assert key.problems[0].expression == "q = x + y  # sum\nf = q*z\n"


def test_the_example_is_a_key_and_uses_every_field():
    key = read_key(new_key(), "key.toml")
    assert [(one.id, one.points, len(one.at)) for one in key.problems] == [
        ("chain", Fraction(5), 1), ("neuron", Fraction(8), 2), ("formulas", Fraction(10, 3), 0),
        ("layer", Fraction(6), 1), ("steps", None, 1), ("own", None, 1), ("secret", None, 1),
    ]  # fmt: skip
    assert [name for name in NAMES if name not in new_key()] == ["share", "ugly"]
    assert all(len(line) <= 100 for line in new_key().splitlines())


WRONG = {
    "unknown field": ('titel = "x"\n', "key.field", "there is no field `titel`", "did you mean title?", 1),
    "unknown word": (
        'feedback = "loud"\n',
        "key.value",
        "feedback must be none, verdict, hint or full, and is `loud`",
        "",
        1,
    ),
    "unknown tolerance": (
        "[tolerance]\nrelative = 1\n",
        "key.field",
        "tolerance: there is no field `relative`",
        "there are rtol, atol, sigfigs, exact",
        2,
    ),
    "tolerance is none": ("\ntolerance = 0.1\n", "key.value", "tolerance must be a table, and is `0.1`", "", 2),
    "negative tolerance": (
        "[tolerance]\nrtol = -1\n",
        "key.value",
        "tolerance: rtol must be a finite number, and not negative, and is `-1`",
        "",
        2,
    ),
    "infinite tolerance": (
        "[tolerance]\n\natol = inf\n",
        "key.value",
        "tolerance: atol must be a finite number, and not negative, and is `inf`",
        "",
        3,
    ),
    "no figures": (
        "[tolerance]\nsigfigs = 0\n",
        "key.value",
        "tolerance: sigfigs must be a whole number from 1 to 15, and is `0`",
        "",
        2,
    ),
    "not a flag": ("partial = 1\n", "key.value", "partial must be true or false, and is `1`", "", 1),
    "too much credit": (
        "close = 2\n",
        "key.value",
        'close must be a number from 0 to 1, or a fraction as "1/3", and is `2`',
        "",
        1,
    ),
}


@pytest.mark.parametrize(("text", "code", "message", "hint", "line"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_key(text, code, message, hint, line):
    found = mistakes(text + '[[problem]]\nexpression = "x"\n')
    assert found == [(code, f"the key: {message}", hint, line)]


MOST = 'must be a number from 0 to 1,000,000,000, or a fraction as "1/3", and is'
IN_PROBLEM = {
    "unknown field": ('expr = "y"', "key.field", "there is no field `expr`", "did you mean expression?"),
    "point": ("point = {x = 1}", "key.field", "there is no field `point`", "did you mean at?"),
    "id: a dot": ('id = "a.b"', "key.value", "`a.b` is no id", None),
    "id: blank": ('id = "a b"', "key.value", "`a b` is no id", None),
    "id: empty": ('id = ""', "key.value", "`` is no id", None),
    "id: a word of submissions": ('id = "Student"', "key.value", "`Student` is no id", None),
    "id: long": (f'id = "{"a" * 65}"', "key.value", f"`{'a' * 65}` is no id", None),
    "title": ("title = [1]", "key.value", "title must be a text, and is an array", ""),
    "at: an array of objects": (
        "at = {x = [1, {y = 2}]}",
        "key.value",
        "x in at must be a number or a text, and is an array",
        "",
    ),
    "at: not finite": ("at = {x = nan}", "key.value", "x in at must be a number or a text, and is nan", ""),
    "at: a date": (
        "at = {x = 2024-01-01}",
        "key.value",
        "x in at must be a number or a text, and is a date or a time",
        "",
    ),
    "at: a number": ("at = 3", "key.value", "at must be a table, or an array of tables, and is `3`", ""),
    "at: numbers": ("at = [{x = 1}, 3]", "key.value", "at must be a table, or an array of tables, and is an array", ""),
    "ask: a number": ("ask = [1]", "key.value", 'ask must be an array of names, as ["dx", "q"], and is an array', ""),
    "ask: twice": ('ask = ["dx", "q", "dx"]', "key.value", "ask names dx twice", ""),
    "points: negative": ("points = -1", "key.value", f"points {MOST} `-1`", ""),
    "points: over 0": ('points = "1/0"', "key.value", f"points {MOST} `1/0`", ""),
    "points: huge": ("points = 1e999999999", "key.value", f"points {MOST} `1e999999999`", ""),
    "weights: a text": (
        'weights = {dx = "two"}',
        "key.value",
        'weights: dx must be a number from 0 to 1,000,000, or a fraction as "1/3", and is `two`',
        "",
    ),
    "weights: an array": ("weights = [1]", "key.value", "weights must be a table, and is an array", ""),
    "accept": ('accept = "formulas"', "key.value", "accept must be any, number or formula, and is `formulas`", ""),
    "accept: not a text": (
        "accept = true",
        "key.value",
        "accept must be any, number or formula, and is true or false",
        "",
    ),
}


@pytest.mark.parametrize(("text", "code", "message", "hint"), IN_PROBLEM.values(), ids=IN_PROBLEM)
def test_what_is_wrong_with_a_problem(text, code, message, hint):
    [(found, said, hinted, line)] = mistakes(f'# key\n[[problem]]\nexpression = "x"\n{text}\n')
    assert (found, said.partition(": ")[2], line) == (code, message, 4)
    assert hint is None or hinted == hint


PROBLEM = '[[problem]]\nexpression = "x"\nat = {x = 1}\n'
CONTRADICTIONS = {
    "tolerance = {rtol = 0.1, sigfigs = 3}": "problem 1: tolerance: rtol and sigfigs exclude each other",
    "tolerance = {sigfigs = 3, exact = true}": "problem 1: tolerance: sigfigs and exact exclude each other",
    "tolerance = {sigfigs = 3, exact = false}": None,
    "tolerance = {rtol = 0.1, atol = 1}": None,
}


@pytest.mark.parametrize("text", CONTRADICTIONS)
def test_tolerances_that_exclude_each_other(text):
    if CONTRADICTIONS[text] is None:
        assert read_key(PROBLEM + text, "key")
    else:
        assert [(code, said) for code, said, _, _ in mistakes(PROBLEM + text)] == [("key.value", CONTRADICTIONS[text])]


def test_a_problems_own_tolerance_takes_the_place_of_the_keys():
    (one,) = read_key(f"[tolerance]\nexact = true\n{PROBLEM}tolerance = {{rtol = 0.5}}", "key").problems
    assert one.tolerance == Tolerance(rtol=0.5)
    (one,) = read_key(f"[tolerance]\natol = 1\n{PROBLEM}tolerance = {{sigfigs = 2}}", "key").problems
    assert one.tolerance == Tolerance(atol=1, sigfigs=2)


def test_numbers_need_a_point():
    [(code, message, _, line)] = mistakes('[[problem]]\nexpression = "x*y"\naccept = "number"')
    assert (code, line) == ("key.value", 3)
    assert message == "problem 1: numbers are asked for, and there is no point to compute them at"


def mistakes(text):
    """Code, message, hint and line of everything that is wrong with a key."""
    with pytest.raises(Refused) as refused:
        read_key(text, "key.toml")
    assert refused.value.exit_code == 3
    return [
        (one.code, one.message, one.hint, one.source.position(one.span.start)[0] if one.source and one.span else None)
        for one in refused.value.problems
    ]


def test_all_mistakes_come_together_in_their_order():
    text = '[[problem]]\npoints = -1\n[[problem]]\nid = "P1"\nexpression = 3\nhiden = true\n[[problem]]\nid = "p1"\n'
    assert [(code, message.partition(":")[0], line) for code, message, _, line in mistakes(text)] == [
        ("key.missing", "problem 1", 1),
        ("key.value", "problem 1", 2),
        ("key.twice", "problems 1 and 2 are both called P1", 4),
        ("key.field", "problem P1", 6),
        ("key.missing", "problem p1", 7),
        ("key.twice", "problems 1 and 3 are both called p1", 8),
    ]


def test_the_caret_stands_under_the_field():
    with pytest.raises(Refused) as refused:
        read_key('[[problem]]\n  points = -1  \nexpression = "x"', "key.toml")
    [problem] = refused.value.problems
    assert problem.source is not None
    assert problem.span is not None
    assert problem.source.text[problem.span.start : problem.span.end] == "points = -1"


NO_KEY = {
    "empty": ("", "key.problems", "the key has no problem", None),
    "other name": ('[[problems]]\nexpression = "x"', "key.field", "there is no field `problems`", 1),
    "no tables": ("problem = 3", "key.value", "problem must be a table, or an array of tables, and is `3`", 1),
    "no toml": ('title = "x"\ntitle = ', "key.toml", "not valid TOML: Invalid value (at end of document)", 2),
    "no toml, with a line": ("a = 1\nb = = 2", "key.toml", "not valid TOML: Invalid value (at line 2, column 5)", 2),
    "twice": (
        "[[problem]]\nid = 1\nid = 2",
        "key.toml",
        "not valid TOML: Cannot overwrite a value (at end of document)",
        3,
    ),
    "deep": ("a = " + "[" * 100_000, "key.toml", "the TOML is nested too deeply", None),
    "digits": ("a = " + "9" * 5_000, "key.toml", "not valid TOML: an integer has too many digits", None),
    "hex digits": ("a = 0x" + "f" * 50_000, "key.toml", "not valid TOML: an integer has too many digits", None),
    "dots": ("a." * 100_000 + "a = 1", "key.toml", "too many dots: names of so many parts take too long to read", None),
    "size": ("#" * 1_000_001, "key.size", "key.toml has more than 1,000,000 bytes", None),
    "problems": (
        '[[problem]]\nexpression = "x"\n' * 1_001,
        "key.size",
        "the key has 1,001 problems; the limit is 1,000",
        1,
    ),
}


@pytest.mark.parametrize(("text", "code", "message", "line"), NO_KEY.values(), ids=NO_KEY)
def test_what_is_no_key(text, code, message, line):
    found = [(one, said.removeprefix("the key: "), where) for one, said, _, where in mistakes(text)]
    assert (code, message, line) in found


def test_too_many_points_at_which_a_problem_is_asked():
    points = ", ".join(["{x = 1}"] * (limits.KEY_POINTS + 1))
    [(code, message, _, _)] = mistakes(f'[[problem]]\nexpression = "x"\nat = [{points}]')
    assert (code, message) == ("key.size", "problem 1: at has 1,001 points; the limit is 1,000")


@pytest.mark.parametrize("text", ["".join(f"a{i} = 1\n" for i in range(50_000)), "[[problem]]\nfoo = 1\n" * 30_000])
def test_mistakes_without_end_are_not_all_told(text):
    started = time.process_time()
    assert 1 <= len(mistakes(text)) <= 101
    assert time.process_time() - started < 10


@given(st.fractions(0, 1_000, max_denominator=10**6))
def test_points_are_exact(points):
    assert problem_of(f'points = "{points.numerator}/{points.denominator}"').points == points


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text('[]{}=".\n#x1problem ', max_size=60))
def test_whatever_is_read_is_a_key_or_refused(text):
    problems = ()
    try:
        read_key(text, "key.toml")
    except Refused as refused:
        problems = refused.problems
    assert {problem.code.partition(".")[0] for problem in problems} <= {"key"}
