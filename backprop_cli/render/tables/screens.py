"""What a text is written to: how wide it is, and whether it has colour and Unicode."""

from __future__ import annotations

from dataclasses import dataclass

_ASCII = str.maketrans(
    {
        "…": "~",
        "✓": "+",
        "✗": "x",
        "▲": "!",
        "≷": "?",
        "─": "-",
        "∂": "d",
        "≈": "~",
        "·": "*",
        "×": "*",
        "≥": ">=",
        "≤": "<=",
        "≠": "!=",
        "±": "+-",
    }
)


@dataclass(frozen=True, slots=True)
class Screen:
    """What is written to: its width (None for a pipe, where nothing is cut to fit), colour, and Unicode or not."""

    width: int | None
    color: bool
    unicode: bool


def for_screen(text: str, screen: Screen) -> str:
    """The text with the signs that a screen without Unicode lacks spelled in ASCII."""
    return text if screen.unicode else text.translate(_ASCII)


def finished(text: str, screen: Screen) -> str:
    """Lines for the screen, without blanks at their ends."""
    return for_screen("".join(f"{line.rstrip()}\n" for line in text.splitlines()), screen)
