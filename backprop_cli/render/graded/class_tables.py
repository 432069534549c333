"""The tables of a grading, whoever prints them: the answers to a problem, and how a class did question by question.

``room`` is how many characters a name or an answer has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backprop_cli.grading.records import WORDS, AnswerWord, Change, ClassSummary, Judged, ProblemSummary
from backprop_cli.render.graded.words import COMMONEST, MARKS, NAME, commonest, moved, rel_error, shown, verdict
from backprop_cli.render.tables.tabular import Cell, CellPart, CellRole, Column, Table, code, ours

ROLES: dict[AnswerWord, CellRole] = {
    "ok": "good",
    "close": "doubt",
    "wrong": "bad",
    "undefined": "bad",
    "invalid": "doubt",
    "missing": "faint",
    "extra": "faint",
    "duplicate": "faint",
    "received": "faint",
}
_ALWAYS: tuple[AnswerWord, ...] = ("ok", "close", "wrong", "missing", "invalid")


def answers(judged: Iterable[Judged], *, room: int = NAME, marks: dict[AnswerWord, str] = MARKS) -> Table:
    """An answer a row; the columns of what may not be told are left out."""
    rows = (
        (
            code(shown(one.name, room)),
            code(shown(one.typed, room)),
            ours(verdict(one, marks), ROLES[one.word]),
            ours(rel_error(one)),
            code(shown(one.expected, room)),
        )
        for one in judged
    )
    columns = (
        Column("name"),
        Column("your answer", "figure", short="answer"),
        Column("verdict", least=len("= duplicate")),
        Column("rel. error", "figure", short="error", least=len("0.017"), optional=True),
        Column("expected", "figure", optional=True),
    )
    return Table(columns, tuple(rows)).without_empty()


def verdicts(problems: Iterable[ProblemSummary]) -> list[AnswerWord]:
    """The verdicts that are counted: rare ones only where they occur."""
    seen = {word for one in problems for words in one.answers.values() for word in words if words[word]}
    return [word for word in WORDS if word in _ALWAYS or word in seen]


def called(words: Iterable[AnswerWord]) -> list[str]:
    """How a verdict is called where answers are counted."""
    return ["right" if word == "ok" else word for word in words]


def questions(
    problems: Sequence[ProblemSummary], words: Sequence[AnswerWord], titles: Sequence[str], *, room: int = NAME
) -> Table:
    """How many answers to each question got each of the verdicts ``words``, which stand under ``titles``."""
    rows = (
        (code(shown(one.id, room)), code(shown(name, room)), *(ours(str(counts.get(word, 0))) for word in words))
        for one in problems
        for name, counts in one.answers.items()
    )
    figures = (Column(title, "figure", least=len(title)) for title in titles)
    return Table((Column(shown("problem", room)), Column(shown("question", room)), *figures), tuple(rows))


def mistakes(problems: Iterable[ProblemSummary], title: str) -> Table:
    """The commonest mistakes in each problem, below ``title``, and how often they were made."""
    rows = (
        (code(shown(one.id, NAME)), code(shown(name, NAME)), ours(str(count)))
        for one in problems
        for name, count in commonest(one)[:COMMONEST]
    )
    return Table((Column("problem"), Column(title), Column("times", "figure")), tuple(rows))


def changes(summary: ClassSummary, title: str, *, room: int = NAME) -> Table:
    """Whose score is another than in an earlier grading, and which answers made it so; names stand below ``title``."""
    rows = (
        (code(shown(one.student, room)), *map(ours, moved(one)), Cell(tuple(_reasons(one)))) for one in summary.changes
    )
    figures = (Column(name, "figure") for name in ("before", "now", "by"))
    return Table((Column(title), *figures, Column("answers", "prose")), tuple(rows))


def _reasons(change: Change) -> Iterable[CellPart]:
    for number, (place, before, after) in enumerate(change.answers):
        yield from (CellPart("; " * (number > 0)), CellPart(shown(place), "code"), CellPart(f": {before} → {after}"))
