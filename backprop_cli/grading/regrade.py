"""An earlier report beside this grading: whose score is another one now, and which answers are judged otherwise.

The earlier report is JSON as ``grade`` wrote it: ``backprop.grade/1``, or ``backprop.submission/1`` a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from backprop_cli import json_text
from backprop_cli.grading.records import Change, SubmissionResult, Tally
from backprop_cli.problems import UNREADABLE, Diagnostic, Refused

_SCORE = re.compile(r"-?\d{1,400}(/0*[1-9]\d{0,399})?", re.ASCII)
_MISSING = "nothing"
"""How the verdict on an answer is called that one of both gradings does not have."""


@dataclass(frozen=True, slots=True)
class Before:
    """One submission of the earlier report: its score, and the verdict on each answer by problem and name."""

    score: Fraction
    words: dict[tuple[str, str], str]


@dataclass
class Regrading:
    """The earlier submissions of each student, in their order, until one of this grading takes its place."""

    name: str
    earlier: dict[str, list[Before]] = field(default_factory=dict)

    def add(self, result: SubmissionResult, tallies: Sequence[Tally]) -> Change | None:
        """What changed for one submission; None if its score did not."""
        waiting = self.earlier.get(result.student)
        if not waiting:
            return Change(result.student, None, result.score)
        before = waiting.pop(0)
        if before.score == result.score:
            return None
        return Change(result.student, before.score, result.score, tuple(_changed(before.words, result, tallies)))

    def rest(self) -> Iterator[Change]:
        """The submissions that this grading has not."""
        for student, waiting in self.earlier.items():
            for before in waiting:
                yield Change(student, before.score, None)


def _changed(
    before: dict[tuple[str, str], str], result: SubmissionResult, tallies: Sequence[Tally]
) -> Iterator[tuple[str, str, str]]:
    now = {
        (problem.id, name): word
        for problem, tally in zip(result.problems, tallies, strict=False)
        for name, word in tally.words
    }
    for place in {**now, **before}:
        first, second = before.get(place, _MISSING), now.get(place, _MISSING)
        if first not in (second, "received"):
            yield " ".join(place), first, second


def read_earlier(text: str, name: str) -> Regrading:
    """The earlier report. Raises ``Refused`` for a text that is none."""
    found = Regrading(name)
    for one in _submissions(text, name):
        before = _before(one, name)
        found.earlier.setdefault(str(one["student"]), []).append(before)
    return found


def _submissions(text: str, name: str) -> list[dict[str, object]]:
    lines = [line for line in text.splitlines() if line.strip()]
    values = [_value(line, name) for line in lines] if lines[1:] else [_value(text, name)]
    whole = values[0] if len(values) == 1 else None
    if isinstance(whole, dict) and whole.get("schema") == "backprop.grade/1":
        values = whole["submissions"] if isinstance(whole.get("submissions"), list) else []
    elif not all(isinstance(one, dict) and one.get("schema") == "backprop.submission/1" for one in values):
        raise _no_report(name)
    found = [one for one in values if isinstance(one, dict) and type(one.get("student")) is str]
    if len(found) < len(values):
        raise _no_report(name)
    return found


def _value(text: str, name: str) -> object:
    try:
        return json_text.value_of(text)
    except json_text.BadJsonError:
        raise _no_report(name) from None


def _before(one: dict[str, object], name: str) -> Before:
    score = one.get("score_exact")
    if type(score) is not str or not _SCORE.fullmatch(score):
        raise _no_report(name)
    words: dict[tuple[str, str], str] = {}
    problems = one.get("problems")
    for problem in problems if isinstance(problems, list) else []:
        answers = problem.get("answers") if isinstance(problem, dict) and "id" in problem else None
        for answer in answers if isinstance(answers, list) else []:
            if isinstance(answer, dict) and (answer.get("credit") is not None or answer.get("verdict") == "received"):
                words[str(problem["id"]), str(answer.get("name"))] = str(answer.get("verdict"))
    return Before(Fraction(score), words)


def _no_report(name: str) -> Refused:
    message = f"{name} is no report of an earlier grading"
    hint = "backprop grade … --report json=FILE writes one"
    return Refused(Diagnostic("usage.compare", message, hint), exit_code=UNREADABLE)
