"""A stream of bytes in any form → its submissions: the form is that of the file's name, or what it seems to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import BinaryIO, Literal, cast

from backprop_cli.grading.files import trees
from backprop_cli.grading.files.answer_columns import is_titled
from backprop_cli.grading.files.classes import from_csv, from_rows
from backprop_cli.grading.files.encodings import Peeked, as_utf8
from backprop_cli.grading.files.file import File, nothing
from backprop_cli.grading.files.headings import folded, role_of
from backprop_cli.grading.files.leaves import from_lines, is_line
from backprop_cli.grading.files.objects import from_json_lines, read_object
from backprop_cli.grading.files.sheets import Sheet, Submission, read_table
from backprop_cli.grading.files.tables import told_separator
from backprop_cli.grading.files.texts import Line, cut, decoded, whole
from backprop_cli.problems import Diagnostic, Refused

FileForm = Literal["json", "jsonl", "csv", "toml", "lines", "spreadsheet"]

FORMS: Mapping[str, FileForm | None] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".toml": "toml",
    ".txt": None,
    ".xlsx": "spreadsheet",
    ".ods": "spreadsheet",
}
TABLES = ("csv", "spreadsheet")
_SNIFFED = 65_536
_LOOKED_AT = 20  # rows
_TOML = re.compile(r"^(?:\[\[?[\w.\"' -]+\]\]?\s*(?:#.*)?$|[\w.\"'-]+\s*=\s*\{)", re.MULTILINE)
_ZIP = b"PK\x03\x04"


def of_stream(stream: BinaryIO, file: File, form: FileForm | None, sheet: str = "") -> Iterator[Submission]:
    """The submissions of a stream; of a spreadsheet those of one ``sheet``, or the first."""
    try:
        if form is None:
            head = stream.read(len(_ZIP))
            stream = cast("BinaryIO", Peeked(head, stream))
            form = "spreadsheet" if head == _ZIP else None
        if form == "spreadsheet":
            from backprop_cli.grading.files.spreadsheets import rows

            yield from from_rows(rows(stream, sheet), file)
        else:
            with as_utf8(stream, file.ways.encoding) as text:
                yield from _of_text(text, file, form)
    except Refused as refused:
        yield file.invalid(refused.problems[0])
    except OSError as error:
        yield file.invalid(unreadable(error))


def unreadable(error: OSError) -> Diagnostic:
    """What cannot be opened or read to its end."""
    return Diagnostic("submission.file", f"it cannot be read: {(error.strerror or 'an error').lower()}")


def _of_text(stream: BinaryIO, file: File, form: FileForm | None) -> Iterator[Submission]:
    if form is None:
        head = stream.read(_SNIFFED)
        stream = cast("BinaryIO", Peeked(head, stream))
        form = _sniffed(head)
    if form in ("jsonl", "csv"):
        yield from (from_json_lines if form == "jsonl" else from_csv)(stream, file)
    else:
        yield _one(stream, file, _READERS[form])


def _sniffed(head: bytes) -> FileForm:
    """The form that a text seems to have, from its beginning."""
    text = head.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip()
    if text.startswith("{"):
        return "jsonl" if _is_class(*text.partition("\n")[::2]) else "json"
    if _begins_class(text.partition("\n")[0]):
        return "csv"
    return "toml" if _TOML.search(text) else _rows_or_lines(text)


def _begins_class(row: str) -> bool:
    """Whether a row has the title of a students' column."""
    cells = [folded(cell.strip(' "')) for cell in re.split("[,;\t]", row)]
    return len(cells) > 1 and any(role_of(cell) in ("student", "id") for cell in cells)


def _rows_or_lines(text: str) -> FileForm:
    """The form of a text that is none of the others: JSON of another kind, rows, or lines of name = value."""
    rows = [row for row in islice(text.split("\n"), _LOOKED_AT) if row.strip() and row.strip()[0] != "#"]
    if not rows or rows[0].startswith("["):
        return "json" if rows else "lines"
    titles = [cell.strip(' "\t').lower() for cell in re.split("[,;\t]", rows[0])]
    if told_separator(rows[0]) or is_titled(titles):
        return "csv"
    alike = len(titles) > 1 and 2 * sum(map(is_line, rows)) < len(rows)
    return "csv" if alike else "lines"


def _is_class(first: str, rest: str) -> bool:
    """Whether the lines of a text that begins with ``{`` are objects of their own; the first one may be broken."""
    try:
        trees.from_json(first)
    except Refused:
        return rest.lstrip().startswith("{") and first.rstrip()[-1:] not in "[{:,"
    return bool(rest.strip())


def _one(stream: BinaryIO, file: File, reader: Callable[[str, Sheet], str]) -> Submission:
    """The submission that is a whole file."""
    text = decoded(whole(stream))
    if not text.strip():
        raise Refused(nothing())
    sheet = file.sheet()
    return file.submission(sheet, reader(text, sheet))


def _toml(text: str, sheet: Sheet) -> str:
    return read_table(trees.from_toml(text), sheet)


def _lines(text: str, sheet: Sheet) -> str:
    student = ""
    for leaf in from_lines(Line(number, row, len(row)) for number, row in enumerate(text.split("\n"), 1)):
        if leaf.path[0].strip().lower() == "student" and not leaf.problem:
            student = cut(str(leaf.value))
        else:
            sheet.put(leaf)
    return student


_READERS: Mapping[str, Callable[[str, Sheet], str]] = {"json": read_object, "toml": _toml, "lines": _lines}
