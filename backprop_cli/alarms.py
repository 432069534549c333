"""An alarm that ends a block of work from outside: the one way in which time is limited."""

from __future__ import annotations

import signal
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


class TimeUp(BaseException):
    """Passes through every ``except Refused`` and ``except Exception`` of the calculation, SymPy's included."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.clock = clock


@contextmanager
def alarm(clock: Clock, seconds: float) -> Iterator[None]:
    """Raise ``TimeUp`` in the block when the time is up, where the system has an alarm and this is the main thread.

    Alarms of different clocks may stand inside each other.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    timer, number = (getattr(signal, name) for name in _CLOCKS[clock])
    done = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        if not done:
            raise TimeUp(clock)

    before = signal.signal(number, stop)
    signal.setitimer(timer, seconds)
    try:
        try:
            yield
        finally:
            done = True
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, before)
