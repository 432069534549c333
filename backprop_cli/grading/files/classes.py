"""Files of many submissions, read one after the other: JSON Lines, CSV in long or wide form; also one student's CSV.

A broken row spoils the submission that it belongs to and no other. No more than one submission is in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import BinaryIO

from backprop_cli import limits
from backprop_cli.grading.files import trees
from backprop_cli.grading.files.columns import Columns, columns_of
from backprop_cli.grading.files.leaves import Leaf
from backprop_cli.grading.files.sheets import Problems, Sheet, Submission, read_table
from backprop_cli.grading.files.tables import Row, rows
from backprop_cli.grading.files.texts import Line, cut, lines
from backprop_cli.grading.files.trees import Table, kind
from backprop_cli.problems import Diagnostic, Refused

_STUDENT = re.compile(r'"student"\s*:\s*"([^"\\]{1,200})"')
_STUDENTS = ("student", "student name", "student id", "username", "user", "login", "email", "email address", "e-mail")
_ABOUT = frozenset({*_STUDENTS, "timestamp", "time", "date", "score", "total score", "comment", "comments", "name"})
_LONG_OR_WIDE = "a class has the columns student, problem, name, answer, or student and one for each answer (chain.dx)"


@dataclass(frozen=True, slots=True)
class File:
    """What is known of a file before it is read: the name of its student where it tells none, and its own."""

    name: str
    source: str
    problems: Problems

    def invalid(self, problem: Diagnostic, student: str = "", line: int | None = None) -> Submission:
        """A submission that could not be read."""
        return Submission(student or self.name, self.source, line, {}, problem)

    def student(self, given: str, line: int) -> tuple[str, tuple[Diagnostic, ...]]:
        """A student's name, made up with a warning if none is given."""
        if given:
            return given, ()
        made = f"{self.name}:{line}"
        return made, (Diagnostic("submission.student", f"line {line} names no student; it is called {made}"),)


def from_json_lines(stream: BinaryIO, file: File) -> Iterator[Submission]:
    """A submission from each line that is not blank."""
    empty = True
    for line in lines(stream):
        if line.text.strip() or line.problem:
            empty = False
            yield _of_line(line, file)
    if empty:
        yield file.invalid(nothing())


def nothing() -> Diagnostic:
    """An empty file."""
    return Diagnostic("answers.empty", "there is nothing in it")


def _of_line(line: Line, file: File) -> Submission:
    sheet = Sheet(file.problems)
    try:
        student, warnings = file.student(_read_line(line, sheet), line.number)
    except Refused as refused:
        match = _STUDENT.search(line.text)
        name = cut(match[1]) if match else f"{file.name}:{line.number}"
        return file.invalid(refused.problems[0], name, line.number)
    return sheet.submission(student, file.source, line.number, warnings)


def _read_line(line: Line, sheet: Sheet) -> str:
    if line.problem:
        raise Refused(line.problem)
    return read_object(line.text, sheet, line.number)


def read_object(text: str, sheet: Sheet, line: int = 1) -> str:
    """Read the answers of a JSON text into a sheet; returns the student's name, or nothing.

    Raises ``Refused`` if it is no object.
    """
    value = trees.from_json(text, line)
    if isinstance(value, Table):
        return read_table(value, sheet)
    raise Refused(Diagnostic("answers.json", f"must be one JSON object, and is {kind(value)}", 'as {"dx": -4}'))


def begins_class(text: str) -> bool:
    """Whether a row has the title of a students' column."""
    cells = re.split("[,;\t]", text)
    return len(cells) > 1 and any(_title(cell.strip(' "')) in _STUDENTS for cell in cells)


def _title(cell: str) -> str:
    return " ".join(cell.lower().split())


def from_csv(stream: BinaryIO, file: File) -> Iterator[Submission]:
    """The submissions of a CSV file, whose first row tells which form it has."""
    rest = rows(lines(stream))
    head = next(rest, None)
    if head is None:
        yield file.invalid(nothing())
        return
    titles = [_title(cell) for cell in head.cells]
    student = next((titles.index(title) for title in _STUDENTS if title in titles), None)
    columns = columns_of(titles)
    if columns and student is not None:
        yield from _long(rest, columns, _Head(student, len(titles)), file)
    elif columns:
        yield _single(rest, columns, len(titles), file)
    elif student is not None or sum(1 for cell in head.cells if _called(cell, file.problems)) > 1:
        named = titles.index("name") if student is None and "name" in titles else student
        yield from _wide(rest, head, titles, named, file)
    elif head.problem:
        yield file.invalid(head.problem)
    else:
        yield _untitled(head, rest, file)


@dataclass(frozen=True, slots=True)
class _Head:
    student: int
    width: int


def _called(cell: str, problems: Problems) -> bool:
    """Whether a title has a problem's name before its dot."""
    head, dot, _ = cell.partition(".")
    return bool(dot) and bool(problems.parts(head))


def _untitled(head: Row, rest: Iterator[Row], file: File) -> Submission:
    """One student's rows of name and answer, or of problem, name and answer."""
    width, found = len(head.cells), chain([head], rest)
    if width == 2 or (width == 3 and file.problems.sole and not file.problems.parts(head.cells[0])):
        return _single(found, Columns(0, 1), 2, file)
    if width == 3:
        return _single(found, Columns(1, 2, 0), width, file)
    message = f"the first row has {width} cells, and no titles that say what they are"
    return file.invalid(Diagnostic("submission.columns", message, _LONG_OR_WIDE))


def _single(found: Iterator[Row], columns: Columns, width: int, file: File) -> Submission:
    """One student's file."""
    group = _Group(file, file.name, None, columns, width)
    for row in found:
        group.add(row)
    return group.submission(())


@dataclass
class _Group:
    """The rows of one student."""

    file: File
    student: str
    line: int | None
    columns: Columns
    width: int
    size: int = 0
    invalid: Diagnostic | None = None

    def __post_init__(self) -> None:
        self.sheet = Sheet(self.file.problems)

    def add(self, row: Row) -> None:
        """Read one more row, unless an earlier one has spoilt the submission."""
        self.size += row.size
        self.invalid = self.invalid or row.problem
        if self.size > limits.SUBMISSION_BYTES:
            message = f"one student has more than {limits.SUBMISSION_BYTES:,} bytes"
            self.invalid = self.invalid or Diagnostic("answers.size", message)
        if self.invalid is None:
            try:
                self.sheet.put(self.columns.read(row, self.width))
            except Refused as refused:
                self.invalid = refused.problems[0]

    def submission(self, warnings: tuple[Diagnostic, ...]) -> Submission:
        """The submission when its last row is read."""
        if self.invalid:
            return self.file.invalid(self.invalid, self.student, self.line)
        return self.sheet.submission(self.student, self.file.source, self.line, warnings)


def _long(found: Iterator[Row], columns: Columns, head: _Head, file: File) -> Iterator[Submission]:
    """A row for each answer; the rows of a student stand together."""
    group: _Group | None = None
    warnings: tuple[Diagnostic, ...] = ()
    current = ""
    ended: set[int] = set()
    for row in found:
        given = cut(row.cell(head.student))
        if group is None or given != current:
            if group:
                yield group.submission(warnings)
            current = given
            student, warnings = file.student(given, row.line)
            group = _Group(file, student, row.line, columns, head.width)
            if given and hash(given) in ended:
                message = f"line {row.line}: the rows of this student do not stand together"
                group.invalid = Diagnostic("submission.scattered", message, "sort the file by student")
            ended.add(hash(given))
        group.add(row)
    yield group.submission(warnings) if group else file.invalid(nothing())


def _wide(found: Iterator[Row], head: Row, titles: list[str], student: int | None, file: File) -> Iterator[Submission]:
    """A row for each student; the titles are the answers' names."""
    if head.problem:
        yield file.invalid(head.problem)
        return
    asked = [(index, name) for index, name in enumerate(head.cells) if name and titles[index] not in _ABOUT]
    first, second = next(found, None), next(found, None)
    if first is None:
        yield file.invalid(nothing())
        return
    alone = student is None and second is None
    strangers = True
    for row in chain((first,), (second,) if second else (), found):
        given = file.name if alone else cut(row.cell(student))
        yield _of_row(row, given, asked, len(titles), file, strangers=strangers)
        strangers = False


def _of_row(
    row: Row, given: str, asked: list[tuple[int, str]], width: int, file: File, *, strangers: bool
) -> Submission:
    name, warnings = file.student(given, row.line)
    sheet = Sheet(file.problems)
    try:
        _read_row(row, asked, width, sheet)
    except Refused as refused:
        return file.invalid(refused.problems[0], name, row.line)
    done = sheet.submission(name, file.source, row.line, warnings)
    return done if strangers else replace(done, warnings=warnings)


def _read_row(row: Row, asked: list[tuple[int, str]], width: int, sheet: Sheet) -> None:
    if row.problem:
        raise Refused(row.problem)
    if any(row.cells[width:]):
        message = f"line {row.line} has {len(row.cells)} cells in {width} columns"
        raise Refused(Diagnostic("submission.cells", message, "put an answer with separators in it in quotes"))
    sheet.put_all(Leaf((title,), row.cell(index), row.line) for index, title in asked)
