"""A formula for an array, held against all its components at once.

At each point the question runs once, forward and backward, and the formula once, both in balls: so a component costs
next to nothing, where a comparison of its own would take every other component along. Points are short decimals near
the question's and of every sign. What is apart at one point is another function, and that is proved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain, islice, zip_longest

from backprop_cli.arithmetic.ball_arithmetic import Balls
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.blame import overlap
from backprop_cli.circuit import CONSTANT, Circuit
from backprop_cli.engine.backward import backward
from backprop_cli.engine.forward import forward
from backprop_cli.engine.rules import Rules
from backprop_cli.gates import COMPARISONS
from backprop_cli.grading.formulas.borders import borders
from backprop_cli.grading.formulas.candidates import Dice, beside, mixed
from backprop_cli.grading.formulas.comparison import relative
from backprop_cli.grading.formulas.draws import dice_of
from backprop_cli.grading.formulas.extent import is_sharp
from backprop_cli.grading.formulas.formula_verdict import Counterexample, FormulaVerdict
from backprop_cli.grading.formulas.quantity_function import BITS, Location, connected
from backprop_cli.grading.formulas.samples import LEAST, place, shown
from backprop_cli.grading.names import Asked
from backprop_cli.grading.tolerance import Tolerance
from backprop_cli.problems import Refused

_POINTS, _TRIES = 28, 4
_ENOUGH = 40  # right bits, for two numbers to be compared
_ROUNDED, _LARGE = 6, 900  # decimals of a rounded number; a number beyond most points
_DECIMALS = 1e-6  # of the truth: what the last digits of a formula's decimals leave open
_WITHIN = 3  # points on the question's part of the domain, where a formula differs on another


@dataclass(frozen=True, slots=True)
class WholePoint:
    """The question at one point: each node's value, and the output's gradient in it."""

    at: Location
    values: Sequence[Number]
    gradients: Sequence[Number]

    def truth(self, asked: Asked) -> Number:
        """A value, or the output's derivative."""
        return self.values[asked.of] if asked.by is None else self.gradients[asked.by]


@dataclass(frozen=True, slots=True)
class WholeFormula:
    """A formula written out: its circuit, the node of each component, and what the names of gradients in it mean."""

    circuit: Circuit
    cells: Sequence[int]
    gradients: Mapping[str, Asked]

    @property
    def decimals(self) -> bool:
        """Whether a number in it may stand for one with more digits."""
        return any(len(node.text.partition(".")[2]) >= _ROUNDED for node in self.circuit.constants)

    @property
    def tells_numbers_apart(self) -> bool:
        """Whether it compares with numbers, or has large ones: what a few points do not show."""
        large = any(node.text not in ("pi", "e") and abs(float(node.text)) > _LARGE for node in self.circuit.constants)
        compared = (node for node in self.circuit.nodes if node.op in COMPARISONS)
        return large or any(
            self.circuit.nodes[i].op == CONSTANT and self.circuit.nodes[i].text not in ("0", "1")
            for node in compared
            for i in node.inputs
        )


class WholeTruth:
    """A question's circuit at the points that every formula is held against.

    ``moving`` are the variables whose gradients are asked for: a point may stand on an equality of others. ``labels``
    are groups of variables of which one is 1 and the others are 0: at every point they stay so.
    """

    def __init__(
        self,
        circuit: Circuit,
        here: Mapping[str, float],
        moving: Sequence[str],
        labels: Sequence[Sequence[str]] = (),
    ) -> None:
        self.circuit, self.here, self.labels = circuit, here, labels
        moved = circuit.reach(circuit.inputs[name] for name in moving)
        equal = {index for index, node in enumerate(circuit.nodes) if node.op in ("eq", "ne") and not moved[index]}
        self._harmless = frozenset(equal)
        self.rules = Rules(Balls(BITS))
        self._reached: dict[int, bool] = {}
        self._branches = bool(borders(circuit))
        self.known = circuit.inputs | {stage.name: stage.node for stage in circuit.stages}

    @cached_property
    def points(self) -> tuple[WholePoint, ...]:
        """The points at which all that is asked for exists, and nothing stands on a kink."""
        dice = dice_of("whole", self.circuit.source.text)
        near, far = beside(self.here, dice), mixed([*self.here], dice)
        candidates = chain.from_iterable(zip_longest((self._partly(at, dice) for at in near), far))
        found = filter(None, map(self._point, islice(chain([self.here], candidates), _POINTS * _TRIES)))
        several = tuple(islice(found, _POINTS))
        if len(several) >= LEAST:
            return several
        closer = filter(None, map(self._point, islice(self._close(dice), _POINTS * _TRIES)))
        return (*several, *islice(closer, _POINTS - len(several)))

    def _partly(self, at: Mapping[str, float], dice: Dice) -> dict[str, float]:
        """A point near the question's, with half of its coordinates as they are there: y == 1 holds where it did."""
        return {name: value if dice.below(2) else self.here[name] for name, value in at.items()}

    def _close(self, dice: Dice) -> Iterator[dict[str, float]]:
        """Candidates without end within a hundredth of the question's point, for narrow domains."""
        while True:
            yield {name: (value or 0.1) * (1 + (dice.below(201) - 100) / 10_000) for name, value in self.here.items()}

    def _point(self, at: Mapping[str, float]) -> WholePoint | None:
        exact = place(_labelled(at, self.labels))
        try:
            run = forward(self.circuit, exact, self.rules)
            if run.values[self.circuit.output] is None or (run.kinks and not self._harmless.issuperset(run.live_kinks)):
                return None
            sweep = backward(run, self.circuit.reach(range(self.circuit.first_gate)))
        except Refused:
            return None
        return WholePoint(exact, run.values, sweep.gradients)

    def verdicts(
        self, asked: Sequence[Asked], formula: WholeFormula, tolerance: Tolerance
    ) -> list[FormulaVerdict | None]:
        """The verdict on each component; None where these points do not tell."""
        looks = [_ComponentLooks(self, tolerance) for _ in asked]
        for point in self.points:
            for look, quantity, answer in zip(looks, asked, self._answers(formula, point), strict=True):
                look.add(point, answer, point.truth(quantity))
        used, least = self._used(formula), min((len(look.same) for look in looks if look.apart is None), default=0)
        return [look.verdict(used, least, decimals=formula.decimals) for look in looks]

    def inside(self, point: WholePoint) -> bool:
        """Whether this point counts: a way inside the domain leads to it, or branches make every point count."""
        if self._branches:
            return True
        key = id(point)  # the points are kept as long as this is
        if key not in self._reached:
            self._reached[key] = connected(self.circuit, Rules(Float64()), self.here, shown(point.at))
        return self._reached[key]

    def _answers(self, formula: WholeFormula, point: WholePoint) -> list[Number]:
        """The formula's components at a point; none where it asks for what is not there."""
        given = {name: self._given(name, formula, point) for name in formula.circuit.inputs}
        try:
            values = forward(formula.circuit, given, self.rules).values
        except Refused:
            return [None] * len(formula.cells)
        return [values[cell] for cell in formula.cells]

    def _given(self, name: str, formula: WholeFormula, point: WholePoint) -> Number:
        if name in self.known:
            return point.values[self.known[name]]
        return point.truth(formula.gradients[name]) if name in formula.gradients else self.rules.arithmetic.one

    def _used(self, formula: WholeFormula) -> frozenset[str]:
        """The variables from which the formula's names are fed."""
        if formula.gradients:
            return frozenset(self.circuit.inputs)
        nodes = [self.known[name] for name in formula.circuit.inputs if name in self.known]
        feeding = self.circuit.feeding(nodes)
        return frozenset(name for name, node in self.circuit.inputs.items() if feeding[node])


class _ComponentLooks:
    """What was seen of one component: the points at which it is the ``same``, and differences.

    ``near`` ones are allowed by the tolerance, ``away`` the largest of them, relative to the truth; ``apart`` is the
    first that is not. Others are ``beyond`` the question's part of the domain.
    """

    def __init__(self, truth: WholeTruth, tolerance: Tolerance) -> None:
        self.truth, self.tolerance = truth, tolerance
        self.same, self.near, self.away, self.beyond = list[WholePoint](), 0, 0.0, False
        self.apart: tuple[WholePoint, Number, Number] | None = None

    def add(self, point: WholePoint, answer: Number, truth: Number) -> None:
        if truth is None or not is_sharp(truth, _ENOUGH):
            return
        if answer is not None and overlap(answer, truth):
            if is_sharp(answer, _ENOUGH):
                self.same.append(point)
        elif answer is not None and self.tolerance.holds(answer, truth, BITS):
            self.near += 1
            self.away = max(self.away, relative(answer, truth, BITS))
        elif self.apart is None and self.truth.inside(point):
            self.apart = point, answer, truth
        elif self.apart is None:
            self.beyond = True

    def verdict(self, used: frozenset[str], least: int, *, decimals: bool) -> FormulaVerdict | None:
        if self.apart is not None:
            point, answer, truth = self.apart
            at = {name: Fraction(int(one.p), int(one.q)) for name, one in point.at.items() if name in used}
            counter = Counterexample(at, answer, truth, here=False, reveals=False)
            return FormulaVerdict(equal=False, points=len(self.same), proved=False, counterexample=counter)
        if len(self.same) + self.near < LEAST or (self.beyond and sum(map(self.truth.inside, self.same)) < _WITHIN):
            return None
        if self.near:
            explained = decimals and self.away <= _DECIMALS
            return FormulaVerdict(False, len(self.same), False, None, near=True, explained=explained, away=self.away)
        return FormulaVerdict(True, min(least, len(self.same)), False, None, beyond=self.beyond)


def _labelled(at: Mapping[str, float], labels: Sequence[Sequence[str]]) -> dict[str, float]:
    """The point with 1 for the largest of each group and 0 for the others."""
    found = dict(at)
    for group in labels:
        largest = max(group, key=lambda name: at[name])
        found |= {name: float(name == largest) for name in group}
    return found


def one_hot(names: Sequence[str], values: Sequence[float]) -> bool:
    """Whether exactly one of several variables is 1, and the others are 0."""
    return len(names) > 1 and sorted(values) == [*[0.0] * (len(names) - 1), 1.0]
