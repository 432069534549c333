"""The backward pass: upstream × local is a wire's contribution, and contributions that meet at a node add up.

Only gates between the output and a target have work. The engine names no gate: what a local gradient is stands in the
table, and a wire that a routing gate leaves out is not followed, so that what lies behind it is never asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from backprop_cli.arithmetic.base import Number, Operation
from backprop_cli.forward import Forward, shown, ties
from backprop_cli.problems import Problem, Refused
from backprop_cli.rules import Compiled


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
        rules = self.forward.rules
        if targets[circuit.output]:
            gradients[circuit.output] = self.arithmetic.one
        for index in range(circuit.output, circuit.first_gate - 1, -1):
            upstream = gradients[index]
            if upstream is None or not targets[index]:
                continue
            row = rules[circuit.nodes[index].op]
            (self._gate if row.plain else self._careful)(index, row, upstream)
        for index, asked in enumerate(targets):
            if asked and gradients[index] is None:
                gradients[index] = self.arithmetic.zero
        return Backward(gradients, self.locals, self._multiply)

    def _gate(self, index: int, row: Compiled, upstream: Number) -> None:
        """Send a gate's upstream gradient back along each wire that a target lies behind."""
        gradients, values, targets = self.gradients, self.forward.values, self.targets
        multiply, add, finite = self._multiply, self._plus, self.arithmetic.is_finite
        inputs = self.forward.circuit.nodes[index].inputs
        wires = [values[i] for i in inputs]
        wires.append(values[index])
        locals_: list[Number] = []
        for source, slope in zip(inputs, row.slopes, strict=True):
            if not targets[source]:
                locals_.append(None)
                continue
            local = slope(wires)
            contribution = multiply(upstream, local)
            before = gradients[source]
            total = gradients[source] = contribution if before is None else add(before, contribution)
            if not finite(total):
                self._too_large(index, row, local, contribution, wires)
            locals_.append(local)
        self.locals[index] = tuple(locals_)

    def _careful(self, index: int, row: Compiled, upstream: Number) -> None:
        """The same for a gate that may have no slope here, takes any number of inputs, or leaves an input out."""
        locals_: list[Number] = []
        for position, (source, wires) in enumerate(self._wires(index, row)):
            local = None
            if self.targets[source]:
                local, contribution = self._wire(index, row, position, wires, upstream)
                if not (row.gate.routes and index not in self.kinks and not self.arithmetic.truth(local)):
                    before = self.gradients[source]
                    total = self.gradients[source] = contribution if before is None else self._plus(before, contribution)
                    if not self.arithmetic.is_finite(total):
                        self._too_large(index, row, local, contribution, wires)
            locals_.append(local)
        self.locals[index] = tuple(locals_)

    def _wires(self, index: int, row: Compiled) -> list[tuple[int, Sequence[Number]]]:
        """Each input's node, and what the rule of its local gradient sees."""
        run = self.forward
        inputs = run.circuit.nodes[index].inputs
        if not row.gate.many:
            wires = run.wires(index)
            return [(source, wires) for source in inputs]
        value = run.values[index]
        count = self.arithmetic.number(str(ties(self.arithmetic, [run.values[i] for i in inputs], value)))
        return [(source, (run.values[source], value, count)) for source in inputs]

    def _wire(
        self, index: int, row: Compiled, position: int, wires: Sequence[Number], upstream: Number
    ) -> tuple[Number, Number]:
        which = 0 if row.gate.many else position
        domain = row.slope_domains[which]
        exists = bool(row.gate.slope(position).text) and (domain is None or self.arithmetic.truth(domain(wires)))
        if not exists:
            self._refuse(index, self._no_slope(row, position, wires))
        local = row.slopes[which](wires)
        return local, self._multiply(upstream, local)

    def _no_slope(self, row: Compiled, position: int, wires: Sequence[Number]) -> Problem:
        gate = row.gate
        need = gate.slope(position).need
        if not need:
            message = f"{gate.name} has no gradient in its input {gate.params[position]}, which must be held fixed"
            return Problem(f"slope.{gate.name}", message, "name the variables to differentiate with --wrt")
        given = shown(self.arithmetic, row, list(wires[:-1]))
        what = f"{gate.name} has a value but no finite slope" + (f" in {gate.params[position]}" if len(wires) > 2 else "")
        return Problem(f"slope.{gate.name}", f"{what} here: it needs {need}, and got {given}")

    def _too_large(self, index: int, row: Compiled, local: Number, contribution: Number, wires: Sequence[Number]) -> NoReturn:
        finite = self.arithmetic.is_finite
        given = "" if row.gate.many else ", with " + shown(self.arithmetic, row, list(wires[:-1]))
        message = "the contributions to this gradient add up beyond the range of numbers"
        if not finite(local):
            message = f"the local gradient of {row.gate.name} is too large{given}"
        elif not finite(contribution):
            message = f"upstream gradient times local gradient of {row.gate.name} is too large{given}"
        self._refuse(index, Problem("overflow.gradient", message, "--digits 20 has a far larger range"))

    def _refuse(self, index: int, problem: Problem) -> NoReturn:
        circuit = self.forward.circuit
        raise Refused(problem.at(circuit.source, circuit.spans[index]))

