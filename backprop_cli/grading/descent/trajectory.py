"""Steps of gradient descent by the book, each parameter moved by the learning rate times its mean gradient.

A ``Way`` says how: the right way, or a way with a mistake in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backprop_cli.descent.objective import Landing, Objective
from backprop_cli.grading.descent.descent_names import DescentQuantity
from backprop_cli.problems import Refused

ParameterValues = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Way:
    """How steps are made: with which rate, on which rows (None: all), and what is wrong with it.

    ``factor`` multiplies gradients that are means, ``whole`` a value that is one, ``sign`` is 1 uphill, ``sequential``
    updates each parameter with the new values of those before it, ``late`` makes so many steps more than asked.
    """

    rate: float
    rows: tuple[int, ...] | None = None
    factor: float = 1.0
    whole: float = 1.0
    sign: float = -1.0
    sequential: bool = False
    late: int = 0


class Trajectory:
    """The points of one way, made as far as they are asked for."""

    def __init__(self, goal: Objective, way: Way) -> None:
        self.goal, self.way = goal, way
        self._points: list[ParameterValues] = [goal.start]
        self._landings: dict[int, Landing] = {}

    def landing(self, steps: int) -> Landing:
        """Value and gradients after some steps. Raises ``Refused`` where there are none."""
        if steps not in self._landings:
            rows: Sequence[int] | None = self.way.rows
            self._landings[steps] = self.goal.at(self.point(steps), rows)
        return self._landings[steps]

    def point(self, steps: int) -> ParameterValues:
        """The point after some steps."""
        while len(self._points) <= steps:
            self._points.append(self._next(len(self._points) - 1))
        return self._points[steps]

    def _next(self, step: int) -> ParameterValues:
        point, way = dict(self._points[step]), self.way
        gradients = self.landing(step).gradients
        for name in self.goal.parameters:
            gradient = self.goal.at(point, way.rows).gradients[name] if way.sequential else gradients[name]
            point[name] = point[name] + way.sign * way.rate * (way.factor * gradient)
        return point

    def number(self, asked: DescentQuantity) -> float | None:
        """The number of a quantity on this way; None where there is none."""
        steps = asked.steps + self.way.late if asked.steps else 0
        try:
            if asked.moved is not None:
                return at_place(self.point(steps)[asked.moved], asked.place)
            if asked.row is not None:
                landing = self.goal.at(self.point(steps), [asked.row - 1])
                return (
                    landing.value
                    if asked.gradient is None
                    else at_place(landing.gradients[asked.gradient], asked.place)
                )
            landing = self.landing(steps)
            if asked.gradient is None:
                return self.way.whole * landing.value
            return self.way.factor * at_place(landing.gradients[asked.gradient], asked.place)
        except Refused:
            return None


def at_place(value: Any, place: tuple[int, ...]) -> float:
    """A number, or a component of an array."""
    return float(value[place] if place else value)
