"""One run of an array circuit as plain data: what renderers read, and what Python users get for arrays.

Every quantity is an ``ArrayQuantity``: a shape, and numbers as the reader sees them. Nothing here computes a gradient
or knows a format. ``Report`` is the same for a circuit of numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.gates.array_row import Shape
from backprop_cli.problems import Diagnostic

if TYPE_CHECKING:
    from backprop_cli.check.array_check import ArrayCheck, ArrayVerdict


@dataclass(frozen=True)
class ArrayQuantity:
    """An array, or a number, of which ``doubles`` has the nearest doubles; NaN where an element has no value.

    ``texts`` are the elements row by row where the arithmetic has more than doubles.
    """

    shape: Shape
    doubles: Any
    texts: tuple[str, ...] | None = None

    @property
    def count(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    def element(self, number: int) -> str:
        """The text of one element, row by row: shortest round-trip, all digits, or exact; ``none`` without a value."""
        if self.texts is not None:
            return self.texts[number]
        value = float(self.doubles.reshape(-1)[number]) if self.shape else float(self.doubles)
        return "none" if math.isnan(value) else repr(value + 0.0)

    def at(self, place: Sequence[int]) -> str:
        """The text of the element at a place."""
        number = 0
        for size, index in zip(self.shape, place, strict=True):
            number = number * size + index
        return self.element(number)

    @property
    def text(self) -> str:
        """The whole as nested lists, or the number."""
        return _joined(self.nested(self.element))

    def nested(self, leaf: Callable[[int], Any]) -> Any:
        """Nested lists of what ``leaf`` makes of the elements' numbers."""
        numbers: list[Any] = [leaf(number) for number in range(self.count)]
        for size in reversed(self.shape[1:]):
            numbers = [numbers[at : at + size] for at in range(0, len(numbers), size)]
        return numbers if self.shape else numbers[0]

    @property
    def norm(self) -> float:
        """The root of the sum of squares."""
        return math.hypot(*map(float, self.doubles.reshape(-1).tolist())) if self.shape else abs(float(self.doubles))


def _joined(nested: Any) -> str:
    return f"[{', '.join(map(_joined, nested))}]" if isinstance(nested, list) else str(nested)


@dataclass(frozen=True)
class ArrayRow:
    """A variable (``parameter`` or ``data``) or a stage: ``formula`` is a stage's right side as typed."""

    id: int
    name: str
    role: Literal["parameter", "data", "stage"]
    value: ArrayQuantity
    gradient: ArrayQuantity | None = None
    symbolic: str | None = None
    formula: str = ""
    verdict: ArrayVerdict | None = None
    problem: Diagnostic | None = None


@dataclass(frozen=True)
class ArrayWire:
    """What one input of a gate receives: ``rule`` over the circuit's names, and the contribution it makes.

    ``summed`` names the axes over which broadcasting repeated the input, ``first`` says that this is the first
    contribution to its node. ``idle`` says why an input needs no gradient.
    """

    source: int
    name: str
    shape: Shape
    rule: str
    shapes: str
    contribution: ArrayQuantity | None
    first: bool
    fork: bool
    summed: str
    idle: str


@dataclass(frozen=True)
class ArrayGateRow:
    """One gate: what it computed, the gradient that arrived, and its wires; ``kink`` names the elements on one."""

    id: int
    name: str
    op: str
    inputs: tuple[int, ...]
    operands: tuple[str, ...]
    formula: str
    expression: str
    value: ArrayQuantity
    gradient: ArrayQuantity | None
    wires: tuple[ArrayWire, ...]
    kink: str
    problem: str


@dataclass(frozen=True)
class ArrayReport:
    """A value, every variable's gradient in the variable's shape, and the proof beside it.

    ``upstream`` is the gradient that was given at an output that is an array, None where the output is one number.
    ``partial`` is the name of what is differentiated: the output, or of a number behind it that nobody has named.
    ``made_of`` is the output as typed; nothing where it is a stage, whose row has it.
    """

    expression: str
    arithmetic: str
    output: str
    output_id: int
    value: ArrayQuantity
    variables: tuple[ArrayRow, ...]
    stages: tuple[ArrayRow, ...]
    constants: tuple[tuple[int, str, float], ...]
    asked: tuple[str, ...]
    check: ArrayCheck | None
    warnings: tuple[Diagnostic, ...]
    upstream: ArrayQuantity | None
    partial: str
    made_of: str
    _gates: Callable[[], Iterator[ArrayGateRow]]

    @property
    def in_doubles(self) -> bool:
        """Whether its numbers are doubles, so that a double says all of each."""
        return self.arithmetic == Float64.name

    @property
    def parameters(self) -> tuple[ArrayRow, ...]:
        """The variables whose gradients were asked for."""
        return tuple(row for row in self.variables if row.role == "parameter")

    @property
    def gradients(self) -> Mapping[str, ArrayQuantity]:
        """Each asked gradient by name, in the order asked."""
        known = {row.name: row.gradient for row in (*self.variables, *self.stages)}
        return {name: gradient for name in self.asked if (gradient := known[name]) is not None}

    @property
    def gradient(self) -> Mapping[str, Any]:
        """The asked gradients: NumPy arrays of their variables' shapes, floats for numbers."""
        return {name: block.doubles if block.shape else float(block.doubles) for name, block in self.gradients.items()}

    @property
    def ok(self) -> bool:
        """Whether no gradient was found wrong; True where nothing was checked."""
        return self.check is None or self.check.ok is not False

    @cached_property
    def gates(self) -> tuple[ArrayGateRow, ...]:
        """Every gate in forward order; made when first asked for."""
        return tuple(self._gates())
