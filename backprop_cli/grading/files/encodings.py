"""Bytes in the encodings that programs save → UTF-8, as everything behind here reads.

A byte order mark is believed. What is no UTF-8 is read in the encoding that the user names, and never in one that is
guessed.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from backprop_cli.problems import Diagnostic, Refused

_CHUNK = 65_536
_IN_MEMORY = 250_000
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def known(name: str) -> str:
    """The name of an encoding of text, checked. Raises ``Refused`` for what is none."""
    try:
        codecs.lookup(name)
        "".encode(name)
    except (LookupError, ValueError, UnicodeError):
        hint = "for example windows-1252, iso-8859-15, mac-roman, utf-16"
        raise Refused(Diagnostic("usage.encoding", f"`{name}` is no encoding", hint)) from None
    return name


@contextmanager
def as_utf8(stream: BinaryIO, encoding: str) -> Iterator[BinaryIO]:
    """A stream whose bytes are UTF-8; ``encoding`` is for what has no mark and is no UTF-8, "" if none was named."""
    head = stream.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    if marked:
        yield cast("BinaryIO", Recoded(Peeked(head, stream), marked))
    elif not encoding:
        yield cast("BinaryIO", Peeked(head, stream))
    else:
        with spooled(Peeked(head, stream)) as whole:
            named = "utf-8" if _is_utf8(whole) else encoding
            whole.seek(0)
            yield cast("BinaryIO", whole if named == "utf-8" else Recoded(whole, named))


def spooled(stream: Peeked | BinaryIO) -> BinaryIO:
    """All of a stream, on disk where it is long, so that it can be read again; whoever asks closes it."""
    file = cast("BinaryIO", SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115  # see above
    try:
        while chunk := stream.read(_CHUNK):
            file.write(chunk)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


class Peeked:
    """A stream whose beginning was looked at."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self.head, self.stream = head, stream

    def read(self, size: int) -> bytes:
        """As many bytes as there are, up to a size."""
        taken, self.head = self.head[:size], self.head[size:]
        return taken + self.stream.read(size - len(taken)) if len(taken) < size else taken


class Recoded:
    """A stream in another encoding, read as UTF-8. Raises ``Refused`` where it is not in that encoding."""

    def __init__(self, stream: Peeked | BinaryIO, encoding: str) -> None:
        self.stream, self.encoding, self.held = stream, encoding, b""
        self.decoder = codecs.getincrementaldecoder(encoding)()

    def read(self, size: int) -> bytes:
        """As many bytes of UTF-8 as there are, up to a size."""
        while len(self.held) < size:
            chunk = self.stream.read(_CHUNK)
            self.held += self._text(chunk).encode("utf-8", "surrogatepass")
            if not chunk:
                break
        taken, self.held = self.held[:size], self.held[size:]
        return taken

    def _text(self, chunk: bytes) -> str:
        try:
            return self.decoder.decode(chunk, final=not chunk)
        except UnicodeError as error:
            message = f"the text is not {self.encoding}: {getattr(error, 'reason', 'a byte has no meaning')}"
            raise Refused(Diagnostic("answers.encoding", message)) from None


def remedy(data: bytes) -> str:
    """What helps where bytes are no UTF-8."""
    try:
        data.decode("windows-1252")
    except UnicodeDecodeError:
        return "save it as UTF-8"
    return "save it as UTF-8; if it is Windows-1252, as Excel saves in the west, --encoding windows-1252 reads it"
