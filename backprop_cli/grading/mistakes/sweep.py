"""One run in plain floats, and the backward pass again with some wires changed. No rule of a gate stands here.

For given values the backward pass is linear in the local gradients, so a broken rule is an ``Edit``: other local
gradients on some wires, or another upstream gradient that some gates hand on. Only what an edit changes is computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from backprop_cli.circuit import Circuit
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward
from backprop_cli.engine.rules import Rules
from backprop_cli.grading.mistakes.slopes import TEXTBOOK, computed

Place = tuple[int, int]
"""A wire: the gate that it enters, and which of the gate's inputs it is."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What is broken: local gradients by wire, and what gates hand on in place of their upstream gradient."""

    slopes: Mapping[Place, float] = field(default_factory=dict)
    upstreams: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Tape:
    """One run: its values, and from them its local gradients and gradients.

    ``wanted`` marks the nodes whose gradient was asked for. ``written`` has the rules of gates whose slopes are worked
    out in another way than the table's. A number that does not exist is NaN, which no answer ever fits.
    """

    circuit: Circuit
    rules: Rules
    values: Sequence[float]
    wanted: bytearray
    written: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, forth: Forward, back: Backward) -> Tape:
        """The tape of a run that was made."""
        wanted = bytearray(gradient is not None for gradient in back.gradients)
        values = [math.nan if value is None else float(value) for value in forth.values]
        return cls(forth.circuit, forth.rules, values, wanted)

    def with_values(self, values: Sequence[float]) -> Tape:
        """The tape over other values, its local gradients worked out from them as by hand."""
        return replace(self, values=values, written=TEXTBOOK)

    @cached_property
    def slopes(self) -> list[tuple[float | None, ...]]:
        """Each gate's local gradients; None for a wire behind which nothing was asked."""
        return [self._slopes(index) for index in range(len(self.values))]

    def _slopes(self, index: int) -> tuple[float | None, ...]:
        """Of every wanted input, also of one that no gradient reaches."""
        node, wanted = self.circuit.nodes[index], self.wanted
        if not node.is_gate or not wanted[index]:
            return (None,) * len(node.inputs)
        text = self.written.get(node.op)
        return tuple(
            (computed(self.rules, node.op, text, wires) if text else self._slope(node.op, position, wires))
            if wanted[source]
            else None
            for position, (source, wires) in enumerate(zip(node.inputs, self.wires(index), strict=True))
        )

    def _slope(self, op: str, position: int, wires: tuple[float, ...]) -> float:
        if op != "where" and not all(map(math.isfinite, wires)):
            return math.nan
        row = self.rules[op]
        try:
            # A student's own value may lie where the gate has none: there its slope may take forever.
            local = row.local(wires, position) if row.domain is None or row.domain(wires) else None
            return math.nan if local is None else float(local)
        except (ArithmeticError, ValueError):
            return math.nan

    def wires(self, gate: int) -> Sequence[tuple[float, ...]]:
        """For each input, what the rule of its local gradient sees."""
        node = self.circuit.nodes[gate]
        return self.rules[node.op].seen([self.values[source] for source in node.inputs], self.values[gate])

    @cached_property
    def live(self) -> bytearray:
        """1 for every node on a way to the output."""
        return self.circuit.feeding([self.circuit.output])

    @cached_property
    def gates(self) -> tuple[int, ...]:
        """The gates that the backward pass goes through, in order."""
        first = self.circuit.first_gate
        return tuple(i for i in range(first, self.circuit.output + 1) if self.live[i] and self.wanted[i])

    @cached_property
    def feeds(self) -> list[list[Place]]:
        """The wires that each wanted node feeds, in the order in which their contributions arrive."""
        found: list[list[Place]] = [[] for _ in self.circuit.nodes]
        for gate in reversed(self.gates):
            for position, source in enumerate(self.circuit.nodes[gate].inputs):
                if self.wanted[source]:
                    found[source].append((gate, position))
        return found

    @cached_property
    def gradients(self) -> list[float]:
        """∂output/∂node for every wanted node."""
        return self.backward({})

    def backward(self, forced: Mapping[int, float]) -> list[float]:
        """What the nodes hand on in a backward pass in which some have a number of their own."""
        found = [math.nan] * len(self.wanted)
        for node in range(len(found) - 1, -1, -1):
            if self.wanted[node]:
                found[node] = forced[node] if node in forced else self.arriving(node, found)
        return found

    def rounded(self, rounding: Callable[[float], float], at: Collection[int]) -> list[float]:
        """The backward pass, in which some nodes round their sum before they hand it on."""
        found = [math.nan] * len(self.wanted)
        for node in range(len(found) - 1, -1, -1):
            if self.wanted[node]:
                total = self.arriving(node, found)
                found[node] = rounding(total) if node in at else total
        return found

    def arriving(self, node: int, upstreams: Sequence[float]) -> float:
        """The sum of the contributions that arrive at a node, given what the gates hand on.

        A gate with nothing to hand on is not asked for its slope: behind a branch not taken there may be none.
        """
        total = 1.0 if node == self.circuit.output else 0.0
        for gate, slope in self._carried[node]:
            upstream = upstreams[gate]
            if upstream:
                total += upstream * slope
        return total

    @cached_property
    def _carried(self) -> list[list[tuple[int, float]]]:
        """``feeds``, each wire as its gate and its local gradient."""
        return [[(gate, self.slope(gate, position)) for gate, position in wires] for wires in self.feeds]

    def slope(self, gate: int, position: int) -> float:
        """A wire's local gradient; NaN where there is none."""
        slope = self.slopes[gate][position]
        return math.nan if slope is None else slope

    def changed(self, edit: Edit) -> dict[int, float]:
        """The gradients that an edit changes, by node."""
        nodes, truth = self.circuit.nodes, self.gradients
        new: dict[int, float] = {}
        handed = dict(edit.upstreams)
        due = {nodes[gate].inputs[position] for gate, position in edit.slopes}
        due.update(source for gate in handed for source in nodes[gate].inputs if self.wanted[source])
        for node in range(max(due, default=-1), -1, -1):
            if node not in due:
                continue
            total = 1.0 if node == self.circuit.output else 0.0
            for place in self.feeds[node]:
                gate, position = place
                upstream = handed[gate] if gate in handed else truth[gate]
                if upstream:
                    total += upstream * (edit.slopes[place] if place in edit.slopes else self.slope(gate, position))
            if total != truth[node]:
                new[node] = total
                if node not in handed:
                    handed[node] = total
                    due.update(source for source in nodes[node].inputs if self.wanted[source])
        return new
