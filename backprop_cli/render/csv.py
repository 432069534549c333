"""The report as CSV (RFC 4180 with plain newlines): a row for the output, each variable and each stage."""

from __future__ import annotations

import csv
import io

from backprop_cli.check.verdict import Verdict
from backprop_cli.render.text import visible
from backprop_cli.report.report import Quantity, Report

HEAD = ("kind", "name", "value", "gradient", "formula", "expected", "rel_error", "verdict")


def render(report: Report) -> str:
    """A head line and the rows. Names and formulas are the reader's own notation and begin with no ``=``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerow(("output", report.output, report.value.text, "", "", "", "", ""))
    for variable in report.variables:
        row = (
            variable.role,
            variable.name,
            variable.value.text,
            _text(variable.gradient),
            report.formulas.get(variable.name, ""),
        )
        writer.writerow((*row, *_verdict(variable.verdict)))
    for stage in report.stages:
        formula = visible(" ".join(stage.formula.split()))
        stage_row = ("stage", stage.name, _text(stage.value), _text(stage.gradient), formula)
        writer.writerow((*stage_row, *_verdict(stage.verdict)))
    return out.getvalue()


def _text(quantity: Quantity | None) -> str:
    return quantity.text if quantity else ""


def _verdict(verdict: Verdict | None) -> tuple[str, str, str]:
    if verdict is None:
        return "", "", ""
    expected, error = verdict.expected, verdict.rel_error
    return "" if expected is None else repr(expected), "" if error is None else repr(error), verdict.word
