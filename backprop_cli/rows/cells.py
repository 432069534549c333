"""A cell of a table or a member of a JSON object → a number, or a list of numbers; strictly, or the reason why not.

Nothing is taken for a missing value in silence: an empty cell, NA, nan and null are reasons, and so is what a double
cannot hold.
"""

from __future__ import annotations

import math
from typing import Any

_BOOLEANS = {"true": 1.0, "false": 0.0}
_ABSENT = {"na", "n/a", "#n/a", "null", "none", "nan", "-nan", "?", "-"}
_SHOWN = 40

CellValue = Any  # a float, or nested lists of floats


class BadCellError(Exception):
    """Why a cell is no number: a code, and words that follow the place of the cell."""

    def __init__(self, code: str, says: str) -> None:
        super().__init__(says)
        self.code, self.says = code, says


def number(text: str, decimal: str = ".") -> float:
    """A cell's text as a double. Raises ``BadCellError``."""
    plain = text.strip()
    if decimal != "." and plain:
        plain = _with_point(plain, decimal, text)
    try:
        value = float(plain)
    except ValueError:
        return _word(plain, text)
    if not math.isfinite(value) or "_" in plain or not plain.isascii():
        return _word(plain, text)
    return value


def _with_point(plain: str, decimal: str, text: str) -> str:
    """The text with a decimal point; a point of its own would be the thousands' here."""
    if "." in plain:
        raise BadCellError("data.number", f"{shown(text)} is no number with the decimal sign {decimal}")
    return plain.replace(decimal, ".")


def _word(plain: str, text: str) -> float:
    low = plain.lower()
    if low in _BOOLEANS:
        return _BOOLEANS[low]
    if not plain:
        raise BadCellError("data.missing", "there is no value")
    if low in _ABSENT:
        raise BadCellError("data.missing", f"{plain} is no value")
    if any(character.isdigit() for character in plain) and "_" not in plain and plain.isascii():
        try:
            float(plain)
        except ValueError:
            pass
        else:
            raise BadCellError("data.large", f"{shown(text)} is too large for a double")
    comma = " with a decimal point; see --decimal" if _has_decimal_comma(plain) else ""
    raise BadCellError("data.number", f"{shown(text)} is no number{comma}")


def _has_decimal_comma(plain: str) -> bool:
    whole, comma, part = plain.lstrip("+-").partition(",")
    return bool(comma) and whole.isdigit() and part.isdigit()


def shown(text: str) -> str:
    """A cell's text in quotes, cut to a readable length."""
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f"'{cut}'"


def member(value: object) -> CellValue:
    """A member of a JSON object, numbers as texts, as a number or nested lists of them. Raises ``BadCellError``."""
    if isinstance(value, str):
        return number(value)
    if isinstance(value, bool):
        return float(value)
    if value is None:
        raise BadCellError("data.missing", "null is no value")
    if isinstance(value, list):
        return _list(value)
    raise BadCellError("data.number", "an object is no number")


def _list(values: list[object]) -> list[CellValue]:
    if not values:
        raise BadCellError("data.missing", "an empty list is no value")
    found = [member(one) for one in values]
    if len({tuple(shape(one)) for one in found}) > 1:
        raise BadCellError("data.shape", "the lists in it have different lengths")
    return found


def shape(cell: CellValue) -> list[int]:
    """The lengths of nested lists, from the outermost; none for a number."""
    lengths: list[int] = []
    while isinstance(cell, list):
        lengths.append(len(cell))
        cell = cell[0]
    return lengths
