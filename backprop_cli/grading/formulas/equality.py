"""Formulas as answers: whether a student's formula is the same function as the truth, and where it differs.

The formula is a circuit like any other. It is compared with the truth at many points (``comparison.py``), also where
its own gates take other branches (``branches.py``); SymPy may prove what no point refutes. Nothing here reads text or
words a verdict.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from backprop_cli.arithmetic.base import Number
from backprop_cli.circuit import Circuit
from backprop_cli.grading.formulas.branches import Branches
from backprop_cli.grading.formulas.candidates import around, between
from backprop_cli.grading.formulas.comparison import Comparison, output, shows
from backprop_cli.grading.formulas.proof import Proof
from backprop_cli.grading.formulas.samples import LEAST, Samples, literals
from backprop_cli.grading.formulas.search import Search, Seen
from backprop_cli.grading.formulas.subject import BITS, Sample, Spot, Subject, cost
from backprop_cli.grading.formulas.vocabulary import unknown_names
from backprop_cli.grading.names import Asked
from backprop_cli.problems import Diagnostic

_WORK = 12_000  # gates run in doubles for the branches of one formula
_PROBES = 300  # at least, so that slow gates in a formula do not hide its branches
_WALKS = 80
_MOST_GATES, _MOST_COST = 5_000, 5_000
_SECONDS = 0.7  # of the processor, for one formula


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point at which an answer is not the truth; ``answer`` is None without a value there that a double holds.

    ``at`` has every variable that either side depends on; ``here``: it is the question's own point; ``reveals``: the
    truth is an answer to this or another question.
    """

    at: Mapping[str, float]
    answer: float | None
    truth: float
    here: bool
    reveals: bool


@dataclass(frozen=True, slots=True)
class FormulaVerdict:
    """Whether a formula is the quantity asked for, as a function.

    ``points`` says at how many points both were compared, ``proved`` whether SymPy confirmed that they are equal,
    ``unseen`` which gates were met on one side only. With a ``problem`` it could not be judged. ``late``: time ran out,
    so that another time more might be known.
    """

    equal: bool
    points: int
    proved: bool
    counterexample: Counterexample | None
    unseen: tuple[str, ...] = ()
    problem: Diagnostic | None = None
    late: bool = False


class Formulas:
    """One quantity of a question, and how formulas for it are judged; its points are found once.

    ``here`` is the question's own point, ``elsewhere`` are points at which the same is asked.
    """

    def __init__(
        self,
        circuit: Circuit,
        asked: Asked,
        here: Mapping[str, float] | None,
        elsewhere: Sequence[Mapping[str, float]] = (),
    ) -> None:
        self.circuit, self.asked, self._here = circuit, asked, here
        self._questions = (*elsewhere, *((here,) if here is not None else ()))
        self.subject = Subject(circuit, asked)

    @cached_property
    def samples(self) -> Samples:
        """The points at which this quantity has a truth."""
        return Samples(self.subject, self._here)

    def reveals(self, sample: Sample) -> bool:
        """Whether the truth at a sample is an answer: all that it depends on is as it is at a question's point."""
        return any(all(sample.at[name] == at[name] for name in self.subject.depends) for at in self._questions)

    @cached_property
    def proof(self) -> Proof:
        """SymPy's side of it."""
        return Proof(self.subject)

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

    def judge(self, formula: Circuit, until: float = math.inf) -> FormulaVerdict:
        """The verdict on a formula whose names are known (see ``unknown_names``).

        It is found within 0.7 s of the processor, and before ``until`` on the clock of ``time.thread_time``.
        """
        problem = unknown_names(self.circuit, self.asked, formula)
        if problem is None and cost(formula) > _MOST_COST:
            message = f"the formula has {len(formula.nodes):,} parts, more than are judged"
            problem = Diagnostic("limit.formula", message, "a derivative of this expression is shorter")
        problem = problem or self._problem
        if problem is not None:
            return _unjudged(problem)
        return _Judging(self, formula, until).verdict()


def _unjudged(problem: Diagnostic, *, late: bool = False) -> FormulaVerdict:
    return FormulaVerdict(equal=False, points=0, proved=False, counterexample=None, problem=problem, late=late)


class _Judging:
    """One formula on its way past the points; ``found`` are the differences so far."""

    def __init__(self, formulas: Formulas, formula: Circuit, until: float) -> None:
        self.formulas, self.formula = formulas, formula
        self.subject, self.samples = formulas.subject, formulas.samples
        self.comparison = Comparison(self.samples, formula)
        self.branches = Branches(self.samples, formula)
        self.points = 0
        self.found: list[tuple[Sample, Number]] = []
        self.until = min(time.thread_time() + _SECONDS, until)

    def verdict(self) -> FormulaVerdict:
        """Compare at the question's samples, on the formula's own branches, and at the question's point."""
        enough = any(self._compare(sample) for sample in self.samples.samples)
        if not enough and not self.found:
            self._explore()
        if self.samples.here is not None and not self._shown():
            self._compare(self.samples.here, here=True)
        if self.found:
            return FormulaVerdict(equal=False, points=self.points, proved=False, counterexample=self._counterexample())
        if self.points < min(LEAST, len(self.samples.samples)):
            return _unjudged(self._hardly(), late=self._late())
        late = self._late()
        proved = not late and self.formulas.proof.proves(self.formula)
        return FormulaVerdict(
            equal=True, points=self.points, proved=proved, counterexample=None, unseen=self.branches.unseen, late=late
        )

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
        return any(shows(answer, sample.truth) and not self.formulas.reveals(sample) for sample, answer in self.found)

    def _compare(self, sample: Sample, *, here: bool = False) -> bool:
        """Compare at one point; returns whether that is enough."""
        run = self.comparison.run(sample)
        answer = output(run)
        if self.found and not here and not shows(answer, sample.truth):
            return self._late()  # of differences that do not show one is enough
        alike = self.comparison.alike(sample, answer)
        if alike or here or not self.comparison.is_chance(sample, run):
            self.points += 1
            if not alike:
                self.found.append((sample, answer))
        return self._shown() or self._late()

    def _explore(self) -> None:
        """Compare where the formula's own gates take other branches, and close to their borders."""
        each = self.subject.cost + cost(self.formula)
        work = max(_WORK, _PROBES * each)
        search = Search(self.subject, self.samples.pool, work, each)
        if self._walk(search):
            return
        count = len(self.branches.borders)
        search.cross(Seen(self.branches.seen, count, self.branches.away, self._note))
        search.left = max(search.left, work)
        close = search.straddles(count, self.branches.away, self.branches.pattern)
        if self.found or any(self._look(spot) for spot in close if not self._late()):
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

    def _note(self, spot: Spot) -> bool:
        """Compare at a spot on a side that was not met before; returns whether that is enough."""
        new = self.branches.new(spot)
        sample = self.samples.sample(spot.at) if new else None
        if sample is None:
            return self._late()
        self.branches.seen |= new
        return self._compare(sample)

    def _look(self, spot: Spot) -> bool:
        """Compare at a spot; returns whether that is enough."""
        sample = self.samples.sample(spot.at)
        return self._late() if sample is None else self._compare(sample)

    def _counterexample(self) -> Counterexample:
        """The plainest difference that shows; the question's own truth is only told if there is nothing else."""

        def worth(found: tuple[Sample, Number]) -> tuple[bool, int]:
            sample, answer = found
            rank = 1 if sample is self.samples.here else 0 if self.formulas.reveals(sample) else 2
            return shows(answer, sample.truth), rank

        sample, answer = max(self.found, key=worth)
        known = self.subject.names
        used = self.subject.behind([known[name] for name in self.formula.inputs]) | self.subject.depends
        double = self.subject.rules(BITS).arithmetic.to_float
        given = math.inf if answer is None else double(answer)
        return Counterexample(
            {name: value for name, value in sample.at.items() if name in used},
            given if math.isfinite(given) else None,
            double(sample.truth),
            sample is self.samples.here,
            self.formulas.reveals(sample),
        )
