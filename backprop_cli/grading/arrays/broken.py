"""The backward pass of arrays again, with one rule broken: at one gate, or at all gates of a kind.

A wire's contribution is replaced by what a wrong rule makes of it; of the contributions that meet only one is kept;
what broadcasting repeated is not summed. The forward pass stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.engine.array_rules import bound
from backprop_cli.engine.pullback import Sweep
from backprop_cli.engine.rules import rule_circuit
from backprop_cli.engine.vectorised import VectorRun
from backprop_cli.gates import GATES
from backprop_cli.grading.arrays.wrong_rules import WRONG_PULLBACKS
from backprop_cli.grading.mistakes import slips
from backprop_cli.grading.mistakes.slopes import WRONG_SLOPES
from backprop_cli.grading.mistakes.sweep import Place

BrokenPullback = Callable[[Sequence[Number], Number, Number, Callable[[Number], Number]], Number]
"""What a wire carries, of the gate's inputs, its value, the gradient that arrives and the right rule."""

_TYPED = 40


@dataclass(frozen=True)
class Breakage:
    """One way to break the backward pass: ``wires`` with other rules, ``lost`` the contributions that a node loses.

    ``ideas`` is 1 for one gate, 2 for one rule broken at all its gates.
    """

    code: str
    said: str
    wires: Mapping[Place, BrokenPullback] = field(default_factory=dict)
    lost: Mapping[int, frozenset[int]] = field(default_factory=dict)
    ideas: int = 1


class BrokenSweep(Sweep):
    """A backward sweep with something broken."""

    def __init__(self, run: VectorRun, targets: bytearray, broken: Breakage) -> None:
        super().__init__(run, targets)
        self._broken, self._arrived = broken, dict[int, int]()

    def _contribution(
        self, index: int, position: int, inputs: Sequence[Number], value: Number, upstream: Number
    ) -> Number:
        rule = self._broken.wires.get((index, position))
        right = super()._contribution
        if rule is None:
            return right(index, position, inputs, value, upstream)
        return rule(inputs, value, upstream, lambda arriving: right(index, position, inputs, value, arriving))

    def _arrives(self, index: int, position: int, source: int, contribution: Number) -> None:
        number = self._arrived[source] = self._arrived.get(source, -1) + 1
        if number not in self._broken.lost.get(source, ()):
            super()._arrives(index, position, source, contribution)


class Breakages:
    """Every single mistake that can be made in one run."""

    def __init__(self, run: VectorRun, targets: bytearray) -> None:
        self.run, self.targets = run, targets
        self.program, self.circuit = run.program, run.program.circuit
        self.shapes = run.program.shaped.shapes
        live = self.circuit.feeding([self.circuit.output])
        first, last = self.circuit.first_gate, self.circuit.output + 1
        self.gates = [index for index in range(first, last) if live[index] and targets[index]]

    def special(self) -> Iterator[Breakage]:
        """A wrong rule of one kind of gate, or of broadcasting: it goes before a general one with the same numbers."""
        yield from self._pullbacks()
        yield from self._slopes()
        yield from self._broadcasts()

    def general(self) -> Iterator[Breakage]:
        """What every gate knows: a fork, a factor left out, a sign."""
        yield from self._forks()
        yield from self._at_any_gate()

    def _wired(self, index: int) -> list[int]:
        """The inputs behind which a gradient is asked for."""
        return [at for at, source in enumerate(self.circuit.nodes[index].inputs) if self.targets[source]]

    def _typed(self, index: int) -> str:
        return self.circuit.typed(index, _TYPED)

    def _pullbacks(self) -> Iterator[Breakage]:
        for index in self.gates:
            row = self.program.shaped.rows[index]
            for wrong in WRONG_PULLBACKS if row is not None else ():
                if row is None or wrong.gate != row.name:
                    continue
                rules = {
                    (index, at): self._pullback(index, wrong.pullbacks[at])
                    for at in self._wired(index)
                    if wrong.pullbacks[at : at + 1] not in ((), ("",))
                }
                if rules:
                    yield Breakage(wrong.code, wrong.said.format(gate=self._typed(index)), rules)

    def _pullback(self, index: int, text: str) -> BrokenPullback:
        row = self.program.shaped.rows[index]
        assert row is not None
        rule = bound(text, (*row.params, "z", "dz"), self.program.shaped.told[index], self.program.rules)
        return lambda inputs, value, upstream, right: rule((*inputs, value, upstream))

    def _slopes(self) -> Iterator[Breakage]:
        for wrong in WRONG_SLOPES:
            made = []
            for index in self.gates:
                if self.circuit.nodes[index].op == wrong.gate:
                    wires = {
                        (index, at): self._slope(index, at, wrong.slope(at))
                        for at in self._wired(index)
                        if wrong.slope(at)
                    }
                    made += [wires] if wires else []
                    if wires:
                        yield Breakage(wrong.code, wrong.said.format(gate=self._typed(index)), wires)
            if len(made) > 1:
                said = wrong.said.format(gate=f"every {GATES[wrong.gate].form}")
                yield Breakage(
                    wrong.code, said, {place: rule for wires in made for place, rule in wires.items()}, ideas=2
                )

    def _slope(self, index: int, position: int, text: str) -> BrokenPullback:
        gate = GATES[self.circuit.nodes[index].op]
        function = self.program.rules.function(rule_circuit(text), gate.wires)

        def rule(
            inputs: Sequence[Number], value: Number, upstream: Number, right: Callable[[Number], Number]
        ) -> Number:
            wires = (inputs[position], value, np.float64(1.0)) if gate.many else (*inputs, value)
            return np.multiply(upstream, function(wires))

        return rule

    def _broadcasts(self) -> Iterator[Breakage]:
        """Of what an elementwise gate repeated only one part is taken, or the mean of them."""
        for index in self.gates:
            for at in self._wired(index) if self.program.shaped.rows[index] is None else ():
                source = self.circuit.nodes[index].inputs[at]
                if self.shapes[source] == self.shapes[index]:
                    continue
                name = self.circuit.names[source]
                for said, part in _PARTS:
                    rule = _narrowing(part, self.shapes[source], self.shapes[index])
                    yield Breakage(
                        "mistake.broadcast", said.format(name=name, gate=self._typed(index)), {(index, at): rule}
                    )

    def _forks(self) -> Iterator[Breakage]:
        counts: dict[int, int] = {}
        for index in reversed(self.gates):
            for at in self._wired(index):
                source = self.circuit.nodes[index].inputs[at]
                counts[source] = counts.get(source, 0) + 1
        for node, count in counts.items():
            said = slips.keeping_one(count, self.circuit.names[node])
            every = frozenset(range(count))
            for number in every if 1 < count <= slips.MOST_KEPT else ():
                yield Breakage(slips.FORK, said, lost={node: every - {number}})
            said = slips.losing_one(count, self.circuit.names[node])
            for number in every if 2 < count <= slips.MOST_KEPT else ():
                yield Breakage(slips.FORK, said, lost={node: frozenset({number})})

    def _at_any_gate(self) -> Iterator[Breakage]:
        for index in self.gates:
            wired, typed = self._wired(index), self._typed(index)
            if index != self.circuit.output:
                yield _slip(slips.MISSING_UPSTREAM, typed, {(index, at): _without_upstream for at in wired})
            if self.program.shaped.rows[index] is None and not GATES[self.circuit.nodes[index].op].routes:
                for some in dict.fromkeys([*((at,) for at in wired), tuple(wired)]):
                    yield _slip(slips.MISSING_SLOPE, typed, {(index, at): _without_slope for at in some})
            for at in wired:
                yield _slip(slips.SIGN, typed, {(index, at): _turned})


def _slip(slip: slips.GateSlip, typed: str, wires: Mapping[Place, BrokenPullback]) -> Breakage:
    return Breakage(slip.code, slip.said.format(gate=typed), wires)


def _without_upstream(inputs: Any, value: Number, upstream: Number, right: Callable[[Number], Number]) -> Number:
    return right(np.ones(np.shape(upstream))[()])


def _without_slope(inputs: Any, value: Number, upstream: Number, right: Any) -> Number:
    return upstream


def _turned(inputs: Any, value: Number, upstream: Number, right: Callable[[Number], Number]) -> Number:
    return np.negative(right(upstream))


def _narrowing(part: Callable[[Any, int], Any], shape: tuple[int, ...], out: tuple[int, ...]) -> BrokenPullback:
    """A rule that takes a part along each repeated axis in place of the sum."""
    lead = len(out) - len(shape)

    def rule(inputs: Any, value: Number, upstream: Number, right: Callable[[Number], Number]) -> Number:
        whole = np.broadcast_to(right(upstream), out)
        for _ in range(lead):
            whole = part(whole, 0)
        for axis, (own, wide) in enumerate(zip(shape, out[lead:], strict=True)):
            if own == 1 and wide > 1:
                whole = np.expand_dims(part(whole, axis), axis)
        return whole

    return rule


_OF_MANY = "of the contributions that broadcasting makes to {name} at {gate}"
_PARTS: tuple[tuple[str, Callable[[Any, int], Any]], ...] = (
    (f"keeping only the last {_OF_MANY}", lambda a, axis: np.take(a, -1, axis)),
    (f"keeping only the first {_OF_MANY}", lambda a, axis: np.take(a, 0, axis)),
    (f"taking the mean, not the sum, {_OF_MANY}", np.mean),
)
