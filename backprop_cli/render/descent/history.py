"""The points of a descent as rows of CSV, or as lines of JSON: one at a time, so that no course is too long."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from backprop_cli.descent.descent_report import block
from backprop_cli.descent.loop import Visit
from backprop_cli.reading.nested_lists import place
from backprop_cli.render.descent.json import visit as members
from backprop_cli.render.tables.csv_tables import lines
from backprop_cli.report.array_report import ArrayQuantity

LineWriter = Callable[[Visit], str]


def json_lines() -> LineWriter:
    """A line of JSON for each point."""
    return lambda visit: json.dumps(members(visit), ensure_ascii=False, allow_nan=False) + "\n"


def csv_rows(output: str) -> LineWriter:
    """A row for each point: the step, the output, each parameter, its gradient; the first row has the heads' line."""

    def line(visit: Visit) -> str:
        rows = [[visit.step, repr(visit.value), *_cells(visit)]]
        return lines([_heads(output, visit), *rows] if visit.step == 0 else rows)

    return line


def _heads(output: str, visit: Visit) -> list[object]:
    names = [name for name, value in _blocks(visit) for name in _elements(name, value)]
    return ["step", output, *names, *(f"d{output}/d{name}" for name in names)]


def _cells(visit: Visit) -> Iterator[str]:
    for values in (visit.point, visit.gradients):
        for name in visit.gradients:
            one = block(values[name])
            yield from (one.element(number) for number in range(one.count))


def _blocks(visit: Visit) -> list[tuple[str, ArrayQuantity]]:
    return [(name, block(visit.point[name])) for name in visit.gradients]


def _elements(name: str, value: ArrayQuantity) -> list[str]:
    return [place(name, value.shape, number) for number in range(value.count)]
