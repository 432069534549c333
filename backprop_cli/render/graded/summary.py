"""How a class did, for a terminal: the verdicts question by question, mistakes, an analysis of questions, changes."""

from __future__ import annotations

from rich.style import Style
from rich.table import Table
from rich.text import Text

from backprop_cli.grading.items import Item
from backprop_cli.grading.records import WORDS, ClassSummary, ProblemSummary, Word
from backprop_cli.render.graded.words import ASCII_MARKS, MARKS, NAME, commonest, facts, figure, moved, share, shown
from backprop_cli.render.table import Screen, table_box

_ALWAYS: tuple[Word, ...] = ("ok", "close", "wrong", "missing", "invalid")
_GAP, _MARK, _NAMES, _WIDE = 3, 4, 24, 110
_MISTAKES = 3
"""How many mistakes are named for a problem."""


def class_parts(summary: ClassSummary, screen: Screen, *, items: bool = False) -> list[Text | Table]:
    """A line of numbers and tables, each only if there is something in it; ``items`` asks for the analysis."""
    parts: list[Text | Table] = [Text(), Text(", ".join(facts(summary)), no_wrap=False)]
    problems = list(summary.problems.values())
    if any(problem.answers for problem in problems):
        parts += [Text(), *_questions(problems, screen)]
    if any(problem.mistakes for problem in problems):
        parts += [Text(), _mistakes(problems, screen)]
    if items and summary.items:
        parts += [Text(), _analysis(list(summary.items.values()), screen)]
    if summary.compared:
        parts += [Text(), *_changes(summary, screen)]
    return parts


def _questions(problems: list[ProblemSummary], screen: Screen) -> list[Text | Table]:
    """Per question, how many answers got each verdict; rare verdicts have a column only where they occur.

    Where a terminal has no room for words, their marks stand over the columns, and are explained below.
    """
    seen = {word for problem in problems for words in problem.answers.values() for word in words if words[word]}
    columns = [word for word in WORDS if word in _ALWAYS or word in seen]
    said = ["right" if word == "ok" else word for word in columns]
    wide = screen.width is None or sum(len(word) + _GAP for word in said) <= screen.width - _NAMES
    room = NAME if screen.width is None or wide else max(3, (screen.width - _GAP - _MARK * len(columns)) // 2)
    marks = MARKS if screen.unicode else ASCII_MARKS
    table = _empty(screen, shown("problem", room), shown("question", room))
    for title in said if wide else [marks[word] for word in columns]:
        table.add_column(title, justify="right", no_wrap=True, min_width=len(title))
    for problem in problems:
        for name, words in problem.answers.items():
            counts = [str(words.get(word, 0)) for word in columns]
            table.add_row(Text(shown(problem.id, room)), Text(shown(name, room)), *map(Text, counts))
    legend = ", ".join(f"{marks[word]} {name}" for word, name in zip(columns, said, strict=True))
    return [table] if wide else [table, Text(legend, no_wrap=False)]


def _mistakes(problems: list[ProblemSummary], screen: Screen) -> Table:
    table = _empty(screen, "problem", "commonest mistakes")
    table.add_column("times", justify="right", no_wrap=True)
    for problem in problems:
        for code, count in commonest(problem)[:_MISTAKES]:
            table.add_row(Text(shown(problem.id, NAME)), Text(shown(code, NAME)), Text(str(count)))
    return table


def _analysis(items: list[Item], screen: Screen) -> Table:
    """A row a question; a narrow terminal has no room for the mistakes behind the commonest wrong answers."""
    wide = screen.width is None or screen.width >= _WIDE
    table = _empty(screen, "problem", "question")
    for title in ("mean", "discrimination" if wide else "discr."):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("commonest wrong answer", no_wrap=True)
    table.add_column("times", justify="right", no_wrap=True)
    if wide:
        table.add_column("mistake", no_wrap=True)
    for item in items:
        first = [share(item.difficulty), figure(item.discrimination)]
        room = _NAMES if screen.width else NAME
        wrong = item.commonest[:1]
        cells = [shown(wrong[0].typed, room), str(wrong[0].count), shown(wrong[0].mistake)] if wrong else ["", "", ""]
        cells = [shown(item.problem, room), shown(item.name, room), *first, *cells]
        table.add_row(*map(Text, cells if wide else cells[:-1]))
    return table


def _changes(summary: ClassSummary, screen: Screen) -> list[Text | Table]:
    name = shown(summary.compared, NAME)
    if not summary.changes:
        return [Text(f"no score changed since {name}", no_wrap=False)]
    table = _empty(screen, "changed")
    for title in ("before", "now", "by"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("answers")
    room = _NAMES if screen.width else NAME
    for change in summary.changes:
        why = "; ".join(f"{shown(place)}: {before} → {after}" for place, before, after in change.answers)
        table.add_row(Text(shown(change.student, room)), *map(Text, moved(change)), Text(why, no_wrap=False))
    plural = "1 score" if len(summary.changes) == 1 else f"{len(summary.changes):,} scores"
    return [table, Text(), Text(f"{plural} changed since {name}", no_wrap=False)]


def _empty(screen: Screen, *titles: str) -> Table:
    table = Table(box=table_box(screen), pad_edge=False, show_edge=False, padding=(0, 1), header_style=Style(bold=True))
    for title in titles:
        table.add_column(title, no_wrap=True)
    return table
