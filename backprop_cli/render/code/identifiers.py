"""What each quantity is called in a language: the user's names, made identifiers of it that nothing else uses.

Greek letters are spelled out, so that a program can be read and typed anywhere. Knows no language: the words that are
taken come from the caller.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from unicodedata import name as character_name

from backprop_cli.render.code.program import Program
from backprop_cli.render.code.tree import Gradient, Ties, Value, assignments

Target = Value | Gradient | Ties
_ELEMENT = re.compile(r"\[([0-9,]+)\]")
_WORD = re.compile(r"[A-Za-z]\w*", re.ASCII)


def identifiers(program: Program, taken: Collection[str]) -> dict[Target, str]:
    """An identifier for every quantity of a program: variables choose first, then stages and gates, then gradients."""
    used = set(taken)
    found: dict[Target, str] = {}
    variables = frozenset(program.variables)
    stages = {stage.node for stage in program.circuit.stages}
    named = sorted(program.names, key=lambda i: (i not in variables, i not in stages, i))
    for index in named:
        found[Value(index)] = fresh(spelled(program.names[index]), used)
    for target in _targets(program):
        if target not in found:
            base = found[Value(target.node)].rstrip("_") if Value(target.node) in found else f"v{target.node}"
            found[target] = fresh(f"d{base}" if isinstance(target, Gradient) else f"n_{base}", used)
    return found


def _targets(program: Program) -> Iterable[Target]:
    for statement in assignments((*program.forward, *program.backward)):
        yield statement.target


def fresh(wanted: str, used: set[str]) -> str:
    """The name itself or with as many underscores behind it as it takes; it is used from now on."""
    while wanted in used:
        wanted += "_"
    used.add(wanted)
    return wanted


def spelled(text: str) -> str:
    """A name in ASCII letters, digits and underscores, with a letter in front."""
    text = _ELEMENT.sub(lambda place: "_" + place[1].replace(",", "_"), text)  # W[0,1] as W_0_1
    word = "".join(character if character.isascii() else _spelled(character) for character in text)
    return word if word[0].isalpha() else f"v{word}"


def _spelled(character: str) -> str:
    """``θ`` as theta, ``Θ`` as Theta, ``₁`` as 1."""
    words = character_name(character, "letter").split()
    if words[0] == "SUBSCRIPT":
        return str("₀₁₂₃₄₅₆₇₈₉".index(character))
    last = "lambda" if words[-1] in ("LAMDA", "LAMBDA") else words[-2 if words[-1] == "SYMBOL" else -1].lower()
    return last.capitalize() if "CAPITAL" in words else last


def is_identifier(text: str) -> bool:
    """Whether a text is an identifier in every language here, reserved words aside."""
    return _WORD.fullmatch(text) is not None
