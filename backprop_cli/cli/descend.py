"""``backprop descend``: gradient descent on an expression's parameters."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from backprop_cli.cli.arguments import ExpressionCommand
from backprop_cli.cli.calculation_options import circuit_and_point, place_options, reading_options
from backprop_cli.cli.deadline import asked_to_stop
from backprop_cli.cli.descent_options import (
    DescentOptions,
    counting,
    going_options,
    no_contradiction,
    plan,
    showing_options,
)

if TYPE_CHECKING:
    from backprop_cli.circuit import Circuit
    from backprop_cli.descent.loop import Visit
    from backprop_cli.descent.report import DescentReport
    from backprop_cli.descent.stopping import Stop
    from backprop_cli.engine.given import Given

    Watcher = Callable[[Visit], None]


@click.command(
    "descend",
    short_help="Gradient descent on an expression's parameters.",
    cls=ExpressionCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.argument("expression", metavar="EXPR")
@click.argument("values", metavar="[NAME=VALUE]...", nargs=-1)
@going_options
@place_options
@showing_options
@reading_options
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(expression: str, values: tuple[str, ...], **given: Any) -> int:
    """Move the variables of EXPR from a point against their gradients, step by step, until its value is small.

    All variables move at once, each from its old value; --wrt names those that do, and the others are held fixed.

    \b
    backprop descend '(1 - x)^2 + 100*(y - x^2)^2' x=-1 y=1 --lr 0.002 --steps 2000
    backprop descend 'x^2' x=10 --optimizer momentum --lr 0.05 --history -
    backprop descend 'sum((W @ x - y)^2)' W='[[1, 0], [0, 1]]' x='[1, 2]' y='[3, 4]' --wrt W --lr 0.05
    """  # noqa: D301  # \b, which click takes for a paragraph to leave as it is
    options = DescentOptions(**given)
    no_contradiction(options)
    circuit, point = circuit_and_point(expression, values, options, arrays=True)
    kept: list[Visit] = []
    with counting(options.steps) as tick, _history(options, circuit, kept) as record, asked_to_stop() as asked:
        report = _descend(circuit, point, options, (tick, record), asked)
    if options.history != "-" or options.form == "json":
        sys.stdout.write(_rendered(report, options, kept))
    sys.stdout.flush()  # the answer first, also where both streams go to one file
    _warn(report, options)
    return report.exit_code


def _descend(
    circuit: Circuit,
    point: dict[str, Given],
    options: DescentOptions,
    watchers: tuple[Watcher, ...],
    asked: Callable[[], bool],
) -> DescentReport:
    from backprop_cli.descent.descend import descend
    from backprop_cli.descent.stopping import interrupted

    def watch(visit: Visit) -> Stop | None:
        for one in watchers:
            one(visit)
        return interrupted() if asked() else None

    return descend(circuit, point, plan(options), wrt=options.wanted, check=not options.no_check, watch=watch)


@contextmanager
def _history(options: DescentOptions, circuit: Circuit, kept: list[Visit]) -> Iterator[Watcher]:
    """What is called at every point: it writes the history where it is wanted, or keeps it for JSON."""
    if options.history is None:
        yield lambda _: None
    elif options.history == "-" and options.form == "json":
        yield kept.append
    else:
        from backprop_cli.cli.output import growing
        from backprop_cli.render.descent.history import csv_rows, json_lines

        line = json_lines() if options.history.endswith(".jsonl") else csv_rows(circuit.output_name)
        if options.history == "-":
            yield lambda visit: print(line(visit), end="")
            return
        with growing(options.history) as file:
            yield lambda visit: print(line(visit), end="", file=file)


def _rendered(report: DescentReport, options: DescentOptions, kept: list[Visit]) -> str:
    """The report in the format asked for, after its first steps if they are wanted; each module is loaded alone."""
    if options.form == "json":
        from backprop_cli.render.descent import json

        return json.render(report, kept if options.history == "-" else None)
    if options.quiet:
        from backprop_cli.render.descent import plain

        return plain.quiet(report)
    before = _work(report, options.form) if options.show_work else ""
    if options.form == "table":
        from backprop_cli.cli.screen import screen
        from backprop_cli.render.descent import table, terminal
        from backprop_cli.render.table import for_screen

        seen = screen(options.color)
        shown = table.render(report, seen, full=options.full, plot=terminal.plot(report, seen))
        return for_screen(before, seen) + shown
    from backprop_cli.render.descent import latex, markdown, plain

    made: str = {"latex": latex, "markdown": markdown, "plain": plain}[options.form].render(report)
    return before + made


def _work(report: DescentReport, form: str) -> str:
    from backprop_cli.descent.work import work
    from backprop_cli.render.descent import latex
    from backprop_cli.render.descent import work as lines

    if form == "latex":
        return latex.work(work(report))
    return (lines.markdown if form == "markdown" else lines.render)(work(report)) + "\n"


def _warn(report: DescentReport, options: DescentOptions) -> None:
    """Warnings and the reason of an end without a value, on standard error; JSON has the warnings in itself."""
    from backprop_cli.render.problems import drawn

    if options.form != "json":
        for problem in report.warnings:
            print(drawn(problem, "warning"), file=sys.stderr)
    if report.stop.problem is not None:
        print(drawn(report.stop.problem), file=sys.stderr)
    elif report.stop.word == "interrupted":
        print("\ninterrupted" if sys.stderr.isatty() else "interrupted", file=sys.stderr)
