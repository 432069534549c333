"""The quantity asked for, as a function: its truth at any point, in doubles to search, enclosed to compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from backprop_cli.arithmetic.balls import ONE, from_text, working
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.blame import overlap
from backprop_cli.check.series import NoSeriesError, NoValueError
from backprop_cli.check.sides import Here, OneSided
from backprop_cli.circuit import INPUT, Circuit
from backprop_cli.engine.backward import backward
from backprop_cli.engine.forward import Forward, forward
from backprop_cli.engine.rules import Rules, rule_circuit
from backprop_cli.gates import GATES
from backprop_cli.grading.formulas.candidates import At
from backprop_cli.grading.formulas.extent import Extent, extent, is_sharp
from backprop_cli.grading.names import Asked

BITS = 192
_LADDER, _LADDER_SLOW = (BITS, 768, 3_200), (BITS, 640)
_SLOW = {"polygamma": 300, "digamma": 100, "lgamma": 20, "gamma": 20, "erf": 5, "erfc": 5, "gelu": 5}
_CLOSE = tuple(2.0**-power for power in range(7, 41))
_WAY = (*_CLOSE, *(step / 96 for step in range(1, 96)), *(1 - end for end in _CLOSE))
_BEND = 0.37
_ENOUGH = 40  # right bits, for a truth to be one

Location = Mapping[str, Number]
"""A point as the exact numbers that its variables are."""


@dataclass(frozen=True, slots=True)
class RunPoint:
    """A point inside the domain, run in doubles; ``plain`` has the value of every variable and stage."""

    at: At
    run: Forward
    plain: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Sample:
    """The truth at a point, enclosed with ``bits``; ``known`` encloses the value of every variable and stage.

    ``extent`` is that of the numbers on the way. ``between`` are the one-sided slopes where the point is on a kink.
    """

    at: Location
    known: Mapping[str, Number]
    truth: Number
    bits: int
    extent: Extent
    between: tuple[Number, Number] | None = None


class _MoreBitsError(Exception):
    """So many bits do not show the truth."""


class QuantityFunction:
    """A value or a derivative of a circuit's node, ready at any point and precision."""

    def __init__(self, circuit: Circuit, asked: Asked) -> None:
        self.circuit, self.asked = replace(circuit, output=asked.of), asked
        self.names = known_names(circuit)
        self.cost = cost(circuit)
        self._marks = self.circuit.reach([asked.by]) if asked.by is not None else None
        self._doubles = Rules(Float64())

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the circuit."""
        return tuple(self.circuit.inputs)

    def spot(self, at: At, *, kinks: bool = False) -> RunPoint | None:
        """The point in doubles; None outside the domain, or for a slope on a kink, unless those are wanted."""
        run = forward(self.circuit, at, self._doubles)
        if run.values[self.circuit.output] is None:
            return None
        if run.kinks and not kinks and not self.asked.is_value and run.live_kinks:
            return None
        if self._marks is not None and self.asked.by in backward(run, self._marks).failed:
            return None
        return RunPoint(at, run, {name: run.values[node] for name, node in self.names.items()})

    def sample(self, at: Location, least: int = BITS) -> Sample | None:
        """The truth at a point, with as few bits from ``least`` on as show it; None where there is none."""
        for bits in ladder(self.circuit):
            if bits < least:
                continue
            here = self._here(at, bits)
            if here.number(self.circuit.output) is None:
                if isinstance(here.gaps[self.circuit.output], (NoValueError, NoSeriesError)):
                    return None
                continue
            try:
                return self._told(at, here)
            except _MoreBitsError:
                continue
        return None

    def _here(self, at: Location, bits: int) -> Here:
        return Here(self.circuit, starts(self.circuit, at, bits), bits)

    def _told(self, at: Location, here: Here) -> Sample | None:
        """The sample, None where there is no truth. Raises ``_MoreBitsError`` where these bits do not show it."""
        by, value = self.asked.by, here.number(self.circuit.output)
        sides = (OneSided("slope", value, smooth=True),) if by is None else self._sides(here, by)
        words = {side.word for side in sides}
        if words & {"undecided", "not known"}:
            raise _MoreBitsError
        if words != {"slope"}:
            return None
        first, last, sizes = sides[0].slope, sides[-1].slope, extent(here)
        apart = first is not last and not overlap(first, last)
        if not is_sharp(last, _ENOUGH) and (here.bits < ladder(self.circuit)[-1] or not sizes.hardly(last, here.bits)):
            raise _MoreBitsError
        known = {name: here.number(node) for name, node in self.names.items()}
        return Sample(at, known, last, here.bits, sizes.beside(last), (first, last) if apart else None)

    def _sides(self, here: Here, by: int) -> tuple[OneSided, ...]:
        if by == self.circuit.output:
            return (OneSided("slope", ONE, smooth=True),)
        if here.number(by) is None:
            return (OneSided("no value"),)
        right = here.side({by: ONE}, 1)
        return (right,) if right.smooth else (here.side({by: ONE}, -1), right)

    @cached_property
    def depends(self) -> frozenset[str]:
        """The variables that the quantity depends on, as far as its rules mention them."""
        if self.asked.by is None:
            return self.behind([self.circuit.output])
        moved, used = self.circuit.reach([self.asked.by]), set()
        feeding = self.circuit.feeding([self.circuit.output])
        for index, node in enumerate(self.circuit.nodes):
            if not feeding[index]:
                continue
            for position, source in enumerate(node.inputs):
                if moved[source]:
                    used |= _wires(self.circuit, index, position)
        return self.behind(used)

    def behind(self, nodes: Iterable[int]) -> frozenset[str]:
        """The variables from which these nodes are fed."""
        feeding = self.circuit.feeding(nodes)
        return frozenset(name for name, index in self.circuit.inputs.items() if feeding[index])


def connected(circuit: Circuit, rules: Rules, start: Mapping[str, float], end: Mapping[str, float]) -> bool:
    """Whether ways between two points stay in the domain of the output, as far as some points on them tell.

    One is bent, so that variables change their signs one after the other, and is looked at where one is 0 and between
    two such places; the others go from variable to variable. ``rules`` are those of doubles.
    """
    corners, names = [dict(start), dict(start)], [*start]
    for one, other in zip(names, reversed(names), strict=True):
        for corner, name in zip(corners, (one, other), strict=True):
            corner[name] = end[name]
            if forward(circuit, corner, rules).values[circuit.output] is None:
                return False
    bends = {name: 1 + _BEND * (number % 7) for number, name in enumerate(start)}
    crossings = {
        name: (value / (value - end[name])) ** (1 / bends[name])
        for name, value in start.items()
        if value * end[name] < 0
    }
    between = [(one + other) / 2 for one, other in pairwise(sorted(crossings.values()))]
    for way in (*_WAY, *between, *crossings.values()):
        at = {
            name: 0.0 if crossings.get(name) == way else value + (end[name] - value) * way ** bends[name]
            for name, value in start.items()
        }
        if forward(circuit, at, rules).values[circuit.output] is None:
            return False
    return True


def starts(circuit: Circuit, at: Mapping[str, Number], bits: int) -> list[Number]:
    """The numbers of a circuit's variables and literals, by node; each decimal is what it says, exactly."""
    with working(bits):
        return [
            at[node.text] if node.op == INPUT else from_text(node.text) for node in circuit.nodes[: circuit.first_gate]
        ]


def ladder(*circuits: Circuit) -> tuple[int, ...]:
    """The precisions to try, as many bits as the gates allow in little time."""
    slow = any(node.op in _SLOW for circuit in circuits for node in circuit.nodes)
    return _LADDER_SLOW if slow else _LADDER


def known_names(circuit: Circuit) -> dict[str, int]:
    """The nodes that a formula may name: variables, stages, and the output as it is called."""
    named = circuit.inputs | {stage.name: stage.node for stage in circuit.stages}
    return {circuit.output_name: circuit.output} | named


def cost(circuit: Circuit) -> int:
    """How much work a run is, in plain gates."""
    return len(circuit.nodes) + sum(_SLOW.get(node.op, 0) for node in circuit.nodes)


def _wires(circuit: Circuit, index: int, position: int) -> set[int]:
    """The nodes whose values a gate's local gradient mentions."""
    node, gate = circuit.nodes[index], GATES[circuit.nodes[index].op]
    mentioned = rule_circuit(gate.slope(position).text or "0").inputs
    if gate.many:
        return set(node.inputs)
    wires = dict(zip(gate.wires, (*node.inputs, index), strict=True))
    return {wires[name] for name in mentioned}
