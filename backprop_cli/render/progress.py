"""The line of a progress bar: how many so far, and how many of them all where that is known."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar


class Progress:
    """A bar on standard error, which must be a terminal; it is gone when it is closed."""

    def __init__(self, what: str, total: int | None = None) -> None:
        columns = (SpinnerColumn("line"), BarColumn(20), TextColumn("{task.completed:,.0f} {task.description}"))
        console = Console(stderr=True)
        self._bar = Bar(
            *columns,
            TimeElapsedColumn(),
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._bar.add_task(what, total=total)
        self._begun = False

    def step(self, count: int = 1) -> None:
        """So many more are done. The bar has a thread, so it begins only now: by then the workers have started."""
        if not self._begun:
            self._begun = True
            self._bar.start()
        self._bar.advance(self._task, count)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.stop()
