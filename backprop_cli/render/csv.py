"""The report as CSV: a row for the output, each variable and each stage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backprop_cli.render.safe_text import visible
from backprop_cli.render.tables.csv_tables import lines
from backprop_cli.report.report import Quantity, Report

if TYPE_CHECKING:
    from backprop_cli.check.verdict import Verdict

HEAD = ("kind", "name", "value", "gradient", "formula", "expected", "rel_error", "verdict")


def render(report: Report) -> str:
    """A head line and the rows. Names and formulas are the reader's own notation and begin with no ``=``."""
    return lines([HEAD, *_rows(report)])


def _rows(report: Report) -> Iterator[tuple[str, ...]]:
    yield ("output", report.output, report.value.text, "", "", "", "", "")
    for one in report.variables:
        formula = report.formulas.get(one.name, "")
        yield (one.role, one.name, one.value.text, _text(one.gradient), formula, *_verdict(one.verdict))
    for stage in report.stages:
        formula = visible(" ".join(stage.formula.split()))
        yield ("stage", stage.name, _text(stage.value), _text(stage.gradient), formula, *_verdict(stage.verdict))


def _text(quantity: Quantity | None) -> str:
    return quantity.text if quantity else ""


def _verdict(verdict: Verdict | None) -> tuple[str, str, str]:
    if verdict is None:
        return "", "", ""
    expected, error = verdict.expected, verdict.rel_error
    return "" if expected is None else repr(expected), "" if error is None else repr(error), verdict.word
