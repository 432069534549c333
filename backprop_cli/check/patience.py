"""How long SymPy may take over one formula: what it costs does not follow from the formula's size.

The processor's time is counted, so that a busy machine gives the same answer.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfPatienceError(Exception):
    """The time is up."""


class _TimeUp(BaseException):
    """Passes through every ``except Exception`` on the way."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise ``OutOfPatienceError`` in the block when the time is up, where the system has an alarm for that."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    done = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        if not done:
            raise _TimeUp

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        try:
            yield
        finally:
            done = True
    except _TimeUp:
        raise OutOfPatienceError from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
