"""The sums over a block whose rows are arrays, pairwise as NumPy adds a row of numbers."""

from __future__ import annotations

from functools import reduce
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from backprop_cli.rows.sums import BlockSums, Kink, Numbers


class BlockResults(NamedTuple):
    """The rows of a block: arrays, of no dimension where all rows share a number; and the masks of rows on kinks."""

    numbers: list[Any]
    masks: list[Any]
    kinks: tuple[Kink, ...]


def weighted_sums(found: BlockResults, weights: Any, rows: int) -> list[float]:
    """Σ w·v over a block, of the value and of each gradient."""
    add = np.add.reduce
    if weights is not None:
        return [float(add(weights * one)) for one in found.numbers]
    return [float(add(one) if one.ndim else one * rows) for one in found.numbers]


def array_sums(found: BlockResults, weights: Any, rows: int, pivot: Numbers) -> BlockSums:
    """Everything that is added over a block. Raises ``FloatingPointError`` where a sum leaves the range of doubles."""
    with np.errstate(all="ignore"):
        if weights is None:
            parts = [_plain(one, p, rows) for one, p in zip(found.numbers, pivot, strict=True)]
            weight = (float(rows), float(rows))
        else:
            squared = weights * weights
            parts = [_weighted(one, p, weights, squared) for one, p in zip(found.numbers, pivot, strict=True)]
            weight = (float(np.add.reduce(weights)), float(np.add.reduce(squared)))
    sums, apart, squares = (tuple(map(float, part)) for part in zip(*parts, strict=True))
    if not all(map(isfinite, sums)):
        raise FloatingPointError
    kinks, on_any = _on_kinks(found, rows)
    return BlockSums(rows, *weight, sums, apart, squares, kinks, on_any)


def _plain(numbers: Any, pivot: float, rows: int) -> tuple[float, float, float]:
    """Σ v, Σ (v - p), Σ (v - p)²."""
    if not numbers.ndim:
        far = numbers - pivot
        return numbers * rows, far * rows, far * far * rows
    total = np.add.reduce
    whole = total(numbers)
    if not pivot:
        return whole, whole, total(np.square(numbers))
    far = numbers - pivot
    return whole, total(far), total(np.square(far, out=far))


def _weighted(numbers: Any, pivot: float, weights: Any, squared: Any) -> tuple[float, float, float]:
    """Σ w·v, Σ w²·(v - p), Σ w²·(v - p)²."""
    total = np.add.reduce
    far = numbers - pivot
    return total(weights * numbers), total(squared * far), total(squared * (far * far))


def _on_kinks(found: BlockResults, rows: int) -> tuple[dict[Kink, int], int]:
    """In how many rows each gate stands on its kink, and in how many any does."""
    masks: dict[Kink, Any] = {}
    for kink, mask in zip(found.kinks, found.masks, strict=True):
        masks[kink] = mask if kink not in masks else np.logical_or(masks[kink], mask)
    counts = {kink: int(np.count_nonzero(np.broadcast_to(mask, rows))) for kink, mask in masks.items()}
    met = [masks[kink] for kink, count in counts.items() if count]
    on_any = int(np.count_nonzero(np.broadcast_to(reduce(np.logical_or, met), rows))) if met else 0  # of any shape
    return {kink: count for kink, count in counts.items() if count}, on_any
