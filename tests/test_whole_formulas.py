"""Formulas for arrays held against all components at once: whole networks, labels, and parts of a domain."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from command import backprop

from backprop_cli.grading.arrays.whole_formulas import WholeTruth, one_hot
from backprop_cli.reading import read


def numbers(*shape, seed=0):
    return np.round(np.random.default_rng(seed).normal(size=shape), 2).tolist()


MLP = (
    "Z1 = X @ W1 + b1; H = relu(Z1); Z2 = H @ W2 + b2; L = mean((Z2 - T)^2)",
    {"X": numbers(5, 4), "W1": numbers(4, 6, seed=1), "b1": numbers(6, seed=2), "W2": numbers(6, 3, seed=3)}
    | {"b2": numbers(3, seed=4), "T": numbers(5, 3, seed=5)},
    {"dZ2": "2*(Z2 - T)/15", "dW2": "H.T @ dZ2", "db2": "dZ2.sum(axis=0)", "dH": "dZ2 @ W2.T", "dZ1": "dH*(Z1 > 0)"}
    | {"dW1": "X.T @ dZ1", "db1": "dZ1.sum(axis=0)"},
)
ATTENTION = (
    "S = Q @ K.T/2; A = softmax(S, axis=1); O = A @ V; L = sum(O*G)",
    {name: numbers(3, 4, seed=seed) for seed, name in enumerate("QKVG", 10)},
    {"dO": "G", "dV": "A.T @ dO", "dA": "dO @ V.T", "dS": "A*(dA - sum(A*dA, axis=1, keepdims=True))"}
    | {"dQ": "dS @ K/2", "dK": "dS.T @ Q/2"},
)
NORM = (
    "m = mean(X, axis=0); C = X - m; v = mean(C^2, axis=0); N = C/sqrt(v + 0.001); Y = g*N + b; L = sum(Y*R)",
    {"X": numbers(5, 4, seed=20), "g": numbers(4, seed=21), "b": numbers(4, seed=22), "R": numbers(5, 4, seed=23)},
    {"dY": "R", "dg": "sum(dY*N, axis=0)", "db": "sum(dY, axis=0)", "dN": "dY*g"}
    | {"dX": "(5*dN - sum(dN, axis=0) - N*sum(dN*N, axis=0))/(5*sqrt(v + 0.001))"},
)
REGRESSION = (
    "p = sigmoid(X @ w + b); L = -mean(t*log(p) + (1 - t)*log(1 - p))",
    {"X": numbers(10, 5, seed=30), "w": numbers(5, seed=31), "b": 0.1, "t": [1, 0, 1, 1, 0, 0, 1, 0, 1, 0]},
    {"dw": "X.T @ (p - t)/10", "db": "mean(p - t)"},
)
NETS = {"mlp": MLP, "attention": ATTENTION, "batch norm": NORM, "logistic regression": REGRESSION}


def checked(expression, at, answers):
    words = [f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in at.items()]
    asked = [word for name, text in answers.items() for word in ("-a", f"{name}={text}")]
    ran = backprop("check", expression, *words, *asked, "--json")
    found = json.loads(ran.out)
    assert ran.err == ""
    assert ran.code == (0 if found["ok"] else 1)
    return {one["name"]: one for one in found["answers"]}


@pytest.mark.parametrize("net", NETS)
def test_a_network_stage_by_stage_is_right_and_takes_seconds(net):
    """One by one its components took a minute, and then nothing was judged."""
    start = time.process_time()
    found = checked(*NETS[net])
    assert {name: one["verdict"] for name, one in found.items()} == dict.fromkeys(NETS[net][2], "ok")
    assert time.process_time() - start < 30  # 2 to 4 s where the machine is not shared


SLIPS = {
    "a factor": ("mlp", "dZ2", "(Z2 - T)/15"),
    "a sign": ("mlp", "dZ2", "2*(T - Z2)/15"),
    "the rows forgotten": ("mlp", "dZ2", "2*(Z2 - T)/3"),
    "the kink the other way": ("mlp", "dZ1", "dH*(Z1 < 0)"),
    "the kink forgotten": ("mlp", "dZ1", "dH"),
    "another layer": ("mlp", "dW2", "H.T @ (2*(H @ W2 - T)/15)"),
    "the sum of softmax forgotten": ("attention", "dS", "A*dA"),
    "the scale forgotten": ("attention", "dQ", "dS @ K"),
    "the mean held fixed": ("batch norm", "dX", "dN/sqrt(v + 0.001)"),
    "no mean": ("logistic regression", "dw", "X.T @ (p - t)"),
    "a sign of labels": ("logistic regression", "dw", "X.T @ (t - p)/10"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_a_network_is_found(slip):
    net, name, text = SLIPS[slip]
    expression, at, answers = NETS[net]
    found = checked(expression, at, answers | {name: text})
    assert found[name]["verdict"] == "wrong"
    assert [one["code"] for one in found[name]["remarks"]].count("answer.counterexample") == 1
    followers = [one for one in found.values() if one["verdict"] == "wrong" and one["name"] != name]
    assert all(one["remarks"][-1]["code"] == "mistake.follow-through" for one in followers)


DECIMALS = {
    "many digits": ("0.133333333333*(Z2 - T)", "ok", "answer.nearly"),
    "few digits": ("0.1334*(Z2 - T)", "close", "answer.nearly"),
    "too few": ("0.13*(Z2 - T)", "wrong", "answer.components"),
}


@pytest.mark.parametrize("case", DECIMALS)
def test_decimals_in_a_formula_for_a_large_array(case):
    text, word, code = DECIMALS[case]
    expression, at, _answers = MLP
    one = checked(expression, at, {"dZ2": text})["dZ2"]
    assert (one["verdict"], code in [remark["code"] for remark in one["remarks"]]) == (word, True)


def test_a_component_that_does_not_depend_on_what_is_wrong_stays_right():
    expression, at = "Z = X @ W; L = sum(Z^2*G)", {"X": numbers(4, 5), "W": numbers(5, 6), "G": numbers(4, 6, seed=3)}
    wrong = "2*Z*G + [zeros(6), zeros(6), zeros(6), G[3]]"
    found = checked(expression, at, {"dZ": wrong, "dX": "dZ @ W.T"})
    assert found["dZ"]["remarks"][0]["message"].startswith("18 of 24 components right")
    assert found["dX"]["remarks"][0]["message"].startswith("15 of 20 components right")


LABELS = {
    "one row": ("L = -sum(y*log(softmax(z)))", {"z": [1.2, -0.3, 0.5], "y": [0, 1, 0]}, "dz", "softmax(z) - y"),
    "by a stage": ("p = softmax(z); L = -sum(y*log(p))", {"z": [1.2, -0.3], "y": [0, 1]}, "dz", "p - y"),
    "logsoftmax": ("L = -sum(y*logsoftmax(z))", {"z": [1.2, -0.3, 0.5], "y": [1, 0, 0]}, "dz", "softmax(z) - y"),
    "a batch": (
        "P = softmax(Z, axis=1); L = -sum(Y*log(P))/3",
        {"Z": numbers(3, 4), "Y": np.eye(4)[[2, 0, 3]].tolist()},
        "dZ",
        "(P - Y)/3",
    ),
}


@pytest.mark.parametrize("case", LABELS)
def test_labels_stay_labels(case):
    expression, at, name, text = LABELS[case]
    one = checked(expression, at, {name: text})[name]
    assert one["verdict"] == "ok"
    assert "whichever element of the labels is 1" in one["remarks"][0]["message"]
    for slip in (f"-({text})", f"2*({text})", text.replace(" - y", "").replace(" - Y", ""), text.replace("-", "- 2*")):
        assert checked(expression, at, {name: slip})[name]["verdict"] == "wrong", slip


def test_labels_behind_many_signs_are_labels():
    one = checked(
        "f = -sum(" + "-" * 1_500 + "y*log(softmax(z)))", {"z": [1.2, -0.3], "y": [0, 1]}, {"dz": "softmax(z) - y"}
    )
    assert one["dz"]["verdict"] == "ok"


NO_LABELS = {
    "numbers between": ({"z": [1.2, -0.3], "y": [0.5, 0.5]}, {}),
    "two ones": ({"z": [1.2, -0.3], "y": [1, 1]}, {}),
    "their gradient is asked for": ({"z": [1.2, -0.3], "y": [0, 1]}, {"dy": "-log(softmax(z))"}),
}


@pytest.mark.parametrize("case", NO_LABELS)
def test_what_is_no_label_is_any_number(case):
    at, more = NO_LABELS[case]
    found = checked("L = -sum(y*log(softmax(z)))", at, {"dz": "softmax(z) - y", **more})
    assert found["dz"]["verdict"] == "wrong"
    assert all(found[name]["verdict"] == "ok" for name in more)


def test_one_hot():
    assert one_hot("ab", [0.0, 1.0])
    assert not any([one_hot("a", [1.0]), one_hot("ab", [0.0, 0.0]), one_hot("abc", [1.0, 1.0, 0.0])])


def test_points_have_no_kink_and_their_labels_are_labels():
    circuit = read("relu(a)*b + c*log(d)")
    truth = WholeTruth(circuit, {"a": 1.0, "b": 2.0, "c": 1.0, "d": 3.0}, ["a", "d"], [("b", "c")])
    assert len(truth.points) >= 20
    for point in truth.points:
        assert (point.at["b"], point.at["c"]) in ((0, 1), (1, 0))
        assert point.at["a"] != 0 < point.at["d"]


X4, W3 = [[1, 2, 3], [4, 5, 6], [1, 0, 2], [3, 1, 1]], [[1, 2, 3], [4, 5, 6], [1, 0, 2]]
LOGISTIC = "p = sigmoid(X @ w + b); f = mean(where(y == 1, -log(p), -log(1 - p)))"
AT = {"X": numbers(8, 4, seed=40), "w": numbers(4, seed=41), "b": 0.2, "y": [1, 0, 1, 1, 0, 1, 0, 1]}
MASKED = {"X": X4, "M": [[1, 1, 0], [1, 1, 1], [0, 1, 1], [1, 1, 1]]}
MISSES = {
    "a branch that only an equality takes": (LOGISTIC, AT, {"dw": "X.T @ p/8"}),
    "a mask by an equality": ("f = sum(where(M == 1, X, 0)^2)", MASKED, {"dX": "0*X"}),
    "a mask by an inequality": ("f = sum(where(M != 0, X, 0)^2)", MASKED, {"dX": "2*X"}),
    "a unit's kink beside a domain of parts": (
        "f = sum(relu(Z)/Y)",
        {"Z": [[1, 2, 3]] * 8, "Y": [[1, -1, 1]] * 8},
        {"dZ": "1/Y"},
    ),
    "elements for a product of vectors": (
        "f = (w @ x - 3)^2",
        {"x": [1, 0, 0], "w": [2, 1, -1]},
        {"dw": "2*(w*x - 3)*x"},
    ),
    "a feature with a single 1": ("f = exp(w @ x)", {"x": [1, 0], "w": [2, 1]}, {"dw": "x*exp(w)"}),
    "a mean over a mask": (
        "Z = X @ W; f = sum(Y*Z)/sum(Y)",
        {"X": [[1, 2]], "W": W3[:2], "Y": [[0, 1, 0]]},
        {"dW": "X.T @ Y"},
    ),
    "a branch beyond all points": (
        "f = sum((X @ W)^2)",
        {"X": X4, "W": W3},
        {"dW": "where(abs(W) < 2000, 2*X.T @ (X @ W), 7)"},
    ),
    "a stage's gradient for the output's": (
        "s = sum((X @ W)^2); f = s^2",
        {"X": X4, "W": W3},
        {"ds/dW": "4*s*X.T @ (X @ W)"},
    ),
}


@pytest.mark.parametrize("case", MISSES)
def test_what_a_few_points_could_miss(case):
    found = checked(*MISSES[case])
    assert [one["verdict"] for one in found.values()] == ["wrong"]


HELD = {
    "the other branch of an equality": (LOGISTIC, AT, {"dw": "X.T @ (p - (y == 1))/8", "db": "mean(p - (y == 1))"}),
    "a stage's own gradient": (
        "s = sum((X @ W)^2); f = s^2",
        {"X": X4, "W": W3},
        {"ds/dW": "2*X.T @ (X @ W)", "df/ds": "2*s", "dW": "df/ds*ds/dW"},
    ),
    "right by an own wrong stage": (
        "Z = X @ W; f = sum(Z^2)",
        {"X": X4, "W": W3},
        {"dW": "2*X.T @ (X @ W)", "dX": "2*Z @ W.T"},
    ),
    "labels in columns": (
        "Z = W @ X; P = softmax(Z, axis=0); f = -sum(Y*log(P))",
        {"W": W3, "X": numbers(3, 4, seed=50), "Y": np.eye(3)[[0, 2, 1, 1]].T.tolist()},
        {"dZ": "P - Y", "dW": "dZ @ X.T", "dX": "W.T @ dZ"},
    ),
    "a narrow domain": (
        "Z = X @ W; f = sum(log(9 - Z) + log(Z - 1))",
        {"X": (np.ones((5, 4)) + 0.1 * np.array(numbers(5, 4))).tolist(), "W": np.ones((4, 3)).tolist()},
        {"dZ": "1/(Z - 1) - 1/(9 - Z)", "dW": "X.T @ dZ"},
    ),
    "chains": (
        "Z = X @ W; f = sum((Z - Y)^2)",
        {"X": numbers(8, 6), "W": numbers(6, 8), "Y": numbers(8, 8)},
        {"dZ": "2*(Z - Y)", "dW": "X.T @ dZ = 2*X.T @ (Z - Y)", "dX": "dZ @ W.T = 2*(Z - Y) @ W.T"},
    ),
    "units that seldom live": (
        "H = X @ W; f = sum(relu(H - 300)^2)",
        {"X": numbers(8, 6), "W": numbers(6, 8)},
        {"dH": "2*relu(H - 300)", "dW": "X.T @ dH"},
    ),
}


@pytest.mark.parametrize("case", HELD)
def test_what_a_few_points_could_accuse(case):
    start = time.process_time()
    found = checked(*HELD[case])
    assert {name: one["verdict"] for name, one in found.items()} == dict.fromkeys(HELD[case][2], "ok")
    assert time.process_time() - start < 30


def test_a_large_array_is_judged_with_the_own_gradient_as_a_small_one_is():
    found = checked("Z = X @ W; f = sum(Z^2)", {"X": X4, "W": W3}, {"dZ": "Z", "dW": "2*X.T @ dZ", "dX": "dZ @ W.T"})
    assert [found[name]["verdict"] for name in ("dZ", "dW", "dX")] == ["wrong", "ok", "wrong"]


CIRCLES = {
    "by itself": {"dW": "dW"},
    "two": {"dY": "-dZ", "dZ": "-dY"},
    "two, and a component": {"dW": "X.T @ dZ", "dZ": "dW[0, 0] + 0*Z"},
}


@pytest.mark.parametrize("case", CIRCLES)
def test_circles_are_invalid_in_large_arrays_too(case):
    at = {"X": X4, "W": W3, "Y": numbers(4, 3)}
    found = checked("Z = X @ W; f = sum((Z - Y)^2)", at, CIRCLES[case])
    assert {one["verdict"] for one in found.values()} == {"invalid"}


def test_the_gradient_that_arrives_reaches_stages():
    given = [f"X={json.dumps(X4)}", f"W={json.dumps(W3)}", "--upstream", json.dumps(numbers(4, 3))]
    answers = ["-a", "dZ=dD*(Z > 0)", "-a", "dW=X.T @ dZ", "-a", "dX=dZ @ W.T"]
    ran = backprop("check", "Z = X @ W; D = relu(Z)", *given, *answers)
    assert (ran.err, ran.code) == ("", 0)


def test_an_array_with_too_many_gates_says_so_at_once():
    at = {"X": np.ones((30, 20)).tolist(), "W": np.ones((20, 20)).tolist()}
    one = checked("f = sum((X @ W)^2)", at, {"dW": "2*X.T @ (X @ W)"})["dW"]
    assert (one["verdict"], one["remarks"][0]["code"]) == ("invalid", "limit.formula")


PARTS = {
    "a root of a quotient": ("2*pi*sqrt(l/g)", "l=1.2 g=9.81", "dl=pi/sqrt(l*g)", True),
    "its other variable": ("2*pi*sqrt(l/g)", "l=1.2 g=9.81", "dg=-pi*sqrt(l/g^3)", True),
    "a root of a product": ("sqrt(x*y)", "x=2 y=8", "dx=sqrt(y/x)/2", True),
    "roots apart": ("sqrt(x*y)", "x=2 y=8", "dy=sqrt(x)/(2*sqrt(y))", True),
    "on the other part": ("sqrt(x*y)", "x=-2 y=-8", "dx=-sqrt(y/x)/2", True),
    "the sign of the other part": ("sqrt(x*y)", "x=-2 y=-8", "dx=sqrt(y/x)/2", False),
    "a factor": ("sqrt(x*y)", "x=2 y=8", "dx=sqrt(y/x)", False),
    "logarithms apart": ("ln(x*y)*z", "x=2 y=3 z=1", "dz=ln(x)+ln(y)", True),
    "a square": ("z*log(s^2)", "s=2 z=1", "dz=2*log(s)", True),
    "powers that are not whole": ("1/(2*pi*sqrt(L*C))", "L=2 C=8", "dL=-1/(4*pi*L^(3/2)*C^(1/2))", True),
    "a domain of one part": ("relu(x)*y", "x=2 y=3", "dx=y", False),
    "one part for all signs": ("abs(x)*y", "x=2 y=3", "dx=y", False),
    "a hole in the middle": ("log(x^2 + y^2 - 1)", "x=2 y=2", "dx=2*x/(x^2 + y^2 - 1)", True),
    "a gap that is not at 0": ("sqrt((1-x)*(1-y))", "x=0.5 y=0.2", "dx=-sqrt(1-y)/(2*sqrt(1-x))", True),
    "a gap far away": ("sqrt((x-1)*(x-2))", "x=3", "dx=(2x-3)/(2*sqrt(x-1)*sqrt(x-2))", True),
    "a kink between parts": ("abs(a)/(u*v*w)", "a=1 u=1 v=-2 w=3", "da=1/(u*v*w)", False),
    "another kink between parts": ("relu(a)/(u*v*w*s)", "a=1 u=1 v=-2 w=3 s=-1", "da=1/(u*v*w*s)", False),
    "wrong behind a hole": ("log(x^2 - 1)", "x=2", "dx=2*x/(x^2 - 1)", True),
}


@pytest.mark.parametrize("case", PARTS)
def test_a_formula_is_held_to_the_part_of_the_domain_where_the_point_lies(case):
    expression, at, answer, right = PARTS[case]
    ran = backprop("check", expression, *at.split(), "-a", answer)
    assert (ran.err, ran.code) == ("", 0 if right else 1)
    assert ("✓ ok" in ran.out) == right


def test_that_it_is_another_function_beyond_is_said():
    ran = backprop("check", "sqrt(x*y)", "x=2", "y=8", "-a", "dx=sqrt(y/x)/2")
    assert "on the part of the domain where the question's point lies; beyond, it is another function" in ran.out
    assert (ran.err, ran.code) == ("", 0)
    without = backprop("check", "sqrt(x*y)", "-a", "dx=sqrt(y/x)/2")  # no point, no part
    assert (without.err, without.code) == ("", 1)


STATEMENTS = {
    "a sign at the end": "dw=2*X.T @ (X @ w);",
    "a comment": "dw=2*X.T @ (X @ w)  # chain",
    "its own name": "dw=dw = 2*X.T @ (X @ w)",
    "a chain": "dw=dL/dw = 2*X.T @ X @ w = [-8, -12]",
}


@pytest.mark.parametrize("case", STATEMENTS)
def test_statements_for_arrays(case):
    ran = backprop("check", "L = sum((X @ w)^2)", "X=[[1, 2], [3, 4]]", "w=[1, -1]", "-a", STATEMENTS[case])
    assert (ran.err, ran.code) == ("", 0)


def test_the_sides_for_an_array_must_agree():
    said = "dw=2*X.T @ X @ w = [-8, -11]"
    ran = backprop("check", "L = sum((X @ w)^2)", "X=[[1, 2], [3, 4]]", "w=[1, -1]", "-a", said)
    assert "1 of 2 components right; not [1]" in ran.out
    assert "the sides of = do not agree" in ran.out
    assert (ran.err, ran.code) == ("", 1)


def test_the_gradient_that_arrives_has_a_name():
    given = ["W=[[1, 2], [3, 4]]", "X=[[1, 0], [0.5, -1]]", "--upstream", "[[1, 0], [0, 1]]"]
    ran = backprop("check", "D = W @ X", *given, "-a", "dW=dD @ X.T", "-a", "dX=W.T @ dD")
    assert (ran.err, ran.code) == ("", 0)
    ran = backprop("check", "D = W @ X", *given, "-a", "dW=dD @ X")
    assert (ran.err, ran.code) == ("", 1)


def test_a_counterexample_of_many_coordinates_is_cut():
    expression, at, _answers = MLP
    ran = backprop("check", expression, *(f"{k}={json.dumps(v)}" for k, v in at.items()), "-a", "dZ2=2*(Z2 - T)/3")
    (line,) = [one for one in ran.out.splitlines() if "yours gives" in one]
    assert " more yours gives" in line
    assert len(line) < 400
    assert (ran.err, ran.code) == ("", 1)
