"""Tables and texts for a terminal or a pipe, by rich: colours, and columns that fit."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from itertools import starmap

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.table import Table as RichTable
from rich.text import Text

from backprop_cli.render import numbers
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.render.tables import plain_tables
from backprop_cli.render.tables.screens import Screen, for_screen
from backprop_cli.render.tables.tabular import Cell, Column, Role, Table

# Blue and orange of Okabe and Ito's palette, which colour-blind readers tell apart.
VALUE, GRADIENT, FAINT = Style(color="#56b4e9"), Style(color="#e69f00"), Style(dim=True)
GOOD, BAD, BOLD = Style(color="green"), Style(color="red", bold=True), Style(bold=True)
STYLES: dict[Role, Style] = {
    "": Style(),
    "value": VALUE,
    "gradient": GRADIENT,
    "faint": FAINT,
    "good": GOOD,
    "bad": BAD,
    "doubt": GRADIENT,
}
_NARROWEST, _WIDEST, _PIPE_WIDTH = 40, 200, 100_000
_TIGHT, _NARROW = 60, 90
_PIPE_FORMULA, _SHORTEST_FORMULA, _GAP, _MANY = 80, 8, 3, 300


def printed(parts: Iterable[Text | RichTable], screen: Screen) -> str:
    """Parts below each other as text for a screen; a pipe gets whole lines, never wrapped ones."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=min(max(screen.width, _NARROWEST), _WIDEST) if screen.width else _PIPE_WIDTH,
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
    text = "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())
    return for_screen(text, screen)


def prose(text: str, role: Role = "") -> Text:
    """A sentence, which a terminal gets wrapped between words."""
    return Text(text, STYLES[role], no_wrap=False)


def pairs(rows: Iterable[tuple[str, str]]) -> RichTable:
    """Labels, and what each stands for."""
    grid = RichTable.grid(padding=(0, 2))
    grid.add_column(style=BOLD, no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in rows:
        grid.add_row(Text(label), Text(text))
    return grid


def table(made: Table, screen: Screen) -> RichTable | Text:
    """The rows under their headings; a table of very many rows comes without colour."""
    made = made.without_empty()
    tight = screen.width is not None and screen.width < _TIGHT
    titles = [column.short if tight and column.short else column.heading for column in made.columns]
    rows = _fitted(made, titles, screen)
    if len(rows) > _MANY:
        return _many(made.columns, titles, rows, screen)
    shape = box.SIMPLE_HEAD if screen.unicode else box.ASCII2
    drawn = RichTable(box=shape, pad_edge=False, show_edge=False, padding=(0, 1), header_style=BOLD)
    for title, column in zip(titles, made.columns, strict=True):
        broken = column.kind == "prose"
        drawn.add_column(
            title,
            justify="right" if column.right else "left",
            no_wrap=not broken,
            overflow="fold" if broken else "ellipsis",
            min_width=column.least or None,
        )
    for row in rows:
        drawn.add_row(*starmap(Text, row))
    return drawn


def _fitted(made: Table, titles: Sequence[str], screen: Screen) -> list[list[tuple[str, Style]]]:
    """The cells' texts and styles: numbers rounded to the room, formulas cut to what the other columns leave."""
    formula = next((at for at, column in enumerate(made.columns) if column.kind == "formula"), None)
    for room in _rooms(screen):
        rows = [
            [_text(cell, column, room) for cell, column in zip(row, made.columns, strict=True)] for row in made.rows
        ]
        sizes = [max(cell_len(title), *(cell_len(row[at]) for row in rows)) for at, title in enumerate(titles)]
        least = sizes if formula is None else [*sizes[:formula], _SHORTEST_FORMULA, *sizes[formula + 1 :]]
        left = (screen.width or _PIPE_WIDTH) - sum(least) - _GAP * (len(sizes) - 1)
        if left >= 0:
            break
    if formula is not None:
        for row in rows:
            row[formula] = shorten(row[formula], _SHORTEST_FORMULA + max(0, left) if screen.width else _PIPE_FORMULA)
    styles = ([STYLES[cell.role] for cell in row] for row in made.rows)
    return [list(zip(texts, painted, strict=True)) for texts, painted in zip(rows, styles, strict=True)]


def _text(cell: Cell, column: Column, room: int) -> str:
    text = visible(" ".join(cell.text.split()))
    return numbers.fitted(text, room) if column.kind == "number" else text


def _rooms(screen: Screen) -> tuple[int, ...]:
    """How many characters a number has, and how many if the table is wider than the screen then."""
    wide = screen.width is None or screen.width >= _NARROW
    return (20, 8) if wide else (12, 8)


def _many(
    columns: Sequence[Column], titles: Sequence[str], rows: Sequence[Sequence[tuple[str, Style]]], screen: Screen
) -> Text:
    """Rich takes a quarter of a millisecond for every row."""
    texts = [[text for text, _ in row] for row in rows]
    return Text(plain_tables.table(titles, texts, [column.right for column in columns], screen))
