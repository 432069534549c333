"""The table of a descent's parameters, before and after, whoever prints it."""

from __future__ import annotations

from collections.abc import Iterable

from backprop_cli.descent.descent_report import Moved
from backprop_cli.render.tables.tabular import Column, Table, code


def moves(parameters: Iterable[Moved]) -> Table:
    """A row a parameter; the gradient is that of the last point."""
    rows = (
        (
            code(one.name),
            code(one.before.text, "faint"),
            code(one.after.text, "value"),
            code(one.gradient.text, "gradient"),
        )
        for one in parameters
    )
    return Table(
        (Column("parameter"), *(Column(title, "number") for title in ("before", "after", "gradient"))), tuple(rows)
    )
