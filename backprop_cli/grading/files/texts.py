"""Bytes from strangers → text: UTF-8, line ends, NUL, sizes; whole files, or line by line.

What is wrong with a whole text is raised as ``Refused``; what is wrong with one line stays with that line, so that the
others can be read. Nothing here knows JSON or CSV.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from backprop_cli import limits
from backprop_cli.grading.files.encodings import remedy
from backprop_cli.problems import Diagnostic, Refused

_CHUNK = 65_536
_BOM = b"\xef\xbb\xbf"
_LONE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end. With a ``problem``, ``text`` is what could be made of it."""

    number: int
    text: str
    size: int
    problem: Diagnostic | None = None


def cut(text: str) -> str:
    """A name or a title, without blanks at its ends, and no longer than anybody reads."""
    text = text.strip()
    return text if len(text) <= limits.LABEL_CHARACTERS else text[: limits.LABEL_CHARACTERS - 1] + "…"


def printable(text: str) -> str:
    """Text without halves of surrogate pairs, which JSON's escapes can write and no encoding can."""
    return text if text.isascii() else _LONE.sub("\ufffd", text)


def decoded(data: bytes) -> str:
    """The text of a whole file, its lines ended by LF. Raises ``Refused`` for what is not UTF-8, and for NUL."""
    data = data.removeprefix(_BOM)
    text, problem = _line_text(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"), 1)
    if problem is not None:
        raise Refused(problem)
    return text


def whole(stream: BinaryIO, most: int = limits.SUBMISSION_BYTES) -> bytes:
    """All bytes of a stream. Raises ``Refused`` if there are too many."""
    data = stream.read(most + 1)
    if len(data) > most:
        raise Refused(Diagnostic("answers.size", f"more than {most:,} bytes", _ONE_STUDENT))
    return data


def lines(stream: BinaryIO) -> Iterator[Line]:
    """The lines of a stream of any size, a few at a time in memory."""
    most = limits.SUBMISSION_BYTES
    for number, data in enumerate(_raw_lines(stream), 1):
        if number == 1:
            data = data.removeprefix(_BOM)  # noqa: PLW2901  # the mark is no part of the first line
        text, problem = _line_text(data[:most], number)
        if len(data) > most:
            problem = Diagnostic("answers.size", f"line {number} has more than {most:,} bytes", _ONE_STUDENT)
        yield Line(number, text, len(data), problem)


_ONE_STUDENT = "a class belongs in JSON Lines or CSV with a student column, which have no such limit"


def _raw_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines by LF, CR LF or CR; of one that is too long only the beginning is kept."""
    held, most = b"", limits.SUBMISSION_BYTES + 1
    while chunk := stream.read(_CHUNK):
        pieces = (held + chunk).splitlines(keepends=True)
        held = b"" if pieces[-1].endswith(b"\n") else pieces.pop()
        for piece in pieces:
            yield piece.rstrip(b"\r\n")
        if len(held) > most:
            held = held[:most] + (b"\r" if held.endswith(b"\r") else b"")
    if held:
        yield held.rstrip(b"\r\n")


def _line_text(data: bytes, number: int) -> tuple[str, Diagnostic | None]:
    """The text of bytes that begin on a line, and what is wrong with it."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = number + data.count(b"\n", 0, error.start)
        message = f"line {line} is not UTF-8: byte 0x{data[error.start]:02x}"
        return data.decode("utf-8", "replace"), Diagnostic("answers.encoding", message, remedy(data))
    if "\0" in text:
        line = number + text.count("\n", 0, text.index("\0"))
        problem = Diagnostic(
            "answers.nul",
            f"line {line} has a NUL character",
            "save it as UTF-8; --encoding utf-16-le reads UTF-16 without its mark",
        )
        return text.replace("\0", "\ufffd"), problem
    return text, None
