"""Shapes first: circuit + the variables' shapes → the shape of every node and the row of every array gate.

A pass of its own before any number is touched; every shape error comes from here, in the user's own names. It also
settles what depends on shapes alone: which of the four rows of ``@`` is meant, how many elements a mean is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from backprop_cli import limits
from backprop_cli.circuit import INPUT, Circuit, Node
from backprop_cli.gates import GATES
from backprop_cli.gates.array_row import ArrayGate, MisfitError, Shape
from backprop_cli.gates.array_shapes import broadcast, shown
from backprop_cli.gates.array_table import ARRAY_GATES, family
from backprop_cli.gates.axes import axes
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.reading.own_notation import held

_TYPED = 40


@dataclass(frozen=True)
class Shaped:
    """A circuit whose shapes are known; ``rows`` has None for a gate that works element by element.

    ``told`` is what each array gate knows besides its inputs: its statics, the shape of ``x``, ``count``, ``n``.
    """

    circuit: Circuit
    shapes: tuple[Shape, ...]
    rows: tuple[ArrayGate | None, ...]
    told: tuple[Mapping[str, Any], ...]

    @property
    def output(self) -> Shape:
        """The output's shape."""
        return self.shapes[self.circuit.output]

    def count(self, index: int) -> int:
        """The number of elements of a node."""
        return prod(self.shapes[index])


def shaped(circuit: Circuit, given: Mapping[str, Shape]) -> Shaped:
    """The shapes, from those of the variables (``()`` for a number). Raises ``Refused`` where they do not fit."""
    shapes: list[Shape] = []
    rows: list[ArrayGate | None] = []
    told: list[Mapping[str, Any]] = []
    total = 0
    for index, node in enumerate(circuit.nodes):
        row, known = None, dict[str, Any]()
        if not node.is_gate:
            shapes.append(given[node.text] if node.op == INPUT else ())
        else:
            inputs = tuple(shapes[i] for i in node.inputs)
            try:
                row = node_row(node, inputs)
                shapes.append(node_shape(node, row, inputs))
            except MisfitError as misfit:
                raise Refused(_misfit(circuit, index, inputs, misfit)) from None
            known = _told(node, row, inputs)
        rows.append(row)
        told.append(known)
        total += prod(shapes[-1])
        _limits(circuit, index, shapes[-1], total)
    return Shaped(circuit, tuple(shapes), tuple(rows), tuple(told))


def node_row(node: Node, inputs: tuple[Shape, ...]) -> ArrayGate | None:
    """The row of an array gate: of a family the one for these ranks, the first one to say what is wrong."""
    if node.op in GATES:
        return None
    first = ARRAY_GATES[node.op]
    ranks = tuple(map(len, inputs))
    return next((row for row in family(first.called) if row.ranks in (None, ranks)), first)


def node_shape(node: Node, row: ArrayGate | None, inputs: tuple[Shape, ...]) -> Shape:
    """The shape of a gate of these inputs. Raises ``MisfitError`` where they do not fit."""
    if row is None:
        if node.op in ("max", "min") and len(inputs) == 1 and inputs[0]:
            hint = f"a{node.op}({{0}}) is its largest element" if node.op == "max" else "amin({0}) is its smallest"
            raise MisfitError(f"{node.op} compares values, and this is one array", hint)
        return broadcast(inputs, {})
    shape = row.shape(inputs, dict(node.statics))
    if row.ranks is not None and tuple(map(len, inputs)) != row.ranks:
        raise MisfitError("it takes a vector or a square matrix")
    return shape


def _told(node: Node, row: ArrayGate | None, inputs: tuple[Shape, ...]) -> dict[str, Any]:
    if row is None:
        return {}
    known: dict[str, Any] = {"shape": inputs[0] if inputs else (), "kind": row.name}
    known |= {f"own {name}": value for name, value in node.statics} | dict(node.statics)
    if row.params and "shape" in dict(node.statics):
        known["shape"] = inputs[0]
    if inputs and inputs[0]:
        known["n"] = inputs[0][0]
        gone = axes(known.get("axis"), len(inputs[0])) if row.name != "stack" else ()
        known["count"] = prod(inputs[0][at] for at in gone)
    elif inputs:
        known["count"] = 1
    return known


def _limits(circuit: Circuit, index: int, shape: Shape, total: int) -> None:
    problem = None
    if prod(shape) > limits.ARRAY_ELEMENTS:
        message = f"this array would have {prod(shape):,} elements; the limit is {limits.ARRAY_ELEMENTS:,}"
        problem = Diagnostic("limit.array", message)
    elif total > limits.ARRAY_TOTAL:
        message = f"the arrays of this expression have over {limits.ARRAY_TOTAL:,} elements together"
        problem = Diagnostic("limit.array", message, "use smaller arrays, or a part of the data")
    elif len(shape) > limits.ARRAY_DIMENSIONS:
        message = f"this array would have {len(shape)} dimensions; the limit is {limits.ARRAY_DIMENSIONS}"
        problem = Diagnostic("limit.array", message)
    if problem is not None:
        raise Refused(problem.at(circuit.source, circuit.spans[index]))


def _misfit(circuit: Circuit, index: int, inputs: tuple[Shape, ...], misfit: MisfitError) -> Diagnostic:
    """The misfit with both shapes, in the text's own words."""
    node = circuit.nodes[index]
    names = [circuit.typed(i, _TYPED) for i in node.inputs]
    parts = dict.fromkeys(f"{name} is {shown(shape)}" for name, shape in zip(names, inputs, strict=True))
    said = ", ".join(list(parts)[:4])
    message = f"{circuit.typed(index, _TYPED)}: {said}{': ' if said else ''}{misfit.message}"
    hint = misfit.hint.format(*map(held, names)) if misfit.hint else ""
    return Diagnostic("shape.misfit", message, hint).at(circuit.source, circuit.spans[index])


def one_number(shapes: Shaped) -> None:
    """Refuse an output that is an array: a gradient belongs to one number."""
    circuit, shape = shapes.circuit, shapes.output
    if not shape:
        return
    name = circuit.output_name
    typed = (
        name if circuit.stages and circuit.stages[-1].node == circuit.output else circuit.typed(circuit.output, _TYPED)
    )
    message = f"{typed} is {shown(shape)}, and a gradient is that of one number"
    hint = f"make it one: sum({typed}) or mean({typed}); or give the gradient that arrives at it with --upstream"
    raise Refused(Diagnostic("shape.output", message, hint).at(circuit.source, circuit.spans[circuit.output]))
