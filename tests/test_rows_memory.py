"""``rows/memory.py`` and ``rows/mean.py``: the mean over rows in memory, as descent asks for it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from backprop_cli import differentiate
from backprop_cli.problems import Refused
from backprop_cli.reading import read
from backprop_cli.rows.files import found
from backprop_cli.rows.mean import Mean, mean_over
from backprop_cli.rows.memory import columns_of, load
from backprop_cli.rows.rejects import Rejects
from backprop_cli.rows.row_records import Dialect
from backprop_cli.rows.selection import selection
from backprop_cli.rows.source import Data

NEURON = "(sigmoid(w*x + b) - t)^2"
POINTS = "x,t,k\n1,0,2\n2,1,0\n\n-1,0,1\n0.5,1,3\n"


def asked(path: Path, text: str, point: dict, wrt: tuple[str, ...], weights: str | None = None) -> Mean:
    data = Data(found([str(path)]), Dialect())
    circuit = read(text, arrays=True)
    chosen = selection(None, weights, None, data.columns)
    return mean_over(circuit, load(data, columns_of(circuit, data), chosen, Rejects(skip=False)), point, wrt)


@pytest.fixture
def points(tmp_path: Path) -> Path:
    (tmp_path / "points.csv").write_text(POINTS)
    return tmp_path / "points.csv"


@pytest.mark.parametrize(
    "rows", [None, slice(1, 3), [3, 0], slice(None, None, 2), slice(None, None, -1), range(4)], ids=str
)
def test_the_mean_over_some_rows(points, rows):
    goal = asked(points, NEURON, {"w": 0.0, "b": 0.0}, ("w", "b"))
    table = [(1, 0), (2, 1), (-1, 0), (0.5, 1)]
    chosen = table if rows is None else table[rows] if isinstance(rows, slice) else [table[at] for at in rows]
    for w, b in ((0.5, -0.25), (2.0, 1.0)):
        value, gradient = goal.value_and_gradient({"w": w, "b": b}, rows)
        single = [differentiate(NEURON, {"x": x, "t": t, "w": w, "b": b}, check="none") for x, t in chosen]
        assert value == pytest.approx(sum(one.value.approx for one in single) / len(chosen), rel=1e-14)
        for name in ("w", "b"):
            mean = sum(one.gradient[name] for one in single) / len(chosen)
            assert gradient[name] == pytest.approx(mean, rel=1e-14)


def test_weights(points):
    goal = asked(points, NEURON, {"w": 0.0, "b": 0.0}, ("w",), weights="k")
    _, gradient = goal.value_and_gradient({"w": 1.0, "b": 0.0})
    one, two, three = (
        differentiate(NEURON, {"x": x, "t": t, "w": 1, "b": 0}, check="none") for x, t in ((1, 0), (-1, 0), (0.5, 1))
    )
    assert list(gradient) == ["w"]
    known = (2 * one.gradient["w"] + two.gradient["w"] + 3 * three.gradient["w"]) / 6
    assert gradient["w"] == pytest.approx(known, rel=1e-14)
    with pytest.raises(Refused, match="the weights of these rows add up to 0"):
        goal.value_and_gradient({"w": 1.0, "b": 0.0}, [1])


@pytest.mark.parametrize(
    "text", ["h = tanh(W @ [x, t]); sum(h^2)", "sum(W[0] * [x, t]) + W[1, 1]^2", "softmax(W @ [x, t])[0]"]
)
def test_arrays(points, text):
    w = np.array([[0.5, -1.0], [2.0, 0.25]])
    value, gradient = asked(points, text, {"W": np.zeros((2, 2))}, ("W",)).value_and_gradient({"W": w})
    single = [
        differentiate(text, {"x": x, "t": t, "W": w}, check="none") for x, t in ((1, 0), (2, 1), (-1, 0), (0.5, 1))
    ]
    assert value == pytest.approx(sum(float(one.value.doubles) for one in single) / 4, rel=1e-14)
    assert np.allclose(gradient["W"], sum(one.gradient["W"] for one in single) / 4, rtol=1e-13, atol=0)


def test_more_than_a_block(tmp_path):
    rng = np.random.default_rng(3)
    x = rng.normal(size=20_000)
    (tmp_path / "many.csv").write_text("x\n" + "".join(f"{one!r}\n" for one in x.tolist()))
    goal = asked(tmp_path / "many.csv", "(w*x - 1)^2", {"w": 0.0}, ("w",))
    value, gradient = goal.value_and_gradient({"w": 2.0})
    assert value == pytest.approx(float(np.mean((2 * x - 1) ** 2)), rel=1e-14)
    assert gradient["w"] == pytest.approx(float(np.mean(2 * (2 * x - 1) * x)), rel=1e-13)


def test_a_row_without_a_value_is_named(points):
    goal = asked(points, "log(w*x)", {"w": 0.0}, ("w",))
    with pytest.raises(Refused) as caught:
        goal.value_and_gradient({"w": 1.0})
    assert caught.value.problems[0].message == f"{points}, row 3, line 5 with x = -1.0: log needs x > 0, and got -1.0"
    assert caught.value.exit_code == 4
    value, _ = goal.value_and_gradient({"w": 1.0}, [0])
    assert value == 0


HUGE = {
    "few rows": [1.5e308, 1e308] * 3,
    "a block": [1.5e308, 1e308] * 3_000,
    "several blocks": [1.5e308, 1e308, 1.25e308] * 8_000,
    "signs in turn": [1.5e308, 1.5e308, -1.5e308, -1.2e308] * 3_000,
    "a sum of 0": [1.7e308, 1.7e308, -1.7e308, -1.7e308] * 3_000,
}


@pytest.mark.parametrize("weighted", [False, True], ids=["", "weighted"])
@pytest.mark.parametrize("rows", HUGE.values(), ids=HUGE)
def test_a_mean_exists_where_the_sum_leaves_the_range_of_doubles(tmp_path, rows, weighted):
    weights = [1 + at % 5 for at in range(len(rows))] if weighted else [1] * len(rows)
    path = tmp_path / "huge.csv"
    path.write_text("x,k\n" + "".join(f"{x!r},{k}\n" for x, k in zip(rows, weights, strict=True)))
    goal = asked(path, "w*x + w", {"w": 1.0}, ("w",), weights="k" if weighted else None)
    value, gradient = goal.value_and_gradient({"w": 1.0})
    exact = sum(Fraction(x) * k for x, k in zip(rows, weights, strict=True)) / sum(weights)
    assert value == pytest.approx(float(exact + 1), rel=1e-14, abs=1e-14 * max(rows))
    assert gradient["w"] == value


def test_weights_that_add_up_to_too_much_are_refused(tmp_path):
    (tmp_path / "w.csv").write_text("x,k\n1,1e308\n2,1e308\n")
    goal = asked(tmp_path / "w.csv", "w*x", {"w": 1.0}, ("w",), weights="k")
    with pytest.raises(Refused, match="the weights of these rows add up to more than a double holds"):
        goal.value_and_gradient({"w": 1.0})
