"""Gradient descent for Python users: the one function that they call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from backprop_cli.circuit import Circuit
from backprop_cli.descent.batches import Batches
from backprop_cli.descent.descent_calculation import DescentExtras, objective_of
from backprop_cli.descent.descent_calculation import descend as descended
from backprop_cli.descent.descent_report import DescentReport
from backprop_cli.descent.loop import Plan
from backprop_cli.descent.objective import Objective
from backprop_cli.descent.optimizers import OPTIMIZERS
from backprop_cli.descent.updating import Recipe
from backprop_cli.engine.point import Point, from_mapping
from backprop_cli.nearest import meant
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.reading import read

ColumnData = Mapping[str, Sequence[float]]


def descend(
    expression: str | Circuit,
    at: Mapping[str, object] | None = None,
    *,
    data: ColumnData | None = None,
    wrt: Sequence[str] | None = None,
    optimizer: str = "sgd",
    lr: float | None = None,
    steps: int = 100,
    settings: Mapping[str, float] | None = None,
    decay: float = 0.0,
    maximize: bool = False,
    tol: float | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    shuffle: bool = True,
    check: bool = True,
) -> DescentReport:
    """Move the variables of an expression against their gradients until its value is small.

    ``at`` gives each variable its start: a number, a text (``"pi/3"``) or an array. ``data`` has a column for each
    variable that is held fixed in a row; the value is then the mean over the rows. ``wrt`` names the variables that
    move. The other arguments are those of ``backprop descend``. The report has ``point``, ``value``, ``gradient``,
    ``steps`` and ``stop``.

    Raises ``Refused`` for bad input and where the start has no value; a later point without one ends the descent.

    >>> report = descend("(x - 3)^2", {"x": 0}, lr=0.5)
    >>> report.point, report.value, report.stop.word
    ({'x': 3.0}, 0.0, 'standstill')
    """
    if optimizer not in OPTIMIZERS:
        hint = meant(optimizer, OPTIMIZERS, f"there are {', '.join(OPTIMIZERS)}")
        raise Refused(Diagnostic("usage.optimizer", f"there is no optimizer {optimizer}", hint))
    point = from_mapping(at or {})
    circuit = _circuit(expression, {*point, *(data or {})})
    goal = _objective(circuit, point, data, tuple(wrt) if wrt is not None else None)
    recipe = Recipe(OPTIMIZERS[optimizer], settings or {}, lr, decay, maximize)
    plan = Plan(recipe, steps, tol, inf, Batches(batch_size if goal.rows else None, goal.rows, seed, shuffle))
    return descended(goal, plan, DescentExtras(check=check))


def _circuit(expression: str | Circuit, bound: set[str]) -> Circuit:
    return expression if isinstance(expression, Circuit) else read(expression, bound=bound, arrays=True)


def _objective(circuit: Circuit, point: Point, data: ColumnData | None, wrt: tuple[str, ...] | None) -> Objective:
    if data is None:
        return objective_of(circuit, point, wrt)
    from backprop_cli.descent.rows import RowsObjective
    from backprop_cli.rows.memory import MemoryTable
    from backprop_cli.rows.row_records import RowPlace

    columns = {name: [float(one) for one in data[name]] for name in circuit.inputs if name in data}
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1 or lengths == {0}:
        need = "the expression names no column of data" if not lengths else "the columns differ in length"
        raise Refused(Diagnostic("data.empty", "no row of data is left" if lengths == {0} else need))
    (rows,) = lengths
    return RowsObjective(
        circuit, point, MemoryTable(columns, None, [RowPlace("data", row + 1) for row in range(rows)]), wrt
    )
