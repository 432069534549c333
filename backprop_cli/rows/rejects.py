"""Rows that cannot be used: the first one is an error, or all of them are counted and left out."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field

from backprop_cli.problems import Refused
from backprop_cli.rows.row_records import BadRow

_LISTED = 10

Reject = Callable[[BadRow], None]
"""What is told of a row that cannot be used: it raises, or has it left out."""


@dataclass
class Rejects:
    """With ``skip`` rows are counted, the first ten kept, and each one handed to ``write``.

    The first ones are those that stand first in the data: reading may be ahead of what finds a row without a value.
    """

    skip: bool
    write: Callable[[BadRow], None] | None = None
    count: int = 0
    listed: list[BadRow] = field(default_factory=list)
    _files: dict[str, int] = field(default_factory=dict)

    def __call__(self, bad: BadRow) -> None:
        """One row. Raises ``Refused`` unless such rows are left out."""
        if not self.skip:
            raise Refused(bad.problem)
        self.count += 1
        self._files.setdefault(bad.place.file, len(self._files))
        insort(self.listed, bad, key=self._order)
        del self.listed[_LISTED:]
        if self.write is not None:
            self.write(bad)

    def _order(self, bad: BadRow) -> tuple[int, int]:
        return self._files[bad.place.file], bad.place.row
