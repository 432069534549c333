"""Paths → submissions, one after the other: files of one student or of a class, directories of them, standard input.

Whatever is wrong with a file is a submission that says so, and never stops the others. ``one_student`` is the same door
for who has one file and no key.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal, cast

from backprop_cli.grading.files import trees
from backprop_cli.grading.files.classes import File, begins_class, from_csv, from_json_lines, nothing, read_object
from backprop_cli.grading.files.columns import is_titled
from backprop_cli.grading.files.leaves import from_lines, is_line
from backprop_cli.grading.files.sheets import Problems, Sheet, Submission, read_table
from backprop_cli.grading.files.tables import told_separator
from backprop_cli.grading.files.texts import Line, cut, decoded, printable, whole
from backprop_cli.problems import Diagnostic, Refused

__all__ = ["Submission", "one_student", "skipped", "submissions"]

Form = Literal["json", "jsonl", "csv", "toml", "lines"]

_FORMS: Mapping[str, Form | None] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".toml": "toml",
    ".txt": None,
}
_SNIFFED = 65_536
_LOOKED_AT = 20  # rows
_TOML = re.compile(r"^(?:\[\[?[\w.\"' -]+\]\]?\s*(?:#.*)?$|[\w.\"'-]+\s*=\s*\{)", re.MULTILINE)
_NAMED_APART = 3


def submissions(paths: Sequence[str], parts: Mapping[str, int]) -> Iterator[Submission]:
    """Every submission at the paths, in order; ``-`` is standard input.

    ``parts`` are the ids of the key's problems with the number of points each is asked at. Raises ``Refused`` at once
    for paths that do not exist.
    """
    missing = [path for path in paths if path != "-" and not os.path.lexists(path)]
    if missing:
        raise Refused(*(Diagnostic("submission.missing", f"there is no file {printable(path)}") for path in missing))
    return _warned(paths, Problems(parts))


def one_student(data: bytes, name: str) -> Submission:
    """The answers of one student in a file that was read, for one problem that has no name.

    Raises ``Refused`` if it cannot be read, or holds the answers of several students.
    """
    file = File(name, name, Problems())
    form = _FORMS.get(Path(name).suffix.lower())
    try:
        found = list(islice(_of_stream(BytesIO(whole(BytesIO(data))), file, form), 2))
    except Refused as refused:
        raise _named(refused.problems[0], name) from None
    if len(found) > 1:
        several = Diagnostic(
            "answers.class", "it has the answers of several students", "`backprop grade` takes a class"
        )
        raise _named(several, name)
    if found[0].invalid is not None:
        raise _named(found[0].invalid, name)
    return found[0]


def _named(problem: Diagnostic, name: str) -> Refused:
    return Refused(replace(problem, message=f"{name}: {problem.message}"))


def _warned(paths: Sequence[str], problems: Problems) -> Iterator[Submission]:
    """The submissions, with a warning on a student's second one."""
    seen: set[int] = set()
    for path in paths:
        for one in _of_path(path, problems):
            again = one.invalid is None and hash(one.student) in seen
            warning = Diagnostic("submission.again", "this student has an earlier submission; both are graded")
            yield replace(one, warnings=(*one.warnings, warning)) if again else one
            seen.add(hash(one.student))


def _of_path(path: str, problems: Problems) -> Iterator[Submission]:
    if path == "-":
        yield from _of_stream(sys.stdin.buffer if sys.stdin else BytesIO(), File("-", "-", problems), None)
    elif Path(path).is_dir():
        yield from _of_directory(Path(path), problems)
    else:
        yield from _of_file(Path(path), problems)


def skipped(paths: Sequence[str]) -> tuple[Diagnostic, ...]:
    """Warnings about what stands in directories and is not read: other kinds of files, and directories in them."""
    found = []
    for path in paths:
        if path == "-" or not Path(path).is_dir():
            continue
        try:
            entries = sorted(Path(path).iterdir())
        except OSError:
            continue  # which reading it will say
        names = [f"{one.name}/" if one.is_dir() else one.name for one in entries if not _is_read(one)]
        shown = [cut(printable(name)) for name in names if not name.startswith(".")]
        if shown:
            found.append(_skipped(cut(printable(path)), shown))
    return tuple(found)


def _skipped(folder: str, names: list[str]) -> Diagnostic:
    more = f" and {len(names) - _NAMED_APART:,} more" if len(names) > _NAMED_APART else ""
    message = f"{folder}: not read: {', '.join(names[:_NAMED_APART])}{more}"
    hint = f"submissions end in {', '.join(_FORMS)}; a directory in it is named by itself"
    return Diagnostic("submission.skipped", message, hint)


def _of_directory(folder: Path, problems: Problems) -> Iterator[Submission]:
    """The files of a directory by their names; ``skipped`` tells what is not read."""
    file = File(cut(printable(folder.name or str(folder))), printable(str(folder)), problems)
    try:
        paths = sorted(path for path in folder.iterdir() if _is_read(path))
    except OSError as error:
        yield file.invalid(_unreadable(error))
        return
    if not paths:
        yield file.invalid(Diagnostic("submission.folder", "no file in it is a submission"))
    for path in paths:
        yield from _of_entry(path, problems)


def _is_read(path: Path) -> bool:
    return not path.name.startswith(".") and path.suffix.lower() in _FORMS and not path.is_dir()


def _of_entry(path: Path, problems: Problems) -> Iterator[Submission]:
    """A directory's entry: what is no file is never opened, since a pipe would wait for ever."""
    file = _known(path, problems)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        yield file.invalid(_unreadable(error))
        return
    if stat.S_ISREG(mode):
        yield from _of_file(path, problems)
    else:
        yield file.invalid(Diagnostic("submission.file", "it is no regular file"))


def _known(path: Path, problems: Problems) -> File:
    return File(cut(printable(path.stem)), printable(str(path)), problems)


def _unreadable(error: OSError) -> Diagnostic:
    return Diagnostic("submission.file", f"it cannot be read: {(error.strerror or 'an error').lower()}")


def _of_file(path: Path, problems: Problems) -> Iterator[Submission]:
    file = _known(path, problems)
    try:
        stream = path.open("rb")
    except OSError as error:
        yield file.invalid(_unreadable(error))
        return
    with stream:
        yield from _of_stream(stream, file, _FORMS.get(path.suffix.lower()))


@dataclass
class _Peeked:
    """A stream whose beginning was looked at."""

    head: bytes
    stream: BinaryIO

    def read(self, size: int) -> bytes:
        """As many bytes as there are, up to a size."""
        taken, self.head = self.head[:size], self.head[size:]
        return taken + self.stream.read(size - len(taken)) if len(taken) < size else taken


def _of_stream(stream: BinaryIO, file: File, form: Form | None) -> Iterator[Submission]:
    try:
        if form is None:
            head = stream.read(_SNIFFED)
            stream = cast("BinaryIO", _Peeked(head, stream))
            form = _sniffed(head)
        if form in ("jsonl", "csv"):
            yield from (from_json_lines if form == "jsonl" else from_csv)(stream, file)
        else:
            yield _one(stream, file, _READERS[form])
    except Refused as refused:
        yield file.invalid(refused.problems[0])
    except OSError as error:
        yield file.invalid(_unreadable(error))


def _sniffed(head: bytes) -> Form:
    """The form that a text seems to have, from its beginning."""
    text = head.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip()
    if text.startswith("{"):
        return "jsonl" if _is_class(*text.partition("\n")[::2]) else "json"
    if begins_class(text.partition("\n")[0]):
        return "csv"
    return "toml" if _TOML.search(text) else _rows_or_lines(text)


def _rows_or_lines(text: str) -> Form:
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
    sheet = Sheet(file.problems)
    student = reader(text, sheet)
    return sheet.submission(student or file.name, file.source)


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
