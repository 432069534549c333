"""Circuit → text that reads back as the same circuit: the calculator's own language, written out.

Shared gates are written where they are used, because reading shares equal subexpressions again; where that would grow
too long, each gets a stage of its own.
"""

from __future__ import annotations

from backprop_cli.circuit import CONSTANT, INPUT, Circuit, Node
from backprop_cli.gates import GATES
from backprop_cli.gates.array_form import written
from backprop_cli.gates.arrays import ARRAY_GATES

_LONG = 10_000
_ATOM = 100
_BINDING = {
    "add": (50, 50, 51),
    "sub": (50, 50, 51),
    "mul": (60, 60, 61),
    "div": (60, 60, 61),
    "neg": (71, 71, 0),
    "pow": (80, 81, 71),
}
_BINDING["matmul"] = _BINDING["mul"]
_POSTFIX = 95  # binds tighter than any operator: ``x.T``, ``x[0]``
_BINDING |= dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne"), (40, 41, 41))

_CONSTANTS = {"pi": "acos(-1)", "e": "exp(1)"}
_SAME_NAMES = {"pi": ("pi", "π"), "e": ("e",)}


def write(circuit: Circuit) -> str:
    """The circuit as statements, the last of which is its output."""
    named = {stage.node: stage.name for stage in circuit.stages}
    if _length(circuit, named) > _LONG:
        wires, names = circuit.fan_out(), circuit.names
        shared = (i for i in range(circuit.first_gate, len(circuit.nodes)) if wires[i] > 1)
        named |= {index: names[index] for index in shared if index not in named}
    statements = [
        f"{named[index]} = {_body(circuit, index, named)}" for index in sorted(named) if index != circuit.output
    ]
    last = f"{named[circuit.output]} = " if circuit.output in named else ""
    return "; ".join([*statements, last + _body(circuit, circuit.output, named)])


def _length(circuit: Circuit, named: dict[int, str]) -> int:
    sizes: list[int] = []
    for node in circuit.nodes:
        inside = sum(1 if i in named else sizes[i] for i in node.inputs)
        sizes.append(min(_LONG + 1, 1 + inside))
    return sizes[circuit.output]


def _body(circuit: Circuit, root: int, named: dict[int, str]) -> str:
    """One statement's right side, from a stack of nodes (with the binding they must keep) and finished pieces."""
    pieces: list[str] = []
    waiting: list[str | tuple[int, int]] = [(root, 0)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        index, least = item
        node = circuit.nodes[index]
        if index in named and index != root:
            pieces.append(named[index])
        elif node.op in (INPUT, CONSTANT):
            text = _leaf(circuit, node)
            pieces.append(f"({text})" if _ambiguous(node, least, pieces) else text)
        else:
            waiting.extend(reversed(_parts(node, least)))
    return "".join(pieces)


def _leaf(circuit: Circuit, node: Node) -> str:
    """A name or a literal; where the user's own ``pi`` or ``e`` is a variable, the constant is written otherwise."""
    other = _CONSTANTS.get(node.text) if node.op == CONSTANT else None
    return other if other and any(name in circuit.inputs for name in _SAME_NAMES[node.text]) else node.text


def _ambiguous(leaf: Node, least: int, before: list[str]) -> bool:
    """Whether a leaf needs parentheses: a negative literal as an operand, or a negated number (-2 is one literal)."""
    if leaf.text.startswith("-"):
        return least > 50
    if least == _POSTFIX:
        return not leaf.text.isidentifier()  # a number, or a gradient ∂L/∂z in a rule
    return leaf.text[0] in ".0123456789" and least == _BINDING["neg"][1] and before[-1:] == ["-"]


def _parts(node: Node, least: int) -> list[str | tuple[int, int]]:
    if node.op in ARRAY_GATES and node.op not in _BINDING:
        return _array_parts(node)
    if node.op not in _BINDING:
        inside: list[str | tuple[int, int]] = []
        for source in node.inputs:
            inside += [", ", (source, 0)]
        return [f"{node.op}(", *inside[1:], ")"]
    own, left, right = _BINDING[node.op]
    symbol = " @ " if node.op == "matmul" else GATES[node.op].symbol
    if node.op == "neg":
        parts: list[str | tuple[int, int]] = ["-", (node.inputs[0], left)]
    else:
        parts = [(node.inputs[0], left), symbol, (node.inputs[1], right)]
    return ["(", *parts, ")"] if own < least else parts


def _array_parts(node: Node) -> list[str | tuple[int, int]]:
    """An array gate that is no operator: its operands among the pieces of its written form."""
    postfix = node.op in ("transpose", "index")
    marks = tuple(f"\0{at}\0" for at in range(len(node.inputs)))
    pieces = written(node.op, marks, node.statics).split("\0")
    return [
        (node.inputs[int(piece)], _POSTFIX if postfix and piece == "0" else 0) if at % 2 else piece
        for at, piece in enumerate(pieces)
    ]
