"""Conditions as nodes of a circuit that is being made: where a part of it takes part in the output's value.

A condition is a node whose value is 0 or not; 1 is always and 0 is never. Joined by ``where``, as the reader does it,
so the right side of *and* and *or* is asked only where the left one does not decide.
"""

from __future__ import annotations

from backprop_cli.circuit import CircuitBuilder
from backprop_cli.engine.inlining import inlined, number
from backprop_cli.engine.rules import rule_circuit
from backprop_cli.gates import GATES
from backprop_cli.problems import Span

_NOWHERE = Span(0, 0)
_DEEPEST = 24  # nested choices that are looked into for what they have in common

Case = tuple[int, int, int]  # a condition, and what holds where it does and where it does not


class Regions:
    """Joins conditions in a builder."""

    def __init__(self, builder: CircuitBuilder) -> None:
        self.builder = builder
        self.always, self.never = builder.constant("1", _NOWHERE), builder.constant("0", _NOWHERE)

    def within(self, condition: int, value: int) -> int:
        """The value where a condition holds, 0 elsewhere, and then the value is not asked."""
        first, yes, no = self._case(condition)
        if (yes, no) == (self.never, self.always):
            return self.builder.gate("where", (first, self.never, value), _NOWHERE)
        if condition == self.always or value == self.never:
            return value
        return self.builder.gate("where", (condition, value, self.never), _NOWHERE)

    def either(self, one: int, other: int, depth: int = 0) -> int:
        """Where one or the other condition holds."""
        if self.always in (one, other):
            return self.always
        if self.never in (one, other) or one == other:
            return other if one == self.never else one
        (first, yes, no), (second, also, nor) = self._cases(one, other)
        if first == second and depth < _DEEPEST:
            return self._choice(first, self.either(yes, also, depth + 1), self.either(no, nor, depth + 1))
        return self._choice(one, self.always, other)

    def both(self, one: int, other: int, depth: int = 0) -> int:
        """Where both conditions hold; the second is asked only where the first does."""
        if self.never in (one, other):
            return self.never
        if self.always in (one, other) or one == other:
            return other if one == self.always else one
        (first, yes, no), (second, also, nor) = self._cases(one, other)
        if first == second and depth < _DEEPEST:
            return self._choice(first, self.both(yes, also, depth + 1), self.both(no, nor, depth + 1))
        if (yes, no) == (self.never, self.always):
            return self._choice(first, self.never, other)
        return self._choice(one, other, self.never)

    def split(self, local: int) -> tuple[int, int]:
        """A local gradient that is 0 where an input takes no part: the condition on which it does, and what it is."""
        known = number(self.builder, local)
        if known is not None:
            return (self.always if known else self.never), local
        node = self.builder.kind(local)
        if node.op in GATES and GATES[node.op].routes and GATES[node.op].value:  # step(x) is a choice itself
            wires = dict(zip(GATES[node.op].params, node.inputs, strict=True))
            return self.split(inlined(self.builder, rule_circuit(GATES[node.op].value), wires, _NOWHERE))
        first, yes, no = self._case(local)
        first = self._bare(first)
        if no == self.never and yes != self.always:
            return first, yes
        if no == self.never:
            return first, self.always
        if yes == self.never:
            return self._choice(first, self.never, self.always), no
        return local, local

    def _case(self, condition: int) -> Case:
        node = self.builder.kind(condition)
        if node.op == "where":
            first, yes, no = node.inputs
            return first, yes, no
        return condition, self.always, self.never

    def _cases(self, one: int, other: int) -> tuple[Case, Case]:
        """Both as choices, of one condition where one of them is the other's."""
        first, second = self._case(one), self._case(other)
        if first[0] == other:
            return first, (other, self.always, self.never)
        if second[0] == one:
            return (one, self.always, self.never), second
        return first, second

    def _choice(self, condition: int, yes: int, no: int) -> int:
        if yes == no:
            return yes
        if (yes, no) == (self.always, self.never):
            return condition
        return self.builder.gate("where", (condition, yes, no), _NOWHERE)

    def _bare(self, condition: int) -> int:
        """A comparison that is compared with 0 once more is that comparison."""
        node = self.builder.kind(condition)
        if node.op == "ne" and node.inputs[1] == self.never and self._is_condition(node.inputs[0]):
            return node.inputs[0]
        return condition

    def _is_condition(self, index: int) -> bool:
        node = self.builder.kind(index)
        return node.op == "where" or (node.op in GATES and bool(GATES[node.op].symbol) and GATES[node.op].routes)
