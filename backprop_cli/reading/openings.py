"""What waits on the parser's stacks: operands, operators, and brackets that are still open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from backprop_cli.gates.array_row import WIRE
from backprop_cli.gates.array_table import ArrayGate
from backprop_cli.problems import Span
from backprop_cli.reading.notation import Token
from backprop_cli.reading.operators import Operator

GROUP, CALL, LITERAL, INDEX, PARTS = "group", "call", "literal", "index", "parts"


class Operand(NamedTuple):
    """A node and the part of the text it was read from; ``literal`` for a bare number.

    ``parts`` are the nodes of a list that is no array yet: the arguments of concat and stack.
    """

    node: int
    start: int
    end: int
    literal: bool = False
    parts: tuple[int, ...] | None = None


class PendingOperator(NamedTuple):
    """An operator that waits on the stack for its right operand."""

    operator: Operator
    start: int
    text: str
    implicit: bool = False


@dataclass(slots=True)
class Opening:
    """An open bracket; ``base`` is where what it holds begins on the operand stack.

    Of a call ``name`` is the function, ``gate`` the array gate that it means, ``position`` the argument that is being
    read, ``told`` what the gate was told so far (its axis …), ``begins`` where the call's text begins. ``entries`` are
    those of an index; ``named_only`` lets an axis be told by keyword alone.
    """

    start: int
    name: Token | None
    base: int
    bracket: str = "("
    kind: str = ""
    gate: ArrayGate | None = None
    position: int = 0
    told: dict[str, object] = field(default_factory=dict)
    entries: list[object] = field(default_factory=list)
    named_only: bool = False
    begins: int = -1

    def __post_init__(self) -> None:
        self.kind = self.kind or (GROUP if self.name is None else CALL)
        if self.begins < 0:
            self.begins = self.start if self.name is None else self.name.start

    @property
    def takes_parts(self) -> bool:
        """Whether it is the list of parts of concat or stack."""
        return self.kind == PARTS

    @property
    def meant(self) -> ArrayGate | None:
        """The array gate that is called: max and min are array gates only with an axis."""
        return None if self.named_only and not self.told else self.gate

    def next(self) -> None:
        """A comma: the next argument, or the next entry of an index, begins."""
        self.position += 1
        if self.kind == INDEX:
            self.entries.append(WIRE)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was read: ``divided`` is what it divides, for a product that was meant."""

    name: Token
    arguments: list[Operand]
    span: Span
    divided: str
    gate: ArrayGate | None
    told: dict[str, object]
