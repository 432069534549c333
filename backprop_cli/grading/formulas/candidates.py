"""Points at which functions are compared: short decimals of mixed sign and magnitude, in a fixed sequence.

Nothing here knows a circuit: a domain accepts a candidate or does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, permutations

At = dict[str, float]

_UNIT = (0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 1.1, 1.2, 1.3, 1.5, 1.7, 1.9, 2.1, 2.3, 2.6, 2.8)
_WHOLE = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 9.0)
_SMALL = (0.001, 0.004, 0.013, 0.02, 0.05, 0.07, 0.11)
_INNER = (*_SMALL, 0.15, 0.2, 0.3, 0.35, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
_LARGE = (11.5, 14.0, 23.0, 37.5, 60.0, 85.0, 130.0, 240.0, 470.0, 730.0, 990.0)
_ALL = (*_UNIT, *_WHOLE, *_SMALL, *_LARGE)
# Each mode: the sizes to choose from, and the signs.
_MODES: tuple[tuple[tuple[float, ...], tuple[int, ...]], ...] = (
    ((*_UNIT, *_WHOLE), (1, -1)),
    (_UNIT, (1,)),
    (_ALL, (1, -1)),
    (_ALL, (1,)),
    (_INNER, (1, -1)),
    (_INNER, (1,)),
    (_WHOLE, (1,)),
    ((*_UNIT, *_WHOLE), (-1,)),
)
_STEPS = (0.01, 0.1, 0.5, 1.0, 3.0, 20.0)
_NEARBY = (1.1, 0.9, 1.5, 0.5, 2.0, 0.95, 1.04, 1.01, 0.99, -1.0)
_MOST_LITERALS, _FEW = 12, 5


class Dice:
    """A fixed sequence of choices, the same on every machine."""

    def __init__(self, state: int = 231) -> None:
        self._state = state

    def below(self, count: int) -> int:
        """The next whole number from 0 to ``count`` - 1."""
        self._state = (self._state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        return (self._state >> 33) % count


def mixed(names: Sequence[str], dice: Dice) -> Iterator[At]:
    """Candidates without end, one mode after the other."""
    while True:
        for sizes, signs in _MODES:
            yield {name: signs[dice.below(len(signs))] * sizes[dice.below(len(sizes))] for name in names}


def beside(at: Mapping[str, float], dice: Dice) -> Iterator[At]:
    """Candidates without end near a point."""
    while True:
        yield {
            name: short(value * _NEARBY[dice.below(len(_NEARBY))]) if value else _ALL[dice.below(len(_ALL))]
            for name, value in at.items()
        }


def walked(at: Mapping[str, float], special: Sequence[float], dice: Dice) -> At:
    """A point with one coordinate replaced, now and then by a special one."""
    names = list(at)
    values = special if special and dice.below(2) else _ALL
    value = values[dice.below(len(values))]
    return {**at, names[dice.below(len(names))]: value if dice.below(2) else -value}


def around(literals: Sequence[float]) -> tuple[float, ...]:
    """Coordinates on both sides of every literal, and between two of them: that is where thresholds are."""
    known = _thresholds(literals)
    found = list(between(literals))
    found += [short(value + sign * step) for value in known for step in _STEPS for sign in (1, -1)]
    found += [short(value * factor) for value in known for factor in (1.01, 0.99, 1.2, 0.8, 3, 10)]
    return tuple(value for value in dict.fromkeys(found) if value and value not in known)


def between(literals: Sequence[float]) -> tuple[float, ...]:
    """A coordinate between each literal and the next larger one, however near, and in each |x - a| < b."""
    known = _thresholds(literals)
    found = [rounded((low + high) / 2, (high - low) / 4) for low, high in pairwise(known)]
    near = [(middle, width) for middle, width in permutations(known[:_FEW], 2) if 0 < width < abs(middle)]
    return tuple(dict.fromkeys([*found, *(rounded(middle + width / 2, width / 4) for middle, width in near)]))


def _thresholds(literals: Sequence[float]) -> list[float]:
    return sorted({value for value in literals if abs(value) < 1e9})[:_MOST_LITERALS]


def short(value: float) -> float:
    """The nearest decimal of four digits."""
    return float(f"{value:.4g}") if math.isfinite(value) else 0.0


def aside(at: Mapping[str, float], way: float) -> At:
    """A point a very little away, in a direction that keeps no two coordinates equal."""
    return {name: value + n * way * (abs(value) or 1) for n, (name, value) in enumerate(at.items(), start=1)}


def rounded(value: float, room: float) -> float:
    """The shortest decimal that is no farther than ``room`` from a value."""
    decimals = (float(f"{value:.{digits}g}") for digits in range(1, 16))
    return next((decimal for decimal in decimals if abs(decimal - value) <= room), value)


def traits(at: Mapping[str, float]) -> frozenset[tuple[object, ...]]:
    """What a point has that others may lack: each coordinate's sign with its size, the pattern of signs."""
    found: list[tuple[object, ...]] = []
    for name, value in at.items():
        size = max(-2, min(3, math.floor(math.log10(abs(value))))) if value else -9
        found += [("size", name, size, value < 0), ("whole", name, value == int(value))]
    names = list(at)
    found += [("signs", one, two, at[one] < 0, at[two] < 0) for one, two in pairwise(names)]
    return frozenset(found)


def plainness(at: Mapping[str, float]) -> tuple[float, ...]:
    """Small for points of simple numbers near 1: the order in which counterexamples are preferred."""
    return (
        max((abs(math.log10(abs(value))) > 1 for value in at.values() if value), default=False),
        sum(len(repr(abs(value)).removesuffix(".0")) for value in at.values()),
        sum(abs(value - 1) for value in at.values()),
    )
