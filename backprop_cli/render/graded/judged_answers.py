"""The answers to one problem for people: a table, then what is to be said of each and of all of them."""

from __future__ import annotations

from rich.table import Table as RichTable
from rich.text import Text

from backprop_cli.grading.records import ProblemResult
from backprop_cli.render.graded.class_tables import answers as answers_of
from backprop_cli.render.graded.words import ASCII_MARKS, MARKS, NAME, said, sentence, shown
from backprop_cli.render.tables.screens import Screen
from backprop_cli.render.tables.terminal_tables import prose, table


def answers(problem: ProblemResult, screen: Screen) -> list[Text | RichTable]:
    """The table, the remarks on single answers, and the mistakes that all of them are consistent with.

    Long answers leave room for the verdict.
    """
    notes = [prose(f"{shown(one.name, NAME)}: {said(remark)}") for one in problem.judged for remark in one.remarks]
    notes += [
        prose(f"{sentence(hint.message)} (backprop explain {shown(hint.code)})", "doubt") for hint in problem.hints
    ]
    room = min(NAME, max(8, (screen.width - 50) // 2) if screen.width else NAME)
    marks = MARKS if screen.unicode else ASCII_MARKS
    drawn = [table(answers_of(problem.judged, room=room, marks=marks), screen)] if problem.judged else []
    return [*drawn, Text(), *notes] if notes else drawn
