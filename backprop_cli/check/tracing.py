"""The one-sided slopes of each target, at as much precision as they take, and the value beside them.

Each precision of the ladder is asked for what the one before it left open. What no precision tells is an edge: exact
arithmetic is asked once whether a gate stands on it, and the ladder goes on with that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flint import arb

from backprop_cli.arithmetic.balls import ONE, is_finite, is_zero, radius
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.edges import exact_run, on_edge
from backprop_cli.check.reference import Reference
from backprop_cli.check.series import Gap, NearEdgeError, NoSeriesError, NotKnownError, NoValueError
from backprop_cli.check.sides import Here, OneSided, near
from backprop_cli.engine.forward import Forward

_ENOUGH_BITS = 2_048  # from here on a slope need only be sharp beside the terms that cancelled in it
_BELOW_DOUBLES = arb(2) ** -1_300


@dataclass(frozen=True, slots=True)
class Trace:
    """A target's two sides; they are one where it is ``smooth``."""

    left: OneSided
    right: OneSided

    @property
    def smooth(self) -> bool:
        """Whether nothing on the way stands on an edge."""
        return self.left.smooth

    @property
    def edge(self) -> int | None:
        """The gate whose side no precision told."""
        return next((side.edge for side in (self.left, self.right) if side.word == "undecided"), None)


@dataclass
class Tracing:
    """Follows a circuit for the slopes of its targets; ``bits`` is how many right bits are wanted."""

    reference: Reference
    scales: list[Number]
    bits: int
    forced: dict[int, int] = field(default_factory=dict)
    _exact: list[Forward | None] = field(default_factory=list)

    def run(self, targets: Mapping[str, int]) -> tuple[Here, dict[int, Trace]]:
        """The circuit at the point, at the last precision that was needed, and each target node's sides."""
        here, found = self._climb(list(targets.values()))
        edge = self._edge(here, found)
        while edge is not None and edge not in self.forced and self._stands_on(edge):
            self.forced[edge] = 0
            here, found = self._climb(list(targets.values()))
            edge = self._edge(here, found)
        return here, found

    def _climb(self, nodes: list[int]) -> tuple[Here, dict[int, Trace]]:
        found: dict[int, Trace] = {}
        for bits in self.reference.ladder():
            here = self.reference.here(bits, self.forced)
            waits = [node for node in nodes if node not in found or not self._settled(found[node], node, bits // 2)]
            found |= {node: _trace(here, node) for node in waits if here.number(node) is not None}
            if self._value_settled(here) and all(self._settled(trace, node, bits) for node, trace in found.items()):
                break
        return here, found

    def _value_settled(self, here: Here) -> bool:
        gap, value = here.gaps[here.circuit.output], here.number(here.circuit.output)
        if value is None:
            return isinstance(gap, (NoValueError, NoSeriesError))
        return self._sharp(value) or here.bits >= _ENOUGH_BITS

    def _settled(self, trace: Trace, node: int, bits: int) -> bool:
        """Whether no higher precision is wanted for a target."""
        return all(self._side_settled(side, node, bits) for side in (trace.left, trace.right))

    def _side_settled(self, side: OneSided, node: int, bits: int) -> bool:
        if side.word in ("undecided", "not known"):
            return False
        if side.word != "slope" or self._sharp(side.slope):
            return True
        return bits >= _ENOUGH_BITS and radius(side.slope) * arb(2) ** (self.bits + 64) < self.scales[node]

    def _sharp(self, value: Number) -> bool:
        return is_zero(value) or bool(
            arb(value).rel_accuracy_bits() >= self.bits
            or (self.reference.of_doubles and is_finite(value) and abs(arb(value)) < _BELOW_DOUBLES)
        )

    def _edge(self, here: Here, found: Mapping[int, Trace]) -> int | None:
        gap = here.gaps[here.circuit.output]
        if isinstance(gap, NearEdgeError):
            return gap.gate if near(gap, here.bits) else None
        return next((trace.edge for trace in found.values() if trace.edge is not None), None)

    def _stands_on(self, edge: int) -> bool:
        if not self._exact:
            self._exact.append(exact_run(self.reference))
        return self._exact[0] is not None and on_edge(self._exact[0], edge)


def _trace(here: Here, node: int) -> Trace:
    right = here.side({node: ONE}, 1)
    return Trace(right, right) if right.smooth else Trace(here.side({node: ONE}, -1), right)


def gap_reason(gap: Gap | None) -> str:
    """Why there is no reference, for the reader."""
    if isinstance(gap, NoValueError):
        return "with exact numbers the output has no value here"
    if isinstance(gap, NotKnownError):
        return "no precision encloses the numbers on the way"
    return "no power series describes the output here"
