"""The backward pass: upstream × local is a wire's contribution, and contributions that meet at a node add up.

Only gates between the output and a target have work. The engine names no gate: what a local gradient is stands in the
table, and a wire that a routing gate leaves out is not followed, so that what lies behind it is never asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backprop_cli.arithmetic.protocol import Number, Operation
from backprop_cli.engine.forward import Forward, in_words, lettered, shown
from backprop_cli.engine.rules import CompiledGate, no_gradient
from backprop_cli.problems import MORE_RANGE, Diagnostic


@dataclass(frozen=True, slots=True)
class Backward:
    """Each node's gradient (None where none was asked) and each gate's local gradients, by input (None likewise).

    ``failed`` says of a node that was asked for why its gradient is None: a gate on the way has a value and no finite
    slope, or a product leaves the range of numbers.
    """

    gradients: list[Number]
    locals: list[tuple[Number, ...]]
    multiply: Operation
    failed: Mapping[int, Diagnostic]

    def contributions(self, index: int) -> tuple[Number, ...]:
        """What a gate's wires carried backward: upstream × local, None where nothing was asked."""
        upstream = self.gradients[index]
        return tuple(
            None if local is None or upstream is None else self.multiply(upstream, local)
            for local in self.locals[index]
        )


def backward(run: Forward, targets: bytearray) -> Backward:
    """∂output/∂node for every node marked in ``targets`` (see ``Circuit.reach``) that the output depends on.

    A marked node on which the output does not depend has gradient 0.
    """
    return _BackwardSweep(run, targets).run()


class _BackwardSweep:
    def __init__(self, run: Forward, targets: bytearray) -> None:
        count = len(run.circuit.nodes)
        self.forward, self.targets, self.arithmetic = run, targets, run.arithmetic
        self.gradients: list[Number] = [None] * count
        self.locals: list[tuple[Number, ...]] = [()] * count
        self.failed: dict[int, Diagnostic] = {}
        self.kinks = frozenset(run.kinks)
        self._multiply, self._plus = self.arithmetic.operations["mul"], self.arithmetic.operations["add"]

    def run(self) -> Backward:
        circuit, targets, gradients = self.forward.circuit, self.targets, self.gradients
        rules, finite = self.forward.rules, self.arithmetic.is_finite
        if targets[circuit.output]:
            gradients[circuit.output] = self.arithmetic.one
        for index in range(circuit.output, circuit.first_gate - 1, -1):
            upstream = gradients[index]
            if not targets[index] or (upstream is None and index not in self.failed):
                continue
            if upstream is not None and not finite(upstream):
                self._fail(index, *self._too_large(index))
            node = circuit.nodes[index]
            self._gate(index, node.inputs, rules[node.op], gradients[index])
        return self._closed()

    def _gate(self, index: int, inputs: tuple[int, ...], row: CompiledGate, upstream: Number) -> None:
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
            locals_.append(local)
            if left_out and local is not None and not self.arithmetic.truth(local):
                continue
            if local is None or upstream is None or source in self.failed:
                self._spoil(index, source, local, row, position, wires)
                continue
            contribution = self._multiply(upstream, local)  # upstream × local
            before = gradients[source]
            gradients[source] = contribution if before is None else self._plus(before, contribution)
        self.locals[index] = tuple(locals_)

    def _spoil(
        self, index: int, source: int, local: Number, row: CompiledGate, position: int, wires: Sequence[Number]
    ) -> None:
        """One contribution that does not exist leaves the whole sum without a value."""
        if source in self.failed:
            return
        if local is None:
            self._fail(source, self._no_slope(row, index, position, wires), index)
        else:
            self.failed[source], self.gradients[source] = self.failed[index], None

    def _fail(self, source: int, problem: Diagnostic, gate: int) -> None:
        circuit = self.forward.circuit
        self.failed[source] = problem.at(circuit.source, circuit.spans[gate])
        self.gradients[source] = None

    def _closed(self) -> Backward:
        """A target that nothing reached has gradient 0; every other sum must be finite."""
        for index in range(len(self.targets)):
            if self.targets[index] and index not in self.failed:
                if self.gradients[index] is None:
                    self.gradients[index] = self.arithmetic.zero
                elif not self.arithmetic.is_finite(self.gradients[index]):
                    self._fail(index, *self._too_large(index))
        return Backward(self.gradients, self.locals, self._multiply, self.failed)

    def _no_slope(self, row: CompiledGate, index: int, position: int, wires: Sequence[Number]) -> Diagnostic:
        gate = row.gate
        need = gate.slope(position).need
        if not need:
            return no_gradient(gate, position)
        given = lettered(self.arithmetic, row, wires[:-1])
        needs, got = in_words(self.forward.circuit, index, need, given)
        what = f"{gate.name} has a value but no finite slope"
        if len(given) == 1:
            got = f"{gate.params[0]} = {got}"
        else:
            what += f" in {in_words(self.forward.circuit, index, gate.params[position], given)[0]}"
        return Diagnostic(f"slope.{gate.name}", f"{what} here: it needs {needs}, and got {got}")

    def _too_large(self, index: int) -> tuple[Diagnostic, int]:
        """Which contribution left the range of numbers, and its gate."""
        circuit, finite = self.forward.circuit, self.arithmetic.is_finite
        hint = MORE_RANGE if self.arithmetic.doubles else ""
        for gate in range(index + 1, circuit.output + 1):
            for source, local in zip(circuit.nodes[gate].inputs, self.locals[gate], strict=False):
                if source != index or local is None or finite(self._multiply(self.gradients[gate], local)):
                    continue
                row = self.forward.rules[circuit.nodes[gate].op]
                given = shown(self.arithmetic, row, self.forward.inputs(gate))
                what = "upstream gradient times local gradient" if finite(local) else "local gradient"
                message = f"the {what} of {row.gate.name} is too large, with {given}"
                return Diagnostic("overflow.gradient", message, hint), gate
        message = "the contributions to this gradient add up beyond the range of numbers"
        return Diagnostic("overflow.gradient", message, hint), index
