"""The decimals in a formula: what their last digits leave open."""

from __future__ import annotations

from backprop_cli.arithmetic.balls import from_text
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.circuit import CONSTANT, Circuit

_LEAST_DIGITS = 2


def loosened(formula: Circuit) -> dict[int, Number]:
    """Each decimal with a point and two digits at least, by node, as all that it may have been rounded from."""
    from flint import arb

    found: dict[int, Number] = {}
    for index, node in enumerate(formula.nodes[: formula.first_gate]):
        mantissa, _, exponent = node.text.lower().partition("e")
        whole, point, part = mantissa.partition(".")
        if node.op == CONSTANT and point and len((whole + part).lstrip("0")) >= _LEAST_DIGITS:
            half_unit = from_text(f"5e{int(exponent or 0) - len(part) - 1}")
            found[index] = arb(arb(from_text(node.text)), arb(half_unit))
    return found
