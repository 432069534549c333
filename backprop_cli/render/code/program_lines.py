"""Statements → lines of a program: an ``if`` or braces, comments under each other, helper functions.

What one kind of language puts around statements is a ``Syntax``; the statements' own text is the writer's business.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from backprop_cli.gates import GATES
from backprop_cli.render.code.rule import value
from backprop_cli.render.code.tree import Assign, Choice, Note, ProgramLine, Value
from backprop_cli.render.code.writer import FormulaWriter, Language

INDENT = "    "
_ALIGNED = 40  # characters of a line up to which its comment stands under the others


@dataclass(frozen=True, slots=True)
class Syntax:
    """What stands around statements.

    ``declares`` comes before a name that is new, ``nothing`` is a block without statements; ``helper`` and
    ``parameter`` are templates of a function that only returns.
    """

    mark: str
    end: str
    declares: str
    asks: str
    otherwise: str
    closes: str
    nothing: str
    helper: str
    parameter: str


PYTHON = Syntax(
    mark="#",
    end="",
    declares="",
    asks="if {}:",
    otherwise="else:",
    closes="",
    nothing="pass",
    helper="def {}({}):\n    return {}\n",
    parameter="{}",
)
C = Syntax(
    mark="//",
    end=";",
    declares="double ",
    asks="if ({}) {{",
    otherwise="} else {",
    closes="}",
    nothing="",
    helper="static double {}({})\n{{\n    return {};\n}}\n",
    parameter="double {}",
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a program and what is said behind it."""

    text: str
    comment: str = ""


def section(
    name: str,
    statements: Sequence[ProgramLine],
    writer: FormulaWriter,
    syntax: Syntax,
    indent: str,
    declared: Sequence[Value] = (),
) -> list[str]:
    """Statements line by line under their comment; what is ``declared`` begins as 0."""
    lines = [_Line(f"{indent}{syntax.declares}{writer.names[each]} = 0.0{syntax.end}") for each in declared]
    lines += _Layout(writer, syntax, set(declared)).lines(statements, indent)
    return [f"{indent}{syntax.mark} {name}", *_aligned(lines, syntax.mark)]


def _aligned(lines: Collection[_Line], mark: str) -> list[str]:
    """Lines with their comments under each other, where the lines are not too long for that."""
    width = max((len(line.text) for line in lines if line.comment and len(line.text) <= _ALIGNED), default=0)
    return [f"{line.text:{width}}  {mark} {line.comment}" if line.comment else line.text for line in lines]


@dataclass(frozen=True, slots=True)
class _Layout:
    writer: FormulaWriter
    syntax: Syntax
    declared: set[object]

    def lines(self, statements: Sequence[ProgramLine], indent: str) -> Iterator[_Line]:
        """A line for each statement, and those of both sides of a choice."""
        for statement in statements:
            if isinstance(statement, Note):
                yield _Line(f"{indent}{self.syntax.mark} backprop {self._equation(statement.gate)}")
            elif isinstance(statement, Assign):
                yield _Line(
                    f"{indent}{self._new(statement)}{self._equation(statement)}{self.syntax.end}", statement.comment
                )
            elif statement.yes or statement.no:
                yield from self._choice(statement, indent)

    def _new(self, assign: Assign) -> str:
        if assign.adds or assign.target in self.declared:
            return ""
        self.declared.add(assign.target)
        return self.syntax.declares

    def _equation(self, assign: Assign) -> str:
        """``f = q*z``."""
        return f"{self.writer.names[assign.target]} {'+=' if assign.adds else '='} {self.writer.text(assign.tree)}"

    def _choice(self, choice: Choice, indent: str) -> Iterator[_Line]:
        syntax, inner = self.syntax, indent + INDENT
        yield _Line(indent + syntax.asks.format(self.writer.condition(choice.condition).text))
        yield from self.lines(choice.yes, inner)
        if not choice.yes and syntax.nothing:
            yield _Line(inner + syntax.nothing)
        if choice.no:
            yield _Line(indent + syntax.otherwise)
            yield from self.lines(choice.no, inner)
        if syntax.closes:
            yield _Line(indent + syntax.closes)


def helper(language: Language, op: str, syntax: Syntax = PYTHON) -> str:
    """The function of a gate that the language does not have, from the gate's own rule."""
    if op in language.own:
        return language.own[op]
    parameters = ", ".join(map(syntax.parameter.format, GATES[op].params))
    return syntax.helper.format(op, parameters, FormulaWriter(language, {}).text(value(op)))
