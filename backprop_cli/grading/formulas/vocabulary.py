"""Which names a formula may use: the variables, and the stages that are not themselves to be found."""

from __future__ import annotations

from backprop_cli.circuit import Circuit
from backprop_cli.grading.formulas.quantity_function import known_names
from backprop_cli.grading.names import Asked
from backprop_cli.nearest import meant
from backprop_cli.problems import Diagnostic

_SHOWN = 6


def unknown_names(circuit: Circuit, asked: Asked, formula: Circuit) -> Diagnostic | None:
    """What is wrong with the names in a formula: one that means nothing, or a stage that does not stand before it."""
    known = known_names(circuit)
    allowed = [
        name for name, node in known.items() if name in circuit.inputs or asked.by is not None or node < asked.of
    ]
    for name, node in formula.inputs.items():
        if name in allowed:
            continue
        if name in known:
            message = f"a formula for {circuit.names[asked.of]} cannot use {name}, which does not stand before it"
            hint = f"write it with {', '.join(allowed[:_SHOWN])}" if allowed else ""
        else:
            message, hint = f"{name} is no name of this expression", _near(name, allowed)
        return Diagnostic("answer.name", message, hint).at(formula.source, formula.spans[node])
    return None


def _near(name: str, allowed: list[str]) -> str:
    if len(name) > 1 and all(letter in allowed for letter in name):
        return f"{name} is one name; the product is {'*'.join(name)}"
    return meant(name, allowed, f"the names here are {', '.join(allowed[:_SHOWN])}" if allowed else "")
