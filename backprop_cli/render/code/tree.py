"""A program that belongs to no language yet: statements over small expression trees.

Nodes stand for quantities of the circuit by number; what they are called, and how a tree is written, is a language's
own business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

OUTPUT = -1  # the node of an output that is itself a variable or a number, and so has no gate


@dataclass(frozen=True, slots=True)
class Numeral:
    """A literal as typed, ``pi`` or ``e``."""

    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a node."""

    node: int


@dataclass(frozen=True, slots=True)
class Gradient:
    """The gradient of a node."""

    node: int


@dataclass(frozen=True, slots=True)
class Ties:
    """How many inputs of a max or min equal its output."""

    node: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """An input of a helper function."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """A gate of the table on trees, or ``times``: a local gradient on an upstream gradient."""

    op: str
    inputs: tuple[CodeTree, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the trees equal the last one, which is not counted."""

    inputs: tuple[CodeTree, ...]
    same: CodeTree


@dataclass(frozen=True, slots=True)
class ArrayCall:
    """A gate of the array table on trees, with what it is told; ``shape`` is that of its first input."""

    op: str
    inputs: tuple[CodeTree, ...]
    told: tuple[tuple[str, object], ...] = ()
    shape: tuple[int, ...] = ()

    def get(self, name: str) -> object:
        """What it is told under a name; None if nothing."""
        return dict(self.told).get(name)


CodeTree = Numeral | Value | Gradient | Ties | Parameter | Apply | Count | ArrayCall
ONE, ZERO = Numeral("1"), Numeral("0")


@dataclass(frozen=True, slots=True)
class Assign:
    """``target = tree``, or ``target += tree`` if it adds."""

    target: Value | Gradient | Ties
    tree: CodeTree
    adds: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """The line ``backprop f = q*z`` before what the gate sends back."""

    gate: Assign


@dataclass(frozen=True, slots=True)
class Choice:
    """Statements of which one side only is carried out."""

    condition: CodeTree
    yes: tuple[ProgramLine, ...]
    no: tuple[ProgramLine, ...]


ProgramLine = Assign | Note | Choice


def assignments(statements: Sequence[ProgramLine]) -> Iterator[Assign]:
    """Every assignment, those of both sides of a choice included."""
    for statement in statements:
        if isinstance(statement, Assign):
            yield statement
        elif isinstance(statement, Choice):
            yield from assignments(statement.yes)
            yield from assignments(statement.no)


def conditions(statements: Sequence[ProgramLine]) -> Iterator[CodeTree]:
    """The condition of every choice."""
    for statement in statements:
        if isinstance(statement, Choice):
            yield statement.condition
            yield from conditions(statement.yes)
            yield from conditions(statement.no)


def operations(tree: CodeTree) -> Iterator[str]:
    """The gates that a tree uses."""
    if isinstance(tree, Apply):
        yield tree.op
    for part in tree.inputs if isinstance(tree, (Apply, ArrayCall)) else ():
        yield from operations(part)


def array_calls(tree: CodeTree) -> Iterator[ArrayCall]:
    """The array gates that a tree uses."""
    if isinstance(tree, ArrayCall):
        yield tree
    for part in tree.inputs if isinstance(tree, (Apply, ArrayCall)) else ():
        yield from array_calls(part)
