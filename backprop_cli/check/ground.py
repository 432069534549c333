"""The same circuit at the same point with as many digits as a check asks for.

In a double-precision run the point is the exact binary value of each input and each literal the double nearest to it,
so that a reference answers for the very numbers that the run used.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from backprop_cli.arithmetic.base import Number
from backprop_cli.arithmetic.digits import Digits
from backprop_cli.circuit import Circuit
from backprop_cli.engine.backward import Backward, backward
from backprop_cli.engine.forward import Forward, forward
from backprop_cli.engine.point import Point, numbers
from backprop_cli.engine.rules import Rules


@dataclass(frozen=True, slots=True)
class Ground:
    """A run's circuit and point, ready at any precision."""

    run: Forward
    point: Point
    _rules: dict[int, Rules] = field(default_factory=dict)

    def rules(self, bits: int) -> Rules:
        """The gate table at that precision."""
        if bits not in self._rules:
            self._rules[bits] = Rules(Digits(bits, of_doubles=self.run.arithmetic.name == "float64"))
        return self._rules[bits]

    def exact_rules(self, bits: int) -> Rules:
        """The gate table at that precision, for circuits whose constants are SymPy's own and not the user's."""
        if -bits not in self._rules:
            self._rules[-bits] = Rules(Digits(bits))
        return self._rules[-bits]

    def at(self, bits: int) -> dict[str, Number]:
        """Every variable's value at that precision."""
        circuit, arithmetic, rules = self.run.circuit, self.run.arithmetic, self.rules(bits)
        if arithmetic.name != "float64":
            return numbers(circuit, self.point, rules)
        context = rules.arithmetic.context  # type: ignore[attr-defined]  # these rules are for Digits
        return {name: arithmetic.in_digits(self.run.values[node], context) for name, node in circuit.inputs.items()}

    def forward(self, bits: int) -> Forward:
        """The circuit run at that precision."""
        return forward(self.run.circuit, self.at(bits), self.rules(bits))

    def backward(self, bits: int, targets: bytearray) -> tuple[Forward, Backward]:
        """The circuit run there and back at that precision."""
        run = self.forward(bits)
        return run, backward(run, targets)

    def evaluate(self, circuit: Circuit, bits: int) -> Forward:
        """Another circuit over the same variables; its other inputs are the literals, by their symbols' names."""
        point, literal = self.at(bits), self.rules(bits).arithmetic.number
        values = {name: point[name] if name in point else literal(name.rstrip("'")) for name in circuit.inputs}
        return forward(circuit, values, self.exact_rules(bits))


def scales(run: Forward, sweep: Backward) -> list[Number]:
    """The backward pass on absolute values: for each node the size of the terms that its gradient adds up."""
    arithmetic = run.arithmetic
    multiply, add, absolute = arithmetic.operations["mul"], arithmetic.operations["add"], arithmetic.absolute
    found: list[Number] = [arithmetic.zero] * len(run.circuit.nodes)
    found[run.circuit.output] = arithmetic.one
    for index in range(run.circuit.output, run.circuit.first_gate - 1, -1):
        for source, local in zip(run.circuit.nodes[index].inputs, sweep.locals[index], strict=False):
            if local is not None:
                found[source] = add(found[source], multiply(absolute(local), found[index]))
    return found
