"""Which nodes of a circuit are the same number, whatever the point: the same gate on the same numbers.

Equality is asked here before anything is subtracted, because two equal balls never compare equal. A stage is a node of
its own in a circuit; here it has the number of the expression that it names.
"""

from __future__ import annotations

from collections.abc import Collection

from backprop_cli.circuit import INPUT, Circuit

_COMMUTES = frozenset({"add", "mul", "max", "min", "hypot", "eq", "ne"})


def numbering(circuit: Circuit, apart: Collection[int] = ()) -> list[int]:
    """For each node the first node that is the same number; a node ``apart`` is moved, and so only itself."""
    first: dict[tuple[str, tuple[int, ...], str], int] = {}
    numbers: list[int] = []
    for index, node in enumerate(circuit.nodes):
        if index in apart or node.op == INPUT:
            numbers.append(index)
        elif node.op == "identity":
            numbers.append(numbers[node.inputs[0]])
        else:
            inputs = tuple(numbers[i] for i in node.inputs)
            key = (node.op, tuple(sorted(inputs)) if node.op in _COMMUTES else inputs, node.text)
            numbers.append(first.setdefault(key, index))
    return numbers
