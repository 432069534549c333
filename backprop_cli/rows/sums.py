"""Sums over rows: of a block, then over blocks, and the mean and its standard error from them.

The sum over blocks is exact until it is rounded once (``math.fsum``), so the order of blocks is free: threads, workers
and files in another order give the same bits. Squares are taken about a pivot; plain sums of squares lose everything
where values are large beside their spread.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from backprop_cli.circuit import Circuit

Numbers = tuple[float, ...]
Kink = tuple[str, str]
"""A gate that can stand on a kink: its name, and what was typed."""
_TYPED = 60


def kink_of(circuit: Circuit, gate: int) -> Kink:
    """A gate's name and text."""
    return circuit.nodes[gate].op, circuit.typed(gate, _TYPED)


class BlockSums(NamedTuple):
    """The sums over one block. A row's numbers v are its value, then its gradients; w is its weight, p the pivot.

    ``sums`` are Σ w·v, ``apart`` Σ w²·(v - p), ``squares`` Σ w²·(v - p)²; ``weight`` is Σ w, ``weights`` Σ w².
    """

    rows: int
    weight: float
    weights: float
    sums: Numbers
    apart: Numbers
    squares: Numbers
    kinks: Mapping[Kink, int]
    kink_rows: int


def total(parts: Iterable[float]) -> float:
    """The sum, rounded once; infinite, or no number, where it leaves the range of doubles."""
    parts = tuple(parts)
    try:
        return math.fsum(parts)
    except OverflowError:
        return _beyond(parts)
    except ValueError:
        return math.nan


def _beyond(parts: Sequence[float]) -> float:
    """The sum of numbers whose partial sums leave the range of doubles; their whole sum may be in it."""
    from fractions import Fraction

    if not all(map(math.isfinite, parts)):
        return sum(parts)
    whole = sum(map(Fraction, parts))
    try:
        return float(whole)
    except OverflowError:
        return math.inf if whole > 0 else -math.inf


PIVOT_ROWS = 16
_CLOSE = 8.0


def pivot_of(rows: Sequence[Numbers]) -> Numbers:
    """About what squares are taken: where the first rows lie close together, far from 0, the first one; else 0."""
    columns = zip(*rows[:PIVOT_ROWS], strict=True)
    return tuple(column[0] if _CLOSE * (max(column) - min(column)) < abs(column[0]) else 0.0 for column in columns)


def block_sums(
    numbers: Sequence[Numbers], weights: Sequence[float] | None, pivot: Numbers, kinks: Sequence[tuple[Kink, ...]]
) -> BlockSums:
    """The sums of rows that are tuples of numbers, each sum rounded once."""
    w = [1.0] * len(numbers) if weights is None else weights
    columns = list(zip(*numbers, strict=True))
    far = [[v - p for v in column] for column, p in zip(columns, pivot, strict=True)]
    return BlockSums(
        len(numbers),
        total(w),
        total(one * one for one in w),
        tuple(total(map(float.__mul__, w, column)) for column in columns),
        tuple(total(a * a * d for a, d in zip(w, column, strict=True)) for column in far),
        tuple(total(a * a * d * d for a, d in zip(w, column, strict=True)) for column in far),
        Counter(gate for row in kinks for gate in dict.fromkeys(row)),
        sum(map(bool, kinks)),
    )


class Totals:
    """Block sums as they arrive, in any order."""

    def __init__(self, pivot: Numbers) -> None:
        self.pivot, self.rows, self.kink_rows = pivot, 0, 0
        self.kinks = Counter[Kink]()
        self._parts: list[array[float]] = []

    def add(self, block: BlockSums) -> None:
        """One more block."""
        self.rows += block.rows
        self.kink_rows += block.kink_rows
        self.kinks.update(block.kinks)
        parts = (block.weight, block.weights, *block.sums, *block.apart, *block.squares)
        self._parts = self._parts or [array("d") for _ in parts]
        for one, part in zip(self._parts, parts, strict=True):
            one.append(part)

    def closed(self) -> Summary:
        """The sums over all blocks."""
        count = len(self.pivot)
        weight, weights, *rest = map(total, self._parts)
        sums, apart, squares = (tuple(rest[at * count : (at + 1) * count]) for at in range(3))
        return Summary(self.rows, weight, weights, self.pivot, sums, apart, squares)


class Summary(NamedTuple):
    """The sums over all rows."""

    rows: int
    weight: float
    weights: float
    pivot: Numbers
    sums: Numbers
    apart: Numbers
    squares: Numbers

    @property
    def means(self) -> Numbers:
        """Σ w·v / Σ w."""
        return tuple(one / self.weight for one in self.sums)

    @property
    def mean_errors(self) -> tuple[float | None, ...]:
        """The standard error of each mean: √(n/(n-1) · Σ w²·(v - mean)²) / Σ w; None for a single row.

        It is not finite where squares are not doubles.
        """
        if self.rows < 2:
            return (None,) * len(self.sums)
        return tuple(map(self._error, self.means, self.pivot, self.apart, self.squares))

    def _error(self, mean: float, pivot: float, apart: float, squares: float) -> float:
        away = mean - pivot  # Σ w²(v - m)² = Σ w²(v - p)² - 2(m - p) Σ w²(v - p) + (m - p)² Σ w²
        spread = squares - 2 * away * apart + away * away * self.weights
        if math.isnan(spread) or not self.weights:  # squares that left the range of doubles, above or below
            return math.nan
        return math.sqrt(self.rows / (self.rows - 1) * max(0.0, spread)) / self.weight
