"""The backward sweep of an array circuit: pullbacks send gradients back, and contributions that meet add up.

Broadcasting is a fork: what was repeated on the way forward is summed on the way back. As forward, the whole arrays go
first; where a status flag rises or a gradient is not finite, the sweep is run again with a mask beside each gradient
that says which elements take part, so that nothing behind a branch not taken is ever asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NoReturn

import numpy as np

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.engine.array_problems import counted, elements, first_place, operand
from backprop_cli.engine.array_rules import bound
from backprop_cli.engine.vectorised import STRICT, VectorRun
from backprop_cli.gates.array_row import ArrayGate, Shape
from backprop_cli.gates.axes import begins_at
from backprop_cli.problems import MORE_RANGE, Diagnostic, Refused

_FILLED = 16_384
Pull = Callable[[Sequence[Number], Number, Number], Number]


@dataclass(frozen=True, slots=True)
class VectorGradients:
    """Each node's gradient, of the node's shape (None where none was asked), and what each wire carried backward."""

    gradients: list[Number]
    carried: list[tuple[Number | None, ...]]


def run_backward(run: VectorRun, targets: bytearray, seed: Number) -> VectorGradients:
    """∂output/∂node for every node marked in ``targets``; ``seed`` is the gradient at the output, of its shape.

    Raises ``Refused`` where an element on the way has a value but no finite slope.
    """
    try:
        with np.errstate(**STRICT):
            found = Sweep(run, targets).all(seed)
        if not run.failed and (run.program.flagged or _finite(found.gradients[: run.program.circuit.first_gate])):
            return found
    except FloatingPointError:
        pass
    with np.errstate(all="ignore"):
        return _CarefulSweep(run, targets).all(seed)


def _finite(gradients: Sequence[Number]) -> bool:
    return all(one is None or np.isfinite(one).all() for one in gradients)


def fitted(contribution: Number, shape: Shape) -> Number:
    """A contribution in its source's shape: summed over what was repeated, repeated over what was summed."""
    own: Shape = contribution.shape
    if own == shape:
        return contribution
    lead = len(own) - len(shape)
    if lead > 0:
        contribution = np.add.reduce(contribution, axis=0 if lead == 1 else tuple(range(lead)))
        own = own[lead:]
    if lead >= 0:
        wide = tuple(at for at, (a, b) in enumerate(zip(own, shape, strict=True)) if a > 1 and b == 1)
        if wide:
            contribution = np.add.reduce(contribution, axis=wide, keepdims=True)
    return contribution if contribution.shape == shape else _repeated(contribution, shape)


def _repeated(contribution: Number, shape: Shape) -> Number:
    """A contribution for every element; a small array is filled faster than a view of it is made."""
    if prod(shape) > _FILLED:
        return np.broadcast_to(contribution, shape)
    filled = np.empty(shape)
    filled[...] = contribution
    return filled[()]


class Sweep:
    """The sweep on whole arrays."""

    def __init__(self, run: VectorRun, targets: bytearray) -> None:
        self.run, self.program, self.circuit = run, run.program, run.program.circuit
        self.targets, self.shapes = targets, run.program.shaped.shapes
        count = len(self.circuit.nodes)
        self.gradients: list[Number] = [None] * count
        self.carried: list[tuple[Number | None, ...]] = [()] * count

    def all(self, seed: Number) -> VectorGradients:
        """From the output back to the targets."""
        circuit, targets = self.circuit, self.targets
        if targets[circuit.output]:
            self.gradients[circuit.output] = seed
        for index in range(circuit.output, circuit.first_gate - 1, -1):
            upstream = self.gradients[index]
            if upstream is not None and targets[index]:
                self._gate(index, upstream)
        for index, wanted in enumerate(targets):
            if wanted and self.gradients[index] is None:
                self.gradients[index] = np.zeros(self.shapes[index])[()]
        return VectorGradients(self.gradients, self.carried)

    def _gate(self, index: int, upstream: Number) -> None:
        node, run = self.circuit.nodes[index], self.run
        inputs, value = run.inputs(index), run.values[index]
        carried: list[Number | None] = []
        for position, source in enumerate(node.inputs):
            if not self.targets[source]:
                carried.append(None)
                continue
            contribution = fitted(self._contribution(index, position, inputs, value, upstream), self.shapes[source])
            carried.append(contribution)
            self._arrives(index, position, source, contribution)
        self.carried[index] = tuple(carried)

    def _arrives(self, index: int, position: int, source: int, contribution: Number) -> None:
        before = self.gradients[source]
        self.gradients[source] = contribution if before is None else np.add(before, contribution)

    def _contribution(
        self, index: int, position: int, inputs: Sequence[Number], value: Number, upstream: Number
    ) -> Number:
        gate = self.program.gates[index]
        assert gate is not None
        if gate.row is not None:
            return self.pull(index, position, inputs, value, upstream)
        text = gate.texts[position]
        if not text:
            assert gate.compiled is not None
            self._no_gradient(index, gate.compiled.gate.params[position])
        if text == "1":
            return upstream
        if text == "-1":
            return np.negative(upstream)
        return np.multiply(upstream, self._local(index, position, inputs, value))

    def _local(self, index: int, position: int, inputs: Sequence[Number], value: Number) -> Number:
        """The local gradient of each element."""
        gate = self.program.gates[index]
        assert gate is not None
        assert gate.compiled is not None
        if not gate.compiled.gate.many:
            return gate.slopes[position]((*inputs, value))
        if index not in self.run.kinks:  # where(x == z, 1/n, 0) without a tie
            return np.equal(inputs[position], value)
        ties = sum(np.equal(one, value).astype(np.float64) for one in inputs)
        return gate.slopes[0]((inputs[position], value, ties))

    def pull(self, index: int, position: int, inputs: Sequence[Number], value: Number, upstream: Number) -> Number:
        """What an array gate's rule makes of the gradient that arrives."""
        row = self.program.shaped.rows[index]
        assert row is not None
        if not row.pullback(position):
            self._no_gradient(index, row.params[min(position, len(row.params) - 1)])
        rule = self._rule(row, index, position, inputs)
        return rule((*(inputs if not row.many else inputs[position : position + 1]), value, upstream))

    def _rule(self, row: ArrayGate, index: int, position: int, inputs: Sequence[Number]) -> Callable[..., Number]:
        known = self.program.pullbacks.get((index, position))
        if known is not None:
            return known
        told = self.program.told(index, inputs)
        if row.many:
            shapes = [self.shapes[i] for i in self.circuit.nodes[index].inputs]
            place = begins_at(row.name, shapes, told["axis"], position)
            told = {**told, "place": place, "shape": shapes[position]}
        brought = len(inputs) > 1 and row.name == "index"
        wires = self._wires(inputs) if brought else (*row.params[: len(inputs)], "z", "dz")
        known = bound(row.pullback(position), wires, told, self.program.rules)
        if not brought:  # the place that a wire brings is another one at another point
            self.program.pullbacks[index, position] = known
        return known

    @staticmethod
    def _wires(inputs: Sequence[Number]) -> tuple[str, ...]:
        """The names of an index's wires: the array, and the numbers that are brought to it."""
        return ("x", *(f"i{at}" for at in range(1, len(inputs))), "z", "dz")

    def _no_gradient(self, index: int, name: str) -> NoReturn:
        op = self.circuit.nodes[index].op
        message = f"{op} has no gradient in its input {name}, which must be held fixed"
        self.refuse(index, Diagnostic(f"slope.{op}", message, "name the variables to differentiate with --wrt"))

    def refuse(self, index: int, problem: Diagnostic) -> NoReturn:
        """Raise a problem at a gate's text."""
        raise Refused(problem.at(self.circuit.source, self.circuit.spans[index]))


class _CarefulSweep(Sweep):
    """The sweep with a mask beside each gradient: which elements the output's gradient reaches at all."""

    def __init__(self, run: VectorRun, targets: bytearray) -> None:
        super().__init__(run, targets)
        self.reached: dict[int, Any] = {self.circuit.output: np.ones(self.shapes[self.circuit.output], dtype=bool)}

    def _gate(self, index: int, upstream: Number) -> None:
        if not np.isfinite(upstream).all():
            self.refuse(index, Diagnostic("overflow.gradient", "a gradient here is beyond the range of doubles"))
        super()._gate(index, upstream)

    def _arrives(self, index: int, position: int, source: int, contribution: Number) -> None:
        if not np.isfinite(contribution).all():
            first = counted(operand(self.program.shaped, source), ~np.isfinite(contribution))
            self.refuse(index, Diagnostic("overflow.gradient", f"the gradient of {first} is too large", MORE_RANGE))
        super()._arrives(index, position, source, contribution)

    def _contribution(
        self, index: int, position: int, inputs: Sequence[Number], value: Number, upstream: Number
    ) -> Number:
        gate, source = self.program.gates[index], self.circuit.nodes[index].inputs[position]
        assert gate is not None
        reached = self.reached[index]
        if gate.row is not None:
            self._slope_exists(index, gate.row, inputs, value, reached)
            inputs = [np.nan_to_num(one, nan=0.0) for one in inputs]
            taking = takes_part(self, index, position, inputs, reached)
            self._reach(source, taking)
            return self.pull(index, position, inputs, np.nan_to_num(value, nan=0.0), upstream)
        taking, local = self._element_by_element(index, position, inputs, value, reached)
        self._reach(source, narrowed(taking, self.shapes[source]))
        return np.where(taking, np.multiply(upstream, local), 0.0)

    def _element_by_element(
        self, index: int, position: int, inputs: Sequence[Number], value: Number, reached: Any
    ) -> tuple[Any, Number]:
        """The elements that take part, and the local gradient of each."""
        compiled = self.program.gates[index].compiled  # type: ignore[union-attr]  # a gate of the scalar table
        assert compiled is not None
        row, wires = compiled.gate, (*inputs, value)
        if not row.slope(position).text:
            self._no_gradient(index, row.params[position])
        domain = compiled.slope_domains[0 if row.many else position]
        if domain is not None:
            lacks = reached & np.broadcast_to(np.equal(domain(wires), 0), reached.shape)
            if lacks.any():
                met = elements(self.program.shaped, index, inputs, first_place(lacks))
                message = f"{row.name} has a value but no finite slope here: it needs {row.slope(position).need}: {met}"
                self.refuse(index, Diagnostic(f"slope.{row.name}", message))
        local = np.broadcast_to(self._local(index, position, inputs, value), reached.shape)
        if row.routes:
            kinks = self.run.kinks.get(index, np.zeros(reached.shape, dtype=bool))
            reached = reached & ~(np.equal(local, 0) & ~kinks)
        return reached, local

    def _slope_exists(self, index: int, row: ArrayGate, inputs: Sequence[Number], value: Number, reached: Any) -> None:
        if not row.slope or not reached.any():
            return
        rule = bound(row.slope, (*row.params, "z"), self.program.shaped.told[index], self.program.rules)
        if not np.not_equal(rule((*inputs, value)), 0).all():
            message = f"{row.called} has a value but no gradient here: it needs {row.slope_need}"
            hint = "backprop grad has it with --scalars or --exact, by the rules of numbers"
            self.refuse(index, Diagnostic(f"slope.{row.name}", message, hint))

    def _reach(self, source: int, taking: Any) -> None:
        before = self.reached.get(source)
        self.reached[source] = taking if before is None else before | taking


def narrowed(mask: Any, shape: Shape) -> Any:
    """A mask over a gate's output as one over a repeated input: an element takes part if one of its copies does."""
    return np.not_equal(fitted(np.asarray(mask, dtype=np.float64), shape), 0)


def takes_part(sweep: Sweep, index: int, position: int, inputs: Sequence[Number], reached: Any) -> Any:
    """The elements of an array gate's input from which marked elements of its output come."""
    row = sweep.program.shaped.rows[index]
    shape = sweep.shapes[sweep.circuit.nodes[index].inputs[position]]
    assert row is not None
    if not (row.moves or row.linear):
        return np.full(shape, bool(np.any(reached)))
    ones = [np.ones_like(one) if row.linear else one for one in inputs]
    marked = sweep.pull(
        index, position, ones, np.ones(np.shape(reached))[()], np.asarray(reached, dtype=np.float64)[()]
    )
    return np.not_equal(fitted(marked, shape), 0)


def live(run: VectorRun) -> dict[int, Any]:
    """The elements of every node from which the output's value flows: not those behind a branch that is not taken."""
    circuit, shapes = run.program.circuit, run.program.shaped.shapes
    sweep = Sweep(run, bytearray(b"\1" * len(circuit.nodes)))
    marks: dict[int, Any] = {circuit.output: np.ones(shapes[circuit.output], dtype=bool)}
    with np.errstate(all="ignore"):
        for index in range(circuit.output, circuit.first_gate - 1, -1):
            if index not in marks:
                continue
            node, inputs = circuit.nodes[index], run.inputs(index)
            for position, source in enumerate(node.inputs):
                asked = marks[index]
                if run.program.shaped.rows[index] is not None:
                    asked = _flows(sweep, index, position, inputs, asked)
                else:
                    if node.op == "where" and position:
                        asked = asked & (np.not_equal(inputs[0], 0) == (position == 1))
                    asked = narrowed(asked, shapes[source])
                marks[source] = marks[source] | asked if source in marks else asked
    return marks


def _flows(sweep: Sweep, index: int, position: int, inputs: Sequence[Number], asked: Any) -> Any:
    row = sweep.program.shaped.rows[index]
    assert row is not None
    if not row.pullback(position):
        return np.ones(sweep.shapes[sweep.circuit.nodes[index].inputs[position]], dtype=bool)
    return takes_part(sweep, index, position, [np.nan_to_num(one) for one in inputs], asked)
