"""The work, step by step: a report in the order in which a person goes through a circuit, forward and then back.

Plain data for the terminal, the page and LaTeX. Each backward wire carries its local gradient as a rule over the
circuit's own names (with the branch of the rule that applies here), as a number, and the sum that its node has so far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.circuit import CONSTANT, INPUT, Circuit, CircuitBuilder
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward, forward
from backprop_cli.engine.inlining import inlined
from backprop_cli.engine.rules import rule_circuit
from backprop_cli.gates import GATES
from backprop_cli.problems import Refused, Source, Span
from backprop_cli.reading.writing import write
from backprop_cli.report.report import GateRow, Quantity, Report, quantity

_NOWHERE, _RULE = Span(0, 0), Source("rule", "")


@dataclass(frozen=True, slots=True)
class ForwardStep:
    """A gate's value: its formula over names, over numbers, and what it comes to (None outside its domain)."""

    number: int
    gate: GateRow
    inputs: tuple[Quantity | None, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Wire:
    """What one input of a gate receives: contribution = local × upstream, added to what its node has.

    ``rule`` is the local gradient over the circuit's names; ``first`` says that this is the node's first contribution
    (``=``, and ``+=`` after); ``total`` is the node's sum so far. ``idle`` says why an input needs no gradient, and
    then the numbers are None.
    """

    position: int
    source: int
    name: str
    rule: str
    local: Quantity | None
    contribution: Quantity | None
    total: Quantity | None
    first: bool
    fork: bool
    idle: str


@dataclass(frozen=True, slots=True)
class BackwardStep:
    """A gate's upstream gradient sent on to its inputs."""

    number: int
    gate: GateRow
    upstream: Quantity
    wires: tuple[Wire, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Steps:
    """All steps of a report; ``silent`` names the gates that receive no gradient because nothing flows back to them."""

    output: str
    output_node: int
    forward: tuple[ForwardStep, ...]
    backward: tuple[BackwardStep, ...]
    silent: tuple[str, ...]


def steps(report: Report) -> Steps:
    """The steps of a report, in the order of the sweeps."""
    return _Steps(report).all()


class _Steps:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.run: Forward = report.trace[0]
        self.sweep: Backward = report.trace[1]
        self.circuit, self.arithmetic = self.run.circuit, self.run.arithmetic
        self.names = self.circuit.names
        self.wires = self.circuit.fan_out()
        self.totals: dict[int, Number] = {}

    def all(self) -> Steps:
        gates = self.report.gates
        forth = tuple(self._forward(number, gate) for number, gate in enumerate(gates, 1))
        active = [gate for gate in reversed(gates) if gate.gradient is not None and any(gate.local)]
        back = tuple(self._backward(number, gate) for number, gate in enumerate(active, 1))
        silent = tuple(gate.name for gate in gates if gate.gradient is not None and not any(gate.local))
        return Steps(self.report.output, self.circuit.output, forth, back, silent)

    def _show(self, value: Number) -> Quantity | None:
        return quantity(self.arithmetic, value)

    def _note(self, gate: GateRow) -> str:
        return f"kink: {GATES[gate.op].convention}" if gate.kink else ""

    def _forward(self, number: int, gate: GateRow) -> ForwardStep:
        inputs = tuple(self._show(self.run.values[i]) for i in gate.inputs)
        problem = self.run.failed.get(gate.id)
        return ForwardStep(number, gate, inputs, problem.message if problem else self._note(gate))

    def _backward(self, number: int, gate: GateRow) -> BackwardStep:
        wires = tuple(self._wire(gate, position) for position in range(len(gate.inputs)))
        assert gate.gradient is not None
        return BackwardStep(number, gate, gate.gradient, wires, self._note(gate))

    def _wire(self, gate: GateRow, position: int) -> Wire:
        source = gate.inputs[position]
        name, fork = self.names[source], self.wires[source] > 1
        local = self.sweep.locals[gate.id][position]
        if local is None:
            return Wire(position, source, name, "", None, None, None, True, fork, self._idle(gate, position))
        contribution = self.sweep.contributions(gate.id)[position]
        before = self.totals.get(source)
        add = self.arithmetic.operations["add"]
        total = self.totals[source] = contribution if before is None else add(before, contribution)
        shown = (self._show(local), self._show(contribution), self._show(total))
        return Wire(position, source, name, self._rule(gate, position), *shown, before is None, fork, "")

    def _idle(self, gate: GateRow, position: int) -> str:
        node = self.circuit.nodes[gate.inputs[position]]
        return {CONSTANT: "a constant", INPUT: "data"}.get(node.op, "made of constants and data")

    def _rule(self, gate: GateRow, position: int) -> str:
        """The local gradient's rule over the operands' names, with every choice in it made."""
        row = GATES[gate.op]
        rule = rule_circuit(row.slope(position).text)
        wires, names = self._seen(gate, position)
        known = {name: wires[row.wires.index(name)] for name in rule.inputs}
        try:
            chosen = forward(rule, known, self.run.rules).values
        except Refused:
            return row.slope(position).text
        decided = [value is not None and self.arithmetic.truth(value) for value in chosen]
        return _written(rule, decided, dict(zip(row.wires, names, strict=True)))

    def _seen(self, gate: GateRow, position: int) -> tuple[list[Number], list[str]]:
        """What the rule sees, as numbers and as names."""
        seen = [*self.run.seen(gate.id)[position]]
        if not GATES[gate.op].many:
            return seen, [*gate.operands, gate.name]
        return seen, [gate.operands[position], gate.name, str(int(self.arithmetic.to_float(seen[-1])))]


def _written(rule: Circuit, decided: Sequence[bool], names: Mapping[str, str]) -> str:
    """A rule's text after its choices: a ``where`` is the branch it takes, a parameter is the operand's name."""
    builder = CircuitBuilder()
    wires = {name: _operand(builder, names[name]) for name in rule.inputs}
    return write(builder.finish(_RULE, inlined(builder, rule, wires, _NOWHERE, decided))[0])


def _operand(builder: CircuitBuilder, text: str) -> int:
    """A name, or the literal that an operand is called."""
    literal = text.lstrip("-")[:1].isdigit() or text.lstrip("-")[:1] == "."
    return (builder.constant if literal else builder.input)(text, _NOWHERE)
