"""Tables and texts for a terminal or a pipe, by rich: colours, and columns that fit."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache

from rich import box
from rich.console import Console
from rich.style import Style
from rich.table import Table as RichTable
from rich.text import Text

from backprop_cli.render.tables import plain_tables
from backprop_cli.render.tables.fitting import PIPE_WIDTH, Fitted, fitted
from backprop_cli.render.tables.screens import Screen, finished
from backprop_cli.render.tables.tabular import CellRole, Table
from backprop_cli.render.tables.text_lines import TextLine

# Blue and orange of Okabe and Ito's palette, which colour-blind readers tell apart.
VALUE, GRADIENT, FAINT = Style(color="#56b4e9"), Style(color="#e69f00"), Style(dim=True)
GOOD, BAD, BOLD = Style(color="green"), Style(color="red", bold=True), Style(bold=True)
STYLES: dict[CellRole, Style] = {
    "": Style(),
    "value": VALUE,
    "gradient": GRADIENT,
    "faint": FAINT,
    "good": GOOD,
    "bad": BAD,
    "doubt": GRADIENT,
}
_NARROWEST, _WIDEST, _MANY = 40, 200, 300


def printed(parts: Iterable[Text | RichTable], screen: Screen) -> str:
    """Parts below each other as text for a screen; a pipe gets whole lines, never wrapped ones."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=min(max(screen.width, _NARROWEST), _WIDEST) if screen.width else PIPE_WIDTH,
        force_terminal=screen.color,
        color_system="truecolor" if screen.color else None,
        no_color=not screen.color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for part in parts:
        whole = isinstance(part, Text) and part.no_wrap is not False
        console.print(part, soft_wrap=screen.width is None or whole)
    return finished(out.getvalue(), screen)


def prose(text: str, role: CellRole = "") -> Text:
    """A sentence, which a terminal gets wrapped between words."""
    return Text(text, STYLES[role], no_wrap=False)


def part(each: TextLine | Table, screen: Screen) -> Text | RichTable:
    """A line or a table as rich has them."""
    if isinstance(each, Table):
        return table(each, screen)
    return Text.assemble(*((text, STYLES[role]) for text, role in each.pieces), no_wrap=False if each.wraps else None)


def pairs(rows: Iterable[tuple[str, str]]) -> RichTable:
    """Labels, and what each stands for."""
    grid = RichTable.grid(padding=(0, 2))
    grid.add_column(style=BOLD, no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in rows:
        grid.add_row(Text(label), Text(text))
    return grid


def table(made: Table, screen: Screen) -> RichTable | Text:
    """The rows under their headings; a table of very many rows comes without colour, for rich takes long over each."""
    ready = fitted(made, screen)
    return Text(plain_tables.table(ready, screen)) if len(ready.rows) > _MANY else _drawn(ready, screen)


@cache
def _too_much() -> int:
    """Before its version 15 rich widens a last column by the space that would stand behind it."""
    from importlib.metadata import version

    return int(version("rich").partition(".")[0]) < 15


def _drawn(made: Fitted, screen: Screen) -> RichTable:
    shape = box.SIMPLE_HEAD if screen.unicode else box.ASCII2
    drawn = RichTable(box=shape, pad_edge=False, show_edge=False, padding=(0, 1), header_style=BOLD)
    for title, column in zip(made.titles, made.columns, strict=True):
        broken = column.kind == "prose"
        drawn.add_column(
            title,
            justify="right" if column.right else "left",
            no_wrap=not broken,
            overflow="fold" if broken else "ellipsis",
            min_width=column.least - (_too_much() if column is made.columns[-1] else 0) if column.least else None,
        )
    for texts, roles in zip(made.rows, made.roles, strict=True):
        drawn.add_row(*(Text(text, STYLES[role]) for text, role in zip(texts, roles, strict=True)))
    return drawn
