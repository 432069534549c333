"""A gate without a function of its own, as the circuit of its value rule: its slopes are the series', not a rule's."""

from __future__ import annotations

from functools import cache

from backprop_cli.arithmetic.balls import from_text
from backprop_cli.check.functions import FUNCTIONS
from backprop_cli.check.series import Series, constant
from backprop_cli.check.smooth import Function, Side
from backprop_cli.circuit import CONSTANT, INPUT, Circuit
from backprop_cli.engine.rules import rule_circuit
from backprop_cli.gates import GATES


@cache
def function(name: str) -> Function:
    """A gate's function of series."""
    own = FUNCTIONS.get(name)
    if own is not None:
        return own
    gate = GATES[name]
    circuit = rule_circuit(gate.value)
    return lambda side, *inputs: _followed(side, circuit, dict(zip(gate.params, inputs, strict=True)))


def _followed(side: Side, circuit: Circuit, inputs: dict[str, Series]) -> Series:
    """The rule's output; of its nodes only what is asked is followed."""
    made: dict[int, Series] = {}
    waiting = [circuit.output]
    while waiting:
        index = waiting[-1]
        node = circuit.nodes[index]
        asked = node.inputs
        if node.op == "where":
            condition, yes, no = asked
            asked = (condition,) if condition not in made else (_branch(side, made[condition], yes, no),)
        missing = [i for i in asked if i not in made]
        waiting += missing
        if not missing:
            waiting.pop()
            made[index] = _node(side, node.op, node.text, [made[i] for i in asked], inputs)
    return made[circuit.output]


def _branch(side: Side, condition: Series, yes: int, no: int) -> int:
    taken = side.sign(condition) != 0
    side.note(taken)
    return yes if taken else no


def _node(side: Side, op: str, text: str, asked: list[Series], inputs: dict[str, Series]) -> Series:
    if op == INPUT:
        return inputs[text]
    if op == CONSTANT:
        return constant(from_text(text))
    return asked[0] if op == "where" else function(op)(side, *asked)
