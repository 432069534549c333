"""The check of a batch: rows of a sample, each beside a derivation of its own, and their mean beside a difference.

What is judged are the numbers of the engine that ran. A row's gradients are compared with tangents in balls, as
``--check forward`` does for one point; the mean gradient of the rows without a kink with a difference of their mean
value along one direction, with 60 digits.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backprop_cli.arithmetic.ball_arithmetic import Balls
from backprop_cli.arithmetic.balls import from_float
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.calculation import checked, sweep
from backprop_cli.check.verdict import Check
from backprop_cli.circuit import Circuit
from backprop_cli.differentiation import differentiate
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import forward
from backprop_cli.engine.given import Given
from backprop_cli.engine.rules import Rules
from backprop_cli.problems import Refused
from backprop_cli.rows.row_engine import needs_arrays
from backprop_cli.rows.sampling import CHOSEN, Sampler
from backprop_cli.rows.summing import numbers_of
from backprop_cli.rows.sums import Numbers, Totals, block_sums, total
from backprop_cli.rows.task import Task
from backprop_cli.settings import Settings

_BITS, _STEP = 200, 2.0**-40
_TOLERANCE = 1e-9
_ROUNDING, _FAR = 1e-6, 1e-3
_WORK = 40_000  # rows times gates times components
_FEWEST = 4
_WHOLE_ROWS = 4  # of arrays that cannot be written out
_SEED = 20_260_102


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
    smooth: list[tuple[dict[str, Any], Numbers]] = []
    wrong: list[str] = []
    count = 0
    for row, found in rows:
        verdict = None if found is None else _judged(task, row, found)
        if found is None or verdict is None:
            continue
        count += 1
        if verdict.ok is False:
            wrong.append(_says(task, row))
        elif all(one.word == "ok" for one in (verdict.value, *verdict.verdicts.values())):
            smooth.append((row, found))
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


def _judged(task: Task, row: Mapping[str, Any], numbers: Numbers) -> Check | None:
    """The verdicts on a row's numbers; None where they cannot be had."""
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
    return None if found is None else _not_rounding(found, gradients, back.gradients)


def _not_rounding(found: Check, gradients: Sequence[Any], own: Sequence[Any]) -> Check:
    """The check, with ``wrong`` for a difference that is said to be rounding and that the engine for one row lacks."""
    verdicts = dict(found.verdicts)
    for node, verdict in found.verdicts.items():
        if verdict.word != "imprecise" or verdict.expected is None or not (verdict.rel_error or 0.0) > _ROUNDING:
            continue
        if abs(own[node] - verdict.expected) <= _FAR * abs(gradients[node] - verdict.expected):
            verdicts[node] = replace(verdict, word="wrong", lost_digits=0)
    return replace(found, verdicts=verdicts)


def _mean_agrees(task: Task, rows: Sequence[tuple[dict[str, Any], Numbers]]) -> bool:
    """Whether gradient · direction is the difference quotient of the mean value, by the sums that a batch takes."""
    totals = Totals((0.0,) * len(rows[0][1]))
    totals.add(block_sums([numbers for _, numbers in rows], None, totals.pivot, ()))
    mean = totals.closed().means[1:]
    rng = random.Random(_SEED)  # noqa: S311  # the same direction in every run
    move = {name: rng.choice((-1.0, 1.0)) * max(1.0, abs(task.parameters[name])) for name in task.wrt}
    data = [row for row, _ in rows]
    quotient = _quotient(task.circuit, task.parameters, move, data)
    if quotient is None:
        return True
    found = total(gradient * step for gradient, step in zip(mean, move.values(), strict=True))
    size = total(
        abs(gradient * step) for _, numbers in rows for gradient, step in zip(numbers[1:], move.values(), strict=True)
    ) / len(rows)
    if not (math.isfinite(found) and math.isfinite(size)):
        return True  # beyond the doubles there is no difference to compare
    return abs(found - quotient) <= _TOLERANCE * max(size, abs(quotient)) + _STEP


def _quotient(
    circuit: Circuit, parameters: Mapping[str, float], move: Mapping[str, float], rows: Sequence[Mapping[str, float]]
) -> float | None:
    """(F(θ + h·u) - F(θ - h·u)) / 2h of the mean value F; None where a value is missing there."""
    balls = Balls(_BITS, of_doubles=True)
    rules, whole = Rules(balls), balls.zero
    for row in rows:
        for sign, joined in ((1, "add"), (-1, "sub")):
            point = {name: from_float(float(value)) for name, value in (dict(parameters) | dict(row)).items()}
            point |= {name: point[name] + from_float(sign * _STEP * step) for name, step in move.items()}
            run = forward(circuit, point, rules)
            if circuit.output in run.failed:
                return None
            whole = balls.operations[joined](whole, run.values[circuit.output])
    return balls.to_float(whole) / (2 * _STEP * len(rows))
