"""What is wrong with a call: too many values, too few, or something that the gate must be told and is not."""

from __future__ import annotations

from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.array_row import REQUIRED, FromGate
from backprop_cli.gates.array_table import ArrayGate
from backprop_cli.problems import Diagnostic
from backprop_cli.reading.notation import Token
from backprop_cli.reading.openings import Call


def wrong_count(gate: Gate, token: Token, given: int) -> Diagnostic:
    """A scalar gate with another number of values than it takes."""
    needed = f"{gate.least} or more" if gate.many else str(len(gate.params))
    if gate.defaults:
        needed = f"{gate.least} or {len(gate.params)}"
    hint = f"it is written {gate.form}"
    if gate.name.startswith("log"):
        hint = "a logarithm to base b is log(x)/log(b)"
    elif gate is GATES["round"]:
        hint = "round(x) goes to the nearest whole number"
    values = "value" if needed == "1" else "values"
    return Diagnostic("name.arguments", f"{token.text} takes {needed} {values}, and got {given}", hint)


def wrong_array_call(gate: ArrayGate, call: Call, parts: tuple[int, ...] | None) -> Diagnostic | None:
    """What is wrong with a call of an array gate, None if nothing is."""
    given, needed = len(call.arguments), len(gate.params)
    if gate.many and parts is None:
        name = gate.called
        return Diagnostic("name.arguments", f"{name} takes a list of arrays", f"it is written {name}([a, b])")
    if not gate.many and given != needed:
        values = "value" if needed == 1 else "values"
        hint = f"it is written {gate.form}"
        if needed == 1 and given > 1:
            hint += f"; of several values make an array: {gate.called}([a, b])"
        return Diagnostic("name.arguments", f"{gate.called} takes {needed} {values}, and got {given}", hint)
    for name, default in gate.statics:
        value = call.told.get(name, default)
        if value is REQUIRED:
            return Diagnostic("name.arguments", f"{gate.called} needs its {name}", f"it is written {gate.form}")
        if not _fits(name, value):
            return Diagnostic("syntax.static", f"the {name} of {gate.called} cannot be {value}", _HINTS.get(name, ""))
    return None


_HINTS = {"axis": "an axis is a whole number, as 0 or -1", "keepdims": "write keepdims=true or leave it out"}


def _fits(name: str, value: object) -> bool:
    """Whether a value is of the kind that what it is told as has."""
    if isinstance(value, FromGate):
        return True
    if name == "keepdims":
        return isinstance(value, bool) or value in (0, 1)
    if name == "shape":
        return isinstance(value, tuple)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole or (name == "axis" and (value is None or isinstance(value, tuple))) or name == "index"
