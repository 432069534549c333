"""The rules of a backward sweep over the circuit's own names: ``∂L/∂D @ X.T``, as a person writes them down.

The table's rules are read, and their words replaced: the inputs by the operands' names, ``dz`` by the gradient that
arrives, ``expand(dz, axis)`` by an index with a new axis, where broadcasting does not do it by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backprop_cli.circuit import CONSTANT, INPUT, CircuitBuilder, Node
from backprop_cli.engine.array_rules import array_rule
from backprop_cli.engine.inlining import folded
from backprop_cli.engine.rules import rule_circuit
from backprop_cli.gates import GATES
from backprop_cli.gates.array_form import index
from backprop_cli.gates.array_row import ArrayGate, Shape, Slice, resolved
from backprop_cli.gates.axes import put_back
from backprop_cli.problems import Source, Span
from backprop_cli.reading.own_notation import NOTATION
from backprop_cli.reading.writing import formula, write

_NOWHERE = Span(0, 0)
_TEXT = Source("rule", "")


@dataclass(frozen=True, slots=True)
class RuleUse:
    """Where a rule is used: what it is told, and the shape of the input and of the gate."""

    told: Mapping[str, Any]
    input: Shape
    output: Shape


def elementwise(slope: str, names: Mapping[str, str], upstream: str) -> str:
    """``upstream × local`` with the local gradient's rule over names."""
    if slope in ("1", "-1"):
        return upstream if slope == "1" else f"-{upstream}"
    builder = CircuitBuilder()
    made: list[int] = []
    circuit = rule_circuit(slope)
    for node in circuit.nodes:
        made.append(_leaf(builder, node, names) if not node.is_gate else _gate(builder, node, made))
    local = formula(builder.finish(_TEXT, made[circuit.output])[0])
    return f"{NOTATION.operand(local, NOTATION.forms['mul'].least[0])} * {upstream}"


def structural(row: ArrayGate, position: int, names: Mapping[str, str], upstream: str, place: RuleUse) -> str:
    """An array gate's pullback over names."""
    whole = _whole(row, upstream, names, place)
    if whole:
        return whole
    builder = CircuitBuilder()
    made: list[int] = []
    circuit = array_rule(row.pullback(position))
    known = {**names, "dz": upstream, **{word: str(place.told[word]) for word in ("count",) if word in place.told}}
    for node in circuit.nodes:
        if not node.is_gate:
            made.append(_leaf(builder, node, known))
        elif node.op == "expand":
            made.append(_expanded(builder, made[node.inputs[0]], place))
        elif node.op == "others":
            made.append(builder.input(f"(product of the other {names['x']})", _NOWHERE))
        else:
            made.append(_gate(builder, node, made, place))
    return _written(builder, made[circuit.output])


def _whole(row: ArrayGate, upstream: str, names: Mapping[str, str], place: RuleUse) -> str:
    """The rules that put a gradient into a place, or take it from one, in words."""
    inner = f"({upstream})"
    if row.name == "index":
        wires = tuple(names[name] for name in names if name.startswith("i"))
        return f"zeros{_sizes(place.input)} with {upstream} at [{index(place.told['index'], wires)}]"
    if row.many:
        axis = place.told["axis"] % len(place.output)
        at = place.told["place"]
        own = at if row.name == "stack" else Slice(at, at + place.input[axis])
        return f"{inner}[{index((*(Slice(),) * axis, own), ())}]"
    return ""


def _sizes(shape: Shape) -> str:
    return str(shape) if len(shape) > 1 else f"({shape[0]})"


def _leaf(builder: CircuitBuilder, node: Node, names: Mapping[str, str]) -> int:
    text = names.get(node.text, node.text) if node.op == INPUT else node.text
    literal = node.op == CONSTANT or text.lstrip("-")[:1].isdigit()
    return (builder.constant if literal else builder.input)(text, _NOWHERE)


def _gate(builder: CircuitBuilder, node: Node, made: list[int], place: RuleUse | None = None) -> int:
    inputs = tuple(made[i] for i in node.inputs)
    if node.op in GATES:
        return folded(builder, node.op, inputs, _NOWHERE)
    assert place is not None
    return builder.gate(node.op, inputs, _NOWHERE, tuple(resolved(node.statics, place.told).items()))


def _expanded(builder: CircuitBuilder, index_: int, place: RuleUse) -> int:
    """A reduction's axis put back; leading axes come back by broadcasting, and a number needs none."""
    entries = put_back(place.told, place.input)
    if entries is None:
        return index_
    return builder.gate("index", (index_,), _NOWHERE, (("index", entries),))


def _written(builder: CircuitBuilder, root: int) -> str:
    return write(builder.finish(_TEXT, root)[0])
