"""An index that a wire brings, where every row has its own: the element picked as a sum over all that could be.

    x[y] = (p₀ + p₁ + …)/(m₀ + m₁ + …)    with pₖ = x[k] and mₖ = 1 where y is k, counted from either end, else both 0

One of them is not 0, so nothing is rounded; of an index that is none there is no value, 0/0. Elements that a row does
not pick are not asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from backprop_cli.arithmetic.array_arithmetic import selection
from backprop_cli.engine.array_elements import Cells, Pen
from backprop_cli.gates.array_row import NEW_AXIS, WIRE

MOST = 100
"""Elements among which a row may pick: each one costs a choice."""


def picked(pen: Pen, entries: tuple[object, ...], x: Cells, wires: Sequence[Cells]) -> Cells:
    """The elements of ``x`` at an index of which some entries are wires."""
    if WIRE not in entries:
        return np.asarray(x[selection(entries)])
    at = entries.index(WIRE)
    size = x.shape[sum(1 for entry in entries[:at] if entry != NEW_AXIS)]
    zero, one = (np.array(pen.constant(text)) for text in ("0", "1"))
    parts, masks = [], []
    for k in range(size):
        away = _away(pen, wires[0], k, size)
        part = picked(pen, (*entries[:at], k, *entries[at + 1 :]), x, wires[1:])
        parts.append(pen.each("where", away, zero, part))
        masks.append(pen.each("where", away, zero, one))
    return pen.each("div", _added(pen, parts), _added(pen, masks))


def _away(pen: Pen, wire: Cells, k: int, size: int) -> Cells:
    """0 where the index is k, or k counted from the end."""
    return pen.each("mul", *(pen.each("sub", wire, np.array(pen.constant(str(number)))) for number in (k, k - size)))


def _added(pen: Pen, terms: Sequence[Cells]) -> Cells:
    return reduce(lambda one, other: pen.each("add", one, other), terms)
