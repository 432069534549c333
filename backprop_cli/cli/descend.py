"""``backprop descend``: gradient descent on an expression's parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from backprop_cli.cli.arguments import ExpressionCommand
from backprop_cli.cli.calculation_options import circuit_and_point, place_options, reading_options
from backprop_cli.cli.deadline import asked_to_stop
from backprop_cli.cli.descent_options import (
    DescentOptions,
    counting,
    going_options,
    no_contradiction,
    plan,
    showing_options,
)
from backprop_cli.cli.descent_output import history, refuse_without_libraries, write

if TYPE_CHECKING:
    from backprop_cli.circuit import Circuit
    from backprop_cli.descent.loop import Visit
    from backprop_cli.descent.report import DescentReport
    from backprop_cli.descent.stopping import Stop
    from backprop_cli.engine.given import Given

    Watcher = Callable[[Visit], None]


@click.command(
    "descend",
    short_help="Gradient descent on an expression's parameters.",
    cls=ExpressionCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.argument("expression", metavar="EXPR")
@click.argument("values", metavar="[NAME=VALUE]...", nargs=-1)
@going_options
@place_options
@showing_options
@reading_options
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(expression: str, values: tuple[str, ...], **given: Any) -> int:
    """Move the variables of EXPR from a point against their gradients, step by step, until its value is small.

    All variables move at once, each from its old value; --wrt names those that do, and the others are held fixed.

    \b
    backprop descend '(1 - x)^2 + 100*(y - x^2)^2' x=-1 y=1 --lr 0.002 --steps 2000
    backprop descend 'x^2' x=10 --optimizer momentum --lr 0.05 --history -
    backprop descend 'sum((W @ x - y)^2)' W='[[1, 0], [0, 1]]' x='[1, 2]' y='[3, 4]' --wrt W --lr 0.05
    """  # noqa: D301  # \b, which click takes for a paragraph to leave as it is
    options = DescentOptions(**given)
    no_contradiction(options)
    refuse_without_libraries(options)
    circuit, point = circuit_and_point(expression, values, options, arrays=True)
    kept: list[Visit] = []
    with (
        counting(options.steps) as tick,
        history(options, circuit.output_name, kept) as record,
        asked_to_stop() as asked,
    ):
        report = _descend(circuit, point, options, (tick, record), asked)
    write(report, options, kept)
    return report.exit_code


def _descend(
    circuit: Circuit,
    point: dict[str, Given],
    options: DescentOptions,
    watchers: tuple[Watcher, ...],
    asked: Callable[[], bool],
) -> DescentReport:
    from backprop_cli.descent.descend import descend
    from backprop_cli.descent.stopping import interrupted

    def watch(visit: Visit) -> Stop | None:
        for one in watchers:
            one(visit)
        return interrupted() if asked() else None

    check, drawn = not options.no_check, options.plot is not None
    return descend(circuit, point, plan(options), wrt=options.wanted, check=check, drawn=drawn, watch=watch)
