"""The whole way of a descent, once: walk, record, check of the last gradient, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from backprop_cli import limits
from backprop_cli.circuit import Circuit
from backprop_cli.descent.course import Course
from backprop_cli.descent.descent_report import DescentReport, Moved, block
from backprop_cli.descent.loop import Descent, Plan, Visit
from backprop_cli.descent.objective import Landing, NumberObjective, Objective
from backprop_cli.descent.rate_remarks import remarks
from backprop_cli.descent.stopping import Stop
from backprop_cli.descent.surface import surface
from backprop_cli.differentiation import has_arrays
from backprop_cli.engine.point import Point
from backprop_cli.problems import Diagnostic, Refused

Watcher = Callable[[Visit], Stop | None]
_FEW_ROWS = 10


@dataclass(frozen=True, slots=True)
class DescentExtras:
    """What the report has besides: the check, what a picture needs, what each of few rows comes to."""

    check: bool = True
    surface: bool = False
    single_rows: bool = False


def objective_of(circuit: Circuit, point: Point, wrt: tuple[str, ...] | None = None) -> Objective:
    """A circuit without data as an objective. ``wrt`` names the variables that are moved, None all of them."""
    if not has_arrays(circuit, point):
        return NumberObjective(circuit, point, wrt)
    from backprop_cli.descent.array_objective import ArrayObjective

    return ArrayObjective(circuit, point, wrt)


def descend(
    objective: Objective, plan: Plan, wanted: DescentExtras | None = None, watch: Watcher = lambda _: None
) -> DescentReport:
    """Gradient descent from the objective's start; ``watch`` is called at every point reached, and may end the walk.

    Raises ``Refused`` for what cannot begin: no value at the start, a rate that is none.
    """
    _refuse_nonsense(plan)
    course, walk = Course(), Descent(objective, plan)
    for visit in walk:
        course.see(visit)
        stop = watch(visit)
        if stop is not None:
            walk.stop = stop
            break
    return _report(objective, walk, course, wanted or DescentExtras())


def _refuse_nonsense(plan: Plan) -> None:
    plan.recipe.refuse_nonsense()
    if not 0 <= plan.steps <= limits.DESCENT_STEPS:
        message = f"--steps must be at least 0 and at most {limits.DESCENT_STEPS:,}, and got {plan.steps:,}"
        raise Refused(Diagnostic("usage.steps", message))
    if plan.tol is not None and not plan.tol >= 0:
        raise Refused(Diagnostic("usage.tol", f"--tol must be 0 or more, and got {plan.tol}"))


def _report(objective: Objective, walk: Descent, course: Course, wanted: DescentExtras) -> DescentReport:
    plan, start, end, circuit = walk.plan, course.start, course.end, objective.circuit
    first, last = _landing(objective, start, plan), _landing(objective, end, plan)
    moved = objective.parameters
    checked = objective.checked(end.point) if wanted.check else None
    said = remarks(course, plan, circuit.output_name, (first.value, last.value))
    return DescentReport(
        expression=circuit.source.text,
        output=circuit.output_name,
        recipe=plan.recipe,
        stop=walk.stop,
        steps=end.step,
        before=first.value,
        value=last.value,
        parameters=tuple(
            Moved(name, block(start.point[name]), block(end.point[name]), block(last.gradients[name])) for name in moved
        ),
        fixed=tuple((name, block(value)) for name, value in end.point.items() if name not in moved),
        values=course.values,
        early=course.early,
        moves=course.moves,
        trail=course.trail,
        warnings=(*objective.warnings, *said, *(checked.warnings if checked is not None else ())),
        checked=checked,
        rows=objective.rows,
        single_rows=_single_rows(objective, course) if wanted.single_rows else {},
        surface=surface(objective, course) if wanted.surface else None,
    )


def _landing(objective: Objective, visit: Visit, plan: Plan) -> Landing:
    """Value and gradients of all rows at a visited point."""
    return Landing(visit.value, visit.gradients) if plan.batches.size is None else objective.at(visit.point)


def _single_rows(objective: Objective, course: Course) -> Mapping[int, Sequence[tuple[str, Landing]]]:
    """For the first points what each row comes to that the next step uses, where they are few."""
    found = {}
    for visit in course.early:
        rows = range(objective.rows) if visit.rows is None else visit.rows
        if 0 < len(rows) < _FEW_ROWS:
            found[visit.step] = [(objective.called(row), objective.at(visit.point, [row])) for row in rows]
    return found
