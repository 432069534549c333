"""Both tables compiled for NumPy: scalar rows element by element, array rows bound to what each gate was told.

A bound rule is a function of the gate's wires, as with numbers; its axis, shape and counts are settled once, when the
shapes are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from backprop_cli.arithmetic.array_arithmetic import MAPPED, PRIMITIVES, TESTS, TOLD_NOTHING, Arrays
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.circuit import CONSTANT, INPUT, Circuit, CircuitBuilder, Node
from backprop_cli.engine.inlining import inlined
from backprop_cli.engine.rules import Rule, Rules, rule_circuit
from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.array_row import ArrayGate, resolved
from backprop_cli.gates.array_table import ARRAY_GATES, RULE_WORDS
from backprop_cli.gates.axes import taken_together
from backprop_cli.problems import Span

_ROWS = ARRAY_GATES | RULE_WORDS


class ArrayRules(Rules):
    """The scalar rows on arrays: both branches of a ``where`` are computed, and each element takes its own."""

    def __init__(self) -> None:
        super().__init__(Arrays())
        self._masks: dict[Rule, Rule] = {}

    def apply(self, op: str, inputs: list[Rule]) -> Rule:
        """A gate of a rule over the rules of its inputs."""
        if op in TESTS:
            made, test = super().apply(op, inputs), TESTS[op]
            left, right = inputs
            self._masks[made] = lambda wires: test(left(wires), right(wires))
            return made
        if op != "where":
            return super().apply(op, inputs)
        condition, yes, no = inputs
        mask = self._masks.get(condition) or (lambda wires: np.not_equal(condition(wires), 0))
        return lambda wires: np.where(mask(wires), yes(wires), no(wires))

    def local(self, gate: Gate, position: int, literals: Mapping[str, str]) -> Rule:
        """The rule of a local gradient where some inputs are literals: what they decide is decided here, once."""
        rule = rule_circuit(gate.slope(position).text or "0")
        if not literals or gate.many:
            return self.function(rule, gate.wires)
        builder, nowhere = CircuitBuilder(), Span(0, 0)
        wires = {
            name: builder.constant(literals[name], nowhere) if name in literals else builder.input(name, nowhere)
            for name in rule.inputs
        }
        return self.function(builder.finish(rule.source, inlined(builder, rule, wires, nowhere))[0], gate.wires)


@cache
def raises_no_flag(name: str) -> bool:
    """Whether a gate's value goes through functions that set no status flag, so that results must be looked at."""
    if name in MAPPED:
        return True
    value = GATES[name].value
    return bool(value) and any(raises_no_flag(node.op) for node in rule_circuit(value).nodes if node.is_gate)


@cache
def array_rule(text: str) -> Circuit:
    """The circuit of a rule of the array table."""
    from backprop_cli.reading import read

    return read(text, name="rule", bound=("e",), arrays=True, rule=True)


def bound(text: str, wires: Sequence[str], told: Mapping[str, Any], rules: ArrayRules) -> Rule:
    """A rule as a function of its wires; a name that is no wire (``count``) is what the gate was told."""
    circuit = array_rule(text)
    made: list[Rule] = []
    for node in circuit.nodes:
        if node.op == INPUT and node.text in wires:
            made.append(_wire(wires.index(node.text)))
        elif node.op in (INPUT, CONSTANT):
            value = rules.arithmetic.number(node.text) if node.op == CONSTANT else np.float64(told[node.text])
            made.append(_always(value))
        elif node.op in GATES:
            made.append(rules.apply(node.op, [made[i] for i in node.inputs]))
        else:
            made.append(_array(node, [made[i] for i in node.inputs], told, rules))
    return made[circuit.output]


def _array(node: Node, inputs: list[Rule], told: Mapping[str, Any], rules: ArrayRules) -> Rule:
    row = _ROWS[node.op]
    statics = resolved(node.statics, told)
    value = primitive(row.name, {**told, **statics}) if not row.value else _derived(row, statics, rules)
    if len(inputs) == 1:
        (only,) = inputs
        return lambda wires: value(only(wires))
    if len(inputs) == 2:
        left, right = inputs
        return lambda wires: value(left(wires), right(wires))
    return lambda wires: value(*[rule(wires) for rule in inputs])


def _derived(row: ArrayGate, statics: Mapping[str, Any], rules: ArrayRules) -> Callable[..., Number]:
    """A gate of a rule that is itself a rule: how many elements it takes together is seen when it runs."""

    def value(*inputs: Number) -> Number:
        shape = np.shape(inputs[0])
        told = {**statics, "shape": shape, "count": taken_together(statics.get("axis"), shape)}
        return bound(row.value, row.params, told, rules)(inputs)

    return value


def primitive(name: str, told: Mapping[str, Any]) -> Callable[..., Number]:
    """The value of a primitive of the array table as a function of its inputs."""
    called = _ROWS[name].called
    if called in TOLD_NOTHING:
        return TOLD_NOTHING[called]
    function = PRIMITIVES[called]
    return lambda *inputs: function(told, *inputs)


def value_of(row: ArrayGate, told: Mapping[str, Any], rules: ArrayRules) -> Callable[..., Number]:
    """The value of an array gate as a function of its inputs."""
    own = {**told, **{name: told[f"own {name}"] for name, _ in row.statics}}
    if not row.value:
        return primitive(row.name, own)
    rule = bound(row.value, row.params, own, rules)
    return lambda *inputs: rule(inputs)


def _wire(position: int) -> Rule:
    return lambda wires: wires[position]


def _always(value: Number) -> Rule:
    return lambda _: value
