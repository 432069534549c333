"""--format and --json, and the format that they ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from backprop_cli.cli.calculation_options import Command, with_options
from backprop_cli.cli.options import Options


class FormatOptions(Options):
    """In which format the answer is. Two at once are refused."""

    format_: str | None
    as_json: bool
    usual_form = "table"

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        if self.as_json and self.format_ not in (None, "json"):
            raise click.UsageError(f"--json and --format {self.format_} exclude each other")

    @property
    def form(self) -> str:
        """The format."""
        return "json" if self.as_json else self.format_ or self.usual_form


def format_options(formats: Sequence[str]) -> Callable[[Command], Command]:
    """--format, which takes one of these, and --json."""
    both = (
        click.option(
            "--format",
            "format_",
            metavar="FORMAT",
            type=click.Choice(formats),
            help=f"{', '.join(formats[:-1])} or {formats[-1]}.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Short for --format json."),
    )
    return lambda command: with_options(command, both)
