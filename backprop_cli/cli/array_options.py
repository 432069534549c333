"""The options that only arrays need, and the calculation of numbers or of arrays, as the arguments have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from backprop_cli.cli.calculation_options import Command, PointOptions, circuit_and_point, with_options

if TYPE_CHECKING:
    from backprop_cli.report.array_report import ArrayReport
    from backprop_cli.report.report import Report
    from backprop_cli.settings import Settings

_ARRAYS = (
    click.option("--upstream", metavar="ARRAY", help="The gradient that arrives at an output that is an array."),
    click.option("--scalars", is_flag=True, help="Write arrays out, and work with their elements: W[0,1]."),
    click.option("--full", is_flag=True, help="Print large arrays whole."),
)


class RunOptions(PointOptions):
    """What is asked for besides where there are arrays."""

    upstream: str | None
    scalars: bool


class ArrayOptions(RunOptions):
    """How arrays are printed, besides."""

    full: bool


def run_options(command: Command) -> Command:
    """--upstream, --scalars."""
    return with_options(command, _ARRAYS[:2])


def array_options(command: Command) -> Command:
    """--upstream, --scalars, --full."""
    return with_options(command, _ARRAYS)


def calculate_arrays(
    expression: str, values: tuple[str, ...], options: RunOptions, settings: Settings
) -> Report | ArrayReport:
    """Read the expression and the point as the arguments say, and run."""
    from backprop_cli.calculation import run
    from backprop_cli.cli.deadline import deadline
    from backprop_cli.differentiation import has_arrays

    with deadline(options.max_seconds):
        circuit, point = circuit_and_point(expression, values, options)
        if has_arrays(circuit, point):
            from backprop_cli.array_calculation import run_arrays, run_scalars
            from backprop_cli.engine.point import given

            upstream = given("upstream", options.upstream) if options.upstream else None
            return (run_scalars if options.scalars else run_arrays)(circuit, point, settings, upstream)
        for name in ("upstream", "scalars"):
            if getattr(options, name):
                raise click.UsageError(f"--{name} is for arrays, and here are numbers only")
        return run(circuit, point, settings)
