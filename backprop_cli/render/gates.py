"""The gate table, whole or one row, for a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from backprop_cli.gates import Gate
from backprop_cli.render.table import FAINT, GRADIENT, Screen, printed, table_box


def table(gates: Iterable[Gate], screen: Screen) -> str:
    """One line a gate: how it is written, its local gradients, and what it does to a gradient."""
    made = Table(box=table_box(screen), pad_edge=False, show_edge=False, padding=(0, 1), header_style="bold")
    made.add_column("gate", no_wrap=True)
    made.add_column("local gradients", overflow="fold")
    made.add_column("needs", overflow="fold")
    made.add_column("what it does to the gradient", overflow="fold")
    for gate in gates:
        made.add_row(Text(gate.form), Text(_slopes(gate), GRADIENT), Text(gate.need), Text(gate.intuition, FAINT))
    return printed([made], screen)


def _slopes(gate: Gate) -> str:
    return ", ".join(slope.text or "none" for slope in gate.slopes)


def page(gate: Gate, example: Mapping[str, str], screen: Screen) -> str:
    """One gate in full. ``example`` is a command and what it prints."""
    rows = [
        ("gate", gate.form),
        ("does", gate.intuition),
        ("value", gate.value or "a primitive: z is the function itself"),
    ]
    for position, slope in enumerate(gate.slopes):
        name = "each input" if gate.many else gate.params[position]
        needs = f"   where {slope.need}" if slope.need else ""
        rows.append((f"∂z/∂{name}", (slope.text or "none: this input is held fixed") + needs))
    rows.append(("domain", gate.need or "all numbers"))
    if gate.kink:
        rows.append(("kink", f"where {gate.kink}; convention: {gate.convention}"))
    if gate.defaults:
        given = ", ".join(
            f"{name} = {text}" for name, text in zip(gate.params[-len(gate.defaults) :], gate.defaults, strict=True)
        )
        rows.append(("if left out", given))
    if gate.aliases:
        rows.append(("also", ", ".join(gate.aliases)))
    rows += [("example", example["command"]), ("", example["output"])]
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in rows:
        grid.add_row(Text(label), Text(text))
    return printed([grid], screen)


def as_json(gates: Iterable[Gate], arrays: Iterable[dict[str, Any]] = ()) -> str:
    """All that the rows say, on one line; ``arrays`` are the members of the array table's rows."""
    found = {"schema": "backprop.gates/1", "gates": [_members(gate) for gate in gates], "arrays": list(arrays)}
    return json.dumps(found, ensure_ascii=False) + "\n"


def _members(gate: Gate) -> dict[str, Any]:
    slopes = [{"rule": slope.text or None, "where": slope.where or None} for slope in gate.slopes]
    return {
        "name": gate.name,
        "form": gate.form,
        "inputs": list(gate.params),
        "aliases": list(gate.aliases),
        "defaults": list(gate.defaults),
        "value": gate.value or None,
        "local": slopes,
        "domain": gate.domain or None,
        "need": gate.need or None,
        "kink": gate.kink or None,
        "convention": gate.convention or None,
        "intuition": gate.intuition,
    }
