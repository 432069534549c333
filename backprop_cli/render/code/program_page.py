"""What stands around the passes of a program in a language like Python: imports, helper functions, the point, what is
printed, what is held against the report.

A subclass says who goes backward in its library; a ``Subject`` whether numbers or arrays go through. Neither is known
here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from backprop_cli.render.code.identifiers import identifiers
from backprop_cli.render.code.program import Program
from backprop_cli.render.code.program_lines import INDENT, PYTHON, helper, section
from backprop_cli.render.code.tree import Gradient, ProgramLine, Value
from backprop_cli.render.code.writer import FormulaWriter, Language, taken_words, used_gates


class Subject(Protocol):
    """What goes through a program, numbers or arrays, and what the report says of it."""

    @property
    def program(self) -> Program:
        """What is written."""

    @property
    def language(self) -> Language:
        """How it is written."""

    @property
    def label(self) -> str:
        """What the user calls what is differentiated."""

    @property
    def upstream(self) -> str:
        """The gradient that is given there; nothing if it is 1."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """What a function is told beside the variables."""

    @property
    def taken(self) -> Collection[str]:
        """Words that no quantity may be called."""

    def point(self) -> Mapping[int, str]:
        """Each variable's value, as a literal."""

    def helpers(self, statements: Sequence[ProgramLine]) -> Sequence[str]:
        """Helper functions beside those of the gate table."""

    def said(self, by: str, names: Mapping[int, str]) -> str:
        """The docstring of a function; ``by`` says who goes backward, ``names`` what the variables are called."""

    def asserts(self, value: str, slopes: Mapping[int, str]) -> Iterable[str]:
        """The lines that hold a library's results against the report's."""

    def main(self, function: str, names: Mapping[int, str]) -> Sequence[str]:
        """The function called at the report's point, and what it returns printed; nothing if there is no point."""


class Page:
    """A program in one library: the two passes written out, unless a subclass knows better.

    ``imports`` are left out where the text has no use for them. ``shown`` and the
    others are what the library's results become when they are printed and returned.
    """

    imports: tuple[str, ...] = ()
    set_up = ""
    by = ""
    shown = "{}"
    returned_value = "{}"
    returned_slope = "{}"

    def __init__(self, subject: Subject, function: str | None) -> None:
        self.subject, self.program, self.function = subject, subject.program, function
        statements = (*self.program.forward, *self.backward())
        self.ops, helpers = used_gates(subject.language, statements)
        taken = taken_words(subject.language, self.ops, helpers) | set(subject.taken)
        taken |= {function} if function else set()
        names = identifiers(self.program, taken)
        self.used = taken | set(names.values())
        self.writer = FormulaWriter(subject.language, names, self.bare())
        self.helpers = [helper(subject.language, op) for op in helpers] + list(subject.helpers(statements))

    def backward(self) -> Sequence[ProgramLine]:
        """The statements of the backward pass that are written."""
        return self.program.backward

    def bare(self) -> Collection[int]:
        """The nodes that are plain numbers of Python, which the library wants wrapped as arguments."""
        return ()

    def text(self) -> str:
        """The whole program."""
        lines = self.as_function(self.function) if self.function else self.as_script()
        texts = [*self.helpers, "\n".join([*self.ahead(), *lines]) + "\n"]
        head = self._head("\n".join(texts))
        gap = "\n\n" if len(texts) > 1 or texts[0].startswith("def ") else "\n"
        return f"{head}{gap if head else ''}" + "\n\n".join(texts)

    def _head(self, text: str) -> str:
        standard, library = (
            [line for line in lines if re.search(rf"\b{line.split()[-1]}\.", self.set_up + text)]
            for lines in (("import math",), self.imports)
        )
        blocks = [block for block in ("\n".join(standard), "\n".join(library), self.set_up) if block]
        return "\n\n".join(blocks) + "\n" if blocks else ""

    def value(self) -> str:
        """The library's result, after the passes."""
        return self.name(self.program.output)

    def slopes(self) -> dict[int, str]:
        """The library's gradient of each wanted variable, after the passes."""
        return {i: self.writer.names[Gradient(i)] for i in self.program.wanted}

    def name(self, index: int) -> str:
        """What the value of a node is called."""
        return self.writer.names[Value(index)]

    def variables(self) -> dict[int, str]:
        """What the variables are called."""
        return {i: self.name(i) for i in self.program.variables}

    def given(self, literal: str, index: int) -> str:
        """A variable's value in the library."""
        return literal

    def ahead(self) -> list[str]:
        """What stands before the point, or before the function."""
        return []

    def passes(self, indent: str) -> list[str]:
        """Both passes, each under its comment."""
        found = self.forward(indent)
        if self.program.backward:
            found += section("backward pass", self.program.backward, self.writer, PYTHON, indent)
        return found

    def forward(self, indent: str) -> list[str]:
        """The forward pass under its comment."""
        return section("forward pass", self.program.forward, self.writer, PYTHON, indent)

    def as_script(self) -> list[str]:
        """The program that runs as it is: the point, both passes, what came out, and what was expected."""
        point = [f"{self.name(i)} = {self.given(literal, i)}" for i, literal in self.subject.point().items()]
        lines = ["# the point", *point, ""] if point else []
        held = self.held(self.value(), self.slopes())
        return [*lines, *self.passes(""), "", *self._printed(), *(["", *held] if held else [])]

    def _printed(self) -> list[str]:
        names, output = self.program.names, self.program.output
        slopes = (
            f'print("d{self.subject.label}/d{names[i]} =", {self.show(text, i)})' for i, text in self.slopes().items()
        )
        return [f'print("{names[output]} =", {self.show(self.value(), output)})', *slopes]

    def show(self, text: str, index: int) -> str:
        """A result as it is printed: the value of the output or the gradient of a variable."""
        return self.shown.format(text)

    def held(self, value: str, slopes: Mapping[int, str]) -> list[str]:
        """The lines that hold a library's results against ours; none where they are ours."""
        return []

    def as_function(self, function: str) -> list[str]:
        """The program as a function of the variables, which returns the value and the gradients."""
        names = self.variables()
        lines = [
            f"def {function}({', '.join([*names.values(), *self.subject.arguments])}):",
            f'{INDENT}"""{self.subject.said(self.by, names)}"""',
            *(INDENT + line for line in self.converted()),
            *self.passes(INDENT),
            f"{INDENT}return {self._returned()}",
        ]
        main = self.subject.main(function, names)
        if main:
            held = self.held("value", {i: f'gradient["{self.program.names[i]}"]' for i in self.program.wanted})
            lines += ["", "", *main, *(INDENT + line for line in held)]
        return lines

    def converted(self) -> list[str]:
        """The function's arguments made values of the library."""
        return []

    def _returned(self) -> str:
        """The value, and the gradients by the user's names."""
        slopes = (f'"{self.program.names[i]}": {self.returned_slope.format(text)}' for i, text in self.slopes().items())
        return f"{self.returned_value.format(self.value())}, {{{', '.join(slopes)}}}"


class Library(Page):
    """A program whose gradients are a library's own, and are held against the report's."""

    def backward(self) -> Sequence[ProgramLine]:
        """None: the library goes backward."""
        return ()

    def held(self, value: str, slopes: Mapping[int, str]) -> list[str]:
        """A comment and the asserts."""
        return ["# what backprop computed", *self.subject.asserts(value, slopes)]
