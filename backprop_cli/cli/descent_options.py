"""The options of ``descend``, and what they come to: a plan."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from backprop_cli.choices import COLORS, DESCENT_FORMATS
from backprop_cli.cli.calculation_options import Command, PlaceOptions, exclude, with_options
from backprop_cli.cli.data_options import DataOptions
from backprop_cli.cli.format_options import FormatOptions, format_options
from backprop_cli.descent.optimizers import OPTIMIZERS
from backprop_cli.problems import Diagnostic, Refused

if TYPE_CHECKING:
    from backprop_cli.descent.loop import Plan, Visit

_RATES = " or ".join(sorted({f"{row.rate:g}" for row in OPTIMIZERS.values()}))
_GOING = (
    click.option("--lr", metavar="RATE", type=float, help=f"Learning rate (the optimizer's own: {_RATES})."),
    click.option("--steps", metavar="N", type=int, default=100, help="Updates of the parameters (100)."),
    click.option(
        "--optimizer", metavar="NAME", type=click.Choice(OPTIMIZERS), default="sgd", help=f"{', '.join(OPTIMIZERS)}."
    ),
    click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="A setting of the optimizer: mu=0.5."),
    click.option("--decay", metavar="D", type=float, default=0.0, help="Step t has the rate lr/(1 + D*(t - 1))."),
    click.option("--maximize", is_flag=True, help="Go uphill."),
    click.option("--tol", metavar="T", type=float, help="Stop where no part of the gradient is larger."),
)
_BATCHES = (
    click.option("--batch-size", metavar="N", type=click.IntRange(1), help="N rows of the data for each step."),
    click.option("--seed", metavar="N", type=int, default=0, help="Seed of the shuffling (0)."),
    click.option("--no-shuffle", is_flag=True, help="Take batches in the order of the data."),
)
_SHOWING = (
    click.option("--show-work", is_flag=True, help="Write the first steps out: gradients, and every update."),
    click.option("--history", metavar="FILE", help="Write every step to a .csv or .jsonl file; - is standard output."),
    click.option("--plot", metavar="FILE", help="Draw the values, and the way of two parameters: .svg or .png."),
    click.option("-o", "--output", metavar="FILE", help="Write a page with a slider over the steps: .html."),
    click.option("--no-check", is_flag=True, help="Leave the check of the last gradient out."),
    format_options(DESCENT_FORMATS),
    click.option("-q", "--quiet", is_flag=True, help="Print the parameters only, one a line."),
    click.option("--full", is_flag=True, help="Print large arrays whole."),
    click.option("--color", type=click.Choice(COLORS), default="auto", help="Colour in the table."),
)


class DescentOptions(DataOptions, PlaceOptions, FormatOptions):
    """What the command is asked for."""

    batch_size: int | None
    seed: int
    no_shuffle: bool

    lr: float | None
    steps: int
    optimizer: str
    settings: tuple[str, ...]
    decay: float
    maximize: bool
    tol: float | None
    show_work: bool
    history: str | None
    plot: str | None
    output: str | None
    no_check: bool
    quiet: bool
    full: bool
    color: str


def going_options(command: Command) -> Command:
    """--lr, --steps, --optimizer, --set, --decay, --maximize, --tol."""
    return with_options(command, _GOING)


def batch_options(command: Command) -> Command:
    """--batch-size, --seed, --no-shuffle."""
    return with_options(command, _BATCHES)


def showing_options(command: Command) -> Command:
    """--show-work, --history, --plot, --output, --no-check, --format, --json, --quiet, --full, --color."""
    return with_options(command, _SHOWING)


def no_contradiction(options: DescentOptions) -> None:
    """Refuse options that exclude each other."""
    exclude(options, ("as_json", "quiet"), ("format_", "quiet"), ("show_work", "quiet"))
    if options.show_work and options.form == "json":
        raise click.UsageError("--show-work and --json exclude each other\n--json --history - has every step")
    if options.history == "-" and (options.quiet or options.format_ not in (None, "json")):
        other = "--quiet" if options.quiet else f"--format {options.format_}"
        raise click.UsageError(f"--history - and {other} both want standard output")
    if options.history not in (None, "-") and not str(options.history).endswith((".csv", ".jsonl")):
        raise click.UsageError(f"--history takes a .csv or a .jsonl file, and got {options.history}")
    if options.plot is not None and not options.plot.endswith((".svg", ".png")):
        raise click.UsageError(f"--plot takes an .svg or a .png file, and got {options.plot}")
    if options.output is not None and not options.output.endswith(".html"):
        raise click.UsageError(f"-o takes an .html file, and got {options.output}")


def refuse_data_options(options: DescentOptions) -> None:
    """Refuse options that are about data where there are none."""
    given = ("where", "weights", "limit", "rename", "delimiter", "no_header", "skip_bad", "batch_size", "no_shuffle")
    for name in given:
        if getattr(options, name):
            raise click.UsageError(f"--{name.replace('_', '-')} is for rows of data\nname a file: --data points.csv")


def plan(options: DescentOptions, rows: int) -> Plan:
    """The plan that the options come to, over so many rows of data."""
    from backprop_cli.descent.batches import Batches
    from backprop_cli.descent.loop import Plan
    from backprop_cli.descent.updating import Recipe

    settings = dict(map(_setting, options.settings))
    recipe = Recipe(OPTIMIZERS[options.optimizer], settings, options.lr, options.decay, options.maximize)
    batches = Batches(options.batch_size, rows, options.seed, not options.no_shuffle)
    return Plan(recipe, options.steps, options.tol, options.max_seconds, batches)


def _setting(text: str) -> tuple[str, float]:
    name, _, value = (part.strip() for part in text.partition("="))
    with suppress(ValueError):
        number = float(value)
        if name:
            return name, number
    message = f"--set takes NAME=VALUE with a number, and got {text}"
    raise Refused(Diagnostic("usage.setting", message, "for example --set mu=0.5"))


@contextmanager
def counting(steps: int) -> Iterator[Callable[[Visit], None]]:
    """A function to call at every point reached, which shows how far the steps have come on a terminal's stderr."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from backprop_cli.render.progress_bar import Progress

    line = Progress("steps", steps)
    every = max(1, steps // 1_000)
    try:
        yield lambda visit: line.step(every) if visit.step and visit.step % every == 0 else None
    finally:
        line.close()
