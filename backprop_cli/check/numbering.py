"""Which nodes of a circuit are the same number, whatever the point: the same gate on the same numbers.

Equality is asked here before anything is subtracted, because two equal balls never compare equal. A stage is a node of
its own in a circuit; here it has the number of the expression that it names. A gate that undoes the one before it, as
in exp(log(x)) and (x + y) - y, is what that one was given, wherever that one has a value.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from backprop_cli.circuit import CONSTANT, INPUT, Circuit, Node

_COMMUTES = frozenset({"add", "mul", "max", "min", "hypot", "eq", "ne"})
_UNDOES = {
    # f: the functions g with f(g(x)) = x for every x that g takes
    "exp": "log",
    "log": "exp",
    "expm1": "log1p",
    "log1p": "expm1",
    "sin": "asin",
    "cos": "acos",
    "tan": "atan",
    "sinh": "asinh",
    "asinh": "sinh",
    "cosh": "acosh",
    "tanh": "atanh",
    "atanh": "tanh",
    "square": "sqrt",
    "neg": "neg",
}
_ROOTS = {"2": "sqrt", "3": "cbrt"}
_BASES = {"log2": "2", "log10": "10"}
_UNITS = {"add": {("sin", "cos"), ("cos", "sin")}, "sub": {("cosh", "sinh")}}


@dataclass(frozen=True, slots=True)
class Sameness:
    """``same``: for each node the first that is the same number; ``undone`` and ``fixed`` as their functions say."""

    same: list[int]
    undone: dict[int, int]
    fixed: dict[int, int]


def sameness(circuit: Circuit, apart: Sequence[int] = ()) -> Sameness:
    """All of it; kept for the circuits asked about last, for one is followed at many points."""
    key = id(circuit), tuple(apart)
    known = _kept.get(key)
    if known is not None and known[0] is circuit:
        return known[1]
    same = numbering(circuit, apart)
    found = Sameness(same, undone(circuit, same, apart), fixed(circuit, same, apart))
    if len(_kept) >= _KEPT:
        _kept.clear()
    _kept[key] = circuit, found
    return found


_KEPT = 32
# With its circuit, so that the id stays its own.
_kept: dict[tuple[int, tuple[int, ...]], tuple[Circuit, Sameness]] = {}


def numbering(circuit: Circuit, apart: Collection[int] = ()) -> list[int]:
    """For each node the first node that is the same number; a node ``apart`` is moved, and so only itself."""
    first: dict[tuple[str, tuple[int, ...], str], int] = {}
    numbers: list[int] = []
    for index, node in enumerate(circuit.nodes):
        if index in apart or node.op == INPUT:
            numbers.append(index)
        elif node.op == "identity" or _is_first_power(circuit, node):
            numbers.append(numbers[node.inputs[0]])
        else:
            inputs = tuple(numbers[i] for i in node.inputs)
            key = (node.op, tuple(sorted(inputs)) if node.op in _COMMUTES else inputs, node.text)
            if _is_square(circuit, node.op, inputs):
                key = ("mul", (inputs[0], inputs[0]), "")
            numbers.append(first.setdefault(key, index))
    return numbers


def _is_first_power(circuit: Circuit, node: Node) -> bool:
    return node.op == "pow" and _is_literal(circuit, node.inputs[1], "1")


def _is_literal(circuit: Circuit, index: int, text: str) -> bool:
    node = circuit.nodes[index]
    return node.op == CONSTANT and node.text == text


def _is_square(circuit: Circuit, op: str, inputs: Sequence[int]) -> bool:
    if op == "pow":
        return _is_literal(circuit, inputs[1], "2")
    return op == "square" or (op == "mul" and inputs[0] == inputs[-1])


def undone(circuit: Circuit, numbers: Sequence[int], apart: Collection[int] = ()) -> dict[int, int]:
    """For each gate that undoes the one before it, the node that it is equal to: x for exp(log(x))."""
    found: dict[int, int] = {}
    for index, node in enumerate(circuit.nodes):
        inputs = [numbers[i] for i in node.inputs]
        pair = (_pair(circuit, node.op, inputs) or _sum(circuit, numbers, node.op, inputs)) if node.is_gate else None
        if pair is not None and pair[0] not in apart:
            found[index] = pair[1]
    return found


def _pair(circuit: Circuit, op: str, inputs: Sequence[int]) -> tuple[int, int] | None:
    """The node that a gate on these inputs undoes, and what that one was given."""
    first, last = inputs[0], inputs[-1]
    before, after = circuit.nodes[first], circuit.nodes[last]
    if op == "mul":
        return (first, before.inputs[0]) if first == last and before.op == "sqrt" else None
    if op == "pow" and after.op == CONSTANT:
        return (first, before.inputs[0]) if before.op == _ROOTS.get(after.text) else None
    if op == "pow" and before.op == CONSTANT:
        return (last, after.inputs[0]) if before.text == _BASES.get(after.op) else None
    if op in _BASES or op == "cbrt":
        place, text = (1, "3") if op == "cbrt" else (0, _BASES[op])
        fits = before.op == "pow" and circuit.nodes[before.inputs[place]].text == text
        return (first, before.inputs[1 - place]) if fits else None
    return (first, before.inputs[0]) if before.op == _UNDOES.get(op) else None


def _sum(circuit: Circuit, numbers: Sequence[int], op: str, inputs: Sequence[int]) -> tuple[int, int] | None:
    """The sum or difference that a gate on these inputs takes back, and the operand that is left: (a + b) - b is a."""
    if op not in ("add", "sub"):
        return None
    for first, last in ((inputs[0], inputs[1]), (inputs[1], inputs[0])):
        node = circuit.nodes[first]
        operands = [numbers[i] for i in node.inputs]
        if op == "add" and node.op == "sub" and operands[1] == last:
            return first, operands[0]
        if op == "sub" and node.op == "add" and first == inputs[0] and last in operands:
            return first, operands[1 - operands.index(last)]
        if op == "sub" and node.op == "sub" and first == inputs[1] and operands[0] == last:
            return first, operands[1]
    return None


def fixed(circuit: Circuit, numbers: Sequence[int], apart: Collection[int] = ()) -> dict[int, int]:
    """The gates that are one number whatever the point: sin² + cos² and cosh² - sinh² are 1, -a + a is 0."""
    found: dict[int, int] = {}
    for index, node in enumerate(circuit.nodes):
        if node.op not in _UNITS or index in apart:
            continue
        first, last = (numbers[i] for i in node.inputs)
        roots = _root(circuit, numbers, first, apart), _root(circuit, numbers, last, apart)
        if _is_unit(node.op, *roots):
            found[index] = 1
        elif node.op == "add" and (_negates(circuit, first, last, apart) or _negates(circuit, last, first, apart)):
            found[index] = 0
    return found


def _is_unit(op: str, first: tuple[str, int] | None, last: tuple[str, int] | None) -> bool:
    return first is not None and last is not None and (first[0], last[0]) in _UNITS[op] and first[1] == last[1]


def _negates(circuit: Circuit, gate: int, source: int, apart: Collection[int]) -> bool:
    node = circuit.nodes[gate]
    return node.op == "neg" and gate not in apart and node.inputs[0] == source


def _root(circuit: Circuit, numbers: Sequence[int], square: int, apart: Collection[int]) -> tuple[str, int] | None:
    """The gate and the input of what is squared here, unless it is moved by itself."""
    node = circuit.nodes[square]
    first, last = (numbers[node.inputs[0]], numbers[node.inputs[-1]]) if node.inputs else (-1, -1)
    if (
        not _is_square(circuit, node.op, (first, last))
        or square in apart
        or first in apart
        or not circuit.nodes[first].inputs
    ):
        return None
    return circuit.nodes[first].op, numbers[circuit.nodes[first].inputs[0]]
