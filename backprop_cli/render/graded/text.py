"""The report for a terminal or a pipe: the answers in a table, or a line a student and then the class.

A student's line is printed when it comes, before the next one is known: so the columns have fixed widths, made from the
heading. A terminal that is too narrow for every problem leaves out the last ones, and says so.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from fractions import Fraction

from rich.color import ColorSystem
from rich.style import Style
from rich.table import Table as RichTable
from rich.text import Text

from backprop_cli.grading.records import AnswerWord, ClassSummary, Heading, ProblemResult, SubmissionResult
from backprop_cli.problems import Diagnostic
from backprop_cli.render.graded.class_summary import class_parts
from backprop_cli.render.graded.class_tables import ROLES
from backprop_cli.render.graded.judged_answers import answers
from backprop_cli.render.graded.words import (
    ASCII_MARKS,
    MARKS,
    NAME,
    decimal,
    own_numbers,
    place,
    right,
    said,
    score,
    shown,
    total,
)
from backprop_cli.render.safe_text import width
from backprop_cli.render.tables.plain_tables import cut, filled, rule
from backprop_cli.render.tables.screens import Screen, for_screen
from backprop_cli.render.tables.terminal_tables import BOLD, STYLES, printed, prose

_STUDENT, _SHORTEST, _PERCENT, _LEAST, _GAP = 24, 8, 7, 7, 2
_INDENT, _NARROWEST = "    ", 36
_PIPE = Screen(width=None, color=False, unicode=True)


class TextReport:
    """What people read. ``screen`` None is a file: nothing is cut to fit, and there is no colour.

    ``details`` puts every answer below its student's line, ``items`` the analysis of questions below the class.
    """

    def __init__(self, screen: Screen | None = None, *, details: bool = False, items: bool = False) -> None:
        self._screen, self._details, self._items = screen or _PIPE, details, items
        self._check = False
        self._columns = _Columns((), 0, 0, 0)

    def head(self, heading: Heading) -> str:
        """The title; for a class the names of the columns."""
        self._check = heading.command == "check"
        title = f"{shown(heading.title, 200)}\n\n" if heading.title else ""
        if self._check:
            return for_screen(title, self._screen)
        self._columns = _columns(heading, self._screen)
        return for_screen(title + self._columns.head(self._screen), self._screen)

    def add(self, result: SubmissionResult) -> str:
        """The table of the one submission, or a student's line and what is to be said of it."""
        if self._check:
            return printed(_checked(result, self._screen), self._screen)
        details = _detailed(result, self._screen) if self._details else ""
        line = self._columns.row(result, self._screen) + _notes(result, self._screen)
        return for_screen(line, self._screen) + details

    def tail(self, summary: ClassSummary) -> str:
        """The class."""
        parts = [] if self._check else class_parts(summary, self._screen, items=self._items)
        text = printed(parts, self._screen) if parts else ""
        return text.removeprefix("\n") if self._details else text  # each student's details end with an empty line


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a class: problems with their widths, the widths before them, and how many had no room."""

    problems: tuple[tuple[str, str, int], ...]
    student: int
    score: int
    left_out: int

    def head(self, screen: Screen) -> str:
        """The titles and a rule."""
        cells = [filled("student", self.student), _right("score", self.score), _right("percent", _PERCENT)]
        line = "  " + "".join(
            [*_spaced(cells), *(" " * _GAP + _right(title, size) for _, title, size in self.problems)]
        )
        more = f"({self.left_out} more problems need a wider terminal)\n" if self.left_out else ""
        return f"{more}{_painted(line, BOLD, screen)}\n{rule(width(line), screen)}\n"

    def row(self, result: SubmissionResult, screen: Screen) -> str:
        """A student's line."""
        word: AnswerWord = (
            "invalid" if result.invalid else "ok" if result.ok else "wrong" if not result.score else "close"
        )
        word = "received" if result.withheld else word
        earned, part = total(result)
        name = shown(result.student, self.student if screen.width else NAME)
        cells = [
            filled(cut(name, self.student) if screen.width else name, self.student),
            _right(earned, self.score),
            _right(part, _PERCENT),
        ]
        parts = {problem.id: problem for problem in result.problems}
        line = f"{_painted(_mark(word, screen), STYLES[ROLES[word]], screen)} {''.join(_spaced(cells))}"
        for name, _, size in self.problems:
            line += " " * _GAP + (_part(parts[name], size, screen) if name in parts else " " * size)
        return line.rstrip() + "\n"


def _columns(heading: Heading, screen: Screen) -> _Columns:
    """As many problems as there is room for, in their order; a narrow terminal shortens the names before."""
    points = max(len("score"), len(score(heading.points, heading.points)) + 3)  # two decimals and their point
    fixed = len("x ") + points + _PERCENT + 2 * _GAP
    student = _STUDENT if screen.width is None else max(_SHORTEST, min(_STUDENT, screen.width - fixed))
    room = screen.width - fixed - student if screen.width else None
    kept: list[tuple[str, str, int]] = []
    for name, _, worth in heading.problems:
        title = _column_title(name, worth)
        size = max(_LEAST, width(title))
        if room is not None:
            room -= size + _GAP
            if room < 0:
                break
        kept.append((name, title, size))
    return _Columns(tuple(kept), student, points, len(heading.problems) - len(kept))


def _column_title(name: str, points: Fraction) -> str:
    return f"{shown(name, 16)} /{decimal(points, 2)}"


def _part(problem: ProblemResult, size: int, screen: Screen) -> str:
    """A problem's score and a mark, since a colour alone says nothing."""
    words = {one.word for one in problem.judged if one.counted}
    word: AnswerWord = "ok" if words <= {"ok"} else "close" if problem.score else "wrong"
    if problem.secret:
        word = "received"
    earned = "" if problem.withheld else f"{decimal(problem.score, 2)} "
    return _painted(_right(f"{earned}{_mark(word, screen)}", size), STYLES[ROLES[word]], screen)


def _notes(result: SubmissionResult, screen: Screen) -> str:
    """Why a submission could not be read, and warnings, below its line."""
    notes: list[tuple[str, Diagnostic]] = [("warning", warning) for warning in result.warnings]
    if result.invalid is not None:
        notes.insert(0, ("invalid", result.invalid))
    text = ""
    for kind, problem in notes:
        source, line = place(result)
        where = f" ({shown(source, 200)}{f', line {line}' if line is not None else ''})" if kind == "invalid" else ""
        whole = f"{kind}: {said(problem)}{where}"
        lines = textwrap.wrap(whole, max(20, screen.width - 4)) if screen.width else [whole]
        text += "".join(f"    {line}\n" for line in lines)
    return text


def _checked(result: SubmissionResult, screen: Screen) -> list[Text | RichTable]:
    """The answers of the one submission, and in the last line how many are right."""
    if result.invalid is not None:
        return [prose(f"{_mark('invalid', screen)} invalid: {said(result.invalid)}", "doubt")]
    parts = [part for problem in result.problems for part in answers(problem, screen)]
    parts += [prose(f"warning: {said(warning)}", "doubt") for warning in result.warnings]
    parts += [Text()] if parts else []
    judged = [one for problem in result.problems for one in problem.judged]
    fine = result.ok and not any(one.word in ("extra", "duplicate") for one in judged)
    word: AnswerWord = "received" if result.secret else "ok" if fine else "wrong"
    return [*parts, prose(f"{_mark(word, screen)} {right(result.problems)}", ROLES[word])]


def _detailed(result: SubmissionResult, screen: Screen) -> str:
    """The answers to each problem, to stand below a student's line; an empty line ends them."""
    inner = replace(screen, width=max(screen.width - len(_INDENT), _NARROWEST)) if screen.width else screen
    text = ""
    for problem in result.problems:
        parts = [Text(), _problem(problem), *answers(problem, inner)]
        text += printed(parts, inner)
    return "".join(f"{_INDENT}{line}".rstrip() + "\n" for line in text.splitlines()) + "\n"


def _problem(problem: ProblemResult) -> Text:
    """A problem's id, and the student's own numbers where each has others."""
    title = Text(shown(problem.id, NAME), BOLD)
    numbers = own_numbers(problem)
    return title + Text(f" {numbers}") if numbers else title


def _mark(word: AnswerWord, screen: Screen) -> str:
    return (MARKS if screen.unicode else ASCII_MARKS)[word]


def _spaced(cells: list[str]) -> list[str]:
    return [cell if place == 0 else " " * _GAP + cell for place, cell in enumerate(cells)]


def _right(text: str, size: int) -> str:
    return filled(text, size, right=True)


def _painted(text: str, style: Style, screen: Screen) -> str:
    """Text with the codes of its colour; rich's own printing would take longer than the grading of a short answer."""
    return style.render(text, color_system=ColorSystem.TRUECOLOR) if screen.color else text
