"""The gradient of an array circuit as a circuit: the pullbacks composed, over the circuit's own variables.

What comes out reads back as text of the language, so a rule that the language cannot say (a part put in its place, the
product of the others, a branch that asks nothing) has no such circuit. Shapes are those of one point.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_cli.circuit import CONSTANT, INPUT, Circuit, CircuitBuilder, pruned
from backprop_cli.engine.array_rules import array_rule
from backprop_cli.engine.inlining import folded, inlined, number
from backprop_cli.engine.rules import rule_circuit
from backprop_cli.engine.shapes import Shaped, node_row, node_shape
from backprop_cli.gates import GATES
from backprop_cli.gates.array_row import WIRE, ArrayGate, Shape, resolved
from backprop_cli.gates.axes import own_part, put_back
from backprop_cli.problems import Span

_NOWHERE = Span(0, 0)


class NoFormulaError(Exception):
    """The language has no words for a rule on the way."""


def array_derivatives(shaped: Shaped, targets: Mapping[str, int], upstream: str = "") -> dict[str, Circuit]:
    """The gradient of each target that can be written; ``upstream`` names the gradient given at the output."""
    made = _Composer(shaped, targets, upstream)
    return {name: one for name, node in targets.items() if (one := made.of(node)) is not None}


class _Composer:
    def __init__(self, shaped: Shaped, targets: Mapping[str, int], upstream: str) -> None:
        self.shaped, self.circuit = shaped, shaped.circuit
        self.builder = CircuitBuilder()
        self.known: dict[str, Shape] = {name: shaped.shapes[node] for name, node in self.circuit.inputs.items()}
        self.shapes: dict[int, Shape] = {}
        self.values = self._copied()
        self.wanted = self.circuit.reach(targets.values())
        self.gradients: dict[int, int] = {}
        self.spoiled: set[int] = set()
        output = self.circuit.output
        if upstream:
            self.known[upstream] = shaped.output
        self.gradients[output] = self.builder.input(upstream, _NOWHERE) if upstream else self._constant("1")
        for index in range(output, self.circuit.first_gate - 1, -1):
            if index in self.gradients and self.wanted[index]:
                self._send_back(index)

    def of(self, node: int) -> Circuit | None:
        """The gradient of a node, in the node's shape; None where it cannot be written."""
        if node in self.spoiled:
            return None
        shape = self.shaped.shapes[node]
        found = self.gradients.get(node)
        root = self._full(self._constant("0") if found is None else found, shape)
        return pruned(self.builder.finish(self.circuit.source, root)[0])

    # --- making nodes, and knowing their shapes ---

    def _constant(self, text: str) -> int:
        return self.builder.constant(text, _NOWHERE)

    def _gate(self, op: str, inputs: tuple[int, ...], **told: object) -> int:
        if op in GATES:
            return folded(self.builder, op, inputs, _NOWHERE)
        return self.builder.gate(op, inputs, _NOWHERE, tuple(told.items()))

    def _shape(self, index: int) -> Shape:
        """The shape of a node made; from the first one that is not known yet."""
        waiting = [index]
        while waiting:
            node = self.builder.kind(waiting[-1])
            missing = [one for one in node.inputs if one not in self.shapes]
            if missing:
                waiting += missing
                continue
            inputs = tuple(self.shapes[one] for one in node.inputs)
            own = self.known[node.text] if node.op == INPUT else ()
            self.shapes[waiting.pop()] = node_shape(node, node_row(node, inputs), inputs) if node.is_gate else own
        return self.shapes[index]

    def _full(self, index: int, shape: Shape) -> int:
        """A gradient in its node's shape: what is the same for all elements is repeated."""
        if self._shape(index) == shape:
            return index
        ones = self._gate("ones", (), shape=shape)
        return ones if number(self.builder, index) == 1 else self._gate("mul", (index, ones))

    def _copied(self) -> list[int]:
        made: list[int] = []
        for node in self.circuit.nodes:
            if node.op == INPUT:
                made.append(self.builder.input(node.text, _NOWHERE))
            elif node.op == CONSTANT:
                made.append(self._constant(node.text))
            else:
                made.append(self.builder.gate(node.op, tuple(made[i] for i in node.inputs), _NOWHERE, node.statics))
        return made

    # --- the sweep ---

    def _send_back(self, index: int) -> None:
        for position, source in enumerate(self.circuit.nodes[index].inputs):
            if not self.wanted[source]:
                continue
            if index in self.spoiled:
                self.spoiled.add(source)
                continue
            try:
                carried = self._carried(index, position, source)
            except NoFormulaError:
                self.spoiled.add(source)
                self.gradients.setdefault(source, self._constant("0"))
                continue
            before = self.gradients.get(source)
            self.gradients[source] = carried if before is None else self._gate("add", (before, carried))

    def _carried(self, index: int, position: int, source: int) -> int:
        row, upstream = self.shaped.rows[index], self.gradients[index]
        if row is not None:
            return self._pullback(row, index, position)
        if self.circuit.nodes[index].op == "where":
            raise NoFormulaError
        local = self._local(index, position)
        ones = number(self.builder, upstream), number(self.builder, local)
        if ones[1] == -1:
            carried = self._gate("neg", (upstream,))
        elif ones[0] == -1:
            carried = self._gate("neg", (local,))
        else:
            carried = upstream if ones[1] == 1 else self._gate("mul", (local, upstream))
        return self._summed(carried, self.shaped.shapes[index], self.shaped.shapes[source])

    def _local(self, index: int, position: int) -> int:
        node = self.circuit.nodes[index]
        gate, inputs = GATES[node.op], [self.values[i] for i in node.inputs]
        rule = rule_circuit(gate.slope(position).text or "0")
        if gate.many and "n" in rule.inputs and len(inputs) > 2:
            raise NoFormulaError
        wires = dict(zip(gate.wires, [inputs[position]] if gate.many else inputs, strict=False))
        wires["z"] = self.values[index]
        if gate.many and "n" in rule.inputs:
            wires["n"] = self._gate("add", tuple(self._gate("eq", (one, self.values[index])) for one in inputs))
        return inlined(self.builder, rule, wires, _NOWHERE)

    def _summed(self, carried: int, own: Shape, shape: Shape) -> int:
        """Summed over what broadcasting repeated."""
        if own == shape:
            return carried
        lead = len(own) - len(shape)
        wide = [at + lead for at, size in enumerate(shape) if size == 1 and own[at + lead] > 1]
        if lead or wide:
            carried = self._full(carried, own)
        if lead:
            carried = self._gate("sum", (carried,), axis=_axis(range(lead), own), keepdims=False)
        if wide:
            axes = [at - lead for at in wide]
            carried = self._gate("sum", (carried,), axis=axes[0] if len(axes) == 1 else tuple(axes), keepdims=True)
        return carried

    def _pullback(self, row: ArrayGate, index: int, position: int) -> int:
        node, told = self.circuit.nodes[index], {**self.shaped.told[index]}
        told["shape"] = self.shaped.shapes[node.inputs[position]]
        upstream = self.gradients[index]
        if not row.repeats:
            upstream = self._full(upstream, self.shaped.shapes[index])
        if row.name == "index":
            return self._placed(upstream, index, told)
        if row.many:
            return self._part(row, upstream, index, position)
        inputs = [self.values[i] for i in node.inputs]
        wires = dict(zip(row.params, inputs, strict=True)) | {"z": self.values[index], "dz": upstream}
        return self._rule(row.pullback(position), wires, told)

    def _rule(self, text: str, wires: Mapping[str, int], told: Mapping[str, Any]) -> int:
        """A pullback's text over nodes."""
        made: list[int] = []
        circuit = array_rule(text)
        for node in circuit.nodes:
            inputs = tuple(made[i] for i in node.inputs)
            if node.op == INPUT:
                made.append(wires[node.text] if node.text in wires else self._constant(str(told[node.text])))
            elif node.op == CONSTANT:
                made.append(self._constant(node.text))
            elif node.op == "expand":
                made.append(self._expanded(inputs[0], told))
            elif node.op in ("others", "put", "part"):
                raise NoFormulaError
            else:
                made.append(self._gate(node.op, inputs, **self._statics(node.statics, told)))
        return made[circuit.output]

    @staticmethod
    def _statics(statics: tuple[tuple[str, object], ...], told: Mapping[str, Any]) -> dict[str, object]:
        """What a gate of a rule is told: what stands there, what its own gate was told, the shape of its input."""
        found = resolved(statics, told)
        return found | ({"shape": told["shape"]} if "shape" in found else {})

    def _expanded(self, index: int, told: Mapping[str, Any]) -> int:
        """A reduction's axis put back; a number, and leading axes, come back by broadcasting."""
        entries = put_back(told, told["shape"]) if self._shape(index) else None
        return index if entries is None else self._gate("index", (index,), index=entries)

    def _placed(self, upstream: int, index: int, told: Mapping[str, Any]) -> int:
        """One element, or one row, among zeros: times rows of the unit matrix."""
        entries, shape = told["index"], told["shape"]
        brought = iter(self.values[i] for i in self.circuit.nodes[index].inputs[1:])
        if len(entries) > min(2, len(shape)) or not all(isinstance(one, int) or one == WIRE for one in entries):
            raise NoFormulaError
        units = []
        for size, entry in zip(shape, entries, strict=False):
            unit = self._gate("eye", (), n=size)
            inputs = (unit, next(brought)) if entry == WIRE else (unit,)
            units.append(self._gate("index", inputs, index=(entry,)))
        if len(shape) == len(entries):
            place = units[0] if len(units) == 1 else self._gate("outer", tuple(units))
            return place if number(self.builder, upstream) == 1 else self._gate("mul", (upstream, place))
        if len(shape) > 2:
            raise NoFormulaError
        return self._gate("outer", (units[0], upstream))

    def _part(self, row: ArrayGate, upstream: int, index: int, position: int) -> int:
        shapes = [self.shaped.shapes[one] for one in self.circuit.nodes[index].inputs]
        axis = self.shaped.told[index]["axis"] % len(self.shaped.shapes[index])
        return self._gate("index", (upstream,), index=own_part(row.name, shapes, axis, position))


def _axis(axes: range, shape: Shape) -> object:
    if len(axes) == len(shape):
        return None
    return axes[0] if len(axes) == 1 else tuple(axes)
