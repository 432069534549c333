"""The derivatives of a circuit as formulas, made of the gate table's rules, where they are short enough to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backprop_cli import limits
from backprop_cli.circuit import Circuit
from backprop_cli.engine.derivative import derivatives
from backprop_cli.problems import Refused
from backprop_cli.reading.writing import write


def short(circuit: Circuit, names: Sequence[str]) -> Mapping[str, str]:
    """The derivative in each of these variables, those left out that are long; none of a large circuit."""
    if len(circuit.nodes) * max(1, len(names)) > limits.FORMULA_WORK:
        return {}
    try:
        made = derivatives(circuit, [circuit.inputs[name] for name in names])
    except Refused:  # a gate on the way has no gradient, and the backward pass never came to it
        return {}
    texts = {name: write(one) for name, one in zip(names, made, strict=True)}
    return {name: text for name, text in texts.items() if len(text) <= limits.FORMULA_CHARACTERS}
