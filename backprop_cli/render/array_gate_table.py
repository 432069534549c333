"""The array table, whole or one gate with all its rows, for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backprop_cli.gates.array_table import ArrayGate
from backprop_cli.render.tables.screens import Screen
from backprop_cli.render.tables.tabular import Column, Table, code, ours
from backprop_cli.render.tables.terminal_tables import pairs, printed
from backprop_cli.render.tables.terminal_tables import table as drawn


def table(gates: Iterable[ArrayGate], screen: Screen) -> str:
    """One line a gate: how it is written, how it sends ``dz`` back to each input, and what that means."""
    columns = Column("array gate"), Column("sends back", "prose"), Column("what it does to the gradient", "prose")
    rows = ((code(written(gate)), code(_pullbacks(gate), "gradient"), ours(gate.intuition, "faint")) for gate in gates)
    return printed([drawn(Table(columns, tuple(rows)), screen)], screen)


def written(gate: ArrayGate) -> str:
    """The form, with the dimensions of the inputs where they choose the row."""
    words = {1: "vector", 2: "matrix"}
    return gate.form if gate.ranks is None else f"{gate.form}: {', '.join(words[rank] for rank in gate.ranks)}"


def _pullbacks(gate: ArrayGate) -> str:
    names = gate.params or ("",)
    texts = gate.pullbacks or ("",)
    return "; ".join(f"d{name} = {text}" if text else "none" for name, text in zip(names, texts, strict=True))


def page(gates: Sequence[ArrayGate], example: Mapping[str, str], screen: Screen) -> str:
    """One gate in full, a part for each of its rows. ``example`` is a command and what it prints."""
    rows: list[tuple[str, str]] = []
    for gate in gates:
        rows += [("gate", written(gate)), ("does", gate.intuition), ("elements", gate.elements)]
        rows += [
            (f"d{name}", text or "none: held fixed") for name, text in zip(gate.params, gate.pullbacks, strict=True)
        ]
        rows += [("domain", gate.need)] if gate.need else []
        rows += [("slope", f"needs {gate.slope_need}")] if gate.slope_need else []
        rows += [("kink", f"where {gate.kink}; convention: {gate.convention}")] if gate.kink else []
        rows += [("also", ", ".join(gate.aliases))] if gate.aliases else []
    rows += [("example", example["command"]), ("", example["output"])]
    return printed([pairs(rows)], screen)


def members(gate: ArrayGate) -> dict[str, Any]:
    """All that a row says."""
    return {
        "name": gate.name,
        "form": gate.form,
        "called": gate.called,
        "inputs": list(gate.params),
        "ranks": list(gate.ranks) if gate.ranks is not None else None,
        "aliases": list(gate.aliases),
        "elements": gate.elements,
        "pullbacks": [text or None for text in gate.pullbacks],
        "need": gate.need or gate.slope_need or None,
        "kink": gate.kink or None,
        "convention": gate.convention or None,
        "intuition": gate.intuition,
    }
