"""The same sums over a Dask cluster: a task is a run of a file's blocks, or a whole file of text.

Sums of blocks come back and nothing else. They are added exactly, so it does not matter which worker took which part,
nor whether one was lost on the way: Dask gives its parts to another one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop_cli import __version__
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.files import STDIN, DataFile
from backprop_cli.rows.rejects import Reject, Rejects
from backprop_cli.rows.row_records import BLOCK, BadRow, Block, Dialect
from backprop_cli.rows.selection import Selection, selected
from backprop_cli.rows.source import Data, opened
from backprop_cli.rows.summing import first_rows, pivot_for, sums_of_blocks
from backprop_cli.rows.sums import BlockSums, Numbers
from backprop_cli.rows.task import Task

PART = 128 * BLOCK
"""Rows of a part, where a file can be entered in the middle."""


@dataclass(frozen=True, slots=True)
class ClusterPart:
    """What a worker is given: numbers, names and the text's circuit. ``end`` None is the end of the file."""

    task: Task
    pivot: Numbers
    chosen: Selection
    file: DataFile
    reading: Dialect
    begin: int
    end: int | None
    skip: bool


@dataclass(frozen=True, slots=True)
class PartDone:
    """What comes back: sums, rows that were left out, or what is wrong and with which exit code."""

    sums: tuple[BlockSums, ...]
    left_out: tuple[BadRow, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    exit_code: int = 0


def part_done(part: ClusterPart) -> PartDone:
    """Take one part; runs on a worker."""
    left_out: list[BadRow] = []
    reject = Rejects(part.skip, left_out.append)
    wanted = tuple(dict.fromkeys((*part.task.data, *part.chosen.names)))
    try:
        with ExitStack() as open_files:
            source = opened(part.file, part.reading, open_files)
            found = source.blocks(wanted, {}, reject, part.begin, part.end)
            blocks = selected(found, part.chosen, reject)
            sums = tuple(sums_of_blocks(part.task, part.pivot, blocks, reject, threads=1))
    except Refused as refused:
        return PartDone((), (), refused.problems, refused.exit_code)
    return PartDone(sums, tuple(left_out))


def versions() -> dict[str, str]:
    """What decides the digits, and whether the same program runs; asked of every worker."""
    features = getattr(getattr(np, "_core", np), "_multiarray_umath", None)
    enabled = getattr(features, "__cpu_features__", {})
    cpu = " ".join(sorted(name for name, has in enabled.items() if has))
    return {"backprop-cli": __version__, "numpy": np.__version__, "processor": cpu}


def first_blocks(task: Task, data: Data, chosen: Selection) -> list[Block]:
    """The first rows, of which the pivot and the sample are taken. Raises ``Refused`` for what no cluster can do."""
    _can_be_shared(data, chosen)
    wanted = tuple(dict.fromkeys((*task.data, *chosen.names)))
    reject = Rejects(skip=True)  # each worker says what is wrong with its own rows
    return first_rows(selected(data.blocks(wanted, reject), chosen, reject))[0]


def summed_by_cluster(
    task: Task,
    data: Data,
    chosen: Selection,
    reject: Rejects,
    address: str | None,
    head: list[Block],
    notes: list[Diagnostic],
) -> Iterator[tuple[Numbers, BlockSums]]:
    """The pivot and the sums of every block in order; ``notes`` takes what is to be said of the workers."""
    pivot = pivot_for(task, head) if head else None
    parts = [
        ClusterPart(
            task, pivot or (0.0,) * (1 + len(task.components)), chosen, file, data.reading, begin, end, reject.skip
        )
        for file in data.files
        for begin, end in parts_of(file, data.reading)
    ]
    with _client(address) as client:
        notes += _unlike(client)
        for part in client.map(part_done, parts, pure=False):
            done = _result(part)
            if done.problems:
                raise Refused(*done.problems, exit_code=done.exit_code)
            _left_out(done.left_out, reject)
            for sums in done.sums:
                yield parts[0].pivot, sums


def _left_out(rows: Sequence[BadRow], reject: Reject) -> None:
    for bad in rows:
        reject(bad)


def _can_be_shared(data: Data, chosen: Selection) -> None:
    if any(file.path == STDIN for file in data.files):
        raise Refused(Diagnostic("cluster.data", "standard input cannot be read by a cluster", "name a file"))
    if chosen.limit is not None:
        raise Refused(Diagnostic("cluster.data", "--limit counts rows in order, and a cluster has no order"))


def parts_of(file: DataFile, reading: Dialect) -> list[tuple[int, int | None]]:
    """The runs of blocks into which a file is divided: text cannot be entered in the middle."""
    with ExitStack() as open_files:
        count = opened(file, reading, open_files).count
    if count is None:
        return [(0, None)]
    return [(begin, min(count, begin + PART)) for begin in range(0, count, PART)]


@contextmanager
def _client(address: str | None) -> Iterator[Any]:
    """A client of the scheduler at an address, or of workers of this machine's own."""
    import distributed

    make: Any = distributed  # its functions have no types
    for name in ("distributed", "asyncio", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        if address is None:
            own = make.LocalCluster(threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL)
            address = stack.enter_context(own)
        try:
            client = make.Client(address, timeout=20)
        except (OSError, TimeoutError, ValueError) as error:
            message = f"there is no scheduler at {address}: {str(error).splitlines()[0]}"
            raise Refused(Diagnostic("cluster.scheduler", message)) from None
        yield stack.enter_context(client)


def _unlike(client: Any) -> list[Diagnostic]:
    """What differs on workers. Raises ``Refused`` where they lack this package, or have another version of it."""
    try:
        found = client.run(versions)
    except ModuleNotFoundError as error:
        hint = "install backprop-cli[cluster] on every worker"
        raise Refused(Diagnostic("cluster.package", f"a worker lacks a package: {error}", hint)) from None
    if not found:
        raise Refused(Diagnostic("cluster.scheduler", "the scheduler has no workers"))
    own, notes = versions(), []
    for worker, other in found.items():
        if other["backprop-cli"] != own["backprop-cli"]:
            message = f"the worker {worker} has backprop-cli {other['backprop-cli']}, and here is {own['backprop-cli']}"
            raise Refused(Diagnostic("cluster.package", message, "install one version everywhere"))
        for name in ("numpy", "processor"):
            if other[name] != own[name]:
                message = (
                    f"the worker {worker} has another {name}: the last digits may differ from those of one machine"
                )
                notes.append(Diagnostic("cluster.unlike", message))
    return notes


def _result(future: Any) -> PartDone:
    from distributed import KilledWorker

    try:
        done: PartDone = future.result()
    except KilledWorker:
        raise Refused(Diagnostic("cluster.worker", "workers were lost again and again with the same part")) from None
    return done
