"""A circuit over rows as straight-line instructions: its value and the gradient of each parameter, for every row.

The sweeps are those of ``forward`` and ``backward``, run once over instructions instead of numbers, with the rules of
the gate table written in. What depends on no column stays outside: a node that feeds rows and is the same for all of
them is a scalar, to be set before the program runs, and so is its own gradient in each parameter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.circuit import CONSTANT, INPUT, Circuit
from backprop_cli.engine.guards import both, either, holding, mask_of
from backprop_cli.engine.instructions import ALWAYS, NEVER, Guard, Instructions
from backprop_cli.engine.rules import rule_circuit
from backprop_cli.gates import GATES, Gate

_ARITHMETIC = Float64()


class NotStraightError(Exception):
    """A circuit that cannot run over many rows at once; the engine for one row can, or says what is wrong."""


class Straight(NamedTuple):
    """The instructions, and which of them are the value, the gradients, and the masks.

    ``kinks`` has for some gates of the circuit the mask of rows on their kink. The masks in ``required`` hold for every
    row that has a value. ``values`` are the nodes whose values are scalars ``value N``, ``slopes`` the pairs of a node
    and a parameter whose derivatives are scalars ``slope N NAME``. The nodes in ``always`` are needed by every row.
    """

    code: Instructions
    value: int
    gradients: tuple[int, ...]
    kinks: tuple[tuple[int, int], ...]
    required: tuple[int, ...]
    values: tuple[int, ...]
    slopes: tuple[tuple[int, str], ...]
    always: frozenset[int]


def straight(circuit: Circuit, data: Collection[str], wanted: Sequence[str], *, quick: bool = True) -> Straight:
    """The instructions of a circuit of numbers, with ``quick`` by the quick texts. Raises ``NotStraightError``."""
    writer = _StraightWriter(circuit, data, wanted, quick)
    if not writer.over_rows[circuit.output]:
        raise NotStraightError
    writer.forward()
    gradients = writer.backward()
    kinks = tuple(writer.kinks())
    return Straight(
        writer.code,
        writer.node(circuit.output),
        gradients,
        kinks,
        tuple(dict.fromkeys(writer.required)),
        tuple(writer.values),
        tuple(writer.slopes),
        frozenset(node for node in writer.values if writer.guards.get(node) == ALWAYS),
    )


def value_key(node: int) -> str:
    """The scalar that is the value of a node."""
    return f"value {node}"


def slope_key(node: int, name: str) -> str:
    """The scalar that is the derivative of a node in a parameter."""
    return f"slope {node} {name}"


@dataclass
class _StraightWriter:
    circuit: Circuit
    data: Collection[str]
    wanted: Sequence[str]
    quick: bool
    code: Instructions = field(default_factory=Instructions)
    made: dict[int, int] = field(default_factory=dict)
    required: list[int] = field(default_factory=list)
    values: dict[int, None] = field(default_factory=dict)
    slopes: dict[tuple[int, str], None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        inputs = self.circuit.inputs
        self.over_rows = self.circuit.reach([node for name, node in inputs.items() if name in self.data])
        self.asked = self.circuit.reach([inputs[name] for name in self.wanted])
        self.feeding = self.circuit.feeding((self.circuit.output,))
        self.guards: dict[int, Guard] = {}

    def forward(self) -> None:
        """Every node that the output needs; and for each gate when the output needs it."""
        gates = range(self.circuit.first_gate, self.circuit.output + 1)
        needed = [index for index in gates if self.feeding[index] and self.over_rows[index]]
        for index in needed:
            node = self.circuit.nodes[index]
            self.made[index] = self.gate(GATES[node.op], [self.node(i) for i in node.inputs])
        self.guards[self.circuit.output] = ALWAYS
        for index in reversed(needed):
            self._guard_inputs(index)
        for index in needed:
            gate = GATES[self.circuit.nodes[index].op]
            if gate.silent and gate.domain:
                self._require(index, self.rule(gate.domain, self._wires(index)))

    def node(self, index: int) -> int:
        """A column, a constant, a scalar, or a gate made before."""
        if index in self.made:
            return self.made[index]
        node = self.circuit.nodes[index]
        if node.op == CONSTANT:
            made = self._constant(node.text)
        elif node.op == INPUT and node.text in self.data:
            made = self.code.column(node.text)
        else:
            self.values[index] = None
            made = self.code.scalar(value_key(index))
        self.made[index] = made
        return made

    def _constant(self, text: str) -> int:
        number = _ARITHMETIC.literal(text)
        if not _ARITHMETIC.is_finite(number):
            raise NotStraightError
        return self.code.constant(number)

    def gate(self, gate: Gate, inputs: Sequence[int]) -> int:
        """A gate on instructions: a primitive, or its rule written in."""
        if gate.name in _ARITHMETIC.operations:
            return self.code.make(gate.name, *inputs)
        text = gate.quick if self.quick and gate.quick else gate.value
        return self.rule(text, dict(zip(gate.params, inputs, strict=True)))

    def rule(self, text: str, wires: Mapping[str, int]) -> int:
        """A rule of the table on the instructions of its wires."""
        made: list[int] = []
        rule = rule_circuit(text)
        for node in rule.nodes:
            if node.op == INPUT:
                made.append(wires[node.text])
            elif node.op == CONSTANT:
                made.append(self._constant(node.text))
            else:
                made.append(self.gate(GATES[node.op], [made[i] for i in node.inputs]))
        return made[rule.output]

    def _wires(self, index: int) -> dict[str, int]:
        """What the rules of a gate see; of one with many inputs its output alone."""
        node, gate = self.circuit.nodes[index], GATES[self.circuit.nodes[index].op]
        names = () if gate.many else gate.params
        inputs = [self.node(i) for i in node.inputs]
        return dict(zip(names, inputs, strict=not gate.many)) | {"z": self.made[index]}

    def _guard_inputs(self, index: int) -> None:
        node, guard = self.circuit.nodes[index], self.guards[index]
        for position, source in enumerate(node.inputs):
            own = guard
            if node.op == "where" and position:
                own = both(guard, holding(self.code, self.node(node.inputs[0]), holds=position == 1))
            self.guards[source] = either(self.guards.get(source, NEVER), own)

    def _require(self, index: int, condition: int) -> None:
        """A condition that must hold in every row in which the output needs the gate."""
        number = self.code.value(condition)
        if number is not None:
            if number == 0:
                raise NotStraightError
            return
        needed, mask = mask_of(self.code, self.guards[index]), self.code.mask(condition)
        if needed is not None:
            mask = self.code.joined("or", self.code.make("not", needed), mask, self.guards[index])
        self.required.append(mask)

    def backward(self) -> tuple[int, ...]:
        """The gradient of each wanted parameter."""
        gradients = {self.circuit.output: self.code.constant(1.0)}
        for index in range(self.circuit.output, self.circuit.first_gate - 1, -1):
            if index in gradients and self.over_rows[index] and self.guards[index] != NEVER:
                self._send(index, gradients)
        return tuple(self._parameter(name, gradients) for name in self.wanted)

    def _send(self, index: int, gradients: dict[int, int]) -> None:
        node, gate = self.circuit.nodes[index], GATES[self.circuit.nodes[index].op]
        for position, source in enumerate(node.inputs):
            if not self.asked[source]:
                continue
            local = self._local(index, gate, position)
            if self.code.value(local) == 0:
                continue
            contribution = self.code.contribution(gradients[index], local, self.guards[index])
            before = gradients.get(source)
            gradients[source] = contribution if before is None else self.code.make("add", before, contribution)

    def _local(self, index: int, gate: Gate, position: int) -> int:
        """A local gradient; where it exists less often than the value, that is required."""
        slope, inputs = gate.slope(position), [self.node(i) for i in self.circuit.nodes[index].inputs]
        if not slope.text:
            raise NotStraightError
        if gate.many:
            return self._local_of_many(index, gate, inputs, position)
        wires = self._wires(index)
        if slope.where:
            self._require(index, self.rule(slope.where, wires))
        quick = gate.quick_slopes if self.quick else ()
        return self.rule(quick[position] if quick else slope.text, wires)

    def _local_of_many(self, index: int, gate: Gate, inputs: Sequence[int], position: int) -> int:
        if len(inputs) == 2 and gate.quick_slopes and self.quick:
            return self.rule(gate.quick_slopes[0], {"x": inputs[position], "y": inputs[1 - position]})
        wires = {"x": inputs[position], "z": self.made[index], "n": self._ties(index, inputs)}
        return self.rule(gate.slopes[0].text, wires)

    def _ties(self, index: int, inputs: Sequence[int]) -> int:
        """How many inputs equal the output."""
        count = self.code.constant(0.0)
        for one in inputs:
            count = self.code.make("add", count, self.code.make("eq", one, self.made[index]))
        return count

    def _parameter(self, name: str, gradients: Mapping[int, int]) -> int:
        """∂value/∂parameter in each row: through every node at which the parameter enters the rows."""
        own = self.circuit.inputs[name]
        total = gradients.get(own, self.code.constant(0.0))
        reached = self.circuit.reach((own,))
        for node in sorted(gradients):
            if node != own and reached[node] and not self.over_rows[node]:
                self.slopes[node, name] = None
                slope = self.code.scalar(slope_key(node, name))
                total = self.code.make("add", total, self.code.make("mul", gradients[node], slope))
        return total

    def kinks(self) -> list[tuple[int, int]]:
        """The gates that can stand on a kink, each with the mask of the rows that do and whose value needs it."""
        found = []
        for index in range(self.circuit.first_gate, self.circuit.output + 1):
            gate = GATES.get(self.circuit.nodes[index].op)
            if gate is None or not gate.kink or not self._needed_over_rows(index):
                continue
            condition = self._on_kink(index, gate)
            if self.code.value(condition) == 0:
                continue
            mask, needed = self.code.mask(condition), mask_of(self.code, self.guards[index])
            if needed is not None:
                mask = self.code.joined("and", needed, mask, self.guards[index])
            found.append((index, mask))
        return found

    def _needed_over_rows(self, index: int) -> bool:
        return bool(self.feeding[index] and self.over_rows[index]) and self.guards[index] != NEVER

    def _on_kink(self, index: int, gate: Gate) -> int:
        inputs = [self.node(i) for i in self.circuit.nodes[index].inputs]
        if not gate.many:
            return self.rule(gate.kink, self._wires(index))
        if len(inputs) == 2:
            return self.code.make("eq", *inputs)
        wires = {"x": self.made[index], "z": self.made[index], "n": self._ties(index, inputs)}
        return self.rule(gate.kink, wires)
