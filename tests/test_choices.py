"""Every word that a user may choose does something of its own: no format falls through to another one's."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest
from command import backprop

from backprop_cli.choices import BATCH_FORMATS, DESCENT_FORMATS, LANGUAGES, PICTURES, RUN_FORMATS

NUMBERS = ("q = x*y; f = exp(q/9)", "x=2", "y=3")
ARRAYS = ("s = W @ x; sum(s^2)", "W=[[1, 2], [3, 4]]", "x=[1, 2]")
ROWS = ("w*x", "w=2", "--data", "points.csv")
CHOSEN = {
    "numbers": (RUN_FORMATS, (*NUMBERS, "--format")),
    "arrays": (RUN_FORMATS, (*ARRAYS, "--format")),
    "pictures of numbers": (PICTURES, ("draw", *NUMBERS, "-o", "made", "--format")),
    "pictures of arrays": (PICTURES, ("draw", *ARRAYS, "-o", "made", "--format")),
    "programs of numbers": (LANGUAGES, ("code", *NUMBERS, "--lang")),
    "programs of arrays": (LANGUAGES, ("code", *ARRAYS, "--lang")),
    "rows": (BATCH_FORMATS, ("batch", *ROWS, "--format")),
    "a descent": (DESCENT_FORMATS, ("descend", "x^2", "x=1", "--steps", "2", "--format")),
    "a descent shown": (DESCENT_FORMATS[:2], ("descend", "x^2", "x=1", "--steps", "2", "--show-work", "--format")),
}
STEPS = {form: ("--steps", "--format", form) for form in RUN_FORMATS if form != "csv"}


@pytest.fixture(autouse=True)
def _there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "points.csv").write_text("x\n1\n2\n")


@pytest.mark.parametrize(("words", "argv"), CHOSEN.values(), ids=CHOSEN)
def test_each_is_its_own(words, argv):
    made = {}
    for word in words:
        ran = backprop(*argv, word)
        assert (ran.err, ran.code) == ("", 0)
        made[word] = Path("made").read_bytes() if "made" in argv else ran.out
    assert [pair for pair in combinations(made, 2) if made[pair[0]] == made[pair[1]]] == []


@pytest.mark.parametrize("argv", [NUMBERS, ARRAYS], ids=["numbers", "arrays"])
def test_each_has_its_own_steps(argv):
    made = {form: backprop(*argv, *words) for form, words in STEPS.items()}
    assert {(ran.err, ran.code) for ran in made.values()} == {("", 0)}
    before = {form: ran.out.removesuffix(backprop(*argv, "--format", form).out) for form, ran in made.items()}
    same = [pair for pair in combinations(before, 2) if before[pair[0]] == before[pair[1]]]
    assert same == [("table", "plain")]  # both are text, and differ in what follows


TWO_FORMATS = {
    "grad": ("plain", NUMBERS),
    "batch": ("csv", ROWS),
    "descend": ("latex", ("x^2", "x=1")),
    "check": ("markdown", (*NUMBERS, "-a", "dx=1")),
    "grade": ("tap", ("key.toml", "answers.csv")),
}


@pytest.mark.parametrize(("command", "given"), TWO_FORMATS.items(), ids=TWO_FORMATS)
def test_two_formats_at_once_are_refused(command, given):
    form, words = given
    ran = backprop(command, *words, "--json", "--format", form)
    error = json.loads(ran.out)["error"]
    assert (ran.code, error["code"]) == (2, "usage.option")
    assert error["message"] == f"--json and --format {form} exclude each other"
    assert ran.said == f"error[usage.option]: {error['message']}"
