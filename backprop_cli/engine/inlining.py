"""A rule of the gate table written into a circuit that is being made, over the nodes on the gate's wires.

What a number decides is decided there and then: ``y*x^(y - 1)`` for the exponent 2 is ``2*x``. Only numbers are worked
out, exactly; nothing is rearranged, so the text shows the rule that runs. This module knows no calculus.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from backprop_cli.circuit import CONSTANT, INPUT, Circuit, CircuitBuilder
from backprop_cli.problems import Span

_LONG_EXPONENT, _LONG_WHOLE = 4, 10**15
_COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "lt": lambda x, y: x < y,
    "le": lambda x, y: x <= y,
    "gt": lambda x, y: x > y,
    "ge": lambda x, y: x >= y,
    "eq": lambda x, y: x == y,
    "ne": lambda x, y: x != y,
}


def inlined(
    builder: CircuitBuilder, rule: Circuit, wires: Mapping[str, int], span: Span, decided: Sequence[bool] | None = None
) -> int:
    """The node of a rule's value, made in the builder; ``wires`` has a node for every name in the rule.

    ``decided`` says of each of the rule's nodes whether it holds as a condition: then every choice is made.
    """
    made: list[int] = []
    for node in rule.nodes:
        if node.op == INPUT:
            made.append(wires[node.text])
        elif node.op == CONSTANT:
            made.append(builder.constant(node.text, span))
        elif node.op == "where" and decided is not None:
            made.append(made[node.inputs[1 if decided[node.inputs[0]] else 2]])
        else:
            made.append(folded(builder, node.op, tuple(made[i] for i in node.inputs), span))
    return made[rule.output]


def folded(builder: CircuitBuilder, op: str, inputs: tuple[int, ...], span: Span) -> int:
    """A gate on its inputs, or what is left of it where a number decides."""
    numbers = [number(builder, index) for index in inputs]
    if op == "where" and numbers[0] is not None:
        return inputs[1] if numbers[0] else inputs[2]
    if op == "mul" and 1 in numbers:
        return inputs[1 - numbers.index(Fraction(1))]
    if op == "pow" and numbers[1] in (0, 1):
        return inputs[0] if numbers[1] else builder.constant("1", span)
    literal = _worked_out(op, numbers)
    return builder.gate(op, inputs, span) if literal is None else builder.constant(literal, span)


def number(builder: CircuitBuilder, index: int) -> Fraction | None:
    """The number of a literal that is short enough to be worked with exactly."""
    node = builder.kind(index)
    if node.op != CONSTANT or node.text in ("pi", "e"):
        return None
    _, _, exponent = node.text.lower().partition("e")
    return Fraction(node.text) if len(exponent) < _LONG_EXPONENT else None


def _worked_out(op: str, numbers: list[Fraction | None]) -> str | None:
    """The literal of a sum, a difference, a minus or a comparison of numbers; None where there is none."""
    known = [each for each in numbers if each is not None]
    if len(known) < len(numbers):
        return None
    if op == "neg":
        return _literal(-known[0])
    if op in _COMPARE:
        return "1" if _COMPARE[op](known[0], known[1]) else "0"
    if op in ("add", "sub"):
        return _literal(known[0] + known[1] if op == "add" else known[0] - known[1])
    return None


def _literal(value: Fraction) -> str | None:
    """The literal that stands for a number, None if no short one does exactly."""
    if value.denominator == 1 and abs(value) < _LONG_WHOLE:
        return str(value.numerator)
    text = repr(float(value))
    return text if Fraction(text) == value else None
