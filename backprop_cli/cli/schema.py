"""``backprop schema``: the JSON Schema of an output."""

from __future__ import annotations

import sys

import click

NAMES = ("grad", "check", "grade", "batch", "descend", "error", "gates")


@click.command("schema", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name", type=click.Choice(NAMES))
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(name: str) -> None:
    """The JSON Schema of what a command prints under --json, or of an error there."""
    from importlib.resources import files

    sys.stdout.write(files("backprop_cli").joinpath("schemas", f"{name}.json").read_text("utf-8"))
