"""How what an array gate is told is written: the entries ``0, 1:`` of an index, ``axis=0``."""

from __future__ import annotations

from backprop_cli.gates.array_row import NEW_AXIS, WIRE, Slice
from backprop_cli.gates.array_table import ARRAY_GATES


def told(op: str, statics: tuple[tuple[str, object], ...]) -> list[str]:
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
