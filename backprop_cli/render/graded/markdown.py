"""Markdown tables as GitHub renders them: the answers of one submission, or a class and how it did."""

from __future__ import annotations

from backprop_cli.grading.records import ClassSummary, Heading, Judged, ProblemResult, SubmissionResult
from backprop_cli.render.graded.words import (
    MARKS,
    NAME,
    commonest,
    decimal,
    facts,
    percent,
    place,
    rel_error,
    right,
    said,
    score,
    shown,
    verdict,
)
from backprop_cli.render.markdown import code, escape, row

_RIGHT = ("your answer", "rel. error", "score", "percent", "right", "close", "wrong", "missing", "invalid", "times")


class MarkdownReport:
    """Strangers' text stands in code, where neither markup nor a mention acts."""

    def __init__(self) -> None:
        self._check = False
        self._ids: tuple[str, ...] = ()

    def head(self, heading: Heading) -> str:
        """The title, and the head of the table."""
        self._check = heading.command == "check"
        self._ids = tuple(name for name, _, _ in heading.problems)
        title = f"## {_prose(shown(heading.title, 200))}\n\n" if heading.title else ""
        if self._check:
            return title
        return title + _head("", "student", "score", "percent", *self._ids, "notes")

    def add(self, result: SubmissionResult) -> str:
        """A row of the class, or the table of the one submission."""
        return _checked(result) if self._check else self._student(result)

    def tail(self, summary: ClassSummary) -> str:
        """How the class did."""
        return "" if self._check else _summary(summary)

    def _student(self, result: SubmissionResult) -> str:
        scores = {problem.id: _part(problem) for problem in result.problems}
        mark = "!" if result.invalid is not None else "✓" if result.ok and not result.secret else ""
        return _line(
            mark,
            code(shown(result.student, NAME)),
            score(result.score, result.points),
            percent(result.percent),
            *(scores.get(name, "") for name in self._ids),
            _notes(result),
        )


def _notes(result: SubmissionResult) -> str:
    """Why a submission could not be read, and warnings."""
    notes = [_prose(said(warning)) for warning in result.warnings]
    if result.invalid is not None:
        source, line = place(result)
        where = code(f"{source}:{line}" if line is not None else source)
        notes.insert(0, f"invalid: {_prose(said(result.invalid))} {where}")
    return "; ".join(notes)


def _checked(result: SubmissionResult) -> str:
    if result.invalid is not None:
        return f"! invalid: {_prose(said(result.invalid))}\n"
    answers = [one for problem in result.problems for one in problem.judged]
    full = any(one.expected is not None for one in answers)
    titles = ("name", "your answer", "verdict", "rel. error", *(("expected",) if full else ()))
    text = _head(*titles) + "".join(_answer(one, full) for one in answers)
    notes = [f"{code(shown(one.name, NAME))}: {_prose(said(remark))}" for one in answers for remark in one.remarks]
    notes += [_prose(said(hint)) for problem in result.problems for hint in problem.hints]
    notes += [_prose(said(warning)) for warning in result.warnings]
    listed = "\n" + "".join(f"- {note}\n" for note in notes) if notes else ""
    return f"{text}{listed}\n**{right(result.problems)}**\n"


def _answer(one: Judged, full: bool) -> str:
    cells = [code(shown(one.name, NAME)), code(shown(one.typed)), verdict(one, MARKS), rel_error(one)]
    return _line(*cells, *([code(shown(one.expected))] if full else []))


def _prose(text: str) -> str:
    """A sentence that may quote a stranger: no markup, no entity, and no mention that would call somebody."""
    return escape(text).replace("&", "\\&").replace("~", "\\~").replace("@", "`@`")


def _part(problem: ProblemResult) -> str:
    mark = " ✓" if problem.score == problem.points else " ✗" if not problem.score else ""
    return decimal(problem.score, 2) + (" ·" if problem.secret else mark)


def _summary(summary: ClassSummary) -> str:
    text = f"\n### The class\n\n{', '.join(facts(summary))}.\n"
    rows = [
        _line(
            code(problem.id),
            code(shown(name, NAME)),
            *(str(words.get(word, 0)) for word in ("ok", "close", "wrong", "missing", "invalid")),
        )
        for problem in summary.problems.values()
        for name, words in problem.answers.items()
    ]
    if rows:
        titles = ("problem", "question", "right", "close", "wrong", "missing", "invalid")
        text += "\n" + _head(*titles) + "".join(rows)
    mistakes = [
        _line(code(problem.id), code(name), str(count))
        for problem in summary.problems.values()
        for name, count in commonest(problem)[:3]
    ]
    if mistakes:
        text += "\n### The commonest mistakes\n\n" + _head("problem", "mistake", "times") + "".join(mistakes)
    return text


def _head(*titles: str) -> str:
    aligned = ["---:" if title in _RIGHT else "---" for title in titles]
    return _line(*(_prose(shown(title, NAME)) for title in titles)) + _line(*aligned)


def _line(*cells: str) -> str:
    return row(*cells) + "\n"
