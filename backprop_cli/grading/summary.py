"""How a class did, in constant memory: every submission is added once and forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from backprop_cli.grading.items import Item
from backprop_cli.grading.records import (
    PERCENT_BARS,
    ClassSummary,
    Judged,
    ProblemResult,
    ProblemSummary,
    SubmissionResult,
    Tally,
    Word,
)

_WRONG: frozenset[Word] = frozenset({"wrong", "close", "undefined"})


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
    found = [(problem, tally, list(_earned(problem))) for problem, tally in zip(problems, tallies, strict=True)]
    total = sum(points for _, _, earned in found for _, _, points in earned)
    for problem, tally, earned in found:
        words = dict(tally.words)
        mistake = tally.mistakes[0] if tally.mistakes else ""
        for one, part, points in earned:
            item = items.get((problem.id, one.name))
            if item is None:
                item = items[problem.id, one.name] = Item(problem.id, one.name)
            item.add(part, total - points)
            word = words.get(one.name, one.word)
            item.answered += word != "missing"
            item.right += word == "ok"
            if word in _WRONG and one.typed:
                item.note(one.typed, mistake if one.name in tally.explained else "")


def _earned(problem: ProblemResult) -> Iterator[tuple[Judged, float, float]]:
    """Each asked answer, the part of it that was earned, and how many of the problem's points that is."""
    counted = [one for one in problem.judged if one.counted]
    weights = [_double(one.weight) for one in counted]
    share = _double(problem.points) / sum(weights) if weights else 0.0
    for one, weight in zip(counted, weights, strict=True):
        part = _double(one.credit)
        yield one, part, share * weight * part


def _double(value: Fraction) -> float:
    return value.numerator / value.denominator
