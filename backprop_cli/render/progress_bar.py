"""The line of a progress bar: how many so far and how many a second, and the time left where the whole is known."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar


class Progress:
    """A bar on standard error, which must be a terminal; it is gone when it is closed.

    ``total``: how many there are, or 1 where parts of the whole are told; None where it is not known. ``wait``: seconds
    that must have passed before it is shown, so that what is done at once shows nothing.
    """

    def __init__(self, what: str, total: float | None = None, wait: float = 0.0) -> None:
        columns = (SpinnerColumn("line"), BarColumn(20), TextColumn("{task.fields[count]:,} {task.description}"))
        left = (TextColumn("left"), TimeRemainingColumn()) if total is not None else ()
        self._bar = Bar(
            *columns,
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            *left,
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._bar.add_task(what, total=total, count=0, rate="")
        self._begun, self._made, self._wait, self._count = False, time.monotonic(), wait, 0

    def step(self, count: int = 1, part: float | None = None) -> None:
        """So many more are done, which is now this part of the whole, by default all that were told.

        The bar has a thread, so it begins only now: by then the workers have started.
        """
        passed = time.monotonic() - self._made
        if not self._begun and passed >= self._wait:
            self._begun = True
            self._bar.start()
        self._count += count
        rate = f"({self._count / max(passed, 1e-9):,.0f}/s)" if self._wait else ""
        done = self._count if part is None else part
        self._bar.update(self._task, completed=done, count=self._count, rate=rate)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.stop()
