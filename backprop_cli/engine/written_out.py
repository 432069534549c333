"""An array circuit written out: every element a scalar gate, every element of a variable a variable ``W[0,1]``.

What comes out is an ordinary circuit, so that all that works for numbers works for it. The elements of an array are
here the numbers of its nodes, in an array of the same shape: moving elements about is moving numbers about. It shares
the scalar rows with the vectorised run, and none of the rules by which arrays send gradients back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop_cli import limits
from backprop_cli.circuit import CONSTANT, INPUT, Circuit, CircuitBuilder, Node
from backprop_cli.engine.array_elements import PRIMITIVE_ELEMENTS, Cells, Pen
from backprop_cli.engine.array_problems import place
from backprop_cli.engine.array_rules import array_rule
from backprop_cli.engine.picking import MOST, picked
from backprop_cli.engine.vectorised import VectorRun
from backprop_cli.gates import GATES
from backprop_cli.gates.array_row import WIRE, ArrayGate, Shape, resolved
from backprop_cli.gates.array_table import ARRAY_GATES
from backprop_cli.gates.axes import taken_together
from backprop_cli.problems import Diagnostic, Refused, Span

_MOST_SIDE = 8


class TooLargeError(Exception):
    """Written out, the circuit would have more gates than the limit; the reason is for the reader."""


@dataclass(frozen=True)
class WrittenOut:
    """The scalar circuit, and for each node of the array circuit the numbers of its elements there.

    ``upstream`` names the variables that hold the gradient at the output, if it is an array.
    """

    circuit: Circuit
    cells: list[Cells]
    upstream: tuple[str, ...] = ()


def written_out(run: VectorRun, *, picks: bool = False) -> WrittenOut:
    """The circuit of a run written out. Raises ``TooLargeError`` where that would grow beyond the limit.

    With ``picks`` it holds for any index that a wire brings, else for those of this run.
    """
    return _ElementWriter(run, picks=picks).all()


def element_name(name: str, indices: tuple[int, ...]) -> str:
    """An element as a variable of the scalar circuit: ``W[0,1]``."""
    return place(name, indices).replace(", ", ",")


def refuse_too_large(error: TooLargeError, circuit: Circuit, what: str) -> Refused:
    """The problem of an option that needs the circuit written out."""
    message = f"{what} writes the arrays out element by element, and {error}"
    return Refused(Diagnostic("limit.scalars", message).at(circuit.source, circuit.spans[circuit.output]))


class _ElementWriter(Pen):
    def __init__(self, run: VectorRun, *, picks: bool) -> None:
        super().__init__(CircuitBuilder(share=False), Span(0, 0))
        self.picks = picks
        self.run, self.shaped, self.array = run, run.program.shaped, run.program.circuit
        self.cells: list[Cells] = []

    def all(self) -> WrittenOut:
        names = {stage.node: stage for stage in self.array.stages}
        for index, node in enumerate(self.array.nodes):
            self.span, before = self.array.spans[index], self.builder.count
            cells = self._node(index, node)
            if index in names:
                cells = self._stage(names[index].name, cells, before)
            self.cells.append(cells)
        output, upstream = self._output()
        circuit, moved = self.builder.finish(self.array.source, output)
        to = np.array(moved)
        return WrittenOut(circuit, [np.asarray(to[cells]) for cells in self.cells], upstream)

    def _node(self, index: int, node: Node) -> Cells:
        if node.op == INPUT:
            return self._variable(node.text, self.shaped.shapes[index])
        if node.op == CONSTANT:
            return np.array(self.constant(node.text))
        inputs = [self.cells[i] for i in node.inputs]
        row = self.shaped.rows[index]
        if row is None:
            return self.each(node.op, *inputs)
        entries = dict(node.statics).get("index", ())
        if self.picks and isinstance(entries, tuple) and WIRE in entries:
            return self._picked(entries, inputs)
        told = self.run.program.told(index, self.run.inputs(index))
        own = {**told, **{name: told[f"own {name}"] for name, _ in row.statics}}
        return self.gate(row, own, inputs[:1] if row.name == "index" else inputs)

    def _picked(self, entries: tuple[object, ...], inputs: list[Cells]) -> Cells:
        if any(size > MOST for size in inputs[0].shape):
            raise TooLargeError(f"a row would pick among more than {MOST} elements")
        return picked(self, entries, inputs[0], inputs[1:])

    def _variable(self, name: str, shape: Shape) -> Cells:
        cells = np.empty(shape, dtype=np.intp)
        for indices in np.ndindex(*shape):
            cells[indices] = self.builder.input(element_name(name, indices), self.span)
        return cells

    def _stage(self, name: str, cells: Cells, before: int) -> Cells:
        """A stage's elements are quantities of their own, also where they only moved, or are one constant."""
        known = cells.ravel().tolist()
        fresh = all(cell >= before and self.builder.kind(cell).is_gate for cell in known)
        own = cells if fresh and len(set(known)) == len(known) else self.each("identity", cells)
        for indices in np.ndindex(*own.shape):
            self.builder.named(element_name(name, indices), int(own[indices]), self.span)
        return own

    def _output(self) -> tuple[int, tuple[str, ...]]:
        """The number that is differentiated: the output, or what the gradient that arrives at it makes of it."""
        cells = self.cells[self.array.output]
        if not cells.shape:
            return int(cells), ()
        name = "upstream"
        while name in self.array.inputs:
            name += "_"
        arriving = self._variable(name, cells.shape)
        names = tuple(element_name(name, indices) for indices in np.ndindex(*cells.shape))
        return self.fold("add", self.each("mul", arriving, cells).ravel().tolist()), names

    def gate(self, row: ArrayGate, told: Mapping[str, Any], inputs: list[Cells]) -> Cells:
        """An array gate over elements: by its text in simpler gates, or by its own way."""
        if not row.scalars:
            if row.name in ("det", "inv") and len(inputs[0]) > _MOST_SIDE:
                raise TooLargeError(f"{row.name} is written out for matrices up to {_MOST_SIDE} × {_MOST_SIDE}")
            return PRIMITIVE_ELEMENTS[row.called](self, told, *inputs)
        circuit, made = array_rule(row.scalars), list[Cells]()
        known = dict(zip(row.params, inputs, strict=True))
        for node in circuit.nodes:
            arguments = [made[i] for i in node.inputs]
            if node.op == INPUT:
                made.append(known[node.text] if node.text in known else np.array(self.constant(str(told[node.text]))))
            elif node.op == CONSTANT:
                made.append(np.array(self.constant(node.text)))
            elif node.op in GATES:
                made.append(self.each(node.op, *arguments))
            else:
                made.append(self.gate(ARRAY_GATES[node.op], _inner(node, told, arguments), arguments))
        return made[circuit.output]

    def make(self, op: str, inputs: tuple[int, ...]) -> int:
        """One scalar gate; too many of them are not made."""
        if self.builder.count > limits.SCALAR_GATES:
            raise TooLargeError(f"that would be more than {limits.SCALAR_GATES:,} gates")
        return super().make(op, inputs)


def _inner(node: Node, told: Mapping[str, Any], inputs: list[Cells]) -> dict[str, Any]:
    """What a gate in the text of another one is told."""
    statics, shape = resolved(node.statics, told), inputs[0].shape
    count = taken_together(statics.get("axis"), shape) if node.op not in ("stack", "index") else 1
    return {**statics, "shape": shape, "count": count}
