"""Which numbers are given to nobody where steps of descent or rows of data are asked about.

The points of all steps count, where they are numbers and there are no rows; decimals grow from step to step, and are
not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backprop_cli.calculation import run
from backprop_cli.engine.point import from_mapping
from backprop_cli.grading.descent.descent_question import DescentQuestion
from backprop_cli.grading.descent.trajectory import Trajectory
from backprop_cli.grading.varying.suitable import Unsuitable, on_kink, ugliness
from backprop_cli.problems import Refused
from backprop_cli.settings import Settings

if TYPE_CHECKING:
    from backprop_cli.grading.asking import AnyQuestion


def unsuitable_descent(question: AnyQuestion, *, ugly: bool) -> Unsuitable | None:
    """What is wrong with a question's numbers; None if nothing is. ``ugly`` numbers may be allowed."""
    assert isinstance(question, DescentQuestion)
    try:
        found = _on_the_way(question)
    except Refused as refused:
        return Unsuitable("value", refused.problems[0].message)
    return found or (None if ugly else _ugly(question))


def _on_the_way(question: DescentQuestion) -> Unsuitable | None:
    """A kink at a point from which a step is made, or at which a number is asked for."""
    goal = question.goal
    if goal.rows or any(getattr(value, "shape", ()) for value in goal.start.values()):
        return None
    course = Trajectory(goal, question.way)
    for steps in range(max(one.steps for one in question.quantities.values()) + 1):
        point = from_mapping({name: float(value) for name, value in course.point(steps).items()})
        found = on_kink(run(goal.circuit, point, Settings(check="none")))
        if found is not None:
            return found
    return None


def _ugly(question: DescentQuestion) -> Unsuitable | None:
    numbers = [(ask.name, question.facts[ask.asked].value) for ask in question.asks]
    known = [(name, value) for name, value in numbers if value is not None]
    slopes = [
        value for ask, (_, value) in zip(question.asks, numbers, strict=True) if _is_slope(question, ask.asked.of)
    ]
    if slopes and not any(slopes):
        return Unsuitable("zero", "every gradient that is asked for is 0")
    return next((one for name, value in known if (one := ugliness(name, value, plain=False))), None)


def _is_slope(question: DescentQuestion, node: int) -> bool:
    return question.quantities[node].gradient is not None
