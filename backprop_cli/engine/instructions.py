"""Straight-line instructions over columns: each one once (value-numbered), the cheapest of equal forms.

An instruction is a primitive gate on earlier ones, a column, a constant, or a scalar that is set before the program
runs. Comparisons give masks; ``float`` makes 0 and 1 of a mask. What depends on no column is ``uniform``, and runs once
for all rows. What a gate means stands in the table.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.engine.peepholes import PEEPHOLES
from backprop_cli.gates import COMPARISONS

MaskLiteral = tuple[int, bool]
"""A mask by its instruction, and whether it must hold or not."""
Guard = frozenset[frozenset[MaskLiteral]]
"""When something is needed: one of these terms holds, a term being masks that hold together."""
ALWAYS: Guard = frozenset({frozenset()})
NEVER: Guard = frozenset()


def side(mask: int, *, holds: bool) -> Guard:
    """Where a mask holds, or where it does not."""
    return frozenset({frozenset({(mask, holds)})})


LOGIC = frozenset({"and", "or", "not"})
_SYMMETRIC = frozenset({"add", "mul", "eq", "ne", "max", "min", "and", "or"})


class Instruction(NamedTuple):
    """``name`` is a column's, or a scalar's key; ``number`` a constant's value.

    ``under`` says when the second input is needed at all: behind it stands a branch that some rows do not take.
    """

    op: str
    inputs: tuple[int, ...] = ()
    name: str = ""
    number: float = 0.0
    under: Guard = ALWAYS


class Instructions:
    """Instructions in an order in which they can run."""

    def __init__(self) -> None:
        self.list: list[Instruction] = []
        self._known: dict[tuple[object, ...], int] = {}
        self._uniform: list[bool] = []

    def uniform(self, at: int) -> bool:
        """Whether an instruction gives one number for all rows."""
        return self._uniform[at]

    def is_mask(self, at: int) -> bool:
        """Whether it gives true or false."""
        return self.list[at].op in COMPARISONS | LOGIC

    def column(self, name: str) -> int:
        """A column of the data."""
        return self._add(Instruction("column", (), name), uniform=False)

    def scalar(self, name: str) -> int:
        """A number that is set before the program runs."""
        return self._add(Instruction("scalar", (), name), uniform=True)

    def constant(self, number: float) -> int:
        """A number that is known now."""
        return self._add(Instruction("constant", (), "", number + 0.0), uniform=True)

    def value(self, at: int) -> float | None:
        """A constant's number, None of anything else."""
        one = self.list[at]
        return one.number if one.op == "constant" else None

    def contribution(self, upstream: int, local: int, under: Guard) -> int:
        """Upstream × local, where the local gradient is needed only ``under`` a guard; elsewhere upstream is 0."""
        if under == ALWAYS or self.value(local) is not None:
            return self.make("mul", upstream, local)
        return self._add(Instruction("mul", (self._number(upstream), self._number(local)), under=under))

    def joined(self, op: str, first: int, second: int, under: Guard) -> int:
        """Two masks by ``and`` or ``or``, the second one needed only ``under`` a guard: elsewhere the first decides."""
        return self._add(Instruction(op, (first, second), under=under))

    def make(self, op: str, *inputs: int) -> int:
        """A primitive gate on earlier instructions, in its cheapest form."""
        if op == "where":
            return self._where(*inputs)
        if op in LOGIC:
            return self._logic(op, inputs)
        inputs = self._unmasked(op, inputs)
        numbers = [self.value(one) for one in inputs]
        if all(number is not None for number in numbers):
            folded = Float64.operations[op](*numbers)
            if math.isfinite(folded):
                return self.constant(folded)
        if len(inputs) != 2 and op in ("max", "min"):
            return inputs[0] if len(inputs) == 1 else self.make(op, self.make(op, *inputs[:-1]), inputs[-1])
        simpler = self._simpler(op, inputs)
        return self._add(Instruction(op, inputs)) if simpler is None else simpler

    def _unmasked(self, op: str, inputs: tuple[int, ...]) -> tuple[int, ...]:
        inputs = tuple(map(self._number, inputs))
        return tuple(sorted(inputs)) if op in _SYMMETRIC else inputs

    def _number(self, at: int) -> int:
        """The instruction itself, or the 0 and 1 of a mask."""
        return self._add(Instruction("float", (at,))) if self.is_mask(at) else at

    def under(self, op: str, at: int) -> int | None:
        """What a gate of one input stands on, if the instruction is that gate."""
        one = self.list[at]
        return one.inputs[0] if one.op == op else None

    def mask(self, at: int) -> int:
        """Where the number is not 0."""
        if self.is_mask(at):
            return at
        return self.make("ne", at, self.constant(0.0))

    def _add(self, one: Instruction, *, uniform: bool | None = None) -> int:
        key = (one.op, one.inputs, one.name, one.number, one.under)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = len(self.list)
            self.list.append(one)
            self._uniform.append(all(map(self.uniform, one.inputs)) if uniform is None else uniform)
        return known

    def _where(self, condition: int, yes: int, no: int) -> int:
        number = self.value(condition)
        if number is not None or yes == no:
            return yes if number != 0 else no
        mask = self.mask(condition)
        logical = self._chosen_mask(mask, yes, no)
        if logical is not None:
            return logical
        return self._add(Instruction("where", (mask, self._number(yes), self._number(no))))

    def _chosen_mask(self, mask: int, yes: int, no: int) -> int | None:
        """A choice between 0, 1 and masks as a mask."""
        pair = self.value(yes), self.value(no)
        if pair == (1.0, 0.0):
            return mask
        if pair == (0.0, 1.0):
            return self.make("not", mask)
        if pair[1] == 0 and self.is_mask(yes):
            return self.joined("and", mask, yes, side(mask, holds=True))
        if pair[0] == 1 and self.is_mask(no):
            return self.joined("or", mask, no, side(mask, holds=False))
        return None

    def _logic(self, op: str, inputs: tuple[int, ...]) -> int:
        if op == "not" and self.list[inputs[0]].op == "not":
            return self.list[inputs[0]].inputs[0]
        if op != "not" and inputs[0] == inputs[1]:
            return inputs[0]
        return self._add(Instruction(op, tuple(sorted(inputs))))

    def _simpler(self, op: str, inputs: tuple[int, ...]) -> int | None:
        rule = PEEPHOLES.get(op)
        return None if rule is None else rule(self, *inputs)
