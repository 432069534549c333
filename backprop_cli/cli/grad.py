"""``backprop grad``: value, gradients and check of an expression at a point."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from backprop_cli.choices import COLORS, METHODS, RUN_FORMATS, Method
from backprop_cli.cli.arguments import ExpressionCommand
from backprop_cli.cli.array_options import ArrayOptions, array_options, calculate_arrays
from backprop_cli.cli.calculation_options import ARITHMETICS, exclude, point_options, reading_options
from backprop_cli.cli.format_options import FormatOptions, format_options
from backprop_cli.cli.warn import found_wrong, warn
from backprop_cli.problems import ANSWER_IS_NO

if TYPE_CHECKING:
    from backprop_cli.report.array_report import ArrayReport
    from backprop_cli.report.report import Report


class GradOptions(ArrayOptions, FormatOptions):
    """What the command is asked for."""

    check: Method | None
    no_check: bool
    rtol: float | None
    quiet: bool
    explain: bool
    steps: bool
    color: str


@click.command(
    "grad",
    cls=ExpressionCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.argument("expression", metavar="EXPR")
@click.argument("values", metavar="[NAME=VALUE]...", nargs=-1)
@point_options
@click.option(
    "--check",
    metavar="METHOD",
    type=click.Choice(METHODS),
    help="symbolic (default), gatewise or forward.",
)
@click.option("--no-check", is_flag=True, help="Leave the check out.")
@click.option("--rtol", metavar="R", type=float, help="Tolerance of the check, relative to the terms added up (1e-9).")
@format_options(RUN_FORMATS)
@click.option("-q", "--quiet", is_flag=True, help="Print the gradients only, a number a line.")
@click.option("--explain", is_flag=True, help="Say in words how the output moves with each variable.")
@click.option("--steps", is_flag=True, help="Show every gate's value, local gradient and contribution, step by step.")
@array_options
@reading_options
@click.option("--color", type=click.Choice(COLORS), default="auto", help="Colour in the table.")
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(expression: str, values: tuple[str, ...], **given: Any) -> int:
    """The value of EXPR at a point, every variable's gradient by backpropagation, and the check beside it.

    EXPR is a formula or staged statements ('q = x + y; f = q*z'), @FILE, or - for standard input. A VALUE is a number,
    a constant expression (2, -1.5e-3, 3/7, pi/3), an array ([[1, 2], [3, 4]]) or a file of one (@w.npy).

    \b
    backprop '(x + y)*z' x=-2 y=5 z=-4
    backprop 'w*x + b' --at point.json x=2 --wrt w,b
    backprop 'sin(x)*y' x=pi/3 y=2/7 --exact
    backprop 'sum((W @ x)^2)' W='[[1, 2], [3, 4]]' x='[1, 0.5]' --steps
    """  # noqa: D301  # \b, which click takes for a paragraph to leave as it is
    options = GradOptions(**given)
    _no_contradiction(options)
    report = _report(expression, values, options)
    sys.stdout.write(_rendered(report, options))
    if options.form != "json":
        sys.stdout.flush()  # the answer first, also where both streams go to one file
        _warn(report, quiet=options.quiet)
    return 0 if report.ok else ANSWER_IS_NO


def _no_contradiction(options: GradOptions) -> None:
    pairs = (ARITHMETICS, ("check", "no_check"), ("as_json", "quiet"), ("format_", "quiet"), ("steps", "quiet"))
    exclude(options, *pairs)
    if options.steps and options.format_ == "csv":
        raise click.UsageError("--steps and --format csv exclude each other; --json has every gate")


def _report(expression: str, values: tuple[str, ...], options: GradOptions) -> Report | ArrayReport:
    check = "none" if options.no_check else options.check or "symbolic"
    return calculate_arrays(expression, values, options, options.settings(check, options.rtol))


def _rendered(report: Report | ArrayReport, options: GradOptions) -> str:
    """The report in the format asked for, after its steps if they are wanted; each format's module is loaded alone."""
    from backprop_cli.report.report import Report

    if not isinstance(report, Report):
        from backprop_cli.cli.array_output import rendered

        return rendered(report, options)
    form = options.form
    explain = options.explain
    before = _steps(report, form, explain=explain) if options.steps else ""
    if options.quiet:
        from backprop_cli.render.plain import quiet

        return quiet(report)
    if form == "table":
        from backprop_cli.cli.screen import screen
        from backprop_cli.render.table import render as table
        from backprop_cli.render.tables.screens import for_screen

        seen = screen(options.color)
        return for_screen(before, seen) + table(report, seen, explain=explain)
    if form == "csv":
        from backprop_cli.render import csv

        return csv.render(report)
    if form == "json":
        from backprop_cli.render import json

        return json.render(report, explain=explain)
    return before + _written(report, form, explain=explain)


def _written(report: Report, form: str, *, explain: bool) -> str:
    """The report in a format that steps may come before."""
    if form == "latex":
        from backprop_cli.render import latex

        return latex.render(report)
    from backprop_cli.render import markdown, plain

    made: str = (markdown if form == "markdown" else plain).render(report, explain=explain)
    return made


def _steps(report: Report, form: str, *, explain: bool) -> str:
    """The steps in a format; JSON has them in its gates."""
    if form == "json":
        return ""
    from backprop_cli.render import derivation, steps
    from backprop_cli.report.step_by_step import steps as made

    if form == "latex":
        return derivation.render(made(report))
    return (steps.markdown if form == "markdown" else steps.render)(made(report), explain=explain) + "\n"


def _warn(report: Report | ArrayReport, *, quiet: bool) -> None:
    from backprop_cli.report.report import Report

    warn(report.warnings, quiet=quiet)
    if not isinstance(report, Report):
        from backprop_cli.cli.array_output import mismatches

        mismatches(report)
        return
    for variable in report.parameters:
        verdict, gradient = variable.verdict, variable.gradient
        if verdict is not None and verdict.word == "wrong":
            came = gradient.text if gradient else ""
            found_wrong(f"the gradient of {variable.name} came out as {came}, and the check says {verdict.expected!r}")
