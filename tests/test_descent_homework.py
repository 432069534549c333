"""Homework with rows of data and steps of descent: names, right answers, and every mistake named."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

import pytest
from command import backprop
from test_descend import here

from backprop_cli import read
from backprop_cli.catalogue.topics import codes
from backprop_cli.grading.descent.descent_mistakes import slips
from backprop_cli.grading.descent.descent_names import DescentNames, DescentQuantity
from backprop_cli.grading.descent.trajectory import Way

__all__ = ["here"]

ROWS = [(0.5, 1.0), (-1.0, 0.25), (2.0, 1.5)]
RATE = 0.125
ASK = ["mean dw", "mean db", "dw row 2", "L", "w after 1 step", "w after 2 steps", "b after 2 steps"]
KEY = """
feedback = "hint"
[[problem]]
id = "line"
expression = "y = w*x + b*w; L = (y - t)^2"
data = "points.csv"
at = {w = 0.5, b = -1}
lr = 0.125
ask = ASK
"""


def slopes(w, b, row):
    x, t = row
    error = 2 * (w * x + b * w - t)
    return error * (x + b), error * w


def mean(parts):
    parts = list(parts)
    return math.fsum(parts) / len(parts)


def answers(rows=ROWS, *, factor=1.0, sign=-1.0, rate=RATE, sequential=False, late=0, whole=1.0) -> dict[str, float]:
    """The answers of a student who works by hand, right or with a slip."""

    def gradient(w, b):
        both = [mean(parts) for parts in zip(*(slopes(w, b, row) for row in rows), strict=True)]
        return [factor * one for one in both]

    path = [(0.5, -1.0)]
    for _ in range(3):
        w, b = path[-1]
        new = w + sign * rate * gradient(w, b)[0]
        path.append((new, b + sign * rate * gradient(new if sequential else w, b)[1]))
    dw, db = gradient(0.5, -1.0)
    loss = whole * mean((0.5 * x - 0.5 - t) ** 2 for x, t in rows)
    one, two = path[1 + late], path[2 + late]
    return dict(zip(ASK, (dw, db, slopes(0.5, -1.0, ROWS[1])[0], loss, one[0], *two), strict=True))


def graded(given: dict[str, object], key: str = KEY) -> dict:
    Path("key.toml").write_text(key.replace("ASK", json.dumps(ASK)))
    Path("points.csv").write_text("x,t\n" + "".join(f"{x},{t}\n" for x, t in ROWS))
    Path("ada.json").write_text(json.dumps({"line": given}))
    ran = backprop("grade", "key.toml", "ada.json", "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)["submissions"][0]["problems"][0]


def test_right_answers_are_right():
    found = graded(answers())
    assert (found["right"], found["asked"], found["score"]) == (7, 7, 7)


# code, how the answers come about, and which of them are kept right
SLIPS = [
    ("sum-for-mean", {"factor": 3.0}, ["L"]),
    ("sum-for-mean", {"factor": 3.0, "whole": 3.0}, []),
    ("one-row", {"rows": ROWS[:1]}, []),
    ("one-row", {"rows": ROWS[2:]}, []),
    ("forgotten-row", {"rows": ROWS[:2]}, []),
    ("forgotten-row", {"rows": ROWS[1:], "factor": 2 / 3}, ["L"]),
    ("wrong-direction", {"sign": 1.0}, ASK[:4]),
    ("already-updated", {"sequential": True}, ASK[:4]),
    ("no-rate", {"rate": 1.0}, ASK[:4]),
    ("wrong-rate", {"rate": RATE**2}, ASK[:4]),
    ("step-count", {"late": 1}, ASK[:4]),
    ("step-count", {"late": -1}, ASK[:4]),
]


@pytest.mark.parametrize(("code", "how", "kept"), SLIPS, ids=[f"{s[0]} {s[1]}" for s in SLIPS])
def test_a_mistake_is_named(code, how, kept):
    given = answers(**how)
    if code == "forgotten-row" and "factor" in how:
        del given["L"]
    found = graded({**given, **{name: answers()[name] for name in kept if name in given}})
    named = [hint["code"] for hint in found["hints"]]
    assert named == [f"mistake.{code}"], found
    assert found["hints"][0]["message"].startswith("consistent with ")
    assert found["right"] < 7


def test_every_mistake_has_a_case_and_a_page():
    made = {code for code, _, _ in slips(Way(RATE), 3, 3)}
    assert {code for code, _, _ in SLIPS} == made
    assert {f"mistake.{code}" for code in made} <= codes().keys()


def test_what_is_no_known_mistake_is_not_named():
    assert graded({**answers(), "mean dw": 123.0})["hints"] == []


def test_answers_that_are_extra_missing_or_no_numbers():
    found = graded({"mean dw": "w*2", "q": 3, "b after 7 steps": 1, "db": ""})
    words = {one["name"]: one["verdict"] for one in found["answers"]}
    assert words["mean dw"] == "invalid"
    assert (words["q"], words["b after 7 steps"], words["mean db"]) == ("extra", "extra", "missing")
    assert found["right"] == 0


NAMES = [
    ("mean dw", DescentQuantity("w")),
    ("mean(dL/dw)", DescentQuantity("w")),
    ("avg_dw", DescentQuantity("w")),
    ("average of dw", DescentQuantity("w")),
    ("dw", DescentQuantity("w")),
    ("w.grad", DescentQuantity("w")),
    ("∂L/∂w", DescentQuantity("w")),
    ("dw row 2", DescentQuantity("w", row=2)),
    ("dw (row 2)", DescentQuantity("w", row=2)),
    ("dw[row 2]", DescentQuantity("w", row=2)),
    ("dw_row_2", DescentQuantity("w", row=2)),
    ("L", DescentQuantity()),
    ("mean L", DescentQuantity()),
    ("L row 3", DescentQuantity(row=3)),
    ("L after 10 steps", DescentQuantity(steps=10)),
    ("w after 3 steps", DescentQuantity(moved="w", steps=3)),
    ("w after 1 step", DescentQuantity(moved="w", steps=1)),
    ("w after step 2", DescentQuantity(moved="w", steps=2)),
    ("w_after_3_steps", DescentQuantity(moved="w", steps=3)),
    ("W After 3 Steps", None),
    ("dw after 3 steps", DescentQuantity("w", steps=3)),
    ("w", None),
    ("x after 3 steps", None),
    ("dx", None),
    ("dy/dw", None),
    ("w row 2 after 3 steps", None),
    ("dV[0, 1]", DescentQuantity("V", place=(0, 1))),
    ("V[1,-1] after 2 steps", DescentQuantity(moved="V", steps=2, place=(1, -1))),
    ("dw after 3 steps" + " " * 300, None),
    ("", None),
]


@pytest.mark.parametrize(("name", "meant"), NAMES, ids=[name[:30] for name, _ in NAMES])
def test_a_name(name, meant):
    circuit = read("y = w*x + b*V; L = (y - t)^2")
    assert DescentNames(circuit, ("w", "b", "V"), {}).quantity(name) == meant


WRONG_KEYS = [
    ("mean dz", "ask.name", "mean dz is no quantity of this expression"),
    ("dw row 4", "ask.name", "dw row 4: there are 3 rows"),
    ("dw row 0", "ask.name", "dw row 0: there are 3 rows"),
    ("w after 100000 steps", "key.size", "w after 100000 steps: the limit is 1,000 steps"),
    ("dw[0]", "ask.name", "dw[0]: w is one number"),
    ("mean_dw", "ask.twice", "mean_dw and dw are the same quantity"),
]


@pytest.mark.parametrize(("name", "code", "message"), WRONG_KEYS, ids=[name for name, _, _ in WRONG_KEYS])
def test_a_key_that_asks_for_what_there_is_not(name, code, message):
    Path("points.csv").write_text("x,t\n1,2\n2,3\n3,5\n")
    ask = ["dw", name] if code == "ask.twice" else [name]
    Path("key.toml").write_text(KEY.replace("ASK", json.dumps(ask)))
    ran = backprop("grade", "key.toml", "--check-key")
    assert (ran.out, ran.code) == ("", 3)
    assert ran.said == f"error[{code}]: problem line: {message}"


def test_steps_need_a_rate_and_data_need_a_file():
    Path("points.csv").write_text("x,t\n1,2\n")
    Path("key.toml").write_text(KEY.replace("ASK", '["w after 1 step"]').replace("lr = 0.125", ""))
    said = backprop("grade", "key.toml", "--check-key").said
    assert said == "error[{}]: problem line: w after 1 step: steps need a learning rate".format("ask.rate")
    Path("key.toml").write_text(KEY.replace("ASK", '["dw"]').replace("points.csv", "none.csv"))
    ran = backprop("grade", "key.toml", "--check-key")
    missing = "error[input.file]: problem line: none.csv cannot be read: no such file or directory"
    assert (ran.code, ran.said) == (3, missing)


def test_data_stand_beside_the_key():
    Path("hw").mkdir()
    Path("hw/points.csv").write_text("x,t\n1,2\n2,3\n")
    Path("hw/key.toml").write_text(KEY.replace("ASK", '["mean dw", "w after 1 step"]'))
    ran = backprop("grade", "hw/key.toml", "--check-key")
    assert (ran.err, ran.code) == ("", 0)
    assert "w after 1 step" in ran.out


def test_steps_without_data_and_with_arrays():
    Path("key.toml").write_text(
        '[[problem]]\nid = "bowl"\nexpression = "sum((A @ v)^2)"\nat = {A = [[1, 2], [0, 1]], v = [1, -1]}\n'
        'lr = 0.25\nask = ["dv[0]", "v[1] after 2 steps"]\n'
    )
    Path("ada.json").write_text('{"bowl": {"dv[0]": -2, "v[1] after 2 steps": 0}}')
    ran = backprop("grade", "key.toml", "--check-key")
    assert (ran.err, ran.code) == ("", 0)
    assert " dv[0]               " in ran.out
    assert "-2.0" in ran.out


def test_a_mean_that_cancels_may_be_answered_by_nought():
    Path("points.csv").write_text("x\n0.1\n0.2\n-0.3\n")
    Path("key.toml").write_text(
        '[[problem]]\nid = "m"\nexpression = "w*x"\ndata = "points.csv"\nat = {w = 1}\nask = ["dw"]\n'
    )
    Path("ada.json").write_text('{"m": {"dw": 0}}')
    ran = backprop("grade", "key.toml", "ada.json")
    assert ran.code == 0
    assert "1 of 1" in ran.out or "✓" in ran.out


def checked(*argv: str) -> tuple[str, int]:
    Path("points.csv").write_text("x,t\n0.5,1\n-1,0.25\n2,1.5\n")
    ran = backprop("check", "(w*x + b - t)^2", "w=0.5", "b=0", *argv)
    return ran.out + ran.err, ran.code


def test_check_takes_data_and_a_rate():
    data = ["--data", "points.csv"]
    said, code = checked(
        *data, "--lr", "0.1", "-a", "mean dw=-0.4167", "-a", "dw row 2=1.5", "-a", "w after 1 step=0.5417"
    )
    assert (code, said.count("✓ ok")) == (0, 3)
    said, code = checked(*data, "--lr", "0.1", "-a", "dw=-1.25", "-a", "w after 1 step=0.625")
    assert (code, "mistake.sum-for-mean" in said) == (1, True)
    said, code = checked(*data, "-a", "w after 1 step=0.5")
    assert (code, said.partition("\n")[0]) == (
        2,
        "error[ask.rate]: w after 1 step: steps need a learning rate",
    )
    said, code = checked(*data, "--lr", "0", "-a", "dw=1")
    assert (code, said.partition("\n")[0]) == (2, "error[usage.lr]: --lr must be more than 0, and got 0.0")
    said, code = checked(*data, "--ask", "dw,db", "-a", "dw=-0.4167", "-a", "q=1")
    assert (code, "missing" in said, "extra" in said) == (1, True, True)


def test_check_of_steps_without_data():
    ran = backprop("check", "x^2", "x=4", "--lr", "0.25", "-a", "x after 2 steps=1", "-a", "dx after 1 step=4")
    assert (ran.err, ran.code, ran.out.count("✓ ok")) == ("", 0, 2)


def test_a_large_table_and_many_steps_take_no_long_time():
    rows = [(number % 7 / 7, number % 3) for number in range(2_000)]
    Path("points.csv").write_text("x,t\n" + "".join(f"{x},{t}\n" for x, t in rows))
    Path("key.toml").write_text(KEY.replace("ASK", '["mean dw", "w after 300 steps"]'))
    Path("ada.json").write_text('{"line": {"mean dw": 1, "w after 300 steps": 2}}')
    begun = time.process_time()
    ran = backprop("grade", "key.toml", "ada.json", "--json")
    assert time.process_time() - begun < 8
    found = json.loads(ran.out)["submissions"][0]["problems"][0]
    assert [one["verdict"] for one in found["answers"]] == ["wrong", "wrong"]


def test_more_rows_than_a_key_may_have():
    Path("points.csv").write_text("x,t\n" + "1,2\n" * 100_001)
    Path("key.toml").write_text(KEY.replace("ASK", '["mean dw"]'))
    said = backprop("grade", "key.toml", "--check-key").said
    assert said == "error[key.size]: problem line: there are 100,001 rows; the limit is 100,000"


def test_weights_are_of_what_is_asked():
    weighty = KEY + 'points = 6\nweights = {"dw" = 4, "w after 1 step" = 2}\n'
    found = graded({"mean dw": answers()["mean dw"]}, weighty.replace("ASK", '["mean dw", "w after 1 step"]'))
    assert (found["score"], found["points"]) == (4, 6)
    Path("key.toml").write_text(weighty.replace("ASK", '["mean dw"]'))
    said = backprop("grade", "key.toml", "--check-key").said
    assert said == "error[ask.weight]: problem line: w after 1 step has a weight and is not asked for"


def test_numbers_of_ones_own_with_data():
    Path("points.csv").write_text("x,t\n1,2\n2,3\n")
    Path("key.toml").write_text(
        'secret = "a long secret"\n[[problem]]\nid = "own"\nexpression = "(w*x - t)^2"\ndata = "points.csv"\n'
        'vary = {w = "1..9"}\nlr = 0.1\nask = ["mean dw", "w after 1 step"]\n'
    )
    ran = backprop("grade", "key.toml", "--check-key")
    assert (ran.err, ran.code) == ("", 0)
    assert "w after 1 step" in ran.out
