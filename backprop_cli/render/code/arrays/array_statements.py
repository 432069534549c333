"""Circuit of arrays → program: a line a gate forward, and backward each gate's pullback, summed where it was repeated.

The pullbacks are the array table's own rules, and the local gradients those of the gate table. Shapes are known, so
that a number of elements stands as a number; the program holds for every point of these shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backprop_cli.circuit import CONSTANT, INPUT
from backprop_cli.engine.array_rules import array_rule
from backprop_cli.engine.shapes import Shaped
from backprop_cli.gates import GATES
from backprop_cli.gates.array_row import ArrayGate, Shape, resolved
from backprop_cli.gates.array_shapes import shown
from backprop_cli.gates.axes import own_part, put_back
from backprop_cli.render.code.program import Program, contribution, wire
from backprop_cli.render.code.rule import rule, slope
from backprop_cli.render.code.tree import (
    ONE,
    OUTPUT,
    ZERO,
    Apply,
    ArrayCall,
    Assign,
    CodeTree,
    Count,
    Gradient,
    Note,
    Numeral,
    Parameter,
    ProgramLine,
    Ties,
    Value,
)


def array_program(shaped: Shaped, wanted: tuple[int, ...], upstream: str = "") -> Program:
    """The program, with the gradients of the wanted variables; ``upstream`` is the text of a gradient that is given."""
    circuit = shaped.circuit
    needed = circuit.feeding([circuit.output])
    made = _StatementMaker(shaped, needed, set(wanted))
    output = circuit.output if circuit.nodes[circuit.output].is_gate else OUTPUT
    names = {index: name for index, name in circuit.names.items() if needed[index]}
    names |= {index: name for name, index in circuit.inputs.items()}
    names[output] = circuit.output_name
    forward = tuple(made.forward(output))
    backward = tuple(made.backward(output, upstream))
    return Program(circuit, tuple(circuit.inputs.values()), wanted, names, output, forward, backward, needed)


@dataclass
class _StatementMaker:
    shaped: Shaped
    needed: bytearray
    wanted: set[int]
    started: set[int] = field(default_factory=set)
    lines: list[ProgramLine] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.circuit, self.shapes = self.shaped.circuit, self.shaped.shapes
        self.named = {stage.node for stage in self.circuit.stages}
        self.useful, self.routed = self.circuit.reach(self.wanted), self._routing()

    def forward(self, output: int) -> list[ProgramLine]:
        """A line for each gate, and for each stage that is a number."""
        found: list[ProgramLine] = []
        for index, node in enumerate(self.circuit.nodes):
            comment = shown(self.shapes[index]) if self.shapes[index] else ""
            if self.needed[index] and node.is_gate:
                found.append(Assign(Value(index), self._gate(index), comment=comment))
            elif self.needed[index] and node.op == CONSTANT and index in self.named:
                found.append(Assign(Value(index), Numeral(node.text)))
        if output == OUTPUT:
            found.append(Assign(Value(OUTPUT), self._wire(self.circuit.output)))
        return found

    def _wire(self, index: int) -> CodeTree:
        return wire(self.circuit, index, self.named)

    def _gate(self, index: int) -> CodeTree:
        node, row = self.circuit.nodes[index], self.shaped.rows[index]
        inputs = tuple(map(self._wire, node.inputs))
        if row is None:
            return Apply(node.op, inputs)
        first = self.shapes[node.inputs[0]] if node.inputs else ()
        return ArrayCall(row.called, inputs, node.statics, first)

    def backward(self, output: int, upstream: str) -> list[ProgramLine]:
        """What each gate sends back, from the last to the first."""
        given = Assign(Gradient(output), Parameter(upstream), comment="as given")
        self.lines.append(given if upstream else Assign(Gradient(output), ONE))
        if output == OUTPUT:
            self.lines.append(Assign(Gradient(self.circuit.output), Gradient(OUTPUT)))
        self.started.add(self.circuit.output)
        for index in range(self.circuit.output, self.circuit.first_gate - 1, -1):
            if self.needed[index] and self.useful[index] and index in self.started:
                self._send_back(index)
        for index in sorted(self.wanted - self.started):
            zeros: CodeTree = ArrayCall("zeros", (), (("shape", self.shapes[index]),)) if self.shapes[index] else ZERO
            self.lines.append(Assign(Gradient(index), zeros, comment="no gate passes a gradient to it"))
        return self.lines

    def _send_back(self, index: int) -> None:
        node, row = self.circuit.nodes[index], self.shaped.rows[index]
        self.lines.append(Note(Assign(Value(index), self._gate(index))))
        if row is None and GATES[node.op].many:
            self.lines.append(Assign(Ties(index), Count(tuple(map(self._wire, node.inputs)), Value(index))))
        for position, source in enumerate(node.inputs):
            if self.useful[source]:
                tree = self._local(index, position) if row is None else self._pullback(row, index, position)
                if tree is not None:
                    self._arrives(source, self._fitted(tree, index, source))

    def _arrives(self, source: int, tree: CodeTree) -> None:
        comment = shown(self.shapes[source]) if self.shapes[source] else ""
        if source in self.started:  # not in place: an array may go by two names
            tree = Apply("add", (Gradient(source), tree))
            comment = f"+= at a fork, {comment}" if comment else "+= at a fork"
        self.started.add(source)
        self.lines.append(Assign(Gradient(source), tree, comment=comment))

    def _local(self, index: int, position: int) -> CodeTree | None:
        """Local gradient × upstream, element by element."""
        node = self.circuit.nodes[index]
        local = slope(node.op, position, list(map(self._wire, node.inputs)), index)
        if local == ZERO:
            return None
        tree = contribution(local, Gradient(index))
        if self.routed[index] and self._may_have_no_slope(index, position):  # 0 times no number is no number
            tree = Apply("where", (Apply("ne", (Gradient(index), ZERO)), tree, ZERO))
        return tree

    def _may_have_no_slope(self, index: int, position: int) -> bool:
        """Whether there are inputs at which the gate has no slope, given those that are numbers."""
        node = self.circuit.nodes[index]
        gate, inputs = GATES[node.op], [self._wire(one) for one in node.inputs]
        if gate.many:
            return False
        wires: dict[str, CodeTree] = dict(zip(gate.params, inputs, strict=True)) | {"z": Value(index)}
        needs = (gate.domain, gate.slope(position).where)
        return any(need and rule(need, wires) != ONE for need in needs)

    def _routing(self) -> bytearray:
        """1 for every node whose elements may receive nothing, because a gate behind it routes."""
        marks = bytearray(len(self.circuit.nodes))
        for index in range(self.circuit.output, self.circuit.first_gate - 1, -1):
            node, row = self.circuit.nodes[index], self.shaped.rows[index]
            routes = GATES[node.op].routes if row is None else row.routes or row.moves
            for source in node.inputs if routes or marks[index] else ():
                marks[source] = 1
        return marks

    def _fitted(self, tree: CodeTree, index: int, source: int) -> CodeTree:
        """A contribution in its source's shape: summed over what was repeated, repeated where it was summed."""
        own, shape, row = self.shapes[index], self.shapes[source], self.shaped.rows[index]
        if row is not None:
            return ArrayCall("spread", (tree,), (("shape", shape),)) if row.repeats and shape else tree
        lead = len(own) - len(shape)
        if lead:
            tree = _sum(tree, tuple(range(lead)), keepdims=False)
        wide = tuple(at for at, size in enumerate(shape) if size == 1 and own[at + lead] > 1)
        return _sum(tree, wide, keepdims=True) if wide else tree

    def _pullback(self, row: ArrayGate, index: int, position: int) -> CodeTree | None:
        """An array gate's rule over the program's own names."""
        node = self.circuit.nodes[index]
        inputs, shape = tuple(map(self._wire, node.inputs)), self.shapes[node.inputs[position]]
        told = {**self.shaped.told[index], "shape": shape}
        if row.name == "index":
            return ArrayCall("put", (Gradient(index), *inputs[1:]), (("index", told["index"]), ("shape", shape)))
        if row.many:
            return self._part(row, index, position)
        if row.pullback(position) == "0*x":
            return None
        wires: dict[str, CodeTree] = dict(zip(row.params, inputs, strict=True))
        wires |= {"z": Value(index), "dz": Gradient(index)}
        return _Rule(row.pullback(position), wires, told).tree()

    def _part(self, row: ArrayGate, index: int, position: int) -> CodeTree:
        """Of a joined array's gradient what belongs to one of its inputs."""
        shapes = [self.shapes[one] for one in self.circuit.nodes[index].inputs]
        axis = self.shaped.told[index]["axis"] % len(self.shapes[index])
        entries = own_part(row.name, shapes, axis, position)
        return ArrayCall("index", (Gradient(index),), (("index", entries),), self.shapes[index])


def _sum(tree: CodeTree, axes: tuple[int, ...], *, keepdims: bool) -> CodeTree:
    axis = axes[0] if len(axes) == 1 else axes
    return ArrayCall("sum", (tree,), (("axis", axis), ("keepdims", keepdims)))


@dataclass(frozen=True)
class _Rule:
    """A pullback's text, the trees of its wires, and what its gate is told."""

    text: str
    wires: Mapping[str, CodeTree]
    told: Mapping[str, Any]

    def tree(self) -> CodeTree:
        """The rule over the wires."""
        circuit = array_rule(self.text)
        made: list[CodeTree] = []
        for node in circuit.nodes:
            inputs = tuple(made[i] for i in node.inputs)
            if node.op == INPUT:
                made.append(self.wires.get(node.text) or Numeral(str(self.told[node.text])))
            elif node.op == CONSTANT:
                made.append(Numeral(node.text))
            elif node.op in GATES:
                made.append(Apply(node.op, inputs))
            elif node.op == "expand":
                made.append(self._expanded(inputs[0]))
            else:
                statics = resolved(node.statics, self.told)
                told = tuple(
                    (name, self.told["shape"] if name == "shape" else value) for name, value in statics.items()
                )
                made.append(ArrayCall(node.op, inputs, told, self.told["shape"]))
        return made[circuit.output]

    def _expanded(self, tree: CodeTree) -> CodeTree:
        """A reduction's axis put back; a number needs none."""
        shape: Shape = self.told["shape"]
        entries = put_back(self.told, shape)
        if entries is None:
            return tree
        return ArrayCall("index", (tree,), (("index", entries),), shape)
