"""Rows as CSV (RFC 4180 with plain newlines).

Spreadsheets run what begins with ``=`` and its kind: a stranger's cell gets an apostrophe before it, unless it is a
number.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_FORMULA = tuple("=+-@＝＋－＠")


def lines(rows: Iterable[Iterable[object]], *, separator: str = ",") -> str:
    """The rows, a line each."""
    cells = [tuple(row) for row in rows]
    text = _written(cells, separator, "\n")
    if "\r" not in text:
        return text
    # The library quotes a cell with a carriage return only where lines end with one.
    return "".join(_written([row], separator, "\r\n").removesuffix("\r\n") + "\n" for row in cells)


def _written(rows: Iterable[Iterable[object]], separator: str, end: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    return out.getvalue()


def harmless(text: str) -> str:
    """A text as a cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
