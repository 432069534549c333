"""The circuit: an expression as a directed acyclic graph of nodes in a fixed order, inputs, constants, then gates.

It keeps what was typed (operand order, spans, stage names) and knows no calculus: what a gate means stands in
``gates/``. Every list beside a circuit (values, gradients) is indexed by node number, and each gate's inputs have
smaller numbers than the gate, so one loop is a forward sweep and the reversed loop a backward sweep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from backprop_cli.problems import Source, Span

INPUT, CONSTANT = "input", "constant"


Statics = tuple[tuple[str, object], ...]
"""What an array gate is told besides its inputs, in a fixed order: ``(("axis", 0), ("keepdims", True))``."""


@dataclass(frozen=True, slots=True)
class Node:
    """``op`` is ``input`` (text: its name), ``constant`` (text: its literal, ``pi`` or ``e``) or a gate's name.

    ``statics`` are an array gate's arguments that are no wires: its axis, its index, its shape.
    """

    op: str
    inputs: tuple[int, ...] = ()
    text: str = ""
    statics: Statics = ()

    @property
    def is_gate(self) -> bool:
        """Whether it computes: neither an input nor a constant."""
        return self.op not in (INPUT, CONSTANT)


@dataclass(frozen=True, slots=True)
class Stage:
    """A named statement ``name = …`` and the node that holds its value."""

    name: str
    node: int
    span: Span


@dataclass(frozen=True)
class Circuit:
    """Nodes in order, the span of each in the source, the named stages, and the node that is the output."""

    source: Source
    nodes: tuple[Node, ...]
    spans: tuple[Span, ...]
    stages: tuple[Stage, ...]
    output: int

    @cached_property
    def inputs(self) -> dict[str, int]:
        """Each variable's node number, in order of first appearance."""
        found: dict[str, int] = {}
        for index, node in enumerate(self.nodes):
            if node.op != INPUT:
                break
            found[node.text] = index
        return found

    @property
    def constants(self) -> tuple[Node, ...]:
        """The literals, π and e."""
        return tuple(node for node in self.nodes[: self.first_gate] if node.op == CONSTANT)

    @cached_property
    def first_gate(self) -> int:
        """The number of the first gate; everything before it is an input or a constant."""
        return next((i for i, node in enumerate(self.nodes) if node.is_gate), len(self.nodes))

    @cached_property
    def names(self) -> dict[int, str]:
        """What each node is called: its own name, its literal, the output's, or a fresh ``g1``, and so on."""
        taken = {*self.inputs, *(stage.name for stage in self.stages)}
        prefix = next(p for p in _prefixes() if not any(_numbered(name, p) for name in taken))
        names = {stage.node: stage.name for stage in self.stages}
        if self.nodes[self.output].is_gate:
            names.setdefault(self.output, self.output_name)
        count = 0
        for index, node in enumerate(self.nodes):
            if not node.is_gate:
                names.setdefault(index, node.text)
            elif index not in names:
                count += 1
                names[index] = f"{prefix}{count}"
        return names

    @property
    def output_name(self) -> str:
        """The last stage's name, or ``f``, or ``output`` where ``f`` is taken."""
        if self.stages and self.stages[-1].node == self.output:
            return self.stages[-1].name
        taken = {*self.inputs, *(stage.name for stage in self.stages)}
        return next(name for name in _outputs() if name not in taken)

    @property
    def made_of(self) -> str:
        """The output as typed, on one line: all of the text, or what stands after the stages."""
        return self.typed(self.output) if self.stages else " ".join(self.source.text.split())

    def typed(self, index: int, most: int | None = None) -> str:
        """The text from which a node was read, on one line; of a text longer than ``most`` its beginning and end.

        In a sum of many terms every gate's text holds all the terms before it: cutting comes before copying.
        """
        text, span = self.source.text, self.spans[index]
        if most is None or span.end - span.start <= most:
            return " ".join(text[span.start : span.end].split())
        half = (most - 1) // 2
        ends = text[span.start : span.start + half], text[span.end - half : span.end]
        return "…".join(" ".join(end.split()) for end in ends)

    def reach(self, targets: Iterable[int]) -> bytearray:
        """1 for every node that is a target or depends on one; the backward pass has no work elsewhere."""
        marks = bytearray(len(self.nodes))
        for target in targets:
            marks[target] = 1
        for index in range(self.first_gate, len(self.nodes)):
            if not marks[index] and any(marks[i] for i in self.nodes[index].inputs):
                marks[index] = 1
        return marks

    def feeding(self, targets: Iterable[int]) -> bytearray:
        """1 for every node that is a target or that a target depends on."""
        marks = bytearray(len(self.nodes))
        for target in targets:
            marks[target] = 1
        for index in range(len(self.nodes) - 1, self.first_gate - 1, -1):
            if marks[index]:
                for source in self.nodes[index].inputs:
                    marks[source] = 1
        return marks

    def fan_out(self) -> list[int]:
        """How many wires each node feeds; more than one is a fork."""
        wires = [0] * len(self.nodes)
        for node in self.nodes:
            for index in node.inputs:
                wires[index] += 1
        return wires


def _prefixes() -> Iterable[str]:
    yield from ("g", "gate", "node")
    count = 0
    while True:
        count += 1
        yield "g" + "_" * count


def _outputs() -> Iterable[str]:
    yield from ("f", "output")
    count = 0
    while True:
        count += 1
        yield "output" + "_" * count


def _numbered(name: str, prefix: str) -> bool:
    return name.startswith(prefix) and name[len(prefix) :].isdigit()


@dataclass
class CircuitBuilder:
    """Collects nodes, sharing equal subexpressions unless told not to, and puts them in order at the end.

    A named stage is a quantity of its own: its node is never shared with another expression, so that the gradient
    reported for the stage is ∂output/∂stage and nothing else.
    """

    share: bool = True
    _nodes: list[Node] = field(default_factory=list)
    _spans: list[Span] = field(default_factory=list)
    _stages: dict[int, Stage] = field(default_factory=dict)
    _known: dict[Node, int] = field(default_factory=dict)

    def input(self, name: str, span: Span) -> int:
        """The variable of that name; always one node."""
        return self._add(Node(INPUT, (), name), span, shared=True)

    def constant(self, text: str, span: Span) -> int:
        """A literal as typed, or ``pi`` or ``e``."""
        return self._add(Node(CONSTANT, (), text), span, shared=self.share)

    def gate(self, op: str, inputs: tuple[int, ...], span: Span, statics: Statics = ()) -> int:
        """A gate on nodes made before."""
        return self._add(Node(op, inputs, "", statics), span, shared=self.share)

    def stage(self, name: str, index: int, span: Span) -> int:
        """Name a quantity; what is named is a node of its own, whose number is returned."""
        own = self._own(index)
        self._spans[own] = span
        self._stages[own] = Stage(name, own, span)
        return own

    def named(self, name: str, index: int, span: Span) -> None:
        """Name a node that is a quantity of its own already."""
        self._stages[index] = Stage(name, index, span)

    @property
    def count(self) -> int:
        """How many nodes there are so far."""
        return len(self._nodes)

    def _own(self, index: int) -> int:
        """A node for a stage alone: the one just made, a copy of one used elsewhere, or the identity of a named one."""
        node = self._nodes[index]
        if node.op == INPUT or index in self._stages:
            return self._add(Node("identity", (index,)), self._spans[index], shared=False)
        if index == len(self._nodes) - 1:
            self._known.pop(node, None)
            return index
        return self._add(node, self._spans[index], shared=False)

    def kind(self, index: int) -> Node:
        """The node of that number, as made so far."""
        return self._nodes[index]

    def _add(self, node: Node, span: Span, *, shared: bool) -> int:
        if shared:
            known = self._known.get(node)
            if known is not None:
                return known
            self._known[node] = len(self._nodes)
        self._nodes.append(node)
        self._spans.append(span)
        return len(self._nodes) - 1

    def finish(self, source: Source, output: int) -> tuple[Circuit, list[int]]:
        """The circuit in its fixed order, and where each node number given out before now stands."""
        rank = {INPUT: 0, CONSTANT: 1}
        order = sorted(range(len(self._nodes)), key=lambda i: rank.get(self._nodes[i].op, 2))
        place = [0] * len(order)
        for new, old in enumerate(order):
            place[old] = new
        nodes = tuple(_moved(self._nodes[old], place) for old in order)
        stages = tuple(Stage(stage.name, place[stage.node], stage.span) for stage in self._stages.values())
        return Circuit(source, nodes, tuple(self._spans[old] for old in order), stages, place[output]), place


def _moved(node: Node, place: list[int]) -> Node:
    return Node(node.op, tuple(place[i] for i in node.inputs), node.text, node.statics) if node.inputs else node


def opened(circuit: Circuit, variables: Mapping[int, str]) -> Circuit:
    """The circuit with some of its nodes turned into variables of these names; what fed them stays."""
    builder, made = CircuitBuilder(share=False), list[int]()
    for index, (node, span) in enumerate(zip(circuit.nodes, circuit.spans, strict=True)):
        if node.op == INPUT or index in variables:
            made.append(builder.input(variables.get(index, node.text), span))
        elif node.op == CONSTANT:
            made.append(builder.constant(node.text, span))
        else:
            made.append(builder.gate(node.op, tuple(made[i] for i in node.inputs), span, node.statics))
    return builder.finish(circuit.source, made[circuit.output])[0]


def pruned(circuit: Circuit) -> Circuit:
    """The circuit without what its output does not need, its stages' names among it."""
    needed, builder, made = circuit.feeding((circuit.output,)), CircuitBuilder(share=False), list[int]()
    for index, (node, span) in enumerate(zip(circuit.nodes, circuit.spans, strict=True)):
        if not needed[index]:
            made.append(-1)
        elif node.op == INPUT:
            made.append(builder.input(node.text, span))
        elif node.op == CONSTANT:
            made.append(builder.constant(node.text, span))
        else:
            made.append(builder.gate(node.op, tuple(made[i] for i in node.inputs), span, node.statics))
    return builder.finish(circuit.source, made[circuit.output])[0]
