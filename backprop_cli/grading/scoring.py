"""Opinions → a problem's result: credit as the key has it, the score as an exact fraction, and what may be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from backprop_cli.grading.asking import judged as judged_by
from backprop_cli.grading.crediting import Crediting
from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.opinion import Opinion, Said
from backprop_cli.grading.records import Earned, ProblemResult, Tally
from backprop_cli.grading.telling import remarks, told

if TYPE_CHECKING:
    from backprop_cli.grading.asking import AnyQuestion

_ALL, _NOTHING = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Scoring:
    """How a problem is scored and shown: of what is ``spoiled``, or of all, ``everyone`` gets the points."""

    points: Fraction
    crediting: Crediting = field(default_factory=Crediting)
    everyone: bool = False
    spoiled: frozenset[str] = frozenset()


def result(
    id_: str, title: str, question: AnyQuestion, scoring: Scoring, answers: Sequence[Answer]
) -> tuple[ProblemResult, Tally]:
    """The result of one problem of one submission, and what the class summary counts of it."""
    opinions, hints = judged_by(question, answers)
    if scoring.everyone or scoring.spoiled:
        opinions = tuple(_spared(one, scoring) for one in opinions)
        hints = () if all(one.word == "ok" for one in opinions if one.weight) else hints
    credits_ = [_credit(opinion, scoring) for opinion in opinions]
    feedback, hidden = scoring.crediting.feedback, scoring.crediting.hidden
    judged = tuple(told(one, feedback, credit) for one, credit in zip(opinions, credits_, strict=True))
    counted = [one for one in opinions if one.weight]
    right = sum(1 for one in counted if one.word == "ok")
    score = _score(opinions, credits_, scoring)
    hinted = remarks(hints, feedback)
    tally = Tally(_earned(opinions, credits_, scoring.points), tuple(dict.fromkeys(hint.code for hint in hints)))
    return ProblemResult(id_, title, judged, score, scoring.points, right, len(counted), hinted, hidden), tally


def _earned(opinions: Sequence[Opinion], credits_: Sequence[Fraction], points: Fraction) -> tuple[Earned, ...]:
    """What each asked answer earned, in doubles: sums over a class need no more."""
    counted = [(one, credit) for one, credit in zip(opinions, credits_, strict=True) if one.weight]
    weights = [_double(one.weight) for one, _ in counted]
    share = _double(points) / sum(weights) if weights else 0.0
    return tuple(
        Earned(one.name, one.word, one.typed or "", _double(credit), share * weight * _double(credit), _explicable(one))
        for (one, credit), weight in zip(counted, weights, strict=True)
    )


def _explicable(one: Opinion) -> bool:
    return bool(one.parts) or (one.entry is not None and not one.entry.is_value)


def _double(value: Fraction) -> float:
    return value.numerator / value.denominator


def _spared(opinion: Opinion, scoring: Scoring) -> Opinion:
    """The opinion on a question of which everyone gets the points, whatever was answered."""
    if not opinion.weight or not (scoring.everyone or opinion.name in scoring.spoiled):
        return opinion
    said = Said("answer.everyone", "everyone gets the points of this question", least="verdict")
    return replace(opinion, word="ok", said=(said,), settled=True, parts=())


def _credit(opinion: Opinion, scoring: Scoring) -> Fraction:
    if opinion.parts:
        return sum((_credit(part, scoring) for part in opinion.parts), Fraction(0)) / len(opinion.parts)
    if opinion.word == "ok":
        return _ALL if opinion.settled else scoring.crediting.unsettled
    earned = scoring.crediting.close if opinion.word == "close" else _NOTHING
    return max(earned, scoring.crediting.follow_through) if opinion.followed else earned


def _score(opinions: Sequence[Opinion], credits_: Sequence[Fraction], scoring: Scoring) -> Fraction:
    """Σ weight·credit / Σ weight of the points."""
    whole = sum_of(one.weight for one in opinions)
    if not whole:
        return scoring.points
    # Where a credit is 0 or 1, as most are, nothing is multiplied: fractions are slow.
    earned = sum_of(
        one.weight if credit is _ALL else one.weight * credit
        for one, credit in zip(opinions, credits_, strict=True)
        if credit is not _NOTHING and one.weight
    )
    if not scoring.crediting.partial and earned != whole:
        return Fraction(0)
    return scoring.points if earned == whole else scoring.points * earned / whole


def sum_of(values: Iterable[Fraction]) -> Fraction:
    """Their sum; whole numbers, as most are, are added as such."""
    found = list(values)
    if all(value.denominator == 1 for value in found):
        return Fraction(sum(value.numerator for value in found))
    return sum(found, Fraction(0))
