"""Laws of descent, on random circuits of every gate: what one step is, how steps add up, and what uphill is."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from circuits import NAMES, programs
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_cli import differentiate, read
from backprop_cli.descent.course import Course
from backprop_cli.descent.descend import Wanted, descend, objective_of
from backprop_cli.descent.loop import Plan, Visit
from backprop_cli.descent.optimizers import OPTIMIZERS
from backprop_cli.descent.updating import Recipe
from backprop_cli.engine.point import from_mapping

POINTS = st.fixed_dictionaries({name: st.floats(-2, 2).map(lambda value: round(value, 3)) for name in NAMES})
BARE = Wanted(check=False)
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
