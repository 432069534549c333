"""``backprop code``: the forward and the backward pass as a program, one line a gate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from backprop_cli import limits
from backprop_cli.choices import LANGUAGES
from backprop_cli.cli.arguments import ExpressionCommand
from backprop_cli.cli.calculation_options import PlaceOptions, circuit_and_point, place_options, reading_options
from backprop_cli.cli.output import write_out
from backprop_cli.cli.warn import warn

if TYPE_CHECKING:
    from backprop_cli.circuit import Circuit
    from backprop_cli.engine.given import Given
    from backprop_cli.report.report import Report


class CodeOptions(PlaceOptions):
    """What the command is asked for."""

    lang: str
    function: str | None
    output: str | None
    upstream: str | None


@click.command(
    "code",
    cls=ExpressionCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.argument("expression", metavar="EXPR")
@click.argument("values", metavar="[NAME=VALUE]...", nargs=-1)
@click.option("--lang", metavar="LANG", type=click.Choice(LANGUAGES), required=True, help=f"{', '.join(LANGUAGES)}.")
@click.option("--function", metavar="NAME", help="As a function of the variables; values may then be left out.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE; - is standard output.")
@click.option("--upstream", metavar="ARRAY", help="The gradient that arrives at an output that is an array.")
@place_options
@reading_options
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(expression: str, values: tuple[str, ...], **given: Any) -> int:
    """EXPR as a staged program: a line a gate forward, and backward with = first and += at forks.

    As it is it runs at the point given and prints the value and the gradients. For torch and jax it is the forward
    pass, with the library's own gradients held against ours.

    \b
    backprop code 'q = x + y; f = q*z' x=-2 y=5 z=-4 --lang python
    backprop code 'sigmoid(w*x + b)' --lang c --function neuron -o neuron.c
    """  # noqa: D301  # \b, which click takes for a paragraph to leave as it is
    from backprop_cli.cli.deadline import deadline

    options = CodeOptions(**given)
    with deadline(options.max_seconds, "--max-seconds gives it more"):
        program = _program(expression, values, options)
    write_out(options.output, program)
    return 0


def _program(expression: str, values: tuple[str, ...], options: CodeOptions) -> str:
    from backprop_cli.differentiation import has_arrays
    from backprop_cli.render.code.languages import render

    circuit, point = circuit_and_point(expression, values, options)
    if has_arrays(circuit, point):
        return _of_arrays(circuit, point, options)
    if options.upstream:
        raise click.UsageError("--upstream is for arrays, and here are numbers only")
    names = options.wanted
    report = _report(circuit, point, names) if point or options.function is None else None
    return render(circuit, names, report, options.lang, options.function)


def _of_arrays(circuit: Circuit, point: Mapping[str, Given], options: CodeOptions) -> str:
    """The program of an array circuit; python and c have no arrays, and write its elements out."""
    from backprop_cli.array_calculation import run_arrays, shapes_of, written_circuit
    from backprop_cli.calculation import run
    from backprop_cli.engine.point import given
    from backprop_cli.render.code.arrays.pages import render_arrays
    from backprop_cli.render.code.languages import render
    from backprop_cli.settings import Settings

    settings = Settings(wrt=options.wanted, check="none")
    upstream = given("upstream", options.upstream) if options.upstream else None
    if options.lang in ("python", "c"):
        scalars, elements, inner = written_circuit(circuit, point, settings, upstream, limits.CODE_SCALARS)
        report = run(scalars, elements, inner)
        wanted = inner.wrt if options.wrt else [name for name in inner.wrt or () if name in scalars.inputs]
        return render(scalars, wanted, report, options.lang, options.function)
    found = run_arrays(circuit, point, settings, upstream)
    warn(found.warnings)
    return render_arrays(shapes_of(circuit, point), found, options.lang, options.function)


def _report(circuit: Circuit, point: Any, names: tuple[str, ...] | None) -> Report:
    from backprop_cli.calculation import run
    from backprop_cli.settings import Settings

    report = run(circuit, point, Settings(wrt=names, check="none"))
    warn(report.warnings)
    return report
