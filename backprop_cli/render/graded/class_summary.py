"""How a class did, for a terminal: the verdicts question by question, mistakes, an analysis of questions, changes."""

from __future__ import annotations

from rich.table import Table as RichTable
from rich.text import Text

from backprop_cli.grading.items import Item
from backprop_cli.grading.records import ClassSummary, ProblemSummary
from backprop_cli.render.graded import class_tables
from backprop_cli.render.graded.words import ASCII_MARKS, MARKS, NAME, facts, figure, share, shown
from backprop_cli.render.tables.screens import Screen
from backprop_cli.render.tables.tabular import Cell, Column, Table, code, ours
from backprop_cli.render.tables.terminal_tables import prose, table

_GAP, _MARK, _NAMES, _WIDE = 3, 4, 24, 110


def class_parts(summary: ClassSummary, screen: Screen, *, items: bool = False) -> list[Text | RichTable]:
    """A line of numbers and tables, each only if there is something in it; ``items`` asks for the analysis."""
    parts: list[Text | RichTable] = [Text(), prose(", ".join(facts(summary)))]
    problems = list(summary.problems.values())
    if any(problem.answers for problem in problems):
        parts += [Text(), *_questions(problems, screen)]
    if any(problem.mistakes for problem in problems):
        parts += [Text(), table(class_tables.mistakes(problems, "commonest mistakes"), screen)]
    if items and summary.items:
        parts += [Text(), table(_analysis(list(summary.items.values()), screen), screen)]
    if summary.compared:
        parts += [Text(), *_changes(summary, screen)]
    return parts


def _questions(problems: list[ProblemSummary], screen: Screen) -> list[Text | RichTable]:
    """Per question, how many answers got each verdict.

    Where a terminal has no room for words, their marks stand over the columns, and are explained below.
    """
    words = class_tables.verdicts(problems)
    called = class_tables.called(words)
    if screen.width is None or sum(len(word) + _GAP for word in called) <= screen.width - _NAMES:
        return [table(class_tables.questions(problems, words, called), screen)]
    room = max(3, (screen.width - _GAP - _MARK * len(words)) // 2)
    marks = [(MARKS if screen.unicode else ASCII_MARKS)[word] for word in words]
    legend = ", ".join(f"{mark} {name}" for mark, name in zip(marks, called, strict=True))
    return [table(class_tables.questions(problems, words, marks, room=room), screen), prose(legend)]


def _analysis(items: list[Item], screen: Screen) -> Table:
    """A row a question; a narrow terminal has no room for the mistakes behind the commonest wrong answers."""
    wide = screen.width is None or screen.width >= _WIDE
    room = _NAMES if screen.width else NAME
    columns = (
        *(Column("problem"), Column("question"), Column("mean", "figure")),
        Column("discrimination" if wide else "discr.", "figure"),
        *(Column("commonest wrong answer"), Column("times", "figure")),
        *[Column("mistake")] * wide,
    )
    return Table(columns, tuple(_item(item, room)[: len(columns)] for item in items))


def _item(item: Item, room: int) -> tuple[Cell, ...]:
    figures = ours(share(item.difficulty)), ours(figure(item.discrimination))
    wrong = [(shown(one.typed, room), str(one.count), shown(one.mistake)) for one in item.commonest[:1]]
    first = wrong[0] if wrong else ("", "", "")
    return code(shown(item.problem, room)), code(shown(item.name, room)), *figures, *map(code, first)


def _changes(summary: ClassSummary, screen: Screen) -> list[Text | RichTable]:
    name = shown(summary.compared, NAME)
    if not summary.changes:
        return [prose(f"no score changed since {name}")]
    made = class_tables.changes(summary, "changed", room=_NAMES if screen.width else NAME)
    plural = "1 score" if len(summary.changes) == 1 else f"{len(summary.changes):,} scores"
    return [table(made, screen), Text(), prose(f"{plural} changed since {name}")]
