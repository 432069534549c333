"""Strangers' text made safe to show: control and bidirectional characters visible, long lines cut around a place."""

from __future__ import annotations

import unicodedata

_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def visible(text: str) -> str:
    """The text with every character that would act on a terminal, or hide, as its code point."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else f"<U+{code:04X}>"


def width(text: str) -> int:
    """How many columns of a terminal a text takes: Chinese takes two a character, an accent on a letter none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shorten(text: str, most: int, ellipsis: str = "…") -> str:
    """The beginning of a text that is too long, and a sign that there was more."""
    return text if len(text) <= most else text[: max(0, most - len(ellipsis))] + ellipsis


def window(line: str, start: int, end: int, most: int) -> tuple[str, int, int]:
    """The part of a long line around a range, and where the range stands in it."""
    if len(line) <= most:
        return line, start, end
    first = max(0, min(start - most // 3, len(line) - most))
    cut = line[first : first + most]
    return cut, start - first, min(end - first, len(cut))
