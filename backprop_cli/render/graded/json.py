"""JSON: one object for all (written as it comes), or an object a line. RFC 8259: never NaN, no character that hides."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from backprop_cli.grading.items import Item
from backprop_cli.grading.records import (
    WORDS,
    AnswerWord,
    Change,
    ClassSummary,
    Heading,
    Judged,
    ProblemResult,
    ProblemSummary,
    Remark,
    SubmissionResult,
)
from backprop_cli.problems import Diagnostic
from backprop_cli.render.graded.words import commonest, decimal
from backprop_cli.render.json import finite


class JsonLinesReport:
    """An object a submission, each on a line of its own; ``check`` has one."""

    def __init__(self) -> None:
        self._check = False

    def head(self, heading: Heading) -> str:
        """Nothing: every line stands for itself."""
        self._check = heading.command == "check"
        return ""

    def add(self, result: SubmissionResult) -> str:
        """The line of a submission."""
        schema = {"schema": "backprop.submission/1"}
        return written(_checked(result) if self._check else schema | _submission(result)) + "\n"

    def tail(self, summary: ClassSummary) -> str:
        """Nothing."""
        return ""


class JsonObjectReport:
    """One object on one line: what was checked, or all submissions and the summary of the class."""

    def __init__(self) -> None:
        self._check = False
        self._first = True

    def head(self, heading: Heading) -> str:
        """The members that are known beforehand, and the beginning of the list."""
        self._check = heading.command == "check"
        if self._check:
            return ""
        problems = [
            {"id": name, "title": title} | _points("points", points) for name, title, points in heading.problems
        ]
        members = {"schema": "backprop.grade/1", "title": heading.title, **_points("points", heading.points)}
        text = written(members | {"feedback": heading.feedback, "problems": problems})
        return text[:-1] + ', "submissions": ['

    def add(self, result: SubmissionResult) -> str:
        """An item of the list."""
        if self._check:
            return written(_checked(result)) + "\n"
        comma = "" if self._first else ", "
        self._first = False
        return comma + written(_submission(result))

    def tail(self, summary: ClassSummary) -> str:
        """The end of the list, and the summary."""
        return "" if self._check else f'], "summary": {written(_summary(summary))}}}\n'


def written(members: dict[str, Any]) -> str:
    """An object as text: invisible characters escaped, half a surrogate pair, which is no character, replaced."""
    text = json.dumps(members, ensure_ascii=False, allow_nan=False)
    return text if text.isprintable() else "".join(c if c.isprintable() else _escaped(c) for c in text)


def number(value: Fraction) -> int | float:
    """A score as a JSON number, rounded to six decimals."""
    text = decimal(value)
    return float(text) if "." in text else int(text)


def _escaped(character: str) -> str:
    return "\\ufffd" if "\ud800" <= character <= "\udfff" else json.dumps(character)[1:-1]


def _points(name: str, value: Fraction | None) -> dict[str, Any]:
    if value is None:
        return {name: None, f"{name}_exact": None}
    return {name: number(value), f"{name}_exact": str(value)}


def _checked(result: SubmissionResult) -> dict[str, Any]:
    """``check``: the answers stand at the top, since there is one problem."""
    return {
        "schema": "backprop.check/1",
        "ok": None if result.withheld else result.ok,
        **_points("score", None if result.withheld else result.score),
        **_points("points", result.points),
        "right": None if result.withheld else sum(problem.right for problem in result.problems),
        "asked": sum(problem.asked for problem in result.problems),
        "counts": _counts({word: sum(p.count(word) for p in result.problems) for word in WORDS}),
        "answers": [_answer(one, result) for problem in result.problems for one in problem.judged],
        "hints": [_remark(hint) for problem in result.problems for hint in problem.hints],
        "invalid": _problem(result.invalid) if result.invalid else None,
        "warnings": [_problem(warning) for warning in result.warnings],
    }


def _submission(result: SubmissionResult) -> dict[str, Any]:
    return {
        "student": result.student,
        "source": result.source,
        "line": result.line,
        "ok": None if result.withheld else result.ok,
        **_points("score", None if result.withheld else result.score),
        **_points("points", result.points),
        "percent": None if result.withheld else number(result.percent),
        "invalid": _problem(result.invalid) if result.invalid else None,
        "warnings": [_problem(warning) for warning in result.warnings],
        "problems": [_problem_result(problem, result) for problem in result.problems],
    }


def _problem_result(problem: ProblemResult, result: SubmissionResult) -> dict[str, Any]:
    return {
        "id": problem.id,
        "title": problem.title,
        **_points("score", None if problem.withheld else problem.score),
        **_points("points", problem.points),
        "right": None if problem.withheld else problem.right,
        "asked": problem.asked,
        "hidden": problem.hidden,
        **({"at": dict(problem.at)} if problem.at else {}),
        "answers": [_answer(one, result) for one in problem.judged],
        "hints": [_remark(hint) for hint in problem.hints],
    }


def _answer(one: Judged, result: SubmissionResult) -> dict[str, Any]:
    judged = one.counted and one.word != "received"
    return {
        "name": one.name,
        "verdict": one.word,
        "ok": one.word == "ok" if judged else None,
        "answer": one.typed,
        "expected": one.expected,
        "rel_error": finite(one.rel_error),
        "kink": one.kink,
        "credit": number(one.credit) if judged else None,
        "line": result.line_of(one),
        "remarks": [_remark(remark) for remark in one.remarks],
        **({"components": [_component(part) for part in one.parts]} if one.parts else {}),
    }


def _component(one: Judged) -> dict[str, Any]:
    return {"name": one.name, "verdict": one.word, "answer": one.typed, "expected": one.expected}


def _remark(remark: Remark) -> dict[str, Any]:
    return {"code": remark.code, "message": remark.message}


def _problem(problem: Diagnostic) -> dict[str, Any]:
    line = column = None
    if problem.source is not None and problem.span is not None:
        line, column = problem.source.position(problem.span.start)
    return {
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint or None,
        "line": line,
        "column": column,
    }


def _counts(words: dict[AnswerWord, int]) -> dict[str, int]:
    return {word: words.get(word, 0) for word in WORDS}


def _summary(summary: ClassSummary) -> dict[str, Any]:
    mean = summary.mean_percent
    return {
        "submissions": summary.submissions,
        "invalid": summary.invalid,
        "all_right": None if summary.withheld else summary.all_right,
        "mean_percent": None if mean is None else number(mean),
        "lowest": None if summary.lowest is None else number(summary.lowest),
        "highest": None if summary.highest is None else number(summary.highest),
        "percents": None if summary.withheld else summary.percents,
        "problems": [_problem_summary(problem) for problem in summary.problems.values()],
        "items": [_item(item) for item in summary.items.values()],
        **({"compared": summary.compared, "changes": [*map(_change, summary.changes)]} if summary.compared else {}),
    }


def _item(item: Item) -> dict[str, Any]:
    wrong = [{"answer": one.typed, "count": one.count, "mistake": one.mistake or None} for one in item.commonest[:10]]
    return {
        "problem": item.problem,
        "name": item.name,
        "submissions": item.count,
        "answered": item.answered,
        "right": item.right,
        "mean": item.difficulty,
        "discrimination": item.discrimination,
        "wrong": wrong,
    }


def _change(change: Change) -> dict[str, Any]:
    before, after = (None if score is None else number(score) for score in (change.before, change.after))
    answers = [{"answer": name, "before": first, "now": second} for name, first, second in change.answers]
    return {"student": change.student, "before": before, "now": after, "answers": answers}


def _problem_summary(problem: ProblemSummary) -> dict[str, Any]:
    return {
        "id": problem.id,
        "title": problem.title,
        **_points("points", problem.points),
        "submissions": problem.submissions,
        "all_right": problem.all_right,
        "mean": number(problem.scores / problem.submissions) if problem.submissions else None,
        "counts": _counts(problem.words),
        "answers": [{"name": name, "counts": _counts(words)} for name, words in problem.answers.items()],
        "mistakes": [{"code": code, "count": count} for code, count in commonest(problem)],
    }
