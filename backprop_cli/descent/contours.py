"""The contours of a surface: at which heights, and the pieces of line at each, by marching over its squares."""

from __future__ import annotations

import math
from collections.abc import Iterator

from backprop_cli.descent.surface import Surface

_LEVELS, _LOWEST = 18, 3_000.0

Segment = tuple[float, float, float, float]
"""A straight piece of a contour from (x, y) to (x, y)."""


def levels(surface: Surface) -> list[float]:
    """Heights of the contours, closer together where the surface is low: by powers where it is positive."""
    values = [value for row in surface.values for value in row if value is not None]
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    if not low < high or not math.isfinite(high - low):
        return []
    parts = [(at + 1) / (_LEVELS + 1) for at in range(_LEVELS)]
    if low > 0 and high / low > _LEVELS:
        low = max(low, high / _LOWEST)
        return [math.exp((1 - part) * math.log(low) + part * math.log(high)) for part in parts]
    return [low + (high - low) * part**2 for part in parts]


def contour(surface: Surface, level: float) -> Iterator[Segment]:
    """The pieces on which the surface has this height; none in squares with a corner that has no value."""
    for j in range(len(surface.up) - 1):
        for i in range(len(surface.across) - 1):
            yield from _in_square(surface, level, i, j)


def _in_square(surface: Surface, level: float, i: int, j: int) -> Iterator[Segment]:
    corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
    heights = [surface.values[y][x] for x, y in corners]
    crossings = []
    for at, (x, y) in enumerate(corners):
        one, other = heights[at], heights[(at + 1) % 4]
        if one is None or other is None:
            return
        if (one < level) != (other < level):
            part, (x2, y2) = (level - one) / (other - one), corners[(at + 1) % 4]
            across = surface.across[x] + part * (surface.across[x2] - surface.across[x])
            up = surface.up[y] + part * (surface.up[y2] - surface.up[y])
            crossings.append((across, up))
    for start, end in zip(crossings[::2], crossings[1::2], strict=True):
        yield *start, *end
