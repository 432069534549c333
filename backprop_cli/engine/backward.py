"""The backward pass: upstream × local is a wire's contribution, and contributions that meet at a node add up.

Only gates between the output and a target have work. The engine names no gate: what a local gradient is stands in the
table, and a wire that a routing gate leaves out is not followed, so that what lies behind it is never asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from backprop_cli.arithmetic.base import Number, Operation
from backprop_cli.engine.forward import Forward, shown
from backprop_cli.engine.rules import Compiled, no_gradient
from backprop_cli.problems import Diagnostic, Refused


@dataclass(frozen=True, slots=True)
class Backward:
    """Each node's gradient (None where none was asked) and each gate's local gradients, by input (None likewise)."""

    gradients: list[Number]
    locals: list[tuple[Number, ...]]
    multiply: Operation

    def contributions(self, index: int) -> tuple[Number, ...]:
        """What a gate's wires carried backward: upstream × local, None where nothing was asked."""
        upstream = self.gradients[index]
        return tuple(None if local is None else self.multiply(upstream, local) for local in self.locals[index])


def backward(run: Forward, targets: bytearray) -> Backward:
    """∂output/∂node for every node marked in ``targets`` (see ``Circuit.reach``) that the output depends on.

    A marked node on which the output does not depend has gradient 0. Raises ``Refused`` where a gate on the way has a
    value but no finite local gradient.
    """
    return _Sweep(run, targets).run()


class _Sweep:
    def __init__(self, run: Forward, targets: bytearray) -> None:
        count = len(run.circuit.nodes)
        self.forward, self.targets, self.arithmetic = run, targets, run.arithmetic
        self.gradients: list[Number] = [None] * count
        self.locals: list[tuple[Number, ...]] = [()] * count
        self.kinks = frozenset(run.kinks)
        self._multiply, self._plus = self.arithmetic.operations["mul"], self.arithmetic.operations["add"]

    def run(self) -> Backward:
        circuit, targets, gradients = self.forward.circuit, self.targets, self.gradients
        rules, finite = self.forward.rules, self.arithmetic.is_finite
        if targets[circuit.output]:
            gradients[circuit.output] = self.arithmetic.one
        for index in range(circuit.output, circuit.first_gate - 1, -1):
            upstream = gradients[index]
            if upstream is None or not targets[index]:
                continue
            if not finite(upstream):
                self._too_large(index)
            node = circuit.nodes[index]
            row = rules[node.op]
            self._gate(index, node.inputs, row, upstream)
        return self._closed()

    def _gate(self, index: int, inputs: tuple[int, ...], row: Compiled, upstream: Number) -> None:
        """Send a gate's upstream gradient back along each wire that a target lies behind: contributions add up."""
        gradients, targets = self.gradients, self.targets
        seen = row.seen(self.forward.inputs(index), self.forward.values[index])
        left_out = row.gate.routes and index not in self.kinks
        locals_: list[Number] = []
        for position, source in enumerate(inputs):
            if not targets[source]:
                locals_.append(None)
                continue
            wires = seen[position]
            local = row.slopes[position](wires) if row.plain else row.local(wires, position)
            if local is None:
                self._refuse(index, self._no_slope(row, position, wires))
            locals_.append(local)
            if left_out and not self.arithmetic.truth(local):
                continue
            contribution = self._multiply(upstream, local)  # upstream × local
            before = gradients[source]
            gradients[source] = contribution if before is None else self._plus(before, contribution)
        self.locals[index] = tuple(locals_)

    def _closed(self) -> Backward:
        """A target that nothing reached has gradient 0; every other sum must be finite."""
        for index in range(len(self.targets)):
            if self.targets[index]:
                if self.gradients[index] is None:
                    self.gradients[index] = self.arithmetic.zero
                elif index < self.forward.circuit.first_gate and not self.arithmetic.is_finite(self.gradients[index]):
                    self._too_large(index)
        return Backward(self.gradients, self.locals, self._multiply)

    def _no_slope(self, row: Compiled, position: int, wires: Sequence[Number]) -> Diagnostic:
        gate = row.gate
        need = gate.slope(position).need
        if not need:
            return no_gradient(gate, position)
        given = shown(self.arithmetic, row, list(wires[:-1]))
        what = f"{gate.name} has a value but no finite slope" + (
            f" in {gate.params[position]}" if len(wires) > 2 else ""
        )
        return Diagnostic(f"slope.{gate.name}", f"{what} here: it needs {need}, and got {given}")

    def _too_large(self, index: int) -> NoReturn:
        """Say which contribution left the range of numbers."""
        circuit, finite = self.forward.circuit, self.arithmetic.is_finite
        hint = "--digits 20 has a far larger range" if self.arithmetic.name == "float64" else ""
        for gate in range(index + 1, circuit.output + 1):
            for source, local in zip(circuit.nodes[gate].inputs, self.locals[gate], strict=False):
                if source != index or local is None or finite(self._multiply(self.gradients[gate], local)):
                    continue
                row = self.forward.rules[circuit.nodes[gate].op]
                given = shown(self.arithmetic, row, self.forward.inputs(gate))
                what = "upstream gradient times local gradient" if finite(local) else "local gradient"
                self._refuse(
                    gate,
                    Diagnostic("overflow.gradient", f"the {what} of {row.gate.name} is too large, with {given}", hint),
                )
        message = "the contributions to this gradient add up beyond the range of numbers"
        self._refuse(index, Diagnostic("overflow.gradient", message, hint))

    def _refuse(self, index: int, problem: Diagnostic) -> NoReturn:
        circuit = self.forward.circuit
        raise Refused(problem.at(circuit.source, circuit.spans[index]))
