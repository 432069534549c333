"""The students of a class, from a file: one id a line, or a table with a column of students as ``grade`` reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import chain
from pathlib import Path

from backprop_cli import limits
from backprop_cli.grading.files.column_roles import ColumnRoles, Ways, layout
from backprop_cli.grading.files.encodings import as_utf8
from backprop_cli.grading.files.forms import FORMS, TABLES
from backprop_cli.grading.files.sheets import Problems
from backprop_cli.grading.files.tables import Row, table
from backprop_cli.grading.files.texts import cut, decoded, lines, printable
from backprop_cli.problems import Diagnostic, Refused

_ANOTHER = "students are one id a line, or a table with a column of them"


def roster(data: bytes, name: str, problems: Problems, ways: Ways) -> tuple[str, ...]:
    """The students in their order, each once, called as ``grade`` calls them. Raises ``Refused`` if there are none."""
    form = FORMS.get(Path(name).suffix.lower())
    if form not in (None, *TABLES):
        raise Refused(Diagnostic("sheet.students", f"{name} is neither a list nor a table of students", _ANOTHER))
    try:
        found = _of_sheet(data, problems, ways) if form == "spreadsheet" else _of_text(data, form, problems, ways)
    except Refused as refused:
        problem = refused.problems[0]
        raise Refused(Diagnostic(problem.code, f"{name}: {problem.message}", problem.hint)) from None
    if not found:
        raise Refused(Diagnostic("sheet.students", f"{name} names no student", _ANOTHER))
    if len(found) > limits.SHEETS:
        raise Refused(
            Diagnostic("sheet.students", f"{name} names {len(found):,} students; the limit is {limits.SHEETS:,}")
        )
    return found


def _of_sheet(data: bytes, problems: Problems, ways: Ways) -> tuple[str, ...]:
    from backprop_cli.grading.files.spreadsheets import rows

    return _of_rows(rows(BytesIO(data)), problems, ways, is_table=True)


def _of_text(data: bytes, form: str | None, problems: Problems, ways: Ways) -> tuple[str, ...]:
    with as_utf8(BytesIO(data), ways.encoding) as stream:
        data = stream.read(limits.ROSTER_BYTES)
    text = decoded(data)
    found = _of_rows(table(lines(BytesIO(data)))[1], problems, ways, is_table=form in TABLES)
    return found or tuple(dict.fromkeys(cut(printable(line)) for line in text.split("\n") if line.strip()))


def _of_rows(found: Iterator[Row], problems: Problems, ways: Ways, *, is_table: bool) -> tuple[str, ...]:
    """The students of a table; none where it is no table with a column of them, but lines."""
    head = next(found, None)
    if head is None:
        return ()
    titles = layout(head.cells, problems, ways)
    if titles.shown:
        return _named(titles, [row for row in found if titles.is_student(row)])
    if not is_table or len(head.cells) == 1:
        rows = chain([head], found) if is_table else ()
        return tuple(dict.fromkeys(cut(row.cell(0)) for row in rows if row.cell(0)))
    hint = '[columns] in the key says which it is, as student = "Login"'
    raise Refused(Diagnostic("sheet.students", "no column is known to hold the students", hint))


def _named(titles: ColumnRoles, rows: Sequence[Row]) -> tuple[str, ...]:
    """What students are called; two of one name by what tells them apart, too, as in ``Attempts``."""
    identities: dict[str, set[str]] = {}
    for row in rows:
        identities.setdefault(titles.student(row), set()).add(titles.identity(row))
    names = (_apart(titles, row, identities) for row in rows)
    return tuple(dict.fromkeys(name for name in names if name))


def _apart(titles: ColumnRoles, row: Row, identities: dict[str, set[str]]) -> str:
    name, identity = titles.student(row), titles.identity(row)
    return f"{name} ({identity})" if identity and len(identities[name] - {""}) > 1 else name
