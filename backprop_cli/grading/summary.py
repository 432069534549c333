"""How a class did, in constant memory: every submission is added once and forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from backprop_cli.grading.records import ClassSummary, ProblemResult, ProblemSummary, SubmissionResult, Tally


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
