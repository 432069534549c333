"""Borders between the branches of a circuit: where max takes another input, relu opens, a condition turns.

Read off the gate table: each ``edge``, and each ``a == b`` in a ``kink``, is a quantity whose sign tells the side. No
gate is named but ``where``, whose condition is its border. This module does not know what is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.circuit import Circuit
from backprop_cli.engine.forward import Forward, forward
from backprop_cli.engine.rules import rule_circuit
from backprop_cli.gates import GATES

Distance = Callable[[Forward], Number]


@dataclass(frozen=True, slots=True)
class Border:
    """A border of one gate; ``distance`` is above 0 on one side and below 0 on the other, None where it is not met."""

    gate: int
    distance: Distance


def borders(circuit: Circuit) -> tuple[Border, ...]:
    """The borders of every gate that the output needs and a variable moves."""
    moved, needed = circuit.reach(circuit.inputs.values()), circuit.feeding([circuit.output])
    return tuple(
        Border(index, distance)
        for index in range(circuit.first_gate, circuit.output + 1)
        if moved[index] and needed[index]
        for distance in _distances(circuit, index)
    )


def sides(found: tuple[Border, ...], run: Forward) -> frozenset[tuple[int, int]]:
    """On which side of each border a run stands, as ``(number, ±1)``; none for a gate that the output does not ask."""
    asked = run.live
    signs = ((number, border.distance(run)) for number, border in enumerate(found) if asked[border.gate])
    return frozenset((number, 1 if away > 0 else -1) for number, away in signs if away is not None and away)


def _distances(circuit: Circuit, index: int) -> list[Distance]:
    node = circuit.nodes[index]
    if node.op == "where":
        return [_turns(node.inputs[0])]
    if GATES[node.op].many and GATES[node.op].kink:
        return [_leads(node.op, i, others) for i in dict.fromkeys(node.inputs) if (others := _without(node.inputs, i))]
    return [_measured(text, index) for text in border_texts(node.op)]


def _without(inputs: tuple[int, ...], one: int) -> tuple[int, ...]:
    return tuple(i for i in inputs if i != one)


@cache
def border_texts(name: str) -> tuple[str, ...]:
    """What is 0 on the borders of a gate, as rules over its wires.

    An equation with the output itself (the tip of hypot's cone) is a point and separates nothing.
    """
    gate = GATES[name]
    if gate.edge:
        return (gate.edge,)
    if gate.many or not gate.kink:
        return ()
    rule = rule_circuit(gate.kink)
    pairs = (node.inputs for node in rule.nodes if node.op == "eq")
    texts = (f"({rule.typed(left)}) - ({rule.typed(right)})" for left, right in pairs)
    return tuple(text for text in texts if "z" not in rule_circuit(text).inputs)


def _turns(condition: int) -> Distance:
    def distance(run: Forward) -> Number:
        value = run.values[condition]
        return None if value is None else 1 if run.arithmetic.truth(value) else -1

    return distance


def _leads(op: str, own: int, others: tuple[int, ...]) -> Distance:
    """How far one input is from being the one that max or min takes."""

    def distance(run: Forward) -> Number:
        values = [run.values[i] for i in others]
        if run.values[own] is None or None in values:
            return None
        return run.values[own] - run.rules.operation(op)(*values)

    return distance


def _measured(text: str, index: int) -> Distance:
    rule = rule_circuit(text)

    def distance(run: Forward) -> Number:
        if run.values[index] is None:
            return None
        wires = dict(zip(GATES[run.circuit.nodes[index].op].wires, run.seen(index)[0], strict=True))
        return forward(rule, {name: wires[name] for name in rule.inputs}, run.rules).values[rule.output]

    return distance
