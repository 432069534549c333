"""The program in Python, on floats and the standard library's ``math``; NumPy's differs in the functions it calls."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Sequence

from backprop_cli.gates import GATES
from backprop_cli.render.code.names import identifiers
from backprop_cli.render.code.program import Program
from backprop_cli.render.code.rule import value
from backprop_cli.render.code.special import DIGAMMA, POLYGAMMA, SECH, SIGN
from backprop_cli.render.code.tree import Assign, Choice, Gradient, Instruction, Note, Numeral, Tree, Value
from backprop_cli.render.code.writer import (
    ATOM,
    INFIX,
    POWER,
    PRODUCT,
    Language,
    Piece,
    ProgramLine,
    Writer,
    aligned,
    equation,
    note,
    taken_words,
    used_gates,
)
from backprop_cli.report.report import Report

INDENT = "    "
_USED = "math abs float int range round print enumerate"
RESERVED = frozenset([*keyword.kwlist, *keyword.softkwlist, *_USED.split()])
_NAMED = (
    "sqrt cbrt exp expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh "
    "erf erfc gamma lgamma"
)


def integer_power(writer: Writer, inputs: tuple[Tree, ...], otherwise: str) -> Piece:
    """``x**2`` where the exponent is a whole number as typed, else a call, because ``**`` may turn to complex."""
    base, exponent = inputs
    if isinstance(exponent, Numeral) and re.fullmatch(r"-?[0-9]{1,9}", exponent.text):
        return f"{writer.inside(base, ATOM)}**{int(exponent.text)}", POWER
    return otherwise.format(writer.text(base), writer.text(exponent)), ATOM


LANGUAGE = Language(
    name="python",
    calls={name: f"math.{name}({{0}})" for name in _NAMED.split()}
    | {
        "abs": "abs({0})",
        "max": "max({all})",
        "min": "min({all})",
        "floor": "float(math.floor({0}))",
        "ceil": "float(math.ceil({0}))",
        "round": "float(round({0}))",
        "hypot": "math.hypot({0}, {1})",
        "fmod": "math.fmod({0}, {1})",
        "atan2": "math.atan2({0} + 0.0, {1})",
    },
    own={
        "digamma": DIGAMMA,
        "polygamma": POLYGAMMA,
        "sign": SIGN,
        "sech": SECH.format(exp="math.exp", abs="abs"),
    },
    uses={"polygamma": ("digamma",)},
    count="[{all}].count({0})",
    constants={"pi": "math.pi", "e": "math.e"},
    reserved=RESERVED,
    infix=INFIX | {"mod": (PRODUCT, " % ")},
    power=lambda writer, inputs: integer_power(writer, inputs, "math.pow({}, {})"),
)


def render(program: Program, report: Report | None, function: str | None) -> str:
    """The program as a script, or as a function that returns the value and the gradients."""
    return Pages(LANGUAGE, "import math").render(program, report, function)


class Pages:
    """A Python program in the functions of one language."""

    def __init__(self, language: Language, *imports: str) -> None:
        self.language, self.imports = language, imports

    def render(self, program: Program, report: Report | None, function: str | None) -> str:
        """The whole text."""
        statements = (*program.forward, *program.backward)
        ops, helpers = used_gates(self.language, statements)
        taken = taken_words(self.language, ops, helpers) | ({function} if function else set())
        writer = Writer(self.language, identifiers(program, taken))
        body = self._function(program, report, function, writer) if function else script(program, report, writer)
        texts = [*(helper(self.language, op) for op in helpers), body]
        head = self._imports("\n".join(texts))
        gap = "\n\n" if len(texts) > 1 or function else "\n"
        return f"{head}{gap if head else ''}" + "\n\n".join(texts)

    def _imports(self, text: str) -> str:
        """The imports that the text makes use of."""
        lines = [line for line in self.imports if re.search(rf"\b{line.split()[-1]}\.", text)]
        return "".join(f"{line}\n" for line in "\n\n".join(lines).split("\n") if lines)

    def _function(self, program: Program, report: Report | None, name: str, writer: Writer) -> str:
        lines = [
            f"def {name}({', '.join(writer.names[Value(i)] for i in program.variables)}):",
            f'{INDENT}"""The value of {program.names[program.output]} and its gradient in each variable."""',
            *passes(program, writer, INDENT),
            f"{INDENT}return {writer.names[Value(program.output)]}, {gradients(program, writer)}",
        ]
        if report is not None:
            lines += ["", "", *main(program, report, name, writer)]
        return "\n".join(lines) + "\n"


def main(program: Program, report: Report, name: str, writer: Writer) -> list[str]:
    """The function called at the report's point, and what it returns printed."""
    arguments = ", ".join(f"{writer.names[Value(v.id)]}={v.value.text}" for v in report.variables)
    output = program.names[program.output]
    return [
        'if __name__ == "__main__":',
        f"{INDENT}value, gradient = {name}({arguments})",
        f'{INDENT}print("{output} =", value)',
        f"{INDENT}for name in gradient:",
        f'{INDENT * 2}print(f"d{output}/d{{name}} =", gradient[name])',
    ]


def script(program: Program, report: Report | None, writer: Writer) -> str:
    """The program that runs as it is: the point, both passes, and what came out."""
    names, label = writer.names, program.names
    assert report is not None
    point = [f"{names[Value(v.id)]} = {v.value.text}" for v in report.variables]
    lines = ["# the point", *point, ""] if point else []
    lines += passes(program, writer, "")
    output = label[program.output]
    lines += ["", f'print("{output} =", {names[Value(program.output)]})']
    lines += [f'print("d{output}/d{label[i]} =", {names[Gradient(i)]})' for i in program.wanted]
    return "\n".join(lines) + "\n"


def gradients(program: Program, writer: Writer) -> str:
    """The gradients by the user's names."""
    inside = ", ".join(f'"{program.names[i]}": {writer.names[Gradient(i)]}' for i in program.wanted)
    return f"{{{inside}}}"


def passes(program: Program, writer: Writer, indent: str) -> list[str]:
    """Both passes, each under its comment."""
    found = [f"{indent}# forward pass", *section(program.forward, writer, indent)]
    if program.backward:
        found += [f"{indent}# backward pass", *section(program.backward, writer, indent)]
    return found


def section(statements: Sequence[Instruction], writer: Writer, indent: str) -> list[str]:
    """Statements line by line, their comments under each other."""
    return aligned(list(lines_of(statements, writer, indent)), "#")


def lines_of(statements: Sequence[Instruction], writer: Writer, indent: str) -> Iterator[ProgramLine]:
    """A line for each statement, and those of both sides of a choice."""
    for statement in statements:
        if isinstance(statement, Note):
            yield ProgramLine(f"{indent}# {note(writer, statement)}")
        elif isinstance(statement, Assign):
            yield ProgramLine(indent + equation(writer, statement), statement.comment)
        else:
            yield from _choice(statement, writer, indent)


def _choice(choice: Choice, writer: Writer, indent: str) -> Iterator[ProgramLine]:
    if not (choice.yes or choice.no):
        return
    yield ProgramLine(f"{indent}if {writer.condition(choice.condition)[0]}:")
    yield from lines_of(choice.yes, writer, indent + INDENT) if choice.yes else [ProgramLine(f"{indent}{INDENT}pass")]
    if choice.no:
        yield ProgramLine(f"{indent}else:")
        yield from lines_of(choice.no, writer, indent + INDENT)


def helper(language: Language, op: str) -> str:
    """The function of a gate that the language does not have, from the gate's own rule."""
    if op in language.own:
        return language.own[op]
    gate = GATES[op]
    body = Writer(language, {}).text(value(op))
    return f"def {op}({', '.join(gate.params)}):\n{INDENT}return {body}\n"
