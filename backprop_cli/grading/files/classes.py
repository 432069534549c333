"""Tables → submissions, one after the other: a row for each student, or a row for each answer; CSV and spreadsheets.

A broken row spoils the submission that it belongs to and no other. No more than one submission is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import BinaryIO

from backprop_cli import limits
from backprop_cli.grading.files.answer_columns import Columns, columns_of
from backprop_cli.grading.files.column_roles import ColumnRoles, layout
from backprop_cli.grading.files.file import File, nothing
from backprop_cli.grading.files.headings import folded
from backprop_cli.grading.files.notes import StudentTable
from backprop_cli.grading.files.sheets import Origin, Submission
from backprop_cli.grading.files.tables import Row, table
from backprop_cli.grading.files.texts import cut, lines
from backprop_cli.problems import Diagnostic, Refused

_LONG_OR_WIDE = "a class has the columns student, problem, name, answer, or student and one for each answer (chain.dx)"
_LOOKED_AT = 20  # rows
_UNKNOWN = Origin()


def from_csv(stream: BinaryIO, file: File) -> Iterator[Submission]:
    """The submissions of a CSV file. Where semicolons stand between the cells, 0,5 is a number."""
    separator, found = table(lines(stream))
    return from_rows(found, file, comma=separator == ";")


def from_rows(found: Iterator[Row], file: File, *, comma: bool = False) -> Iterator[Submission]:
    """The submissions of a table, whose first row tells which form it has."""
    head = next(found, None)
    if head is None:
        yield file.invalid(nothing())
        return
    columns = columns_of([folded(cell) for cell in head.cells])
    of_answers = (columns.name, columns.answer, columns.problem) if columns else ()
    titles = layout(head.cells, file.problems, file.ways, [index for index in of_answers if index is not None])
    group = _StudentRows(file, columns or Columns(0, 1), len(head.cells), comma=comma)
    if columns and titles.shown:
        yield from _long(found, titles, group)
    elif columns:
        yield _single(found, group)
    elif head.problem:
        yield file.invalid(head.problem)
    if columns or head.problem:
        return
    ahead = list(islice(found, _LOOKED_AT))
    found = chain(ahead, found)
    if len(head.cells) > 1 and (titles.is_table or _has_titles(titles, ahead, file)):
        yield from _wide(found, titles, file, comma=comma)
    else:
        yield _untitled([head, *ahead], found, group, titles)


def _has_titles(titles: ColumnRoles, ahead: Sequence[Row], file: File) -> bool:
    """Whether a row without a student's column has titles all the same: names of what is asked, and no answer to it.

    In one student's rows of name and answer the first cell of some row is such a name.
    """
    meant = file.problems.is_meant
    asked = [index for index, path in titles.asked if meant(path)]
    if not ahead or not asked or file.problems.parts(titles.titles[0]):
        return False
    if len(titles.titles) > 3:
        return True
    return (len(asked) > 1 or asked[0] > 0) and not any(meant((row.cells[0],)) for row in ahead)


def _untitled(ahead: Sequence[Row], rest: Iterator[Row], group: _StudentRows, titles: ColumnRoles) -> Submission:
    """One student's rows of name and answer, or of problem, name and answer; the first ones are told by ``ahead``."""
    file, head = group.file, ahead[0]
    width = len(head.cells)
    if width == 2 or (width == 3 and file.problems.sole and not file.problems.parts(head.cells[0])):
        columns, width = Columns(0, 1), 2
    else:
        columns = Columns(1, 2, 0)
    paths = [columns.read(row, width).path for row in ahead]
    if width in (2, 3) and (file.problems.meaning is None or any(map(file.problems.is_meant, paths))):
        return _single(chain((head,), rest), replace(group, columns=columns, width=width))
    if len(ahead) > 2:
        file.notes.tables.append(
            StudentTable(file.source, titles, file.problems.unasked(path for _, path in titles.asked))
        )
    message = f"the first row has {len(head.cells)} cells, and no titles that say what they are"
    return file.invalid(Diagnostic("submission.columns", message, _LONG_OR_WIDE))


@dataclass
class _StudentRows:
    """The rows of one student, of an answer each."""

    file: File
    columns: Columns
    width: int
    comma: bool
    student: str = ""
    line: int | None = None
    size: int = 0
    invalid: Diagnostic | None = None
    origin: Origin = _UNKNOWN

    def __post_init__(self) -> None:
        self.sheet = self.file.sheet(self.line, comma=self.comma)

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

    def submission(self, warnings: tuple[Diagnostic, ...] = ()) -> Submission:
        """The submission when its last row is read."""
        if self.invalid:
            return self.file.invalid(self.invalid, self.student, self.line)
        return replace(self.file.submission(self.sheet, self.student, warnings), origin=self.origin)


def _single(found: Iterator[Row], group: _StudentRows) -> Submission:
    """One student's file."""
    for row in found:
        group.add(row)
    return group.submission()


def _long(found: Iterator[Row], titles: ColumnRoles, empty: _StudentRows) -> Iterator[Submission]:
    """A row for each answer; the rows of a student stand together."""
    file = empty.file
    group: _StudentRows | None = None
    warnings: tuple[Diagnostic, ...] = ()
    current = ("", "", "")
    ended: set[int] = set()
    for row in found:
        given = (titles.student(row), titles.identity(row), row.cell(titles.attempt))
        if group is None or given != current:
            if group:
                yield group.submission(warnings)
            current = given
            student, warnings = file.student(given[0], row.line)
            group = replace(empty, student=student, line=row.line, origin=_origin(titles, row))
            if any(given) and hash(given) in ended:
                message = f"line {row.line}: the rows of this student do not stand together"
                group.invalid = Diagnostic("submission.scattered", message, "sort the file by student")
            ended.add(hash(given))
        group.add(row)
    yield group.submission(warnings) if group else file.invalid(nothing())


def _origin(titles: ColumnRoles, row: Row) -> Origin:
    return Origin(titles.identity(row), cut(row.cell(titles.time)), cut(row.cell(titles.attempt)))


def _wide(found: Iterator[Row], titles: ColumnRoles, file: File, *, comma: bool) -> Iterator[Submission]:
    """A row for each student; the titles are the answers' names."""
    noted = StudentTable(file.source, titles, file.problems.unasked(path for _, path in titles.asked))
    first, second = next(found, None), next(found, None)
    if first is None:
        yield file.invalid(nothing())
        return
    alone = not titles.shown and second is None
    if second is None and not titles.program:
        titles = titles.with_unknown()  # one student's own file, where a title is a name that may be mistyped
    else:
        file.notes.tables.append(noted)
    names = _Names(titles)
    warned: set[Diagnostic] = set()
    for row in chain((first,), (second,) if second else (), found):
        if not titles.is_student(row):
            continue
        names.add(row)
        noted.rows += 1
        done = _of_row(row, file.name if alone else titles.student(row), titles, file, comma=comma)
        yield replace(done, warnings=tuple(one for one in done.warnings if one not in warned))
        warned.update(one for one in done.warnings if one.code == "submission.problem")  # titles are said once
    noted.nameless = () if alone else names.distinct()


class _Names:
    """Which of the unknown columns of a table without a student's have a text of its own in each row."""

    def __init__(self, titles: ColumnRoles) -> None:
        self.titles = titles
        self.seen: dict[int, set[int]] = {} if titles.shown else {index: set() for index in titles.unknown}

    def add(self, row: Row) -> None:
        """Look at one more row."""
        for index in list(self.seen):
            text = hash(row.cell(index).strip())
            if text in self.seen[index] or not row.cell(index).strip():
                del self.seen[index]
            else:
                self.seen[index].add(text)

    def distinct(self) -> tuple[str, ...]:
        """Their titles."""
        return tuple(self.titles.titles[index] for index in self.seen)


def _of_row(row: Row, given: str, titles: ColumnRoles, file: File, *, comma: bool) -> Submission:
    name, warnings = file.student(given, row.line)
    sheet = file.sheet(row.line, comma=comma)
    problem = row.problem or _too_wide(row, len(titles.titles))
    if problem is not None:
        return file.invalid(problem, name, row.line)
    try:
        sheet.put_all(titles.leaves(row))
    except Refused as refused:
        return file.invalid(refused.problems[0], name, row.line)
    return replace(file.submission(sheet, name, warnings), origin=_origin(titles, row))


def _too_wide(row: Row, width: int) -> Diagnostic | None:
    if not any(row.cells[width:]):
        return None
    message = f"line {row.line} has {len(row.cells)} cells in {width} columns"
    return Diagnostic("submission.cells", message, "put an answer with separators in it in quotes")
