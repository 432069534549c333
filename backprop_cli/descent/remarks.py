"""What a descent's course says about its learning rate: a value that rises, parameters that jump back and forth."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from backprop_cli.arithmetic.base import Number
from backprop_cli.descent.course import Course
from backprop_cli.descent.loop import Plan
from backprop_cli.problems import Diagnostic
from backprop_cli.reading.lists import place

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
    name = _jumping(course) if plan.batches.size is None else None
    if name is not None:
        message = f"{name} jumps back and forth, at each of the last {_JUMPS} steps as far as before or farther"
        found.append(Diagnostic("descent.jumps", message, hint))
    return tuple(found)


def _best(values: Sequence[float], sign: int) -> int:
    return min(range(len(values)), key=lambda step: sign * values[step])


def _jumping(course: Course) -> str | None:
    """The first parameter of which a component moves forth and back by steps that do not shrink."""
    late = course.late[-_JUMPS - 2 :]
    if len(late) < _JUMPS + 2:
        return None
    for name in late[0].gradients:
        trace = [_flat(visit.point[name]) for visit in late]
        for number, values in enumerate(zip(*trace, strict=True)):
            if _jumps(values):
                return place(name, getattr(late[0].point[name], "shape", ()), number)
    return None


def _jumps(values: Sequence[float]) -> bool:
    moves = [after - before for before, after in pairwise(values)]
    least = _SMALL * max(map(abs, values))
    return all(a * b < 0 and abs(b) >= _SHRINKS * abs(a) and abs(a) > least for a, b in pairwise(moves))


def _flat(value: Number) -> list[float]:
    return [value] if isinstance(value, float) else value.reshape(-1).tolist()
