"""A few of many rows, to be checked: the first, the last, those with a column's extremes, and a seeded choice."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from backprop_cli.rows.row_records import Block

CHOSEN = 32
_SEED = 20_260_101


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One row of data, and where it stands."""

    block: Block
    at: int

    @property
    def key(self) -> tuple[str, int]:
        """The file and the row."""
        return self.block.file, int(self.block.rows[self.at])


class Sampler:
    """Looks at blocks as they pass; ``count`` rows have been seen."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names, self.count, self._blocks = names, 0, 0
        self._random = random.Random(_SEED)  # noqa: S311  # the same rows in every run
        self._ends: list[SampleRow] = []
        self._chosen: list[SampleRow] = []
        self._extremes: dict[tuple[str, bool], tuple[float, SampleRow]] = {}

    def passing(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """The same blocks, looked at."""
        for block in blocks:
            self._look(block)
            yield block

    def _look(self, block: Block) -> None:
        self.count += len(block)
        self._blocks += 1
        self._ends = [*self._ends[:1], self._row(block, len(block) - 1)] if self._ends else [self._row(block, 0)]
        if self._blocks == 1:
            self._ends.append(self._row(block, len(block) - 1))
            places = self._random.sample(range(len(block)), min(CHOSEN, len(block)))
            self._chosen = [self._row(block, at) for at in places]
        else:
            for number in range(len(self._chosen)):
                if self._random.random() * self._blocks < 1:
                    self._chosen[number] = self._row(block, self._random.randrange(len(block)))
        for name in self.names:
            self._extreme(block, name)

    @staticmethod
    def _row(block: Block, at: int) -> SampleRow:
        return SampleRow(block.kept([at]), 0)

    def _extreme(self, block: Block, name: str) -> None:
        column = block.columns[name]
        if isinstance(column, list):
            if isinstance(column[0], list):
                return
            places = min(range(len(column)), key=column.__getitem__), max(range(len(column)), key=column.__getitem__)
        elif column.ndim > 1:
            return
        else:
            places = int(column.argmin()), int(column.argmax())
        for largest, at in zip((False, True), places, strict=True):
            value, before = float(column[at]), self._extremes.get((name, largest))
            if before is None or (value > before[0] if largest else value < before[0]):
                self._extremes[name, largest] = value, self._row(block, at)

    def rows(self, most: int) -> list[dict[str, Any]]:
        """The data of the rows that were picked, no more than so many, the most telling ones first."""
        picked = [*self._ends, *(row for _, row in self._extremes.values()), *self._chosen]
        unlike = {row.key: row for row in picked}
        return [row.block.plain().values(row.at) for row in list(unlike.values())[:most]]
