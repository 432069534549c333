"""What the commands that run a calculation share: the options of the point and of the reading, and the run itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any, TypeVar

import click

from backprop_cli import limits
from backprop_cli.cli.arguments import text_of
from backprop_cli.cli.options import Options
from backprop_cli.cli.warn import warn
from backprop_cli.problems import Diagnostic

if TYPE_CHECKING:
    from backprop_cli.choices import Method
    from backprop_cli.circuit import Circuit
    from backprop_cli.engine.given import Given
    from backprop_cli.settings import Settings

ARITHMETICS = ("digits", "exact")
"""The options that ask for a number system, by their fields' names; they exclude each other."""

Command = TypeVar("Command", bound=Callable[..., Any])
_PLACE = (
    click.option("--at", metavar="FILE", help="The point as a JSON object, from a file or - (standard input)."),
    click.option(
        "--wrt", metavar="NAMES", multiple=True, help="Differentiate with respect to these only: w,b. The rest is data."
    ),
)
_ARITHMETIC = (
    click.option(
        "--digits",
        metavar="N",
        type=click.IntRange(1, limits.DIGITS),
        help="Compute with N decimal digits, all of them right.",
    ),
    click.option("--exact", is_flag=True, help="Compute with exact numbers; 0.1 is then 1/10."),
)
_TEXT = (
    click.option("--no-share", is_flag=True, help="Keep equal subexpressions apart."),
    click.option(
        "--max-size",
        metavar="CHARS",
        type=click.IntRange(1),
        default=limits.TEXT_CHARACTERS,
        help=f"Longest expression ({limits.TEXT_CHARACTERS} characters).",
    ),
)
_SECONDS = click.option(
    "--max-seconds",
    metavar="S",
    type=click.IntRange(1),
    default=limits.SECONDS,
    help=f"Longest calculation ({limits.SECONDS} seconds).",
)


class TextOptions(Options):
    """Where the point is from, and how the expression is read."""

    at: str | None
    no_share: bool
    max_size: int


class WrtOptions(TextOptions):
    """What is differentiated, besides."""

    wrt: tuple[str, ...]

    @property
    def wanted(self) -> tuple[str, ...] | None:
        """The names that --wrt lists; None for all."""
        names = tuple(name.strip() for names in self.wrt for name in names.split(",") if name.strip())
        return names if self.wrt else None


class ReadingOptions(TextOptions):
    """How long it may take, besides."""

    max_seconds: int


class PlaceOptions(WrtOptions, ReadingOptions):
    """What is differentiated, and how long it may take."""


class PointOptions(PlaceOptions):
    """In which arithmetic, besides."""

    digits: int | None
    exact: bool

    def settings(self, check: Method, rtol: float | None = None) -> Settings:
        """How to run."""
        from backprop_cli.settings import Settings

        return Settings(self.wanted, self.digits, self.exact, check, rtol)


def with_options(command: Command, options: Sequence[Callable[[Command], Command]]) -> Command:
    """The command with these options, in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def point_options(command: Command) -> Command:
    """--at, --wrt, --digits, --exact."""
    return with_options(command, (*_PLACE, *_ARITHMETIC))


def place_options(command: Command) -> Command:
    """--at, --wrt."""
    return with_options(command, _PLACE)


def text_options(command: Command) -> Command:
    """--no-share, --max-size."""
    return with_options(command, _TEXT)


def reading_options(command: Command) -> Command:
    """--no-share, --max-size, --max-seconds."""
    return with_options(command, (*_TEXT, _SECONDS))


def exclude(options: object, *groups: tuple[str, ...]) -> None:
    """Refuse options, by the names of their fields, that contradict each other: all of a group do."""
    for one, other in chain.from_iterable(combinations(group, 2) for group in groups):
        if getattr(options, one) and getattr(options, other):
            names = [f"--{name.replace('as_json', 'json').strip('_').replace('_', '-')}" for name in (one, other)]
            raise click.UsageError(f"{names[0]} and {names[1]} exclude each other")


def circuit_and_point(
    expression: str, values: tuple[str, ...], options: TextOptions, columns: Iterable[str] = ()
) -> tuple[Circuit, dict[str, Given]]:
    """Read the expression and the point as the arguments say; in the notation of arrays, too.

    ``columns`` of data are names like those that are given a value.
    """
    from backprop_cli.engine.point import from_json, from_words
    from backprop_cli.reading import read

    if expression == "-" and options.at == "-":
        raise click.UsageError("standard input cannot be both the expression and the point")
    text, name = text_of(expression, "expression", options.max_size)
    point: dict[str, Given] = {}
    if options.at is not None:
        source = options.at if options.at == "-" else f"@{options.at}"
        point = from_json(*text_of(source, "", limits.TEXT_CHARACTERS * 10))
    point |= from_words(values)
    share, most = not options.no_share, options.max_size
    bound = {*point, *columns}
    return echoed(read(text, bound=bound, share=share, name=name, most_characters=most, arrays=True)), point


def echoed(circuit: Circuit) -> Circuit:
    """The circuit; if its text was in LaTeX, it is said on standard error how that was read."""
    from backprop_cli.reading.latex_words import is_latex

    if is_latex(circuit.source.text):
        from backprop_cli.reading.writing import write

        warn([Diagnostic("latex.read", f"read as {write(circuit)}")])
    return circuit
