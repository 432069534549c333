"""What a descent's course says about its learning rate: a value that rises, parameters that jump back and forth."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.descent.course import Course
from backprop_cli.descent.loop import Plan
from backprop_cli.problems import Diagnostic
from backprop_cli.reading.nested_lists import place

_JUMPS = 5
_SHRINKS = 0.99
_SMALL = 1e-6


def remarks(course: Course, plan: Plan, output: str, ends: tuple[float, float]) -> tuple[Diagnostic, ...]:
    """Warnings about a course that ended; ``ends`` are the values at its start and its end, of all rows."""
    found = []
    grows, wanted = ("falls", "grow") if plan.recipe.maximize else ("rises", "fall")
    sign = -1 if plan.recipe.maximize else 1
    hint = f"a smaller --lr takes smaller steps; it is {plan.recipe.first_rate:g} now"
    if sign * (ends[1] - ends[0]) > 0:
        best = _best(course.values, sign)
        message = f"{output} {grows} where it should {wanted}: from {ends[0]!r} to {ends[1]!r}"
        if best:
            message += f", and its best value, {course.values[best]!r}, was at step {best:,}"
        else:
            message += ", since step 1"
        found.append(Diagnostic("descent.rises", message, hint))
    jumping = _jumping(course) if plan.batches.size is None else None
    if jumping is not None:
        message = f"{jumping[0]} jumps back and forth since step {jumping[1]:,}, each time as far as before or farther"
        found.append(Diagnostic("descent.jumps", message, hint))
    return tuple(found)


def _best(values: Sequence[float], sign: int) -> int:
    return min(range(len(values)), key=lambda step: sign * values[step])


def _jumping(course: Course) -> tuple[str, int] | None:
    """The first component that moves forth and back by steps that do not shrink, and since which step it does."""
    late = course.late[-_JUMPS - 2 :]
    if len(late) < _JUMPS + 2:
        return None
    for name in late[0].gradients:
        trace = [_flat(visit.point[name]) for visit in late]
        for number, values in enumerate(zip(*trace, strict=True)):
            if _jumps(values):
                called = place(name, getattr(late[0].point[name], "shape", ()), number)
                return called, _since(course, name, number)
    return None


def _jumps(values: Sequence[float]) -> bool:
    moves = [after - before for before, after in pairwise(values)]
    least = _SMALL * max(map(abs, values))
    return all(_back(a, b) and abs(a) > least for a, b in pairwise(moves))


def _back(one: float, other: float) -> bool:
    """Whether a move goes back over the one before it, and as far."""
    return one * other < 0 and abs(other) >= _SHRINKS * abs(one)


def _since(course: Course, name: str, number: int) -> int:
    """The step with which it began, as far as all points are still known."""
    known = course.trail if len(course.trail) == len(course.values) else course.late
    values = [_flat(visit.point[name])[number] for visit in reversed(known)]
    moves = [after - before for after, before in pairwise(values)]  # the last one first
    count = next((at for at, (later, before) in enumerate(pairwise(moves)) if not _back(before, later)), len(moves) - 1)
    return known[-1].step - count


def _flat(value: Number) -> list[float]:
    return [value] if isinstance(value, float) else value.reshape(-1).tolist()
