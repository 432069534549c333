"""Bytes of a table on their way to pyarrow, looked at for quotes that do not fit: pyarrow would guess what they mean.

A quote opens at the beginning of a cell and closes at its end; within, it is doubled. Anything else ends the reading,
and the standard library, which is strict, says what is wrong.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pyarrow as pa

_QUOTE = 0x22


class Watched(io.RawIOBase):
    """A stream that reads as another one does, and raises ``ArrowInvalid`` at a quote that does not fit."""

    def __init__(self, source: Any, delimiter: str) -> None:
        self._source = source
        self._beside = np.frombuffer(f'{delimiter}\r\n"'.encode(), dtype=np.uint8)
        self._quotes, self._last, self._waits = 0, 0x0A, False

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        data: bytes = self._source.read(size)
        if data and (b'"' in data or self._waits):
            self._look(np.frombuffer(data, dtype=np.uint8))
        self._last = data[-1] if data else self._last
        return data

    def _look(self, data: Any) -> None:
        """Quotes in turn open and close: before one that opens, and after one that closes, a cell must end."""
        places = np.flatnonzero(data == _QUOTE)
        closes = (np.arange(len(places)) + self._quotes) % 2 == 1
        before = np.where(places[~closes] > 0, data[places[~closes] - 1], self._last)
        after = data[places[closes & (places < len(data) - 1)] + 1]
        first = data[:1] if self._waits else data[:0]
        if not all(np.isin(beside, self._beside).all() for beside in (before, after, first)):
            raise pa.ArrowInvalid("a quote within a cell")
        self._quotes += len(places)
        self._waits = bool(len(places) and closes[-1] and places[-1] == len(data) - 1)
