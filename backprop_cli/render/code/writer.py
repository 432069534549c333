"""Trees → text in one language, with no more parentheses than the language needs to compute in the same order.

A language says how it calls each primitive gate; a gate that it lacks is written from the gate's own value rule, as a
helper function.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from backprop_cli.gates import GATES
from backprop_cli.printing import Form, Notation, Piece, form
from backprop_cli.render.code.identifiers import Target
from backprop_cli.render.code.rule import value
from backprop_cli.render.code.tree import (
    ONE,
    ZERO,
    Apply,
    ArrayCall,
    CodeTree,
    Count,
    Gradient,
    Numeral,
    Parameter,
    ProgramLine,
    Ties,
    Value,
    assignments,
    conditions,
    operations,
)

CHOICE, OR, AND, COMPARISON, SUM, PRODUCT, MINUS, POWER, ATOM = range(9)
COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
FORMS = {
    "add": form("#1 + #2", SUM, SUM, PRODUCT),
    "sub": form("#1 - #2", SUM, SUM, PRODUCT),
    "mul": form("#1*#2", PRODUCT, PRODUCT, MINUS),
    "div": form("#1/#2", PRODUCT, PRODUCT, MINUS),
    "times": form("#1 * #2", PRODUCT, PRODUCT, MINUS),
    "neg": form("-#1", MINUS, POWER),
    "where": form("#2 if #1 else #3", CHOICE, OR, OR, OR),
    "or": form("#1 or #2", OR, COMPARISON, COMPARISON),
    "and": form("#1 and #2", AND, COMPARISON, COMPARISON),
    "not": form("not #1", AND, ATOM),
    "truth": form("float(#1)", ATOM, CHOICE),
    "same": form("(#1 == #2)", ATOM, SUM, SUM),
} | {op: form(f"#1 {sign} #2", COMPARISON, SUM, SUM) for op, sign in COMPARISONS.items()}
"""Those of Python; ``truth`` is a comparison as a number, ``same`` one that is added up."""
_FREE = re.compile(r"(?<![.\w])[A-Za-z_]\w*")


def function(name: str, inputs: int) -> Form:
    """A function in an operator's place."""
    return form(f"{name}({', '.join(f'#{at + 1}' for at in range(inputs))})", ATOM, *[CHOICE] * inputs)


@dataclass(frozen=True)
class Language:
    """How one language writes what the gates compute.

    ``forms``: its operators, and those of its conditions. ``calls``: a template for each other gate it has, ``{0}`` and
    so on for the inputs, ``{all}`` for all of them; under ``max...`` the one for more than two. ``own``: the whole text
    of a helper function, for a gate that needs more than a template; ``uses``: the gates that such a text calls.
    ``wrapped`` is what a bare number becomes as an argument.
    """

    name: str
    calls: Mapping[str, str]
    own: Mapping[str, str] = field(default_factory=dict)
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=lambda: FORMS)
    count: str = ""
    array: Callable[[FormulaWriter, ArrayCall], Piece] | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    wrapped: str = ""
    reserved: frozenset[str] = frozenset()
    power: Callable[[FormulaWriter, tuple[CodeTree, ...]], Piece] | None = None
    inline: frozenset[str] = frozenset({"square", "reciprocal", "identity", "sec", "csc", "cot"})

    @cached_property
    def notation(self) -> Notation:
        """The forms as a notation; what begins with a minus is in parentheses behind another operand."""
        return Notation(self.forms, signed=SUM)

    def has(self, op: str) -> bool:
        """Whether the language can write the gate, by itself or from the gate's rule."""
        gate = GATES.get(op)
        return self.knows(op) or op in self.own or (gate is not None and bool(gate.value))

    def knows(self, op: str) -> bool:
        """Whether the language can write the gate without a helper function."""
        return op in self.calls or op in self.forms or op in _WRITTEN


_WRITTEN = ("pow", "")


class LackingError(Exception):
    """A language cannot write the gate of this name; which others can is for those to say who know them."""

    def __init__(self, op: str) -> None:
        super().__init__(op)
        self.op = op


def used_gates(language: Language, statements: Sequence[ProgramLine]) -> tuple[list[str], list[str]]:
    """All gates that statements use, and those that need a helper function, in the order in which they are defined.

    Raises ``LackingError`` for a gate that the language cannot write.
    """
    found: dict[str, bool] = {}
    for tree in (*(each.tree for each in assignments(statements)), *conditions(statements)):
        _visit(language, tree, found)
    return list(found), [op for op, helper in found.items() if helper]


def _visit(language: Language, tree: CodeTree, found: dict[str, bool]) -> None:
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
    for template in (
        *(language.calls.get(op, "") for op in ops),
        *language.constants.values(),
        language.forms["truth"].template,
    ):
        words.update(_FREE.findall(template))
    return words


@dataclass(frozen=True)
class FormulaWriter:
    """Trees as text, with what each quantity is called; ``plain`` are the nodes that hold bare numbers."""

    language: Language
    names: Mapping[Target, str]
    plain: Collection[int] = ()

    def text(self, tree: CodeTree) -> str:
        """The tree, as the right side of an assignment."""
        return self.piece(tree).text

    def inside(self, tree: CodeTree, least: int, *, first: bool = True) -> str:
        """The tree as an operand of something that binds as tightly as that."""
        return self.language.notation.operand(self.piece(tree), least, first=first)

    def made(self, text: str, binding: int = ATOM) -> Piece:
        """A piece that a language has written."""
        return self.language.notation.piece(text, binding)

    def piece(self, tree: CodeTree) -> Piece:
        """The tree and how tightly its outermost operator binds."""
        if isinstance(tree, Numeral):
            return self.number(tree.text)
        if isinstance(tree, Parameter):
            return self.made(tree.name)
        if isinstance(tree, Count):
            return self.made(self.count(tree), SUM)
        if isinstance(tree, (Value, Gradient, Ties)):
            return self.made(self.names[tree])
        if isinstance(tree, ArrayCall):
            assert self.language.array is not None
            return self.language.array(self, tree)
        return self._apply(tree)

    def number(self, text: str) -> Piece:
        """A literal as a floating-point one."""
        if text in self.language.constants:
            return self.made(self.language.constants[text])
        whole = text if any(c in text for c in ".eE") else f"{text}.0"
        whole = f"0{whole}" if whole.startswith(".") else whole.replace("-.", "-0.")
        return self.made(whole, MINUS if text.startswith("-") else ATOM)

    def count(self, tree: Count) -> str:
        """How many trees equal another, as a sum of comparisons."""
        if self.language.count:
            return self.language.count.format(self.text(tree.same), all=", ".join(map(self.text, tree.inputs)))
        return " + ".join(self._filled("same", self.piece(each), self.piece(tree.same)).text for each in tree.inputs)

    def _filled(self, op: str, *inputs: Piece) -> Piece:
        return self.language.notation.filled(self.language.forms[op], inputs)

    def _apply(self, tree: Apply) -> Piece:
        op, inputs, language = tree.op, tree.inputs, self.language
        if op in COMPARISONS:
            return self._filled("truth", self.condition(tree))
        if op == "where":
            return self._where(inputs)
        if op == "pow" and language.power is not None:
            return language.power(self, inputs)
        if op in language.forms:
            return self._filled(op, *map(self.piece, inputs))
        if op in language.inline and op not in language.calls:
            return self.piece(_substituted(value(op), dict(zip(GATES[op].params, inputs, strict=True))))
        return self.made(self._call(op, inputs))

    def _call(self, op: str, inputs: tuple[CodeTree, ...]) -> str:
        calls = self.language.calls
        template = (len(inputs) > 2 and calls.get(f"{op}...")) or calls.get(op) or f"{op}({{all}})"
        arguments = [self._argument(each).text for each in inputs]
        if GATES[op].many and "{all}" not in template:
            text = arguments[0]
            for argument in arguments[1:]:
                text = template.format(text, argument)
            return text
        return template.format(*arguments, all=", ".join(arguments))

    def _argument(self, tree: CodeTree) -> Piece:
        """A tree as an argument, which a bare number is wrapped for."""
        piece, wrapped = self.piece(tree), self.language.wrapped
        bare = isinstance(tree, Numeral) or (isinstance(tree, Value) and tree.node in self.plain)
        return self.made(wrapped.format(piece.text)) if bare and wrapped else piece

    def _where(self, inputs: tuple[CodeTree, ...]) -> Piece:
        condition, *arms = inputs
        return self._filled("where", self.condition(condition), *map(self._argument, arms))

    def condition(self, tree: CodeTree) -> Piece:
        """A tree as a condition: a comparison as it is, conditions joined by words, a number compared with 0."""
        if isinstance(tree, Apply) and tree.op in COMPARISONS:
            return self._filled(tree.op, *map(self.piece, tree.inputs))
        if isinstance(tree, Apply) and tree.op == "where":
            first, yes, no = tree.inputs
            if yes == ZERO and no == ONE:
                return self._filled("not", self.condition(first))
            if yes == ONE:
                return self._filled("or", self.condition(first), self.condition(no))
            if no == ZERO:
                return self._filled("and", self.condition(first), self.condition(yes))
        return self._filled("ne", self.piece(tree), self.number("0"))


def _substituted(tree: CodeTree, wires: Mapping[str, CodeTree]) -> CodeTree:
    if isinstance(tree, Parameter):
        return wires[tree.name]
    if isinstance(tree, Apply):
        return Apply(tree.op, tuple(_substituted(each, wires) for each in tree.inputs))
    return tree
