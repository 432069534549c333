"""A question about rows of data or steps of descent, prepared once: an ordinary question about numbers.

Its circuit has a stage for each quantity that is asked for: the sum of the terms that the quantity is made of, so that
what cancels in it is known. Tolerances, verdicts and doubts are then those of any value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from fractions import Fraction
from functools import cached_property

from backprop_cli import limits
from backprop_cli.calculation import run
from backprop_cli.circuit import Circuit
from backprop_cli.descent.descent_calculation import objective_of
from backprop_cli.descent.objective import Objective
from backprop_cli.descent.rows import RowsObjective
from backprop_cli.engine.point import Point
from backprop_cli.grading.descent.descent_mistakes import DescentMistakes
from backprop_cli.grading.descent.descent_names import DescentNames, DescentQuantity
from backprop_cli.grading.descent.trajectory import Trajectory, Way, at_place
from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.names import Asked
from backprop_cli.grading.question import Ask, Question, prepare
from backprop_cli.grading.tolerance import Tolerance
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.reading import read
from backprop_cli.rows.files import found
from backprop_cli.rows.memory import MemoryTable, load
from backprop_cli.rows.rejects import Rejects
from backprop_cli.rows.row_records import Dialect
from backprop_cli.rows.selection import Selection
from backprop_cli.rows.source import Data
from backprop_cli.settings import Settings

_TERMS = 1_000  # of a mean: beyond, what cancels in it is not followed


@dataclass(frozen=True)
class DescentQuestion(Question):
    """A prepared question. ``quantities`` says what each stage's node holds."""

    goal: Objective = field(kw_only=True)
    way: Way = field(kw_only=True)
    quantities: Mapping[int, DescentQuantity] = field(kw_only=True)
    known: DescentNames = field(kw_only=True)

    @cached_property
    def names(self) -> DescentNames:
        """What the quantities are called."""
        return self.known

    def warm(self, answers: Sequence[Answer]) -> None:
        """Work out the mistakes' numbers, so that no student's time is spent on them."""
        _ = self.mistakes.outcomes

    @cached_property
    def mistakes(self) -> DescentMistakes:
        """What known mistakes give."""
        numbers = run(self.circuit, {}, Settings(check="none")).trace
        return DescentMistakes(numbers, self.goal, self.way, self.quantities)


def rows_of(paths: Sequence[str], names: Sequence[str], reading: Dialect | None = None) -> MemoryTable | None:
    """The rows of data files, None where there are none; ``names`` are those of the expression."""
    if not paths:
        return None
    with Data(found(paths), reading or Dialect()) as data:
        wanted = tuple(name for name in names if name in data.columns)
        return load(data, wanted, Selection(), Rejects(skip=False))


def prepare_descent(
    circuit: Circuit,
    point: Point,
    table: MemoryTable | None,
    rate: float | None,
    wanted: Sequence[str] | None,
    tolerance: Tolerance,
    weights: Mapping[str, Fraction] | None = None,
) -> DescentQuestion:
    """A question with its facts. ``wanted`` None asks for the mean gradient of every parameter.

    Raises ``Refused`` for a name that means nothing, for steps without a rate, and where there is no value.
    """
    goal = _goal(circuit, point, table)
    names = DescentNames(circuit, goal.parameters, {})
    quantities = _quantities(names, goal, _every(goal) if wanted is None else wanted, rate)
    if not quantities:
        hint = "they are called as in w after 3 steps, mean dw, dw row 2"
        raise Refused(Diagnostic("ask.name", "no answer is to a quantity of these rows or steps", hint))
    way = Way(0.0 if rate is None else rate)
    text = "\n".join(f"s{at} = {_terms(Trajectory(goal, way), one)}" for at, one in enumerate(quantities))
    made = read(text, name="what is asked")
    nodes = {one: stage.node for one, stage in zip(quantities, made.stages, strict=True)}
    base = prepare(made, {}, _asks(names, quantities, nodes, weights or {}), tolerance, "number")
    return DescentQuestion(
        **{one.name: getattr(base, one.name) for one in fields(Question) if one.init},
        goal=goal,
        way=way,
        quantities={node: one for one, node in nodes.items()},
        known=DescentNames(circuit, goal.parameters, {one: Asked(node) for one, node in nodes.items()}),
    )


def _goal(circuit: Circuit, point: Point, table: MemoryTable | None) -> Objective:
    if table is None:
        return objective_of(circuit, point)
    if len(table) > limits.KEY_ROWS:
        raise Refused(Diagnostic("key.size", f"there are {len(table):,} rows; the limit is {limits.KEY_ROWS:,}"))
    return RowsObjective(circuit, point, table, None)


def _every(goal: Objective) -> list[str]:
    return [f"mean d{name}" if goal.rows else f"d{name}" for name in goal.parameters]


def _asks(
    names: DescentNames,
    quantities: Mapping[DescentQuantity, str],
    nodes: Mapping[DescentQuantity, int],
    weights: Mapping[str, Fraction],
) -> list[Ask]:
    """What is asked for, with its weights. Raises ``Refused`` for a weight of nothing that is asked."""
    heavy = {names.quantity(name): weight for name, weight in weights.items()}
    for name in weights:
        if names.quantity(name) not in quantities:
            raise Refused(Diagnostic("ask.weight", f"{name} has a weight and is not asked for"))
    return [Ask(name, Asked(nodes[one]), heavy.get(one, Fraction(1))) for one, name in quantities.items()]


def answered(names: DescentNames, given: Sequence[str]) -> list[str]:
    """What is asked where only answers are given: each quantity once, by the first name it was given."""
    found: dict[DescentQuantity, str] = {}
    for name in given:
        meant = names.quantity(name)
        if meant is not None:
            found.setdefault(meant, name)
    return list(found.values())


def _quantities(
    names: DescentNames, goal: Objective, wanted: Sequence[str], rate: float | None
) -> dict[DescentQuantity, str]:
    """What is asked for, by the names that it was asked by. Raises ``Refused``."""
    found: dict[DescentQuantity, str] = {}
    problems: list[Diagnostic] = []
    for name in wanted:
        meant = names.quantity(name)
        problem = _unknown(names, name) if meant is None else _impossible(goal, name, meant, rate)
        if problem is None and meant in found:
            problem = Diagnostic("ask.twice", f"{name} and {found[meant]} are the same quantity")
        if problem is not None:
            problems.append(problem)
        elif meant is not None:
            found[meant] = name
    if problems:
        raise Refused(*problems)
    return found


def _unknown(names: DescentNames, name: str) -> Diagnostic:
    near = names.near(name)
    hint = f"did you mean {near}?" if near else "for example mean dw, dw row 2, w after 3 steps"
    return Diagnostic("ask.name", f"{name} is no quantity of this expression", hint)


def _impossible(goal: Objective, name: str, meant: DescentQuantity, rate: float | None) -> Diagnostic | None:
    """Why a quantity cannot be asked for."""
    if meant.steps > limits.KEY_STEPS:
        return Diagnostic("key.size", f"{name}: the limit is {limits.KEY_STEPS:,} steps")
    if meant.steps and rate is None:
        return Diagnostic("ask.rate", f"{name}: steps need a learning rate", "give it: lr = 0.1, or --lr 0.1")
    if meant.row is not None and not 1 <= meant.row <= goal.rows:
        return Diagnostic("ask.name", f"{name}: there are {goal.rows:,} rows")
    of = meant.moved or meant.gradient
    shape = getattr(goal.start[of], "shape", ()) if of is not None else ()
    if len(meant.place) != len(shape) or not all(-n <= at < n for at, n in zip(meant.place, shape, strict=False)):
        hint = f"name a component: {name}[{', '.join('0' * len(shape))}]" if shape and not meant.place else ""
        what = f"{of} is {tuple(shape)}" if shape else f"{of} is one number"
        return Diagnostic("ask.name", f"{name}: {what}", hint)
    return None


def _terms(course: Trajectory, asked: DescentQuantity) -> str:
    """A quantity as the sum that it is, in numbers that read back as the same doubles."""
    if asked.moved is not None:
        return _moved(course, asked)
    goal, point = course.goal, course.point(asked.steps)
    rows = [asked.row - 1] if asked.row is not None else range(goal.rows)
    if not 1 < len(rows) <= _TERMS:
        return _number(course, asked)
    weights = _weights(goal, rows)
    parts = []
    for row, weight in zip(rows, weights, strict=True):
        landing = goal.at(point, [row])
        one = landing.value if asked.gradient is None else at_place(landing.gradients[asked.gradient], asked.place)
        parts.append(f"{weight!r}*({one!r})")
    return f"({' + '.join(parts)})/{math.fsum(weights)!r}"


def _moved(course: Trajectory, asked: DescentQuantity) -> str:
    """A parameter after some steps: where it began, and every update."""
    assert asked.moved is not None
    parts = [f"({at_place(course.point(0)[asked.moved], asked.place)!r})"]
    for step in range(asked.steps):
        gradient = at_place(course.landing(step).gradients[asked.moved], asked.place)
        parts.append(f"{course.way.rate!r}*({gradient!r})")
    return " - ".join(parts)


def _weights(goal: Objective, rows: Sequence[int]) -> list[float]:
    weights = goal.table.weights if isinstance(goal, RowsObjective) else None
    return [1.0] * len(rows) if weights is None else [weights[row] for row in rows]


def _number(course: Trajectory, asked: DescentQuantity) -> str:
    """A quantity as the one number that it is. Raises ``Refused`` where there is none."""
    course.landing(asked.steps)
    number = course.number(asked)
    if number is None:
        raise Refused(Diagnostic("ask.name", f"row {asked.row} has no value"))
    return f"({number!r})"
