"""One row at a time where arrays are parameters or columns: the engine for arrays, its program bound once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from backprop_cli.engine.pullback import live, run_backward
from backprop_cli.engine.shapes import one_number, shaped
from backprop_cli.engine.vectorised import ArrayProgram, VectorRun, run_forward
from backprop_cli.gates.array_row import Shape
from backprop_cli.problems import Refused
from backprop_cli.rows.number_rows import RowEngine, RowResult
from backprop_cli.rows.task import Task


def array_engine(task: Task, columns: Mapping[str, Shape]) -> RowEngine:
    """The engine of a task whose columns have these shapes. Raises ``Refused`` where shapes do not fit."""
    circuit = task.circuit
    ready = shaped(circuit, {name: columns[name] if name in columns else task.shape(name) for name in circuit.inputs})
    one_number(ready)
    program = ArrayProgram(ready)
    nodes = [circuit.inputs[name] for name in task.wrt]
    marks = circuit.reach(nodes)

    def one_row(values: Mapping[str, Any]) -> RowResult:
        run = run_forward(program, {name: _doubles(value) for name, value in values.items()})
        problem = run.failed.get(circuit.output)
        if problem is not None:
            raise Refused(problem)
        gradients = run_backward(run, marks, np.float64(1.0)).gradients
        numbers = [float(run.values[circuit.output]) + 0.0]
        for node in nodes:
            numbers += (np.asarray(gradients[node]).reshape(-1) + 0.0).tolist()
        return RowResult(tuple(numbers), _kinks(run) if run.kinks else ())

    return one_row


def _doubles(value: Any) -> Any:
    return np.asarray(value, dtype=np.float64)[()]


def _kinks(run: VectorRun) -> tuple[int, ...]:
    """The gates of which an element stands on a kink that the output's value flows from."""
    flowing = live(run)
    return tuple(
        index for index, mask in sorted(run.kinks.items()) if np.any(np.logical_and(mask, flowing.get(index, False)))
    )
