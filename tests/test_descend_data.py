"""``backprop descend --data``: means over rows, batches, rows that spoil a step, and a regression to its minimum."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import numpy as np
import pytest
from command import backprop
from test_descend import close, here, run

from backprop_cli.descent.batches import Batches

__all__ = ["here"]

LOGISTIC = "log(1 + exp(-(2*t - 1)*(w*x + b)))"
ROWS = [(0.2, 1), (-0.5, 0), (1.5, 1), (-1.0, 0)]


def points(rows: list, names: str = "x,t") -> None:
    Path("points.csv").write_text(names + "\n" + "".join(f"{','.join(map(repr, row))}\n" for row in rows))


def test_the_gradient_is_the_mean_that_batch_prints():
    points(ROWS)
    given = [LOGISTIC, "--data", "points.csv", "w=0.3", "b=-0.2"]
    found = run(*given, "--steps", "0")
    batch = json.loads(backprop("batch", *given, "--json").out)
    assert close(found["value"], batch["value"], 1e-15)
    assert all(close(found["gradient"][name], batch["gradient"][name], 1e-15) for name in "wb")
    assert (found["rows"], found["check"]) == (4, {"method": "forward", "ok": True, "rows": 4})
    assert found["point"] == {"w": 0.3, "b": -0.2}


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def by_newton(rows: list) -> tuple[float, float]:
    """The minimum of the mean logistic loss, by Newton's method on its two equations."""
    w = b = 0.0
    for _ in range(30):
        errors = [(x, sigmoid(w * x + b) - t, sigmoid(w * x + b)) for x, t in rows]
        slope_w, slope_b = sum(x * e for x, e, _ in errors), sum(e for _, e, _ in errors)
        a, c, d = (sum(x**power * p * (1 - p) for x, _, p in errors) for power in (2, 1, 0))
        w, b = w - (d * slope_w - c * slope_b) / (a * d - c * c), b - (a * slope_b - c * slope_w) / (a * d - c * c)
    return w, b


@pytest.mark.parametrize(
    "optimizer", [["--lr", "2"], ["--optimizer", "nesterov", "--lr", "0.5"]], ids=["sgd", "nesterov"]
)
def test_logistic_regression_to_its_minimum(optimizer):
    source = random.Random(7)
    places = [source.gauss(0, 1) for _ in range(30)]
    rows = [(x, int(source.random() < sigmoid(1.5 * x - 0.3))) for x in places]
    points(rows)
    found = run(
        LOGISTIC, "--data", "points.csv", "w=0", "b=0", *optimizer, "--steps", "3000", "--tol", "1e-9", "--no-check"
    )
    assert found["stopped"] == "tol"
    assert close([found["point"]["w"], found["point"]["b"]], list(by_newton(rows)), 1e-6)


def test_few_rows_are_shown_one_by_one():
    points(ROWS)
    ran = backprop(
        "descend", LOGISTIC, "--data", "points.csv", "w=0", "b=0", "--lr", "0.1", "--steps", "1", "--show-work"
    )
    assert (ran.err, ran.code) == ("", 0)
    assert ran.out.partition("\nf = log")[0] == (
        "each step, for every parameter w and its gradient g, from the old values of all:\n"
        "  w = w - lr × g\n"
        "\n"
        "step 1\n"
        "  row 1: f = 0.693147, ∂f/∂w = -0.1, ∂f/∂b = -0.5\n"
        "  row 2: f = 0.693147, ∂f/∂w = -0.25, ∂f/∂b = 0.5\n"
        "  row 3: f = 0.693147, ∂f/∂w = -0.75, ∂f/∂b = -0.5\n"
        "  row 4: f = 0.693147, ∂f/∂w = -0.5, ∂f/∂b = 0.5\n"
        "  mean: f = 0.693147, ∂f/∂w = -0.4, ∂f/∂b = 0\n"
        "  w = 0 - 0.1 × -0.4 = 0.04\n"
        "  b = 0 - 0.1 × 0 = 0\n"
    )
    assert "(sgd, lr 0.1), the mean over 4 rows\n" in ran.out
    assert "✓ at the last point, 4 rows checked by power series, and their mean along one direction\n" in ran.out


def test_many_rows_are_not():
    points(ROWS * 3)
    shown = backprop("descend", LOGISTIC, "--data", "points.csv", "w=0", "b=0", "--steps", "1", "--show-work").out
    assert "row 1:" not in shown
    assert "  ∂f/∂w = -0.4, ∂f/∂b = 0\n" in shown


def test_the_rows_of_several_files_are_called_by_their_files():
    Path("a.csv").write_text("x\n1\n")
    Path("b.csv").write_text("x\n2\n")
    shown = backprop("descend", "(w - x)^2", "--data", "a.csv", "b.csv", "w=0", "--steps", "1", "--show-work").out
    assert "  a.csv, row 1: f = 1, ∂f/∂w = -2\n  b.csv, row 1: f = 4, ∂f/∂w = -4\n" in shown


def test_batches_in_the_order_of_the_data():
    points([(1.0, 0), (2.0, 0), (4.0, 0), (8.0, 0), (16.0, 0)])
    argv = ["(w - x)^2/2", "--data", "points.csv", "w=0", "--lr", "0.5", "--batch-size", "2", "--no-shuffle"]
    found = run(*argv, "--steps", "4", "--history", "-")
    w, expected = 0.0, [0.0]
    for batch in ([1.0, 2.0], [4.0, 8.0], [16.0], [1.0, 2.0]):
        w -= 0.5 * sum(w - x for x in batch) / len(batch)
        expected.append(w)
    assert [visit["point"]["w"] for visit in found["history"]] == expected
    assert found["value"] == sum((w - x) ** 2 / 2 for x in (1, 2, 4, 8, 16)) / 5
    assert close(found["gradient"]["w"], w - 31 / 5, 1e-15)


@pytest.mark.parametrize(("size", "rows"), [(1, 5), (2, 5), (5, 5), (7, 5)])
def test_every_row_is_seen_once_in_a_pass(size, rows):
    batches = Batches(size, rows, seed=3)
    source = iter(batches)
    for _ in range(3):
        taken = [next(source) for _ in range(batches.a_pass)]
        assert sorted(row for batch in taken for row in batch) == list(range(rows))
        assert [len(batch) for batch in taken[:-1]] == [size] * (batches.a_pass - 1)


def test_a_seed_gives_the_same_descent_again_and_another_seed_another():
    points([(x / 7, x % 2) for x in range(12)])
    argv = [LOGISTIC, "--data", "points.csv", "w=0", "b=0", "--lr", "0.1", "--batch-size", "5", "--no-check"]
    first, again, other = (run(*argv, "--seed", seed)["point"] for seed in ("-1", "-1", "2"))
    assert first == again != other


def test_a_matrix_and_columns_as_a_vector():
    points([(1.0, 2.0, 1.0), (0.5, -1.0, 0.0), (2.0, 0.25, 1.0)], "x1,x2,t")
    argv = [
        "x = [x1, x2]; h = tanh(W @ x); (v @ h - t)^2",
        "--data",
        "points.csv",
        "W=[[0.1, 0.2], [-0.3, 0.4]]",
        "v=[0.5, -0.5]",
    ]
    found = run(*argv, "--lr", "0.1", "--steps", "50", "--history", "-")
    assert (found["value"] < found["value_before"], found["check"]["ok"]) == (True, True)
    step = 1e-6
    moved = json.loads(json.dumps(found["point_before"]))
    moved["W"][1][0] += step
    above = run(*argv[:3], *(f"{name}={json.dumps(value)}" for name, value in moved.items()), "--steps", "0")["value"]
    assert math.isclose(
        (above - found["value_before"]) / step, found["history"][0]["gradient"]["W"][1][0], rel_tol=1e-4
    )


def test_a_column_may_be_an_index():
    points([(1.0, 0), (2.0, 1), (0.5, 1)], "x,y")
    found = run("s = W*x; -log(softmax(s)[y])", "--data", "points.csv", "W=[0, 0]", "--lr", "0.1", "--steps", "5")
    assert (set(found["gradient"]), found["value"] < found["value_before"]) == ({"W"}, True)


def test_weights_and_where():
    Path("points.csv").write_text("x,k\n1,1\n3,3\n100,0\n-5,1\n")
    found = run(
        "(m - x)^2", "--data", "points.csv", "m=0", "--weights", "k", "--where", "x > 0", "--lr", "0.5", "--steps", "1"
    )
    assert (found["point"]["m"], found["rows"], found["check"]["ok"]) == (2.5, 3, True)


def test_rows_left_out_are_said():
    Path("points.csv").write_text("x\n1\noops\n3\n")
    ran = backprop(
        "descend", "(m - x)^2", "--data", "points.csv", "m=0", "--skip-bad", "--lr", "0.5", "--steps", "1", "-q"
    )
    assert (ran.out, ran.code, ran.said) == ("2.0\n", 0, "warning[data.skipped]: 1 row left out")


STOPS = [
    (
        "a row without a value at the start",
        ["log(w*x)", "w=-1"],
        4,
        "error[domain.log]: points.csv, row 1, line 2 with x = 0.2: log needs",
    ),
    (
        "a row without a value on the way",
        ["log(w*x + 1)", "w=0", "--lr", "10"],
        4,
        "error[domain.log]: step 2 leads nowhere: points.csv, row 1",
    ),
    (
        "the data are fixed",
        ["(w - x)^2", "w=0", "--wrt", "x"],
        2,
        "error[usage.wrt]: --wrt names x, which cannot be moved",
    ),
    ("no parameter", ["x^2"], 2, "error[usage.parameters]: there is no parameter to move"),
    ("a column with a value", ["w*x", "w=0", "x=3"], 2, "error[usage.column]: x is a column of the data"),
    ("no value and no column", ["w*x*z", "w=0"], 2, "error[usage.missing]: no value and no column for z"),
]


@pytest.mark.parametrize(("argv", "code", "said"), [case[1:] for case in STOPS], ids=[case[0] for case in STOPS])
def test_why_it_stops(argv, code, said):
    points(ROWS)
    ran = backprop("descend", *argv, "--data", "points.csv")
    assert (ran.said[: len(said)], ran.code) == (said, code)
    assert "--skip-bad" not in ran.err


@pytest.mark.parametrize(
    "option",
    [
        ["--where", "x > 0"],
        ["--weights", "k"],
        ["--limit", "3"],
        ["--skip-bad"],
        ["--batch-size", "3"],
        ["--no-shuffle"],
    ],
    ids=lambda option: option[0],
)
def test_options_of_data_without_data(option):
    ran = backprop("descend", "w^2", "w=1", *option)
    assert (ran.out, ran.code) == ("", 2)
    assert ran.said == f"error[usage.option]: {option[0]} is for rows of data"


def test_the_gradient_is_small_enough_over_all_rows_and_once_a_pass():
    points([(1.0, 0), (3.0, 0)])
    argv = ["(w - x)^2/2", "--data", "points.csv", "w=2", "--batch-size", "1", "--lr", "1e-3", "--tol", "1e-6"]
    assert run(*argv)["steps"] == 0
    assert run(*argv[:3], "w=0", *argv[4:6], "--lr", "0.5", "--tol", "1e9", "--steps", "3")["steps"] == 0


def test_a_pass_that_moves_nothing_ends_it():
    points(ROWS)
    found = run("relu(w*0 - x^2)", "--data", "points.csv", "w=1", "--batch-size", "3", "--steps", "50")
    assert (found["stopped"], found["steps"]) == ("standstill", 2)


def test_a_batch_that_moves_nothing_does_not():
    points([(1.0, 0), (-1.0, 0)])
    argv = ["relu(w*x)", "--data", "points.csv", "w=1", "--batch-size", "1", "--no-shuffle", "--lr", "0.125"]
    assert run(*argv, "--steps", "4")["point"] == {"w": 0.75}


def test_a_plot_of_data_has_contours():
    pytest.importorskip("matplotlib")
    points(ROWS)
    ran = backprop(
        "descend", LOGISTIC, "--data", "points.csv", "w=0", "b=0", "--lr", "1", "--steps", "5", "--plot", "p.svg", "-q"
    )
    assert (ran.err, ran.code) == ("", 0)
    assert 'id="axes_2"' in Path("p.svg").read_text()


def test_a_wrong_gradient_is_said(monkeypatch):
    points(ROWS)
    monkeypatch.setattr("backprop_cli.rows.sample_check.numbers_of", lambda *_: lambda _: (0.5, 0.25, 0.125))
    ran = backprop("descend", LOGISTIC, "--data", "points.csv", "w=0.3", "b=-0.2", "--lr", "0.1", "--steps", "1")
    assert ran.code == 1
    assert ran.said.startswith("error[check.wrong]: at the last point, the row with t = ")
    assert "has other gradients by the check\n" in ran.out
    assert run(LOGISTIC, "--data", "points.csv", "w=0", "b=0", code=1)["check"]["ok"] is False


def test_a_wrong_gradient_without_data(monkeypatch):
    from backprop_cli.engine.backward import _BackwardSweep

    honest = _BackwardSweep.run

    def lying(sweep):
        swept = honest(sweep)
        swept.gradients[0] = swept.gradients[0] * 3 / 2
        return swept

    monkeypatch.setattr(_BackwardSweep, "run", lying)
    ran = backprop("descend", "x*y", "x=4", "y=-3", "--steps", "1")
    assert (ran.code, ran.said[:65]) == (1, "error[check.wrong]: at the last point, 1 of 2 gradients do not ag")


def test_more_rows_than_memory_may_hold(monkeypatch):
    points(ROWS * 4)
    monkeypatch.setattr("backprop_cli.limits.MEMORY_CELLS", 20)
    ran = backprop("descend", LOGISTIC, "w=0", "b=0", "--data", "points.csv")
    assert (ran.out, ran.code) == ("", 3)
    assert ran.said == "error[limit.rows]: more than 20 cells to be held in memory"
    assert backprop("descend", LOGISTIC, "w=0", "b=0", "--data", "points.csv", "--limit", "10", "-q").code == 0


@pytest.mark.parametrize("b", ["1.4e-17", "-1e-30", "3e-300", "5e-324"])
@pytest.mark.parametrize("text", ["abs(w*x) + relu(b*t)", "w*x + max(b, 0)", "where(b > 0, w*x + b, w*x - b)"])
def test_a_kink_closer_than_any_step_is_not_taken_for_a_wrong_gradient(text, b):
    points([(0.0, -1.5), (-1.5, 1.0), (2.0, 3.0)])
    found = run(text, "--data", "points.csv", "w=0.35", f"b={b}", "--steps", "0")
    assert found["check"]["ok"] is True


@pytest.mark.parametrize("name", ["points.csv", "points.npz", "points.npy"])
def test_data_of_which_no_column_is_named(name):
    points(ROWS)
    np.savez("points.npz", x=[1.0, 2.0])
    np.save("points.npy", [[1.0, 2.0]])
    ran = backprop("descend", "w^2 + q", "--data", name, "w=1", "q=2")
    assert (ran.out, ran.code) == ("", 3)
    assert ran.said == "error[data.column]: the expression names no column of the data"
