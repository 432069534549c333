"""Which of many vectors of numbers an answer is one of, remembered: a class hands in the same answers again and again.

The vectors depend on the key alone, and whether an answer fits a number on the answer alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from backprop_cli.grading.mistakes.explanation import NumericAnswer

_REMEMBERED = 2_000


class Fits:
    """``numbers`` are what the vectors have for the node of an entry, each with the vector's own number."""

    def __init__(self, numbers: Callable[[NumericAnswer], Sequence[tuple[int, float]]]) -> None:
        self._numbers = numbers
        self._known: dict[NumericAnswer, frozenset[int]] = {}

    def all_of(self, entries: Sequence[NumericAnswer]) -> Sequence[int]:
        """The vectors that give every one of the entries, in order."""
        left: frozenset[int] | None = None
        for entry in entries:
            left = self._of(entry) if left is None else left & self._of(entry)
            if not left:
                return ()
        return sorted(left or ())

    def _of(self, entry: NumericAnswer) -> frozenset[int]:
        found = self._known.get(entry)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            fits = entry.fits
            found = frozenset(one for one, number in self._numbers(entry) if math.isfinite(number) and fits(number))
            self._known[entry] = found
        return found
