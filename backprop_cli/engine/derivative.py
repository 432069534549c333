"""The derivative of a circuit as a circuit over the same variables, by the backward pass with nodes for numbers.

Each gate's local gradients are the table's rules, written over its wires; contributions add up as they do there. What
a routing gate leaves out of the backward pass is a ``where`` here, so that nothing behind it is asked. Every rule is
made of gates of the table, so a derivative has a derivative.
"""

from __future__ import annotations

from collections.abc import Sequence

from backprop_cli.circuit import CONSTANT, INPUT, Circuit, CircuitBuilder, pruned
from backprop_cli.engine.inlining import inlined, number
from backprop_cli.engine.regions import Regions
from backprop_cli.engine.rules import no_gradient, rule_circuit
from backprop_cli.gates import GATES
from backprop_cli.problems import Refused

Part = tuple[int, int]  # the condition on which an input takes part, and the local gradient where it does


def derivative(circuit: Circuit, by: int, of: int | None = None) -> Circuit:
    """∂of/∂by for two nodes of a circuit; ``of`` is its output if nothing else is said.

    It has the values of the backward pass wherever that has them, kinks included. Raises ``Refused`` where a gate on
    the way has no gradient in an input at all.
    """
    return derivatives(circuit, (by,), of)[0]


def derivatives(circuit: Circuit, by: Sequence[int], of: int | None = None) -> tuple[Circuit, ...]:
    """``derivative`` for several nodes, from one walk."""
    made = _Derivation(circuit, circuit.reach(by), circuit.output if of is None else of)
    return tuple(made.of(node) for node in by)


class _Derivation:
    def __init__(self, circuit: Circuit, targets: bytearray, root: int) -> None:
        self.circuit, self.targets, self.root = circuit, targets, root
        self.builder = CircuitBuilder()
        self.regions = Regions(self.builder)
        self.values = self._copied()
        self.choices: dict[tuple[int, int], Part] = {}
        # Where each node takes part in the output's value, as a condition; 0 where it never does.
        self.places = [self.regions.never] * len(circuit.nodes)
        self.gradients: list[int | None] = [None] * len(circuit.nodes)
        self._place()
        self._sweep()

    def of(self, node: int) -> Circuit:
        """The circuit of one node's gradient."""
        found = self.gradients[node]
        root = self.regions.never if found is None else self.regions.within(self.places[node], found)
        return pruned(self.builder.finish(self.circuit.source, root)[0])

    def _copied(self) -> list[int]:
        """The circuit's own nodes in the builder: the values that rules read."""
        made: list[int] = []
        for node, span in zip(self.circuit.nodes, self.circuit.spans, strict=True):
            if node.op == INPUT:
                made.append(self.builder.input(node.text, span))
            elif node.op == CONSTANT:
                made.append(self.builder.constant(node.text, span))
            else:
                made.append(self.builder.gate(node.op, tuple(made[i] for i in node.inputs), span))
        return made

    def _active(self) -> list[tuple[int, int, int]]:
        """Every wire that may carry a gradient, as gate, position and source, from the output back."""
        reached = bytearray(len(self.circuit.nodes))
        reached[self.root] = 1
        found = []
        for index in range(self.root, self.circuit.first_gate - 1, -1):
            if not (reached[index] and self.targets[index]):
                continue
            for position, source in enumerate(self.circuit.nodes[index].inputs):
                if self.targets[source] and self._choice(index, position)[1] != self.regions.never:
                    reached[source] = 1
                    found.append((index, position, source))
        return found

    def _place(self) -> None:
        self.wires = self._active()
        self.places[self.root] = self.regions.always
        for index, position, source in self.wires:
            through = self.regions.both(self.places[index], self._choice(index, position)[0])
            self.places[source] = self.regions.either(self.places[source], through)

    def _sweep(self) -> None:
        """Contributions add up; one that takes part on a narrower condition than its node is 0 elsewhere."""
        regions, places = self.regions, self.places
        self.gradients[self.root] = regions.always
        for index, position, source in self.wires:
            condition, local = self._choice(index, position)
            upstream, span = self.gradients[index], self.circuit.spans[index]
            assert upstream is not None
            carried = self._product(upstream, local, index)
            through = regions.both(places[index], condition)
            if through != places[source]:
                carried = regions.within(condition if places[index] == places[source] else through, carried)
            before = self.gradients[source]
            self.gradients[source] = carried if before is None else self.builder.gate("add", (before, carried), span)

    def _product(self, upstream: int, local: int, index: int) -> int:
        """Upstream × local, shorter where one of them is 1 or -1."""
        span, ones = self.circuit.spans[index], [number(self.builder, upstream), number(self.builder, local)]
        if 1 in ones:
            return local if ones[0] == 1 else upstream
        if -1 in ones:
            return self.builder.gate("neg", (local if ones[0] == -1 else upstream,), span)
        return self.builder.gate("mul", (upstream, local), span)

    def _choice(self, index: int, position: int) -> Part:
        known = self.choices.get((index, position))
        if known is None:
            local = self._local(index, position)
            routes = GATES[self.circuit.nodes[index].op].routes
            known = self.regions.split(local) if routes else (self.regions.always, local)
            self.choices[index, position] = known
        return known

    def _local(self, index: int, position: int) -> int:
        """The rule of a local gradient over the gate's own wires."""
        node, span = self.circuit.nodes[index], self.circuit.spans[index]
        gate = GATES[node.op]
        text = gate.slope(position).text
        if not text:
            raise Refused(no_gradient(gate, position).at(self.circuit.source, span))
        inputs = [self.values[i] for i in node.inputs]
        rule = rule_circuit(text)
        seen = [inputs[position]] if gate.many else inputs
        wires = dict(zip(gate.wires, [*seen, self.values[index]], strict=False))
        if "n" in rule.inputs and gate.many:
            wires["n"] = self._ties(inputs, index)
        return inlined(self.builder, rule, wires, span)

    def _ties(self, inputs: list[int], index: int) -> int:
        """How many inputs equal the output, as a sum of comparisons."""
        span, value = self.circuit.spans[index], self.values[index]
        first, *others = (self.builder.gate("eq", (each, value), span) for each in inputs)
        for other in others:
            first = self.builder.gate("add", (first, other), span)
        return first
