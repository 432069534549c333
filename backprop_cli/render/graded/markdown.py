"""Markdown tables as GitHub renders them: the answers of one submission, or a class and how it did."""

from __future__ import annotations

from dataclasses import replace

from backprop_cli.grading.records import ClassSummary, Heading, Judged, ProblemResult, SubmissionResult
from backprop_cli.render.graded.words import (
    MARKS,
    NAME,
    commonest,
    decimal,
    facts,
    figure,
    moved,
    own_numbers,
    place,
    rel_error,
    right,
    said,
    seen_score,
    share,
    shown,
    times,
    total,
    verdict,
)
from backprop_cli.render.markdown import code, escape, row

_RIGHT = frozenset(
    ("rel. error", "your answer", "score", "percent", "right", "close", "wrong", "missing", "invalid", "times")
) | {"mean", "discrimination", "before", "now", "by"}


class MarkdownReport:
    """Strangers' text stands in code, where neither markup nor a mention acts.

    ``items`` asks for the analysis of questions; without ``students`` it is the class alone, for a forum.
    """

    def __init__(self, *, items: bool = False, students: bool = True) -> None:
        self._check, self._items, self._students = False, items, students
        self._ids: tuple[str, ...] = ()

    def head(self, heading: Heading) -> str:
        """The title, and the head of the table."""
        self._check = heading.command == "check"
        self._ids = tuple(name for name, _, _ in heading.problems)
        title = f"## {_prose(shown(heading.title, 200))}\n\n" if heading.title else ""
        if self._check or not self._students:
            return title
        return title + _head("", "student", "score", "percent", *self._ids, "notes")

    def add(self, result: SubmissionResult) -> str:
        """A row of the class, or the table of the one submission."""
        if self._check:
            return _checked(result)
        return self._student(result) if self._students else ""

    def tail(self, summary: ClassSummary) -> str:
        """How the class did."""
        if self._check:
            return ""
        changes = _changes(summary) if self._students else ""
        return _summary(summary) + (_analysis(summary) if self._items else "") + changes

    def _student(self, result: SubmissionResult) -> str:
        scores = {problem.id: _part(problem) for problem in result.problems}
        mark = "!" if result.invalid is not None else "✓" if result.ok and not result.secret else ""
        return _line(
            mark,
            code(shown(result.student, NAME)),
            *total(result),
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


def _checked(result: SubmissionResult, tail: str | None = None) -> str:
    if result.invalid is not None:
        return f"! invalid: {_prose(said(result.invalid))}\n"
    answers = [one for problem in result.problems for one in problem.judged]
    full = any(one.expected is not None for one in answers)
    measured = any(one.rel_error is not None for one in answers)
    titles = ["name", "your answer", "verdict", *["rel. error"] * measured, *["expected"] * full]
    text = _head(*titles) + "".join(_answer(one, full=full, measured=measured) for one in answers)
    notes = [f"{code(shown(one.name, NAME))}: {_prose(said(remark))}" for one in answers for remark in one.remarks]
    notes += [_prose(said(hint)) for problem in result.problems for hint in problem.hints]
    notes += [_prose(said(warning)) for warning in result.warnings]
    listed = "\n" + "".join(f"- {note}\n" for note in notes) if notes else ""
    return f"{text}{listed}" + (f"\n**{right(result.problems)}**\n" if tail is None else tail)


def _answer(one: Judged, *, full: bool, measured: bool) -> str:
    cells = [code(shown(one.name, NAME)), code(shown(one.typed)), verdict(one, MARKS)]
    return _line(*cells, *[rel_error(one)] * measured, *[code(shown(one.expected))] * full)


def _prose(text: str) -> str:
    """A sentence that may quote a stranger: no markup, no entity, and no mention that would call somebody."""
    return escape(text).replace("&", "\\&").replace("~", "\\~").replace("@", "`@`")


def _part(problem: ProblemResult) -> str:
    mark = " ✓" if problem.score == problem.points else " ✗" if not problem.score else ""
    if problem.withheld:
        return "·"
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


def _analysis(summary: ClassSummary) -> str:
    if not summary.items:
        return ""
    rows = []
    for item in summary.items.values():
        wrong = [
            f"{code(shown(one.typed))} {times(one.count)}{f' ({code(one.mistake)})' if one.mistake else ''}"
            for one in item.commonest[:3]
        ]
        figures = (share(item.difficulty), figure(item.discrimination))
        rows.append(_line(code(item.problem), code(shown(item.name, NAME)), *figures, ", ".join(wrong)))
    titles = ("problem", "question", "mean", "discrimination", "commonest wrong answers")
    return "\n### The questions\n\n" + _head(*titles) + "".join(rows)


def _changes(summary: ClassSummary) -> str:
    if not summary.compared:
        return ""
    text = f"\n### Changed since {code(shown(summary.compared, NAME))}\n\n"
    if not summary.changes:
        return text + "No score.\n"
    rows = (
        _line(
            code(shown(change.student, NAME)),
            *moved(change),
            "; ".join(f"{code(shown(place, NAME))}: {before} → {after}" for place, before, after in change.answers),
        )
        for change in summary.changes
    )
    return text + _head("student", "before", "now", "by", "answers") + "".join(rows)


def _called(problem: ProblemResult) -> str:
    """A problem's title and id, and the student's own numbers where each has others."""
    title = f"\n### {_prose(shown(problem.title, NAME))} {code(problem.id)}\n\n".replace("###  ", "### ")
    numbers = own_numbers(problem)
    return f"{title}{_prose(numbers)}\n\n" if numbers else title


class FeedbackNote:
    """What one student gets, as Markdown: the answers to each problem that is not hidden."""

    def head(self, heading: Heading) -> str:
        """The title."""
        return f"## {_prose(shown(heading.title, 200))}\n\n" if heading.title else ""

    def add(self, result: SubmissionResult) -> str:
        """The answers."""
        if result.invalid is not None:
            return f"! invalid: {_prose(said(result.invalid))}\n"
        seen = [problem for problem in result.problems if not problem.hidden]
        total = f"**{right(seen)}{seen_score(seen)}**\n" if seen else ""
        notes = "".join(f"- {_prose(said(warning))}\n" for warning in result.warnings)
        parts = (_checked(replace(result, problems=(one,), warnings=()), tail="") for one in seen)
        called = map(_called, seen)
        body = "".join(head + part for head, part in zip(called, parts, strict=True))
        return f"{code(shown(result.student, NAME))}: {total}" + (f"\n{notes}" if notes else "") + body

    def tail(self, summary: ClassSummary) -> str:
        """Nothing."""
        return ""


def _head(*titles: str) -> str:
    aligned = ["---:" if title in _RIGHT else "---" for title in titles]
    return _line(*(_prose(shown(title, NAME)) for title in titles)) + _line(*aligned)


def _line(*cells: str) -> str:
    return row(*cells) + "\n"
