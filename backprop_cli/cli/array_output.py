"""The report of an array circuit in the format that was asked for; each format's module is loaded alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from backprop_cli.cli.screen import screen
from backprop_cli.cli.warn import found_wrong

if TYPE_CHECKING:
    from backprop_cli.report.array_report import ArrayReport


class ShowOptions(Protocol):
    """Of the command's options those that say how the report is shown."""

    @property
    def form(self) -> str:
        """The format."""

    @property
    def quiet(self) -> bool:
        """Whether the gradients alone are wanted."""

    @property
    def steps(self) -> bool:
        """Whether the steps are wanted."""

    @property
    def explain(self) -> bool:
        """Whether sentences are wanted."""

    @property
    def full(self) -> bool:
        """Whether large arrays are printed whole."""

    @property
    def color(self) -> str:
        """When there is colour."""


def rendered(report: ArrayReport, options: ShowOptions) -> str:
    """The report, after its steps if they are wanted."""
    form, full, explain = options.form, options.full, options.explain
    if options.quiet:
        from backprop_cli.render.arrays import plain

        return plain.quiet(report)
    before = _steps(report, form, full=full) if options.steps else ""
    if form == "table":
        from backprop_cli.render.arrays import table
        from backprop_cli.render.tables.screens import for_screen

        seen = screen(options.color)
        return for_screen(before, seen) + table.render(report, seen, explain=explain, full=full)
    if form == "markdown":
        from backprop_cli.render.arrays import markdown

        return before + markdown.render(report, explain=explain, full=full)
    return before + _other(report, form, explain=explain)


def _other(report: ArrayReport, form: str, *, explain: bool) -> str:
    if form in ("csv", "latex"):
        from backprop_cli.render.arrays import csv, latex

        return csv.render(report) if form == "csv" else latex.render(report)
    from backprop_cli.render.arrays import json, plain

    return json.render(report, explain=explain) if form == "json" else plain.render(report, explain=explain)


def _steps(report: ArrayReport, form: str, *, full: bool) -> str:
    """The steps; JSON has them in its gates."""
    if form == "json":
        return ""
    from backprop_cli.render.arrays import derivation, steps

    if form == "latex":
        return derivation.render(report)
    return (steps.markdown if form == "markdown" else steps.render)(report, full=full) + "\n"


def mismatches(report: ArrayReport) -> None:
    """Say on standard error which gradients were found wrong."""
    for row in (*report.parameters, *report.stages):
        verdict = row.verdict
        if verdict is not None and verdict.word == "wrong" and row.gradient is not None:
            place = f"{row.name}[{', '.join(map(str, verdict.at))}]" if verdict.at else row.name
            one = verdict.one
            says = "is not what slopes along directions say"
            if one is not None:
                says = f"came out as {row.gradient.at(verdict.at)}, and the check says {one.expected!r}"
            found_wrong(f"the gradient of {place} {says}")
