"""CSV from lines, a row at a time: the separator is found, cells are quoted as in RFC 4180.

A quote that is never closed breaks its own row and no other. Nothing here knows what the columns mean.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backprop_cli.grading.files.texts import Line
from backprop_cli.problems import Diagnostic

_QUOTED = re.compile(r'"((?:[^"]++|"")*+)"')
_SEPARATORS = ("\t", ";", ",")
_SEP = re.compile(r"sep=(.)", re.IGNORECASE)
_CELL_LINES, _CELL_CHARACTERS = 64, 65_536  # that a quoted cell may go on for
_OPEN, _BROKEN = "a quote is not closed", "text after a closing quote"


@dataclass(frozen=True, slots=True)
class Row:
    """One row's cells without blanks at their ends. With a ``problem``, they are what could be made of it."""

    line: int
    cells: list[str]
    size: int
    problem: Diagnostic | None = None

    def cell(self, column: int | None) -> str:
        """The cell of a column; empty where the row is too short, or there is no such column."""
        return self.cells[column] if column is not None and column < len(self.cells) else ""


def table(lines: Iterable[Line]) -> tuple[str, Iterator[Row]]:
    """The separator, and the rows that are not blank."""
    rest = iter(lines)
    first = next((line for line in rest if line.text.strip()), None)
    if first is None:
        return ",", iter(())
    told = told_separator(first.text)
    separator = told or separator_of(first.text)
    return separator, _rows(deque([] if told else [first]), rest, separator)


def _rows(ahead: deque[Line], rest: Iterator[Line], separator: str) -> Iterator[Row]:
    while (line := _next(ahead, rest)) is not None:
        if line.text.strip() or line.problem:
            row = _row(line, ahead, rest, separator)
            if any(row.cells) or row.problem:
                yield row


def told_separator(text: str) -> str:
    """The separator that a spreadsheet's ``sep=;`` tells; nothing if a row tells none."""
    match = _SEP.fullmatch(text.strip())
    return match[1] if match else ""


def separator_of(text: str) -> str:
    """TAB, semicolon or comma: the one that stands oftenest in a row, outside of quotes."""
    bare = _QUOTED.sub("", text)
    return max(_SEPARATORS, key=bare.count) if any(one in bare for one in _SEPARATORS) else ","


def _next(ahead: deque[Line], rest: Iterator[Line]) -> Line | None:
    return ahead.popleft() if ahead else next(rest, None)


def _row(line: Line, ahead: deque[Line], rest: Iterator[Line], separator: str) -> Row:
    """The row that begins with a line; a quoted cell may go on over further ones."""
    taken: list[Line] = []
    text, problem = line.text, line.problem
    cells = first = _split(text, separator)
    while cells == _OPEN and len(taken) < _CELL_LINES and len(text) < _CELL_CHARACTERS:
        more = _next(ahead, rest)
        if more is None:
            break
        taken.append(more)
        text, problem = f"{text}\n{more.text}", problem or more.problem
        if '"' in more.text:
            cells = _split(text, separator)
    if not isinstance(cells, str):
        return Row(line.number, cells, line.size + sum(one.size for one in taken), problem)
    ahead.extendleft(reversed(taken))
    problem = line.problem or Diagnostic(
        "answers.csv", f"line {line.number}: {first}", 'a " inside quotes is written ""'
    )
    return Row(line.number, [cell.strip(' "') for cell in line.text.split(separator)], line.size, problem)


def _split(text: str, separator: str) -> list[str] | str:
    """The cells of a row, or what is wrong with its quotes."""
    if '"' not in text:
        return [cell.strip() for cell in text.split(separator)]
    cells, at, end = [], 0, -1
    while end < len(text):
        start = _blanks(text, at)
        if text.startswith('"', start):
            match = _QUOTED.match(text, start)
            if match is None:
                return _OPEN
            end = _blanks(text, match.end())
            if end < len(text) and text[end] != separator:
                return _BROKEN
            cells.append(match[1].replace('""', '"').strip())
        else:
            end = text.find(separator, at)
            end = end if end >= 0 else len(text)
            cells.append(text[at:end].strip())
        at = end + 1
    return cells


def _blanks(text: str, at: int) -> int:
    """Where the blanks that begin at a place end."""
    while text.startswith(" ", at):
        at += 1
    return at
