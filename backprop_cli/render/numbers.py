"""Numbers in a table: as short as they stay readable. Other formats print them whole."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from backprop_cli.report.report import Quantity

if TYPE_CHECKING:
    from backprop_cli.check.verdict import SideSlope, Verdict

MARKS = {"ok": "✓", "kink": "▲", "limit": "≈", "undecided": "≷", "imprecise": "~", "wrong": "✗", "unchecked": "?"}


_POWER = 17  # characters of a power of ten that a Decimal holds


def short(quantity: Quantity | None, most: int = 12) -> str:
    """The number's own text if it fits, else rounded to the width."""
    return "none" if quantity is None else fitted(quantity.text, most)


def fitted(text: str, most: int) -> str:
    """A number's text, rounded if it is longer (or cut, if it is a formula)."""
    if len(text) <= most:
        return text
    if not is_decimal(text):
        return text[: most - 1] + "…"
    for digits in range(most, 0, -1):
        found = rounded(text, digits)
        if len(found) <= most:
            return found
    return found


def rounded(text: str, digits: int) -> str:
    """A decimal to so many digits; a power of ten that is too long for that is told by its length."""
    mantissa, _, power = text.partition("e")
    if len(power) > _POWER:
        return f"{mantissa[:4]}e{power[0]}({len(power) - 1:,} digits)"
    return f"{Decimal(text):.{digits}g}"  # not the double: its digits beyond the 17th are not the number's


def is_decimal(text: str) -> bool:
    """Whether a number's text is a decimal, with a power of ten or without."""
    return all(character in "0123456789.e+-" for character in text)


def error(verdict: Verdict | None) -> str:
    """A relative error in two digits, 0 where there is none."""
    if verdict is None or verdict.rel_error is None:
        return ""
    return "0" if verdict.rel_error == 0 else f"{verdict.rel_error:.1e}"


def word(verdict: Verdict | None, *, marks: bool = True) -> str:
    """The verdict as a mark and a word, so that it never depends on colour."""
    if verdict is None:
        return "unchecked"
    lossy = verdict.word in ("ok", "imprecise") and verdict.lost_digits > 0
    mark = MARKS["imprecise" if lossy else verdict.word]
    lost = f"lost {verdict.lost_digits} digit{'' if verdict.lost_digits == 1 else 's'}"
    said = lost if lossy else verdict.word
    return f"{mark} {said}" if marks else said


def slopes(verdict: Verdict) -> str:
    """The one-sided slopes of a kink in words."""
    left, right = map(slope, verdict.slopes or ("not known", "not known"))
    return f"{left} to the left, {right} to the right"


def slope(found: SideSlope) -> str:
    """A one-sided slope as a number, or the words for why there is none."""
    return f"{'a ' * (found == 'jump')}{found}" if isinstance(found, str) else repr(found)
