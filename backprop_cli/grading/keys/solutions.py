"""The key's own answers, for whoever wrote it: numbers at the point, formulas where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from backprop_cli.check import symbolic_reference
from backprop_cli.grading.arrays.answer_grid import nested
from backprop_cli.grading.marking import Marker, ProblemPart
from backprop_cli.grading.names import Asked
from backprop_cli.grading.number_answers import expected
from backprop_cli.grading.question import Ask, Question
from backprop_cli.grading.truth import Fact

if TYPE_CHECKING:
    from backprop_cli.grading.arrays.array_question import ArrayAsk


@dataclass(frozen=True, slots=True)
class Solution:
    """One quantity that a key asks for: its problem, its name, its share of the points, and the right answer.

    ``note`` says what a teacher should know: a kink, no gradient.
    """

    problem: str
    name: str
    points: Fraction
    answer: str
    note: str = ""


def solutions(marker: Marker) -> Iterator[Solution]:
    """Every answer of a key, in its order."""
    for part in marker.parts:
        weights = sum((ask.weight for ask in part.question.asks), Fraction(0))
        for ask in part.question.asks:
            share = part.scoring.points * ask.weight / weights if weights else Fraction(0)
            text, note = answer(part, ask)
            conceded = _conceded(part, ask)
            yield Solution(part.id, ask.name, share, text, "; ".join(one for one in (note, conceded) if one))


@dataclass(frozen=True, slots=True)
class Varied:
    """What varies in a part: the choices in words, and the numbers of the example whose answers are shown."""

    problem: str
    choices: str
    example: str


def varied(marker: Marker) -> tuple[Varied, ...]:
    """The parts in which each student has numbers of their own."""
    return tuple(
        Varied(part.id, part.variants.lots.said, ", ".join(f"{name} = {value}" for name, value in part.numbers))
        for part in marker.parts
        if part.variants is not None
    )


def answer(part: ProblemPart, ask: Ask | ArrayAsk) -> tuple[str, str]:
    """The right answer to what a part asks for, and what should be known of it."""
    if not isinstance(ask, Ask):
        answers = [_of_fact(part.question.facts[cell.asked]) for cell in ask.cells]
        return nested(ask.shape, [answer for answer, _ in answers]), next((note for _, note in answers if note), "")
    fact = part.question.facts.get(ask.asked)
    if isinstance(part.question, Question) and ask.asked in part.question.absent:
        return "no value", ""
    if fact is None:
        assert isinstance(part.question, Question)
        formula = _formula(part.question, ask.asked)
        return formula, "" if formula else "its formula is too large to show"
    return _of_fact(fact)


def _conceded(part: ProblemPart, ask: Ask | ArrayAsk) -> str:
    """What the key concedes of a question."""
    if part.scoring.everyone or ask.name in part.scoring.spoiled:
        return "everyone gets its points"
    question = part.question
    if not isinstance(question, Question) or not isinstance(ask, Ask):
        return ""
    others = [f"{len(question.accepted[ask.asked])} more accepted"] if ask.asked in question.accepted else []
    sheets = sum(1 for sheet in question.sheets if ask.asked in sheet)
    return "; ".join([*others, *([f"other on {sheets} more sheet{'' if sheets == 1 else 's'}"] if sheets else [])])


def _of_fact(fact: Fact) -> tuple[str, str]:
    if fact.problem is not None:
        return "none", f"no answer is right: {fact.problem.message}"
    return expected(fact), "a kink: any slope between is right" if fact.slopes is not None else ""


def _formula(question: Question, asked: Asked) -> str:
    """The derivative by SymPy; for a value, and where SymPy gives up, nothing."""
    circuit = replace(question.circuit, output=asked.of)
    names = [name for name, node in circuit.inputs.items() if node == asked.by]
    if not names or symbolic_reference.too_large(circuit, names):
        return ""
    try:
        return symbolic_reference.shown(circuit, symbolic_reference.derive(circuit, names))[names[0]]
    except symbolic_reference.NotThisWayError:
        return ""
