"""The check of a batch: rows of a sample, each beside a derivation of its own, and their mean beside one more.

What is judged are the numbers of the engine that ran. A row's gradients are compared with power series in balls, as
``--check forward`` does for one point; the mean gradient of the rows without a kink with the slope of their mean value
along one direction in all parameters at once, by power series too.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backprop_cli.arithmetic.ball_text import to_float
from backprop_cli.arithmetic.balls import from_float
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.calculation import checked, sweep
from backprop_cli.check.blame import not_rounding
from backprop_cli.check.reference import Reference
from backprop_cli.check.verdict import Check
from backprop_cli.differentiation import differentiate
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.given import Given
from backprop_cli.problems import Refused
from backprop_cli.rows.row_engine import needs_arrays
from backprop_cli.rows.sampling import CHOSEN, Sampler
from backprop_cli.rows.summing import numbers_of
from backprop_cli.rows.sums import Numbers, Totals, block_sums, total
from backprop_cli.rows.task import Task
from backprop_cli.settings import Settings

_TOLERANCE, _SHARP, _LEAST = 1e-9, 1e-12, 1e-300  # the last of a double: below, underflow is no mistake
_WORK = 40_000  # rows times gates times components
_FEWEST = 4
_WHOLE_ROWS = 4  # of arrays that cannot be written out
_SEED = 20_260_102


@dataclass(frozen=True, slots=True)
class _SmoothRow:
    """The numbers of a row on which nothing stands on a kink, and what is known of it at any precision.

    ``off`` are the distances of its gradients from their references, which the row's own verdict has allowed.
    """

    numbers: Numbers
    off: Numbers
    reference: Reference

    def size(self, moves: Sequence[float]) -> float:
        """Σ |∂f/∂θ·step| over the parameters."""
        return _size(self.numbers[1:], moves)


@dataclass(frozen=True, slots=True)
class SampleCheck:
    """How many rows were checked and by which method; ``ok`` None if none could be; what was found ``wrong``."""

    method: str
    rows: int
    ok: bool | None
    wrong: tuple[str, ...] = ()


def sample_size(task: Task, most: int) -> int:
    """How many rows are checked: fewer of a large circuit."""
    gates = len(task.circuit.nodes) - task.circuit.first_gate
    return max(_FEWEST, min(most, _WORK // max(1, gates * max(1, len(task.wrt)))))


def check_sample(task: Task, rows: Sequence[tuple[dict[str, Any], Numbers | None]]) -> SampleCheck:
    """The check of a task of numbers over some rows, each with its value and gradients; None where it has none."""
    smooth: list[_SmoothRow] = []
    wrong: list[str] = []
    count = 0
    for row, found in rows:
        judged = None if found is None else _judged(task, row, found)
        if found is None or judged is None:
            continue
        verdict, reference = judged
        count += 1
        if verdict.ok is False:
            wrong.append(_says(task, row))
        elif all(one.word == "ok" for one in (verdict.value, *verdict.verdicts.values())):
            smooth.append(_SmoothRow(found, _off(task, found, verdict), reference))
    if smooth and not _mean_agrees(task, smooth):
        wrong.append("the mean gradient of the sample is not the slope of its mean value")
    return SampleCheck("forward", count, None if not count else not wrong, tuple(wrong))


def checked_rows(task: Task, sampler: Sampler) -> SampleCheck:
    """The check over the rows that a sampler picked; the engine is the one that this number of rows goes through."""
    example = sampler.rows(1)[0]
    if not needs_arrays(task, example):
        rows = sampler.rows(sample_size(task, CHOSEN))
        ours = numbers_of(task, example, sampler.count)
        return check_sample(task, [(row, ours(row)) for row in rows])
    from backprop_cli.rows.written import written

    in_numbers = written(task, example)
    if in_numbers is None:
        return _whole_rows(task, sampler.rows(_WHOLE_ROWS))
    ours, rows = numbers_of(task, example, sampler.count), sampler.rows(sample_size(in_numbers.task, CHOSEN))
    return check_sample(in_numbers.task, [(in_numbers.row(row), ours(row)) for row in rows])


def _whole_rows(task: Task, rows: Sequence[dict[str, Any]]) -> SampleCheck:
    """The check of rows of arrays one by one, by the check of a single point."""
    wrong, count = [], 0
    for row in rows:
        try:
            report = differentiate(task.circuit, task.parameters | row, wrt=task.wrt, check="forward")
        except Refused:
            continue
        count += 1
        if not report.ok:
            wrong.append(_says(task, row))
    return SampleCheck("forward", count, None if not count else not wrong, tuple(wrong))


def _says(task: Task, row: Mapping[str, Any]) -> str:
    data = ", ".join(f"{name} = {row[name]!r}" for name in task.data[:6])
    return f"the row with {data} has other gradients by the check"


def _judged(task: Task, row: Mapping[str, Any], numbers: Numbers) -> tuple[Check, Reference] | None:
    """The verdicts on a row's numbers, and by what they were found; None where they cannot be had."""
    circuit = task.circuit
    nodes = {name: circuit.inputs[name] for name in task.wrt}
    point = {name: Given(name, repr(float(value))) for name, value in (task.parameters | dict(row)).items()}
    try:
        forth, back = sweep(circuit, point, Float64(), circuit.reach(nodes.values()))
        forth.values[circuit.output] = numbers[0]
        gradients = list(back.gradients)
        for node, gradient in zip(nodes.values(), numbers[1:], strict=True):
            gradients[node] = gradient
        judged = Backward(gradients, back.locals, back.multiply, back.failed)
        found = checked(forth, judged, point, nodes, Settings(check="forward"))
    except Refused:
        return None
    return None if found is None else (not_rounding(found, gradients, back.gradients), Reference(forth, point))


def _off(task: Task, numbers: Numbers, found: Check) -> Numbers:
    """How far each gradient may lie from its reference, which is a double, too: far, where both are subnormal."""
    expected = [found.verdicts[task.circuit.inputs[name]].expected for name in task.wrt]
    pairs = zip(numbers[1:], expected, strict=True)
    return tuple(math.ulp(number) + (0.0 if e is None else abs(number - e)) for number, e in pairs)


def _size(numbers: Sequence[float], moves: Sequence[float]) -> float:
    return total(abs(number * move) for number, move in zip(numbers, moves, strict=True))


def _mean_agrees(task: Task, rows: Sequence[_SmoothRow]) -> bool:
    """Whether gradient · direction is the slope of the mean value along it, by the sums that a batch takes."""
    totals = Totals((0.0,) * len(rows[0].numbers))
    totals.add(block_sums([row.numbers for row in rows], None, totals.pivot, ()))
    mean = totals.closed().means[1:]
    rng = random.Random(_SEED)  # noqa: S311  # the same direction in every run
    moves = [rng.choice((-1.0, 1.0)) * max(1.0, abs(task.parameters[name])) for name in task.wrt]
    slopes = [_along(task, row, moves) for row in rows]
    known = [slope for slope in slopes if slope is not None]
    found = total(gradient * move for gradient, move in zip(mean, moves, strict=True))
    size = total(row.size(moves) for row in rows) / len(rows)
    if len(known) < len(rows) or not (math.isfinite(found) and math.isfinite(size)):
        return True  # a row whose slope is not known, or beyond the doubles: there is nothing to compare
    allowed = total(_size(row.off, moves) for row in rows) / len(rows)
    return abs(found - total(known) / len(rows)) <= _TOLERANCE * size + 2 * allowed + _LEAST


def _along(task: Task, row: _SmoothRow, moves: Sequence[float]) -> float | None:
    """The slope of a row's value along the direction; None where no precision tells it well enough."""
    seeds = {task.circuit.inputs[name]: from_float(move) for name, move in zip(task.wrt, moves, strict=True)}
    side = row.reference.slope(seeds, _SHARP * row.size(moves) + _LEAST)
    return None if side is None else to_float(side.slope)
