"""One variable's value as it was given: a constant expression, which each arithmetic evaluates at its own precision."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from backprop_cli.circuit import Circuit
from backprop_cli.problems import Diagnostic, Refused, Source, Span
from backprop_cli.reading import read

NOT_NUMBERS = {"nan", "inf", "infinity", "+inf", "-inf", "+infinity", "-infinity", "∞", "-∞"}

_IN_PARENTHESES = re.compile(r"\s*(?:\([^()]*,[^()]*\)|\{[^{}]*,[^{}]*\})\s*")
_SHORT = 60


@dataclass(frozen=True)
class Given:
    """A variable's value as it was given. It is read when it is first used: a shared file may hold many others."""

    name: str
    text: str

    @cached_property
    def circuit(self) -> Circuit:
        """The constant expression. Raises ``Refused`` for what is not a finite constant."""
        return _constant(self.name, self.text)


def _constant(name: str, text: str) -> Circuit:
    source = Source(f"value of {name}", text)
    if text.strip().lower() in NOT_NUMBERS:
        problem = Diagnostic("value.finite", f"{text.strip()} is not a value; {name} must be a finite number")
        raise Refused(problem.at(source, Span(0, len(text))))
    if not text.strip():
        raise Refused(Diagnostic("value.missing", f"{name} has no value after ="))
    if _IN_PARENTHESES.fullmatch(text):
        hint = f"an array stands in brackets: {name}='[{text.strip()[1:-1].strip()}]'" if len(text) < _SHORT else ""
        raise Refused(Diagnostic("array.list", "several numbers in one value", hint).at(source, Span(0, len(text))))
    circuit = read(text, name=source.name)
    for variable, node in circuit.inputs.items():
        message = f"the value of {name} must be a number, and {variable} is a name"
        hint = "a value may be 2, -1.5e-3, 3/7, pi/3 or sqrt(2)"
        raise Refused(Diagnostic("value.name", message, hint).at(circuit.source, circuit.spans[node]))
    return circuit
