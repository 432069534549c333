"""What ``check`` and ``grade`` share: the options of the tolerance and of the reports."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import click

from backprop_cli.choices import COLORS, GRADING_FORMATS
from backprop_cli.cli.calculation_options import Command, with_options
from backprop_cli.cli.format_options import FormatOptions, format_options
from backprop_cli.cli.options import Options
from backprop_cli.grading.levels import FEEDBACK, Feedback
from backprop_cli.problems import Diagnostic, Refused

if TYPE_CHECKING:
    from backprop_cli.grading.tolerance import Tolerance

_MOST_FIGURES = 15


class Figures(click.ParamType):  # type: ignore[type-arg]  # generic in newer clicks only
    """``3``, or from two to four as ``2..4`` or ``[2, 4]``."""

    name = "figures"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The least and the greatest number of figures; the second is None if there is none."""
        found = re.fullmatch(r"\[?\s*(\d{1,3})(?:\s*(?:\.\.|,)\s*(\d{1,3}))?\s*\]?", str(value).strip())
        least, most = (int(found[1]), int(found[2]) if found[2] else None) if found else (0, None)
        if not 1 <= least <= (most or least) <= _MOST_FIGURES:
            self.fail(f"{value!r} is no number of figures from 1 to {_MOST_FIGURES}, nor two as 2..4", param, ctx)
        return least, most


_TOLERANCE = (
    click.option("--rtol", metavar="R", type=float, help="Right within R times the truth (0.001)."),
    click.option("--atol", metavar="A", type=float, help="Right within A (1e-9 of the terms that cancel)."),
    click.option("--sigfigs", metavar="N", type=Figures(), help="Right to N significant figures, as 3 or 2..4."),
    click.option("--exact", is_flag=True, help="Right only as the exact number: 1/3, sqrt(2)."),
)
_REPORTS = (
    click.option(
        "--feedback",
        type=click.Choice(FEEDBACK),
        help="What is told: none, verdict, hint (no correct number), or full.",
    ),
    format_options(GRADING_FORMATS),
    click.option("--report", "reports", metavar="FORMAT=FILE", multiple=True, help="Write another report to a file."),
    click.option("--tap-version", type=click.Choice(["13", "14"]), help="Of TAP: 13, which prove reads, or 14 (13)."),
    click.option("--exit-zero", is_flag=True, help="Exit code 0 also where an answer is wrong."),
    click.option("--color", type=click.Choice(COLORS), default="auto", help="Colour in the table."),
)


class ToleranceOptions(Options):
    """When a number is right."""

    rtol: float | None
    atol: float | None
    sigfigs: tuple[int, int | None] | None
    exact: bool


class ReportOptions(FormatOptions):
    """What is told, and in which reports."""

    feedback: Feedback | None
    reports: tuple[str, ...]
    exit_zero: bool
    color: str
    tap_version: str | None
    details: bool = False
    excel: bool = False
    decimal: str = "."
    item_analysis: bool = False
    anonymous: bool = False
    usual_form = "text"
    feedback_dir: str | None = None


def tolerance_options(command: Command) -> Command:
    """--rtol, --atol, --sigfigs, --exact."""
    return with_options(command, _TOLERANCE)


def report_options(command: Command) -> Command:
    """--feedback, --format, --json, --report, --exit-zero, --color."""
    return with_options(command, _REPORTS)


def tolerance(options: ToleranceOptions) -> Tolerance:
    """The tolerance that the options say. Raises ``Refused`` for one that is none."""
    from backprop_cli.grading.tolerance import Tolerance

    for name, code in (("rtol", "usage.rtol"), ("atol", "usage.atol")):
        value = getattr(options, name)
        if value is not None and not 0 <= value < math.inf:
            raise Refused(Diagnostic(code, f"--{name} must be 0 or more, and got {value}"))
    least, most = options.sigfigs or (None, None)
    return Tolerance(options.rtol, options.atol, least, options.exact, most)
