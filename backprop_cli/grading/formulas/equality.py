"""Formulas as answers: whether a student's formula is the same function as the truth, and where it differs.

The formula is a circuit like any other. It is compared with the truth as enclosures at many points (``comparison.py``),
at plain ones, where its own gates take other branches (``branches.py``), and at some that nobody can foresee
(``draws.py``). What is apart at one point is another function, and that is proved; SymPy may prove that nothing is.
Nothing here reads text or words a verdict.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import chain, islice

from backprop_cli import limits
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.circuit import Circuit
from backprop_cli.engine.rules import Rules
from backprop_cli.grading.formulas.borders import borders
from backprop_cli.grading.formulas.branches import Branches
from backprop_cli.grading.formulas.candidates import around, between
from backprop_cli.grading.formulas.comparison import Comparison, PointLook, difference, shows
from backprop_cli.grading.formulas.draws import VARIABLES, dice_of, drawn, landmarks
from backprop_cli.grading.formulas.formula_verdict import Counterexample, FormulaVerdict
from backprop_cli.grading.formulas.proof import Proof
from backprop_cli.grading.formulas.quantity_function import (
    Location,
    QuantityFunction,
    RunPoint,
    Sample,
    connected,
    cost,
)
from backprop_cli.grading.formulas.samples import LEAST, Samples, literals, place, shown
from backprop_cli.grading.formulas.search import Search, Seen
from backprop_cli.grading.formulas.vocabulary import unknown_names
from backprop_cli.grading.names import Asked
from backprop_cli.grading.tolerance import Tolerance
from backprop_cli.problems import Diagnostic

_WORK = 12_000  # gates run in doubles for the branches of one formula
_PROBES = 300  # at least, so that slow gates in a formula do not hide its branches
_WALKS = 80
_MOST_GATES, _MOST_COST = 5_000, 5_000
_INSIDE = 12  # points that others are drawn near
_WITHIN = 3  # points that tell a function on one part of its domain
_DIFFERENCES = 12  # that are kept of one formula
_USUAL = Tolerance()


class Formulas:
    """One quantity of an expression, and how formulas for it are judged; its points are found once.

    ``here`` is a question's own point, ``elsewhere`` are more points at which the same is asked. A ``component`` of an
    array is compared at fewer points.
    """

    def __init__(
        self,
        circuit: Circuit,
        asked: Asked,
        here: Mapping[str, float] | None,
        elsewhere: Sequence[Mapping[str, float]] = (),
        *,
        component: bool = False,
    ) -> None:
        self.circuit, self.asked, self.here, self.component = circuit, asked, here, component
        self._questions = (*elsewhere, *((here,) if here is not None else ()))
        self.quantity = QuantityFunction(circuit, asked)

    @cached_property
    def samples(self) -> Samples:
        """The points at which this quantity has a truth."""
        return Samples(self.quantity, self.here, component=self.component)

    def reveals(self, sample: Sample, own: Sample | None) -> bool:
        """Whether the truth at a sample is an answer: all that it depends on is as at ``own`` or a question's point."""
        decided = self._decides(sample.at)
        return decided in self._answers or (own is not None and decided == self._decides(own.at))

    @cached_property
    def _answers(self) -> frozenset[tuple[Number, ...]]:
        return frozenset(self._decides(place(at)) for at in self._questions)

    def _decides(self, at: Location) -> tuple[Number, ...]:
        """The coordinates that the quantity depends on."""
        return tuple(at[name] for name in self._depends)

    @cached_property
    def _depends(self) -> tuple[str, ...]:
        return tuple(sorted(self.quantity.depends))

    def warm(self) -> None:
        """Make what every formula needs, so that none of them pays for it."""
        _ = self.samples
        self.proof.warm()

    @cached_property
    def proof(self) -> Proof:
        """SymPy's side of it."""
        return Proof(self.quantity)

    @cached_property
    def _problem(self) -> Diagnostic | None:
        """Why no formula can be judged."""
        gates = len(self.circuit.nodes)
        if gates > _MOST_GATES:
            message = f"the expression has {gates:,} gates; formulas are judged up to {_MOST_GATES:,}"
            return Diagnostic("limit.formula", message, "answer with numbers")
        count = len(self.samples.samples)
        if count < (LEAST if self.circuit.inputs else 1):
            what = "value" if self.asked.is_value else "gradient"
            found = "no point was" if not count else f"only {count} points were"
            return Diagnostic("answer.domain", f"{found} found at which there is a {what} to compare a formula with")
        return None

    def judge(
        self,
        formula: Circuit,
        until: float = math.inf,
        tolerance: Tolerance = _USUAL,
        here: Mapping[str, float] | None = None,
    ) -> FormulaVerdict:
        """The verdict on a formula whose names are known (see ``unknown_names``); ``here`` is the question's point.

        It is found within ``limits.FORMULA_SECONDS``, and before ``until`` on the clock of ``time.thread_time``.
        """
        problem = unknown_names(self.circuit, self.asked, formula)
        if problem is None and cost(formula) > _MOST_COST:
            message = f"the formula has {len(formula.nodes):,} parts, more than are judged"
            problem = Diagnostic("limit.formula", message, "a derivative of this expression is shorter")
        problem = problem or self._problem
        if problem is not None:
            return _unjudged(problem)
        return _Judging(self, formula, until, tolerance, here or self.here).verdict()


def _unjudged(problem: Diagnostic, *, late: bool = False) -> FormulaVerdict:
    return FormulaVerdict(equal=False, points=0, proved=False, counterexample=None, problem=problem, late=late)


class _Judging:
    """One formula on its way past the points; ``found`` are the differences so far, ``sharp`` counts sure agreement."""

    def __init__(
        self,
        formulas: Formulas,
        formula: Circuit,
        until: float,
        tolerance: Tolerance,
        here: Mapping[str, float] | None,
    ) -> None:
        self.formulas, self.formula, self.tolerance = formulas, formula, tolerance
        self.quantity, self.samples = formulas.quantity, formulas.samples
        self.start = None if here is None else {name: here[name] for name in self.quantity.variables}
        self.here = None if self.start is None else self.samples.sample(place(self.start))
        self.comparison = Comparison(self.samples, formula)
        self.bordered = bool(borders(self.quantity.circuit))
        self.branches, self.doubles = Branches(self.samples, formula), Rules(Float64())
        self.points = self.sharp = 0
        self.found: list[PointLook] = []
        self.far, self.beyond = False, list[PointLook]()
        self.until = min(time.thread_time() + limits.FORMULA_SECONDS, until)

    def verdict(self) -> FormulaVerdict:
        """Compare at the question's samples, at drawn ones, on the formula's branches, and at the question's point."""
        enough = any(self._compare(sample) for sample in chain(self.samples.samples, self._drawn()))
        if not enough and not self.far:
            self._explore()
        if self.here is not None and not self._shown():
            self._compare(self.here, here=True)
        if self.beyond and not self._seen_within():
            self.found += self.beyond
            self.far = self.far or any(map(self._is_far, self.beyond))
        if self.found:
            return self._different()
        if self.points < self._least:
            return _unjudged(self._hardly(), late=self._late())
        return self._equal()

    @property
    def _least(self) -> int:
        return min(LEAST, len(self.samples.samples))

    def _equal(self) -> FormulaVerdict:
        late = self._late()
        proved = not late and self.formulas.proof.proves(self.formula)
        settled = proved or self.sharp >= self._least
        return FormulaVerdict(
            True,
            self.points,
            proved,
            None,
            unseen=self.branches.unseen,
            late=late,
            settled=settled,
            beyond=bool(self.beyond) and not proved,
        )

    def _different(self) -> FormulaVerdict:
        counter = self._counterexample()
        if self.far or self.points + len(self.found) < self._least:
            return FormulaVerdict(False, self.points, False, counter)
        explained = all(self.comparison.explained(look) for look in self.found)
        away = max(map(difference, self.found))
        return FormulaVerdict(False, self.points, False, counter, near=True, explained=explained, away=away)

    def _hardly(self) -> Diagnostic:
        """Why there were too few points to tell."""
        if self._late():
            hint = "a derivative needs no numbers as large as these"
            return Diagnostic("limit.formula", "the formula takes too long to compute", hint)
        return Diagnostic("answer.domain", f"the formula could be compared at {self.points} points only")

    def _late(self) -> bool:
        return time.thread_time() > self.until

    def _shown(self) -> bool:
        """Whether there is a difference to tell: one that shows in a few digits, and does not give the truth away."""
        return self.far and any(shows(look) and self._is_far(look) and not self._reveals(look) for look in self.found)

    def _reveals(self, look: PointLook) -> bool:
        return self.formulas.reveals(look.sample, self.here)

    def _is_far(self, look: PointLook) -> bool:
        return look.answer is None or not self.tolerance.holds(look.answer, look.sample.truth, look.sample.bits)

    def _compare(self, sample: Sample, *, here: bool = False) -> bool:
        """Compare at one point; returns whether that is enough."""
        look = self.comparison.look(sample)
        self.points += look.word in ("same", "faint")
        self.sharp += look.word == "same"
        if look.apart and self._counts(look, here=here):
            self.points += 1
            self.far = self.far or self._is_far(look)
            self.found.append(look)
        return self._shown() or self._late()

    def _counts(self, look: PointLook, *, here: bool) -> bool:
        """Whether a difference is one, and still wanted."""
        if here and look.word == "differs":
            return True
        if self._is_beyond(look.sample):
            self.beyond.append(look)
            return False
        if len(self.found) >= _DIFFERENCES and not (self._is_far(look) and (shows(look) or not self.far)):
            return False
        return not self.comparison.is_chance(look)

    def _is_beyond(self, sample: Sample) -> bool:
        """Whether a point lies where no way inside the domain leads: sqrt(x*y) has a part for two negative numbers."""
        if self.start is None or self.here is None or self.bordered:
            return False
        return not connected(self.quantity.circuit, self.doubles, self.start, shown(sample.at))

    def _seen_within(self) -> bool:
        """Whether some points lie on the question's part of the domain: what agrees there is the same there."""
        within = (not self._is_beyond(sample) for sample in self.samples.samples)
        return sum(islice(filter(None, within), _WITHIN)) == _WITHIN

    def _drawn(self) -> Iterator[Sample]:
        """Samples at points that follow from the question and the formula."""
        circuit, asked = self.quantity.circuit, self.quantity.asked
        dice = dice_of(circuit.source.text, f"{asked.of} {asked.by}", self.formula.source.text)
        inside = [sample.at for sample in self.samples.samples[:_INSIDE]]
        marks = landmarks(circuit, self.formula)
        alone = 1 if self.formulas.component else VARIABLES
        for at in drawn(self.quantity.variables, inside, marks, dice, alone):
            if self._late():
                return
            sample = self.samples.quantity.sample(at)
            if sample is not None and sample.between is None:
                yield sample

    def _explore(self) -> None:
        """Compare where the formula's own gates take other branches, and close to their borders."""
        each = self.quantity.cost + cost(self.formula)
        work = max(_WORK, _PROBES * each)
        search = Search(self.quantity, self.samples.pool, work, each)
        if self._walk(search):
            return
        count = len(self.branches.borders)
        search.cross(Seen(self.branches.seen, count, self.branches.away, self._note))
        search.left = max(search.left, work)
        close = search.straddles(count, self.branches.away, self.branches.pattern)
        if self.far or any(self._look(spot) for spot in close if not self._late()):
            return
        for spot in self.samples.pool:
            if self.points >= LEAST or self._look(spot):
                return

    def _walk(self, search: Search) -> bool:
        """Compare at spots on new sides, the question's and then some more; returns whether that is enough."""
        start = 0
        numbers = (*literals(self.formula), *self.samples.literals)
        for count in (0, _WALKS) if self.branches.borders else ():
            if count and not self.branches.complete:
                search.place(between(numbers))
                search.walk(around(numbers), count)
            if any(self._note(spot) for spot in search.pool[start:]):
                return True
            start = len(search.pool)
        return False

    def _note(self, spot: RunPoint) -> bool:
        """Compare at a spot on a side that was not met before; returns whether that is enough."""
        new = self.branches.new(spot)
        sample = self.samples.sample(place(spot.at)) if new else None
        if sample is None:
            return self._late()
        self.branches.seen |= new
        return self._compare(sample)

    def _look(self, spot: RunPoint) -> bool:
        """Compare at a spot; returns whether that is enough."""
        sample = self.samples.sample(place(spot.at))
        return self._late() if sample is None else self._compare(sample)

    def _counterexample(self) -> Counterexample:
        """The plainest difference that shows; the question's own truth is only told if there is nothing else."""

        def worth(look: PointLook) -> tuple[bool, bool, int]:
            rank = 1 if look.sample.at == here else 0 if self._reveals(look) else 2
            return self._is_far(look), shows(look), rank

        here = self.here.at if self.here is not None else None
        look = max(self.found, key=worth)
        known = self.quantity.names
        used = self.quantity.behind([known[name] for name in self.formula.inputs]) | self.quantity.depends
        at = {name: Fraction(int(value.p), int(value.q)) for name, value in look.sample.at.items() if name in used}
        answer = look.answer
        return Counterexample(at, answer, look.sample.truth, look.sample.at == here, self._reveals(look))
