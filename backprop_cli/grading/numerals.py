"""A formula in which a variable's number stands in place of the variable: ``4.2 + cos(x)`` for ``y + cos(x)``."""

from __future__ import annotations

from collections.abc import Mapping

from backprop_cli.circuit import CONSTANT, INPUT, Circuit, CircuitBuilder
from backprop_cli.grading.tolerance import typed_decimal


def restored(formula: Circuit, here: Mapping[str, float]) -> tuple[Circuit, tuple[str, ...]]:
    """The formula with its variables back in place of their numbers, and which they are; none where nothing fits.

    A number is taken for a variable if it is the value of exactly one, and that one is not in the formula already.
    """
    meant = {}
    for node in formula.constants:
        number = typed_decimal(node.text)
        names = [name for name, value in here.items() if number is not None and value == number.value]
        if len(names) == 1 and names[0] not in formula.inputs:
            meant[node.text] = names[0]
    return (_with(formula, meant), tuple(dict.fromkeys(meant.values()))) if meant else (formula, ())


def _with(formula: Circuit, meant: Mapping[str, str]) -> Circuit:
    builder, made = CircuitBuilder(share=False), list[int]()
    for node, span in zip(formula.nodes, formula.spans, strict=True):
        if node.op == INPUT or (node.op == CONSTANT and node.text in meant):
            made.append(builder.input(meant.get(node.text, node.text), span))
        elif node.op == CONSTANT:
            made.append(builder.constant(node.text, span))
        else:
            made.append(builder.gate(node.op, tuple(made[i] for i in node.inputs), span))
    return builder.finish(formula.source, made[formula.output])[0]
