"""A task with arrays written out in numbers: its arrays' elements are columns and parameters of their own.

So arrays in rows go through the same straight-line programs as numbers; an index that a column brings picks among all
elements. What would grow beyond the limit stays with the engine for arrays, one row at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop_cli.engine.shapes import one_number, shaped
from backprop_cli.engine.vectorised import ArrayProgram, run_forward
from backprop_cli.engine.written_out import TooLargeError, element_name, written_out
from backprop_cli.gates.array_row import Shape
from backprop_cli.rows.task import Task


@dataclass(frozen=True)
class Written:
    """The task in numbers.

    ``elements`` has for each of its columns the column of the data and the place in it, ``entries`` the same for its
    parameters.
    """

    task: Task
    elements: Mapping[str, tuple[str, tuple[int, ...]]]
    entries: Mapping[str, tuple[str, tuple[int, ...]]]

    def parameters(self, values: Mapping[str, Any]) -> dict[str, float]:
        """The parameters' elements."""
        whole = {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}
        return {element: float(whole[name][place]) for element, (name, place) in self.entries.items()}

    def row(self, data: Mapping[str, Any]) -> dict[str, float]:
        """The elements of one row of data."""
        whole = {name: np.asarray(data[name], dtype=np.float64) for name, _ in self.elements.values()}
        return {element: float(whole[name][place]) for element, (name, place) in self.elements.items()}

    def columns(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of elements, as arrays of doubles."""
        whole: dict[str, Any] = {
            name: np.asarray(columns[name], dtype=np.float64) for name, _ in self.elements.values()
        }
        return {
            element: np.ascontiguousarray(whole[name][:, *place]) for element, (name, place) in self.elements.items()
        }


def written(task: Task, example: Mapping[str, Any]) -> Written | None:
    """The task written out; ``example`` is a row, which has the columns' shapes. None where that cannot be."""
    circuit = task.circuit
    point = {name: np.asarray(value, dtype=np.float64)[()] for name, value in (task.parameters | dict(example)).items()}
    ready = shaped(circuit, {name: np.shape(point[name]) for name in circuit.inputs})
    one_number(ready)
    try:
        out = written_out(
            run_forward(ArrayProgram(ready), {name: point[name] for name in circuit.inputs}), picks=True
        ).circuit
    except TooLargeError:
        return None
    places = {name: _elements(name, np.shape(value)) for name, value in point.items()}
    data = {one: (name, place) for name in task.data for one, place in places[name]}
    entries = {one: (name, place) for name in task.parameters for one, place in places[name]}
    wanted = tuple(one for name in task.wrt for one, _ in places[name])
    parameters = {one: float(point[name][place]) for one, (name, place) in entries.items()}
    numbers = Task(out, tuple(name for name in out.inputs if name in data), parameters, wanted)
    return Written(numbers, {one: data[one] for one in out.inputs if one in data}, entries)


def _elements(name: str, shape: Shape) -> list[tuple[str, tuple[int, ...]]]:
    return [(element_name(name, place) if shape else name, place) for place in np.ndindex(*shape)]
