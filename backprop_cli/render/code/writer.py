"""Trees → text in one language, with no more parentheses than the language needs to compute in the same order.

A language says how it calls each primitive gate; a gate that it lacks is written from the gate's own value rule, as a
helper function.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from backprop_cli.gates import GATES
from backprop_cli.render.code.names import Target
from backprop_cli.render.code.rule import value
from backprop_cli.render.code.tree import (
    Apply,
    ArrayCall,
    Count,
    Gradient,
    Instruction,
    Numeral,
    Parameter,
    Ties,
    Tree,
    Value,
    assignments,
    conditions,
    operations,
)

CHOICE, OR, AND, COMPARISON, SUM, PRODUCT, MINUS, POWER, ATOM = range(9)
COMPARISONS = {"lt": " < ", "le": " <= ", "gt": " > ", "ge": " >= ", "eq": " == ", "ne": " != "}
INFIX = {"add": (SUM, " + "), "sub": (SUM, " - "), "mul": (PRODUCT, "*"), "div": (PRODUCT, "/")}
INFIX["times"] = (PRODUCT, " * ")
_FREE = re.compile(r"(?<![.\w])[A-Za-z_]\w*")

Piece = tuple[str, int]


@dataclass(frozen=True)
class Language:
    """How one language writes what the gates compute.

    ``calls``: a template for each gate it has, ``{0}`` and so on for the inputs, ``{all}`` for all of them; under
    ``max...`` the one for more than two. ``own``: the whole text of a helper function, for a gate that needs more than
    a template; ``uses``: the gates that such a text calls. ``choice``, ``truth`` (a comparison as a number) and the
    words are those of conditional expressions; ``wrapped`` is what a bare number becomes as an argument.
    """

    name: str
    calls: Mapping[str, str]
    own: Mapping[str, str] = field(default_factory=dict)
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choice: str = "{1} if {0} else {2}"
    truth: str = "float({})"
    either: str = " or "
    both: str = " and "
    negation: str = "not "
    count: str = ""
    same: str = "({0} == {1})"
    array: Callable[[Writer, ArrayCall], Piece] | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    wrapped: str = ""
    reserved: frozenset[str] = frozenset()
    infix: Mapping[str, tuple[int, str]] = field(default_factory=lambda: INFIX)
    power: Callable[[Writer, tuple[Tree, ...]], Piece] | None = None
    inline: frozenset[str] = frozenset({"square", "reciprocal", "identity", "sec", "csc", "cot"})

    def has(self, op: str) -> bool:
        """Whether the language can write the gate, by itself or from the gate's rule."""
        gate = GATES.get(op)
        return self.knows(op) or op in self.own or (gate is not None and bool(gate.value))

    def knows(self, op: str) -> bool:
        """Whether the language can write the gate without a helper function."""
        return op in self.calls or op in self.infix or op in COMPARISONS or op in _WRITTEN


_WRITTEN = ("where", "neg", "pow", "")


class LackingError(Exception):
    """A language cannot write the gate of this name; which others can is for those to say who know them."""

    def __init__(self, op: str) -> None:
        super().__init__(op)
        self.op = op


def used_gates(language: Language, statements: Sequence[Instruction]) -> tuple[list[str], list[str]]:
    """All gates that statements use, and those that need a helper function, in the order in which they are defined.

    Raises ``LackingError`` for a gate that the language cannot write.
    """
    found: dict[str, bool] = {}
    for tree in (*(each.tree for each in assignments(statements)), *conditions(statements)):
        _visit(language, tree, found)
    return list(found), [op for op, helper in found.items() if helper]


def _visit(language: Language, tree: Tree, found: dict[str, bool]) -> None:
    """Note a tree's gates, each after those that its helper function calls, and whether it needs one."""
    for op in operations(tree):
        if op in found:
            continue
        if not language.has(op):
            raise LackingError(op)
        if op in language.own:
            _visit(language, Apply("", tuple(Apply(other, ()) for other in language.uses.get(op, ()))), found)
        elif not language.knows(op):
            _visit(language, value(op), found)
        found[op] = op in language.own or not (language.knows(op) or op in language.inline)


def taken_words(language: Language, ops: Collection[str], helpers: Collection[str]) -> set[str]:
    """The words that a program with these gates cannot use as names."""
    words = set(language.reserved) | set(helpers)
    for template in (*(language.calls.get(op, "") for op in ops), *language.constants.values(), language.truth):
        words.update(_FREE.findall(template))
    return words


@dataclass(frozen=True)
class Writer:
    """Trees as text, with what each quantity is called; ``plain`` are the nodes that hold bare numbers."""

    language: Language
    names: Mapping[Target, str]
    plain: Collection[int] = ()

    def text(self, tree: Tree) -> str:
        """The tree, as the right side of an assignment."""
        return self.piece(tree)[0]

    def inside(self, tree: Tree, least: int, *, right: bool = False) -> str:
        """The tree as an operand of something that binds as tightly as that."""
        text, binding = self.piece(tree)
        return f"({text})" if binding < least or (right and text.startswith("-")) else text

    def piece(self, tree: Tree) -> Piece:
        """The tree and how tightly its outermost operator binds."""
        if isinstance(tree, Numeral):
            return self.number(tree.text)
        if isinstance(tree, Parameter):
            return tree.name, ATOM
        if isinstance(tree, Count):
            return self.count(tree), SUM
        if isinstance(tree, (Value, Gradient, Ties)):
            return self.names[tree], ATOM
        if isinstance(tree, ArrayCall):
            assert self.language.array is not None
            return self.language.array(self, tree)
        return self._apply(tree)

    def number(self, text: str) -> Piece:
        """A literal as a floating-point one."""
        if text in self.language.constants:
            return self.language.constants[text], ATOM
        whole = text if any(c in text for c in ".eE") else f"{text}.0"
        whole = f"0{whole}" if whole.startswith(".") else whole.replace("-.", "-0.")
        return whole, MINUS if text.startswith("-") else ATOM

    def count(self, tree: Count) -> str:
        """How many trees equal another, as a sum of comparisons."""
        if self.language.count:
            return self.language.count.format(self.text(tree.same), all=", ".join(map(self.text, tree.inputs)))
        same = self.inside(tree.same, SUM)
        return " + ".join(self.language.same.format(self.inside(each, SUM), same) for each in tree.inputs)

    def _apply(self, tree: Apply) -> Piece:
        op, inputs, language = tree.op, tree.inputs, self.language
        if op in COMPARISONS:
            return language.truth.format(self.condition(tree)[0]), ATOM if "(" in language.truth else COMPARISON
        if op == "where":
            return self._where(inputs)
        if op == "pow" and language.power is not None:
            return language.power(self, inputs)
        return self._operator(op, inputs) or (self._call(op, inputs), ATOM)

    def _operator(self, op: str, inputs: tuple[Tree, ...]) -> Piece | None:
        language = self.language
        if op == "neg":
            return f"-{self.inside(inputs[0], POWER)}", MINUS
        if op in language.infix:
            binding, symbol = language.infix[op]
            left, right = self.inside(inputs[0], binding), self.inside(inputs[1], binding + 1, right=True)
            return f"{left}{symbol}{right}", binding
        if op in language.inline and op not in language.calls:
            return self.piece(_substituted(value(op), dict(zip(GATES[op].params, inputs, strict=True))))
        return None

    def _call(self, op: str, inputs: tuple[Tree, ...]) -> str:
        calls = self.language.calls
        template = (len(inputs) > 2 and calls.get(f"{op}...")) or calls.get(op) or f"{op}({{all}})"
        arguments = [self._argument(each) for each in inputs]
        if GATES[op].many and "{all}" not in template:
            text = arguments[0]
            for argument in arguments[1:]:
                text = template.format(text, argument)
            return text
        return template.format(*arguments, all=", ".join(arguments))

    def _argument(self, tree: Tree) -> str:
        text = self.text(tree)
        bare = isinstance(tree, Numeral) or (isinstance(tree, Value) and tree.node in self.plain)
        return self.language.wrapped.format(text) if bare and self.language.wrapped else text

    def _where(self, inputs: tuple[Tree, ...]) -> Piece:
        condition, yes, no = inputs
        arms = [self._argument(arm) if self._is_bare(arm) else self.inside(arm, OR) for arm in (yes, no)]
        choice = self.language.choice
        called = choice.endswith(")")
        arms = arms if not called else [self._argument(arm) for arm in (yes, no)]
        asked = self.condition(condition, CHOICE if called else OR)[0]
        return choice.format(asked, *arms), ATOM if called else CHOICE

    def _is_bare(self, tree: Tree) -> bool:
        return bool(self.language.wrapped) and isinstance(tree, (Numeral, Value))

    def condition(self, tree: Tree, least: int = CHOICE) -> Piece:
        """A tree as a condition: a comparison as it is, conditions joined by words, a number compared with 0."""
        text, binding = self._condition(tree)
        return (f"({text})", ATOM) if binding < least else (text, binding)

    def _condition(self, tree: Tree) -> Piece:
        language = self.language
        if isinstance(tree, Apply) and tree.op in COMPARISONS:
            left, right = (self.inside(each, SUM) for each in tree.inputs)
            return f"{left}{COMPARISONS[tree.op]}{right}", COMPARISON
        if isinstance(tree, Apply) and tree.op == "where":
            first, yes, no = tree.inputs
            if yes == Numeral("0") and no == Numeral("1"):
                return self._joined(language.negation, AND, first)
            if yes == Numeral("1"):
                return self._joined(language.either, OR, first, no)
            if no == Numeral("0"):
                return self._joined(language.both, AND, first, yes)
        return f"{self.inside(tree, SUM)} != {self.number('0')[0]}", COMPARISON

    def _joined(self, word: str, binding: int, *conditions: Tree) -> Piece:
        """Conditions joined by a word between them, or by a function."""
        if "{" in word:
            return word.format(*(self.condition(each)[0] for each in conditions)), ATOM
        if len(conditions) == 1:
            return word + self.condition(conditions[0], ATOM)[0], binding
        return word.join(self.condition(each, COMPARISON)[0] for each in conditions), binding


def _substituted(tree: Tree, wires: Mapping[str, Tree]) -> Tree:
    if isinstance(tree, Parameter):
        return wires[tree.name]
    if isinstance(tree, Apply):
        return Apply(tree.op, tuple(_substituted(each, wires) for each in tree.inputs))
    return tree
