"""``backprop descend``: gradient descent on an expression's parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from backprop_cli.cli.arguments import ExpressionCommand
from backprop_cli.cli.batch import say_skipped
from backprop_cli.cli.calculation_options import place_options, reading_options
from backprop_cli.cli.data_options import circuit_and_point, data_options, opened_data, rejects
from backprop_cli.cli.deadline import asked_to_stop, ended_by_a_signal
from backprop_cli.cli.descent_options import (
    DescentOptions,
    batch_options,
    counting,
    going_options,
    no_contradiction,
    plan,
    refuse_data_options,
    showing_options,
)
from backprop_cli.cli.descent_output import history, refuse_early, write
from backprop_cli.cli.progress import counting_rows, far_in

if TYPE_CHECKING:
    from backprop_cli.descent.descent_report import DescentReport
    from backprop_cli.descent.loop import Visit
    from backprop_cli.descent.objective import Objective
    from backprop_cli.descent.stopping import Stop

    Watcher = Callable[[Visit], None]


@click.command(
    "descend",
    cls=ExpressionCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.argument("expression", metavar="EXPR")
@click.argument("values", metavar="[NAME=VALUE]...", nargs=-1)
@going_options
@data_options
@batch_options
@place_options
@showing_options
@reading_options
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(expression: str, values: tuple[str, ...], **given: Any) -> int:
    """Move the variables of EXPR from a point against their gradients, step by step, until its value is small.

    All variables move at once, each from its old value; --wrt names those that do, and the others are held fixed.
    With --data, columns that EXPR names are held fixed, and what becomes small is the mean over all rows.

    \b
    backprop descend '(1 - x)^2 + 100*(y - x^2)^2' x=-1 y=1 --lr 0.002 --steps 2000
    backprop descend 'x^2' x=10 --optimizer momentum --lr 0.05 --history -
    backprop descend '(sigmoid(w*x + b) - t)^2' --data points.csv w=0 b=0 --lr 0.5 --steps 500
    backprop descend 'sum((W @ x - y)^2)' W='[[1, 0], [0, 1]]' x='[1, 2]' y='[3, 4]' --wrt W --lr 0.05
    """  # noqa: D301  # \b, which click takes for a paragraph to leave as it is
    options = DescentOptions(**given)
    no_contradiction(options)
    refuse_early(options)
    goal = _objective(expression, values, options)
    kept: list[Visit] = []
    with (
        ended_by_a_signal(),
        counting(options.steps) as tick,
        history(options, goal, kept) as record,
        asked_to_stop() as asked,
    ):
        report = _descend(goal, options, (tick, record), asked)
    write(report, options, kept)
    return report.exit_code


def _objective(expression: str, values: tuple[str, ...], options: DescentOptions) -> Objective:
    """What is made small: the expression at the point, or its mean over the data, which are read into memory."""
    words, data = opened_data(expression, values, options)
    if data is None:
        from backprop_cli.descent.descent_calculation import objective_of

        refuse_data_options(options)
        return objective_of(*circuit_and_point(expression, words, options, None), options.wanted)
    from backprop_cli.descent.rows import RowsObjective
    from backprop_cli.rows.memory import columns_of, load
    from backprop_cli.rows.selection import selection

    with data, rejects(options) as rejected:
        circuit, point = circuit_and_point(expression, words, options, data)
        chosen = selection(options.where, options.weights, options.limit, data.columns)
        with counting_rows(far_in(data, options.limit), answering=False) as step:
            table = load(data, columns_of(circuit, data), chosen, rejected, step)
        say_skipped(rejected)
    return RowsObjective(circuit, point, table, options.wanted)


def _descend(
    goal: Objective, options: DescentOptions, watchers: tuple[Watcher, ...], asked: Callable[[], bool]
) -> DescentReport:
    from backprop_cli.descent.descent_calculation import DescentExtras, descend
    from backprop_cli.descent.stopping import interrupted

    def watch(visit: Visit) -> Stop | None:
        for one in watchers:
            one(visit)
        return interrupted() if asked() else None

    drawn = options.plot is not None or options.output is not None
    few = options.show_work or options.output is not None
    wanted = DescentExtras(check=not options.no_check, surface=drawn, single_rows=few)
    return descend(goal, plan(options, goal.rows), wanted, watch)
