"""The gate table, whole or one row, for a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from backprop_cli.gates import Gate
from backprop_cli.render.tables.screens import Screen
from backprop_cli.render.tables.tabular import Column, Table, code, ours
from backprop_cli.render.tables.terminal_tables import pairs, printed
from backprop_cli.render.tables.terminal_tables import table as drawn


def table(gates: Iterable[Gate], screen: Screen) -> str:
    """One line a gate: how it is written, its local gradients, and what it does to a gradient."""
    titles = ("local gradients", "needs", "what it does to the gradient")
    rows = (
        (code(gate.form), code(_slopes(gate), "gradient"), ours(gate.need), ours(gate.intuition, "faint"))
        for gate in gates
    )
    made = Table((Column("gate"), *(Column(title, "prose") for title in titles)), tuple(rows))
    return printed([drawn(made, screen)], screen)


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
    return printed([pairs(rows)], screen)


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
