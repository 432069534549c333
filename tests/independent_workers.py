"""Seeds shared out to processes of their own; one that hangs in a call that no alarm ends is ended, and said."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection, wait
from typing import Any

PATIENCE = 120.0  # seconds of the clock for one seed


def _work(job: Callable[[int], Any], seeds: list[int], out: Connection) -> None:
    sys.set_int_max_str_digits(0)  # mpmath writes numbers of any size
    for seed in seeds:
        out.send((seed, job(seed)))
    out.close()


class Worker:
    """A process that goes through some seeds."""

    def __init__(self, job: Callable[[int], Any], seeds: list[int]) -> None:
        self.job, self.seeds = job, seeds
        self.start()

    def start(self) -> None:
        self.out, there = Pipe(duplex=False)
        self.process = Process(target=_work, args=(self.job, self.seeds, there), daemon=True)
        self.process.start()
        there.close()
        self.heard = time.monotonic()

    def took(self) -> tuple[int, Any] | None:
        """What it has sent; None at its end."""
        try:
            seed, found = self.out.recv()
        except EOFError:
            return self.lost() if self.seeds else None
        self.heard = time.monotonic()
        self.seeds = self.seeds[1:]
        return seed, found

    def lost(self) -> tuple[int, Any]:
        """Its seed hangs, or killed it: go on with the next."""
        seed, *self.seeds = self.seeds
        self.process.kill()
        self.process.join()
        self.start()
        return seed, None


def each(job: Callable[[int], Any], seeds: range, jobs: int, seconds: float) -> Iterator[tuple[int, Any]]:
    """What the job finds for each seed, in no order; None for a seed that hangs or ends its process."""
    workers = [Worker(job, list(seeds[start::jobs])) for start in range(jobs)]
    end = time.monotonic() + seconds
    while workers and time.monotonic() < end:
        ready = wait([worker.out for worker in workers], timeout=1.0)
        for worker in list(workers):
            if worker.out in ready:
                found = worker.took()
                if found is None:
                    workers.remove(worker)
                else:
                    yield found
            elif time.monotonic() - worker.heard > PATIENCE:
                yield worker.lost()
    for worker in workers:
        worker.process.kill()
