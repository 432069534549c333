"""What ``descend`` writes: the history as it goes, then the report, the picture, and the warnings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from backprop_cli import limits
from backprop_cli.cli.output import growing, write_out
from backprop_cli.cli.warn import found_wrong, warn
from backprop_cli.problems import Diagnostic, Refused

if TYPE_CHECKING:
    from backprop_cli.cli.descent_options import DescentOptions
    from backprop_cli.descent.descent_report import DescentReport
    from backprop_cli.descent.loop import Visit
    from backprop_cli.descent.objective import Objective

    Record = Callable[[Visit], None]


@contextmanager
def history(options: DescentOptions, goal: Objective, kept: list[Visit]) -> Iterator[Record]:
    """What is called at every point: it writes the history where it is wanted, or keeps it for JSON."""
    if options.history is None:
        yield lambda _: None
    elif options.history == "-" and options.form == "json":
        _refuse_too_long(goal, options.steps)
        yield kept.append
    else:
        from backprop_cli.render.descent.history import csv_rows, json_lines

        line = json_lines() if options.history.endswith(".jsonl") else csv_rows(goal.circuit.output_name)
        if options.history == "-":
            yield lambda visit: print(line(visit), end="")
            return
        with growing(options.history) as file:
            yield lambda visit: print(line(visit), end="", file=file)


def _refuse_too_long(goal: Objective, steps: int) -> None:
    """Raise ``Refused`` for a history that would not fit into one object."""
    elements = sum(getattr(goal.start[name], "size", 1) for name in goal.parameters)
    numbers = 2 * elements * (steps + 1)
    if numbers > limits.HISTORY_NUMBERS:
        message = f"a history of {numbers:,} numbers in one object; the limit is {limits.HISTORY_NUMBERS:,}"
        raise Refused(Diagnostic("limit.history", message, "--history FILE.jsonl takes any number"))


def refuse_early(options: DescentOptions) -> None:
    """Raise ``Refused`` before the first step for what could not be drawn, or written, after the last."""
    for path in filter(None, (options.plot, options.output)):
        if not Path(path).parent.is_dir():
            message = f"{path} cannot be written: there is no such folder"
            raise Refused(Diagnostic("output.file", message, "name a file in a folder that exists and is yours"))
    if options.plot is not None:
        from backprop_cli.render.descent.plot import refuse_without_library

        refuse_without_library()


def write(report: DescentReport, options: DescentOptions, kept: list[Visit]) -> None:
    """The files that were asked for, the report on standard output, and what standard error has to say."""
    if options.plot is not None:
        from backprop_cli.render.descent.plot import picture

        write_out(options.plot, picture(report, options.plot.rpartition(".")[2]))
    if options.output is not None:
        from backprop_cli.render.descent.page import page

        write_out(options.output, page(report))
    if options.history != "-" or options.form == "json":
        sys.stdout.write(_rendered(report, options, kept))
    sys.stdout.flush()  # the answer first, also where both streams go to one file
    _warn(report, options)


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
        from backprop_cli.render.tables.screens import for_screen

        seen = screen(options.color)
        shown = table.render(report, seen, full=options.full, plot=terminal.plot(report, seen))
        return for_screen(before, seen) + shown
    from backprop_cli.render.descent import latex, markdown, plain

    made: str = {"latex": latex, "markdown": markdown, "plain": plain}[options.form].render(report)
    return before + made


def _work(report: DescentReport, form: str) -> str:
    from backprop_cli.descent.work import work
    from backprop_cli.render.descent import latex, work_lines

    if form == "latex":
        return latex.work(work(report))
    return (work_lines.markdown if form == "markdown" else work_lines.render)(work(report)) + "\n"


def _warn(report: DescentReport, options: DescentOptions) -> None:
    """Warnings and the reason of an end without a value, on standard error; JSON has the warnings in itself."""
    from backprop_cli.render.diagnostics import drawn

    if options.form != "json":
        warn(report.warnings)
    if report.checked is not None and report.checked.ok is False:
        from backprop_cli.render.descent import words

        found_wrong(words.agreement(report))
    if report.stop.problem is not None:
        print(drawn(report.stop.problem), file=sys.stderr)
    elif report.stop.word == "interrupted":
        print("\ninterrupted" if sys.stderr.isatty() else "interrupted", file=sys.stderr)
