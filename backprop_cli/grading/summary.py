"""How a class did, in constant memory: every submission is added once and forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from backprop_cli.grading.items import Item
from backprop_cli.grading.records import (
    PERCENT_BARS,
    AnswerWord,
    ClassSummary,
    ProblemResult,
    ProblemSummary,
    SubmissionResult,
    Tally,
)

_WRONG: frozenset[AnswerWord] = frozenset({"wrong", "close", "undefined"})


def empty(title: str, problems: Sequence[ProblemSummary]) -> ClassSummary:
    """A summary before the first submission."""
    points = sum((problem.points for problem in problems), Fraction(0))
    return ClassSummary(title, points, {problem.id: problem for problem in problems})


def add(summary: ClassSummary, result: SubmissionResult, tallies: Sequence[Tally]) -> None:
    """Count one submission, with a tally for each of its problems; one that could not be read scores 0."""
    summary.submissions += 1
    summary.scores += result.score
    summary.lowest = result.score if summary.lowest is None else min(summary.lowest, result.score)
    summary.highest = result.score if summary.highest is None else max(summary.highest, result.score)
    summary.all_right += result.ok
    summary.invalid += result.invalid is not None
    summary.percents[min(int(result.percent * PERCENT_BARS / 100), PERCENT_BARS - 1)] += 1
    if result.invalid is None:
        _add_items(summary.items, result.problems, tallies)
    for problem, tally in zip(result.problems, tallies, strict=True):
        _add_problem(summary.problems[problem.id], problem, tally)


def _add_problem(summary: ProblemSummary, problem: ProblemResult, tally: Tally) -> None:
    summary.submissions += 1
    summary.scores += problem.score
    summary.all_right += problem.right == problem.asked
    for name, word in tally.words:
        summary.words[word] = summary.words.get(word, 0) + 1
        words = summary.answers.setdefault(name, {})
        words[word] = words.get(word, 0) + 1
    for code in tally.mistakes:
        summary.mistakes[code] = summary.mistakes.get(code, 0) + 1


def _add_items(items: dict[tuple[str, str], Item], problems: Sequence[ProblemResult], tallies: Sequence[Tally]) -> None:
    """Count the answers of one submission that could be read."""
    total = sum(one.points for tally in tallies for one in tally.earned)
    for problem, tally in zip(problems, tallies, strict=True):
        mistake = tally.mistakes[0] if tally.mistakes else ""
        for one in tally.earned:
            item = items.get((problem.id, one.name))
            if item is None:
                item = items[problem.id, one.name] = Item(problem.id, one.name)
            item.add(one.part, total - one.points)
            item.answered += one.word != "missing"
            item.right += one.word == "ok"
            if one.typed and one.word in _WRONG:
                item.note(one.typed, mistake if one.explicable else "")
