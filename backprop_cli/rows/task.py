"""What is asked of rows: a circuit, which of its variables are columns, and which gradients are wanted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.circuit import Circuit
from backprop_cli.engine.forward import forward, refuse_without_output
from backprop_cli.engine.given import Given
from backprop_cli.engine.point import Point, beside
from backprop_cli.engine.rules import Rules
from backprop_cli.gates.array_row import Shape
from backprop_cli.nearest import meant, nearest
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.column_names import no_column

_COMPARED = 1_000  # columns among which a name's nearest is looked for


@dataclass(frozen=True)
class Task:
    """A circuit over rows.

    ``data`` are the variables that are columns; ``parameters`` the values of the others, doubles or arrays of them;
    ``wrt`` the parameters whose gradients are asked for; ``warnings`` what is to be said of the point.
    """

    circuit: Circuit
    data: tuple[str, ...]
    parameters: dict[str, Any]
    wrt: tuple[str, ...]
    warnings: tuple[Diagnostic, ...] = ()

    def shape(self, name: str) -> Shape:
        """A parameter's shape, ``()`` of a number."""
        found: Shape = getattr(self.parameters[name], "shape", ())
        return found

    @property
    def components(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Every number whose gradient is asked for: the parameter and the place in it, row by row."""
        return tuple((name, place) for name in self.wrt for place in product(*map(range, self.shape(name))))


def task(circuit: Circuit, point: Point, columns: Collection[str], wrt: tuple[str, ...] | None) -> Task:
    """The task of a circuit at a point, where the columns that it names are data. Raises ``Refused``."""
    data = tuple(name for name in circuit.inputs if name in columns)
    both = next((name for name in data if name in point), None)
    if both is not None:
        hint = f"leave out {both}=…, or give the column another name: --rename other={both}"
        raise Refused(Diagnostic("usage.column", f"{both} is a column of the data, and is given a value", hint))
    if not data:
        raise Refused(no_column([*columns]))
    others = tuple(name for name in circuit.inputs if name not in data)
    absent = [name for name in others if name not in point]
    if absent:
        raise Refused(_without_value(circuit, absent, point, columns))
    if wrt is not None:
        _only_parameters(wrt, data, others)
    held = _indices(circuit) if wrt is None else ()
    asked = tuple(name for name in others if (name in wrt if wrt is not None else circuit.inputs[name] not in held))
    return Task(circuit, data, values(circuit, point, others), asked, beside(circuit, point))


def _indices(circuit: Circuit) -> Collection[int]:
    """The variables that are used as an index only."""
    if not any(node.op == "index" for node in circuit.nodes):
        return ()
    from backprop_cli.array_calculation import index_variables

    return index_variables(circuit)


def _without_value(circuit: Circuit, absent: list[str], point: Point, columns: Collection[str]) -> Diagnostic:
    near = nearest(absent[0], [*islice(columns, _COMPARED), *point])
    known = f"the columns are {', '.join([name for name in columns if name][:12])}"
    hint = f"did you mean {near}?" if near else f"give {' '.join(f'{name}=…' for name in absent[:3])}; {known}"
    message = f"no value and no column for {', '.join(absent[:20])}"
    return Diagnostic("usage.missing", message, hint).at(circuit.source, circuit.spans[circuit.inputs[absent[0]]])


def _only_parameters(wrt: tuple[str, ...], data: Collection[str], others: Collection[str]) -> None:
    for name in wrt:
        if name in data:
            raise Refused(Diagnostic("usage.wrt", f"--wrt names {name}, which is a column: data is held fixed"))
        if name not in others:
            hint = meant(name, others, f"the parameters are {', '.join(others) or 'none'}")
            raise Refused(Diagnostic("usage.wrt", f"--wrt names {name}, which is no parameter of the expression", hint))


def values(circuit: Circuit, point: Point, names: Collection[str]) -> dict[str, Any]:
    """The values of these variables: doubles, or arrays of them."""
    rules, found = Rules(Float64()), dict[str, Any]()
    for name in names:
        given = point[name]
        if type(given) is Given:
            run = forward(given.circuit, {}, rules)
            refuse_without_output(run)
            found[name] = run.values[given.circuit.output]
        else:
            from backprop_cli.array_calculation import doubles_of

            found[name] = doubles_of(given, rules)
    return found
