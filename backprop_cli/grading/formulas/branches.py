"""The branches of a formula that a student wrote: on which sides of its own borders it has been, and where spots are.

Everything runs in doubles. Whether the formula is right is not known here.
"""

from __future__ import annotations

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.circuit import Circuit
from backprop_cli.engine.forward import Forward, forward
from backprop_cli.engine.rules import Rules
from backprop_cli.grading.formulas.borders import borders, sides
from backprop_cli.grading.formulas.quantity_function import RunPoint
from backprop_cli.grading.formulas.samples import Samples, missing
from backprop_cli.grading.formulas.search import BorderSide

_REMEMBERED = 500


class Branches:
    """A formula's borders. ``seen`` grows as spots are taken: on which sides they were."""

    def __init__(self, samples: Samples, formula: Circuit) -> None:
        self._samples, self._formula = samples, formula
        self.borders = borders(formula)
        self.seen: set[BorderSide] = set()
        self._doubles = Rules(Float64())
        self._runs: dict[int, tuple[RunPoint, Forward, bytearray]] = {}  # a spot is held, so that its id stays its own

    @property
    def complete(self) -> bool:
        """Whether both sides of every border were seen."""
        return len(self.seen) >= 2 * len(self.borders)

    @property
    def unseen(self) -> tuple[str, ...]:
        """The gates, as typed, that were met on one side only: the question's, then the formula's."""
        own = missing(self.borders, self._formula, self.seen)
        return tuple(dict.fromkeys((*self._samples.unseen, *own)))

    def new(self, spot: RunPoint) -> frozenset[BorderSide]:
        """The sides on which a spot is, and on which none was before."""
        return self._sides(spot) - self.seen

    def pattern(self, spot: RunPoint) -> frozenset[BorderSide]:
        """On which sides a spot is, of the formula's borders and (numbered below 0) of the question's."""
        return self._sides(spot) | {(-1 - number, sign) for number, sign in self._samples.pattern(spot)}

    def away(self, number: int, spot: RunPoint) -> Number:
        """How far a spot is from a border, above 0 on one side; None where the border is not met."""
        found, border = self._run(spot), self.borders[number]
        if found is None:
            return None
        run, asked = found
        return border.distance(run) if asked[border.gate] else None

    def _sides(self, spot: RunPoint) -> frozenset[BorderSide]:
        found = self._run(spot)
        return frozenset() if found is None else sides(self.borders, found[0])

    def _run(self, spot: RunPoint) -> tuple[Forward, bytearray] | None:
        """The formula at a spot, and what of it is asked there; None where a stage that it names has no value."""
        known = {name: spot.plain[name] for name in self._formula.inputs}
        if None in known.values():
            return None
        key = id(spot)
        if key not in self._runs:
            if len(self._runs) >= _REMEMBERED:
                self._runs.clear()
            run = forward(self._formula, known, self._doubles)
            self._runs[key] = spot, run, run.live
        return self._runs[key][1:]
