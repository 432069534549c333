"""The report of an array circuit as CSV: a row for the output and each element of each variable and stage."""

from __future__ import annotations

import math
from collections.abc import Iterator

from backprop_cli.reading.nested_lists import place
from backprop_cli.render.csv import HEAD
from backprop_cli.render.safe_text import visible
from backprop_cli.render.tables.csv_tables import lines
from backprop_cli.report.array_report import ArrayQuantity, ArrayReport, ArrayRow


def render(report: ArrayReport) -> str:
    """A head line and the rows; an element is named ``W[0,1]``."""
    value = report.value
    output = [("output", name, value.element(at), "", "", "", "", "") for at, name in _elements(report.output, value)]
    return lines([HEAD, *output, *(one for row in (*report.variables, *report.stages) for one in _rows(row))])


def _rows(row: ArrayRow) -> Iterator[tuple[str, ...]]:
    formula = visible(" ".join((row.formula or row.symbolic or "").split()))
    for number, name in _elements(row.name, row.value):
        gradient = row.gradient.element(number) if row.gradient is not None else ""
        yield (row.role, name, row.value.element(number), gradient, formula, *_verdict(row, number))


def _verdict(row: ArrayRow, number: int) -> tuple[str, str, str]:
    if row.verdict is None:
        return "", "", ""
    expected = float(row.verdict.expected.reshape(-1)[number])
    error = "" if row.verdict.rel_error is None else repr(row.verdict.rel_error)
    return "" if math.isnan(expected) else repr(expected), error, row.verdict.word


def _elements(name: str, block: ArrayQuantity) -> Iterator[tuple[int, str]]:
    for number in range(block.count):
        yield number, place(name, block.shape, number).replace(", ", ",")
