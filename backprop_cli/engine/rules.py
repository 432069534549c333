"""The gate table compiled for one arithmetic: each rule's text is read once and becomes a function of the gate's wires.

A rule sees ``(inputs…, z)``: the cached values and nothing else. Only the branch of ``where`` that is taken is
computed, so a rule may mention what does not exist elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from backprop_cli.arithmetic.protocol import Arithmetic, Number, Operation
from backprop_cli.circuit import CONSTANT, INPUT, Circuit
from backprop_cli.gates import GATES, Gate
from backprop_cli.problems import Diagnostic

Rule = Callable[[Sequence[Number]], Number]


@dataclass(frozen=True, slots=True)
class CompiledGate:
    """One row in one arithmetic. ``value`` takes the inputs; the rules take the wires ``(inputs…, z)``.

    ``plain``: every input has a local gradient wherever the gate has a value, and always takes part.
    """

    gate: Gate
    arithmetic: Arithmetic
    value: Operation
    slopes: tuple[Rule, ...]
    slope_domains: tuple[Rule | None, ...]
    domain: Rule | None
    kink: Rule | None
    edge: Rule | None
    plain: bool

    def seen(self, inputs: Sequence[Number], value: Number) -> Sequence[tuple[Number, ...]]:
        """For each input, what the rule of its local gradient sees (``Gate.wires``)."""
        if not self.gate.many:
            return ((*inputs, value),) * len(inputs)
        count = self.ties(inputs, value)
        return [(one, value, count) for one in inputs]

    def ties(self, inputs: Sequence[Number], value: Number) -> Number:
        """How many inputs of max or min equal its output."""
        truth, equal = self.arithmetic.truth, self.arithmetic.operations["eq"]
        return self.arithmetic.number(str(sum(1 for one in inputs if truth(equal(one, value)))))

    def inside(self, inputs: Sequence[Number]) -> bool:
        """Whether the inputs lie in the gate's domain."""
        return self.domain is None or self.arithmetic.truth(self.domain((*inputs, None)))

    def on_kink(self, inputs: Sequence[Number], value: Number) -> bool:
        """Whether the gate has a value and no single slope here."""
        if self.kink is None:
            return False
        wires = (value, value, self.ties(inputs, value)) if self.gate.many else (*inputs, value)
        return self.arithmetic.truth(self.kink(wires))

    def local(self, wires: Sequence[Number], position: int) -> Number | None:
        """The local gradient of the input at that position, None where the gate has none."""
        which = 0 if self.gate.many else position
        domain = self.slope_domains[which]
        if not self.gate.slope(position).text or (domain is not None and not self.arithmetic.truth(domain(wires))):
            return None
        return self.slopes[which](wires)


class Rules:
    """The rows of the table, compiled on first use."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.arithmetic = arithmetic
        self._compiled: dict[str, CompiledGate] = {}
        self._operations: dict[str, Operation] = {}

    def __getitem__(self, name: str) -> CompiledGate:
        known = self._compiled.get(name)
        if known is None:
            known = self._compiled[name] = self._compile(GATES[name])
        return known

    def _compile(self, gate: Gate) -> CompiledGate:
        wires = gate.wires
        return CompiledGate(
            gate,
            self.arithmetic,
            self.operation(gate.name),
            tuple(self.function(rule_circuit(slope.text or "0"), wires) for slope in gate.slopes),
            tuple(self._rule(slope.where, wires) for slope in gate.slopes),
            self._rule(gate.domain, wires),
            self._rule(gate.kink, wires),
            self._rule(gate.edge, wires),
            plain=not (gate.many or gate.routes or any(slope.where or not slope.text for slope in gate.slopes)),
        )

    def operation(self, name: str) -> Operation:
        """The gate's value as a function of its inputs."""
        known = self._operations.get(name)
        if known is None:
            gate = GATES[name]
            known = self.arithmetic.operations.get(name) or self._derived(gate)
            self._operations[name] = known
        return known

    def _derived(self, gate: Gate) -> Operation:
        body = self.function(rule_circuit(gate.value), gate.params)
        return lambda *inputs: body(inputs)

    def _rule(self, text: str, wires: tuple[str, ...]) -> Rule | None:
        return self.function(rule_circuit(text), wires) if text else None

    def function(self, circuit: Circuit, wires: tuple[str, ...]) -> Rule:
        """The output node as nested closures over the wires."""
        made: list[Rule] = []
        for node in circuit.nodes:
            if node.op == INPUT:
                made.append(_wire(wires.index(node.text)))
            elif node.op == CONSTANT:
                made.append(_always(self.arithmetic.number(node.text)))
            else:
                made.append(self.apply(node.op, [made[i] for i in node.inputs]))
        return made[circuit.output]

    def apply(self, op: str, inputs: list[Rule]) -> Rule:
        """A gate of a rule over the rules of its inputs."""
        if op == "where":
            condition, yes, no = inputs
            truth = self.arithmetic.truth
            return lambda wires: yes(wires) if truth(condition(wires)) else no(wires)
        return _apply(self.operation(op), inputs)


@cache
def rule_circuit(text: str) -> Circuit:
    """The circuit of a rule's text."""
    from backprop_cli.reading import read

    return read(text, name="rule", bound=("e",))


def no_gradient(gate: Gate, position: int) -> Diagnostic:
    """What is wrong where the gradient in an input is asked for that has none anywhere."""
    message = f"{gate.name} has no gradient in its input {gate.params[position]}, which must be held fixed"
    return Diagnostic(f"slope.{gate.name}", message, "name the variables to differentiate with --wrt")


def _wire(position: int) -> Rule:
    return itemgetter(position)


def _always(value: Number) -> Rule:
    return lambda _: value


def _apply(function: Operation, inputs: list[Rule]) -> Rule:
    if len(inputs) == 1:
        (only,) = inputs
        return lambda wires: function(only(wires))
    if len(inputs) == 2:
        left, right = inputs
        return lambda wires: function(left(wires), right(wires))
    return lambda wires: function(*[rule(wires) for rule in inputs])
