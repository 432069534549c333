"""What the problems of one expression share, so that a key pays for it once: its circuit, its points, its functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.circuit import Circuit
from backprop_cli.differentiation import has_arrays
from backprop_cli.engine.point import from_mapping, numbers
from backprop_cli.engine.rules import Rules
from backprop_cli.grading.formulas.equality import Formulas
from backprop_cli.grading.keys.key import KeyProblem
from backprop_cli.grading.names import Asked
from backprop_cli.reading import read

_ReadBy = tuple[str, bool, frozenset[str]]


@dataclass(frozen=True)
class Expression:
    """One circuit; ``points`` are all at which the key asks for it, ``functions`` its quantities as functions."""

    circuit: Circuit
    points: tuple[Mapping[str, float], ...]
    functions: dict[Asked, Formulas] = field(default_factory=dict)


class Expressions:
    """The expressions of a key, each read when it is first asked for."""

    def __init__(self, problems: Iterable[KeyProblem]) -> None:
        self._points: dict[str, list[Mapping[str, str]]] = {}
        for problem in problems:
            self._points.setdefault(problem.expression, []).extend(problem.at)
        self._known: dict[_ReadBy, Expression] = {}

    def of(self, problem: KeyProblem) -> Expression:
        """That of a problem. Raises ``Refused`` if it cannot be read."""
        bound = frozenset(name for at in (*problem.at, problem.vary) for name in at)
        key = problem.expression, problem.share, bound
        if key not in self._known:
            name = f"expression of {problem.id}"
            circuit = read(problem.expression, bound=bound, share=problem.share, name=name, arrays=True)
            rules = Rules(Float64())
            given = [from_mapping(at) for at in self._points[problem.expression] if circuit.inputs.keys() <= at.keys()]
            points = tuple(numbers(circuit, point, rules) for point in given if not has_arrays(circuit, point))
            self._known[key] = Expression(circuit, points)
        return self._known[key]
