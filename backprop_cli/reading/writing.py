"""Circuit → text that reads back as the same circuit: the calculator's own language, written out.

Shared gates are written where they are used, because reading shares equal subexpressions again; where that would grow
too long, each gets a stage of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from backprop_cli.circuit import CONSTANT, Circuit, Node
from backprop_cli.printing import Piece
from backprop_cli.reading.own_notation import gate, leaf

_LONG = 10_000

_CONSTANTS = {"pi": "acos(-1)", "e": "exp(1)"}
_SAME_NAMES = {"pi": ("pi", "π"), "e": ("e",)}


def write(circuit: Circuit) -> str:
    """The circuit as statements, the last of which is its output."""
    named = {stage.node: stage.name for stage in circuit.stages}
    if _length(circuit, named) > _LONG:
        wires, names = circuit.fan_out(), circuit.names
        shared = (i for i in range(circuit.first_gate, len(circuit.nodes)) if wires[i] > 1)
        named |= {index: names[index] for index in shared if index not in named}
    written = _pieces(circuit, named)
    statements = [f"{named[index]} = {written[index].text}" for index in sorted(named) if index != circuit.output]
    last = f"{named[circuit.output]} = " if circuit.output in named else ""
    return "; ".join([*statements, last + written[circuit.output].text])


def formula(circuit: Circuit) -> Piece:
    """The output of a circuit without stages as one formula."""
    return _pieces(circuit, {})[circuit.output]


def _length(circuit: Circuit, named: dict[int, str]) -> int:
    sizes: list[int] = []
    for node in circuit.nodes:
        inside = sum(1 if i in named else sizes[i] for i in node.inputs)
        sizes.append(min(_LONG + 1, 1 + inside))
    return sizes[circuit.output]


def _pieces(circuit: Circuit, named: Mapping[int, str]) -> list[Piece]:
    """What each node is written as, over the names of those that have one."""
    called = {index: leaf(name) for index, name in named.items()}
    made: list[Piece] = []
    for node in circuit.nodes:
        if node.is_gate:
            made.append(gate(node, [called.get(i) or made[i] for i in node.inputs]))
        else:
            made.append(leaf(_leaf(circuit, node)))
    return made


def _leaf(circuit: Circuit, node: Node) -> str:
    """A name or a literal; where the user's own ``pi`` or ``e`` is a variable, the constant is written otherwise."""
    other = _CONSTANTS.get(node.text) if node.op == CONSTANT else None
    return other if other and any(name in circuit.inputs for name in _SAME_NAMES[node.text]) else node.text
