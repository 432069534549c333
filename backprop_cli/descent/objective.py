"""What is made small: a circuit's output as a function of its parameters, ready to be asked again and again.

Circuits of numbers run in the scalar engine and load no NumPy; ``array_objective.py`` has those of arrays. Rules,
programs and shapes are kept between steps.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.circuit import Circuit
from backprop_cli.descent.last_check import Checked, checked_at
from backprop_cli.descent.updating import Recipe, Updater, Values
from backprop_cli.engine.backward import backward
from backprop_cli.engine.forward import forward, refuse_without_output
from backprop_cli.engine.point import Point, complete, numbers
from backprop_cli.engine.rules import Rules
from backprop_cli.nearest import meant
from backprop_cli.problems import Diagnostic, Refused

_A_UNIT = 20  # gates for one unit of cost


class Landing(NamedTuple):
    """The output's value at a point, and the gradient of each parameter, of its shape."""

    value: float
    gradients: Mapping[str, Number]


class Objective(Protocol):
    """A circuit and what stays fixed. ``start`` has the values of all variables but columns, ``rows`` counts data.

    ``cost`` is about how long a value takes, in some microseconds.
    """

    circuit: Circuit
    start: Values
    parameters: tuple[str, ...]
    warnings: tuple[Diagnostic, ...]
    rows: int
    cost: int

    def at(self, point: Values, rows: Sequence[int] | None = None) -> Landing:
        """Value and gradients at a point; of some rows of the data only, where there are data.

        Raises ``Refused`` where there is no value or no gradient.
        """

    def value(self, point: Values) -> float:
        """The value alone. Raises ``Refused`` where there is none."""

    def called(self, row: int) -> str:
        """What a row of the data is called."""

    def updater(self, recipe: Recipe) -> Updater:
        """The optimizer in the arithmetic of these values."""

    def checked(self, point: Values) -> Checked:
        """The check of the gradients at a point."""


class WithoutData:
    """What is the same for numbers and for arrays where there are no data."""

    circuit: Circuit
    parameters: tuple[str, ...]
    rows = 0

    def called(self, row: int) -> str:
        """There are none."""
        raise AssertionError(row)

    def checked(self, point: Values) -> Checked:
        """The check of the gradients at a point."""
        return checked_at(self.circuit, point, self.parameters)


def parameters_of(circuit: Circuit, wrt: tuple[str, ...] | None, fixed: Collection[int] = ()) -> dict[str, int]:
    """The nodes that are moved, by name: the variables, or those that ``wrt`` names; nodes in ``fixed`` cannot be."""
    free = {name: node for name, node in circuit.inputs.items() if node not in fixed}
    stages = {stage.name for stage in circuit.stages}
    for name in wrt or ():
        if name in stages and name not in free:
            message = f"--wrt names {name}, which is a stage: descent moves variables"
            raise Refused(Diagnostic("usage.wrt", message, f"the variables are {', '.join(free) or 'none'}"))
        if name not in free:
            hint = meant(name, free, f"the variables are {', '.join(list(free)[:12]) or 'none'}")
            raise Refused(Diagnostic("usage.wrt", f"--wrt names {name}, which cannot be moved", hint))
    chosen = {name: free[name] for name in dict.fromkeys(wrt)} if wrt is not None else free
    if not chosen:
        hint = "descent moves the variables against their gradients: the expression needs at least one"
        raise Refused(Diagnostic("usage.parameters", "there is no parameter to move", hint))
    return chosen


def gates_of(circuit: Circuit) -> int:
    """How many gates there are."""
    return len(circuit.nodes) - circuit.first_gate


class NumberObjective(WithoutData):
    """A circuit of numbers, in doubles."""

    def __init__(self, circuit: Circuit, point: Point, wrt: tuple[str, ...] | None) -> None:
        self.warnings = complete(circuit, point)
        self.circuit, self._rules = circuit, Rules(Float64())
        self.cost = 1 + gates_of(circuit) // _A_UNIT
        self._targets = parameters_of(circuit, wrt)
        self._marks = circuit.reach(self._targets.values())
        self.parameters = tuple(self._targets)
        self.start: Values = numbers(circuit, point, self._rules)

    def at(self, point: Values, rows: Sequence[int] | None = None) -> Landing:
        """One forward and one backward sweep."""
        assert rows is None, "there are no data"
        forth = forward(self.circuit, point, self._rules)
        refuse_without_output(forth)
        back = backward(forth, self._marks)
        for node in self._targets.values():
            if node in back.failed:
                raise Refused(back.failed[node])
        gradients = {name: back.gradients[node] for name, node in self._targets.items()}
        return Landing(float(forth.values[self.circuit.output]), gradients)

    def value(self, point: Values) -> float:
        """One forward sweep."""
        forth = forward(self.circuit, point, self._rules)
        refuse_without_output(forth)
        return float(forth.values[self.circuit.output])

    def updater(self, recipe: Recipe) -> Updater:
        """The optimizer in Python's floats."""
        return Updater(recipe, self.parameters, self._rules)
