"""A formula in which a variable's number stands in place of the variable: ``4.2 + cos(x)`` for ``y + cos(x)``."""

from __future__ import annotations

from collections.abc import Mapping

from backprop_cli.circuit import CONSTANT, Circuit, opened
from backprop_cli.grading.tolerance import typed_decimal


def restored(formula: Circuit, here: Mapping[str, float]) -> tuple[Circuit, tuple[str, ...]]:
    """The formula with its variables back in place of their numbers, and which they are; none where nothing fits.

    A number is taken for a variable if it is the value of exactly one, and that one is not in the formula already.
    """
    meant: dict[int, str] = {}
    for index, node in enumerate(formula.nodes):
        number = typed_decimal(node.text) if node.op == CONSTANT else None
        names = [name for name, value in here.items() if number is not None and value == number.value]
        if len(names) == 1 and names[0] not in formula.inputs:
            meant[index] = names[0]
    return (opened(formula, meant) if meant else formula), tuple(dict.fromkeys(meant.values()))
