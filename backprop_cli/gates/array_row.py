"""What one row of the array table holds: a gate whose inputs and output have a shape.

A *pullback* is the rule by which a gate sends a gradient back, as text in the calculator's own language: over the
inputs (``x``, ``y``), the output ``z``, the gradient ``dz`` that arrives, and what the gate is told (``axis``,
``index``, ``shape``, ``count``). A gradient that comes out smaller than its input is repeated along the missing axes,
and a larger one is summed: repeating and summing are each other's pullback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Shape = tuple[int, ...]
Told = Mapping[str, Any]
ShapeRule = Callable[[tuple[Shape, ...], Told], Shape]

REQUIRED = object()
"""The default of what a gate must be told."""

NEW_AXIS, WIRE = "new axis", "wire"
"""Entries of an index besides whole numbers and slices: an axis of length 1, and a number that a wire brings."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part ``start:stop:step`` of an axis, as typed; None where nothing stands."""

    start: int | None = None
    stop: int | None = None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class FromGate:
    """In a rule: what the rule's own gate is told under that name."""

    name: str


def resolved(statics: Iterable[tuple[str, object]], told: Told) -> dict[str, Any]:
    """What a gate inside a rule is told, where the rule's own gate is ``told`` so much."""
    return {name: told.get(value.name, False) if isinstance(value, FromGate) else value for name, value in statics}


class MisfitError(Exception):
    """Shapes that do not fit. ``hint`` may name the operands by ``{0}``, ``{1}``."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class ArrayGate:
    """One row.

    ``statics`` are what the gate is told after its inputs, in order, with their defaults. ``ranks`` chooses between
    the rows of one ``family``: the number of dimensions of each input. ``value`` is empty for a primitive, which the
    array arithmetic provides. ``elements`` says how one element comes about; ``scalars`` is the text by which the gate
    is written out in simpler array gates, empty for a primitive, whose elements ``engine/array_elements.py`` makes.

    ``moves`` says that elements only change their places, ``linear`` that the pullback with ones for inputs says which
    elements take part; ``routes`` that an element whose local gradient is 0 takes no part; ``repeats`` that the
    pullback is smaller than the input, and broadcasting makes up for it. ``need`` is the domain in words; ``slope`` and
    ``slope_need`` a rule over ``(inputs, z)`` and its words, where the value has a gradient.
    """

    name: str
    params: tuple[str, ...]
    form: str
    shape: ShapeRule
    pullbacks: tuple[str, ...]
    intuition: str
    elements: str
    value: str = ""
    scalars: str = ""
    statics: tuple[tuple[str, Any], ...] = ()
    ranks: tuple[int, ...] | None = None
    family: str = ""
    need: str = ""
    slope: str = ""
    slope_need: str = ""
    kink: str = ""
    convention: str = ""
    moves: bool = False
    linear: bool = False
    routes: bool = False
    repeats: bool = False
    many: bool = False
    aliases: tuple[str, ...] = ()
    example: str = ""

    @property
    def called(self) -> str:
        """The name by which a user calls it: the family's where the ranks choose the row."""
        return self.family or self.name

    def pullback(self, position: int) -> str:
        """The rule for the input at that position; empty where the input has no gradient."""
        return self.pullbacks[0] if self.many else self.pullbacks[position]
