"""The check of an array circuit too large for one of its components: its slope along fixed pseudo-random directions.

Differences of its values come first, which cost a few runs; what they cannot confirm is asked of power series through
the circuit written out, which need no step. Only where there are none do differences accuse, if three steps agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from backprop_cli import limits
from backprop_cli.check.array_check import ArrayCheck, ArrayVerdict
from backprop_cli.check.blame import AGREES, DISAGREES
from backprop_cli.check.verdict import lost_digits
from backprop_cli.engine.pullback import VectorGradients
from backprop_cli.engine.vectorised import VectorRun, run_forward

_STEP = 2.0**-10
_STEADY = 1e-3


class SlopeAlong(Protocol):
    """The slope of the circuit written out, in one array of variables."""

    def __call__(self, node: int, direction: Any) -> tuple[float, float] | None:
        """By power series, and by its own gradients in doubles; None where no precision tells it, or on a kink."""


@dataclass(frozen=True, slots=True)
class _Difference:
    """How far a gradient is ``off`` along a direction, relative to its terms; ``steady``: three steps agree."""

    direction: Any
    off: float
    steady: bool


def along_directions(
    run: VectorRun,
    point: Mapping[str, Any],
    targets: Mapping[str, int],
    gradients: VectorGradients,
    seed: Any,
    why: str,
    series: SlopeAlong | None,
) -> ArrayCheck:
    """The gradients of the variables against the slope of the output along directions; ``why`` not by components."""
    inputs = {name: node for name, node in targets.items() if name in run.program.circuit.inputs}
    smooth = not any(gate is not None and gate.kink is not None for gate in run.program.gates)
    random = np.random.default_rng(20_250_101)
    value, verdicts, proved = _output(run, seed), dict[int, ArrayVerdict](), False
    for name, node in inputs.items():
        gradient, at = gradients.gradients[node], point[name]
        differences = [
            _difference(value, point, name, gradient, _direction(random, at)) for _ in range(limits.DIRECTIONS)
        ]
        worst = max(differences, key=lambda one: one.off)
        known = series(node, worst.direction) if series is not None and not worst.off <= AGREES else None
        if known is not None:
            proved, verdicts[node] = True, _by_series(*known, gradient, worst.direction)
        else:
            accused = smooth and series is None and worst.steady and worst.off > DISAGREES
            word = "ok" if worst.off <= AGREES else "wrong" if accused else "unchecked"
            verdicts[node] = _verdict(word, worst.off, np.shape(at))
    count = sum(int(np.size(gradients.gradients[node])) for node in inputs.values())
    note = f"checked along {limits.DIRECTIONS} directions to a relative error of {AGREES:g}: {why}"
    if proved:
        note += "; where differences do not tell, by power series"
    return ArrayCheck("directional", verdicts, (note,), components=count)


def _output(run: VectorRun, seed: Any) -> Callable[[Mapping[str, Any]], float]:
    """The number that is differentiated, at another point."""

    def value(point: Mapping[str, Any]) -> float:
        again = run_forward(run.program, point)
        return float(np.sum(again.values[run.program.circuit.output] * seed))

    return value


def _direction(random: np.random.Generator, at: Any) -> Any:
    """Each element moves in proportion to itself: a large one must not carry the small ones away."""
    return random.choice([-1.0, 1.0], np.shape(at)) * np.where(np.equal(at, 0), 1.0, np.abs(at))


def _difference(
    value: Callable[[Mapping[str, Any]], float], point: Mapping[str, Any], name: str, gradient: Any, direction: Any
) -> _Difference:
    slopes = []
    for step in (_STEP, _STEP / 2, _STEP / 4):
        ahead, behind = (value({**point, name: point[name] + sign * step * direction}) for sign in (1, -1))
        slopes.append((ahead - behind) / (2 * step))
    first, second, third = slopes
    slope = (4 * second - first) / 3  # Richardson: the error of order step² cancels
    scale = float(np.sum(np.abs(gradient * direction))) or 1.0
    found = float(np.sum(gradient * direction))
    spread = max(abs(first - second), abs(second - third))
    steady = abs(third) > 0 and spread <= _STEADY * min(abs(third), abs(found - slope))
    return _Difference(direction, abs(found - slope) / scale, steady)


def _by_series(slope: float, own: float, gradient: Any, direction: Any) -> ArrayVerdict:
    """Against the slope that is proved: ``wrong`` where the circuit written out has it, in doubles, too."""
    scale = float(np.sum(np.abs(gradient * direction))) or 1.0
    found = float(np.sum(gradient * direction))
    off = abs(found - slope) / scale
    if off <= AGREES:
        return _verdict("ok", off, np.shape(gradient))
    wrong = abs(own - slope) / scale <= DISAGREES * off
    return _verdict("wrong" if wrong else "imprecise", off, np.shape(gradient))


def _verdict(word: str, off: float, shape: tuple[int, ...]) -> ArrayVerdict:
    """One verdict for all components."""
    count = int(np.prod(shape)) if shape else 1
    lost = lost_digits(off) if word == "imprecise" else 0
    return ArrayVerdict(word, off, lost, (), np.full(shape, np.nan), {word: count})
