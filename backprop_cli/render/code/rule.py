"""A rule of the gate table as a tree over the gate's wires, with what a constant wire decides left out.

``y*x^(y - 1)`` for the constant exponent 2 becomes ``2*x``. Only numbers are worked out here; a rule is never
rearranged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from backprop_cli.circuit import CONSTANT, INPUT
from backprop_cli.engine.rules import rule_circuit
from backprop_cli.gates import GATES
from backprop_cli.render.code.tree import ONE, ZERO, Apply, Number, Parameter, Ties, Tree, Value

_LONG_EXPONENT = 4
_COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "lt": lambda x, y: x < y,
    "le": lambda x, y: x <= y,
    "gt": lambda x, y: x > y,
    "ge": lambda x, y: x >= y,
    "eq": lambda x, y: x == y,
    "ne": lambda x, y: x != y,
}


def slope(op: str, position: int, inputs: Sequence[Tree], output: int) -> Tree:
    """The local gradient of one input of a gate."""
    gate = GATES[op]
    wires: dict[str, Tree] = {"z": Value(output)}
    if gate.many:
        wires |= {"x": inputs[position], "n": Ties(output)}
    else:
        wires = dict(zip(gate.params, inputs, strict=True)) | wires
    return rule(gate.slope(position).text or "0", wires)


def value(op: str) -> Tree:
    """The value rule of a gate over its own parameters, ``op`` on them if it is a primitive."""
    gate = GATES[op]
    wires: dict[str, Tree] = {name: Parameter(name) for name in gate.params}
    return rule(gate.value, wires) if gate.value else Apply(op, tuple(wires.values()))


def rule(text: str, wires: Mapping[str, Tree]) -> Tree:
    """The tree of a rule's text."""
    circuit = rule_circuit(text)
    made: list[Tree] = []
    for node in circuit.nodes:
        if node.op == INPUT:
            made.append(wires[node.text])
        elif node.op == CONSTANT:
            made.append(Number(node.text))
        elif node.op == "pow" and circuit.nodes[node.inputs[1]].text == "2" and _is_leaf(made[node.inputs[0]]):
            base = made[node.inputs[0]]
            made.append(Apply("mul", (base, base)))  # a square that cannot raise an overflow
        else:
            made.append(_folded(node.op, tuple(made[i] for i in node.inputs)))
    return made[circuit.output]


def _is_leaf(tree: Tree) -> bool:
    return isinstance(tree, (Value, Parameter))


def _folded(op: str, inputs: tuple[Tree, ...]) -> Tree:
    """The gate on its inputs, shorter where a constant decides."""
    numbers = [_number(tree) for tree in inputs]
    if op == "where" and numbers[0] is not None:
        return inputs[1] if numbers[0] else inputs[2]
    if op == "mul" and 1 in numbers:
        return inputs[1 - numbers.index(Fraction(1))]
    if op == "pow" and numbers[1] in (0, 1):
        return inputs[0] if numbers[1] else ONE
    if len(numbers) == 2 and numbers[0] is not None and numbers[1] is not None:
        return _worked_out(op, numbers[0], numbers[1]) or Apply(op, inputs)
    if op == "neg" and numbers[0] is not None:
        return _literal(-numbers[0]) or Apply(op, inputs)
    return Apply(op, inputs)


def _number(tree: Tree) -> Fraction | None:
    """The number of a literal that is short enough to be worked with exactly."""
    if not isinstance(tree, Number) or tree.text in ("pi", "e"):
        return None
    _, _, exponent = tree.text.lower().partition("e")
    return Fraction(tree.text) if len(exponent) < _LONG_EXPONENT else None


def _worked_out(op: str, x: Fraction, y: Fraction) -> Tree | None:
    compare = _COMPARE.get(op)
    if compare is not None:
        return ONE if compare(x, y) else ZERO
    if op in ("add", "sub"):
        return _literal(x + y if op == "add" else x - y)
    return None


def _literal(number: Fraction) -> Number | None:
    """The literal that stands for a number, None if no short one does exactly."""
    if number.denominator == 1 and abs(number) < 10**15:
        return Number(str(number.numerator))
    text = repr(float(number))
    return Number(text) if Fraction(text) == number else None
