"""The first steps of a descent in the order in which a person does them: value, gradients, and each update written out.

A line is a rule of the optimizer with the number that stands for each of its names; nothing here formats a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.descent.descent_report import DescentReport
from backprop_cli.descent.loop import Visit
from backprop_cli.descent.objective import Landing
from backprop_cli.descent.updating import Recipe

FEW, SOME = 10, 3


@dataclass(frozen=True, slots=True)
class WorkLine:
    """``name = rule``: what stands for each name in the rule, and what comes out."""

    name: str
    rule: str
    numbers: Mapping[str, Number]
    result: Number


@dataclass(frozen=True, slots=True)
class Update:
    """One parameter's lines, of which the last is its new value."""

    parameter: str
    lines: tuple[WorkLine, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the value and the gradients where it begins, and what moves how.

    ``rows`` has each row of data alone, where they are few; value and gradients are then their means.
    """

    number: int
    value: float
    gradients: Mapping[str, Number]
    rows: Sequence[tuple[str, Landing]]
    updates: tuple[Update, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """The steps that are shown, the rules that all of them follow, and how many more there were."""

    output: str
    rules: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    more: int


def work(report: DescentReport) -> Work:
    """All steps where there are fewer than ten, else the first three."""
    shown = min(report.steps if report.steps < FEW else SOME, len(report.early) - 1)
    steps = tuple(written(report, before, after) for before, after in pairwise(report.early[: shown + 1]))
    return Work(report.output, rules(report.recipe), steps, report.steps - shown)


def rules(recipe: Recipe) -> tuple[tuple[str, str], ...]:
    """The optimizer's rules by the names of what they give, the parameter's last."""
    return (*recipe.optimizer.lines, ("w", recipe.optimizer.update(maximize=recipe.maximize)))


def written(report: DescentReport, before: Visit, after: Visit) -> Step:
    """The step from one point to the next."""
    updates = tuple(Update(name, tuple(_lines(report, name, before, after))) for name in before.gradients)
    rows = report.single_rows.get(before.step, ())
    return Step(after.step, before.value, before.gradients, rows, updates)


def _lines(report: DescentReport, name: str, before: Visit, after: Visit) -> Iterator[WorkLine]:
    """An optimizer's lines use each other's new values as soon as they are known."""
    recipe = report.recipe
    names = [line for line, _ in recipe.optimizer.lines]
    known: dict[str, Number] = {
        **recipe.chosen,
        "w": before.point[name],
        "g": before.gradients[name],
        "lr": recipe.rate_of(after.step),
        "t": float(after.step),
        **dict(zip(names, before.states[name], strict=True)),
    }
    results: Sequence[Number] = after.states[name]
    for (line, rule), result in zip(recipe.optimizer.lines, results, strict=True):
        yield WorkLine(line, rule, dict(known), result)
        known[line] = result
    yield WorkLine(name, recipe.optimizer.update(maximize=recipe.maximize), known, after.point[name])
