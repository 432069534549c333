"""An alarm that ends a block of work from outside: the one way in which time is limited."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Literal

Clock = Literal["wall", "processor", "program"]
"""The wall's; what the process has used; what it has used outside the system, which no other alarm counts."""
_CLOCKS: dict[Clock, tuple[str, str]] = {
    "wall": ("ITIMER_REAL", "SIGALRM"),
    "processor": ("ITIMER_PROF", "SIGPROF"),
    "program": ("ITIMER_VIRTUAL", "SIGVTALRM"),
}
_AGAIN = 0.01
"""Seconds to the next ring, for Python may drop an exception of this one: what its C code calls back may not raise."""


class TimeUp(BaseException):
    """Passes through every ``except Refused`` and ``except Exception`` of the calculation, SymPy's included."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.clock = clock


def _heard(clock: Clock) -> bool:
    """Whether the block is already being left for this alarm: its cleaning up is not to be cut short."""
    error = sys.exc_info()[1]
    while error is not None and not (isinstance(error, TimeUp) and error.clock == clock):
        error = error.__context__
    return error is not None


def _dropped(frame: FrameType | None) -> bool:
    """Whether an exception raised here would go no further than standard error: in a finalizer or for the collector."""
    callbacks = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame is not None and frame.f_code.co_name != "__del__" and frame.f_code not in callbacks:
        frame = frame.f_back
    return frame is not None


@contextmanager
def alarm(clock: Clock, seconds: float) -> Iterator[None]:
    """Raise ``TimeUp`` in the block when the time is up, where the system has an alarm and this is the main thread.

    It rings until it is heard. Alarms of different clocks may stand inside each other.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    timer, number = (getattr(signal, name) for name in _CLOCKS[clock])
    done = False

    def stop(_number: int, frame: FrameType | None) -> None:
        if not done and not _heard(clock) and not _dropped(frame):
            raise TimeUp(clock)

    before = signal.signal(number, stop)
    signal.setitimer(timer, seconds, _AGAIN)
    try:
        try:
            yield
        finally:
            done = True
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, before)
