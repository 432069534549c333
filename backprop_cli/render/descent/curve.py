"""The values of a descent as one line of bars, and in the points that a picture of so many columns has room for."""

from __future__ import annotations

import math
from collections.abc import Sequence

_BARS, _ASCII_BARS = "▁▂▃▄▅▆▇█", "_.-:=+*#"
_WIDE = 1_000.0


def sampled(values: Sequence[float], most: int) -> list[float]:
    """At most so many of the values at even distances, the first and the last among them."""
    if len(values) <= most:
        return list(values)
    return [values[round(at * (len(values) - 1) / (most - 1))] for at in range(most)]


def logarithmic(values: Sequence[float]) -> bool:
    """Whether the values are positive and so far apart that their powers of ten say more."""
    return min(values) > 0 and max(values) / min(values) > _WIDE


def bars(values: Sequence[float], *, columns: int = 40, unicode: bool = True) -> str:
    """One bar a column, from the least value to the largest."""
    shown = sampled(values, columns)
    heights = [math.log(value) for value in shown] if logarithmic(shown) else shown
    low, high = min(heights), max(heights)
    signs = _BARS if unicode else _ASCII_BARS
    scale = (len(signs) - 1) / (high - low) if high > low else 0.0
    scale = scale if math.isfinite(scale) else 0.0
    return "".join(signs[round((height - low) * scale)] for height in heights)
