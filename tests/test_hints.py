"""What a new user types first, and what the calculator says to it; names in other spellings; shared points."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from unittest import mock

import pytest
from command import backprop

from backprop_cli import Refused, differentiate
from backprop_cli.catalogue.topics import codes
from backprop_cli.cli import outcome
from backprop_cli.engine import given


def test_values_that_nothing_uses_are_not_read(tmp_path, monkeypatch):
    read = []
    honest = given.read
    monkeypatch.setattr(given, "read", lambda text, **options: read.append(text) or honest(text, **options))
    shared = {f"v{i}": "1/0 +" if i else "2" for i in range(3_000)} | {"z": "3"}
    (tmp_path / "shared.json").write_text(json.dumps(shared))
    ran = backprop("v0*x", "x=3/1", "--at", str(tmp_path / "shared.json"), "-q", "--no-check")
    assert (ran.out, ran.code) == ("3.0\n2.0\n", 0)
    assert ran.said.startswith("warning[value.unused]: v1, v2, v3 and 2,997 more")
    assert read == ["3/1", "2"]
    assert "error[syntax.operand]" in backprop("v1*z", "--at", str(tmp_path / "shared.json")).err


def test_the_micro_sign_is_the_greek_letter_everywhere(tmp_path):
    micro, mu = "\u00b5", "\u03bc"
    assert differentiate(f"{mu}^2", {micro: 3}).gradient == {mu: 6.0}
    (tmp_path / "p.json").write_text(json.dumps({micro: 3}))
    ran = backprop(f"{mu}^2*x", "x=1", "--at", str(tmp_path / "p.json"), "--wrt", micro, "-q")
    assert (ran.out, ran.code) == ("6.0\n", 0)
    (tmp_path / "p.json").write_text(json.dumps({micro: 3, mu: 4}))
    assert "error[point.twice]" in backprop(mu, "--at", str(tmp_path / "p.json")).err
    with pytest.raises(Refused, match="two values"):
        differentiate(mu, {micro: 3, mu: 4})


@pytest.mark.parametrize("names", ["", ",", " , "])
def test_an_empty_list_of_names(names):
    ran = backprop("x*y", "x=1", "y=2", "--wrt", names)
    assert (ran.said, ran.code) == ("error[usage.wrt]: --wrt names nothing", 2)


SEPARATE = "values are separate arguments after the expression: "
RADIANS = "angles are in radians: "
HINTS = [
    (["grad", "x*y", "x=1", "-o", "f.txt"], "usage.value", "there is no option -o here; values are written NAME=VALUE"),
    (["sum(x)", "x=(1, 2)"], "array.list", "an array stands in brackets: x='[1, 2]'"),
    (["sin²(x)", "x=1"], "syntax.operator", "write sin(x)^2"),
    (["sin^2(x + 1)", "x=1"], "syntax.operator", "write sin(x + 1)^2"),
    (["sin^-1(x)", "x=1"], "syntax.operator", "write asin(x) for the inverse function, 1/sin(x) for the reciprocal"),
    (["sin²("], "syntax.operator", "write sin(…)^2"),
    (["f(x) = x^2", "x=1"], "syntax.assignment", "write f = x^2;"),
    (["f(x) = x^2; f(3)"], "syntax.assignment", "write f = x^2;"),
    (["f(x, y) ="], "syntax.assignment", "write f = …;"),
    (["Relu(x)", "x=1"], "name.function", "did you mean relu?"),
    (["ReLU(x)", "x=1"], "name.function", "did you mean relu?"),
    (["Sigmoid(x)", "x=1"], "name.function", "did you mean sigmoid?"),
    (["softmax(a, b)"], "syntax.static", "several numbers make an array: softmax([a, b])"),
    (["x*y", "x=sum(2)"], "name.function", "write the sum out: a + b + c"),
    (["x*y", "x=mean(2)"], "name.function", "write the mean out: (a + b + c)/3"),
    (["x*y", "x=cmath.exp(2)"], "text.character", "write exp(2)"),
    (["mse(x)"], "name.function", "write the mean of the squares out: "),
    (["d/dx x^2", "x=1"], "syntax.operator", "type the function itself: its derivative is worked out"),
    (["d/dx(x^2)", "x=1"], "syntax.operator", "type the function itself: its derivative is worked out"),
    (["sin(90°)"], "text.character", RADIANS + "x degrees are x*pi/180"),
    (["sin(30 deg)"], "usage.missing", RADIANS + "30 deg is 30*pi/180"),
    (["x // y", "x=1"], "syntax.operand", "the whole part of a quotient is floor(x/y)"),
    (["cmath.cos(x)", "x=1"], "text.character", "write cos(x)"),
    (["scipy.special.erf(x)", "x=1"], "text.character", "write erf(x)"),
    (["np.var(x)/len(x)", "x=[1, 2]"], "name.function", "write the number itself: no value is made of an array's size"),
    (["sum(x)/x.shape[0]", "x=[1, 2]"], "text.character", "write the number itself"),
    (["sum(x)/x.size", "x=[1, 2]"], "text.character", "write the number itself"),
    (["np.inner(x, x)", "x=[1, 2]"], "name.function", "of vectors it is x @ y"),
    (["torch.var(x)", "x=[1, 2]"], "name.function", "PyTorch divides by n - 1, and var(x) by n"),
    (["x.sin()", "x=1"], "text.character", "write sin(x)"),
    (["x**2 if x>0", "x=1"], "syntax.choice", "write a if c else b"),
    (["max(1, 2x else 3)"], "syntax.choice", "write a if c else b"),
    (["1_000*x", "x=1"], "text.character", "digits are written without _: 1000"),
    (["x + inf", "x=1"], "usage.missing", "infinity is not a value"),
    (["x + nan", "x=1"], "usage.missing", "nan is not a value"),
    (["x*y*z", "x=3,", "y=2,", "z=1"], "usage.value", SEPARATE + "x=3 y=2 z=1"),
    (["x*y", "x=3,y=2"], "usage.value", SEPARATE + "x=3 y=2"),
    (["(x+y)*z, x=3"], "syntax.unexpected", SEPARATE + "x=3"),
    (["(x+y)*z x=3 y = 2"], "syntax.unexpected", SEPARATE + "x=3 y=2"),
    (["(x+y) x=3"], "syntax.unexpected", SEPARATE + "x=3"),
    (["x", "+", "y", "x=3"], "usage.option", "the expression is one argument: put it in quotes"),
    (["xy", "x=3", "y=2"], "usage.option", "as an expression it is `backprop grad xy …`; the product is x*y"),
    (["help"], "usage.option", "did you mean `backprop --help`?"),
    (["version"], "usage.option", "did you mean `backprop --version`?"),
    (["x*y", "-wrt", "x", "x=1", "y=2"], "usage.option", "did you mean --wrt?"),
    (["x*y", "--x=3"], "usage.option", "a value is written x=3"),
]


@pytest.mark.parametrize(("argv", "code", "hint"), HINTS, ids=[" ".join(h[0]) for h in HINTS])
def test_what_a_new_user_types_first(argv, code, hint):
    ran = backprop(*argv)
    assert ran.said.startswith(f"error[{code}]")
    assert f"  = {hint}" in ran.err
    assert ran.err.count("error[") == 1


@pytest.mark.parametrize(
    ("argv", "output"),
    [
        (["gamma²(x + 1)", "gamma=3", "x=1"], "18.0"),
        (["d/dx", "d=1", "dx=2"], "0.5"),
        (["-wrt", "wrt=2"], "-2.0"),
        (["x*deg", "x=2", "deg=3"], "6.0"),
        (["1_0", "_0=3"], None),
        (["np*torch", "np=2", "torch=3"], "6.0"),
        (["math.sqrt(x)", "x=np.sqrt(16)"], "2.0"),
        (["math.sqrt(x)", "x=4", "math=1"], None),
    ],
)
def test_names_that_only_look_like_it(argv, output):
    ran = backprop(*argv, "--no-check", "--format", "plain")
    assert (ran.code == 0) == (output is not None) == (ran.err == "")
    assert output is None or output in ran.out


@pytest.mark.parametrize("columns", [40, 60, 120])
def test_errors_fit_the_terminal_that_shows_them(columns, monkeypatch):
    monkeypatch.setattr(outcome, "_columns", lambda: columns)
    ran = backprop("+".join(["alpha*beta"] * 30) + "+ nothing(x) +" + "+".join(["alpha*beta"] * 30), "x=1")
    lines = ran.err.splitlines()
    assert len(lines[2]) == columns
    assert lines[2][lines[3].index("^") :].startswith("nothing(x)")


def test_the_width_of_a_terminal(monkeypatch):
    assert outcome._columns() == 80
    monkeypatch.setattr("sys.stderr", mock.Mock(isatty=lambda: True, fileno=lambda: 2))
    monkeypatch.setattr("os.get_terminal_size", lambda _: os.terminal_size((44, 10)))
    monkeypatch.delenv("COLUMNS", raising=False)
    assert outcome._columns() == 44
    monkeypatch.setenv("COLUMNS", "55")
    assert outcome._columns() == 55


def test_pages_are_sentences_of_one_width():
    assert codes()["domain.gamma"].text.startswith("gamma(x) needs x other than 0, -1, -2 … to have a value. Outside,")
    assert codes()["domain.atan2"].text.startswith("atan2(y, x) needs a point other than (0, 0) to have a value.")
    for topic in codes().values():
        lines = topic.text.splitlines()
        assert max(map(len, lines)) <= 98
        for line, following in pairwise(lines):
            assert not line or not following or len(line) + 1 + len(following.split()[0]) > 98
