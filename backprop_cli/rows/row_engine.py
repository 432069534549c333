"""Which engine takes one row at a time: the one for numbers, or the one for arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_cli.gates.array_table import ARRAY_GATES
from backprop_cli.rows.cells import shape
from backprop_cli.rows.number_rows import RowEngine, number_engine, quick_engine
from backprop_cli.rows.task import Task


def row_engine(task: Task, example: Mapping[str, Any], *, many: bool = False) -> RowEngine:
    """The engine for a task at its parameters; ``example`` is a row, which has the shapes of the columns.

    ``many``: for so many rows that it pays to make a program of the task.
    """
    if needs_arrays(task, example):
        from backprop_cli.rows.array_rows import array_engine

        return array_engine(task, {name: tuple(shape(cell)) for name, cell in example.items()})
    return quick_engine(task) if many else number_engine(task)


def needs_arrays(task: Task, example: Mapping[str, Any]) -> bool:
    """Whether shapes matter: a parameter or a column is an array, or a gate takes or gives arrays."""
    given = any(task.shape(name) for name in task.parameters) or any(isinstance(one, list) for one in example.values())
    return given or any(node.op in ARRAY_GATES for node in task.circuit.nodes[task.circuit.first_gate :])
