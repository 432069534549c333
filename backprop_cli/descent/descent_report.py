"""One descent as plain data: the only thing that its renderers read, and what Python users get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.descent.last_check import Checked
from backprop_cli.descent.loop import Visit
from backprop_cli.descent.objective import Landing
from backprop_cli.descent.stopping import Stop
from backprop_cli.descent.surface import Surface
from backprop_cli.descent.updating import Recipe
from backprop_cli.problems import ANSWER_IS_NO, Diagnostic
from backprop_cli.report.array_report import ArrayQuantity


@dataclass(frozen=True, slots=True)
class Moved:
    """A parameter before and after the descent, and its gradient where the descent ended."""

    name: str
    before: ArrayQuantity
    after: ArrayQuantity
    gradient: ArrayQuantity


@dataclass(frozen=True)
class DescentReport:
    """What came of a descent.

    ``steps`` are those made, ``before`` and ``value`` the output at the start and at the end. ``values`` has the output
    at every point (with batches, of the batch that the next step used), ``early`` the first points, ``moves`` steps at
    even distances, each from where to where, ``trail`` where they begin and the last point, ``surface`` the output
    round the way, where two numbers move and it was wanted. ``fixed`` are the variables that were held fixed,
    ``checked`` the check of the last gradient, None where there was none. ``rows`` counts the rows of
    data, ``single_rows`` has what each of few rows comes to, for the first steps by their number.
    """

    expression: str
    output: str
    recipe: Recipe
    stop: Stop
    steps: int
    before: float
    value: float
    parameters: tuple[Moved, ...]
    fixed: tuple[tuple[str, ArrayQuantity], ...]
    values: Sequence[float]
    early: Sequence[Visit]
    moves: Sequence[tuple[Visit, Visit]]
    trail: Sequence[Visit]
    warnings: tuple[Diagnostic, ...]
    checked: Checked | None
    rows: int
    single_rows: Mapping[int, Sequence[tuple[str, Landing]]]
    surface: Surface | None = None

    @property
    def point(self) -> Mapping[str, Any]:
        """The point reached: a float, or an array, for every variable."""
        return {name: plain(block) for name, block in self.blocks.items()}

    @property
    def blocks(self) -> Mapping[str, ArrayQuantity]:
        """The point reached, as blocks."""
        return {**{row.name: row.after for row in self.parameters}, **dict(self.fixed)}

    @property
    def gradient(self) -> Mapping[str, Any]:
        """The gradient of each parameter at the point reached."""
        return {row.name: plain(row.gradient) for row in self.parameters}

    @property
    def exit_code(self) -> int:
        """1 where the check found a gradient wrong, else what the end of the descent says."""
        return ANSWER_IS_NO if self.checked is not None and self.checked.ok is False else self.stop.exit_code


def block(value: Number) -> ArrayQuantity:
    """A number, or an array, as a block."""
    return ArrayQuantity(getattr(value, "shape", ()), value)


def plain(one: ArrayQuantity) -> Any:
    """A block as a float or an array."""
    return one.doubles if one.shape else float(one.doubles)
