"""Straight-line programs over rows: every gate, every quick text, and random circuits against the engine for one row.

Where no status flag rises their numbers are right; where a row has no value, or no slope, a flag does rise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from circuits import programs
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.engine.buffers import BlockProgram, flags_raise
from backprop_cli.engine.guards import safe_input
from backprop_cli.engine.row_program import RowProgram
from backprop_cli.engine.straight import NotStraightError, Straight, straight
from backprop_cli.gates import GATES, Gate
from backprop_cli.problems import Refused
from backprop_cli.reading import read
from backprop_cli.reading.own_notation import gate_text
from backprop_cli.rows.block_engine import BlockEngine
from backprop_cli.rows.entries import entries
from backprop_cli.rows.number_rows import number_engine, quick_engine
from backprop_cli.rows.task import Task

GRID = (-30.0, -3.0, -2.5, -1.0, -0.5, -0.25, 0.0, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0, 7.0, 30.0)


def expression(gate: Gate, count: int) -> str:
    """The gate on parameters times columns, so that every input has a gradient that is asked for."""
    return gate_text(gate.name, tuple(f"(p{i}*x{i})" for i in range(count)))


def task_of(text: str, count: int) -> Task:
    circuit = read(text)
    data = tuple(f"x{i}" for i in range(count) if f"x{i}" in circuit.inputs)
    parameters = {name: 1.0 for name in circuit.inputs if name not in data}
    return Task(circuit, data, parameters, tuple(parameters))


def slopes(gate: Gate, count: int) -> tuple[str, ...]:
    return tuple(f"p{i}" for i in range(count) if gate.slope(i).text)


def one_row(task: Task, row: dict[str, float]) -> tuple[float, ...] | None:
    try:
        return number_engine(task)(task.parameters | row).numbers
    except Refused:
        return None


def many_rows(task: Task, columns: dict[str, np.ndarray], *, quick: bool) -> list[tuple[float, ...]] | None:
    """The rows at once; None where a flag rises."""
    size = len(next(iter(columns.values())))
    engine = BlockEngine(task, quick=quick)
    try:
        with flags_raise():
            found = engine.quick.results(engine.at(task.parameters).shared, columns, size)
    except FloatingPointError:
        return None
    return list(zip(*(np.broadcast_to(one, size).tolist() for one in found.numbers), strict=True))


def close(one: Sequence[float], other: Sequence[float], tolerance: float) -> bool:
    return all(a == b or abs(a - b) <= tolerance * max(abs(a), abs(b)) for a, b in zip(one, other, strict=True))


TOLERANCES = dict.fromkeys(["gamma", "lgamma", "digamma"], 1e-13)  # whose digamma is a series in many rows
SHAPES = [(name, count) for name, gate in GATES.items() for count in ((1, 2, 3) if gate.many else (len(gate.params),))]


@pytest.mark.parametrize("quick", [False, True], ids=["plain", "quick"])
@pytest.mark.parametrize(("name", "count"), SHAPES, ids=[f"{name}-{count}" for name, count in SHAPES])
def test_every_gate_row_by_row_and_many_at_once(name, count, quick):
    """Rows with a value agree; a block with a row that has none raises a flag, also if it is the only one."""
    gate = GATES[name]
    values = GRID if count < 3 else GRID[::3]
    rows = [dict(zip((f"x{i}" for i in range(count)), row, strict=True)) for row in product(values, count)]
    task = task_of(expression(gate, count), count)
    task = Task(task.circuit, task.data, task.parameters, slopes(gate, count))
    known = [one_row(task, row) for row in rows]
    good = [row for row, numbers in zip(rows, known, strict=True) if numbers is not None]
    found = many_rows(task, columns(good), quick=quick)
    if found is not None:  # a flag may rise although every row has a value: then each is asked
        for row, one, other in zip(good, found, [numbers for numbers in known if numbers is not None], strict=True):
            assert close(one, other, TOLERANCES.get(name, 1e-14)), row
    else:
        assert name in FALSE_ALARMS
    for row, numbers in zip(rows, known, strict=True):
        if numbers is None:
            assert many_rows(task, columns([row]), quick=quick) is None, row


@pytest.mark.parametrize(("name", "count"), SHAPES, ids=[f"{name}-{count}" for name, count in SHAPES])
def test_every_gate_by_a_program_for_one_row(name, count):
    """The program gives the numbers of the engine for one row, or none; where that has none, it has none."""
    gate = GATES[name]
    whole = task_of(expression(gate, count), count)
    task = Task(whole.circuit, whole.data, whole.parameters, slopes(gate, count))
    made = straight(task.circuit, task.data, task.wrt)
    program = RowProgram(made.code, (made.value, *made.gradients), made.required)
    scalars = program.scalars(entries(task, made).at(task.parameters).scalars)
    quick, answered = quick_engine(task), 0
    for row in product(GRID if count < 3 else GRID[::3], count):
        data = dict(zip((f"x{i}" for i in range(count)), row, strict=True))
        known, found = one_row(task, data), program.run(scalars, data)
        if known is None:
            assert found is None, data
            with pytest.raises(Refused):
                quick(task.parameters | data)
        else:
            assert close(quick(task.parameters | data).numbers, known, 1e-14), data
            answered += found is not None
    assert answered or name in FALSE_ALARMS


FALSE_ALARMS = {"atan2", "exp", "hypot", "gamma", "pow"}


def product(values: Sequence[float], count: int) -> list[tuple[float, ...]]:
    rows: list[tuple[float, ...]] = [()]
    for _ in range(count):
        rows = [(*row, value) for row in rows for value in values]
    return rows


def columns(rows: Sequence[dict[str, float]]) -> dict[str, np.ndarray]:
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


OVERFLOWS = ["exp(p0*x0)", "expm1(p0*x0)", "sinh(p0*x0)", "cosh(p0*x0)", "(p0*x0)^3", "p0*x0*x0", "p0*x0 + x0*1e300"]


@pytest.mark.parametrize("text", [*OVERFLOWS, "x0*1e300*1e300*p0"])
def test_overflow_raises_a_flag(text):
    task = task_of(text, 1)
    assert many_rows(task, {"x0": np.array([1e306, 1.0])}, quick=True) is None


@pytest.mark.parametrize("text", ["x0", "p0*x0", "-x0", "q = x0", "x0 + 0", "where(x0 > 0, x0, x0)", "p0*x0 - p0*x0"])
def test_the_smallest_circuits(text):
    task = task_of(text, 1)
    rows = [{"x0": value} for value in (-1.0, 0.0, 2.5)]
    assert many_rows(task, columns(rows), quick=True) == [one_row(task, row) for row in rows]


BRANCHES = [
    "where(x0 > 0, p0*log(x0), p1*x1)",
    "where(x0 > 0, log(p0*x0), where(x1 > 0, sqrt(p1*x1), p0))",
    "where(x0 > 0 and x1 > 0, p0*x1/x0, p1/(1 + x0^2))",
    "where(x0 > 1 or x1 > 1, acosh(p0*max(x0, x1)), p1)",
    "q = log(p0*x0); where(x0 > 0, q*q, p1) + where(x0 > 0, q, 0)",
    "where(x0 == 0, p0, sin(p0*x0)/x0)",
    "(x0 > 0 and log(x0) > 0)*p0 + (x0 <= 0 or sqrt(x0) > 1)*p1",
    "where(x0 > 0 and log(x0) > x1 or x1 > 0 and log(x1) > 0, p0*x0, p1*x1)",
    "where(not x0 > 0, exp(-p0*x0), exp(p1*x1)) + where(x0 > 0, 0, atanh(p0*x0/(1 + abs(x0))))",
    "relu(where(x0 > 0, p0*log(x0), -1)) + abs(p1*x1)",
]


@pytest.mark.parametrize("quick", [False, True], ids=["plain", "quick"])
@pytest.mark.parametrize("text", BRANCHES)
def test_branches_not_taken_raise_no_flag(text, quick):
    task = task_of(text, 2)
    rows = [{"x0": a, "x1": b} for a, b in product((-20.0, -1.0, -0.5, 0.0, 0.25, 1.0, 2.0, 20.0), 2)]
    known = [one_row(task, row) for row in rows]
    good = [row for row, numbers in zip(rows, known, strict=True) if numbers is not None]
    found = many_rows(task, columns(good), quick=quick)
    assert found is not None
    for one, other in zip(found, [numbers for numbers in known if numbers is not None], strict=True):
        assert close(one, other, 1e-13)


def test_a_safe_input_is_inside_every_domain():
    needing = {name for name, gate in GATES.items() if gate.domain and not gate.value}
    assert {name for name in needing if safe_input(name) is None} == set()
    assert safe_input("add") is None


def test_equal_instructions_are_one():
    made = straight(read("(w*x + b)^2 + sin(w*x + b)*(w*x + b)"), ("x",), ("w", "b"))
    assert sum(one.op == "mul" and not made.code.uniform(at) for at, one in enumerate(made.code.list)) < 10
    assert len(set(made.code.list)) == len(made.code.list)


def ops(made: Straight) -> set[str]:
    program = BlockProgram(made.code, (made.value, *made.gradients), made.required)
    return {step.call.__name__ for step in program.steps}


PEEPHOLES = [
    ("(w*x)^3", {"multiply"}),
    ("(w*x)^-1", {"multiply", "divide", "negative", "not_equal"}),
    ("w*x + 0 - 0", {"multiply"}),
    ("-(-(w*x))*1", {"multiply"}),
    ("w*x/4", {"multiply"}),
    ("relu(w*x)", {"multiply", "_larger", "greater", "_copied"}),
]


@pytest.mark.parametrize(("text", "expected"), PEEPHOLES, ids=[text for text, _ in PEEPHOLES])
def test_peepholes(text, expected):
    assert ops(straight(read(text), ("x",), ("w",))) == expected


def test_parameters_alone_are_worked_out_once():
    made = straight(read("q = exp(w)*b; q*x + sin(q) + w^2"), ("x",), ("w", "b"))
    assert ops(made) == {"multiply", "add"}
    assert len(made.values) == 3


@given(programs(), st.integers(0, 10**6))
def test_programs(program, seed):
    """Whole programs, some of whose variables are columns."""
    rng = np.random.default_rng(seed)
    circuit = read(program)
    names = list(circuit.inputs)
    split = int(rng.integers(1, len(names) + 1))
    data, rest = tuple(names[:split]), names[split:]
    task = Task(circuit, data, {name: float(rng.normal()) for name in rest}, tuple(rest))
    rows = [{name: float(rng.normal() * 2) for name in data} for _ in range(20)]
    known = [one_row(task, row) for row in rows]
    good = [row for row, numbers in zip(rows, known, strict=True) if numbers is not None]
    if not good:
        return
    try:
        found = BlockEngine(task).at(task.parameters).made(columns(good), len(good), lambda results: results)
    except NotStraightError:
        return
    if found is None:
        return
    whole = [np.broadcast_to(one, len(good)).tolist() for one in found.numbers]
    for one, other in zip(zip(*whole, strict=True), [one for one in known if one is not None], strict=True):
        assert all(math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in zip(one, other, strict=True))
