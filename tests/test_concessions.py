"""What a key concedes: other answers, ranges, spoiled questions, other sheets, no value; from two to four figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import backprop

CHAIN = 'id = "chain"\nexpression = "(x + y)*z"\nat = {x = -2, y = 5, z = -4}\n'
SUM = 'id = "a"\nexpression = "sum(x)"\nat = {x = [1, 2]}\n'
SEVENTH = 'id = "s"\nexpression = "x/7"\nat = {x = 1}\nask = ["f"]\ntolerance = {sigfigs = [2, 4]}\n'
ROOT = 'id = "root"\nexpression = "sqrt(x) + y"\nat = {x = 0, y = 1}\n'


def graded(tmp_path: Path, problem: str, **answers: str) -> dict:
    """The one problem's result; the answers of one student."""
    key, mine = tmp_path / "key.toml", tmp_path / "ada.json"
    key.write_text(f"[[problem]]\n{problem}")
    mine.write_text(json.dumps(answers))
    ran = backprop("grade", str(key), str(mine), "--format", "jsonl")
    assert (ran.code, ran.err) == (0, "")
    [found] = json.loads(ran.out)["problems"]
    return found


ACCEPTED = [
    ('["5"]', "5", "ok"),
    ('["5"]', "5.004", "ok"),
    ('["5"]', "5.1", "wrong"),
    ('["5"]', "-4", "ok"),  # the right one stays right
    ('["-3.9..-3.5", 7]', "-3.7", "ok"),
    ('["-3.9..-3.5", 7]', "-3.9", "ok"),
    ('["-3.9..-3.5", 7]', "-3.4", "wrong"),
    ('["-3.9..-3.5", 7]', "7", "ok"),
    ('["2*z + 1"]', "2*z+1", "ok"),
    ('["2*z + 1"]', "2*z + 2", "wrong"),
    ('"1/3..1/2"', "0.4", "ok"),
]


@pytest.mark.parametrize(("accept", "answer", "word"), ACCEPTED, ids=[f"{a}: {b}" for a, b, _ in ACCEPTED])
def test_other_answers(tmp_path, accept, answer, word):
    found = graded(tmp_path, CHAIN + f'ask = [{{name = "dx", accept = {accept}}}, "dy"]\n', dx=answer, dy="-4")
    [dx, dy] = found["answers"]
    assert (dx["verdict"], dy["verdict"]) == (word, "ok")
    codes = [remark["code"] for remark in dx["remarks"]]
    assert ("answer.accepted" in codes) == (word == "ok" and answer != "-4")
    if word == "ok":
        assert found["hints"] == []


def test_a_spoiled_question_and_a_spoiled_problem(tmp_path):
    ask = 'ask = [{name = "dx", everyone = true}, "dy", "dz"]\n'
    found = graded(tmp_path, CHAIN + ask, dy="-4", dz="7")
    assert [one["verdict"] for one in found["answers"]] == ["ok", "ok", "wrong"]
    assert (found["score"], found["right"]) == (2, 2)
    assert found["answers"][0]["remarks"] == [
        {"code": "answer.everyone", "message": "everyone gets the points of this question"}
    ]
    found = graded(tmp_path, CHAIN + "everyone = true\n", dx="nonsense(", dz="7")
    assert (found["score"], found["right"], found["hints"]) == (3, 3, [])


def test_a_spoiled_array(tmp_path):
    problem = 'id = "layer"\nexpression = "sum(W @ x)"\nat = {W = [[1, 2]], x = [3, 4]}\n'
    found = graded(tmp_path, problem + 'ask = [{name = "dW", everyone = true}, "dx"]\n', dx="[1, 5]")
    assert found["score"] == 1.5


SHEETS = [
    ({"dx": "-4", "dy": "-4", "dz": "3"}, 3, ""),
    ({"dx": "2", "dy": "2", "dz": "3"}, 3, "answer.also"),
    ({"dx": "2", "dy": "-4", "dz": "3"}, 2, ""),  # mixed: the better of the two sheets, the first if they are even
    ({"dx": "9", "dy": "2", "dz": "3"}, 2, "answer.also"),
    ({"dx": "6", "dy": "6", "dz": "5"}, 3, "answer.also"),
]


@pytest.mark.parametrize(("answers", "score", "code"), SHEETS, ids=[str(list(a.values())) for a, *_ in SHEETS])
def test_other_sheets(tmp_path, answers, score, code):
    found = graded(tmp_path, CHAIN + "also = [{dx = 2, dy = 2}, {dx = 6, dy = 6, dz = 5}]\n", **answers)
    assert found["score"] == score
    codes = {remark["code"] for one in found["answers"] for remark in one["remarks"]}
    assert ("answer.also" in codes) == bool(code)


NO_VALUE = [
    ("no value", "ok", []),
    ("does not exist", "ok", []),
    ("3", "wrong", ["answer.absent"]),
    ("y", "wrong", ["answer.absent"]),
]


@pytest.mark.parametrize(("answer", "word", "codes"), NO_VALUE, ids=[answer for answer, *_ in NO_VALUE])
def test_a_key_may_ask_for_no_value(tmp_path, answer, word, codes):
    found = graded(tmp_path, ROOT + 'ask = [{name = "dx", answer = "no value"}, "dy"]\n', dx=answer, dy="1")
    assert found["answers"][0]["verdict"] == word
    assert [remark["code"] for remark in found["answers"][0]["remarks"]] == codes


def test_the_key_is_checked(tmp_path):
    key = tmp_path / "key.toml"
    key.write_text(f'[[problem]]\n{ROOT}ask = ["dx", "dy"]\n')
    assert backprop("grade", str(key), "--check-key").code == 1
    asks = (
        '[{name = "dx", answer = "no value"}, {name = "dy", accept = "2", everyone = true}, '
        '{name = "f", accept = [3, 4]}]'
    )
    key.write_text(f"[[problem]]\n{ROOT}ask = {asks}\nalso = {{f = 2}}\n")
    ran = backprop("grade", str(key), "--check-key")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "problem   points   name   answer     note\n"
        "───────────────────────────────────────────────────────────────────────────\n"
        "root           1   dx     no value\n"
        "               1   dy     1.0        everyone gets its points\n"
        "               1   f      1.0        1 more accepted; other on 1 more sheet\n"
        "\n"
        "3 points\n"
    ).replace("1 more accepted", "2 more accepted")


WRONG = [
    (CHAIN + 'ask = [{name = "dx", accept = ["1..x"]}]', "`1..x` is no range of numbers"),
    (CHAIN + 'ask = [{name = "dx", accept = ["2..1"]}]', "the range 2..1 ends before it begins"),
    (CHAIN + 'ask = [{name = "dx", accept = ["50 %"]}]', "`50 %` is no answer that could be accepted"),
    (CHAIN + 'ask = [{name = "dx", accept = [[1]]}]', "accept must be an answer, or an array of them"),
    (CHAIN + 'ask = [{name = "dx", acept = 1}]', "there is no field `acept`"),
    (CHAIN + 'ask = [{name = "dx", answer = "3"}]', 'answer can be "no value" only, and is `3`'),
    (CHAIN + 'ask = [{name = "dx", answer = "no value"}]', "dx has an answer at this point"),
    (CHAIN + 'ask = [{name = "dx", everyone = "yes"}]', "everyone must be true or false"),
    (CHAIN + 'ask = ["dx"]\nalso = {dy = 3}', "dy has an answer in the key, and is not asked for"),
    (CHAIN + 'ask = ["dx"]\nalso = 3', "also must be a table"),
    (
        'id = "a"\nexpression = "sum(x)"\nat = {x = [1, 2]}\nask = [{name = "dx", accept = "1"}]',
        "not for arrays or rows",
    ),
    (CHAIN + "tolerance = {sigfigs = [4, 2]}", "sigfigs must be a whole number from 1 to 15, or two of them as [2, 4]"),
]


@pytest.mark.parametrize(("problem", "message"), WRONG, ids=[message[:40] for _, message in WRONG])
def test_what_is_wrong_in_a_key(tmp_path, problem, message):
    key = tmp_path / "key.toml"
    key.write_text(f"[[problem]]\n{problem}\n")
    ran = backprop("grade", str(key), "--check-key")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("error[key.")
    assert message in ran.err


# the truth is 1/7; two to four figures
FIGURES = [
    ("0.14", "ok"),
    ("0.143", "ok"),
    ("0.1429", "ok"),
    ("0.14286", "close"),
    ("0.1", "close"),
    ("0.15", "close"),
    ("0.25", "wrong"),
]


@pytest.mark.parametrize(("answer", "word"), FIGURES, ids=[answer for answer, _ in FIGURES])
@pytest.mark.parametrize("spelled", ["2..4", "[2, 4]"])
def test_from_two_to_four_figures(answer, word, spelled, tmp_path):
    ran = backprop("check", "x/7", "x=1", "-a", f"f={answer}", "--sigfigs", spelled, "--json")
    [one] = json.loads(ran.out)["answers"]
    assert one["verdict"] == word
    assert ("answer.figures" in str(one["remarks"])) == (answer == "0.14286")
    found = graded(
        tmp_path, 'id = "s"\nexpression = "x/7"\nat = {x = 1}\nask = ["f"]\ntolerance = {sigfigs = [2, 4]}\n', f=answer
    )
    assert found["answers"][0]["verdict"] == word


@pytest.mark.parametrize("text", ["0", "16", "4..2", "2..99", "two", "2-4"])
def test_no_number_of_figures(text):
    ran = backprop("check", "x/7", "x=1", "-a", "f=1", "--sigfigs", text)
    assert (ran.code, ran.out) == (2, "")
    assert "is no number of figures from 1 to 15" in ran.err
