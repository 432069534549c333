"""How an array gate is written over operands: ``W @ x``, ``x.T``, ``A[0, 1:]``, ``sum(A, axis=0)``."""

from __future__ import annotations

from backprop_cli.gates.array_row import NEW_AXIS, WIRE, Slice
from backprop_cli.gates.arrays import ARRAY_GATES
from backprop_cli.gates.row import Gate

_ATOM_STOPS = (" ", "*", "/", "^", "-")


def written(op: str, operands: tuple[str, ...], statics: tuple[tuple[str, object], ...] = ()) -> str:
    """The gate of that name over operands that are names or numbers."""
    gate = ARRAY_GATES[op]
    if gate.called == "matmul":
        return f"{_atom(operands[0])} @ {_atom(operands[1])}"
    if op == "transpose":
        return f"{_atom(operands[0])}.T"
    if op == "index":
        entries = dict(statics)["index"]
        assert isinstance(entries, tuple)
        return f"{_atom(operands[0])}[{index(entries, operands[1:])}]"
    if op == "stack" and dict(statics).get("axis") == 0:
        return f"[{', '.join(operands)}]"
    inside = [f"[{', '.join(operands)}]"] if gate.many else list(operands)
    return f"{gate.called}({', '.join([*inside, *_told(op, statics)])})"


def _told(op: str, statics: tuple[tuple[str, object], ...]) -> list[str]:
    """What differs from the defaults, by keyword; a shape and a size stand by themselves."""
    defaults = dict(ARRAY_GATES[op].statics)
    shown = []
    for name, value in statics:
        if value == defaults[name]:
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if name == "shape" and isinstance(value, tuple):
            text = ", ".join(map(str, value))
        shown.append(text if name in ("shape", "n") else f"{name}={text}")
    return shown


def index(entries: tuple[object, ...], wires: tuple[str, ...]) -> str:
    """The entries of an index as they are typed: ``0, 1:, k``."""
    rest = iter(wires)
    return ", ".join(next(rest) if entry == WIRE else _entry(entry) for entry in entries)


def _entry(entry: object) -> str:
    if entry == NEW_AXIS:
        return "None"
    if not isinstance(entry, Slice):
        return str(entry)
    ends = ["" if end is None else str(end) for end in (entry.start, entry.stop, entry.step)]
    return ":".join(ends if ends[2] else ends[:2])


def _atom(text: str) -> str:
    """An operand in parentheses unless it holds together by itself."""
    return f"({text})" if any(stop in text for stop in _ATOM_STOPS) and not _closed(text) else text


def _closed(text: str) -> bool:
    """Whether the first bracket of a text, which stands at its beginning or after a name, closes at its end."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth == 0 and character in _ATOM_STOPS:
            return False
        if depth == 0 and character in ")]" and at < len(text) - 1 and text[at + 1] not in ".[":
            return False
    return True


def call(gate: Gate | None, op: str, operands: tuple[str, ...], statics: tuple[tuple[str, object], ...]) -> str:
    """Any gate over operands: a scalar row's own way, or an array row's."""
    return gate.call(operands) if gate is not None else written(op, operands, statics)
