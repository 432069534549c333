"""check and grade read answers through one door: whatever a file holds, both give the same verdicts."""

from __future__ import annotations

import json

import pytest
from command import backprop
from hypothesis import given, settings
from hypothesis import strategies as st

CHAIN = ("q = x + y; f = q*z", "x=-2", "y=5", "z=-4")
ASK = ("q", "dx", "dy", "dz")
KEY = f"""
[[problem]]
id = "p1"
expression = "{CHAIN[0]}"
at = {{x = -2, y = 5, z = -4}}
ask = {json.dumps(ASK)}
"""


def words(report):
    """The verdicts on all answers, or why the file cannot be read."""
    return [(one["name"], one["verdict"], one["answer"], [r["code"] for r in one["remarks"]]) for one in report]


def checked(path):
    ran = backprop("check", *CHAIN, "--answers", str(path), "--ask", ",".join(ASK), "--json")
    report = json.loads(ran.out)
    assert ("error[" in ran.err) == ("error" in report)
    return report["error"]["code"] if "error" in report else words(report["answers"])


def graded(folder, path):
    key = folder / "key.toml"
    key.write_text(KEY)
    ran = backprop("grade", str(key), str(path), "--json", "--force")
    assert "error[" not in ran.err
    found = json.loads(ran.out)["submissions"]
    if len(found) > 1:
        return "answers.class"
    [one] = found
    return one["invalid"]["code"] if one["invalid"] else words(one["problems"][0]["answers"])


RIGHT = [(name, "ok") for name in ASK]
FILES = {
    "toml: answers": ("a.txt", "[answers]\nq = 3\ndx = -4\ndy = -4\ndz = 3\n"),
    "toml: a student's name": ("a.toml", 'student = "ada"\nq = 3\ndx = -4\ndy = -4\ndz = 3\n'),
    "json: nested": ("a.json", '{"chain": {"q": 3, "dx": -4, "dy": -4, "dz": 3}}'),
    "json: nested and wrapped": (
        "a.json",
        '{"student": "ada", "answers": {"hw 1": {"q": 3, "gradient": {"x": -4, "y": -4, "z": 3}}}}',
    ),
    "json: a student's name": ("a.json", '{"student": "ada", "q": 3, "dx": -4, "dy": -4, "dz": 3}'),
    "json: points": ("a.json", '{"answers": [{"q": 3, "dx": -4, "dy": -4, "dz": 3}]}'),
    "json: one line": ("a.jsonl", '{"student": "ada", "q": 3, "dx": -4, "dy": -4, "dz": 3}\n'),
    "csv: long, with a student": ("a.csv", "student,name,answer\nada,q,3\nada,dx,-4\nada,dy,-4\nada,dz,3\n"),
    "csv: long, with a problem": ("a.csv", "problem,name,answer\nhw,q,3\nhw,dx,-4\nhw,dy,-4\nhw,dz,3\n"),
    "csv: wide": ("a.csv", "student,q,dx,dy,dz\nada,3,-4,-4,3\n"),
    "csv: no titles": ("a.csv", "q,3\ndx,-4\ndy,-4\ndz,3\n"),
    "lines: a student's name": ("a.txt", "student = ada\nq = 3\ndx = -4\ndy = -4\ndz = 3\n"),
}


@pytest.mark.parametrize(("name", "text"), FILES.values(), ids=FILES)
def test_both_read_every_form(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    found = checked(tmp_path / name)
    assert [(name, word) for name, word, _, _ in found] == RIGHT
    assert graded(tmp_path, tmp_path / name) == found


BROKEN = {
    "class": ("a.csv", "student,q,dx\nada,3,-4\nben,3,4\n", "answers.class"),
    "class of objects": ("a.jsonl", '{"student": "ada", "q": 3}\n{"student": "ben", "q": 3}\n', "answers.class"),
    "no answers": ("a.json", '{"answers": 3}', "submission.answers"),
    "columns": ("a.csv", "a,b,c,d\n1,2,3,4\n", "submission.columns"),
}


@pytest.mark.parametrize(("name", "text", "code"), BROKEN.values(), ids=BROKEN)
def test_both_refuse_what_cannot_be_read(tmp_path, name, text, code):
    (tmp_path / name).write_text(text)
    assert (checked(tmp_path / name), graded(tmp_path, tmp_path / name)) == (code, code)


def test_several_groups_are_no_answers_and_are_said(tmp_path):
    (tmp_path / "a.json").write_text('{"dx": -4, "meta": {"course": 1}}')
    ran = backprop("check", *CHAIN, "--answers", str(tmp_path / "a.json"), "--ask", "dx")
    assert (ran.code, ran.err) == (
        0,
        "warning[submission.problem]: `meta` holds more than one answer, and is passed over\n",
    )


def test_a_group_by_another_name_is_taken_for_the_only_problem_and_said(tmp_path):
    (tmp_path / "key.toml").write_text(KEY)
    (tmp_path / "a.json").write_text('{"chain": {"q": 3}}')
    ran = backprop("grade", str(tmp_path / "key.toml"), str(tmp_path / "a.json"), "--json")
    [one] = json.loads(ran.out)["submissions"]
    message = "the key has no problem `chain`; its answers are taken for those to p1, the only one"
    assert ([w["message"] for w in one["warnings"]], one["problems"][0]["answers"][0]["verdict"]) == ([message], "ok")


ENDINGS = [".json", ".jsonl", ".csv", ".toml", ".txt", ".tsv", ""]
WORDS = ["chain", ".dx", "q", "dx", "x.grad", "gradient", "student", "answers", "name", "answer", "problem"]
MARKS = ['{"', '"}', *"{}[]\":,;=\n\t.#' ", "\0", "é"]
VALUES = ["-4", "3", "null", "NaN", "true", "2*x", '{"dx": -4}', "[answers]\n", "1"]
pieces = st.lists(st.sampled_from([*WORDS, *MARKS, *VALUES]), max_size=25).map("".join)
values = st.recursive(
    st.sampled_from([-4, 3, "-4", "q*z", None, True, 0.5, float("nan")]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from(WORDS), values, max_size=5).map(json.dumps)


@settings(max_examples=200)
@given(pieces | objects, st.sampled_from(ENDINGS))
def test_whatever_a_file_holds_both_give_the_same_verdicts(tmp_path_factory, text, ending):
    folder = tmp_path_factory.getbasetemp() / "door"
    folder.mkdir(exist_ok=True)
    path = folder / f"a{ending}"
    path.write_text(text, encoding="utf-8", newline="")
    assert checked(path) == graded(folder, path)
