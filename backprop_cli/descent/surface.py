"""The output over the plane of two parameters, round the way of a descent: what contours are drawn of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from backprop_cli.descent.course import Course
from backprop_cli.descent.objective import Objective
from backprop_cli.problems import Refused

_FINEST, _COARSEST, _WORK = 61, 9, 40_000
_MARGIN, _LEAST, _LARGEST = 0.25, 0.1, 1e300


@dataclass(frozen=True, slots=True)
class Surface:
    """``values[j][i]`` is the output at ``across[i]`` and ``up[j]``, None where it has no value."""

    names: tuple[str, str]
    across: tuple[float, ...]
    up: tuple[float, ...]
    values: tuple[tuple[float | None, ...], ...]


def surface(objective: Objective, course: Course) -> Surface | None:
    """The surface, if exactly two numbers are moved; coarser where a value takes long."""
    names = objective.parameters
    if len(names) != 2 or any(getattr(objective.start[name], "shape", ()) for name in names):
        return None
    size = max(_COARSEST, min(_FINEST, math.isqrt(_WORK // objective.cost)))
    across, up = (_places([float(visit.point[name]) for visit in course.trail], size) for name in names)
    if max(map(abs, (*across, *up))) > _LARGEST:
        return None
    start = dict(course.start.point)
    values = tuple(
        tuple(_value(objective, {**start, names[0]: one, names[1]: other}) for one in across) for other in up
    )
    return Surface((names[0], names[1]), across, up, values)


def _places(visited: Sequence[float], size: int) -> tuple[float, ...]:
    low, high = min(visited), max(visited)
    margin = max(_MARGIN * (high - low), _LEAST * max(1.0, abs(low), abs(high)) if high == low else 0.0)
    low, high = low - margin, high + margin
    return tuple(low + (high - low) * (at / (size - 1)) for at in range(size))


def _value(objective: Objective, point: dict[str, float]) -> float | None:
    try:
        return objective.value(point)
    except Refused:
        return None
