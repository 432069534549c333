"""The line of a progress bar: how many so far and how many a second, and the time left where their number is known."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar


class Progress:
    """A bar on standard error, which must be a terminal; it is gone when it is closed.

    ``wait``: seconds that must have passed before it is shown, so that what is done at once shows nothing.
    """

    def __init__(self, what: str, total: int | None = None, wait: float = 0.0) -> None:
        columns = (SpinnerColumn("line"), BarColumn(20), TextColumn("{task.completed:,.0f} {task.description}"))
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
        self._task = self._bar.add_task(what, total=total, rate="")
        self._begun, self._made, self._wait = False, time.monotonic(), wait

    def step(self, count: int = 1) -> None:
        """So many more are done. The bar has a thread, so it begins only now: by then the workers have started."""
        passed = time.monotonic() - self._made
        if not self._begun and passed >= self._wait:
            self._begun = True
            self._bar.start()
        self._bar.advance(self._task, count)
        if self._wait:
            done = self._bar.tasks[0].completed
            self._bar.update(self._task, rate=f"({done / max(passed, 1e-9):,.0f}/s)")

    def close(self) -> None:
        """Take the bar away."""
        self._bar.stop()
