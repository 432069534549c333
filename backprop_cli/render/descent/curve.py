"""The values of a descent as one line of bars, and in the points that a picture of so many columns has room for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

_BARS, _ASCII_BARS = "▁▂▃▄▅▆▇█", "_.-:=+*#"
_WIDE, _NOTHING, _LARGEST = 1_000.0, 1e-6, 1e300

CurvePart = TypeVar("CurvePart")


def sampled(values: Sequence[CurvePart], most: int) -> list[CurvePart]:
    """At most so many of the values at even distances, the first and the last among them."""
    if len(values) <= most:
        return list(values)
    return [values[round(at * (len(values) - 1) / (most - 1))] for at in range(most)]


def drawable(value: float) -> float:
    """A value within what drawings can hold: their ends and their ticks must not overflow."""
    return max(-_LARGEST, min(_LARGEST, value))


def logarithmic(values: Sequence[float]) -> bool:
    """Whether the values are positive and so far apart that their powers of ten say more."""
    return min(values) > 0 and max(values) / min(values) > _WIDE


def ticks(values: Sequence[float], count: int) -> list[float]:
    """Places for labels between the least value and the largest, at even distances on the scale that suits them."""
    low, high = min(values), max(values)
    parts = [at / (count - 1) for at in range(count)]
    if logarithmic(values):
        return [math.exp((1 - part) * math.log(low) + part * math.log(high)) for part in parts]
    even = [(1 - part) * low + part * high for part in parts]
    return [tick if abs(tick) > _NOTHING * max(abs(low), abs(high)) else 0.0 for tick in even]


def bars(values: Sequence[float], *, columns: int = 40, unicode: bool = True) -> str:
    """One bar a column, from the least value to the largest."""
    shown = [drawable(value) for value in sampled(values, columns)]
    heights = [math.log(value) for value in shown] if logarithmic(shown) else shown
    low, high = min(heights), max(heights)
    signs = _BARS if unicode else _ASCII_BARS
    scale = (len(signs) - 1) / (high - low) if high > low else 0.0
    scale = scale if math.isfinite(scale) else 0.0
    return "".join(signs[round((height - low) * scale)] for height in heights)
