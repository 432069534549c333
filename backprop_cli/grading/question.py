"""A question, prepared once for every answer to it: the circuit, the point, what is asked, the facts, the tolerance."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.calculation import run
from backprop_cli.choices import Method
from backprop_cli.circuit import Circuit
from backprop_cli.engine.point import Point, complete, numbers
from backprop_cli.engine.rules import Rules
from backprop_cli.grading.allowed import Allowed
from backprop_cli.grading.answer_reading import AnswerReading, CircuitOf, bound_names, read_answer, stage_names
from backprop_cli.grading.doubt import doubts
from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.formulas.equality import Formulas
from backprop_cli.grading.formulas.formula_verdict import FormulaVerdict
from backprop_cli.grading.levels import Accept
from backprop_cli.grading.mistakes import Mistakes
from backprop_cli.grading.names import Asked, Names
from backprop_cli.grading.opinion import Opinion
from backprop_cli.grading.tolerance import CERTAIN, Doubt, Tolerance
from backprop_cli.grading.truth import Fact, facts
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.settings import Settings

_Key = TypeVar("_Key", bound=Hashable)
_Made = TypeVar("_Made")
_REMEMBERED = 20_000
_SMALL = 100


@dataclass(frozen=True, slots=True)
class Ask:
    """One quantity that is asked for: its name as it was asked, what it is, and its part in the score."""

    name: str
    asked: Asked
    weight: Fraction = Fraction(1)


@dataclass(frozen=True)
class Question:
    """A prepared question. ``point`` is None where only formulas can be judged; ``facts`` has nothing then.

    ``warnings`` are about the question itself, for whoever asks it. ``elsewhere`` are the points at which the same is
    asked in other questions, whose answers are not to be told either, and ``functions`` is shared with those.
    ``circuit_of`` reads the formulas of answers, where they are not plain ones.

    A key may concede: ``accepted`` answers are right, too; of ``absent`` quantities it is right that there are none.
    ``sheets`` are other sheets, on which these answers were the right ones: ``only`` they are, in the question of one.
    """

    circuit: Circuit
    point: Point | None
    asks: tuple[Ask, ...]
    facts: Mapping[Asked, Fact]
    tolerance: Tolerance = field(default_factory=Tolerance)
    accept: Accept = "any"
    warnings: tuple[Diagnostic, ...] = ()
    elsewhere: Sequence[Mapping[str, float]] = ()
    functions: dict[Asked, Formulas] = field(default_factory=dict)
    circuit_of: CircuitOf | None = None
    accepted: Mapping[Asked, tuple[Allowed, ...]] = field(default_factory=dict)
    absent: frozenset[Asked] = frozenset()
    sheets: tuple[Mapping[Asked, Allowed], ...] = ()
    only: Mapping[Asked, Allowed] = field(default_factory=dict)
    _verdicts: dict[tuple[Asked, str], FormulaVerdict] = field(default_factory=dict)
    _readings: dict[str, AnswerReading] = field(default_factory=dict)
    _opinions: dict[tuple[str, Answer], Opinion] = field(default_factory=dict, init=False)
    _meant: dict[str, Asked | None] = field(default_factory=dict)
    _more: dict[Asked, Fact] = field(default_factory=dict)

    @cached_property
    def names(self) -> Names:
        """What the quantities are called."""
        return Names(self.circuit)

    def meant(self, name: str) -> Asked | None:
        """The quantity that a student's name means."""
        return _remembered(self._meant, name, lambda: self.names.read(name))

    def reading(self, text: str) -> AnswerReading:
        """An answer's text, read: a class writes the same numbers again and again."""
        return _remembered(self._readings, text, lambda: read_answer(text, self._bound, self.circuit_of, self._stages))

    def opinion(self, ask: Ask, answer: Answer) -> Opinion | None:
        """The opinion on an answer that is a number, if it was kept: nothing else that a student writes enters it."""
        return self._opinions.get((ask.name, answer))

    def keep(self, ask: Ask, answer: Answer, opinion: Opinion) -> None:
        """Keep the opinion on a number for others who write the same."""
        _remembered(self._opinions, (ask.name, answer), lambda: opinion)

    def fact(self, asked: Asked) -> Fact | None:
        """The fact for a quantity, asked for or not; None where only formulas can be judged."""
        if asked not in self.facts and self.point is not None:
            point, exact = self.point, self.tolerance.exact
            return _remembered(self._more, asked, lambda: facts(self.circuit, point, [asked], exact=exact)[asked])
        return self.facts.get(asked)

    def doubt(self, asked: Asked) -> Doubt:
        """What rounding leaves open in a fact; found for all when the first number is judged."""
        return self._doubts.get(asked, CERTAIN)

    @cached_property
    def _doubts(self) -> Mapping[Asked, Doubt]:
        there = [asked for asked, fact in self.facts.items() if fact.value is not None]
        return {} if self.here is None else doubts(self.circuit, self.here, there)

    @cached_property
    def _stages(self) -> frozenset[str]:
        return stage_names(self.circuit)

    @cached_property
    def _bound(self) -> frozenset[str]:
        return bound_names(self.circuit)

    @cached_property
    def here(self) -> Mapping[str, float] | None:
        """The point as doubles."""
        return None if self.point is None else numbers(self.circuit, self.point, Rules(Float64()))

    def formulas(self, asked: Asked) -> Formulas:
        """The quantity as a function, to hold a formula against."""
        if asked not in self.functions:
            self.functions[asked] = Formulas(
                self.circuit, asked, self.here, self.elsewhere, component=self.circuit_of is not None
            )
        return self.functions[asked]

    def judged(self, asked: Asked, formula: Circuit, until: float) -> FormulaVerdict:
        """The verdict on a formula at this question's point, by its tolerance. For ``until`` see ``Formulas``."""
        return self.formulas(asked).judge(formula, until, self.tolerance, self.here)

    def verdict(self, asked: Asked, formula: Circuit, until: float) -> FormulaVerdict:
        """The verdict on a formula, remembered: a class hands in few different ones. For ``until`` see ``Formulas``."""
        key = asked, formula.source.text
        verdict = _remembered(self._verdicts, key, lambda: self.judged(asked, formula, until))
        if verdict.late:  # one slow moment is not to decide for the whole class
            del self._verdicts[key]
        return verdict

    def warm(self, answers: Sequence[Answer]) -> None:
        """Make what these answers need and others will need again, so that none of them pays for it."""
        _ = self.mistakes
        for answer in answers:
            asked = None if self.is_number(answer.text) else self.meant(answer.name)
            if asked is not None:
                self.formulas(asked).warm()

    def formulas_among(self, answers: Sequence[Answer]) -> int:
        """How many of the answers are to be judged as functions."""
        return sum(not self.is_number(answer.text) for answer in answers)

    def is_quick(self, answers: Sequence[Answer]) -> bool:
        """Whether these answers are numbers of a small circuit, which take no time worth a watch."""
        return len(self.circuit.nodes) <= _SMALL and self.are_numbers(answers)

    def are_numbers(self, answers: Sequence[Answer]) -> bool:
        """Whether no answer is to be judged as a function."""
        return all(self.is_number(answer.text) for answer in answers)

    def is_number(self, text: str) -> bool:
        """Whether an answer is not to be judged as a function."""
        known = self._readings.get(text)
        return self.accept != "formula" and not (known or self.reading(text)).names_any

    @cached_property
    def others(self) -> tuple[Question, ...]:
        """The same question on each of the other sheets."""
        return tuple(replace(self, sheets=(), only=sheet) for sheet in self.sheets)

    @cached_property
    def mistakes(self) -> Mistakes | None:
        """The vectors that known mistakes give; None where the circuit has no value or a gradient does not exist."""
        if self.point is None:
            return None
        try:
            return Mistakes(*run(self.circuit, self.point, Settings(check="none")).trace)
        except Refused:
            return None


def _remembered(known: dict[_Key, _Made], key: _Key, make: Callable[[], _Made]) -> _Made:
    """What was made for a key before, or is made now; all is forgotten when there is too much of it."""
    if key not in known:
        if len(known) >= _REMEMBERED:
            known.clear()
        known[key] = make()
    return known[key]


def prepare(
    circuit: Circuit,
    point: Point | None,
    asks: Sequence[Ask],
    tolerance: Tolerance,
    accept: Accept = "any",
    method: Method = "forward",
    elsewhere: Sequence[Mapping[str, float]] = (),
    functions: dict[Asked, Formulas] | None = None,
) -> Question:
    """A question with its facts. Raises ``Refused`` if the point lacks a value, or the facts cannot be told."""
    warnings = complete(circuit, point) if point is not None else ()
    quantities = [ask.asked for ask in asks]
    found = facts(circuit, point, quantities, exact=tolerance.exact, method=method) if point is not None else {}
    shared = {} if functions is None else functions
    return Question(circuit, point, tuple(asks), found, tolerance, accept, warnings, elsewhere, shared)


def asks_of(
    circuit: Circuit, wanted: Sequence[str] | None, weights: Mapping[str, Fraction] | None = None
) -> tuple[Ask, ...]:
    """What is asked for: the names that are wanted, or the gradient of every variable; ``weights`` by any of its names.

    Raises ``Refused`` for a name that means nothing, for two names of one quantity and for a weight of nothing asked.
    """
    names = Names(circuit)
    if wanted is None:
        wanted = [f"d{name}" for name in circuit.inputs]
    problems: list[Diagnostic] = []
    meant = _meant(names, wanted, problems)
    heavy = _meant(names, list(weights or {}), problems)
    problems += [
        Diagnostic("ask.weight", f"{name} has a weight and is not asked for")
        for asked, name in heavy.items()
        if asked not in meant
    ]
    if problems:
        raise Refused(*problems)
    return tuple(
        Ask(name, asked, (weights or {}).get(heavy.get(asked, ""), Fraction(1))) for asked, name in meant.items()
    )


def _meant(names: Names, wanted: Sequence[str], problems: list[Diagnostic]) -> dict[Asked, str]:
    """The quantities that names mean, with the names; what is wrong with them is added to the problems."""
    found: dict[Asked, str] = {}
    for name in wanted:
        asked = names.read(name)
        if asked is None:
            problems.append(unknown(names, name))
        elif asked in found:
            problems.append(Diagnostic("ask.twice", f"{name} and {found[asked]} are the same quantity"))
        else:
            found[asked] = name
    return found


def unknown(names: Names, name: str) -> Diagnostic:
    """A name that means no quantity of the circuit."""
    near = names.near(name)
    hint = f"did you mean {near}?" if near else "dx is the gradient of x, q the value of the stage q"
    return Diagnostic("ask.name", f"{name} is no quantity of this expression", hint)
