"""Tables as GitHub renders them, and the texts in them, where nothing that a stranger wrote acts as markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backprop_cli.render.safe_text import visible
from backprop_cli.render.tables.tabular import Cell, CellPart, Column, Table


def table(made: Table) -> str:
    """The head and the rows, a line each."""
    return head(made.columns) + "".join(map(row, made.rows))


def head(columns: Sequence[Column]) -> str:
    """The headings and the line that aligns them."""
    return _line(quoting(one.heading) for one in columns) + _line("---:" if one.right else "---" for one in columns)


def row(cells: Iterable[Cell]) -> str:
    """A line of a table."""
    return _line("".join(map(_part, cell.parts)) for cell in cells)


def code(text: str) -> str:
    """Text from a stranger as code; a pipe would end the table's cell, a backtick the code."""
    flat = visible(" ".join(text.split())).replace("|", "\\|").replace("`", "'")
    return f"`{flat}`" if flat else ""


def escape(text: str) -> str:
    """Text outside code, with what Markdown would act on escaped."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in visible(text))


def quoting(text: str) -> str:
    """A sentence that may quote a stranger: no markup, no entity, and no mention that would call somebody."""
    return escape(text).replace("&", "\\&").replace("~", "\\~").replace("@", "`@`")


def _part(part: CellPart) -> str:
    return code(part.text) if part.form == "code" else quoting(part.text) if part.form == "said" else part.text


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
