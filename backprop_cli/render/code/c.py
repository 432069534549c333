"""The program in C11 on doubles: a ``main`` that prints, or a function that fills the gradients through pointers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from backprop_cli.printing import Piece, form
from backprop_cli.render.code.identifiers import fresh, identifiers
from backprop_cli.render.code.missing_functions import C_DIGAMMA, C_MOD, C_POLYGAMMA, C_SECH, C_SIGN
from backprop_cli.render.code.program import Program
from backprop_cli.render.code.program_lines import INDENT, C, helper, section
from backprop_cli.render.code.tree import Choice, CodeTree, Gradient, ProgramLine, Value, assignments
from backprop_cli.render.code.writer import (
    AND,
    ATOM,
    CHOICE,
    COMPARISON,
    FORMS,
    OR,
    FormulaWriter,
    Language,
    taken_words,
    used_gates,
)
from backprop_cli.report.report import Report

_KEYWORDS = (
    "auto break case char const continue default do double else enum extern float for goto if inline int long "
    "register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while "
    "bool true false nullptr typeof constexpr thread_local alignas alignof asm static_assert"
)
_LIBRARY = "main printf NULL EOF stdin stdout stderr errno unix linux i386 INFINITY NAN isnan isinf isfinite signbit"
_SAME = (
    "sqrt cbrt exp expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh "
    "erf erfc lgamma floor ceil"
)


def _power(writer: FormulaWriter, inputs: tuple[CodeTree, ...]) -> Piece:
    return writer.made(f"pow({writer.text(inputs[0])}, {writer.text(inputs[1])})")


LANGUAGE = Language(
    name="c",
    calls={name: f"{name}({{0}})" for name in _SAME.split()}
    | {
        "abs": "fabs({0})",
        "max": "fmax({0}, {1})",
        "min": "fmin({0}, {1})",
        "round": "nearbyint({0})",
        "hypot": "hypot({0}, {1})",
        "fmod": "fmod({0}, {1})",
        "atan2": "atan2({0} + 0.0, {1})",
        "gamma": "tgamma({0})",
        "pow": "pow({0}, {1})",
    },
    own={"digamma": C_DIGAMMA, "polygamma": C_POLYGAMMA, "sign": C_SIGN, "sech": C_SECH, "mod": C_MOD},
    uses={"polygamma": ("digamma",)},
    forms=FORMS
    | {
        "where": form("#1 ? #2 : #3", CHOICE, OR, OR, OR),
        "or": form("#1 || #2", OR, COMPARISON, COMPARISON),
        "and": form("#1 && #2", AND, COMPARISON, COMPARISON),
        "not": form("!#1", AND, ATOM),
        "truth": form("(double)(#1)", ATOM, CHOICE),
    },
    constants={"pi": "3.141592653589793", "e": "2.718281828459045"},
    reserved=frozenset([*_KEYWORDS.split(), *_LIBRARY.split()]),
    power=_power,
)
# what a function of one's own cannot be called: the names of <math.h>, <stdio.h> and what a compiler knows of itself
_FUNCTIONS = (
    "fabs fmax fmin nearbyint hypot atan2 tgamma pow fmod round rint trunc exp2 ldexp frexp modf scalbn ilogb logb fma "
    "fdim copysign nan nextafter remainder remquo lround lrint llround abs labs scanf puts putchar getchar fopen "
    "fclose fread fwrite remove rename perror exit malloc free j0 j1 jn y0 y1 yn gamma drem significand"
)
LIBRARY = frozenset([*_SAME.split(), *_FUNCTIONS.split()])


def render(program: Program, report: Report | None, function: str | None) -> str:
    """The program as a ``main``, or as a function and a ``main`` that calls it at the report's point."""
    ops, helpers = used_gates(LANGUAGE, (*program.forward, *program.backward))
    taken = taken_words(LANGUAGE, ops, helpers) | ({function} if function else set())
    writer = FormulaWriter(LANGUAGE, identifiers(program, taken))
    texts = [helper(LANGUAGE, op, C) for op in helpers]
    if function:
        texts.append(_function(program, function, writer))
    if report is not None:
        texts.append(_calling_main(program, report, function, writer) if function else _main(program, report, writer))
    calls = any(op in LANGUAGE.calls or op in LANGUAGE.own for op in ops)
    includes = ["#include <math.h>"] if calls else []
    includes += [] if report is None else ["#include <stdio.h>"]
    return "\n".join([*includes, *([""] if includes else []), "\n".join(texts)])


def _main(program: Program, report: Report, writer: FormulaWriter) -> str:
    names = writer.names
    lines = [f"{INDENT}double {names[Value(v.id)]} = {v.value.text};" for v in report.variables]
    lines += _unused(program, writer)
    point = [f"{INDENT}// the point", *lines, ""] if lines else []
    shown = _printed(program, names[Value(program.output)], [names[Gradient(i)] for i in program.wanted])
    return _braced("int main(void)", [*point, *_passes(program, writer), "", *shown])


def _unused(program: Program, writer: FormulaWriter) -> list[str]:
    rest = (writer.names[Value(i)] for i in program.variables if not program.needed[i])
    return [f"{INDENT}(void){name};  // the output does not depend on it" for name in rest]


def _printed(program: Program, value_: str, gradients: Sequence[str]) -> list[str]:
    output = program.names[program.output]
    labels = [output, *(f"d{output}/d{program.names[i]}" for i in program.wanted)]
    rows = zip(labels, [value_, *gradients], strict=True)
    return [*(f'{INDENT}printf("{label} = %.17g\\n", {text});' for label, text in rows), f"{INDENT}return 0;"]


def _braced(head: str, lines: Sequence[str]) -> str:
    return "\n".join([head, "{", *lines, "}", ""])


def _function(program: Program, name: str, writer: FormulaWriter) -> str:
    names = writer.names
    used = set(names.values()) | {name}
    pointers = {i: fresh(f"{names[Gradient(i)]}_out", used) for i in program.wanted}
    parameters = [
        *(f"double {names[Value(i)]}" for i in program.variables),
        *(f"double *{pointer}" for pointer in pointers.values()),
    ]
    output = program.names[program.output]
    lines = [
        *_unused(program, writer),
        *_passes(program, writer),
        *(f"{INDENT}*{pointer} = {names[Gradient(i)]};" for i, pointer in pointers.items()),
        f"{INDENT}return {names[Value(program.output)]};",
    ]
    said = f"// The value of {output}; its gradient in each variable is left behind the pointers.\n"
    return said + _braced(f"double {name}({', '.join(parameters) or 'void'})", lines)


def _calling_main(program: Program, report: Report, function: str, writer: FormulaWriter) -> str:
    used = set(writer.names.values()) | {function}
    result = fresh("value", used)
    slopes = [writer.names[Gradient(i)] for i in program.wanted]
    arguments = [*(v.value.text for v in report.variables), *(f"&{slope}" for slope in slopes)]
    declared = [f"{INDENT}double {', '.join(slopes)};"] if slopes else []
    call = f"{INDENT}double {result} = {function}({', '.join(arguments)});"
    return _braced("int main(void)", [*declared, call, *_printed(program, result, slopes)])


def _passes(program: Program, writer: FormulaWriter) -> list[str]:
    found = section("forward pass", program.forward, writer, C, INDENT, _shared(program.forward))
    return found + (section("backward pass", program.backward, writer, C, INDENT) if program.backward else [])


def _shared(statements: Sequence[ProgramLine]) -> list[Value]:
    """What is computed within a choice and declared before it, because the backward pass reads it too."""
    sides = chain.from_iterable((*each.yes, *each.no) for each in statements if isinstance(each, Choice))
    return list(dict.fromkeys(each.target for each in assignments(tuple(sides)) if isinstance(each.target, Value)))
