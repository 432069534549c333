"""Gradescope's ``results.json`` for one submission, by its autograder specification.

A test an asked answer, with its share of its problem's points. The score at the top is exact and overrides the total of
the tests, which are rounded. Every output is ``text``: ``html`` and ``md`` would be rendered.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from backprop_cli.grading.records import ClassSummary, Heading, Judged, ProblemResult, SubmissionResult
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.render.graded.json import number, written
from backprop_cli.render.graded.words import NAME, right, said, shown, summed_up, unasked


class GradescopeResults:
    """One object for one submission."""

    def __init__(self) -> None:
        self._text = ""

    def head(self, heading: Heading) -> str:
        """Nothing."""
        return ""

    def add(self, result: SubmissionResult) -> str:
        """Nothing yet: half an object is none. Raises ``Refused`` at a second submission."""
        if self._text:
            message = "a Gradescope report holds one submission, and here is a second one"
            hint = "grade one submission for each results.json, as Gradescope does"
            raise Refused(Diagnostic("usage.report", message, hint))
        self._text = self._of(result)
        return ""

    def _of(self, result: SubmissionResult) -> str:
        if result.invalid is not None:
            return _object(Fraction(0), said(result.invalid), [_unreadable(result, result.invalid)])
        tests = [
            _test(problem, one, share, f"{position}.{place}", told=place == first)
            for position, problem in enumerate(result.problems, 1)
            for first in (_first_wrong(problem),)
            for place, (one, share) in enumerate(_shares(problem), 1)
        ]
        return _object(None if result.withheld else result.score, _output(result), tests)

    def tail(self, summary: ClassSummary) -> str:
        """The object; Gradescope needs one also where there was no submission at all."""
        return self._text or _object(Fraction(0), "there was no submission to grade", [])


def _object(score: Fraction | None, output: str, tests: list[dict[str, Any]]) -> str:
    members = {
        **({} if score is None else {"score": number(score)}),
        "output": output,
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    return written(members) + "\n"


def _output(result: SubmissionResult) -> str:
    """What the student reads above the tests; nothing of hidden problems."""
    seen = [problem for problem in result.problems if not problem.hidden]
    lines = [
        f"{right(seen)}." if seen else "The submission was received.",
        *(said(warning) for warning in result.warnings),
    ]
    lines += [f"{problem.id} {shown(one.name, NAME)}: {one.word}" for problem, one in unasked(seen)]
    return "\n".join(lines)


def _unreadable(result: SubmissionResult, problem: Diagnostic) -> dict[str, Any]:
    return {
        "name": "The submission can be read",
        "name_format": "text",
        "number": "1",
        "status": "failed",
        "score": 0,
        "max_score": number(result.points),
        "output": said(problem),
        "output_format": "text",
        "visibility": "visible",
        "tags": [],
        "extra_data": {"code": problem.code, "verdict": "invalid"},
    }


def _shares(problem: ProblemResult) -> list[tuple[Judged, tuple[Fraction, Fraction]]]:
    """The asked answers, each with its part of the problem's score and of its points.

    The score is split as the credit was earned, so that the parts add up to it by whatever rule it was given.
    """
    found = [one for one in problem.judged if one.counted]
    weights = [one.weight for one in found]
    if not sum(weights):
        weights = [Fraction(1)] * len(found)
    earned = [one.credit * weight for one, weight in zip(found, weights, strict=True)]
    if not sum(earned):
        earned = weights
    whole, total = sum(weights, Fraction(0)), sum(earned, Fraction(0))
    return [
        (one, (problem.score * part / total, problem.points * weight / whole))
        for one, part, weight in zip(found, earned, weights, strict=True)
    ]


def _called(problem: ProblemResult) -> str:
    """The title with the id, since a problem at several points has one title."""
    return f"{shown(problem.title, NAME)} ({problem.id})" if problem.title else problem.id


def _first_wrong(problem: ProblemResult) -> int:
    """Which test tells the hints about the whole problem: the first with a wrong answer, or one that is not right."""
    words = [one.word for one in problem.judged if one.counted]
    places = {word: place for place, word in reversed([*enumerate(words, 1)]) if word != "ok"}
    return places.get("wrong") or places.get("close") or min(places.values(), default=1)


def _test(
    problem: ProblemResult, one: Judged, share: tuple[Fraction, Fraction], place: str, *, told: bool
) -> dict[str, Any]:
    said_here = [*one.remarks, *(problem.hints if told else ())]
    codes = [remark.code for remark in (*one.remarks, *(() if one.word in ("ok", "missing") else problem.hints))]
    found: dict[str, Any] = {
        "name": f"{_called(problem)}: {shown(one.name, NAME)}",
        "name_format": "text",
        "number": place,
    }
    if one.word != "received":  # a feedback without verdicts shows no score of a single answer
        passed = one.word == "ok" or one.credit == 1
        found |= {"status": "passed" if passed else "failed", "score": number(share[0]), "max_score": number(share[1])}
    return found | {
        "output": "\n".join([summed_up(one), *(said(remark) for remark in said_here)]),
        "output_format": "text",
        "visibility": "hidden" if problem.hidden else "visible",
        "tags": [],
        "extra_data": {
            "code": codes[0] if codes else one.word,
            "codes": codes,
            "verdict": one.word,
            "problem": problem.id,
            "answer": one.name,
        },
    }
