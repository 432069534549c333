"""The forward pass: circuit + point + arithmetic → the value of every node, with domains asked and kinks noted.

A gate outside its domain has no value, and neither has what depends on it, except a ``where`` that takes the other
branch. Only an output without a value is refused; a stage without one is reported as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backprop_cli.arithmetic.base import Arithmetic, Number
from backprop_cli.circuit import CONSTANT, INPUT, Circuit, Node
from backprop_cli.engine.rules import Compiled, Rules
from backprop_cli.problems import Diagnostic, Refused


@dataclass(frozen=True, slots=True)
class Forward:
    """Every node's value (None where there is none), why some have none, and the gates that stand on a kink."""

    circuit: Circuit
    rules: Rules
    values: list[Number]
    failed: Mapping[int, Diagnostic]
    kinks: tuple[int, ...]

    @property
    def arithmetic(self) -> Arithmetic:
        """The number system of the values."""
        return self.rules.arithmetic

    def wires(self, index: int) -> tuple[Number, ...]:
        """What a gate's rules see: its inputs' values and its own."""
        values = self.values
        return (*[values[i] for i in self.circuit.nodes[index].inputs], values[index])


def forward(circuit: Circuit, point: Mapping[str, Number], rules: Rules) -> Forward:
    """Run the circuit; ``point`` has a number of the rules' arithmetic for every variable."""
    sweep = _Sweep(circuit, rules)
    sweep.start(point)
    sweep.run()
    return Forward(circuit, rules, sweep.values, sweep.failed, tuple(sweep.kinks))


def refuse_without_output(run: Forward) -> None:
    """Raise what kept the output from having a value."""
    problem = run.failed.get(run.circuit.output)
    if problem is not None:
        raise Refused(problem)


class _Sweep:
    def __init__(self, circuit: Circuit, rules: Rules) -> None:
        self.circuit, self.rules = circuit, rules
        self.arithmetic = rules.arithmetic
        self.values: list[Number] = [None] * len(circuit.nodes)
        self.failed: dict[int, Diagnostic] = {}
        self.kinks: list[int] = []

    def start(self, point: Mapping[str, Number]) -> None:
        for index in range(self.circuit.first_gate):
            node = self.circuit.nodes[index]
            self.values[index] = point[node.text] if node.op == INPUT else self.arithmetic.number(node.text)
            if node.op == CONSTANT and not self._holds(node.text, self.values[index]):
                size = "small" if self.arithmetic.is_finite(self.values[index]) else "large"
                problem = Diagnostic("overflow.constant", f"{node.text} is too {size} for a double", _MORE_RANGE)
                self.failed[index] = problem.at(self.circuit.source, self.circuit.spans[index])

    def _holds(self, text: str, value: Number) -> bool:
        """Whether the arithmetic has a number for a literal: neither infinite, nor 0 for what is not 0."""
        if not self.arithmetic.is_finite(value):
            return False
        return self.arithmetic.truth(value) or not any(digit in text.lower().partition("e")[0] for digit in "123456789")

    def run(self) -> None:
        values, failed, finite, rules = self.values, self.failed, self.arithmetic.is_finite, self.rules
        nodes = self.circuit.nodes
        for index in range(self.circuit.first_gate, len(nodes)):
            node = nodes[index]
            inputs = node.inputs
            row = rules[node.op]
            if failed and self._spoiled(index, node):
                continue
            arguments = [values[i] for i in inputs]
            try:
                if row.domain is not None and not self._inside(row, arguments):
                    self._fail(index, _outside(row, self.arithmetic, arguments))
                    continue
                value = row.value(*arguments)
                if not finite(value) or (row.never_zero and not value):
                    self._fail(index, self._overflow(row, arguments))
                    continue
                values[index] = value
                if row.kink is not None and self._on_kink(row, arguments, value):
                    self.kinks.append(index)
            except Refused as refused:
                self._fail(index, refused.problems[0])

    def _inside(self, row: Compiled, arguments: list[Number]) -> bool:
        assert row.domain is not None
        return self.arithmetic.truth(row.domain((*arguments, None)))

    def _spoiled(self, index: int, node: Node) -> bool:
        """Whether an input without a value leaves this gate without one; ``where`` asks only the branch it takes."""
        inputs = node.inputs
        if node.op == "where" and inputs[0] not in self.failed:
            taken = inputs[1] if self.arithmetic.truth(self.values[inputs[0]]) else inputs[2]
            if taken not in self.failed:
                self.values[index] = self.values[taken]
                return True
            inputs = (taken,)
        for i in inputs:
            if i in self.failed:
                self.failed[index] = self.failed[i]
                return True
        return False

    def _on_kink(self, row: Compiled, arguments: list[Number], value: Number) -> bool:
        assert row.kink is not None
        wires = (*arguments, value)
        if row.gate.many:
            wires = (value, value, self.arithmetic.number(str(ties(self.arithmetic, arguments, value))))
        return self.arithmetic.truth(row.kink(wires))

    def _fail(self, index: int, problem: Diagnostic) -> None:
        self.failed[index] = problem.at(self.circuit.source, self.circuit.spans[index])

    def _overflow(self, row: Compiled, arguments: list[Number]) -> Diagnostic:
        given = shown(self.arithmetic, row, arguments)
        if self.arithmetic.name == "float64":
            return Diagnostic(
                f"overflow.{row.gate.name}", f"{row.gate.name} overflows a double, with {given}", _MORE_RANGE
            )
        return Diagnostic(
            f"overflow.{row.gate.name}", f"{row.gate.name} leaves the range of numbers here, with {given}"
        )


_MORE_RANGE = "--digits 20 has a far larger range"


def live(run: Forward) -> bytearray:
    """1 for every node from which the output's value flows, not for those behind a branch that is not taken."""
    nodes, marks = run.circuit.nodes, bytearray(len(run.circuit.nodes))
    marks[run.circuit.output] = 1
    for index in range(run.circuit.output, run.circuit.first_gate - 1, -1):
        if marks[index]:
            inputs = nodes[index].inputs
            if nodes[index].op == "where" and run.values[inputs[0]] is not None:
                inputs = (inputs[0], inputs[1] if run.arithmetic.truth(run.values[inputs[0]]) else inputs[2])
            for source in inputs:
                marks[source] = 1
    return marks


def ties(arithmetic: Arithmetic, arguments: list[Number], value: Number) -> int:
    """How many inputs of max or min equal its output."""
    equal = arithmetic.operations["eq"]
    return sum(1 for argument in arguments if arithmetic.truth(equal(argument, value)))


def shown(arithmetic: Arithmetic, row: Compiled, arguments: list[Number], most: int = 24) -> str:
    """The arguments as ``x = -8, y = 0.5``, each cut to a readable length."""
    texts = [arithmetic.text(argument) for argument in arguments]
    texts = [text if len(text) <= most else text[: most - 1] + "…" for text in texts]
    names = row.gate.params if not row.gate.many else tuple(f"x{i}" for i in range(1, len(texts) + 1))
    return ", ".join(f"{name} = {text}" for name, text in zip(names, texts, strict=True))


def _outside(row: Compiled, arithmetic: Arithmetic, arguments: list[Number]) -> Diagnostic:
    gate = row.gate
    given = shown(arithmetic, row, arguments)
    if len(arguments) == 1:
        given = given.partition(" = ")[2]
    hint = "cbrt(x) is the real cube root" if gate.name == "pow" else ""
    return Diagnostic(f"domain.{gate.name}", f"{gate.name} needs {gate.need}, and got {given}", hint)
