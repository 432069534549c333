"""How a long calculation is ended: by a bound on its time, for input whose cost no limit foresees, or from outside."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from backprop_cli.alarms import Clock, TimeUp, alarm
from backprop_cli.problems import Diagnostic, Refused


@contextmanager
def deadline(
    seconds: int,
    hint: str = "--max-seconds gives it more; --no-check leaves the check out",
    *,
    processor: bool = False,
) -> Iterator[None]:
    """Raise ``Refused`` in the block when the time is up, where the system has an alarm for that.

    The time is that of the wall, for a person who waits; or with ``processor`` what this process has used, so that no
    other program on the machine decides how the block ends.
    """
    clock: Clock = "processor" if processor else "wall"
    try:
        with alarm(clock, seconds):
            yield
    except TimeUp as up:
        if up.clock != clock:
            raise
        raise Refused(Diagnostic("limit.time", f"the calculation took longer than {seconds} s", hint)) from None


@contextmanager
def ended_by_a_signal() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that files half written and other processes go with it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed in the block, which goes on until it asks; a second Ctrl-C ends it at once."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    asked = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
