"""How long SymPy may take over one formula: what it costs does not follow from the formula's size.

The processor's time is counted, so that a busy machine gives the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from backprop_cli.alarms import TimeUp, alarm


class OutOfPatienceError(Exception):
    """The time is up."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise ``OutOfPatienceError`` in the block when the time is up, where the system has an alarm for that."""
    try:
        with alarm("program", seconds):
            yield
    except TimeUp as up:
        if up.clock != "program":
            raise
        raise OutOfPatienceError from None
