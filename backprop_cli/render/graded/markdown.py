"""Markdown tables as GitHub renders them: the answers of one submission, or a class and how it did."""

from __future__ import annotations

from dataclasses import replace

from backprop_cli.grading.items import Item
from backprop_cli.grading.records import ClassSummary, Heading, ProblemResult, SubmissionResult
from backprop_cli.render.graded import class_tables
from backprop_cli.render.graded.words import (
    COMMONEST,
    NAME,
    decimal,
    facts,
    figure,
    own_numbers,
    place,
    right,
    said,
    seen_score,
    share,
    shown,
    times,
    total,
)
from backprop_cli.render.tables.markdown_tables import code, head, quoting, row, table
from backprop_cli.render.tables.tabular import Cell, CellPart, Column, Table, ours
from backprop_cli.render.tables.tabular import code as quoted

_ITEMS = (
    *(Column("problem"), Column("question"), Column("mean", "figure"), Column("discrimination", "figure")),
    Column("commonest wrong answers"),
)
"""How many wrong answers are named for a question."""


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
        title = f"## {quoting(shown(heading.title, 200))}\n\n" if heading.title else ""
        if self._check or not self._students:
            return title
        return title + head(_students(self._ids))

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
        parts = (scores.get(name, "") for name in self._ids)
        return row(
            (ours(mark), quoted(shown(result.student, NAME)), *map(ours, (*total(result), *parts)), _notes(result))
        )


def _students(ids: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns of a class."""
    figures = Column("score", "figure"), Column("percent", "figure")
    return Column(""), Column("student"), *figures, *(Column(shown(name, NAME)) for name in ids), Column("notes")


def _notes(result: SubmissionResult) -> Cell:
    """Why a submission could not be read, and warnings."""
    notes = [CellPart(said(warning), "said") for warning in result.warnings]
    parts = [part for note in notes for part in (CellPart("; "), note)][1:]
    if result.invalid is None:
        return Cell(tuple(parts))
    source, line = place(result)
    where = CellPart(f"{source}:{line}" if line is not None else source, "code")
    begin = CellPart("invalid: "), CellPart(said(result.invalid), "said"), CellPart(" "), where
    return Cell((*begin, *([CellPart("; "), *parts] if parts else [])))


def _checked(result: SubmissionResult, tail: str | None = None) -> str:
    if result.invalid is not None:
        return f"! invalid: {quoting(said(result.invalid))}\n"
    answers = [one for problem in result.problems for one in problem.judged]
    text = table(class_tables.answers(answers))
    notes = [f"{code(shown(one.name, NAME))}: {quoting(said(remark))}" for one in answers for remark in one.remarks]
    notes += [quoting(said(hint)) for problem in result.problems for hint in problem.hints]
    notes += [quoting(said(warning)) for warning in result.warnings]
    listed = "\n" + "".join(f"- {note}\n" for note in notes) if notes else ""
    return f"{text}{listed}" + (f"\n**{right(result.problems)}**\n" if tail is None else tail)


def _part(problem: ProblemResult) -> str:
    mark = " ✓" if problem.score == problem.points else " ✗" if not problem.score else ""
    if problem.withheld:
        return "·"
    return decimal(problem.score, 2) + (" ·" if problem.secret else mark)


def _summary(summary: ClassSummary) -> str:
    text = f"\n### The class\n\n{', '.join(facts(summary))}.\n"
    problems = list(summary.problems.values())
    if any(problem.answers for problem in problems):
        words = class_tables.verdicts(problems)
        text += "\n" + table(class_tables.questions(problems, words, class_tables.called(words)))
    if any(problem.mistakes for problem in problems):
        text += "\n### The commonest mistakes\n\n" + table(class_tables.mistakes(problems, "mistake"))
    return text


def _analysis(summary: ClassSummary) -> str:
    if not summary.items:
        return ""
    return "\n### The questions\n\n" + table(Table(_ITEMS, tuple(map(_item, summary.items.values()))))


def _item(item: Item) -> tuple[Cell, ...]:
    figures = ours(share(item.difficulty)), ours(figure(item.discrimination))
    wrong: list[CellPart] = []
    for one in item.commonest[:COMMONEST]:
        wrong += [CellPart(", " * bool(wrong)), CellPart(shown(one.typed), "code"), CellPart(f" {times(one.count)}")]
        wrong += [CellPart(" ("), CellPart(one.mistake, "code"), CellPart(")")] if one.mistake else []
    return quoted(item.problem), quoted(shown(item.name, NAME)), *figures, Cell(tuple(wrong))


def _changes(summary: ClassSummary) -> str:
    if not summary.compared:
        return ""
    text = f"\n### Changed since {code(shown(summary.compared, NAME))}\n\n"
    return text + (table(class_tables.changes(summary, "student")) if summary.changes else "No score.\n")


def _called(problem: ProblemResult) -> str:
    """A problem's title and id, and the student's own numbers where each has others."""
    title = f"\n### {quoting(shown(problem.title, NAME))} {code(problem.id)}\n\n".replace("###  ", "### ")
    numbers = own_numbers(problem)
    return f"{title}{quoting(numbers)}\n\n" if numbers else title


class FeedbackNote:
    """What one student gets, as Markdown: the answers to each problem that is not hidden."""

    def head(self, heading: Heading) -> str:
        """The title."""
        return f"## {quoting(shown(heading.title, 200))}\n\n" if heading.title else ""

    def add(self, result: SubmissionResult) -> str:
        """The answers."""
        if result.invalid is not None:
            return f"! invalid: {quoting(said(result.invalid))}\n"
        seen = [problem for problem in result.problems if not problem.hidden]
        total = f"**{right(seen)}{seen_score(seen)}**\n" if seen else ""
        notes = "".join(f"- {quoting(said(warning))}\n" for warning in result.warnings)
        parts = (_checked(replace(result, problems=(one,), warnings=()), tail="") for one in seen)
        called = map(_called, seen)
        body = "".join(head + part for head, part in zip(called, parts, strict=True))
        return f"{code(shown(result.student, NAME))}: {total}" + (f"\n{notes}" if notes else "") + body

    def tail(self, summary: ClassSummary) -> str:
        """Nothing."""
        return ""
