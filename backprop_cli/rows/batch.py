"""The whole way of a batch: blocks of rows and a task → the report.

Rows go through the engine for one row at a time. A row without a value is rejected like a cell that is no number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from backprop_cli.gates import GATES
from backprop_cli.gates.arrays import ARRAY_GATES
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.reading.lists import Shape
from backprop_cli.rows.number_rows import RowEngine, RowResult
from backprop_cli.rows.records import BadRow, Block, Place
from backprop_cli.rows.report import BatchReport, KinkRow, Nested, ParameterRow, Reduce
from backprop_cli.rows.row_engine import row_engine
from backprop_cli.rows.selection import kept_of
from backprop_cli.rows.source import Reject
from backprop_cli.rows.sums import Summary, Totals, block_sums
from backprop_cli.rows.task import Task


@dataclass(frozen=True, slots=True)
class Worked:
    """A block and the results of its rows, in order."""

    block: Block
    results: Sequence[RowResult]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the report is of: how rows are put together, the files, and the name of the weights."""

    reduce: Reduce = "mean"
    files: tuple[str, ...] = ()
    weights: str | None = None


def worked(task: Task, blocks: Iterable[Block], reject: Reject) -> Iterator[Worked]:
    """The result of every row, block by block; ``reject`` is told of rows without one."""
    engine: RowEngine | None = None
    for block in blocks:
        engine = engine or row_engine(task, block.values(0))
        results: list[RowResult] = []
        kept: list[int] = []
        for at in range(len(block)):
            try:
                results.append(engine(task.parameters | {name: block.columns[name][at] for name in task.data}))
                kept.append(at)
            except Refused as refused:
                if refused.problems[0].code.startswith(("shape.", "limit.")):
                    raise
                reject(without_value(task, block, at, refused.problems[0]))
        if results:
            yield Worked(block if len(kept) == len(block) else kept_of(block, kept), results)


_SHOWN = 6  # columns of a row in an error


def without_value(task: Task, block: Block, at: int, problem: Diagnostic) -> BadRow:
    """A row at which the expression has no value or no gradient, with its data."""
    place: Place = block.place(at)
    data = [f"{name} = {block.columns[name][at]!r}" for name in task.data[:_SHOWN]]
    where = f" with {', '.join(data)}" if data else ""
    more = f"; {problem.hint}" if problem.hint else ""
    hint = f"the row is left out with --skip-bad{more}"
    return BadRow(place, replace(problem, message=f"{place}{where}: {problem.message}", hint=hint), "", "")


def batch(
    task: Task, blocks: Iterable[Block], reject: Reject, asked: Asked, step: Callable[[int], None] = lambda _: None
) -> BatchReport:
    """The mean or the sum over all rows. Raises ``Refused`` where no row is left, or a sum is too large."""
    work = worked(task, blocks, reject)
    first = next(work, None)
    if first is None:
        raise Refused(
            Diagnostic("data.empty", "no row of data is left", "is --where too narrow, or is the file empty?")
        )
    totals = Totals(first.results[0].numbers)
    for one in chain([first], work):
        numbers = [result.numbers for result in one.results]
        totals.add(block_sums(numbers, one.block.weights, totals.pivot, [result.kinks for result in one.results]))
        step(len(one.results))
    return _report(task, totals, asked)


def _report(task: Task, totals: Totals, asked: Asked) -> BatchReport:
    summary = totals.closed()
    if summary.weight == 0:
        raise Refused(Diagnostic("data.weight", f"the weights in {asked.weights} add up to 0"))
    numbers, errors = _reduced(summary, asked.reduce)
    circuit = task.circuit
    kinks = tuple(_kink(task, gate, rows) for gate, rows in sorted(totals.kinks.items()))
    return BatchReport(
        expression=circuit.source.text,
        staged=bool(circuit.stages),
        output=circuit.output_name,
        reduce=asked.reduce,
        files=asked.files,
        data=task.data,
        weights=asked.weights,
        rows=summary.rows,
        skipped=0,
        value=numbers[0],
        value_error=errors[0],
        parameters=tuple(parameter_rows(task, numbers[1:], errors[1:])),
        kink_rows=totals.kink_rows,
        kinks=kinks,
        check="none",
        ok=None,
        warnings=(),
    )


def _reduced(summary: Summary, reduce: Reduce) -> tuple[Sequence[float], Sequence[float | None]]:
    """The numbers of the report and their standard errors, None where a square left the doubles' range."""
    factor = summary.weight if reduce == "sum" else 1.0
    numbers = summary.sums if reduce == "sum" else summary.means
    for number in numbers:
        if not math.isfinite(number):
            message = "the sum over the rows is too large for a double"
            raise Refused(Diagnostic("overflow.rows", message, "scale the expression down"))
    errors = [None if one is None else one * factor for one in summary.mean_errors]
    return numbers, [one if one is not None and math.isfinite(one) else None for one in errors]


def _kink(task: Task, gate: int, rows: int) -> KinkRow:
    op = task.circuit.nodes[gate].op
    convention = (GATES.get(op) or ARRAY_GATES[op]).convention
    return KinkRow(op, task.circuit.typed(gate, 60), rows, convention)


def parameter_rows(task: Task, gradients: Sequence[float], errors: Sequence[float | None]) -> Iterator[ParameterRow]:
    """Each parameter with its part of the components, in its shape."""
    begin = 0
    for name, value in task.parameters.items():
        shape = task.shape(name)
        plain = value.tolist() if shape else float(value)
        if name not in task.wrt:
            yield ParameterRow(name, plain, None, None)
            continue
        end = begin + math.prod(shape)
        yield ParameterRow(name, plain, nested(gradients[begin:end], shape), nested(errors[begin:end], shape))
        begin = end


def nested(flat: Sequence[float | None], shape: Shape) -> Nested:
    """Numbers row by row as nested lists of a shape; of no shape the number itself."""
    if not shape:
        return flat[0]
    size = len(flat) // shape[0]
    return [nested(flat[at * size : (at + 1) * size], shape[1:]) for at in range(shape[0])]
