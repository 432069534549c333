"""What people call the quantities of a descent: ``mean dw``, ``dw row 2``, ``L``, ``w after 3 steps``.

Without ``mean`` or ``row`` a gradient, or the output, is the mean over the rows; without ``after`` it is at the start.
A component of an array is called ``dW[0, 1]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backprop_cli.circuit import Circuit
from backprop_cli.grading.names import Asked, Names
from backprop_cli.nearest import nearest

_LONGEST = 200
_AFTER = re.compile(r"(?P<rest>.+?)[\s_]+after[\s_]+(?:step[\s_]+)?(?P<steps>\d{1,6})(?:[\s_]*steps?)?", re.IGNORECASE)
_MEAN = re.compile(
    r"(?:mean|average|avg)(?:[\s_]+(?:of[\s_]+)?(?P<rest>.+)|\s*\(\s*(?P<inner>.+?)\s*\))", re.IGNORECASE
)
_ROW = re.compile(r"(?P<rest>.+?)(?:[\s_]+|\s*[\[(]\s*)(?:in[\s_]+)?row[\s_]*(?P<row>\d{1,9})\s*[\])]?", re.IGNORECASE)
_PLACE = re.compile(r"(?P<rest>.+?)\s*\[\s*(?P<place>-?\d+(?:\s*,\s*-?\d+)*)\s*\]")


@dataclass(frozen=True, slots=True)
class DescentQuantity:
    """What is asked: the output (``gradient`` and ``moved`` None), the gradient of a parameter, or a parameter itself.

    ``steps`` were made before; ``row`` is a row's number from 1, None for the mean over all; ``place`` a component.
    """

    gradient: str | None = None
    moved: str | None = None
    steps: int = 0
    row: int | None = None
    place: tuple[int, ...] = ()


class DescentNames(Names):
    """Names of quantities; ``asked`` has the node at which each one that is asked for stands."""

    def __init__(self, circuit: Circuit, parameters: Iterable[str], asked: Mapping[DescentQuantity, Asked]) -> None:
        super().__init__(circuit)
        object.__setattr__(self, "parameters", tuple(parameters))
        object.__setattr__(self, "asked", asked)

    parameters: tuple[str, ...]
    asked: Mapping[DescentQuantity, Asked]

    def read(self, text: str) -> Asked | None:
        """The node of what is asked for by this name; None if it is not."""
        meant = self.quantity(text)
        return None if meant is None else self.asked.get(meant)

    def quantity(self, text: str) -> DescentQuantity | None:
        """What a name means, asked for or not."""
        if len(text) > _LONGEST:
            return None
        after = _AFTER.fullmatch(text.strip())
        rest, steps = (after["rest"], int(after["steps"])) if after else (text.strip(), 0)
        mean = _MEAN.fullmatch(rest)
        row = None if mean else _ROW.fullmatch(rest)
        rest = (mean["rest"] or mean["inner"]) if mean else row["rest"] if row else rest
        return self._of(rest, steps, int(row["row"]) if row else None, parameter=after is not None and mean is None)

    def _of(self, text: str, steps: int, row: int | None, *, parameter: bool) -> DescentQuantity | None:
        placed = _PLACE.fullmatch(text)
        name = placed["rest"] if placed else text
        place = tuple(map(int, placed["place"].split(","))) if placed else ()
        if parameter and name in self.parameters:
            return DescentQuantity(moved=name, steps=steps, place=place) if row is None else None
        asked = super().read(name)
        if asked is None or asked.of != self.circuit.output:
            return None
        if asked.by is None:
            return DescentQuantity(steps=steps, row=row) if not place else None
        of = next((one for one in self.parameters if self.circuit.inputs[one] == asked.by), None)
        return None if of is None else DescentQuantity(gradient=of, steps=steps, row=row, place=place)

    def near(self, text: str) -> str:
        """The nearest name that means something, or nothing."""
        offered = [f"mean d{name}" for name in self.parameters]
        offered += [f"{name} after {text_of(text)}" for name in self.parameters]
        return nearest(text, [*offered, self.circuit.output_name]) or ""


def text_of(text: str) -> str:
    """The number of steps in a name that could not be read, or a usual one."""
    found = re.search(r"\d{1,6}", text)
    steps = int(found[0]) if found else 3
    return "1 step" if steps == 1 else f"{steps} steps"
