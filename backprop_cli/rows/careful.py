"""Rows one at a time: what small data take, and what finds the first row without a value in large ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.number_rows import RowEngine
from backprop_cli.rows.rejects import Reject
from backprop_cli.rows.row_engine import row_engine
from backprop_cli.rows.row_records import BadRow, Block, RowPlace
from backprop_cli.rows.task import Task


class Worked(NamedTuple):
    """A block and what its rows came to, in order: each row's value and gradients, and its gates on a kink."""

    block: Block
    numbers: Sequence[tuple[float, ...]]
    kinks: Sequence[tuple[int, ...]]


def worked(task: Task, blocks: Iterable[Block], reject: Reject) -> Iterator[Worked]:
    """Every row, block by block; ``reject`` is told of rows without a value."""
    engine: RowEngine | None = None
    for block in blocks:
        engine = engine or row_engine(task, block.example(), many=len(block) > _FEW)
        one = carefully(task, engine, block, reject)
        if one.numbers:
            yield one


def carefully(task: Task, engine: RowEngine, block: Block, reject: Reject) -> Worked:
    """The rows of one block that have a value."""
    numbers: list[tuple[float, ...]] = []
    kinks: list[tuple[int, ...]] = []
    kept: list[int] = []
    block = block.plain()
    for at in range(len(block)):
        try:
            result = engine(task.parameters | {name: block.columns[name][at] for name in task.data})
        except Refused as refused:
            if refused.problems[0].code.startswith(("shape.", "limit.")):
                raise
            reject(without_value(task, block, at, refused.problems[0]))
            continue
        numbers.append(result.numbers)
        kinks.append(result.kinks)
        kept.append(at)
    return Worked(block if len(kept) == len(block) else block.kept(kept), numbers, kinks)


_FEW = 40  # rows, for which no program is made
_SHOWN = 6  # columns of a row in an error


def without_value(task: Task, block: Block, at: int, problem: Diagnostic) -> BadRow:
    """A row at which the expression has no value or no gradient, with its data."""
    place: RowPlace = block.place(at)
    data = [f"{name} = {block.columns[name][at]!r}" for name in task.data[:_SHOWN]]
    where = f" with {', '.join(data)}" if data else ""
    more = f"; {problem.hint}" if problem.hint else ""
    hint = f"the row is left out with --skip-bad{more}"
    return BadRow(place, replace(problem, message=f"{place}{where}: {problem.message}", hint=hint), "", "")
