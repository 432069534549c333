"""The options of commands that read rows of data, and the reading of expression, point and data as they say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from backprop_cli.cli.calculation_options import Command, WrtOptions, with_options
from backprop_cli.cli.calculation_options import circuit_and_point as of_values
from backprop_cli.problems import Diagnostic, Refused

if TYPE_CHECKING:
    from backprop_cli.circuit import Circuit
    from backprop_cli.engine.given import Given
    from backprop_cli.rows.rejects import Rejects
    from backprop_cli.rows.row_records import BadRow, Dialect
    from backprop_cli.rows.source import Data

_DATA = (
    click.option(
        "--data",
        metavar="FILE",
        multiple=True,
        help="Rows of data: a file, a folder, a pattern in quotes, or - (standard input). May be given again.",
    ),
    click.option("--where", metavar="CONDITION", help="Only rows for which this holds: 'x > 0 and t == 1'."),
    click.option("--weights", metavar="COLUMN", help="The column with the weight of each row."),
    click.option("--limit", metavar="N", type=click.IntRange(1), help="No more than N rows."),
    click.option("--rename", metavar="NEW=OLD", multiple=True, help="Call the column OLD of the data NEW."),
    click.option("--delimiter", metavar="SIGN", help="What stands between the cells of a table: ; or tab."),
    click.option("--decimal", metavar="SIGN", default=".", help="The decimal sign of a table: a comma perhaps."),
    click.option("--no-header", is_flag=True, help="The first line is a row; the columns are c1, c2 and so on."),
    click.option("--skip-bad", is_flag=True, help="Leave out rows that cannot be used, and count them."),
    click.option("--rejects", metavar="FILE", help="Write which rows were left out, and why, to a file, as CSV."),
)


class DataOptions(WrtOptions):
    """Where expression, point and data are from, and how they are read."""

    data: tuple[str, ...]
    where: str | None
    weights: str | None
    limit: int | None
    rename: tuple[str, ...]
    delimiter: str | None
    decimal: str
    no_header: bool
    skip_bad: bool
    rejects: str | None


def data_options(command: Command) -> Command:
    """--data and what belongs to it."""
    return with_options(command, _DATA)


def opened_data(expression: str, words: tuple[str, ...], options: DataOptions) -> tuple[tuple[str, ...], Data | None]:
    """The words that are values, and the data that the options and the other words name, opened; None without."""
    from backprop_cli.rows.files import found, looks_like_data
    from backprop_cli.rows.source import Data

    names = options.data
    if names:
        names += tuple(word for word in words if looks_like_data(word))
        words = tuple(word for word in words if not looks_like_data(word))
    if not names:
        return words, None
    if "-" in names and "-" in (expression, options.at):
        other = "the expression" if expression == "-" else "the point"
        raise click.UsageError(f"standard input cannot be both {other} and the data")
    return words, Data(found(names), _reading(options))


def _reading(options: DataOptions) -> Dialect:
    from backprop_cli.rows.row_records import Dialect

    delimiter = {"tab": "\t", "\\t": "\t", "space": " "}.get(options.delimiter or "", options.delimiter)
    for name, sign in (("--delimiter", delimiter), ("--decimal", options.decimal)):
        if sign is not None and (len(sign) != 1 or sign in '"\r\n' or sign.isalnum()):
            raise click.UsageError(f"{name} takes one sign, and got {sign!r}")
    if options.decimal == (delimiter or ","):
        hint = "with a decimal comma the cells are divided by another sign: --delimiter ';'"
        raise Refused(Diagnostic("usage.option", "the delimiter and the decimal sign are the same", hint))
    return Dialect(delimiter, options.decimal, not options.no_header, dict(map(_renamed, options.rename)))


def _renamed(text: str) -> tuple[str, str]:
    new, equals, old = (part.strip() for part in text.partition("="))
    if not (new and equals and old):
        raise click.UsageError(f"--rename takes NEW=OLD, and got {text!r}\nfor example --rename x='petal length'")
    return old, new


def circuit_and_point(
    expression: str, words: tuple[str, ...], options: DataOptions, data: Data | None
) -> tuple[Circuit, dict[str, Given]]:
    """Read the expression and the point; the columns are names like those that are given a value."""
    return of_values(expression, words, options, data.columns if data is not None else ())


@contextmanager
def rejects(options: DataOptions) -> Iterator[Rejects]:
    """What happens to rows that cannot be used; with --rejects they are written to a file as they come."""
    from backprop_cli.rows.rejects import Rejects

    if options.rejects is None:
        yield Rejects(options.skip_bad)
        return
    if not options.skip_bad:
        raise click.UsageError("--rejects is for rows left out\nadd --skip-bad")
    from backprop_cli.cli.output import growing
    from backprop_cli.render.tables.csv_tables import lines

    with growing(options.rejects) as file:
        file.write(lines([("file", "row", "line", "column", "value", "code", "message")]))

        def write(bad: BadRow) -> None:
            place = bad.place
            line = "" if place.line is None else place.line
            cells = (place.file, place.row, line, bad.column, bad.value, bad.problem.code, bad.problem.message)
            file.write(lines([cells]))

        yield Rejects(True, write)
