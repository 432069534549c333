"""A line on a terminal's standard error that says how far a long command has come."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(what: str = "submissions") -> Iterator[Callable[[], None]]:
    """A function to call after every step.

    It shows nothing where standard error is no terminal, nor where the answer appears on the same terminal: that shows
    how far it has come by itself.
    """
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda: None
        return
    from backprop_cli.render.progress_bar import Progress

    line = Progress(what)
    try:
        yield line.step
    finally:
        line.close()


@contextmanager
def counting_rows(total: int | None, *, answering: bool) -> Iterator[Callable[[int], None]]:
    """A function to call with how many more rows are done; ``answering``: the answer appears meanwhile."""
    if not sys.stderr.isatty() or (answering and sys.stdout.isatty()):
        yield lambda _: None
        return
    from backprop_cli.render.progress_bar import Progress

    line = Progress("rows", total, wait=0.5)
    try:
        yield line.step
    finally:
        line.close()
