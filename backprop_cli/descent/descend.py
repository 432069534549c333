"""The whole way of a descent, once: objective, walk, record, check of the last gradient, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from backprop_cli import limits
from backprop_cli.circuit import Circuit
from backprop_cli.descent.course import Course
from backprop_cli.descent.loop import Plan, Visit, Walk
from backprop_cli.descent.objective import Landing, NumberObjective, Objective
from backprop_cli.descent.remarks import remarks
from backprop_cli.descent.report import DescentReport, Moved, block
from backprop_cli.descent.stopping import Stop
from backprop_cli.descent.surface import surface
from backprop_cli.differentiation import differentiate, has_arrays
from backprop_cli.engine.point import Point
from backprop_cli.problems import Diagnostic, Refused

if TYPE_CHECKING:
    from backprop_cli.report.array_report import ArrayReport
    from backprop_cli.report.report import Report

_USUAL = ("digits.lost", "check.note")  # where a gradient comes to 0, its terms cancel
Watcher = Callable[[Visit], Stop | None]


def descend(
    circuit: Circuit,
    point: Point,
    plan: Plan,
    *,
    wrt: tuple[str, ...] | None = None,
    check: bool = True,
    drawn: bool = False,
    watch: Watcher = lambda _: None,
) -> DescentReport:
    """Gradient descent from a point; ``watch`` is called at every point reached, and may end the walk.

    ``wrt`` names the variables that are moved, None all of them. ``drawn`` has the report bring along what a picture
    needs.

    Raises ``Refused`` for what cannot begin: no value at the start, a rate that is none.
    """
    _refuse_nonsense(plan)
    objective = _objective(circuit, point, wrt)
    course, walk = Course(), Walk(objective, plan)
    for visit in walk:
        course.see(visit)
        stop = watch(visit)
        if stop is not None:
            walk.stop = stop
            break
    report = _report(circuit, objective, walk, course, check=check)
    return replace(report, surface=surface(objective, course, 1)) if drawn else report


def _refuse_nonsense(plan: Plan) -> None:
    plan.recipe.refuse_nonsense()
    if not 0 <= plan.steps <= limits.DESCENT_STEPS:
        message = f"--steps must be at least 0 and at most {limits.DESCENT_STEPS:,}, and got {plan.steps:,}"
        raise Refused(Diagnostic("usage.steps", message))
    if plan.tol is not None and not plan.tol >= 0:
        raise Refused(Diagnostic("usage.tol", f"--tol must be 0 or more, and got {plan.tol}"))


def _objective(circuit: Circuit, point: Point, wrt: tuple[str, ...] | None) -> Objective:
    if not has_arrays(circuit, point):
        return NumberObjective(circuit, point, wrt)
    from backprop_cli.descent.arrays import ArrayObjective

    return ArrayObjective(circuit, point, wrt)


def _report(circuit: Circuit, objective: Objective, walk: Walk, course: Course, *, check: bool) -> DescentReport:
    plan, start, end = walk.plan, course.start, course.end
    first, last = _landing(objective, start, plan), _landing(objective, end, plan)
    moved = objective.parameters
    rows = tuple(Moved(n, block(start.point[n]), block(end.point[n]), block(last.gradients[n])) for n in moved)
    checked = _checked(circuit, end, moved) if check else None
    noted = [one for one in checked.warnings if one.code not in _USUAL] if checked is not None else []
    said = remarks(course, plan, circuit.output_name, (first.value, last.value))
    return DescentReport(
        expression=circuit.source.text,
        output=circuit.output_name,
        recipe=plan.recipe,
        stop=walk.stop,
        steps=end.step,
        before=first.value,
        value=last.value,
        parameters=rows,
        fixed=tuple((name, block(value)) for name, value in end.point.items() if name not in moved),
        values=course.values,
        early=course.early,
        trail=course.trail,
        warnings=(*objective.warnings, *said, *noted),
        checked=checked,
    )


def _landing(objective: Objective, visit: Visit, plan: Plan) -> Landing:
    """Value and gradients of all rows at a visited point."""
    return Landing(visit.value, visit.gradients) if plan.batches.size is None else objective.at(visit.point)


def _checked(circuit: Circuit, end: Visit, moved: tuple[str, ...]) -> Report | ArrayReport:
    point: Mapping[str, object] = end.point
    return differentiate(circuit, point, wrt=moved, check="forward")
