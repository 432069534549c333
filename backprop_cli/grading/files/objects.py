"""JSON and JSON Lines → submissions: one object is one student's, and a line of a class's file is one object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from backprop_cli.grading.files import trees
from backprop_cli.grading.files.file import File, nothing
from backprop_cli.grading.files.sheets import Sheet, Submission, read_table
from backprop_cli.grading.files.texts import Line, cut, lines
from backprop_cli.problems import Diagnostic, Refused

_STUDENT = re.compile(r'"student"\s*:\s*"([^"\\]{1,200})"')


def from_json_lines(stream: BinaryIO, file: File) -> Iterator[Submission]:
    """A submission from each line that is not blank."""
    empty = True
    for line in lines(stream):
        if line.text.strip() or line.problem:
            empty = False
            yield _of_line(line, file)
    if empty:
        yield file.invalid(nothing())


def _of_line(line: Line, file: File) -> Submission:
    sheet = file.sheet(line.number)
    try:
        student, warnings = file.student(_read_line(line, sheet), line.number)
    except Refused as refused:
        match = _STUDENT.search(line.text)
        name = cut(match[1]) if match else f"{file.name}:{line.number}"
        return file.invalid(refused.problems[0], name, line.number)
    return file.submission(sheet, student, warnings)


def _read_line(line: Line, sheet: Sheet) -> str:
    if line.problem:
        raise Refused(line.problem)
    return read_object(line.text, sheet, line.number)


def read_object(text: str, sheet: Sheet, line: int = 1) -> str:
    """Read the answers of a JSON text into a sheet; returns the student's name, or nothing.

    Raises ``Refused`` if it is no object.
    """
    value = trees.from_json(text, line)
    if isinstance(value, trees.Tree):
        return read_table(value, sheet)
    raise Refused(Diagnostic("answers.json", f"must be one JSON object, and is {trees.kind(value)}", 'as {"dx": -4}'))
