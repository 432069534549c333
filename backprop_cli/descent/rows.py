"""An objective over rows of data: the mean of the circuit over all of them, or over those of a batch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.circuit import Circuit
from backprop_cli.descent.checking import Checked
from backprop_cli.descent.objective import Landing, parameters_of
from backprop_cli.descent.updating import Recipe, Updater, Values
from backprop_cli.differentiation import differentiate
from backprop_cli.engine.point import Point
from backprop_cli.engine.rules import Rules
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.memory import Table, objective
from backprop_cli.rows.task import task

_SAMPLE, _ARRAY_SAMPLE = 32, 4
_TOLERANCE = 1e-9


class RowsObjective:
    """The columns that the circuit names are data; the other variables are the point, and move if ``wrt`` says so."""

    def __init__(self, circuit: Circuit, point: Point, table: Table, wrt: tuple[str, ...] | None) -> None:
        self.circuit, self.table, self.rows = circuit, table, len(table)
        data = [circuit.inputs[name] for name in table.columns]
        names = parameters_of(circuit, wrt, [*data, *_indices(circuit)])
        asked = task(circuit, point, tuple(table.columns), tuple(names))
        self.start: Values = asked.parameters
        self.parameters = asked.wrt
        self.warnings: tuple[Diagnostic, ...] = ()
        self._mean = objective(circuit, table, asked.parameters, asked.wrt)

    def at(self, point: Values, rows: Sequence[int] | None = None) -> Landing:
        """The mean value and the mean gradients."""
        try:
            return Landing(*self._mean.value_and_gradient(point, rows))
        except Refused as refused:
            first = replace(refused.problems[0], hint="--where leaves such rows out")
            raise Refused(first, exit_code=refused.exit_code) from None

    def value(self, point: Values) -> float:
        """The mean value alone."""
        return self.at(point).value

    def called(self, row: int) -> str:
        """What a row is called: its number in its file."""
        place = self.table.places[row]
        several = place.file != self.table.places[0].file or place.file != self.table.places[-1].file
        return f"{place.file}, row {place.row:,}" if several else f"row {place.row:,}"

    def updater(self, recipe: Recipe) -> Updater:
        """The optimizer in the arithmetic of the parameters."""
        if not any(getattr(self.start[name], "shape", ()) for name in self.parameters):
            return Updater(recipe, self.parameters, Rules(Float64()))
        from backprop_cli.descent.arrays import ArrayUpdater
        from backprop_cli.engine.array_rules import ArrayRules

        return ArrayUpdater(recipe, self.parameters, ArrayRules())

    def checked(self, point: Values) -> Checked:
        """Some rows alone, each gradient checked, and then their mean: the first, the last, and rows between."""
        reports, rows = [], self._sample()
        for row in rows:
            data = {name: column[row] for name, column in self.table.columns.items()}
            values: Mapping[str, object] = {**point, **data}
            reports.append(differentiate(self.circuit, values, wrt=self.parameters, check="forward"))
        mean = self._agrees(point, rows, [report.gradient for report in reports])
        bad = next((report for report in reports if not report.ok), None)
        return Checked("forward", mean and bad is None, bad or reports[-1], len(rows))

    def _sample(self) -> list[int]:
        arrays = any(getattr(value, "shape", ()) for value in self.start.values())
        most = min(self.rows, _ARRAY_SAMPLE if arrays else _SAMPLE)
        return sorted({round(at * (self.rows - 1) / max(1, most - 1)) for at in range(most)})

    def _agrees(self, point: Values, rows: list[int], gradients: list[Mapping[str, Any]]) -> bool:
        """Whether the mean gradient of these rows is the mean of the gradients that were checked."""
        mean = self.at(point, rows).gradients
        weights = [1.0] * len(rows) if self.table.weights is None else [self.table.weights[row] for row in rows]
        for name in self.parameters:
            columns = zip(*(_flat(gradient[name]) for gradient in gradients), strict=True)
            for got, parts in zip(_flat(mean[name]), columns, strict=True):
                terms = [weight * part for weight, part in zip(weights, parts, strict=True)]
                whole, size = math.fsum(weights), math.fsum(map(abs, terms))
                if not abs(got * whole - math.fsum(terms)) <= _TOLERANCE * size:
                    return False
        return True


def _indices(circuit: Circuit) -> set[int]:
    if not any(node.op == "index" for node in circuit.nodes):
        return set()
    from backprop_cli.array_calculation import index_variables

    return index_variables(circuit)


def _flat(value: Any) -> list[float]:
    return value.reshape(-1).tolist() if getattr(value, "shape", ()) else [float(value)]
