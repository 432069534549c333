"""``backprop batch``: the mean value and the mean gradient of the parameters over rows of data."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from backprop_cli.choices import BATCH_FORMATS, COLORS, REDUCTIONS, Reduce
from backprop_cli.cli.arguments import ExpressionCommand
from backprop_cli.cli.calculation_options import exclude, place_options, text_options
from backprop_cli.cli.data_options import DataOptions, circuit_and_point, data_options, opened_data, rejects
from backprop_cli.cli.format_options import FormatOptions, format_options
from backprop_cli.cli.progress import counting_rows, far_in, far_of_rows
from backprop_cli.cli.startup import one_thread_of_blas
from backprop_cli.cli.warn import found_wrong, warn
from backprop_cli.problems import ANSWER_IS_NO, Diagnostic, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from backprop_cli.rows.batch_calculation import BatchRequest
    from backprop_cli.rows.batch_report import BatchReport
    from backprop_cli.rows.rejects import Rejects
    from backprop_cli.rows.row_records import Block
    from backprop_cli.rows.sampling import Sampler
    from backprop_cli.rows.selection import Selection
    from backprop_cli.rows.source import Data
    from backprop_cli.rows.task import Task


class BatchOptions(DataOptions, FormatOptions):
    """What the command is asked for."""

    reduce: Reduce
    quiet: bool
    no_check: bool
    engine: str
    scheduler: str | None
    threads: int | None
    full: bool
    output: str | None
    color: str


@click.command(
    "batch",
    cls=ExpressionCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.argument("expression", metavar="EXPR")
@click.argument("values", metavar="[NAME=VALUE]...", nargs=-1)
@data_options
@click.option(
    "--reduce",
    type=click.Choice(REDUCTIONS),
    default="mean",
    help="What becomes of the rows; none prints each one.",
)
@place_options
@format_options(BATCH_FORMATS)
@click.option("-q", "--quiet", is_flag=True, help="Print the gradients only, a number a line.")
@click.option(
    "-o", "--output", metavar="FILE", help="With --reduce none: write the rows to a .csv, .jsonl or .parquet file."
)
@click.option("--no-check", is_flag=True, help="Leave the check of a sample of rows out.")
@click.option("--full", is_flag=True, help="Print large arrays whole.")
@click.option("--engine", type=click.Choice(("local", "dask")), default="local", help="dask runs on a cluster.")
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster; else workers are started on this machine.")
@click.option("--threads", metavar="N", type=click.IntRange(1, 64), help="In N threads; the digits are the same.")
@text_options
@click.option("--color", type=click.Choice(COLORS), default="auto", help="Colour in the table.")
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(expression: str, values: tuple[str, ...], **given: Any) -> int:
    """The mean of EXPR over rows of data, and the mean gradient of every parameter.

    Columns that EXPR names are data, held fixed in each row; every other variable is a parameter, a number or an
    array, with its value on the command line. Data are read from CSV, TSV, JSON Lines and NumPy's files; with
    backprop-cli[data] from Parquet and Feather, too.

    \b
    backprop batch '(sigmoid(w*x + b) - t)^2' --data points.csv w=0 b=0
    backprop batch 'x = [x1, x2]; (W @ x - t)^2' --data points.csv W='[0.5, -1]' --json
    backprop batch 'w*x' --data points.csv w=2 --where 'x > 0' --reduce none
    """  # noqa: D301  # \b, which click takes for a paragraph to leave as it is
    one_thread_of_blas()
    options = BatchOptions(**given)
    exclude(options, ("as_json", "quiet"), ("format_", "quiet"))
    words, data = opened_data(expression, values, options)
    if data is None:
        raise Refused(Diagnostic("usage.data", "there are no data", "name a file: --data points.csv"))
    with data, rejects(options) as rejected:
        wrong = _run(_task(expression, words, options, data), data, options, rejected)
    say_skipped(rejected)
    for says in wrong:
        found_wrong(says)
    return ANSWER_IS_NO if wrong else 0


def _task(expression: str, words: tuple[str, ...], options: BatchOptions, data: Data) -> Task:
    from backprop_cli.rows.task import task

    circuit, point = circuit_and_point(expression, words, options, data)
    return task(circuit, point, data.columns, options.wanted)


def _run(task: Task, data: Data, options: BatchOptions, rejected: Rejects) -> tuple[str, ...]:
    """Print the answer; what the check found wrong comes back."""
    from backprop_cli.rows.selection import selected, selection

    chosen = selection(options.where, options.weights, options.limit, data.columns)
    wanted = tuple(dict.fromkeys((*task.data, *chosen.names)))
    blocks = selected(data.blocks(wanted, rejected, chosen.enough(rejected)), chosen, rejected)
    if options.output is not None and options.reduce != "none":
        raise click.UsageError("--output is for --reduce none; a mean is printed")
    if options.engine == "dask" and options.reduce == "none":
        raise click.UsageError("--engine dask gives sums; --reduce none is for one machine")
    if options.scheduler and options.engine != "dask":
        raise click.UsageError("--scheduler is for --engine dask")
    if options.reduce == "none":
        _print_rows(task, blocks, data, options, rejected)
        return ()
    return _print_report(task, blocks, data, chosen, options, rejected)


def _print_rows(task: Task, blocks: Iterable[Block], data: Data, options: BatchOptions, rejected: Rejects) -> None:
    from backprop_cli.cli.batch_rows import print_rows, write_rows
    from backprop_cli.rows.summing import every_row

    found = every_row(task, blocks, rejected, options.threads)
    with counting_rows(far_in(data, options.limit), answering=options.output is None) as step:
        if options.output is None:
            print_rows(task, found, step, json=options.form == "json", quiet=options.quiet)
        else:
            write_rows(task, found, step, options.output)
    warn(task.warnings)


def _by_dask(
    task: Task,
    data: Data,
    chosen: Selection,
    options: BatchOptions,
    rejected: Rejects,
    rest: tuple[Sampler | None, BatchRequest, Callable[[int], None]],
) -> BatchReport:
    """The report by a cluster; the sample is of the first rows."""
    from backprop_cli.rows.batch_calculation import gathered
    from backprop_cli.rows.extras import needs_dask

    needs_dask()
    from backprop_cli.rows.cluster import first_blocks, summed_by_cluster

    sampler, asked, step = rest
    head, notes = first_blocks(task, data, chosen), list[Diagnostic]()
    for _ in head if sampler is None else sampler.passing(head):
        pass
    found = summed_by_cluster(task, data, chosen, rejected, options.scheduler, head, notes)
    report = gathered(task, found, asked, step)
    return report._replace(warnings=(*report.warnings, *notes))


def _print_report(
    task: Task, blocks: Iterable[Block], data: Data, chosen: Selection, options: BatchOptions, rejected: Rejects
) -> tuple[str, ...]:
    from backprop_cli.rows.batch_calculation import BatchRequest, batch

    sampler, files = None if options.no_check else _sampler(task), tuple(file.name for file in data.files)
    asked = BatchRequest(options.reduce, files, options.weights)
    far = far_of_rows(data.count) if options.engine == "dask" else far_in(data, options.limit)
    with counting_rows(far, answering=False) as step:
        if options.engine == "dask":
            report = _by_dask(task, data, chosen, options, rejected, (sampler, asked, step))
        else:
            passing = blocks if sampler is None else sampler.passing(blocks)
            report = batch(task, passing, rejected, asked, options.threads, step)
    report, wrong = report._replace(skipped=rejected.count), tuple[str, ...]()
    if sampler is not None:
        from backprop_cli.rows.sample_check import checked_rows

        found = checked_rows(task, sampler)
        report, wrong = report._replace(check=found.method, checked_rows=found.rows, ok=found.ok), found.wrong
    if options.form == "json":
        report = report._replace(warnings=(*report.warnings, *_left_out(rejected)))
    sys.stdout.write(_rendered(report, options))
    sys.stdout.flush()
    if options.form != "json":
        warn(report.warnings)
    return wrong


def _left_out(rejected: Rejects) -> tuple[Diagnostic, ...]:
    """How many rows were left out, if any was."""
    count = rejected.count
    return (Diagnostic("data.skipped", f"{count:,} row{'' if count == 1 else 's'} left out"),) if count else ()


def _sampler(task: Task) -> Sampler:
    from backprop_cli.rows.sampling import Sampler

    return Sampler(task.data)


def _rendered(report: BatchReport, options: BatchOptions) -> str:
    """The report in the format asked for; each format's module is loaded alone."""
    if options.quiet:
        from backprop_cli.render.batch.plain import quiet

        return quiet(report)
    if options.form == "table":
        from backprop_cli.cli.screen import screen
        from backprop_cli.render.batch import table

        return table.render(report, screen(options.color), full=options.full)
    if options.form == "json":
        from backprop_cli.render.batch import json

        return json.render(report)
    from backprop_cli.render.batch import csv, plain

    return csv.render(report) if options.form == "csv" else plain.render(report)


def say_skipped(rejected: Rejects) -> None:
    """The rows left out, on standard error: ten of them, and how many there are."""
    if not rejected.count:
        return
    from backprop_cli.render.safe_text import visible

    warn(_left_out(rejected))
    count = rejected.count
    for bad in rejected.listed:
        print(f"  {visible(bad.problem.message)}", file=sys.stderr)
    if count > len(rejected.listed):
        print(f"  and {count - len(rejected.listed):,} more; --rejects FILE writes all of them", file=sys.stderr)
