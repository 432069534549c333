"""How far the reading of a file has come: its bytes that were taken, as they lie on the disk, packed or not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from backprop_cli.rows.files import DataFile


def size_of(file: DataFile) -> int | None:
    """The bytes of a file; None of standard input, of pipes, and of what is behind an address."""
    path = Path(file.path)
    return path.stat().st_size if not file.is_remote and path.is_file() else None


class Meter:
    """What part of one file has been read, told or asked of whoever reads it.

    Where a file is read once more from its beginning, the part stays as it was until then.
    """

    def __init__(self, file: DataFile) -> None:
        self._size, self._read = size_of(file), 0.0
        self._tell: Callable[[], int] | None = None

    def follow(self, tell: Callable[[], int]) -> None:
        """From now on this says how many bytes have been read."""
        self._tell = tell

    def reached(self, part: float) -> None:
        """So much of it has been read, from 0 to 1."""
        self._read = part * (self._size or 0)

    def far(self) -> float:
        """What part of the file has been read, from 0 to 1."""
        with suppress(ValueError):  # of a file that is closed by now
            self._read = max(self._read, self._tell() if self._tell is not None and self._size else 0)
        return self._read / self._size if self._size else 0.0
