"""Which engine takes the rows, and the sums of their blocks.

Few rows go one at a time, without NumPy; more go in blocks through straight-line programs, in several threads. Which
way is taken depends on the number of rows alone, never on the kind of file, so that equal rows give equal digits; how
many threads there are changes none.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from backprop_cli.problems import Refused
from backprop_cli.rows.careful import Worked, carefully, worked
from backprop_cli.rows.number_rows import RowEngine
from backprop_cli.rows.rejects import Reject
from backprop_cli.rows.row_engine import row_engine
from backprop_cli.rows.row_records import SMALL_ROWS, Block
from backprop_cli.rows.sums import PIVOT_ROWS, BlockSums, Numbers, block_sums, kink_of, pivot_of
from backprop_cli.rows.task import Task

if TYPE_CHECKING:
    from concurrent.futures import Future

    from backprop_cli.rows.block_engine import ManyAt


_MOST_THREADS = 8
_AHEAD = 4  # blocks in waiting for each thread
_PROBES = 3
_WORTH = 7e-4  # seconds a block: below, threads take longer to hand over the interpreter than they save

T = TypeVar("T")


def summed(
    task: Task, blocks: Iterable[Block], reject: Reject, threads: int | None = None
) -> Iterator[tuple[Numbers, BlockSums]]:
    """The pivot, and the sums of each block in order."""
    head, rest = first_rows(blocks)
    ready = _many(task, head)
    pivot = pivot_for(task, head) if ready is not None else None
    if ready is None or pivot is None:
        yield from _row_by_row(task, chain(head, rest), reject)
        return
    engine = row_engine(task, head[0].example(), many=True)
    for found in _by(ready, engine, task, pivot, chain(head, rest), reject, threads):
        yield pivot, found


def sums_of_blocks(
    task: Task, pivot: Numbers, blocks: Iterable[Block], reject: Reject, threads: int | None = None
) -> Iterator[BlockSums]:
    """The sums of each block in order, about a pivot that is known, as of many rows."""
    from backprop_cli.rows.block_engine import many_at

    rest = iter(blocks)
    first = next(rest, None)
    if first is None:
        return
    example = first.example()
    engine, ready = row_engine(task, example, many=True), many_at(task, example)
    yield from _by(ready, engine, task, pivot, chain([first], rest), reject, threads)


def _by(
    ready: ManyAt | None,
    engine: RowEngine,
    task: Task,
    pivot: Numbers,
    blocks: Iterable[Block],
    reject: Reject,
    threads: int | None,
) -> Iterator[BlockSums]:
    """By the engine for many rows; a block that it cannot take, row by row."""

    def work(block: Block) -> BlockSums | None:
        return None if ready is None else ready.sums(block, pivot)

    for block, sums in in_threads(work, blocks, threads):
        found = _sums_of(task, carefully(task, engine, block, reject), pivot) if sums is None else sums
        if found.rows:
            yield found


def every_row(task: Task, blocks: Iterable[Block], reject: Reject, threads: int | None = None) -> Iterator[Worked]:
    """The value and the gradients of every row, block by block."""
    head, rest = first_rows(blocks)
    ready = _many(task, head)
    if ready is None:
        yield from worked(task, chain(head, rest), reject)
        return
    engine = row_engine(task, head[0].example(), many=True)
    for block, numbers in in_threads(ready.numbers, chain(head, rest), threads):
        yield carefully(task, engine, block, reject) if numbers is None else Worked(block, numbers, ())


def numbers_of(task: Task, example: Mapping[str, Any], rows: int) -> Callable[[Mapping[str, Any]], Numbers | None]:
    """One row's value and gradients by the engine that so many rows go through; None where it has none."""
    engine, ready = row_engine(task, example), None
    if rows > SMALL_ROWS:
        from backprop_cli.rows.block_engine import many_at

        ready = many_at(task, example)

    def one(row: Mapping[str, Any]) -> Numbers | None:
        found = None if ready is None else ready.numbers(Block("", {name: [row[name]] for name in task.data}, [1]))
        if found is not None:
            return found[0]
        try:
            return engine(task.parameters | {name: row[name] for name in task.data}).numbers
        except Refused:
            return None

    return one


def first_rows(blocks: Iterable[Block]) -> tuple[list[Block], Iterator[Block]]:
    """The blocks with the first rows, more than a few if there are so many, and the blocks to come."""
    rest = iter(blocks)
    head: list[Block] = []
    while sum(map(len, head)) <= SMALL_ROWS and (block := next(rest, None)) is not None:
        head.append(block)
    return head, rest


def _many(task: Task, head: list[Block]) -> ManyAt | None:
    """The engine for many rows at once, where there are many and it can be."""
    if sum(map(len, head)) <= SMALL_ROWS:
        return None
    from backprop_cli.rows.block_engine import many_at

    return many_at(task, head[0].example())


def _row_by_row(task: Task, blocks: Iterable[Block], reject: Reject) -> Iterator[tuple[Numbers, BlockSums]]:
    pivot: Numbers | None = None
    for one in worked(task, blocks, reject):
        pivot = pivot or pivot_of(one.numbers)
        yield pivot, _sums_of(task, one, pivot)


def pivot_for(task: Task, head: list[Block]) -> Numbers | None:
    """The pivot of the first rows that have a value; None where none has."""
    engine, found = row_engine(task, head[0].example()), list[Numbers]()
    for block in map(Block.plain, head):
        for at in range(len(block)):
            try:
                found.append(engine(task.parameters | {name: block.columns[name][at] for name in task.data}).numbers)
            except Refused:
                continue
            if len(found) == PIVOT_ROWS:
                return pivot_of(found)
    return pivot_of(found) if found else None


def _sums_of(task: Task, one: Worked, pivot: Numbers) -> BlockSums:
    """The sums of rows taken one by one."""
    known = {gate: kink_of(task.circuit, gate) for gate in {gate for row in one.kinks for gate in row}}
    kinks = [tuple(known[gate] for gate in row) for row in one.kinks]
    return block_sums(one.numbers, one.block.weights, pivot, kinks)


def in_threads(work: Callable[[Block], T], blocks: Iterable[Block], threads: int | None) -> Iterator[tuple[Block, T]]:
    """Each block with what the work makes of it, in the blocks' order, a few blocks ahead.

    Where no number of ``threads`` is asked for, the first blocks tell whether more than one is worth it.
    """
    rest = iter(blocks)
    if threads is None:
        threads, least = min(_MOST_THREADS, processors()), inf
        for block in islice(rest, _PROBES if threads > 1 else 0):
            start = perf_counter()
            made = work(block)
            least = min(least, perf_counter() - start)
            yield block, made
        threads = threads if least > _WORTH else 1
    yield from _ahead(work, rest, threads) if threads > 1 else ((block, work(block)) for block in rest)


def _ahead(work: Callable[[Block], T], blocks: Iterable[Block], threads: int) -> Iterator[tuple[Block, T]]:
    from concurrent.futures import ThreadPoolExecutor

    waiting: deque[tuple[Block, Future[T]]] = deque()
    refused: list[Refused] = []
    with ThreadPoolExecutor(threads) as pool:
        for block in _until_refused(blocks, refused):
            waiting.append((block, pool.submit(work, block)))
            if len(waiting) > _AHEAD * threads:
                first, done = waiting.popleft()
                yield first, done.result()
        while waiting:
            first, done = waiting.popleft()
            yield first, done.result()
    if refused:
        raise refused[0]


def _until_refused(blocks: Iterable[Block], refused: list[Refused]) -> Iterator[Block]:
    """The blocks; what ends them is kept, because blocks before it may have something to say first."""
    try:
        yield from blocks
    except Refused as error:
        refused.append(error)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
