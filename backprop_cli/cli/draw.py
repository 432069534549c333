"""``backprop draw``: the circuit as a picture."""

from __future__ import annotations

import sys
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

import click

from backprop_cli import limits
from backprop_cli.choices import METHODS, PICTURES, Method
from backprop_cli.cli.arguments import ExpressionCommand
from backprop_cli.cli.array_options import RunOptions, calculate_arrays, run_options
from backprop_cli.cli.calculation_options import ARITHMETICS, exclude, point_options, reading_options
from backprop_cli.cli.warn import found_wrong, warn
from backprop_cli.problems import ANSWER_IS_NO, Diagnostic, Refused

if TYPE_CHECKING:
    from backprop_cli.report.array_report import ArrayReport
    from backprop_cli.report.report import Report

_ALIASES = {"gv": "dot", "mermaid": "mmd"}


class DrawOptions(RunOptions):
    """What the command is asked for."""

    output: str | None
    format_: str | None
    palette: str
    theme: Literal["light", "dark"] | None
    no_values: bool
    check: Method | None
    no_check: bool


@click.command(
    "draw",
    cls=ExpressionCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.argument("expression", metavar="EXPR")
@click.argument("values", metavar="[NAME=VALUE]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help=f"Where to; the ending decides: {', '.join(f'.{name}' for name in PICTURES)}. - is standard output.",
)
@click.option("--format", "format_", type=click.Choice(PICTURES), help="The format, whatever the file's ending.")
@click.option("--palette", type=click.Choice(["default", "cs231n"]), default="default", help="cs231n: green and red.")
@click.option("--theme", type=click.Choice(["light", "dark"]), help="The paper: light; a page follows its reader.")
@click.option("--no-values", is_flag=True, help="Leave the gates' values and all gradients blank, as an exercise.")
@point_options
@run_options
@click.option(
    "--check",
    metavar="METHOD",
    type=click.Choice(METHODS),
    help="Check the gradients first: symbolic, gatewise or forward.",
)
@click.option("--no-check", is_flag=True, help="Leave the check out, as it is anyway.")
@reading_options
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(expression: str, values: tuple[str, ...], **given: Any) -> int:
    """The circuit of EXPR at a point: every value above its wire, every gradient below it, sums at the forks.

    Without --output it is drawn in the terminal. A VALUE is a number or a constant expression, as in `backprop grad`.

    \b
    backprop draw '(x + y)*z' x=-2 y=5 z=-4
    backprop draw 'q = x + y; f = q*z' x=-2 y=5 z=-4 -o circuit.svg
    backprop draw '(x + y)*z' x=-2 y=5 z=-4 --no-values -o exercise.png
    """  # noqa: D301  # \b, which click takes for a paragraph to leave as it is
    options = DrawOptions(**given)
    exclude(options, ARITHMETICS, ("check", "no_check"))
    form = _form(options.output, options.format_)
    if form == "html" and options.no_values:
        raise click.UsageError("--no-values and a page exclude each other: a page begins without values and fills")
    report = _report(expression, values, options)
    _write(_made(report, form, options), options.output)
    _warn(report)
    return 0 if report.ok else ANSWER_IS_NO


def _form(output: str | None, asked: str | None) -> str:
    """The format: the one asked for, or the one of the file's ending; a terminal gets text."""
    if asked is not None:
        return asked
    if output in (None, "-"):
        return "txt"
    ending = PurePath(output or "").suffix.lower().removeprefix(".")
    form = _ALIASES.get(ending, ending)
    if form not in PICTURES:
        found = f"the ending .{ending} of {output}" if ending else f"{output}, which has no ending,"
        known = ", ".join(f".{name}" for name in PICTURES)
        raise Refused(Diagnostic("usage.suffix", f"{found} names no format", f"use {known}, or say --format"))
    return form


def _report(expression: str, values: tuple[str, ...], options: DrawOptions) -> Report | ArrayReport:
    return calculate_arrays(expression, values, options, options.settings(options.check or "none"))


def _made(report: Report | ArrayReport, form: str, options: DrawOptions) -> bytes:
    """The picture in a format; each format's module is loaded alone."""
    from backprop_cli.render.picture.scene import scene
    from backprop_cli.render.picture.svg import look

    colours, values = look(options.palette, options.theme or "light"), not options.no_values
    if form == "txt":
        return _text(report, options.output, values=values)
    if form == "dot":
        from backprop_cli.render.picture.dot import dot

        return dot(scene(report, values=values, grids=False, most=None), colours).encode()
    if form == "html":
        from backprop_cli.render.picture.page import page

        return page(report, palette=options.palette, theme=options.theme or "auto").encode()
    drawn = scene(report, values=values, grids=form != "mmd", most=limits.PICTURE_GATES)
    if form == "png":
        from backprop_cli.render.picture.png import png

        return png(drawn, colours)
    if form == "mmd":
        from backprop_cli.render.picture.mermaid import mermaid

        return mermaid(drawn, colours).encode()
    from backprop_cli.render.picture.svg import svg

    return svg(drawn, colours).encode()


def _text(report: Report | ArrayReport, output: str | None, *, values: bool) -> bytes:
    from backprop_cli.cli.screen import screen
    from backprop_cli.render.picture.scene import scene
    from backprop_cli.render.picture.terminal import terminal
    from backprop_cli.render.tables.screens import Screen

    to_screen = output in (None, "-")
    seen = screen("never") if to_screen else Screen(None, color=False, unicode=True)
    text = terminal(scene(report, values=values, grids=False, most=None), seen)
    return text.encode((sys.stdout.encoding if to_screen else None) or "utf-8", "backslashreplace")


def _write(data: bytes, output: str | None) -> None:
    from backprop_cli.cli.output import write_out

    sys.stdout.flush()
    if output in (None, "-") and data.startswith(b"\x89PNG") and sys.stdout.isatty():
        raise click.UsageError("a PNG cannot be shown in a terminal; name a file with -o")
    write_out(output, data)


def _warn(report: Report | ArrayReport) -> None:
    warn(report.warnings)
    if not report.ok:
        found_wrong(f"{_agreement(report)}; `backprop grad` shows them")


def _agreement(report: Report | ArrayReport) -> str:
    from backprop_cli.render import sentences
    from backprop_cli.render.arrays import words
    from backprop_cli.report.report import Report

    return sentences.agreement(report) if isinstance(report, Report) else words.agreement(report)
