"""The check of an array circuit: written out into scalar gates and judged component by component by the same oracles.

The pullbacks of the array table and the scalar gates share no rule but the scalar rows, so each proves the other.
``array_directions`` is for circuits too large for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from backprop_cli import limits
from backprop_cli.arithmetic.ball_text import to_float
from backprop_cli.check.verdict import Check, Verdict
from backprop_cli.engine.array_problems import place
from backprop_cli.engine.pullback import VectorGradients
from backprop_cli.engine.written_out import WrittenOut

_ORDER = ("wrong", "undecided", "unchecked", "imprecise", "kink", "limit", "ok")


@dataclass(frozen=True)
class ArrayVerdict:
    """The verdicts on an array's components as one: the worst word, and the component that is farthest off.

    ``expected`` has the reference of every component, NaN where there is none; ``counts`` how many have each word;
    ``one`` is the worst component's own verdict, at ``at``.
    """

    word: Any
    rel_error: float | None
    lost_digits: int
    at: tuple[int, ...]
    expected: Any
    counts: Mapping[str, int]
    one: Verdict | None = None

    @property
    def ok(self) -> bool | None:
        """As of a number's verdict."""
        return self.one.ok if self.one is not None else {"ok": True, "wrong": False}.get(self.word)


@dataclass(frozen=True)
class ArrayCheck:
    """The verdicts by node of the array circuit, and by which method they were found."""

    method: str
    verdicts: Mapping[int, ArrayVerdict]
    notes: tuple[str, ...] = ()
    broken: str = ""
    lost_in_value: int = 0
    components: int = 0

    @property
    def ok(self) -> bool | None:
        """Whether no gradient is wrong and nothing is broken; None if nothing could be compared."""
        said = [verdict.ok for verdict in self.verdicts.values()]
        if self.broken or False in said:
            return False
        return True if True in said or not said else None


class ScalarCheck(Protocol):
    """Runs the check of numbers on the circuit written out, with these gradients in place of its own."""

    def __call__(self, gradients: Mapping[int, float], value: float | None, method: str) -> Check:
        """A verdict for every element whose gradient is given."""


def by_components(
    out: WrittenOut,
    targets: Mapping[str, int],
    gradients: VectorGradients,
    value: float | None,
    method: str,
    judge: ScalarCheck,
) -> ArrayCheck:
    """The check of the circuit written out; ``method`` is ``symbolic`` where that takes no more than about 2 s."""
    numbers: dict[int, float] = {}
    for node in targets.values():
        numbers |= dict(
            zip(out.cells[node].ravel().tolist(), np.ravel(gradients.gradients[node]).tolist(), strict=True)
        )
    gates = len(out.circuit.nodes) - out.circuit.first_gate
    if method == "symbolic" and (len(numbers) > limits.SYMBOLIC_COMPONENTS or gates > limits.SYMBOLIC_SCALARS):
        method = "forward"
    check = judge(numbers, value, method)
    _answered(out, targets, gradients, check)
    return gathered(out, targets, check)


def _answered(out: WrittenOut, targets: Mapping[str, int], gradients: VectorGradients, check: Check) -> None:
    """Put in place the components that only their one-sided slopes give."""
    for node in targets.values() if check.answers else ():
        found = np.array(gradients.gradients[node], dtype=float)
        for place_, cell in enumerate(out.cells[node].ravel().tolist()):
            if cell in check.answers:
                found.flat[place_] = to_float(check.answers[cell])
        gradients.gradients[node] = found[()]


def gathered(out: WrittenOut, targets: Mapping[str, int], check: Check) -> ArrayCheck:
    """The verdicts on the elements of the circuit written out, gathered into one for each array."""
    verdicts = {node: _one(out.cells[node], check.verdicts) for node in targets.values()}
    components = sum(out.cells[node].size for node in targets.values())
    found = {node: verdict for node, verdict in verdicts.items() if verdict is not None}
    return ArrayCheck(check.method, found, check.notes, check.broken, check.lost_in_value, components)


def _one(cells: Any, verdicts: Mapping[int, Verdict]) -> ArrayVerdict | None:
    """The verdict on one array: the worst word; among its components the largest relative error."""
    each = [verdicts.get(cell) for cell in cells.ravel().tolist()]
    known = [(number, verdict) for number, verdict in enumerate(each) if verdict is not None]
    if not known:
        return None
    number, worst = min(known, key=lambda pair: (_ORDER.index(pair[1].word), -(pair[1].rel_error or 0.0)))
    errors = [verdict.rel_error for _, verdict in known if verdict.rel_error is not None]
    counts: dict[str, int] = {}
    for _, verdict in known:
        counts[verdict.word] = counts.get(verdict.word, 0) + 1
    at = tuple(int(one) for one in np.unravel_index(number, cells.shape)) if cells.shape else ()
    expected = np.array([np.nan if v is None or v.expected is None else v.expected for v in each]).reshape(cells.shape)
    lost = max(verdict.lost_digits for _, verdict in known)
    return ArrayVerdict(worst.word, max(errors, default=None), lost, at, expected, counts, worst)


def worst_place(name: str, verdict: ArrayVerdict) -> str:
    """The component that a verdict is about: ``W[0, 1]``."""
    return place(name, verdict.at)
