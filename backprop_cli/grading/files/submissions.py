"""Paths → submissions, one after the other: files of one student or of a class, directories of them, standard input.

Whatever is wrong with a file is a submission that says so, and never stops the others. ``one_student`` is the same door
for who has one file and no key.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from backprop_cli.grading.files.column_roles import Ways
from backprop_cli.grading.files.encodings import spooled
from backprop_cli.grading.files.file import File
from backprop_cli.grading.files.forms import FORMS, of_stream, unreadable
from backprop_cli.grading.files.notes import Notes
from backprop_cli.grading.files.sheets import Problems, Submission
from backprop_cli.grading.files.texts import cut, printable, whole
from backprop_cli.problems import Diagnostic, Refused, some


@dataclass(frozen=True)
class Inbox:
    """All files of a class, which can be read again and again; ``-`` is standard input, which is kept for that."""

    paths: Sequence[str]
    problems: Problems
    ways: Ways = field(default_factory=Ways)
    _piped: dict[str, BinaryIO] = field(default_factory=dict)

    def missing(self) -> tuple[Diagnostic, ...]:
        """What is said of paths that do not exist."""
        lost = [path for path in self.paths if path != "-" and not os.path.lexists(_file_and_sheet(path)[0])]
        return tuple(Diagnostic("submission.missing", f"there is no file {printable(path)}") for path in lost)

    def close(self) -> None:
        """Let go of what was kept."""
        for stream in self._piped.values():
            stream.close()

    def submissions(self, notes: Notes | None = None) -> Iterator[Submission]:
        """Every submission, in order. What is noticed of a file as a whole is added to the ``notes``."""
        notes = Notes() if notes is None else notes
        for path in self.paths:
            file, sheet = _file_and_sheet(path)
            if path == "-" or _is_pipe(file):
                yield from self._of_pipe(path, notes)
            elif file.is_dir():
                yield from self._of_directory(file, notes)
            else:
                yield from self._of_file(file, notes, sheet)

    def _of_pipe(self, path: str, notes: Notes) -> Iterator[Submission]:
        """What can be read once only, and is kept: standard input, a named pipe."""
        file = File("-", "-", self.problems, self.ways, notes) if path == "-" else self._known(Path(path), notes)
        try:
            if path not in self._piped:
                self._piped[path] = _all_of(path)
        except OSError as error:
            yield file.invalid(unreadable(error))
            return
        self._piped[path].seek(0)
        yield from of_stream(self._piped[path], file, FORMS.get(Path(path).suffix.lower()))

    def _of_directory(self, folder: Path, notes: Notes) -> Iterator[Submission]:
        """The files of a directory by their names; ``skipped`` tells what is not read."""
        name = cut(printable(folder.name or str(folder)))
        file = File(name, printable(str(folder)), self.problems, self.ways, notes)
        try:
            paths = sorted(path for path in folder.iterdir() if _is_read(path))
        except OSError as error:
            yield file.invalid(unreadable(error))
            return
        if not paths:
            yield file.invalid(Diagnostic("submission.folder", "no file in it is a submission"))
        for path in paths:
            yield from self._of_entry(path, notes)

    def _of_entry(self, path: Path, notes: Notes) -> Iterator[Submission]:
        """A directory's entry: what is no file is never opened, since a pipe would wait for ever."""
        try:
            mode = path.lstat().st_mode
        except OSError as error:
            yield self._known(path, notes).invalid(unreadable(error))
            return
        if stat.S_ISREG(mode):
            yield from self._of_file(path, notes)
        else:
            yield self._known(path, notes).invalid(Diagnostic("submission.file", "it is no regular file"))

    def _of_file(self, path: Path, notes: Notes, sheet: str = "") -> Iterator[Submission]:
        file = self._known(path, notes)
        try:
            stream = path.open("rb")
        except OSError as error:
            yield file.invalid(unreadable(error))
            return
        with stream:
            yield from of_stream(stream, file, FORMS.get(path.suffix.lower()), sheet)

    def _known(self, path: Path, notes: Notes) -> File:
        return File(cut(printable(path.stem)), printable(str(path)), self.problems, self.ways, notes)


def _file_and_sheet(path: str) -> tuple[Path, str]:
    """A path, and the sheet that ``class.xlsx:Sheet 2`` names, if it is no file's own name."""
    name, colon, sheet = path.rpartition(":")
    is_sheet = colon and FORMS.get(Path(name).suffix.lower()) == "spreadsheet" and not os.path.lexists(path)
    return (Path(name), sheet) if is_sheet else (Path(path), "")


def _is_pipe(path: Path) -> bool:
    try:
        return stat.S_ISFIFO(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _all_of(path: str) -> BinaryIO:
    if path == "-":
        return spooled(sys.stdin.buffer if sys.stdin else BytesIO())
    with Path(path).open("rb") as stream:
        return spooled(stream)


def one_student(
    data: bytes, name: str, problems: Problems | None = None, ways: Ways | None = None, notes: Notes | None = None
) -> Submission:
    """The answers of one student in a file that was read, for one problem that has no name.

    Raises ``Refused`` if it cannot be read, or holds the answers of several students.
    """
    file = File(name, name, problems or Problems(), ways or Ways(), notes or Notes())
    try:
        stream = BytesIO(whole(BytesIO(data)))
        found = list(islice(of_stream(stream, file, FORMS.get(Path(name).suffix.lower())), 2))
    except Refused as refused:
        raise _named(refused.problems[0], name) from None
    if len(found) > 1:
        hint = "`backprop grade` takes a class"
        raise _named(Diagnostic("answers.class", "it has the answers of several students", hint), name)
    if found[0].invalid is not None:
        raise _named(found[0].invalid, name)
    return _in_file(found[0])


def _in_file(one: Submission) -> Submission:
    """The submission for who takes the file as a whole: its answers stand on the lines of the file."""
    if not one.line:
        return one
    start = one.line
    answers = {
        part: tuple(replace(it, below=None if it.below is None else start + it.below) for it in found)
        for part, found in one.answers.items()
    }
    return replace(one, line=None, answers=answers)


def _named(problem: Diagnostic, name: str) -> Refused:
    return Refused(replace(problem, message=f"{name}: {problem.message}"))


def skipped(paths: Sequence[str]) -> tuple[Diagnostic, ...]:
    """Warnings about what stands in directories and is not read: links, other kinds of files, directories in them."""
    found = []
    for path in paths:
        if path == "-" or not Path(path).is_dir():
            continue
        try:
            entries = sorted(Path(path).iterdir())
        except OSError:
            continue  # which reading it will say
        names = [_shown(one) for one in entries if not _is_read(one) and not one.name.startswith(".")]
        if names:
            found.append(_skipped(cut(printable(path)), names))
    return tuple(found)


def _shown(entry: Path) -> str:
    mark = "@" if entry.is_symlink() else "/" if entry.is_dir() else ""
    return cut(printable(entry.name)) + mark


def _skipped(folder: str, names: list[str]) -> Diagnostic:
    message = f"{folder}: not read: {some(names)}"
    hint = f"submissions end in {', '.join(FORMS)}; links are not followed, and a directory in it is named by itself"
    return Diagnostic("submission.skipped", message, hint)


def _is_read(path: Path) -> bool:
    """Whether a directory's entry is a submission by its name; a link may lead to what is nobody's."""
    is_named = not path.name.startswith(".") and path.suffix.lower() in FORMS
    return is_named and not path.is_symlink() and not path.is_dir()
