"""An objective over rows of data: the mean of the circuit over all of them, or over those of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.circuit import Circuit
from backprop_cli.descent.last_check import Checked
from backprop_cli.descent.objective import Landing, gates_of, parameters_of
from backprop_cli.descent.updating import Recipe, Updater, Values
from backprop_cli.engine.point import Point
from backprop_cli.engine.rules import Rules
from backprop_cli.problems import Refused
from backprop_cli.rows.mean import mean_over
from backprop_cli.rows.memory import MemoryTable
from backprop_cli.rows.sample_check import checked_rows
from backprop_cli.rows.sampling import Sampler
from backprop_cli.rows.task import task

_ROWS, _GATES = 50, 20  # at once, for one unit of cost


class RowsObjective:
    """The columns that the circuit names are data; the other variables are the point, and move if ``wrt`` says so."""

    def __init__(self, circuit: Circuit, point: Point, table: MemoryTable, wrt: tuple[str, ...] | None) -> None:
        self.circuit, self.table, self.rows = circuit, table, len(table)
        data = [circuit.inputs[name] for name in table.columns]
        names = parameters_of(circuit, wrt, [*data, *_indices(circuit)])
        asked = task(circuit, point, tuple(table.columns), tuple(names))
        self.start: Values = asked.parameters
        self.parameters = asked.wrt
        self.warnings = asked.warnings
        self._mean = mean_over(circuit, table, asked.parameters, asked.wrt)
        a_unit = _ROWS if self._mean.many is not None else 1
        self.cost = 1 + self.rows // a_unit * (1 + gates_of(circuit) // _GATES)

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
        from backprop_cli.descent.array_objective import ArrayUpdater
        from backprop_cli.engine.array_rules import ArrayRules

        return ArrayUpdater(recipe, self.parameters, ArrayRules())

    def checked(self, point: Values) -> Checked:
        """The check of a batch at this point: some of the rows, and their mean."""
        sampler = Sampler(self._mean.task.data)
        for _ in sampler.passing(self._mean.blocks):
            pass
        parameters = {name: point[name] for name in self._mean.task.parameters}
        found = checked_rows(replace(self._mean.task, parameters=parameters), sampler)
        return Checked(found.method, found.ok, None, found.rows, found.wrong)


def _indices(circuit: Circuit) -> set[int]:
    if not any(node.op == "index" for node in circuit.nodes):
        return set()
    from backprop_cli.array_calculation import index_variables

    return index_variables(circuit)
