"""Spreadsheets, .xlsx and .ods → rows of text, formulas by the values that were stored with them.

A file of a few kilobytes can name a cell so far away that a reader's memory would not hold the table, or unpack to
gigabytes: so ``sheet_size`` looks at a file before the reader does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from backprop_cli import limits
from backprop_cli.grading.files.encodings import spooled
from backprop_cli.grading.files.sheet_size import refuse_huge
from backprop_cli.grading.files.tables import Row
from backprop_cli.problems import Diagnostic, Refused


def rows(stream: BinaryIO, sheet: str = "") -> Iterator[Row]:
    """The rows of a sheet that are not blank, with their numbers. Raises ``Refused`` if it cannot be read."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook, WorksheetNotFound
    except ModuleNotFoundError:
        hint = "pip install 'backprop-cli[sheets]', or save the table as CSV"
        raise Refused(Diagnostic("answers.sheets", "spreadsheets need the package python-calamine", hint)) from None
    with spooled(stream) as file:
        refuse_huge(file)
        file.seek(0)
        try:
            book = CalamineWorkbook.from_filelike(file)
            found = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
        except WorksheetNotFound:
            hint = f"there are {', '.join(book.sheet_names[:10])}"
            raise Refused(Diagnostic("answers.sheet", f"there is no sheet `{sheet}`", hint)) from None
        except CalamineError as error:
            raise Refused(Diagnostic("answers.sheets", f"not a spreadsheet: {str(error)[:200]}")) from None
    first = found.start[0] if found.start else 0
    for number, cells in enumerate(found.to_python(), first + 1):
        row = _row(number, cells)
        if any(row.cells):
            yield row


def _row(number: int, cells: Sequence[object]) -> Row:
    texts = [_text(cell) for cell in cells]
    size = sum(map(len, texts))
    problem = None
    if size > limits.SUBMISSION_BYTES:
        problem = Diagnostic("answers.size", f"row {number} has more than {limits.SUBMISSION_BYTES:,} characters")
    return Row(number, texts, size, problem)


def _text(cell: object) -> str:
    """A cell as it would stand in a CSV file: -4, not -4.0, which would be two digits that nobody typed."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return str(cell)
    return str(cell).strip()
