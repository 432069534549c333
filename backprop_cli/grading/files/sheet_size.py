"""How large a spreadsheet is, before a reader makes room for it: what it unpacks to, and how far its cells reach."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from backprop_cli import limits
from backprop_cli.problems import Diagnostic, Refused

_CHUNK = 65_536
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def refuse_huge(file: BinaryIO) -> None:
    """Raise ``Refused`` for a spreadsheet that is too large, or none at all."""
    try:
        with ZipFile(file) as archive:
            _refuse_many_bytes(archive)
            for entry in archive.infolist():
                if entry.filename.endswith(".xml"):
                    extent = _Extent()
                    for chunk in _chunks(archive, entry):
                        extent.feed(chunk)
    except (BadZipFile, zlib.error, expat.ExpatError, NotImplementedError, RuntimeError, EOFError) as error:
        raise Refused(Diagnostic("answers.sheets", f"not a spreadsheet: {str(error)[:200]}")) from None


def _refuse_many_bytes(archive: ZipFile) -> None:
    """Counted for all parts before one is looked into, which takes far longer; what a header says proves nothing."""
    left = limits.SHEET_BYTES
    for entry in archive.infolist():
        for chunk in _chunks(archive, entry):
            left -= len(chunk)
            if left < 0:
                raise Refused(_huge(f"unpacks to more than {limits.SHEET_BYTES:,} bytes"))


def _chunks(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            yield chunk


def _huge(what: str) -> Diagnostic:
    return Diagnostic("answers.size", f"the spreadsheet {what}", "save the table itself as CSV")


class _Extent:
    """How far the cells of one part of a spreadsheet reach, of .xlsx (``<c r="B7">``) or of .ods (repeated cells)."""

    def __init__(self) -> None:
        self.rows = self.columns = 0  # as far as there is something
        self.row = self.column = self.repeated = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EntityDeclHandler = self._entity

    def feed(self, chunk: bytes) -> None:
        """Look at some more of the XML."""
        self.parser.Parse(chunk)
        if self.rows * self.columns > limits.SHEET_CELLS:
            raise Refused(_huge(f"reaches over more than {limits.SHEET_CELLS:,} cells"))

    def _entity(self, *_: object) -> None:
        raise Refused(Diagnostic("answers.sheets", "not a spreadsheet: it defines entities"))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            cell = _CELL.fullmatch(attributes.get("r", ""))
            self.row, self.column = (int(cell[2]), _number(cell[1])) if cell else (self.row, self.column + 1)
            self._reach(self.row, self.column)
        elif tag == "row":
            told = attributes.get("r", "")
            self.row, self.column = int(told) if re.fullmatch("[0-9]{1,9}", told) else self.row + 1, 0
        elif tag == "table":
            self.row = 0
        elif tag == "table-row":
            self.column, self.repeated = 0, _repeats(attributes, "rows")
            self.row += self.repeated
        elif tag in ("table-cell", "covered-table-cell"):
            self.column += _repeats(attributes, "columns")
            if any(key.rpartition(":")[2] in ("value-type", "formula") for key in attributes):
                self._reach(self.row, self.column)

    def _reach(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


def _repeats(attributes: dict[str, str], what: str) -> int:
    text = next((value for key, value in attributes.items() if key.endswith(f"number-{what}-repeated")), "1")
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else limits.SHEET_CELLS


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
