"""Mistakes of a descent: the same steps on a wrong way, beside a student's answers.

A mistake must give every wrong answer and leave every right one right. Where more than two kinds do, nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from backprop_cli.descent.objective import Objective
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward
from backprop_cli.grading.descent.course import Course, Way
from backprop_cli.grading.descent.names import Quantity
from backprop_cli.grading.mistakes import Entry, Explanation, Mistakes

_ROWS = 50  # of which each may be the one that was used, or forgotten
_MOST_NAMED = 2

Slip = tuple[str, str, Way]


class DescentMistakes(Mistakes):
    """What known mistakes of a descent give; ``quantities`` says which one each node holds."""

    def __init__(
        self,
        numbers: tuple[Forward, Backward],
        goal: Objective,
        way: Way,
        quantities: Mapping[int, Quantity],
    ) -> None:
        super().__init__(*numbers)
        self._goal, self._way, self._quantities = goal, way, quantities

    def explain(self, entries: Sequence[Entry]) -> tuple[Explanation, ...]:
        """What the wrong answers are consistent with; if it is no mistake of a descent, what it is as mere numbers."""
        wrong = [entry for entry in entries if not entry.right]
        found: dict[str, Explanation] = {}
        for (code, said, _), course in self._courses if wrong else ():
            if code not in found and self._gives(course, entries):
                message = f"consistent with {said}"
                found[code] = Explanation(f"mistake.{code}", message, message, tuple(entry.name for entry in wrong))
        if 0 < len(found) <= _MOST_NAMED:
            return tuple(found.values())
        return () if found else super().explain(entries)

    def followed(self, entries: Sequence[Entry]) -> frozenset[str]:
        """Nothing: whether a step follows from a wrong gradient is not asked."""
        return frozenset()

    def _gives(self, course: Course, entries: Sequence[Entry]) -> bool:
        for entry in entries:
            number = course.number(self._quantities[entry.node])
            if number is None or not math.isfinite(number) or not entry.fits(number):
                return False
        return True

    @cached_property
    def _courses(self) -> list[tuple[Slip, Course]]:
        """Every way with a mistake; its points are made when they are first asked for, and kept."""
        return [(slip, Course(self._goal, slip[2])) for slip in slips(self._way, self._goal.rows)]


def slips(way: Way, rows: int) -> Iterator[Slip]:
    """Each mistake: its code, what is said of it, and its way."""
    if rows > 1:
        yield "sum-for-mean", "the sum over the rows in place of the mean", replace(way, factor=float(rows))
        summed = replace(way, factor=float(rows), whole=float(rows))
        yield "sum-for-mean", "sums over the rows in place of means", summed
        for row in range(min(rows, _ROWS)):
            yield "one-row", f"row {row + 1} alone, in place of all rows", replace(way, rows=(row,))
    if rows > 2:
        for row in range(min(rows, _ROWS)):
            rest = tuple(one for one in range(rows) if one != row)
            yield "forgotten-row", f"a mean without row {row + 1}", replace(way, rows=rest)
            said = f"row {row + 1} left out of the sum, and counted in the mean"
            yield "forgotten-row", said, replace(way, rows=rest, factor=len(rest) / rows)
    yield "wrong-direction", "updates in the wrong direction: uphill", replace(way, sign=-way.sign)
    yield (
        "already-updated",
        "an update that uses a parameter's new value for the next one",
        replace(way, sequential=True),
    )
    yield "no-rate", "updates without the learning rate", replace(way, rate=1.0)
    yield "wrong-rate", "updates by the learning rate twice", replace(way, rate=way.rate**2)
    yield "step-count", "one step too many", replace(way, late=1)
    yield "step-count", "one step too few", replace(way, late=-1)
