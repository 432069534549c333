"""Files of text, by the standard library: bytes → lines → a table or JSON Lines.

Lines are those of an editor: blank lines and line breaks in quotes count.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Protocol, TextIO, cast

from backprop_cli import limits
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.delimited import Delimited
from backprop_cli.rows.files import STDIN, DataFile
from backprop_cli.rows.json_lines import JsonLines
from backprop_cli.rows.meter import Meter
from backprop_cli.rows.row_records import BadRow, Dialect, Record

_UTF_16 = ("\udcff\udcfe", "\udcfe\udcff")


class TextTable(Protocol):
    """A file whose columns are known: ``names`` in order, after renaming."""

    names: tuple[str, ...]

    def records(self, wanted: Sequence[str]) -> Iterator[Record | BadRow]:
        """Every row in order, with the cells of these columns as numbers."""


def opened(file: DataFile, open_files: ExitStack, meter: Meter | None = None) -> BinaryIO:
    """The bytes of a file, unpacked; closed with ``open_files``. Raises ``Refused`` if it cannot be opened.

    A ``meter`` follows it, if the file has a size.
    """
    try:
        if file.path == STDIN:
            if sys.stdin is None:
                raise Refused(Diagnostic("input.file", "standard input is closed"))
            raw: BinaryIO = sys.stdin.buffer
        elif file.is_remote:
            from backprop_cli.rows.remote import stream

            raw = stream(file.path)
        else:
            raw = Path(file.path).open("rb")  # noqa: SIM115  # closed with the others
            open_files.callback(raw.close)
            if meter is not None:
                meter.follow(raw.tell)
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
        raise Refused(Diagnostic("input.file", f"{file.name} cannot be read: {reason}")) from None
    if file.packed == "zst":
        from backprop_cli.rows.zstd import unpacked

        return unpacked(raw)
    if file.packed == "gz":
        from gzip import GzipFile

        return cast("BinaryIO", GzipFile(fileobj=raw))
    return raw


def lines(file: DataFile, open_files: ExitStack, meter: Meter | None = None) -> Iterator[str]:
    """The lines of a text file with their ends; bytes that are no UTF-8 are kept as they are. Raises ``Refused``."""
    source = opened(file, open_files, meter)
    stream = io.TextIOWrapper(source, encoding="utf-8-sig", errors="surrogateescape", newline="")
    open_files.callback(stream.detach if file.path == STDIN else stream.close)
    return _lines(file, stream)


def _damages() -> tuple[type[Exception], ...]:
    """What reading a damaged gzip file raises; asked only where something was raised."""
    from gzip import BadGzipFile
    from zlib import error

    return BadGzipFile, error, EOFError


def _lines(file: DataFile, stream: TextIO) -> Iterator[str]:
    count = 0
    try:
        while line := stream.readline(limits.LINE_CHARACTERS + 1):
            count += 1
            if count == 1 and line.startswith(_UTF_16):
                raise Refused(Diagnostic("text.encoding", f"{file.name} is UTF-16 text", "save it as UTF-8"))
            if len(line) > limits.LINE_CHARACTERS:
                message = f"line {count:,} of {file.name} has more than {limits.LINE_CHARACTERS:,} characters"
                raise Refused(Diagnostic("limit.line", message, "is it a file of text?"))
            yield line
    except _damages() as error:
        raise Refused(Diagnostic("data.file", f"{file.name} cannot be unpacked: {error}")) from None
    except OSError as error:
        if error.errno is None:  # of whoever unpacks
            raise Refused(Diagnostic("data.file", f"{file.name} cannot be unpacked: {error}")) from None
        reason = (error.strerror or str(error)).lower()
        raise Refused(Diagnostic("input.file", f"{file.name} cannot be read: {reason}")) from None


def text_table(file: DataFile, reading: Dialect, open_files: ExitStack, meter: Meter) -> TextTable:
    """A table or JSON Lines: by its ending, else by the first character that is no space."""
    source = lines(file, open_files, meter)
    if file.form in ("csv", "tsv"):
        return Delimited(file, reading, source)
    first: list[str] = []
    for line in source:
        first.append(line)
        if line.strip():
            break
    source = chain(first, source)
    begins = first[-1].lstrip()[:1] if first else ""
    if begins == "[":
        hint = "an object a line, as jq -c '.[]' makes them of an array"
        raise Refused(Diagnostic("data.json", f"{file.name} begins with [, and JSON Lines are objects", hint))
    if file.form == "jsonl" or begins == "{":
        return JsonLines(file, reading, source)
    return Delimited(file, reading, source)
