"""Lines and tables below each other as text: by rich for a terminal, by hand for a pipe, which need not load it."""

from __future__ import annotations

from collections.abc import Iterable

from backprop_cli.render.tables import plain_tables
from backprop_cli.render.tables.fitting import fitted
from backprop_cli.render.tables.screens import Screen, finished
from backprop_cli.render.tables.tabular import Table
from backprop_cli.render.tables.text_lines import TextLine


def shown(parts: Iterable[TextLine | Table], screen: Screen) -> str:
    """The parts as text for a screen; a pipe gets whole lines, never wrapped ones."""
    if screen.color or screen.width is not None:
        from backprop_cli.render.tables.terminal_tables import part, printed

        return printed((part(each, screen) for each in parts), screen)
    return finished("".join(f"{_plain(each, screen)}\n" for each in parts), screen)


def _plain(part: TextLine | Table, screen: Screen) -> str:
    return part.text if isinstance(part, TextLine) else plain_tables.table(fitted(part, screen), screen)
