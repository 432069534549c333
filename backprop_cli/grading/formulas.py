"""Formulas as answers: whether a student's formula is the same function as the truth, and where it differs.

The formula is a circuit like any other. It is run beside the question's circuit at many points; a formula without a
difference anywhere is equal, and SymPy may prove it. Nothing here reads text or words a verdict.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from backprop_cli.arithmetic.base import Number
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.circuit import Circuit
from backprop_cli.forward import Forward, forward
from backprop_cli.grading.borders import borders, live, sides
from backprop_cli.grading.candidates import around, aside
from backprop_cli.grading.names import Asked
from backprop_cli.grading.proof import Proof
from backprop_cli.grading.samples import LEAST, Samples, literals, missing
from backprop_cli.grading.search import Search, Seen, Side
from backprop_cli.grading.subject import BITS, Sample, Spot, Subject, cost, known_names, many_bits, size
from backprop_cli.problems import Problem
from backprop_cli.rules import Rules

_ALIKE = 1e-12
_VISIBLE, _SMALLEST = 1e-5, 1e-200
_WORK = 12_000  # gates run in doubles for the branches of one formula
_MOST_GATES, _MOST_COST = 5_000, 5_000
_SECONDS = 0.7
_ASIDE, _FAR, _VERY_FAR, _GUARD = 2.0**-30, 5, 20, 100
_WALKS, _REMEMBERED = 80, 500


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point at which an answer is not the truth; ``answer`` is None without a value there that a double holds.

    ``at`` has every variable that either side depends on; ``here``: it is the question's own point.
    """

    at: Mapping[str, float]
    answer: float | None
    truth: float
    here: bool


@dataclass(frozen=True, slots=True)
class FormulaVerdict:
    """Whether a formula is the quantity asked for, as a function.

    ``points`` says at how many points both were compared, ``proved`` whether SymPy confirmed that they are equal,
    ``unseen`` which gates were met on one side only. With a ``problem`` it could not be judged.
    """

    equal: bool
    points: int
    proved: bool
    counterexample: Counterexample | None
    unseen: tuple[str, ...] = ()
    problem: Problem | None = None


def unknown_names(circuit: Circuit, asked: Asked, formula: Circuit) -> Problem | None:
    """What is wrong with the names in a formula: one that means nothing, or a stage that is itself to be found."""
    known = known_names(circuit)
    allowed = [
        name for name, node in known.items() if name in circuit.inputs or asked.by is not None or node < asked.of
    ]
    for name, node in formula.inputs.items():
        if name in allowed:
            continue
        if name in known:
            message = f"a formula for {circuit.names[asked.of]} cannot use {name}, which does not stand before it"
            hint = f"write it with {', '.join(allowed[:6])}" if allowed else ""
        else:
            message, hint = f"{name} is no name of this expression", _near(name, allowed)
        return Problem("answer.name", message, hint).at(formula.source, formula.spans[node])
    return None


def _near(name: str, allowed: list[str]) -> str:
    from difflib import get_close_matches

    if len(name) > 1 and all(letter in allowed for letter in name):
        return f"{name} is one name; the product is {'*'.join(name)}"
    near = get_close_matches(name, allowed, n=1, cutoff=0.6) or [
        other for other in allowed if other.lower() == name.lower()
    ]
    if near:
        return f"did you mean {near[0]}?"
    return f"the names here are {', '.join(allowed[:6])}" if allowed else ""


class Formulas:
    """One quantity of a question, and how formulas for it are judged; its points are found once."""

    def __init__(self, circuit: Circuit, asked: Asked, here: Mapping[str, float] | None) -> None:
        self.circuit, self.asked, self._here = circuit, asked, here
        self.subject = Subject(circuit, asked)

    @cached_property
    def samples(self) -> Samples:
        """The points at which this quantity has a truth."""
        return Samples(self.subject, self._here)

    def reveals(self, sample: Sample) -> bool:
        """Whether the truth at a sample is that at the question's own point: what it depends on is the same there."""
        here = self._here
        return here is not None and all(sample.at[name] == here[name] for name in self.subject.depends)

    @cached_property
    def proof(self) -> Proof:
        """SymPy's side of it."""
        return Proof(self.subject)

    @cached_property
    def _problem(self) -> Problem | None:
        """Why no formula can be judged."""
        gates = len(self.circuit.nodes)
        if gates > _MOST_GATES:
            message = f"the expression has {gates:,} gates; formulas are judged up to {_MOST_GATES:,}"
            return Problem("limit.formula", message, "answer with numbers")
        count = len(self.samples.samples)
        if count < (LEAST if self.circuit.inputs else 1):
            what = "value" if self.asked.is_value else "gradient"
            found = "no point was" if not count else f"only {count} points were"
            return Problem("answer.domain", f"{found} found at which there is a {what} to compare a formula with")
        return None

    def judge(self, formula: Circuit) -> FormulaVerdict:
        """The verdict on a formula whose names are known (see ``unknown_names``)."""
        problem = unknown_names(self.circuit, self.asked, formula)
        if problem is None and cost(formula) > _MOST_COST:
            message = f"the formula has {len(formula.nodes):,} parts, more than are judged"
            problem = Problem("limit.formula", message, "a derivative of this expression is shorter")
        problem = problem or self._problem
        if problem is not None:
            return _unjudged(problem)
        return _Judging(self, formula).verdict()


def _unjudged(problem: Problem) -> FormulaVerdict:
    return FormulaVerdict(equal=False, points=0, proved=False, counterexample=None, problem=problem)


class _Judging:
    """One formula on its way through the samples."""

    def __init__(self, formulas: Formulas, formula: Circuit) -> None:
        self.formulas, self.formula = formulas, formula
        self.subject, self.samples = formulas.subject, formulas.samples
        self.bits = min(self.subject.many_bits, many_bits(formula))
        self.points = 0
        self.found: list[tuple[Sample, Number]] = []
        self.until = time.monotonic() + _SECONDS
        self.own = borders(formula)
        self.doubles = Rules(Float64())
        self.sides: set[Side] = set()
        self.runs: dict[int, tuple[Spot, Forward, bytearray]] = {}  # a spot is held, so that its id stays its own

    def verdict(self) -> FormulaVerdict:
        """Compare at the question's samples, on the formula's own branches, and at the question's point."""
        enough = any(self._compare(sample) for sample in self.samples.samples)
        unseen = () if enough or self.found else self._branches()
        if self.samples.here is not None and not self._shown():
            self._compare(self.samples.here, here=True)
        if self.found:
            return FormulaVerdict(equal=False, points=self.points, proved=False, counterexample=self._counterexample())
        if self.points < min(LEAST, len(self.samples.samples)):
            return _unjudged(self._hardly())
        proved = not self._late() and self.formulas.proof.proves(self.formula)
        return FormulaVerdict(equal=True, points=self.points, proved=proved, counterexample=None, unseen=unseen)

    def _hardly(self) -> Problem:
        """Why there were too few points to tell."""
        if self._late():
            hint = "a derivative needs no numbers as large as these"
            return Problem("limit.formula", "the formula takes too long to compute", hint)
        return Problem("answer.domain", f"the formula could be compared at {self.points} points only")

    def _late(self) -> bool:
        return time.monotonic() > self.until

    def _shown(self) -> bool:
        """Whether there is a difference to tell: one that shows in a few digits, and does not give the truth away."""
        return any(_shows(answer, sample.truth) and not self.formulas.reveals(sample) for sample, answer in self.found)

    def _compare(self, sample: Sample, *, here: bool = False) -> bool:
        """Compare at one point; returns whether that is enough."""
        run = self._run(sample, BITS)
        answer = _output(run)
        if self.found and not here and not _shows(answer, sample.truth):
            return self._late()  # of differences that do not show one is enough
        alike = self._alike(sample, answer)
        if alike or here or not self._chance(sample, run):
            self.points += 1
            if not alike:
                self.found.append((sample, answer))
        return self._shown() or self._late()

    def _run(self, sample: Sample, bits: int) -> Forward | None:
        """The formula at a point; None where a stage that it names has no value."""
        known = {name: sample.known[name] for name in self.formula.inputs}
        return None if None in known.values() else forward(self.formula, known, self.subject.rules(bits))

    def _alike(self, sample: Sample, answer: Number) -> bool:
        """Whether the formula's value is the truth, or differs from it by nothing but lost digits.

        At a kink any slope between the two sides is right, and so is none.
        """
        if sample.between is not None:
            low, high = sample.between
            room = _ALIKE * max(abs(low), abs(high)) + sample.scale / 2 ** (BITS - _GUARD)
            return low < high if answer is None else bool(low - room <= answer <= high + room)
        if _near_enough(answer, sample.truth):
            return True
        exact = self.samples.sample(sample.at, self.bits)
        run = self._run(exact, self.bits) if exact is not None else None
        again = _output(run)
        if exact is None or run is None or again is None:
            return False
        noise = max(exact.scale, size(run)) / 2 ** (self.bits - _GUARD)
        return _near_enough(again, exact.truth) or bool(abs(again - exact.truth) <= noise)

    def _chance(self, sample: Sample, run: Forward | None) -> bool:
        """Whether a difference says nothing about the function.

        The formula has a hole or a kink at just this point; or, far out, it overflows, or terms cancel to 0 with any
        number of digits, as in 1 - tanh(x).
        """
        around = [self.samples.sample(aside(sample.at, way)) for way in (_ASIDE, -_ASIDE)]
        alike = [_near_enough(_output(self._run(one, BITS)), one.truth) for one in around if one is not None]
        if alike and all(alike):
            return True
        farthest = max(map(abs, sample.at.values()), default=0)
        if farthest < _FAR:
            return False
        if run is not None and run.circuit.output in run.failed and farthest > _VERY_FAR:
            return run.failed[run.circuit.output].code.startswith("overflow.")
        both = [self.samples.sample(at, self.bits) for at in (sample.at, aside(sample.at, _ASIDE))]
        runs = [self._run(one, self.bits) for one in both if one is not None]
        return len(runs) == 2 and runs[0] is not None and runs[1] is not None and _saturated(runs[0], runs[1])

    def _branches(self) -> tuple[str, ...]:
        """Compare where the formula's own gates take other branches; returns the gates that were met on one side."""
        search = Search(self.subject, self.samples.pool, _WORK, self.subject.cost + cost(self.formula))
        start = 0
        for count in (0, _WALKS) if self.own else ():
            if len(self.sides) < 2 * len(self.own):
                search.walk(around((*literals(self.formula), *self.samples.literals)), count)
            for spot in search.pool[start:]:
                if self._note(spot):
                    return ()
            start = len(search.pool)
        search.cross(Seen(self.sides, len(self.own), self._away, self._note))
        search.left = max(search.left, _WORK)
        close = search.straddles(len(self.own), self._away, self._pattern)
        if self.found or any(self._look(spot) for spot in close if not self._late()):
            return ()
        for spot in self.samples.pool if self.points < LEAST and not self.found else ():
            if self.points >= LEAST or self._look(spot):
                break
        return tuple(dict.fromkeys((*self.samples.unseen, *missing(self.own, self.formula, self.sides))))

    def _plain(self, spot: Spot) -> tuple[Forward, bytearray] | None:
        """The formula in doubles and what of it is asked at a spot; the last ones are remembered."""
        known = {name: spot.plain[name] for name in self.formula.inputs}
        if None in known.values():
            return None
        key = id(spot)
        if key not in self.runs:
            if len(self.runs) >= _REMEMBERED:
                self.runs.clear()
            run = forward(self.formula, known, self.doubles)
            self.runs[key] = spot, run, live(run)
        return self.runs[key][1:]

    def _note(self, spot: Spot) -> bool:
        """Compare at a spot on a side that was not met before; returns whether that is enough."""
        plain = self._plain(spot)
        new = sides(self.own, plain[0]) - self.sides if plain is not None else frozenset()
        sample = self.samples.sample(spot.at) if new else None
        if sample is None:
            return self._late()
        self.sides |= new
        return self._compare(sample)

    def _pattern(self, spot: Spot) -> frozenset[Side]:
        """On which sides a spot is, of the formula's borders and (numbered below 0) of the question's."""
        plain = self._plain(spot)
        own = sides(self.own, plain[0]) if plain is not None else frozenset()
        return own | {(-1 - number, sign) for number, sign in self.samples.pattern(spot)}

    def _look(self, spot: Spot) -> bool:
        """Compare at a spot; returns whether that is enough."""
        sample = self.samples.sample(spot.at)
        return self._late() if sample is None else self._compare(sample)

    def _away(self, number: int, spot: Spot) -> Number:
        plain, border = self._plain(spot), self.own[number]
        return border.distance(plain[0]) if plain is not None and plain[1][border.gate] else None

    def _counterexample(self) -> Counterexample:
        """The plainest difference that shows; the question's own truth is only told if there is nothing else."""

        def worth(found: tuple[Sample, Number]) -> tuple[bool, int]:
            sample, answer = found
            rank = 1 if sample is self.samples.here else 0 if self.formulas.reveals(sample) else 2
            return _shows(answer, sample.truth), rank

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
        )


def _output(run: Forward | None) -> Number:
    return None if run is None else run.values[run.circuit.output]


def _saturated(run: Forward, beside: Forward) -> bool:
    """Whether terms cancel to 0 of which one should differ at the point beside, and does not in so many digits."""
    moved, nodes, values = run.circuit.reach(run.circuit.inputs.values()), run.circuit.nodes, run.values
    sums = (n for n, node in enumerate(nodes) if node.op in ("add", "sub") and values[n] is not None and not values[n])
    terms = (i for n in sums for i in nodes[n].inputs if moved[i] and values[i])
    return any(values[i] == beside.values[i] for i in terms)


def _near_enough(answer: Number, truth: Number) -> bool:
    """Whether two numbers agree to twelve digits."""
    return answer is not None and bool(abs(answer - truth) <= _ALIKE * max(abs(answer), abs(truth)))


def _shows(answer: Number, truth: Number) -> bool:
    """Whether two numbers differ in the digits that are shown, and as doubles."""
    if answer is None:
        return True
    size = max(abs(answer), abs(truth))
    return bool(size > _SMALLEST and abs(answer - truth) > _VISIBLE * size)
