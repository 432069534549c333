"""Questions about numbers and about arrays: what marking, scoring and the survey ask of either."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backprop_cli.grading.answer_judging import judge, unreadable
from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.opinion import Opinion, Said
from backprop_cli.grading.question import Question
from backprop_cli.problems import Diagnostic

if TYPE_CHECKING:
    from backprop_cli.grading.arrays.array_question import ArrayQuestion

    AnyQuestion = Question | ArrayQuestion


def judged(question: AnyQuestion, answers: Sequence[Answer]) -> tuple[tuple[Opinion, ...], tuple[Said, ...]]:
    """An opinion for everything asked, in the order asked, then for what nobody asked; and the mistakes named."""
    if isinstance(question, Question):
        return judge(question, answers)
    from backprop_cli.grading.arrays.array_judging import judge_arrays

    return judge_arrays(question, answers)


def why_unreadable(question: AnyQuestion, answer: Answer) -> Diagnostic | None:
    """Why an answer says nothing, as far as that is known without judging it."""
    if isinstance(question, Question):
        return unreadable(question, answer)
    from backprop_cli.grading.arrays.array_judging import unreadable_array

    return unreadable_array(question, answer)
