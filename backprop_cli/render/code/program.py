"""Circuit → program: one line a gate forward; backward, local × upstream along each wire, ``+=`` at forks.

The local gradients are the gate table's rules. The program holds at every point, not only at the one of a report: a
branch of ``where`` that is not taken is not asked, and a gate that routes sends nothing to what it leaves out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from math import isfinite

from backprop_cli.circuit import CONSTANT, Circuit
from backprop_cli.engine.rules import no_gradient
from backprop_cli.gates import GATES
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.render.code.branching import ROOT, Branching, branches, routed
from backprop_cli.render.code.rule import slope
from backprop_cli.render.code.tree import (
    ONE,
    OUTPUT,
    ZERO,
    Apply,
    Assign,
    Choice,
    CodeTree,
    Count,
    Gradient,
    Note,
    Numeral,
    ProgramLine,
    Ties,
    Value,
)
from backprop_cli.report.report import Quantity, Report

Body = list[ProgramLine]


@dataclass(frozen=True, slots=True)
class Program:
    """``variables`` and ``wanted`` are node numbers; ``names`` is what the user calls each node of the program."""

    circuit: Circuit
    variables: tuple[int, ...]
    wanted: tuple[int, ...]
    names: dict[int, str]
    output: int
    forward: tuple[ProgramLine, ...]
    backward: tuple[ProgramLine, ...]
    needed: bytearray


def program(circuit: Circuit, wanted: Collection[str] | None, report: Report | None = None) -> Program:
    """The program of a circuit, with the gradients of the wanted variables (None: all).

    With a report, each line's comment says its number at the report's point.
    """
    _constants_are_doubles(circuit)
    inputs = circuit.inputs
    chosen = tuple(index for name, index in inputs.items() if wanted is None or name in wanted)
    found = branches(circuit)
    output = circuit.output if _has_line(circuit, circuit.output) else OUTPUT
    names = {index: name for index, name in circuit.names.items() if found.needed[index]}
    names |= {index: name for name, index in inputs.items()}
    names[output] = circuit.output_name
    forward = _Forward(circuit, found, report).statements(output)
    backward = _Backward(circuit, found, chosen, report).statements(output)
    return Program(circuit, tuple(inputs.values()), chosen, names, output, forward, backward, found.needed)


def _has_line(circuit: Circuit, index: int) -> bool:
    """Whether the forward pass has a line for the node: gates, and numbers that are stages."""
    node = circuit.nodes[index]
    return node.is_gate or (node.op == CONSTANT and any(stage.node == index for stage in circuit.stages))


def _constants_are_doubles(circuit: Circuit) -> None:
    for index in range(circuit.first_gate):
        node = circuit.nodes[index]
        if node.op != CONSTANT or node.text in ("pi", "e"):
            continue
        size = "large" if not isfinite(float(node.text)) else "small" if _vanishes(node.text) else ""
        if size:
            problem = Diagnostic("overflow.constant", f"{node.text} is too {size} for a double")
            raise Refused(problem.at(circuit.source, circuit.spans[index]))


def _vanishes(text: str) -> bool:
    """Whether a literal other than 0 is 0 as a double."""
    return float(text) == 0 and any(digit in text.lower().partition("e")[0] for digit in "123456789")


def wire(circuit: Circuit, index: int, named: Collection[int]) -> CodeTree:
    """What stands for a node in an expression: its name, or the number itself."""
    node = circuit.nodes[index]
    return Numeral(node.text) if node.op == CONSTANT and index not in named else Value(index)


@dataclass
class _Forward:
    circuit: Circuit
    found: Branching
    report: Report | None
    comments: dict[int, str] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    blocks: dict[int, Body] = field(default_factory=dict)

    def statements(self, output: int) -> tuple[ProgramLine, ...]:
        circuit, found = self.circuit, self.found
        if self.report is not None:
            self.taken = taken(circuit, found, self.report)
            self.comments = {
                gate.id: gate.value.text
                for gate in self.report.gates
                if gate.value is not None and found.home[gate.id] in self.taken
            }
        named = {stage.node for stage in circuit.stages}
        root = self.blocks.setdefault(ROOT, [])
        root += [
            Assign(Value(i), Numeral(circuit.nodes[i].text))
            for i in range(circuit.first_gate)
            if found.needed[i] and i in named and circuit.nodes[i].op == CONSTANT
        ]
        for index in range(circuit.first_gate, len(circuit.nodes)):
            if found.needed[index]:
                self._gate(index, named)
        if output == OUTPUT:
            root.append(Assign(Value(OUTPUT), wire(circuit, circuit.output, named)))
        return tuple(root)

    def _gate(self, index: int, named: Collection[int]) -> None:
        block = self.blocks.setdefault(self.found.home[index], [])
        comment = self.comments.get(index, "")
        tree = gate_tree(self.circuit, index, named)
        pair = self.found.of.get(index)
        if pair is None:
            block.append(Assign(Value(index), tree, comment=comment))
            return
        condition, *arms = tree.inputs
        sides = [
            (*self.blocks.pop(branch, ()), Assign(Value(index), arm, comment=comment if branch in self.taken else ""))
            for branch, arm in zip(pair, arms, strict=True)
        ]
        block.append(Choice(condition, sides[0], sides[1]))


def gate_tree(circuit: Circuit, index: int, named: Collection[int]) -> Apply:
    """A gate on what its inputs are called."""
    node = circuit.nodes[index]
    return Apply(node.op, tuple(wire(circuit, i, named) for i in node.inputs))


@dataclass
class _Backward:
    circuit: Circuit
    found: Branching
    wanted: Sequence[int]
    report: Report | None
    named: set[int] = field(default_factory=set)
    useful: bytearray = field(default_factory=bytearray)
    routed: bytearray = field(default_factory=bytearray)
    carried: dict[int, tuple[str, ...]] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    started: set[int] = field(default_factory=set)
    members: dict[int, list[int]] = field(default_factory=dict)
    blocks: dict[int, Body] = field(default_factory=dict)

    def statements(self, output: int) -> tuple[ProgramLine, ...]:
        circuit = self.circuit
        self.named = {stage.node for stage in circuit.stages}
        self.routed = routed(circuit, self.found)
        self.useful = self._useful()
        for index in range(circuit.first_gate, len(circuit.nodes)):
            if self.found.needed[index]:
                self.members.setdefault(self.found.home[index], []).append(index)
        if self.report is not None:
            self.carried = {
                gate.id: tuple(each.text if each else "" for each in gate.contributions) for gate in self.report.gates
            }
            self.taken = taken(circuit, self.found, self.report)
        root: Body = []
        if self.useful[circuit.output]:
            root.append(Assign(Gradient(output), ONE))
            if output == OUTPUT:
                root.append(Assign(Gradient(circuit.output), Gradient(OUTPUT)))
            self.started.add(circuit.output)
            self._sweep(ROOT, root)
        nothing = "no gate passes a gradient to it"
        root += [Assign(Gradient(i), ZERO, comment=nothing) for i in self.wanted if i not in self.started]
        return tuple(root)

    def _slope(self, index: int, position: int) -> CodeTree:
        node = self.circuit.nodes[index]
        return slope(node.op, position, [wire(self.circuit, i, self.named) for i in node.inputs], index)

    def _useful(self) -> bytearray:
        """1 for every node through which a gradient comes to a wanted variable."""
        useful = bytearray(len(self.circuit.nodes))
        for index in self.wanted:
            useful[index] = 1
        for index in range(self.circuit.first_gate, len(self.circuit.nodes)):
            if self.found.needed[index]:
                inputs = self.circuit.nodes[index].inputs
                self._held_fixed(index, useful)
                useful[index] = any(useful[i] and self._slope(index, at) != ZERO for at, i in enumerate(inputs))
        return useful

    def _held_fixed(self, index: int, useful: bytearray) -> None:
        """Refuse a gate one of whose inputs has no gradient at all, where that gradient is wanted."""
        circuit, node = self.circuit, self.circuit.nodes[index]
        gate = GATES[node.op]
        for at, source in enumerate(node.inputs):
            if useful[source] and not gate.slope(at).text:
                raise Refused(no_gradient(gate, at).at(circuit.source, circuit.spans[index]))

    def _sweep(self, branch: int, block: Body) -> None:
        """The gates of one branch from the last to the first; each choice within is finished where it is met."""
        self.blocks[branch] = block
        for index in reversed(self.members.get(branch, ())):
            if self.useful[index] and index in self.started:
                self._gate(index, block)

    def _gate(self, index: int, block: Body) -> None:
        node = self.circuit.nodes[index]
        tree = gate_tree(self.circuit, index, self.named)
        block.append(Note(Assign(Value(index), tree)))
        pair = self.found.of.get(index)
        if pair is not None:
            sides = [self._side(index, at, branch) for at, branch in enumerate(pair, start=1)]
            block.append(Choice(tree.inputs[0], sides[0], sides[1]))
            return
        if GATES[node.op].many:
            block.append(Assign(Ties(index), Count(tree.inputs, Value(index))))
        for at, source in enumerate(node.inputs):
            local = self._slope(index, at)
            if self.useful[source] and local != ZERO:
                self._send(index, at, local, self.found.home[index])

    def _side(self, index: int, at: int, branch: int) -> tuple[ProgramLine, ...]:
        """What is sent back when that side of a choice was taken."""
        block = self.blocks[branch] = []
        if self.useful[self.circuit.nodes[index].inputs[at]]:
            self._send(index, at, ONE, branch)
        self._sweep(branch, block)
        return tuple(block)

    def _send(self, index: int, at: int, local: CodeTree, home: int) -> None:
        """One wire's contribution, written in the branch ``home``."""
        source = self.circuit.nodes[index].inputs[at]
        own = self.found.home[source]
        if source not in self.started and own != home:
            self.blocks[own].append(Assign(Gradient(source), ZERO))
            self.started.add(source)
        adds = source in self.started
        self.started.add(source)
        carried = self.carried.get(index, ())
        text = carried[at] if at < len(carried) and home in self.taken else ""
        comment = f"+= at a fork: adds {text}".removesuffix(": adds ") if adds else text
        tree = contribution(local, Gradient(index))
        if self.routed[index] and _may_have_no_slope(self.circuit.nodes[index].op):
            tree = Apply("where", (Apply("ne", (Gradient(index), ZERO)), tree, ZERO))
        self.blocks[home].append(Assign(Gradient(source), tree, adds, comment))


def taken(circuit: Circuit, found: Branching, report: Report) -> set[int]:
    """The branches that are carried out at the report's point."""
    known: dict[int, Quantity | None] = {gate.id: gate.value for gate in report.gates}
    known |= {each.id: each.value for each in report.variables}
    known |= {each.id: each.value for each in report.constants}
    chosen = {ROOT}
    for index in sorted(found.of, reverse=True):
        condition = known.get(circuit.nodes[index].inputs[0])
        if condition is not None and found.home[index] in chosen:
            chosen.add(found.of[index][0 if condition.approx else 1])
    return chosen


def contribution(local: CodeTree, upstream: CodeTree) -> CodeTree:
    """Local × upstream."""
    if local == ONE:
        return upstream
    return Apply("neg", (upstream,)) if local == Numeral("-1") else Apply("times", (local, upstream))


def _may_have_no_slope(op: str) -> bool:
    gate = GATES[op]
    return bool(gate.domain) or any(each.where for each in gate.slopes)
