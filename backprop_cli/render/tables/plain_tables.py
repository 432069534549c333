"""Lines of a table set by hand, for rows that come one at a time, or are so many that rich would take long."""

from __future__ import annotations

from collections.abc import Sequence

from backprop_cli.render.safe_text import shorten, width
from backprop_cli.render.tables.screens import Screen


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], rights: Sequence[bool], screen: Screen) -> str:
    """Lines under a head and a rule, without colour; the columns stand three apart."""
    gap = 3
    texts = [titles, *rows]
    sizes = [max(map(width, column)) for column in zip(*texts, strict=True)]
    lines = [
        (" " * gap)
        .join(filled(text, size, right=right) for text, size, right in zip(row, sizes, rights, strict=True))
        .rstrip()
        for row in texts
    ]
    return "\n".join([lines[0], rule(sum(sizes) + gap * (len(sizes) - 1), screen), *lines[1:]])


def rule(size: int, screen: Screen) -> str:
    """The line under a head."""
    return ("─" if screen.unicode else "-") * size


def filled(text: str, size: int, *, right: bool = False) -> str:
    """Text filled up to a width, in which Chinese takes two columns a character."""
    space = " " * (size - width(text))
    return space + text if right else text + space


def cut(text: str, size: int) -> str:
    """The beginning of a text, no wider than a width of at least 1."""
    while width(text) > size:
        text = shorten(text, len(text) - 1)
    return text
