"""Lines of a table set by hand: for a pipe, for rows that come one at a time, and for so many that rich takes long."""

from __future__ import annotations

from backprop_cli.render.safe_text import shorten, width
from backprop_cli.render.tables.fitting import Fitted
from backprop_cli.render.tables.screens import Screen


def table(made: Fitted, screen: Screen) -> str:
    """Lines under a head and a rule, without colour; the columns stand three apart."""
    texts = [made.titles, *made.rows]
    rights = [column.right for column in made.columns]
    sizes = [
        max(column.least, *map(width, found))
        for column, found in zip(made.columns, zip(*texts, strict=True), strict=True)
    ]
    gap, crossing = ("   ", "───") if screen.unicode else (" | ", "-+-")
    lines = [
        gap.join(filled(text, size, right=right) for text, size, right in zip(row, sizes, rights, strict=True)).rstrip()
        for row in texts
    ]
    return "\n".join([lines[0], crossing.join(rule(size, screen) for size in sizes), *lines[1:]])


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
