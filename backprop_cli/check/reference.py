"""The same circuit at the same point as enclosures, at any precision, by definitions that share no rule with the table.

In a run with doubles the point is the exact binary value of each input and each literal the double nearest to it, so
that a reference answers for the very numbers that the run used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flint import arb

from backprop_cli import limits
from backprop_cli.arithmetic.ball_arithmetic import Balls
from backprop_cli.arithmetic.balls import add, from_float, from_text, is_finite, mul, radius, working
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.sides import Here, OneSided
from backprop_cli.circuit import CONSTANT, INPUT, Circuit
from backprop_cli.engine.backward import Backward, backward
from backprop_cli.engine.forward import Forward, forward, refuse_without_output
from backprop_cli.engine.point import Point, numbers
from backprop_cli.engine.rules import Rules

_FIRST_BITS = 128
_SCALE_BITS = 64


@dataclass(frozen=True)
class Reference:
    """A run's circuit and point, ready at any precision."""

    run: Forward
    point: Point
    _rules: dict[int, Rules] = field(default_factory=dict)

    @property
    def circuit(self) -> Circuit:
        """The run's."""
        return self.run.circuit

    @property
    def of_doubles(self) -> bool:
        """Whether the run's numbers were doubles."""
        return self.run.arithmetic.doubles

    def literal(self, text: str) -> Number:
        """What a literal of the user stands for, at the working precision."""
        if not self.of_doubles:
            return from_text(text)
        value = math.pi if text == "pi" else math.e if text == "e" else float(text)
        return from_float(value) if math.isfinite(value) else None

    def numbers(self, bits: int) -> list[Number]:
        """Those of the inputs and literals, by node; None where there is none."""
        with working(bits):
            return [
                self._input(node.text, index, bits) if node.op == INPUT else self.literal(node.text)
                for index, node in enumerate(self.circuit.nodes[: self.circuit.first_gate])
            ]

    def _input(self, name: str, index: int, bits: int) -> Number:
        if self.of_doubles:
            return from_float(self.run.values[index])
        given = self.point[name].circuit
        starts = [from_text(node.text) for node in given.nodes[: given.first_gate] if node.op == CONSTANT]
        return Here(given, starts, bits).number(given.output)

    def here(self, bits: int, forced: Mapping[int, int] | None = None) -> Here:
        """The circuit at the point."""
        return Here(self.circuit, self.numbers(bits), bits, forced)

    def evaluate(self, circuit: Circuit, bits: int) -> Here:
        """Another circuit over the same variables; its other inputs are the literals, by their symbols' names.

        Its own constants are exact.
        """
        values = self.numbers(bits)
        with working(bits):
            starts = [
                self._named(node.text, values) if node.op == INPUT else from_text(node.text)
                for node in circuit.nodes[: circuit.first_gate]
            ]
        return Here(circuit, starts, bits)

    def _named(self, name: str, values: Sequence[Number]) -> Number:
        node = self.circuit.inputs.get(name)
        return self.literal(name.rstrip("'")) if node is None else values[node]

    def rules(self, bits: int) -> Rules:
        """The gate table in balls."""
        if bits not in self._rules:
            self._rules[bits] = Rules(Balls(bits, of_doubles=self.of_doubles))
        return self._rules[bits]

    def by_rules(self, bits: int, targets: bytearray) -> Backward:
        """The sweeps themselves in balls. Raises ``Refused``."""
        rules = self.rules(bits)
        if self.of_doubles:
            at = {name: from_float(self.run.values[node]) for name, node in self.circuit.inputs.items()}
        else:
            at = numbers(self.circuit, self.point, rules)
        run = forward(self.circuit, at, rules)
        refuse_without_output(run)
        return backward(run, targets)

    def ladder(self) -> Iterator[int]:
        """Precisions to try, up to what the circuit's gates allow in about a second."""
        bits, most = _FIRST_BITS, max(most_bits(self.circuit), 2 * getattr(self.run.arithmetic, "bits", 0))
        while bits <= most:
            yield bits
            bits *= 2

    def slope(self, seeds: Mapping[int, Number], allowed: float) -> OneSided | None:
        """The output's along a direction in some nodes, where a precision tells it to within ``allowed``."""
        for bits in self.ladder():
            side = self.here(bits).side(seeds, 1)
            if side.word == "slope" and radius(side.slope) < allowed:
                return side
        return None


def most_bits(circuit: Circuit) -> int:
    """The highest precision of a reference: bits times gates times what a gate of its kind costs is bounded."""
    gates = circuit.nodes[circuit.first_gate :]
    weight = sum(limits.SLOW_GATES.get(node.op, 1) for node in gates)
    return max(2 * _FIRST_BITS, min(limits.REFERENCE_BITS, limits.REFERENCE_WORK // max(weight, 1)))


def scales(run: Forward, sweep: Backward) -> list[Number]:
    """The backward pass on absolute values: for each node the size of the terms that its gradient adds up."""
    found: list[Number] = [arb(0)] * len(run.circuit.nodes)
    found[run.circuit.output] = arb(1)
    enclosed = run.arithmetic.enclosed
    with working(_SCALE_BITS):
        for index in range(run.circuit.output, run.circuit.first_gate - 1, -1):
            for source, local in zip(run.circuit.nodes[index].inputs, sweep.locals[index], strict=False):
                if local is None or not run.arithmetic.is_finite(local):
                    continue
                size = abs(enclosed(local, _SCALE_BITS))
                if is_finite(size):
                    found[source] = add(found[source], mul(size, found[index]))
    return found
