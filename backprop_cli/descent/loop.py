"""The loop: from a point to the next by one step of the optimizer, until something stops it.

Every visited point is handed out as it is reached, so that whoever walks along can record, draw, or break off.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.descent.batches import WHOLE, Batches
from backprop_cli.descent.objective import Landing, Objective
from backprop_cli.descent.stopping import Stop, converged, lost, made, no_value, standstill, time_up, without_digits
from backprop_cli.descent.updating import Recipe, Values
from backprop_cli.problems import Refused


@dataclass(frozen=True, slots=True)
class Plan:
    """How to go: the recipe, how many steps, the size of gradient that is small enough, and how long it may take."""

    recipe: Recipe
    steps: int = 100
    tol: float | None = None
    seconds: float = math.inf
    batches: Batches = WHOLE


class Visit(NamedTuple):
    """A point on the way: step 0 is the start. ``states`` are the optimizer's lines after the step that led here.

    With batches, value and gradients are those of the batch that the next step uses.
    """

    step: int
    point: Values
    value: float
    gradients: Values
    states: Mapping[str, tuple[Number, ...]]
    rows: Sequence[int] | None = None


class Descent:
    """The visits of a descent, in order; when they end, ``stop`` says why."""

    def __init__(self, objective: Objective, plan: Plan) -> None:
        self.objective, self.plan = objective, plan
        self.stop = made(plan.steps)
        self._updater = objective.updater(plan.recipe)
        self._still = 0

    def __iter__(self) -> Iterator[Visit]:
        """Raises ``Refused`` if the start has no value; later points without one are a reason to stop."""
        plan, ends = self.plan, time.monotonic() + self.plan.seconds
        batches = iter(plan.batches)
        visit = self._first(next(batches))
        yield visit
        for number in range(1, plan.steps + 1):
            stop = self._arrived(visit) or (time_up(plan.seconds) if time.monotonic() > ends else None)
            after = stop or self._step(number, visit, next(batches))
            if isinstance(after, Stop):
                self.stop = after
                return
            visit = after
            yield visit
            if self._still == plan.batches.a_pass:
                self.stop = standstill(number, flat=largest(visit.gradients) == 0)
                return
        self.stop = self._arrived(visit) or self.stop

    def _first(self, rows: Sequence[int] | None) -> Visit:
        try:
            return self._visit(0, self.objective.start, rows)
        except Refused as refused:
            raise without_digits(refused) from None

    def _visit(self, number: int, point: Values, rows: Sequence[int] | None) -> Visit:
        landing = self.objective.at(point, rows)
        return Visit(number, point, landing.value, landing.gradients, self._updater.states(), rows)

    def _step(self, number: int, visit: Visit, rows: Sequence[int] | None) -> Visit | Stop:
        """All parameters move at once, each from its old value."""
        moved = self._updater.step(number, visit.point, visit.gradients)
        endless = next((name for name, value in moved.items() if not finite(value)), None)
        if endless is not None:
            return lost(endless, number)
        try:
            after = self._visit(number, {**visit.point, **moved}, rows)
        except Refused as refused:
            return no_value(number, refused)
        self._still = self._still + 1 if self._unmoved(visit, after) else 0
        return after

    @staticmethod
    def _unmoved(before: Visit, after: Visit) -> bool:
        """Whether a step changed nothing, neither a parameter nor what the optimizer remembers."""
        point, states = after.point, after.states
        return all(equal(point[name], before.point[name]) for name in states) and same(states, before.states)

    def _arrived(self, visit: Visit) -> Stop | None:
        """Whether the gradient is small enough, where a bound is given; of all rows, once a pass."""
        tol, batches = self.plan.tol, self.plan.batches
        if tol is None or visit.step % batches.a_pass:
            return None
        landing = Landing(visit.value, visit.gradients) if visit.rows is None else self.objective.at(visit.point)
        size = largest(landing.gradients)
        return converged(size, tol) if size <= tol else None


def finite(value: Number) -> bool:
    """Whether every element is a number in the range of doubles."""
    return math.isfinite(value) if isinstance(value, float) else math.isfinite(abs(value).max())


def equal(one: Number, other: Number) -> bool:
    """Whether all elements are equal."""
    same = one == other
    return same if isinstance(same, bool) else bool(same.all())


def same(one: Mapping[str, tuple[Number, ...]], other: Mapping[str, tuple[Number, ...]]) -> bool:
    """Whether an optimizer's lines have the same values."""
    return all(all(map(equal, one[name], other[name])) for name in one)


def largest(gradients: Values) -> float:
    """The largest size of any component."""
    return max(abs(one) if isinstance(one, float) else float(abs(one).max()) for one in gradients.values())
