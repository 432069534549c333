"""``backprop gates``: the gate table, or one gate with a worked example."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from backprop_cli.choices import COLORS

if TYPE_CHECKING:
    from backprop_cli.gates import Gate


def _names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from backprop_cli.gates import GATES

    return [CompletionItem(name, help=gate.intuition) for name, gate in GATES.items() if name.startswith(incomplete)]


@click.command(
    "gates",
    short_help="List the gates with their local gradients and domains.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.argument("name", required=False, shell_complete=_names)
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.option("--color", type=click.Choice(COLORS), default="auto", help="Colour in the table.")
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(name: str | None, as_json: bool, color: str) -> None:
    """Every gate: how it is written, its local gradients, its domain and its kink; or one of them in full."""
    from backprop_cli.gates import GATES

    chosen = [_chosen(name)] if name else list(GATES.values())
    from backprop_cli.render import gates

    if as_json:
        sys.stdout.write(gates.as_json(chosen))
        return
    from backprop_cli.cli.screen import screen

    shown = gates.page(chosen[0], _example(chosen[0]), screen(color)) if name else gates.table(chosen, screen(color))
    sys.stdout.write(shown)


def _chosen(name: str) -> Gate:
    from backprop_cli.gates import callable_names, called
    from backprop_cli.nearest import meant
    from backprop_cli.problems import Diagnostic, Refused

    gate = called(name)
    if gate is None:
        hint = meant(name, callable_names(), "`backprop gates` lists them")
        raise Refused(Diagnostic("usage.topic", f"there is no gate {name}", hint))
    return gate


_NUMBERS = {"x": "0.6", "y": "2", "a": "0.1"}


def _example(gate: Gate) -> dict[str, str]:
    """A command with this gate, and what it comes to."""
    from backprop_cli.calculation import differentiate
    from backprop_cli.reading import read

    expression = gate.example or gate.form
    point = {name: _NUMBERS[name] for name in read(expression).inputs}
    report = differentiate(expression, point, check="none")
    command = " ".join(["backprop", f"'{expression}'", *(f"{name}={text}" for name, text in point.items())])
    gradients = [f"∂f/∂{name} = {gradient!r}" for name, gradient in report.gradient.items()]
    return {"command": command, "output": ", ".join([f"f = {report.value.text}", *gradients])}
