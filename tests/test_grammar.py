"""``docs/grammar.md`` against the reader, both ways: what its rules make is read, and what is read by all they know."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from backprop_cli import Refused, read
from backprop_cli.problems import Source
from backprop_cli.reading.notation import END, NAME, NUMBER, POWER, Token, tokens
from backprop_cli.reading.operators import BINARY, UNARY, WORDS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "grammar.md"
_PIECE = re.compile(r'"[^"]+"|[a-z]+|[=,;|{}()\[\]]')
CLASSES = {
    "number": ("2", "0.5", "1e-3"),
    "name": ("x", "y", "θ", "w1"),
    "superscript": ("²", "⁻¹", "³"),
    "function": ("max", "min"),  # which take any number of arguments
    "newline": ("\n",),
}

Form = tuple[
    Any, ...
]  # ("any", forms), ("all", forms), ("many", form), ("maybe", form), ("word", text), ("rule", name)


class Rules(dict[str, Form]):
    """The rules of the page, parsed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.pieces = _PIECE.findall(text)
        while self.pieces:
            name = self.pieces.pop(0)
            assert self.pieces.pop(0) == "="
            self[name] = self.choice()
            assert self.pieces.pop(0) == ";"

    def choice(self) -> Form:
        forms = [self.sequence()]
        while self.pieces[0] == "|":
            self.pieces.pop(0)
            forms.append(self.sequence())
        return ("any", forms)

    def sequence(self) -> Form:
        forms = [self.item()]
        while self.pieces[0] == ",":
            self.pieces.pop(0)
            forms.append(self.item())
        return ("all", forms)

    def item(self) -> Form:
        piece = self.pieces.pop(0)
        if piece in "{[(":
            inside = self.choice()
            assert self.pieces.pop(0) == {"{": "}", "[": "]", "(": ")"}[piece]
            return inside if piece == "(" else ("many" if piece == "{" else "maybe", inside)
        return ("word", piece[1:-1]) if piece.startswith('"') else ("rule", piece)


RULES = Rules(re.search(r"```ebnf\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[1])


def made(form: Form, dice: random.Random, budget: int) -> list[str]:
    """The words of something that a form derives; with no budget left, the shortest way out that is known."""
    kind, inside = form
    if kind == "word":
        return [inside]
    if kind == "rule":
        return [dice.choice(CLASSES[inside])] if inside in CLASSES else made(RULES[inside], dice, budget - 1)
    if kind == "any":
        return made(dice.choice(inside) if budget > 0 else inside[0], dice, budget - 1)
    if kind == "all":
        return [word for each in inside for word in made(each, dice, budget - 1)]
    times = dice.choice([0, 0, 0, 1, 2] if kind == "many" else [0, 0, 1]) if budget > 0 else 0
    return [word for _ in range(times) for word in made(inside, dice, budget - 2)]


@pytest.mark.parametrize("seed", range(300))
def test_what_the_rules_make_is_read(seed):
    words = made(("rule", "expression"), random.Random(seed), 34)
    read(re.sub(r"(\w) ([²³⁻])", r"\1\2", " ".join(words)), arrays=True)


class Derived:
    """Where what a rule derives may end, in a text read as the reader's own tokens."""

    def __init__(self, text: str) -> None:
        self.found = [each for each in tokens(Source("test", text)) if each.kind != END]
        self.known: dict[tuple[str, int], set[int]] = {}

    def after(self, form: Form, at: int) -> set[int]:
        kind, inside = form
        if kind == "any":
            return {end for each in inside for end in self.after(each, at)}
        if kind in ("word", "rule"):
            return self.word(inside, at) if kind == "word" else self.rule(inside, at)
        places = {at}
        if kind == "all":
            for each in inside:
                places = {end for place in places for end in self.after(each, place)}
            return places
        fresh = places
        while fresh and not (kind == "maybe" and len(places) > 1):
            fresh = {end for place in fresh for end in self.after(inside, place)} - places
            places = places | fresh
        return places

    def word(self, text: str, at: int) -> set[int]:
        wanted = "\n" if text == ";" else text
        return {at + 1} if at < len(self.found) and self.found[at].text == wanted else set()

    def rule(self, name: str, at: int) -> set[int]:
        if name in CLASSES:
            known = at < len(self.found) and is_of(name, self.found[at], self.found[at + 1 : at + 2])
            return {at + 1} if known else set()
        if (name, at) not in self.known:
            self.known[name, at] = self.after(RULES[name], at)
        return self.known[name, at]


def derives(text: str) -> bool:
    derived = Derived(text)
    return len(derived.found) in derived.rule("program", 0)


def is_of(name: str, token: Token, following: list[Token]) -> bool:
    called = bool(following) and following[0].text == "("
    return {
        "number": token.kind == NUMBER,
        "name": token.kind == NAME and token.text not in WORDS and not called,
        "function": token.kind == NAME and token.text not in WORDS and called,
        "superscript": token.kind == POWER,
        "newline": token.text == "\n",
    }[name]


def test_the_rules_know_every_published_expression(published_case):
    assert derives(published_case["expr"])


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("2x", True),
        ("2(x + 1)(y)sin(x)", True),
        ("x²y", True),
        ("-2x^-y^2", True),
        ("√x + 2√y", True),
        ("not x > 0 and y == 1 or z", True),
        ("q = x + y; f = q*z", True),
        ("W @ x + b", True),
        ("x y", False),
        ("x <", False),
        ("1 < x < 2", False),
        ("1/2x", False),
        ("x^2y", False),
        ("√x²", False),
        ("(x", False),
        ("x)", False),
        ("x = y = z", False),
        ("2 3", False),
        ("()", False),
        ("x,y", False),
        ("* x", False),
    ],
)
def test_rules_and_reader_agree(text, known):
    assert derives(text) is known
    if known:
        read(text, arrays=True)
        return
    with pytest.raises(Refused):
        read(text)


def test_every_operator_of_the_reader_stands_in_the_rules():
    words = set(re.findall(r'"([^"]+)"', PAGE.read_text("utf-8")))
    assert {*BINARY, *UNARY} <= words
