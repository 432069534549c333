"""A rule of the gate table as a tree over the gate's wires, with what a constant wire decides left out.

``y*x^(y - 1)`` for the constant exponent 2 becomes ``2*x``: ``engine/inlining.py`` decides it, as for the steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backprop_cli.circuit import CONSTANT, INPUT, Circuit, CircuitBuilder, Node
from backprop_cli.engine.inlining import inlined
from backprop_cli.engine.rules import rule_circuit
from backprop_cli.gates import GATES
from backprop_cli.problems import Source, Span
from backprop_cli.render.code.tree import Apply, CodeTree, Numeral, Parameter, Ties, Value

_NOWHERE, _RULE = Span(0, 0), Source("rule", "")


def slope(op: str, position: int, inputs: Sequence[CodeTree], output: int) -> CodeTree:
    """The local gradient of one input of a gate."""
    gate = GATES[op]
    wires: dict[str, CodeTree] = {"z": Value(output)}
    if gate.many:
        wires |= {"x": inputs[position], "n": Ties(output)}
    else:
        wires = dict(zip(gate.params, inputs, strict=True)) | wires
    return rule(gate.slope(position).text or "0", wires)


def value(op: str) -> CodeTree:
    """The value rule of a gate over its own parameters, ``op`` on them if it is a primitive."""
    gate = GATES[op]
    wires: dict[str, CodeTree] = {name: Parameter(name) for name in gate.params}
    return rule(gate.value, wires) if gate.value else Apply(op, tuple(wires.values()))


def rule(text: str, wires: Mapping[str, CodeTree]) -> CodeTree:
    """The tree of a rule's text."""
    builder = CircuitBuilder()
    nodes = {name: _wire(builder, name, tree) for name, tree in wires.items()}
    circuit, _ = builder.finish(_RULE, inlined(builder, _with_products(rule_circuit(text)), nodes, _NOWHERE))
    made: list[CodeTree] = []
    for node in circuit.nodes:
        if node.op == INPUT:
            made.append(wires[node.text])
        elif node.op == CONSTANT:
            made.append(Numeral(node.text))
        else:
            made.append(Apply(node.op, tuple(made[i] for i in node.inputs)))
    return made[circuit.output]


def _wire(builder: CircuitBuilder, name: str, tree: CodeTree) -> int:
    if isinstance(tree, Numeral):
        return builder.constant(tree.text, _NOWHERE)
    return builder.input(name, _NOWHERE)


def _with_products(circuit: Circuit) -> Circuit:
    """A rule whose squares of a wire are products, which cannot raise an overflow."""
    nodes = circuit.nodes
    return replace(circuit, nodes=tuple(_product(node) if _is_square(nodes, node) else node for node in nodes))


def _product(node: Node) -> Node:
    return Node("mul", (node.inputs[0], node.inputs[0]))


def _is_square(nodes: Sequence[Node], node: Node) -> bool:
    return node.op == "pow" and nodes[node.inputs[0]].op == INPUT and nodes[node.inputs[1]].text == "2"
