"""The quantity asked for, as a function: its truth at any point, in doubles to search and in many digits to compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from backprop_cli.arithmetic.ball_text import decimal
from backprop_cli.arithmetic.balls import ONE, from_text
from backprop_cli.arithmetic.base import Number, Operation
from backprop_cli.arithmetic.digits import Digits, exponent_of
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.check.sides import Here
from backprop_cli.circuit import INPUT, Circuit
from backprop_cli.engine.backward import Backward, backward
from backprop_cli.engine.forward import Forward, forward
from backprop_cli.engine.rules import Rules, rule_circuit
from backprop_cli.gates import GATES
from backprop_cli.grading.formulas.candidates import At
from backprop_cli.grading.names import Asked

BITS = 200
_FLATTEST = -1_400  # a slope of 2^-1400 is still seen with _MANY_BITS, also as 1 - tanh(x)^2
_MANY_BITS, _MANY_BITS_SLOW = 3_200, 600
_COSTLY, _LARGEST = frozenset({"sin", "cos", "tan", "pow", "mod", "fmod"}), 3_000
_SLOW = {"polygamma": 300, "digamma": 100, "lgamma": 20, "gamma": 20, "erf": 5, "erfc": 5, "gelu": 5}


@dataclass(frozen=True, slots=True)
class Spot:
    """A point inside the domain, run in doubles; ``plain`` has the value of every variable and stage."""

    at: At
    run: Forward
    plain: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Sample:
    """The truth at a point in many digits; ``known`` has the value of every variable and stage.

    ``scale`` is the size of the terms that cancel in the truth, or of the values on the way to it. ``between`` are the
    one-sided slopes, the smaller first, where the point is on a kink.
    """

    at: At
    known: Mapping[str, Number]
    truth: Number
    scale: Number
    between: tuple[Number, Number] | None = None


class Subject:
    """A value or a derivative of a circuit's node, ready at any point and precision."""

    def __init__(self, circuit: Circuit, asked: Asked) -> None:
        self.circuit, self.asked = replace(circuit, output=asked.of), asked
        self.names = known_names(circuit)
        self.cost = cost(circuit)
        self._marks = self.circuit.reach([asked.by]) if asked.by is not None else None
        self._doubles = Rules(Float64())
        self._rules: dict[int, Rules] = {}

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the circuit."""
        return tuple(self.circuit.inputs)

    @cached_property
    def many_bits(self) -> int:
        """A precision at which what only cancels is told from what differs."""
        return many_bits(self.circuit)

    def rules(self, bits: int) -> Rules:
        """The gate table at that precision."""
        if bits not in self._rules:
            self._rules[bits] = Rules(_quick(Digits(bits)))
        return self._rules[bits]

    def spot(self, at: At, *, kinks: bool = False) -> Spot | None:
        """The point in doubles; None outside the domain, or on a kink unless those are wanted."""
        run = forward(self.circuit, at, self._doubles)
        if run.values[self.circuit.output] is None or (run.kinks and not kinks and run.live_kinks):
            return None
        if self._marks is not None and self.asked.by in backward(run, self._marks).failed:
            return None
        return Spot(at, run, {name: run.values[node] for name, node in self.names.items()})

    def sample(self, at: At, bits: int = BITS, *, kinks: bool = False) -> Sample | None:
        """The truth at a point; None where there is none, or where its digits would not show a difference."""
        rules = self.rules(bits)
        run = forward(self.circuit, {name: rules.arithmetic.number(repr(value)) for name, value in at.items()}, rules)
        if run.values[self.circuit.output] is None:
            return None
        on_kink = bool(run.kinks and run.live_kinks)
        if on_kink and not kinks:
            return None
        known = {name: run.values[node] for name, node in self.names.items()}
        if self._marks is None or self.asked.by is None:
            return Sample(at, known, run.values[self.circuit.output], size(run))
        sweep = backward(run, self._marks)
        truth = sweep.gradients[self.asked.by]
        if truth is None:
            return None
        if on_kink:
            between = self._between(run, at, truth)
            return None if between is None else Sample(at, known, truth, scales(run, sweep)[self.asked.by], between)
        flat = any(local and exponent_of(local) < _FLATTEST for row in sweep.locals for local in row)
        return None if flat else Sample(at, known, truth, scales(run, sweep)[self.asked.by])

    def _between(self, run: Forward, at: At, truth: Number) -> tuple[Number, Number] | None:
        """The slopes on both sides, the smaller first; None where the output jumps."""
        by = self.asked.by
        assert by is not None
        if run.circuit.output == by:
            return truth, truth
        starts = [
            from_text(repr(at[node.text]) if node.op == INPUT else node.text)
            for node in run.circuit.nodes[: run.circuit.first_gate]
        ]
        here = Here(run.circuit, starts, BITS)
        sides = here.side({by: ONE}, -1), here.side({by: ONE}, 1)
        if any(side.word != "slope" for side in sides):
            return None
        left, right = (run.arithmetic.number(decimal(side.slope, 60)) for side in sides)
        return min(left, right), max(left, right)

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


def scales(run: Forward, sweep: Backward) -> list[Number]:
    """The backward pass on absolute values: for each node the size of the terms that its gradient adds up."""
    found: list[Number] = [run.arithmetic.zero] * len(run.circuit.nodes)
    found[run.circuit.output] = run.arithmetic.one
    for index in range(run.circuit.output, run.circuit.first_gate - 1, -1):
        for source, local in zip(run.circuit.nodes[index].inputs, sweep.locals[index], strict=False):
            if local is not None:
                found[source] = found[source] + abs(local) * found[index]
    return found


def _quick(digits: Digits) -> Digits:
    """The arithmetic without waves, powers and remainders so large that a formula full of them would take minutes."""

    def bounded(operation: Operation) -> Operation:
        def quick(*inputs: Number) -> Number:
            return operation(*inputs) if max(map(exponent_of, inputs)) <= _LARGEST else digits.context.nan

        return quick

    digits.operations = {n: bounded(o) if n in _COSTLY else o for n, o in digits.operations.items()}
    return digits


def known_names(circuit: Circuit) -> dict[str, int]:
    """The nodes that a formula may name: variables, stages, and the output as it is called."""
    named = circuit.inputs | {stage.name: stage.node for stage in circuit.stages}
    return {circuit.output_name: circuit.output} | named


def size(run: Forward) -> Number:
    """The largest value in a run."""
    return max(abs(value) for value in run.values if value is not None)


def cost(circuit: Circuit) -> int:
    """How much work a run is, in plain gates."""
    return len(circuit.nodes) + sum(_SLOW.get(node.op, 0) for node in circuit.nodes)


def many_bits(circuit: Circuit) -> int:
    """As many bits as its gates allow in little time."""
    return _MANY_BITS_SLOW if any(node.op in _SLOW for node in circuit.nodes) else _MANY_BITS


def _wires(circuit: Circuit, index: int, position: int) -> set[int]:
    """The nodes whose values a gate's local gradient mentions."""
    node, gate = circuit.nodes[index], GATES[circuit.nodes[index].op]
    mentioned = rule_circuit(gate.slope(position).text or "0").inputs
    if gate.many:
        return set(node.inputs)
    wires = dict(zip(gate.wires, (*node.inputs, index), strict=True))
    return {wires[name] for name in mentioned}
