"""Homework with arrays: answers as arrays and components, partial credit, and what goes wrong with arrays named."""

from __future__ import annotations

import json
from fractions import Fraction

import jsonschema
import numpy as np
import pytest
from command import backprop
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli import differentiate, read
from backprop_cli.engine.point import from_mapping
from backprop_cli.grading.arrays.array_judging import judge_arrays
from backprop_cli.grading.arrays.array_question import prepare_arrays
from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.scoring import Scoring, result
from backprop_cli.grading.tolerance import Tolerance

NET = ("s = W @ x + b; L = sum((s - t)^2)", "W=[[1, 2], [3, 4]]", "x=[5, 6]", "b=[0, 1]", "t=[1, 1]")
W, X2, B, T = np.array([[1, 2], [3, 4]]), np.array([5, 6]), np.array([0, 1]), np.array([1, 1])
DS = 2 * (W @ X2 + B - T)
BATCH = ("L = mean((X @ w - y)^2)", "X=[[1, 2], [3, 4], [5, 6]]", "w=[1, -1]", "y=[0, 1, 2]")
XB, WB, YB = np.array([[1, 2], [3, 4], [5, 6]]), np.array([1, -1]), np.array([0, 1, 2])
DWB = 2 * XB.T @ (XB @ WB - YB) / 3
ROWS = ("L = sum((X + b)^2)", "X=[[1, 2], [3, 4], [5, 6]]", "b=[1, -1]")
DROWS = 2 * (XB + np.array([1, -1]))
SOFT = ("p = softmax(z); L = -log(p[1])", "z=[1, 2, 0.5]")
Z = np.exp([1, 2, 0.5])
P = Z / Z.sum()
LOGSOFT = ("L = -logsoftmax(z)[1]", "z=[1, 2, 0.5]")
PRODUCT = ("D = A @ B; L = sum(D^2)", "A=[[1, 2], [3, 4]]", "B=[[1, 0], [0.5, -1]]")
A, BM = np.array([[1, 2], [3, 4.0]]), np.array([[1, 0], [0.5, -1]])
DD = 2 * (A @ BM)
RELU = ("h = relu(W @ x); L = sum(h*v)", "W=[[1, -2], [3, 4]]", "x=[5, 6]", "v=[2, 3]")
WIDE = ("L = sum((W @ x)^2)", "W=[[1, 2, 3], [4, 5, 6]]", "x=[1, 0, 1]")
DWIDE = np.outer(2 * np.array([4, 10]), [1, 0, 1])


def text(array: object) -> str:
    return json.dumps(np.asarray(array, dtype=float).tolist())


def checked(question: tuple[str, ...], *answers: str, more: tuple[str, ...] = ()) -> dict:
    words = [word for one in answers for word in ("-a", one)]
    ran = backprop("check", *question, *words, "--json", *more)
    assert ran.err == ""
    found = json.loads(ran.out)
    assert (ran.code == 0) == found["ok"]
    return found


RIGHT = [
    (NET, f"dW={text(np.outer(DS, X2))}"),
    (NET, f"db={text(DS)}"),
    (NET, f"df/dx={text(W.T @ DS)}"),
    (NET, "s=[17, 40]"),
    (NET, "L=1777"),
    (NET, "dW=[[160. 192.]\n [390. 468.]]"),
    (NET, "W.grad=np.array([[160., 192.], [390., 468.]], dtype=np.float32)"),
    (NET, "dW=tensor([[160., 192.],\n        [390., 468.]])"),
    (NET, "dW=[160 192; 390 468]"),
    (NET, r"dW=\begin{pmatrix}160 & 192 \\ 390 & 468\end{pmatrix}"),
    (NET, "dW=160 192\n390 468"),
    (NET, "dW=160, 192; 390, 468"),
    (NET, "db=(32, 78)"),
    (NET, "dW=[[2*16*5, 192], [390, 468]]"),
    (NET, "db=[[32], [78]]"),
    (NET, "dW=2*outer(s - t, x)"),
    (NET, "dW=outer(2*(W @ x + b - t), x)"),
    (NET, "db=2*(s - t)"),
    (NET, "db=[2*(s[0] - t[0]), 78]"),
    (NET, "db=[2*s[0] - 2*t[0], -(-s[1] + t[1])*2]"),
    (NET, "dx=2*W.T @ (s - t)"),
    (NET, "dW[0, 1]=192"),
    (NET, "dW[1][0]=390"),
    (NET, "dW[-1,-1]=468"),
    (NET, "W.grad[0, 0]=160"),
    (SOFT, "dz=p - [0, 1, 0]"),
    (BATCH, f"dw={text(DWB)}"),
    (RELU, "dW=[[0, 0], [15, 18]]"),
]


@pytest.mark.parametrize(("question", "answer"), RIGHT, ids=[answer for _, answer in RIGHT])
def test_a_right_answer(question, answer):
    found = checked(question, answer, more=("--accept", "any"))
    [one] = found["answers"]
    cell = "[" in answer.partition("=")[0]
    assert one["verdict"] == ("wrong" if cell else "ok"), one
    if cell:  # the other components are missing, and this one has earned its part
        assert [part["verdict"] for part in one["components"]].count("ok") == 1
        assert found["score"] == 0.25


# question, answers, which components are right, the codes of hints
WRONG = [
    (NET, f"dW={text(np.outer(X2, DS))} db={text(DS)}", "ok wrong wrong ok", ["mistake.outer-order"]),
    (NET, f"dW={text(np.outer(DS, X2).T)} dx={text(W.T @ DS)}", "ok wrong wrong ok", ["mistake.outer-order"]),
    (NET, f"dx={text(W @ DS)} dW={text(np.outer(DS, X2))}", "wrong wrong", ["mistake.transpose"]),
    (NET, f"db={text(-DS)} dW={text(np.outer(DS, X2))}", "wrong wrong", ["mistake.sign"]),
    (NET, f"db={text(np.ones(2))} dW={text(np.outer([1, 1], X2))}", "wrong wrong",
     ["mistake.missing-local-factor", "mistake.missing-upstream"]),
    (BATCH, f"dw={text(DWB / 2)}", "wrong wrong", ["mistake.power-rule"]),
    (WIDE, f"dW={text(DWIDE.T)}", "", ["mistake.transposed"]),
    (PRODUCT, f"dA={text(DD @ BM)} dB={text(A.T @ DD)}", "wrong wrong wrong wrong", ["mistake.transpose"]),
    (PRODUCT, f"dA={text(BM.T @ DD)} dB={text(A.T @ DD)}", "wrong wrong wrong wrong", ["mistake.product-order"]),
    (PRODUCT, f"dB={text((A.T @ DD).T)} dA={text(DD @ BM.T)}", "ok wrong wrong ok", ["mistake.transposed"]),
    (BATCH, f"dw={text(3 * DWB)}", "wrong wrong", ["mistake.mean-as-sum"]),
    (("L = sum((X @ w - y)^2)", *BATCH[1:]), f"dw={text(DWB)}", "wrong wrong", ["mistake.mean-as-sum"]),
    (ROWS, f"db={text(DROWS)}", "", ["mistake.broadcast"]),
    (ROWS, f"db={text(DROWS[-1])}", "wrong wrong", ["mistake.broadcast"]),
    (ROWS, f"db={text(DROWS[0])}", "wrong wrong", ["mistake.broadcast"]),
    (ROWS, f"db={text(DROWS.mean(0))}", "wrong wrong", ["mistake.broadcast"]),
    (SOFT, f"dz={text([0, P[1] - 1, 0])}", "wrong ok wrong", ["mistake.softmax-cross"]),
    (LOGSOFT, f"dz={text([0, P[1] - 1, 0])}", "wrong ok wrong", ["mistake.softmax-cross"]),
    (LOGSOFT, f"dz={text([0, -1, 0])}", "wrong wrong wrong", ["mistake.softmax-cross"]),
    (RELU, "dW=[[10, 12], [15, 18]]", "wrong wrong ok ok", ["mistake.max-both"]),
    (("L = sum(x*x + 3*x)", "x=[1, 2]"), "dx=[4, 5]", "wrong wrong", ["mistake.fork-overwrite"]),
    (("y = sin(x); L = sum(y*y + y)", "x=[1, 2]"), f"dx={text(2 * np.sin([1, 2]) * np.cos([1, 2]))}", "wrong wrong",
     ["mistake.fork-overwrite"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "answers", "words", "codes"), WRONG, ids=[f"{q[0]}: {a[:30]}" for q, a, *_ in WRONG]
)
def test_what_goes_wrong_with_arrays(question, answers, words, codes):
    found = checked(question, *answers.replace("] d", "]|d").split("|"))
    one = found["answers"][0]
    assert one["verdict"] == "wrong"
    assert " ".join(part["verdict"] for part in one.get("components", ())) == words
    assert sorted(hint["code"] for hint in found["hints"]) == codes
    right = words.split().count("ok") / max(1, len(words.split()))
    assert one["credit"] == pytest.approx(right, abs=1e-6)


SHAPES = [
    (NET, "dW=[1, 2]", "a gradient has the shape of its variable: W is (2, 2), and yours is (2,)"),
    (NET, "dW=3", "a gradient has the shape of its variable: W is (2, 2), and yours is a number"),
    (NET, "dW=outer(x, x)[0]", "a gradient has the shape of its variable: W is (2, 2), and yours is (2,)"),
    (NET, "s=[[1, 2], [3, 4]]", "s is (2,), and yours is (2, 2)"),
    (
        WIDE,
        "dW=[[8, 20], [0, 0], [8, 20]]",
        "a gradient has the shape of its variable: W is (2, 3), and yours is (3, 2)",
    ),
]


@pytest.mark.parametrize(("question", "answer", "message"), SHAPES, ids=[answer for _, answer, _ in SHAPES])
def test_another_shape_earns_nothing(question, answer, message):
    found = checked(question, answer)
    [one] = found["answers"]
    assert (one["verdict"], one["credit"]) == ("wrong", 0)
    assert one["remarks"] == [{"code": "answer.shape", "message": message}]


INVALID = [
    ("dW=[[1, 2], [3]]", "array.ragged", "ragged"),
    ("dW=[[1, 2], [3, 4]", "array.list", "never closed"),
    ("dW=[]", "array.empty", "no elements"),
    ("db=2*(q - t)", "answer.name", "q is no name of this expression"),
    ("db=W @ s + [1, 2, 3]", "shape.misfit", "differ"),
    ("db=[nan, 1]", "answer.finite", "[0]: not a number"),
    ("db=[1 %, 1]", "answer.percent", "[0]: a percentage"),
    ("L=[1, 2]", "answer.several", "several numbers"),
    ("L=x", "answer.shape", "one number is asked for, and this is (2,)"),
]


@pytest.mark.parametrize(("answer", "code", "message"), INVALID, ids=[answer for answer, *_ in INVALID])
def test_what_cannot_be_read_is_invalid(answer, code, message):
    [one] = checked(NET, answer)["answers"]
    assert one["verdict"] == "invalid"
    [remark] = [remark for remark in one["remarks"] if remark["code"] == code]
    assert message in remark["message"]


def test_the_table_and_its_sentences():
    ran = backprop(
        "check", *NET, "-a", "dW=[[160, 390], [192, 468]]", "-a", "db=[32, 78]", "-a", "dq=1", "-a", "s[7]=1"
    )
    assert ran.code == 1
    assert ran.err == ""
    assert ran.out == (
        "name                your answer   verdict\n"
        "─────────────────────────────────────────────\n"
        "dW     [[160, 390], [192, 468]]   ✗ wrong\n"
        "db                     [32, 78]   ✓ ok\n"
        "s                                 – missing\n"
        "dq                            1   ? extra\n"
        "s[7]                          1   ? extra\n"
        "\n"
        "dW: 2 of 4 components right; not [0, 1], [1, 0] [answer.components]\n"
        "dq: no quantity of this name [answer.extra]\n"
        "s[7]: s is (2,), and has no such component [answer.extra]\n"
        "consistent with an outer product the wrong way round in the pullback of W @ x (backprop explain "
        "mistake.outer-order)\n"
        "\n"
        "✗ 1 of 3 right, 2 that were not asked for or came twice\n"
    )


def test_below_full_no_right_number_is_told():
    for level in ("none", "verdict", "hint"):
        found = backprop("check", *NET, "-a", "dW=[[1, 2], [3, 4]]", "--feedback", level, "--json").out
        assert not any(number in found for number in ("160", "192", "390", "468"))
        assert ("components" in found) == (level != "none")
    [one] = checked(NET, "dW=[[160, 2], [3, 4]]", more=("--feedback", "full"))["answers"]
    assert json.loads(one["expected"]) == np.outer(DS, X2).tolist()


def test_the_gradient_that_is_given_at_the_output():
    question = ("D = W @ X", "W=[[1, 2], [3, 4]]", "X=[[1, 0], [0.5, -1]]", "--upstream", "[[1, 0], [0, 1]]")
    found = checked(question, "dW=[[1, 0.5], [0, -1]]", "dX=[[1, 3], [2, 4]]", "D=[[2, -2], [5, -4]]", "dD=eye(2)")
    assert [one["verdict"] for one in found["answers"]] == ["ok"] * 4
    ran = backprop("check", "x*y", "x=1", "y=2", "-a", "dx=2", "--upstream", "[1]")
    assert (ran.code, ran.out) == (2, "")
    assert "--upstream is for arrays, and here are numbers only" in ran.err


def test_the_output_of_a_run_is_an_answer_sheet(tmp_path):
    made = backprop(*NET, "--json")
    file = tmp_path / "mine.json"
    file.write_text(made.out)
    ran = backprop("check", *NET, "--answers", str(file))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("✓ 5 of 5 right\n")


def test_what_is_asked():
    ran = backprop("check", *NET, "--ask", "dW[0, 1],db,L", "-a", "dW[0,1]=192", "-a", "db=[32, 78]", "-a", "dx=[1, 2]")
    assert ran.code == 1
    assert ran.out.splitlines()[2:6] == [
        "dW[0, 1]           192   ✓ ok",
        "db            [32, 78]   ✓ ok",
        "L                        – missing",
        "dx              [1, 2]   ? extra",
    ]
    for names, message in [
        ("dW,dW[0,0]", "dW[0,0] and dW are the same quantity"),
        ("dW[2,0]", "dW[2,0]: there is no such component, the shape is (2, 2)"),
        ("dq", "dq is no quantity of this expression"),
        ("ds/dW", "ds/dW: s is (2,), and a gradient is that of one number"),
    ]:
        ran = backprop("check", *NET, "--ask", names, "-a", "db=[1, 2]")
        assert (ran.code, ran.out) == (2, ""), names
        assert f": {message}\n" in ran.err


def test_an_array_answered_twice_is_no_answer():
    found = checked(NET, "db=[32, 78]", "b.grad=[32, 79]")
    assert [one["verdict"] for one in found["answers"]] == ["duplicate", "duplicate"]
    found = checked(NET, "db=[32, 78]", "db[0]=31")
    assert [part["verdict"] for part in found["answers"][0]["components"]] == ["duplicate", "ok"]


KEY = """
title = "Layers"
[[problem]]
id = "layer"
expression = "s = W @ x + b; L = sum((s - t)^2)"
at = {W = [[1, 2], [3, 4]], x = [5, 6], b = [0, 1], t = "[1, 1]"}
ask = ["s", "dW", "db"]
points = 6
[[problem]]
id = "given"
expression = "D = W @ X"
at = {W = [[1, 2], [3, 4]], X = [[1, 0], [0.5, -1]]}
upstream = [[1, 0], [0, 1]]
ask = ["dW"]
weights = {dW = 3}
[[problem]]
id = "plain"
expression = "x*y"
at = {x = 2, y = 3}
"""
ADA = {"s": [17, 40], "dW": [[160, 192], [390, 468]], "db": [32, 78]}
SUBMISSIONS = {
    "ada.json": json.dumps({"layer": ADA, "given": {"dW": [[1, 0.5], [0, -1]]}, "plain": {"dx": 3, "dy": 2}}),
    "ben.txt": "layer.s = [17 40]\nlayer.dW[0,0] = 160\nlayer.dW[0,1] = 192\nlayer.dW[1,0] = 1\nplain.dx = 3\n",
    "cleo.csv": 'problem,name,answer\nlayer,dW,"[[160, 390], [192, 468]]"\nlayer,db,"[32,78]"\n'
    "plain,dx,3\nplain,dy,2\n",
    "dan.toml": '[layer]\ndW = [[160.0, 192.0], [390.0, 468.0]]\ns = ["17", 41]\n[plain]\ndx = [3]\n',
    "eve.json": '{"layer": {"dW": [[160, null], [390, 468]], "db": {"a": 1}, "s": [[17], [40]]}}',
}


def test_a_key_that_asks_nothing_asks_for_every_gradient(tmp_path):
    key = tmp_path / "key.toml"
    key.write_text('[[problem]]\nexpression = "s = W @ x; p = s[y]; p^2"\nat = {W = [[1, 2]], x = [3, 4], y = 0}\n')
    ran = backprop("grade", str(key), "--check-key")
    assert [line.split()[-2:] for line in ran.out.splitlines()[2:4]] == [["[[66.0,", "88.0]]"], ["[22.0,", "44.0]"]]
    assert ran.out.endswith("\n2 points\n")


@pytest.fixture
def class_(tmp_path):
    (tmp_path / "key.toml").write_text(KEY)
    folder = tmp_path / "class"
    folder.mkdir()
    for name, content in SUBMISSIONS.items():
        (folder / name).write_text(content)
    return str(tmp_path / "key.toml"), str(folder)


CLASS_SAID = ["class.invalid", "class.missing"]  # of eve's answers, and of those of others


def test_a_class_that_hands_in_arrays(class_):
    ran = backprop("grade", *class_, "--format", "jsonl", "--force")
    assert (ran.code, ran.codes) == (0, CLASS_SAID), ran.err
    results = {found["student"]: found for found in map(json.loads, ran.out.splitlines())}
    scores = {name: [problem["score"] for problem in one["problems"]] for name, one in results.items()}
    assert scores == {
        "ada": [6, 3, 2],
        "ben": [3, 0, 1],  # 2 for s, half of 2 for dW
        "cleo": [3, 0, 2],
        "dan": [3, 0, 0],
        "eve": [3.5, 0, 0],
    }
    hints = {name: [hint["code"] for hint in one["problems"][0]["hints"]] for name, one in results.items()}
    assert hints["cleo"] == ["mistake.outer-order"]
    eve = {one["name"]: one for one in results["eve"]["problems"][0]["answers"]}
    assert [part["verdict"] for part in eve["dW"]["components"]] == ["ok", "missing", "ok", "ok"]
    assert eve["db"]["verdict"] == "invalid"
    [said] = eve["s"]["remarks"]
    assert said["message"] == "(2, 1) is taken for (2,)"


def test_the_key_works_itself(class_):
    ran = backprop("grade", class_[0], "--check-key")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "problem   points   name   answer\n"
        "──────────────────────────────────────────────────────────\n"
        "layer          2   s      [17.0, 40.0]\n"
        "               2   dW     [[160.0, 192.0], [390.0, 468.0]]\n"
        "               2   db     [32.0, 78.0]\n"
        "given          3   dW     [[1.0, 0.5], [0.0, -1.0]]\n"
        "plain          1   dx     3.0\n"
        "               1   dy     2.0\n"
        "\n"
        "11 points\n"
    )


@pytest.mark.parametrize("form", ["text", "json", "csv", "junit", "tap", "markdown", "github"])
def test_every_report_holds_arrays(class_, form):
    more = ["--details"] if form == "text" else []
    ran = backprop("grade", *class_, "--force", "--format", form, *more)
    assert (ran.code, ran.codes) == (0, CLASS_SAID)
    assert "ben" in ran.out


def test_jobs_give_the_same(class_):
    one, two = (backprop("grade", *class_, "--force", "--format", "jsonl", *more) for more in ([], ["--jobs", "2"]))
    assert one == two
    assert (one.code, one.codes) == (0, CLASS_SAID)
    assert one.out


def test_the_components_are_on_schema():
    found = checked(NET, "dW=[[160, 390], [192, 468]]", more=("--feedback", "full"))
    schema = json.loads(backprop("schema", "check").out)
    jsonschema.validate(found, schema)
    assert found["answers"][0]["remarks"][0]["code"] == "answer.components"
    assert found["answers"][0]["components"][1] == {
        "name": "dW[0, 1]",
        "verdict": "wrong",
        "answer": "390",
        "expected": "192.0",
    }


def test_a_formula_for_many_components_is_refused():
    question = ("sum(A^2)", f"A={np.ones((45, 45)).tolist()}")
    [one] = checked(question, "dA=2*A")["answers"]
    assert one["verdict"] == "invalid"
    assert one["remarks"][0] == {
        "code": "limit.formula",
        "message": "a formula for 2,025 components; at most 2,000 are judged as functions",
    }
    assert checked(question, f"dA={(2 * np.ones((45, 45))).tolist()}")["ok"]


@pytest.mark.parametrize(
    "answer", ["L=sum(zeros(4000, 4000))", "db=zeros(100000, 10000)[0, :2]", "db=ones(200, 200)[0, :2]"]
)
def test_a_formula_of_huge_arrays_is_refused(answer):
    [one] = checked(NET, answer)["answers"]
    assert one["verdict"] == "invalid"
    assert one["remarks"][-1]["code"] in ("limit.formula", "limit.array")


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_the_numbers_of_a_run_are_right_and_one_changed_costs_its_part(seed):
    chance = np.random.default_rng(seed)
    rows, columns = (int(n) for n in chance.integers(1, 4, size=2))
    at = {"W": chance.normal(size=(rows, columns)), "x": chance.normal(size=columns), "b": chance.normal(size=rows)}
    text = str(chance.choice(["sum((W @ x + b)^2)", "mean(tanh(W @ x + b))", "logsumexp(W @ x + b)"]))
    report = differentiate(text, at, check="none")
    circuit = read(text, arrays=True)
    point = from_mapping(at)
    question = prepare_arrays(circuit, point, ["dW", "db", "dx"], Tolerance())
    right = {f"d{name}": report.gradient[name] for name in at}
    answers = [Answer(name, json.dumps(array.tolist())) for name, array in right.items()]
    assert [one.word for one in judge_arrays(question, answers)[0]] == ["ok"] * 3
    name = str(chance.choice(list(right)))
    changed = right[name].copy()
    changed.flat[int(chance.integers(changed.size))] += 1 + abs(changed).max()
    answers = [Answer(one.name, json.dumps(changed.tolist()) if one.name == name else one.text) for one in answers]
    found, _ = result("p", "", question, Scoring(Fraction(3)), answers)
    assert found.score == 3 - Fraction(1, changed.size)
    assert [one.word for one in found.judged if one.name == name] == ["wrong"]
