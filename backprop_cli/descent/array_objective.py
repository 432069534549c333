"""An objective with arrays: shapes and program are settled once, every step runs the vectorised sweeps."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.array_calculation import doubles_of, index_variables
from backprop_cli.circuit import Circuit
from backprop_cli.descent.objective import Landing, WithoutData, gates_of, parameters_of
from backprop_cli.descent.updating import Recipe, Updater, Values
from backprop_cli.engine.array_rules import ArrayRules
from backprop_cli.engine.point import Point, complete
from backprop_cli.engine.pullback import run_backward
from backprop_cli.engine.rules import Rules
from backprop_cli.engine.shapes import one_number, shaped
from backprop_cli.engine.vectorised import ArrayProgram, VectorRun, run_forward
from backprop_cli.problems import Refused

_SEED = np.float64(1.0)
_GATES, _ELEMENTS = 4, 10_000  # for one unit of cost


class ArrayObjective(WithoutData):
    """A circuit of arrays whose output is one number, in NumPy's doubles."""

    def __init__(self, circuit: Circuit, point: Point, wrt: tuple[str, ...] | None) -> None:
        self.circuit, self.warnings = circuit, complete(circuit, point)
        rules = Rules(Float64())
        self.start: Values = {name: doubles_of(point[name], rules) for name in circuit.inputs}
        ready = shaped(circuit, {name: np.shape(value) for name, value in self.start.items()})
        one_number(ready)
        elements = sum(math.prod(shape) for shape in ready.shapes)
        self.cost = 1 + gates_of(circuit) // _GATES + elements // _ELEMENTS
        self._targets = parameters_of(circuit, wrt, index_variables(circuit))
        self.parameters = tuple(self._targets)
        self._program, self._output = ArrayProgram(ready), circuit.output
        self._marks = circuit.reach(self._targets.values())

    def at(self, point: Values, rows: Sequence[int] | None = None) -> Landing:
        """One forward and one backward sweep."""
        assert rows is None, "there are no data"
        run = self._run(point)
        found = run_backward(run, self._marks, _SEED).gradients
        return Landing(float(run.values[self._output]), {name: found[node] for name, node in self._targets.items()})

    def value(self, point: Values) -> float:
        """One forward sweep."""
        return float(self._run(point).values[self._output])

    def _run(self, point: Values) -> VectorRun:
        run = run_forward(self._program, point)
        if self._output in run.failed:
            raise Refused(run.failed[self._output])
        return run

    def updater(self, recipe: Recipe) -> Updater:
        """The optimizer element by element."""
        return ArrayUpdater(recipe, self.parameters, ArrayRules())


class ArrayUpdater(Updater):
    """An updater whose overflows come out as infinities, and are said by whoever looks at the new point."""

    def step(self, number: int, point: Values, gradients: Values) -> dict[str, Number]:
        """As with numbers."""
        with np.errstate(all="ignore"):
            return super().step(number, point, gradients)
