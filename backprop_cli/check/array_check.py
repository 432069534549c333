"""The check of an array circuit: written out into scalar gates and judged component by component by the same oracles.

The pullbacks of the array table and the scalar gates share no rule but the scalar rows, so each proves the other. A
circuit too large to be written out is compared with its own values along fixed pseudo-random directions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from backprop_cli import limits
from backprop_cli.arithmetic.ball_text import to_float
from backprop_cli.check.verdict import Check, Verdict
from backprop_cli.engine.array_problems import place
from backprop_cli.engine.pullback import VectorGradients
from backprop_cli.engine.vectorised import VectorRun, run_forward
from backprop_cli.engine.written_out import WrittenOut

_ORDER = ("wrong", "undecided", "unchecked", "imprecise", "kink", "limit", "ok")
_STEP, _AGREES, _DISAGREES = 2.0**-10, 1e-6, 1e-3


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


def not_rounding(check: Check, gradients: Mapping[int, float], own: Mapping[int, float]) -> Check:
    """The check, with ``wrong`` for a difference that is said to be rounding and is not.

    More digits take rounding away from the circuit written out, and it has the right gradient with or without them; so
    they say nothing about a pullback. Rounding would have touched both: where the doubles of the circuit written out
    (``own``) are right and the pullback's are far off, the pullback is wrong.
    """
    verdicts = dict(check.verdicts)
    for node, gradient in gradients.items():
        verdict = verdicts.get(node)
        if verdict is None or verdict.word != "imprecise" or verdict.expected is None:
            continue
        off, rounded = abs(gradient - verdict.expected), abs(own[node] - verdict.expected)
        if rounded <= _DISAGREES * off and (verdict.rel_error or 0.0) > _AGREES:
            verdicts[node] = replace(verdict, word="wrong", lost_digits=0)
    return replace(check, verdicts=verdicts)


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


def along_directions(
    run: VectorRun,
    point: Mapping[str, Any],
    targets: Mapping[str, int],
    gradients: VectorGradients,
    seed: Any,
    why: str,
) -> ArrayCheck:
    """The gradients of the variables against differences of the output along directions, by doubles alone."""
    inputs = {name: node for name, node in targets.items() if name in run.program.circuit.inputs}
    smooth = not any(gate is not None and gate.kink is not None for gate in run.program.gates)
    verdicts: dict[int, ArrayVerdict] = {}
    random = np.random.default_rng(20_250_101)
    value = _output(run, seed)
    for name, node in inputs.items():
        errors = [
            _along(value, point, name, gradients.gradients[node], random.choice([-1.0, 1.0], np.shape(point[name])))
            for _ in range(limits.DIRECTIONS)
        ]
        verdicts[node] = _verdict(errors, np.shape(point[name]), smooth=smooth)
    count = sum(int(np.size(gradients.gradients[node])) for node in inputs.values())
    note = f"checked along {limits.DIRECTIONS} directions to a relative error of {_AGREES:g}: {why}"
    return ArrayCheck("directional", verdicts, (note,), components=count)


def _output(run: VectorRun, seed: Any) -> Callable[[Mapping[str, Any]], float]:
    """The number that is differentiated, at another point."""

    def value(point: Mapping[str, Any]) -> float:
        again = run_forward(run.program, point)
        return float(np.sum(again.values[run.program.circuit.output] * seed))

    return value


def _along(
    value: Callable[[Mapping[str, Any]], float], point: Mapping[str, Any], name: str, gradient: Any, direction: Any
) -> tuple[float, float]:
    """How far gradient · direction is from the slope along it, and how far that slope may be trusted; relative."""
    # Each element moves in proportion to itself: a large one must not carry the small ones away.
    direction = direction * np.where(np.equal(point[name], 0), 1.0, np.abs(point[name]))
    slopes = []
    for step in (_STEP, _STEP / 2):
        ahead, behind = (value({**point, name: point[name] + sign * step * direction}) for sign in (1, -1))
        slopes.append((ahead - behind) / (2 * step))
    slope = (4 * slopes[1] - slopes[0]) / 3  # Richardson: the error of order step² cancels
    scale = float(np.sum(np.abs(gradient * direction))) or 1.0
    found = float(np.sum(gradient * direction))
    return abs(found - slope) / scale, abs(slope - slopes[1]) / scale


def _verdict(errors: list[tuple[float, float]], shape: tuple[int, ...], *, smooth: bool) -> ArrayVerdict:
    """What differences can say: nothing against a gradient where a kink may stand within the step."""
    worst, doubt = (max(column) for column in zip(*errors, strict=True))
    word = "unchecked"
    if worst <= _AGREES:
        word = "ok"
    elif smooth and worst > _DISAGREES and doubt < worst / 100:
        word = "wrong"
    count = int(np.prod(shape)) if shape else 1
    return ArrayVerdict(word, worst, 0, (), np.full(shape, np.nan), {word: count})


def worst_place(name: str, verdict: ArrayVerdict) -> str:
    """The component that a verdict is about: ``W[0, 1]``."""
    return place(name, verdict.at)
