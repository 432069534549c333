"""Laws of descent, on random circuits of every gate: what one step is, how steps add up, and what uphill is."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from circuits import NAMES, programs
from command import backprop
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli import Refused, differentiate, read
from backprop_cli import descend as python_descend
from backprop_cli.descent.course import Course
from backprop_cli.descent.descent_calculation import DescentExtras, descend, objective_of
from backprop_cli.descent.loop import Plan, Visit
from backprop_cli.descent.optimizers import OPTIMIZERS
from backprop_cli.descent.updating import Recipe
from backprop_cli.engine.point import from_mapping

POINTS = st.fixed_dictionaries({name: st.floats(-2, 2).map(lambda value: round(value, 3)) for name in NAMES})
BARE = DescentExtras(check=False)
few = settings(max_examples=40)


def went(text: str, point: dict, recipe: Recipe, steps: int):
    circuit = read(text)
    given_ = from_mapping({name: point[name] for name in circuit.inputs})
    visits: list[Visit] = []

    def watch(visit: Visit) -> None:
        visits.append(visit)

    return descend(objective_of(circuit, given_), Plan(recipe, steps), BARE, watch), visits


@few
@given(programs(), POINTS, st.sampled_from([0.01, 0.3]))
def test_a_step_is_the_gradient_that_grad_prints_times_the_rate(text, point, rate):
    _, visits = went(text, point, Recipe(rate=rate), 3)
    for before, after in pairwise(visits):
        report = differentiate(text, before.point, check="none")
        assert report.value.approx == before.value
        assert dict(report.gradient) == {name: slope + 0.0 for name, slope in before.gradients.items()}
        assert after.point == {name: value - rate * before.gradients[name] for name, value in before.point.items()}


@few
@given(programs(), POINTS, st.integers(0, 5), st.integers(0, 5))
def test_steps_add_up(text, point, one, other):
    whole, visits = went(text, point, Recipe(rate=0.05), one + other)
    half, _ = went(text, point, Recipe(rate=0.05), one)
    rest, _ = went(text, dict(half.point), Recipe(rate=0.05), other)
    if half.stop.word == "steps":
        assert rest.point == whole.point
        assert rest.value == whole.value == visits[-1].value


@few
@given(programs(), POINTS, st.sampled_from(sorted(OPTIMIZERS)))
def test_uphill_is_downhill_of_the_negative(text, point, name):
    recipe = Recipe(OPTIMIZERS[name], rate=0.05)
    stages, between, last = text.rpartition(";")
    negative = f"{stages}{between} height = {last}; -height"
    up, _ = went(text, point, replace(recipe, maximize=True), 5)
    down, _ = went(negative, point, recipe, 5)
    assert up.steps == down.steps
    assert up.value == -down.value
    assert up.point == down.point


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=4), st.floats(0.01, 0.9))
def test_a_bowl_is_left_as_by_the_formula(places, rate):
    """On Σ x²/2 a step multiplies every coordinate by 1 - lr."""
    names = "abcd"[: len(places)]
    text = " + ".join(f"{name}^2/2" for name in names)
    report, _ = went(text, dict(zip(names, places, strict=True)), Recipe(rate=rate), 20)
    for name, place in zip(names, places, strict=True):
        assert math.isclose(report.point[name], place * (1 - rate) ** report.steps, rel_tol=1e-12, abs_tol=1e-12)


@pytest.mark.parametrize("steps", [1, 10, 4_001, 30_000])
def test_what_is_kept_of_a_course_stays_small(steps):
    course = Course()
    for step in range(steps + 1):
        course.see(Visit(step, {"x": float(step)}, -float(step), {"x": -1.0}, {"x": ()}))
    assert len(course.values) == steps + 1
    assert (course.start.step, course.end.step) == (0, steps)
    assert len(course.early) == min(steps, 10) + 1
    assert len(course.trail) <= 4_002
    strides = {after.step - before.step for before, after in course.moves}
    assert strides == {1}
    begun = [before.step for before, _ in course.moves]
    apart = {two - one for one, two in pairwise(begun)}
    assert len(apart) <= 1
    assert course.trail[-1] is course.end


def test_of_large_arrays_few_points_are_kept():
    np = pytest.importorskip("numpy")
    course, large = Course(), np.zeros(1_200_000)
    for step in range(50):
        course.see(Visit(step, {"x": large}, 1.0, {"x": large}, {"x": ()}))
    assert (len(course.early), len(course.moves), len(course.late)) == (1, 0, 1)
    assert (course.start.step, course.end.step) == (0, 49)


def test_python_users_get_what_the_command_prints(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [(0.2, 1.0), (-0.5, 0.0), (1.5, 1.0)]
    (tmp_path / "points.csv").write_text("x,t\n" + "".join(f"{x},{t}\n" for x, t in rows))
    argv = ["(sigmoid(w*x + b) - t)^2", "w=0.5", "b=0", "--lr", "0.5", "--steps", "30", "--optimizer", "adam"]
    printed = json.loads(
        backprop("descend", *argv, "--data", "points.csv", "--batch-size", "2", "--seed", "7", "--json").out
    )
    columns = {"x": [x for x, _ in rows], "t": [t for _, t in rows]}
    report = python_descend(
        argv[0], {"w": 0.5, "b": 0}, data=columns, optimizer="adam", lr=0.5, steps=30, batch_size=2, seed=7
    )
    assert dict(report.point) == printed["point"]
    assert (report.value, dict(report.gradient)) == (printed["value"], printed["gradient"])
    assert report.exit_code == 0


def test_python_users_may_give_arrays_and_settings():
    np = pytest.importorskip("numpy")
    report = python_descend("sum((W @ x)^2)", {"W": np.eye(2), "x": [1, 2]}, wrt=["W"], lr=0.1, steps=5)
    assert report.point["W"].shape == report.gradient["W"].shape == (2, 2)
    assert report.value < report.before
    fast = python_descend("x^2", {"x": 1}, optimizer="momentum", settings={"mu": 0.5}, lr=0.1, steps=2, maximize=True)
    assert math.isclose(fast.point["x"], 1.2 + 0.1 * (0.5 * 2 + 2.4))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"optimizer": "adm"}, "usage.optimizer"),
        ({"lr": -1}, "usage.lr"),
        ({"steps": -1}, "usage.steps"),
        ({"data": {"x": []}}, "data.empty"),
        ({"data": {"x": [1, 2], "y": [1]}}, "data.empty"),
        ({"data": {"z": [1, 2]}}, "data.empty"),
    ],
    ids=str,
)
def test_python_users_get_refused_for_bad_input(arguments, code):
    with pytest.raises(Refused) as refused:
        python_descend("w*x + y", {"w": 1} if "data" in arguments else {"w": 1, "x": 2, "y": 3}, **arguments)
    assert refused.value.problems[0].code == code


@pytest.mark.parametrize("steps", [40, 9_000])
def test_since_when_it_jumps(steps):
    """Round 0 the steps of |x| go back and forth, from where the first one that overshoots begins."""
    report, _ = went("abs(x)", {"x": 2.05}, Recipe(rate=0.1), steps)
    (warning,) = report.warnings
    since = int(re.findall(r"since step ([\d,]+)", warning.message)[0].replace(",", ""))
    assert since == (21 if steps == 40 else steps - 6)
