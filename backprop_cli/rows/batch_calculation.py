"""The whole way of a batch: blocks of rows and a task → the report."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from backprop_cli.choices import Reduce
from backprop_cli.gates import GATES
from backprop_cli.gates.array_row import Shape
from backprop_cli.gates.array_table import ARRAY_GATES
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.batch_report import BatchReport, KinkRow, Nested, ParameterRow
from backprop_cli.rows.rejects import Reject
from backprop_cli.rows.row_records import Block
from backprop_cli.rows.summing import summed
from backprop_cli.rows.sums import BlockSums, Numbers, Summary, Totals
from backprop_cli.rows.task import Task


class BatchRequest(NamedTuple):
    """What the report is of: how rows are put together, the files, and the name of the weights."""

    reduce: Reduce = "mean"
    files: tuple[str, ...] = ()
    weights: str | None = None


def batch(
    task: Task,
    blocks: Iterable[Block],
    reject: Reject,
    asked: BatchRequest,
    threads: int | None = None,
    step: Callable[[int], None] = lambda _: None,
) -> BatchReport:
    """The mean or the sum over all rows. Raises ``Refused`` where no row is left, or a sum is too large."""
    return gathered(task, summed(task, blocks, reject, threads), asked, step)


def gathered(
    task: Task,
    found: Iterable[tuple[Numbers, BlockSums]],
    asked: BatchRequest,
    step: Callable[[int], None] = lambda _: None,
) -> BatchReport:
    """The report of sums of blocks, each with the pivot. Raises ``Refused``."""
    totals: Totals | None = None
    for pivot, sums in found:
        totals = totals or Totals(pivot)
        totals.add(sums)
        step(sums.rows)
    if totals is None:
        raise Refused(no_rows())
    return _report(task, totals, asked)


def no_rows() -> Diagnostic:
    """The problem of data without a usable row."""
    return Diagnostic("data.empty", "no row of data is left", "is --where too narrow, or is the file empty?")


def _report(task: Task, totals: Totals, asked: BatchRequest) -> BatchReport:
    summary = totals.closed()
    if summary.weight == 0 or math.isinf(summary.weight):
        most = "0" if summary.weight == 0 else "more than a double holds"
        raise Refused(Diagnostic("data.weight", f"the weights in {asked.weights} add up to {most}"))
    numbers, errors = _reduced(summary, asked.reduce)
    circuit = task.circuit
    kinks = tuple(_kink(*gate, rows) for gate, rows in totals.kinks.items())
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
        checked_rows=0,
        ok=None,
        warnings=task.warnings,
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


def _kink(op: str, typed: str, rows: int) -> KinkRow:
    return KinkRow(op, typed, rows, (GATES.get(op) or ARRAY_GATES[op]).convention)


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
