"""Many submissions through one key: one after another, or on several cores in the same order, in constant memory."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from backprop_cli.grading.files.sheets import Submission
from backprop_cli.grading.marking import Marked, Marker
from backprop_cli.problems import Diagnostic, Refused

_CHUNK, _AHEAD = 16, 4

_marker: Marker | None = None  # each worker's own; set once, when it starts


def marked(
    make: Callable[[], Marker], marker: Marker, submissions: Iterable[Submission], jobs: int
) -> Iterator[Marked]:
    """Every submission's result, in order. ``make`` makes the marker again, where a worker cannot inherit it.

    Raises ``Refused`` if the system stops a worker.
    """
    if jobs <= 1:
        yield from map(marker.mark, submissions)
        return
    pool = _pool(make, marker, jobs)
    try:
        yield from _in_order(pool, iter(submissions), jobs)
    except BrokenProcessPool:
        message = "one of the processes that grade was stopped from outside"
        raise Refused(Diagnostic("limit.process", message, "--jobs 1 grades in this process alone")) from None
    finally:
        pool.shutdown(cancel_futures=True)  # what nobody waits for any more need not be done


def _in_order(pool: ProcessPoolExecutor, rest: Iterator[Submission], jobs: int) -> Iterator[Marked]:
    """The results in the order of the submissions; a few chunks are on their way at any time."""
    pending: deque[Future[list[Marked]]] = deque()
    while chunk := list(islice(rest, _CHUNK)):
        pending.append(pool.submit(_mark, chunk))
        if len(pending) >= jobs * _AHEAD:
            yield from pending.popleft().result()
    while pending:
        yield from pending.popleft().result()


def _pool(make: Callable[[], Marker], marker: Marker, jobs: int) -> ProcessPoolExecutor:
    if "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin":
        return ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), _inherit, (marker,))
    # Windows has no fork, and macOS's own libraries do not survive one.
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _begin, (make,))


def _inherit(marker: Marker) -> None:
    """Start a worker that has everything in its memory already. Ctrl-C ends it without a word: the parent speaks."""
    global _marker  # noqa: PLW0603  # a worker process has one key for its whole life
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    _marker = marker


def _begin(make: Callable[[], Marker]) -> None:
    _inherit(make())


def _mark(submissions: list[Submission]) -> list[Marked]:
    assert _marker is not None
    return [_marker.mark(submission) for submission in submissions]
