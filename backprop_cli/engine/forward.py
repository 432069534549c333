"""The forward pass: circuit + point + arithmetic → the value of every node, with domains asked and kinks noted.

A gate outside its domain has no value, and neither has what depends on it, except a ``where`` that takes the other
branch. Only an output without a value is refused; a stage without one is reported as such.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from backprop_cli.arithmetic.protocol import Arithmetic, Number
from backprop_cli.circuit import CONSTANT, INPUT, Circuit, Node
from backprop_cli.engine.rules import CompiledGate, Rules
from backprop_cli.problems import MORE_RANGE, Diagnostic, Refused

_LETTER = re.compile(r"\b[a-z]\b")
_LONG = 20  # characters of an operand that is named in a message


@dataclass(frozen=True)
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

    def inputs(self, index: int) -> list[Number]:
        """The values on a gate's input wires."""
        return [self.values[i] for i in self.circuit.nodes[index].inputs]

    def seen(self, index: int) -> Sequence[tuple[Number, ...]]:
        """For each input of a gate, what the rule of its local gradient sees."""
        return self.rules[self.circuit.nodes[index].op].seen(self.inputs(index), self.values[index])

    def asked(self, index: int) -> tuple[int, ...]:
        """The inputs from which a gate's value flows: of a ``where`` the condition and the branch that is taken."""
        return _asked(self.circuit.nodes[index], self.values, self.arithmetic)

    @cached_property
    def live(self) -> bytearray:
        """1 for every node from which the output's value flows, not for those behind a branch that is not taken."""
        marks = bytearray(len(self.circuit.nodes))
        marks[self.circuit.output] = 1
        for index in range(self.circuit.output, self.circuit.first_gate - 1, -1):
            if marks[index]:
                for source in self.asked(index):
                    marks[source] = 1
        return marks

    @property
    def live_kinks(self) -> tuple[int, ...]:
        """The gates on a kink from which the output's value flows."""
        return tuple(index for index in self.kinks if self.live[index])


def _asked(node: Node, values: Sequence[Number], arithmetic: Arithmetic) -> tuple[int, ...]:
    if node.op != "where" or values[node.inputs[0]] is None:
        return node.inputs
    condition, yes, no = node.inputs
    return (condition, yes if arithmetic.truth(values[condition]) else no)


def forward(circuit: Circuit, point: Mapping[str, Number], rules: Rules) -> Forward:
    """Run the circuit; ``point`` has a number of the rules' arithmetic for every variable."""
    sweep = _ForwardSweep(circuit, rules)
    sweep.start(point)
    sweep.run()
    return Forward(circuit, rules, sweep.values, sweep.failed, tuple(sweep.kinks))


def refuse_without_output(run: Forward) -> None:
    """Raise what kept the output from having a value."""
    problem = run.failed.get(run.circuit.output)
    if problem is not None:
        raise Refused(problem)


class _ForwardSweep:
    def __init__(self, circuit: Circuit, rules: Rules) -> None:
        self.circuit, self.rules = circuit, rules
        self.arithmetic = rules.arithmetic
        self.values: list[Number] = [None] * len(circuit.nodes)
        self.failed: dict[int, Diagnostic] = {}
        self.kinks: list[int] = []

    def start(self, point: Mapping[str, Number]) -> None:
        for index in range(self.circuit.first_gate):
            node = self.circuit.nodes[index]
            self.values[index] = point[node.text] if node.op == INPUT else self.arithmetic.literal(node.text)
            if node.op == CONSTANT and not self._holds(node.text, self.values[index]):
                size = "small" if self.arithmetic.is_finite(self.values[index]) else "large"
                problem = Diagnostic("overflow.constant", f"{node.text} is too {size} for a double", MORE_RANGE)
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
                if not row.inside(arguments):
                    self._fail(index, self._outside(row, index, arguments))
                    continue
                value = row.value(*arguments)
                if not finite(value):
                    self._fail(index, self._overflow(row, arguments))
                    continue
                if row.on_kink(arguments, value):
                    self.kinks.append(index)
                values[index] = value
            except Refused as refused:
                problem = refused.problems[0]
                self._fail(index, replace(problem, message=problem.message.replace("{gate}", row.gate.name)))

    def _spoiled(self, index: int, node: Node) -> bool:
        """Whether an input that is asked has no value, and so leaves this gate without one."""
        spoiling = next((i for i in _asked(node, self.values, self.arithmetic) if i in self.failed), None)
        if spoiling is None:
            return False
        self.failed[index] = self.failed[spoiling]
        return True

    def _fail(self, index: int, problem: Diagnostic) -> None:
        self.failed[index] = problem.at(self.circuit.source, self.circuit.spans[index])

    def _outside(self, row: CompiledGate, index: int, arguments: Sequence[Number]) -> Diagnostic:
        gate = row.gate
        hint = "cbrt(x) is the real cube root" if gate.name == "pow" else ""
        need, got = in_words(self.circuit, index, gate.need, lettered(self.arithmetic, row, arguments))
        return Diagnostic(f"domain.{gate.name}", f"{gate.name} needs {need}, and got {got}", hint)

    def _overflow(self, row: CompiledGate, arguments: Sequence[Number]) -> Diagnostic:
        given = shown(self.arithmetic, row, arguments)
        if self.arithmetic.doubles:
            return Diagnostic(
                f"overflow.{row.gate.name}", f"{row.gate.name} overflows a double, with {given}", MORE_RANGE
            )
        return Diagnostic(
            f"overflow.{row.gate.name}", f"{row.gate.name} leaves the range of numbers here, with {given}"
        )


def shown(arithmetic: Arithmetic, row: CompiledGate, arguments: Sequence[Number], most: int = 24) -> str:
    """The arguments as ``x = -8, y = 0.5``, each cut to a readable length."""
    return ", ".join(f"{letter} = {text}" for letter, text in lettered(arithmetic, row, arguments, most).items())


def lettered(arithmetic: Arithmetic, row: CompiledGate, arguments: Sequence[Number], most: int = 24) -> dict[str, str]:
    """The text of each argument by the rule's letter for it."""
    texts = [arithmetic.text(argument) for argument in arguments]
    texts = [text if len(text) <= most else text[: most - 1] + "…" for text in texts]
    letters = row.gate.params if not row.gate.many else tuple(f"x{i}" for i in range(1, len(texts) + 1))
    return dict(zip(letters, texts, strict=True))


def in_words(circuit: Circuit, index: int, need: str, given: Mapping[str, str]) -> tuple[str, str]:
    """What a gate needs and what it got; of a gate of two inputs under the user's own names, where they are short.

    ``y/x`` needs x ≠ 0, and not y ≠ 0, as the rule of ``x/y`` has it.
    """
    if len(given) == 1:
        return need, next(iter(given.values()))
    pairs = list(zip(given, circuit.nodes[index].inputs, strict=True))
    typed = {letter: circuit.typed(i, _LONG + 1) for letter, i in pairs if circuit.nodes[i].op != CONSTANT}
    named = {letter: text for letter, text in typed.items() if 0 < len(text) <= _LONG}
    asked = _LETTER.findall(need)
    got = [f"{named.get(letter, letter)} = {text}" for letter, text in given.items() if letter in {*named, *asked}]
    return _LETTER.sub(lambda letter: named.get(letter[0], letter[0]), need), ", ".join(dict.fromkeys(got))
