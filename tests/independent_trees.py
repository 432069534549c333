"""Expressions as small trees of our own, and how they are written in the calculator's language.

Part of the independent reference: nothing in the ``independent_*`` modules imports the program, except the judge, which
calls ``differentiate`` as a user does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Num:
    """A literal, not negative, as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Var:
    """A variable or an earlier stage."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A gate over its arguments."""

    op: str
    args: tuple[Tree, ...]


Tree: TypeAlias = Num | Var | Call

INFIX = {
    "add": " + ",
    "sub": " - ",
    "mul": "*",
    "div": "/",
    "pow": "^",
    "lt": " < ",
    "le": " <= ",
    "gt": " > ",
    "ge": " >= ",
    "eq": " == ",
    "ne": " != ",
}


@dataclass(frozen=True)
class Program:
    """Named stages in order, the last of which is the output, and a text for the value of each variable."""

    stages: tuple[tuple[str, Tree], ...]
    point: Mapping[str, str]

    @property
    def text(self) -> str:
        """The program in the calculator's language."""
        return "; ".join(f"{name} = {written(tree)}" for name, tree in self.stages)

    @property
    def command(self) -> str:
        """A command line, to try it by hand."""
        return " ".join(["backprop", f"'{self.text}'", *(f"{name}={text}" for name, text in self.point.items())])

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that are used and the stages but the last."""
        used = {leaf for _, tree in self.stages for leaf in leaves(tree)}
        variables = [name for name in self.point if name in used]
        return (*variables, *(name for name, _ in self.stages[:-1]))

    def trimmed(self) -> Program:
        """The same without values that nothing uses and stages that the output does not need."""
        needed = {self.stages[-1][0]}
        kept: list[tuple[str, Tree]] = []
        for name, tree in reversed(self.stages):
            if name in needed:
                needed.update(leaves(tree))
                kept.insert(0, (name, tree))
        return replace(self, stages=tuple(kept), point={n: t for n, t in self.point.items() if n in needed})


def written(tree: Tree) -> str:
    """A tree as text; every operand that is more than a name or a number stands in parentheses."""
    if isinstance(tree, Num):
        return tree.text
    if isinstance(tree, Var):
        return tree.name
    if tree.op in INFIX:
        return INFIX[tree.op].join(_operand(part) for part in tree.args)
    if tree.op == "neg":
        return f"-{_operand(tree.args[0])}"
    return f"{tree.op}({', '.join(written(part) for part in tree.args)})"


def _operand(tree: Tree) -> str:
    text = written(tree)
    bare = isinstance(tree, Num | Var) or (tree.op not in INFIX and tree.op != "neg")
    return text if bare else f"({text})"


def leaves(tree: Tree) -> Iterator[str]:
    """The names in a tree."""
    if isinstance(tree, Var):
        yield tree.name
    elif isinstance(tree, Call):
        for part in tree.args:
            yield from leaves(part)


def size(tree: Tree) -> int:
    """How many nodes a tree has."""
    return 1 + sum(size(part) for part in tree.args) if isinstance(tree, Call) else 1


def ops(tree: Tree) -> Iterator[str]:
    """The gates of a tree."""
    if isinstance(tree, Call):
        yield tree.op
        for part in tree.args:
            yield from ops(part)
