"""The options that say how files of answers are read, and what a class's files may lack."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from backprop_cli.cli.calculation_options import Command, with_options
from backprop_cli.cli.options import Options
from backprop_cli.grading.levels import RULES, AttemptRule

if TYPE_CHECKING:
    from backprop_cli.grading.files.column_roles import Ways

_PERCENT = re.compile(r"\s*([0-9]{1,3}(?:\.[0-9]{0,9})?)\s*%?\s*")


def percent(_context: click.Context, option: click.Parameter, text: str | None) -> Fraction | None:
    """The exact number that was typed: 35.1 is 351/10, since scores are fractions too."""
    if text is None:
        return None
    number = _PERCENT.fullmatch(text)
    if number is None or Fraction(number[1]) > 100:
        raise click.UsageError(f"{option.opts[0]} takes a number from 0 to 100, and got {text}")
    return Fraction(number[1])


_FILES = (
    click.option("--encoding", metavar="NAME", help="Of files that are no UTF-8: windows-1252, …"),
    click.option(
        "--decimal", type=click.Choice([".", ","]), default=".", help="The decimal sign in files: with , 0,5 is 0.5."
    ),
)
_CLASS = (
    click.option("--columns", metavar="TITLE=NAME", multiple=True, help="'Response 1=chain.q', 'Login=student'."),
    click.option("--map", "as_map", is_flag=True, help="Print how the columns of files are understood, for the key."),
    click.option("--attempt", type=click.Choice(RULES), help="Which submission of a student counts (all)."),
    click.option(
        "--max-invalid", metavar="PERCENT", callback=percent, help="How much of a column may be invalid (30)."
    ),
    click.option("--max-missing", metavar="PERCENT", callback=percent, help="How much of it may be missing (50)."),
    click.option("--students", metavar="FILE", help="Say who of a list handed in nothing, and who is not on it."),
    click.option("--force", is_flag=True, help="Grade whatever the files look like."),
    click.option("--excel", is_flag=True, help="CSV as Excel opens it; with --decimal , also in Europe."),
)


class FileOptions(Options):
    """How files of answers are read."""

    encoding: str | None
    decimal: str


class ClassOptions(FileOptions):
    """How a class's files are read, and what they may lack."""

    columns: tuple[str, ...]
    as_map: bool
    attempt: AttemptRule | None
    max_invalid: Fraction | None
    max_missing: Fraction | None
    students: str | None
    force: bool


def file_options(command: Command) -> Command:
    """--encoding and --decimal."""
    return with_options(command, _FILES)


def class_options(command: Command) -> Command:
    """--columns, --map, --attempt, --max-invalid, --max-missing, --students, --force, --excel."""
    return with_options(command, _CLASS)


def ways(options: FileOptions) -> Ways:
    """How files are read. Raises ``Refused`` for an encoding that is none, a usage error for a column that is none."""
    from backprop_cli.grading.files.column_roles import Ways
    from backprop_cli.grading.files.encodings import known
    from backprop_cli.grading.files.headings import folded

    titles: dict[str, str] = {}
    for word in options.columns if isinstance(options, ClassOptions) else ():
        title, equals, name = word.rpartition("=")
        if not equals or not title.strip():
            raise click.UsageError(f"--columns takes TITLE=NAME, and got {word}\nas --columns 'Response 1=chain.q'")
        titles[folded(title)] = name.strip()
    encoding = known(options.encoding) if options.encoding else ""
    return Ways(encoding, options.decimal == ",", titles)
