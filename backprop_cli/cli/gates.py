"""``backprop gates``: the gate table, or one gate with a worked example."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from backprop_cli.choices import COLORS

if TYPE_CHECKING:
    from backprop_cli.gates import Gate
    from backprop_cli.gates.array_table import ArrayGate


def _names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from backprop_cli.gates import GATES

    return [CompletionItem(name, help=gate.intuition) for name, gate in GATES.items() if name.startswith(incomplete)]


@click.command(
    "gates",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.argument("name", required=False, shell_complete=_names)
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.option("--color", type=click.Choice(COLORS), default="auto", help="Colour in the table.")
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(name: str | None, as_json: bool, color: str) -> None:
    """Every gate: how it is written, its local gradients, its domain and its kink; or one of them in full."""
    from backprop_cli.gates import GATES, called
    from backprop_cli.gates.array_table import ARRAY_GATES

    rows = _array_rows(name) if name and called(name) is None else []
    chosen = [] if rows else [_chosen(name)] if name else list(GATES.values())
    rows = rows or ([] if name else list(ARRAY_GATES.values()))
    from backprop_cli.render import array_gate_table, gate_table

    if as_json:
        sys.stdout.write(gate_table.as_json(chosen, [array_gate_table.members(row) for row in rows]))
        return
    from backprop_cli.cli.screen import screen

    seen = screen(color)
    if name:
        one = gate_table.page(chosen[0], _example(chosen[0]), seen) if chosen else None
        sys.stdout.write(one or array_gate_table.page(rows, _array_example(rows[0]), seen))
    else:
        sys.stdout.write(gate_table.table(chosen, seen) + "\n" + array_gate_table.table(rows, seen))


def _array_rows(name: str) -> list[ArrayGate]:
    """All rows of the array gate of that name: those of a family are one gate to the reader."""
    from backprop_cli.gates.array_table import ARRAY_GATES, array_called, family

    gate = array_called(name) or ARRAY_GATES.get(name)
    return list(family(gate.called)) if gate is not None else []


_ARRAYS = ("[0.6, 2]", "[[2, 1], [1, 3]]")


def _array_example(gate: ArrayGate) -> dict[str, str]:
    """A command with this gate, and what it comes to: at vectors, or at matrices where vectors do not fit."""
    from backprop_cli.differentiation import differentiate
    from backprop_cli.problems import Refused
    from backprop_cli.reading import read

    names = tuple(read(gate.example, arrays=True).inputs)
    for values in (_ARRAYS[:1] * 2, _ARRAYS[1:] * 2, _ARRAYS[::-1]):
        point: dict[str, object] = dict(zip(names, values, strict=False))
        try:
            report = differentiate(gate.example, point, check="none")
        except Refused:
            continue
        command = " ".join(["backprop", f"'{gate.example}'", *(f"{name}='{text}'" for name, text in point.items())])
        gradients = [f"∂f/∂{name} = {block.text}" for name, block in report.gradients.items()]
        return {"command": command, "output": ", ".join([f"f = {report.value.text}", *gradients])}
    raise AssertionError(gate.name)


def _chosen(name: str) -> Gate:
    from backprop_cli.gates import callable_names, called
    from backprop_cli.gates.array_table import array_names
    from backprop_cli.nearest import meant
    from backprop_cli.problems import Diagnostic, Refused

    gate = called(name)
    if gate is None:
        hint = meant(name, callable_names() + array_names(), "`backprop gates` lists them")
        raise Refused(Diagnostic("usage.topic", f"there is no gate {name}", hint))
    return gate


_NUMBERS = {"x": "0.6", "y": "2", "a": "0.1"}


def _example(gate: Gate) -> dict[str, str]:
    """A command with this gate, and what it comes to."""
    from backprop_cli.differentiation import differentiate
    from backprop_cli.reading import read

    expression = gate.example or gate.form
    point = {name: _NUMBERS[name] for name in read(expression).inputs}
    report = differentiate(expression, point, check="none")
    command = " ".join(["backprop", f"'{expression}'", *(f"{name}={text}" for name, text in point.items())])
    gradients = [f"∂f/∂{name} = {gradient!r}" for name, gradient in report.gradient.items()]
    return {"command": command, "output": ", ".join([f"f = {report.value.text}", *gradients])}
