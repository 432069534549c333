"""What may be told of an opinion: the feedback level decides, and what it hides is not in the record at all.

``none``: only whether an answer was received and could be read. ``verdict``: right, close or wrong. ``hint``: also what
kind of mistake it may be, and no correct number. ``full``: everything. The relative error is for ``full`` alone: by
one digit of it a script finds the right number in a few tries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from backprop_cli.grading.levels import FEEDBACK, Feedback
from backprop_cli.grading.opinion import Opinion, Said
from backprop_cli.grading.records import AnswerWord, ClassSummary, Judged, Remark, SubmissionResult

_JUDGED: frozenset[AnswerWord] = frozenset({"ok", "close", "wrong", "undefined"})


def told(opinion: Opinion, feedback: Feedback, credit: Fraction) -> Judged:
    """The record of an opinion at a feedback level."""
    secret = feedback == "none" and opinion.word in _JUDGED
    full = feedback == "full"
    return Judged(
        opinion.name,
        "received" if secret else opinion.word,
        opinion.typed,
        opinion.expected if full else None,
        opinion.rel_error if full else None,
        opinion.kink and feedback != "none",
        remarks(() if secret else opinion.said, feedback),
        credit,
        opinion.weight,
        opinion.below,
        () if secret else tuple(told(part, feedback, credit) for part in opinion.parts),
    )


def remarks(said: Sequence[Said], feedback: Feedback) -> tuple[Remark, ...]:
    """The sentences that this level may see."""
    if not said:
        return ()
    level, full = FEEDBACK.index(feedback), feedback == "full"
    return tuple(
        Remark(one.code, (one.detail if full else "") or one.message)
        for one in said
        if FEEDBACK.index(one.least) <= level
    )


def withheld(result: SubmissionResult) -> SubmissionResult:
    """The result for standard output: of a problem whose feedback is ``none``, nothing that depends on being right."""
    if not result.secret:
        return result
    problems = tuple(
        replace(one, score=Fraction(0), right=0, hints=(), withheld=True, judged=tuple(map(_silent, one.judged)))
        if one.secret
        else one
        for one in result.problems
    )
    return replace(result, score=Fraction(0), problems=problems)


def _silent(one: Judged) -> Judged:
    return replace(one, credit=Fraction(0))


def of_a_withheld_class(summary: ClassSummary) -> ClassSummary:
    """How many there are, and nothing of how they did."""
    return ClassSummary(
        summary.title, summary.points, submissions=summary.submissions, invalid=summary.invalid, withheld=True
    )
