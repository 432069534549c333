"""Which rows each step sees: all of them, or batches that pass over the data again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Batches:
    """``size`` rows a step out of ``rows``, in the data's order or shuffled anew in each pass by a seed.

    The last batch of a pass has what is left. ``size`` None is all rows, said as None.
    """

    size: int | None = None
    rows: int = 0
    seed: int = 0
    shuffle: bool = True

    @property
    def a_pass(self) -> int:
        """How many steps pass over the data once."""
        return 1 if self.size is None else -(-self.rows // self.size)

    def __iter__(self) -> Iterator[Sequence[int] | None]:
        """The rows of the first step, of the second, and so on without end."""
        if self.size is None:
            while True:
                yield None
        import numpy as np  # data are there, and have loaded it

        source = np.random.RandomState(self.seed % 2**32)  # whose numbers NumPy never changes
        order: Any = range(self.rows)
        while True:
            if self.shuffle:
                order = source.permutation(self.rows)
            for start in range(0, self.rows, self.size):
                yield order[start : start + self.size]


WHOLE = Batches()
