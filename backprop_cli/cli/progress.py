"""A line on a terminal's standard error that says how far a long command has come."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backprop_cli.rows.source import Data


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


_WAIT = 0.5  # seconds: what is done sooner shows no bar

Far = Callable[[int], float]
"""What part of the whole is done, from 0 to 1, when so many rows are."""


@contextmanager
def counting_rows(far: Far | None, *, answering: bool) -> Iterator[Callable[[int], None]]:
    """A function to call with how many more rows are done; ``answering``: the answer appears meanwhile."""
    if not sys.stderr.isatty() or (answering and sys.stdout.isatty()):
        yield lambda _: None
        return
    from backprop_cli.render.progress_bar import Progress

    line = Progress("rows", None if far is None else 1.0, wait=_WAIT)
    rows = 0

    def step(more: int) -> None:
        nonlocal rows
        rows += more
        line.step(more, None if far is None else far(rows))

    try:
        yield step
    finally:
        line.close()


def far_in(data: Data, limit: int | None) -> Far | None:
    """How far the data have been read, or how much of what ``--limit`` asks for; None where no one knows."""
    if data.far() is None:
        return None
    return lambda rows: max(data.far() or 0.0, rows / limit if limit else 0.0)


def far_of_rows(count: int | None) -> Far | None:
    """How many of the rows are done."""
    return None if count is None else lambda rows: rows / count
