"""The slope of a circuit written out along a direction in one of its arrays, by power series in balls."""

from __future__ import annotations

from typing import Any

import numpy as np

from backprop_cli.arithmetic.ball_text import to_float
from backprop_cli.arithmetic.balls import from_float
from backprop_cli.check.reference import Reference
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward
from backprop_cli.engine.point import Point
from backprop_cli.engine.written_out import WrittenOut

_SHARP, _LEAST = 1e-9, 1e-300


def slope_along(
    out: WrittenOut, point: Point, run: tuple[Forward, Backward], node: int, direction: Any
) -> tuple[float, float] | None:
    """The slope of an array circuit's output as ``node`` moves along a direction: proved, and by the run's gradients.

    ``out`` is the circuit written out, run with doubles at ``point``. None on a kink, and where no precision tells it.
    """
    forth, back = run
    cells, steps = out.cells[node].ravel().tolist(), np.ravel(direction).tolist()
    terms = [float(back.gradients[cell] or 0.0) * step for cell, step in zip(cells, steps, strict=True)]
    seeds = {cell: from_float(step) for cell, step in zip(cells, steps, strict=True)}
    side = Reference(forth, point).slope(seeds, _SHARP * sum(map(abs, terms)) + _LEAST)
    return (to_float(side.slope), sum(terms)) if side is not None and side.smooth else None
