"""Axes: which ones are meant, how an axis comes back, and where along one a joined array's parts stand."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from backprop_cli.gates.array_row import NEW_AXIS, MisfitError, Shape, Slice, Told


def axes(axis: Any, rank: int) -> tuple[int, ...]:
    """The axes meant, counted from 0; None means all."""
    if axis is None:
        return tuple(range(rank))
    wanted = axis if isinstance(axis, tuple) else (axis,)
    for one in wanted:
        if not -rank <= one < rank:
            have = "none: it is a number" if rank == 0 else "0" if rank == 1 else f"0 to {rank - 1}"
            raise MisfitError(f"there is no axis {one}; its axes are {have}")
    found = tuple(one % rank for one in wanted)
    if len(set(found)) < len(found):
        raise MisfitError("one axis is named twice")
    return found


def taken_together(axis: Any, shape: Shape) -> int:
    """How many elements a reduction along these axes makes one of."""
    return prod(shape[at] for at in axes(axis, len(shape)))


def put_back(told: Told, shape: Shape) -> tuple[object, ...] | None:
    """The index that gives what was reduced its axes back; None where broadcasting does: for all, and leading ones."""
    if told.get("axis") is None or told.get("keepdims"):
        return None
    gone = set(axes(told["axis"], len(shape)))
    if gone == set(range(len(gone))):
        return None
    return tuple(NEW_AXIS if at in gone else Slice() for at in range(len(shape)))


def begins_at(name: str, shapes: Sequence[Shape], axis: int, position: int) -> int:
    """Where along the axis of ``concat`` or ``stack`` the input at that position begins."""
    return position if name == "stack" else sum(shape[axis] for shape in shapes[:position])


def own_part(name: str, shapes: Sequence[Shape], axis: int, position: int) -> tuple[object, ...]:
    """The index that takes from what was joined along ``axis``, counted from 0, what the input at that position is."""
    begin = begins_at(name, shapes, axis, position)
    own: object = begin if name == "stack" else Slice(begin, begin + shapes[position][axis])
    return (*(Slice(),) * axis, own)
