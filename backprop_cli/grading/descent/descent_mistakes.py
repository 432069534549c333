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
from backprop_cli.grading.descent.descent_names import DescentQuantity
from backprop_cli.grading.descent.trajectory import Trajectory, Way
from backprop_cli.grading.mistakes import Explanation, Found, Mistakes, NumericAnswer

_ROWS, _WORK = 50, 1_000_000  # rows of which each may be the one; rows times steps times those
_MOST_NAMED = 2

Slip = tuple[str, str, Way]


class DescentMistakes(Mistakes):
    """What known mistakes of a descent give; ``quantities`` says which one each node holds."""

    def __init__(
        self,
        numbers: tuple[Forward, Backward],
        goal: Objective,
        way: Way,
        quantities: Mapping[int, DescentQuantity],
    ) -> None:
        super().__init__(*numbers)
        self._goal, self._way, self._quantities = goal, way, quantities

    def of(self, entries: Sequence[NumericAnswer]) -> Found:
        """What the wrong answers are consistent with; if it is no mistake of a descent, what it is as mere numbers.

        Whether a step follows from a wrong gradient is not asked.
        """
        wrong = [entry for entry in entries if not entry.right]
        found: dict[str, Explanation] = {}
        for code, said, numbers in self.outcomes if wrong else ():
            if code not in found and all(_fits(entry, numbers[entry.node]) for entry in entries):
                message = f"consistent with {said}"
                found[code] = Explanation(f"mistake.{code}", message, message, tuple(entry.name for entry in wrong))
        if 0 < len(found) <= _MOST_NAMED:
            return Found(explained=tuple(found.values()))
        return Found(explained=() if found else super().of(entries).explained)

    @cached_property
    def outcomes(self) -> list[tuple[str, str, Mapping[int, float | None]]]:
        """Every mistake, what is said of it, and the number at each node on its way; worked out once for a class."""
        return [(code, said, self._numbers(Trajectory(self._goal, way))) for code, said, way in self._slips()]

    def _numbers(self, course: Trajectory) -> dict[int, float | None]:
        return {node: course.number(asked) for node, asked in self._quantities.items()}

    def _slips(self) -> Iterator[Slip]:
        """Single rows are looked at where that does not take long."""
        rows, steps = self._goal.rows, 1 + max(asked.steps for asked in self._quantities.values())
        single = min(rows, _ROWS) if rows * steps * min(rows, _ROWS) <= _WORK else 0
        return slips(self._way, rows, single)


def _fits(entry: NumericAnswer, number: float | None) -> bool:
    return number is not None and math.isfinite(number) and entry.fits(number)


def slips(way: Way, rows: int, single: int) -> Iterator[Slip]:
    """Each mistake: its code, what is said of it, and its way; of the first ``single`` rows each may be the one."""
    if rows > 1:
        yield "sum-for-mean", "the sum over the rows in place of the mean", replace(way, factor=float(rows))
        summed = replace(way, factor=float(rows), whole=float(rows))
        yield "sum-for-mean", "sums over the rows in place of means", summed
        for row in range(single):
            yield "one-row", f"row {row + 1} alone, in place of all rows", replace(way, rows=(row,))
    if rows > 2:
        for row in range(single):
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
