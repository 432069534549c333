"""A batch as CSV: a row for the output and for each number whose gradient is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.render.batch.words import elements
from backprop_cli.render.tables.csv_tables import lines
from backprop_cli.rows.batch_report import BatchReport

HEAD = ("kind", "name", "value", "gradient", "standard_error")


def render(report: BatchReport) -> str:
    """A head line and the rows."""
    return lines([HEAD, *_rows(report)])


def _rows(report: BatchReport) -> Iterator[tuple[str, ...]]:
    yield ("output", report.output, repr(report.value), "", _text(report.value_error))
    for row in report.parameters:
        values = elements(row.name, row.value)
        if row.gradient is None:
            yield from (("fixed", name, repr(value), "", "") for name, value in values)
            continue
        gradients, errors = dict(elements(row.name, row.gradient)), dict(elements(row.name, row.error))
        for name, value in values:
            yield ("parameter", name, repr(value), _text(gradients[name]), _text(errors[name]))


def _text(number: float | None) -> str:
    return "" if number is None else repr(number)
