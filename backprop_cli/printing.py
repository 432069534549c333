"""Formulas as text: pieces that forms put together, with the parentheses that a notation needs.

A notation is a table of forms. This module knows no gate and no language: how tightly what binds, they say. Pieces are
put together from the leaves up, and their texts are joined at the end, so that no formula is too deep or too long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Rope = str | tuple["Rope", ...]
"""A text in parts, which may be shared."""

_SLOT = re.compile(r"#(\d)")


class Piece(NamedTuple):
    """A formula, and how tightly its outermost operator binds: ``behind`` holds behind another operand."""

    rope: Rope
    binding: int
    behind: int

    @property
    def text(self) -> str:
        """The parts joined."""
        found: list[str] = []
        waiting = [self.rope]
        while waiting:
            part = waiting.pop()
            if isinstance(part, str):
                found.append(part)
            else:
                waiting.extend(reversed(part))
        return "".join(found)


class Form(NamedTuple):
    """How an operator is written: text with ``#1`` and so on for its operands, and how tightly each must bind."""

    template: str
    binding: int
    least: tuple[int, ...]
    parts: tuple[str | int, ...]


def form(template: str, binding: int, *least: int) -> Form:
    """A form from its text, how tightly it binds, and how tightly each operand must."""
    parts = (int(part) - 1 if at % 2 else part for at, part in enumerate(_SLOT.split(template)))
    return Form(template, binding, least, tuple(part for part in parts if part != ""))


class Notation(NamedTuple):
    """A table of forms, and its parentheses.

    ``signed`` is how tightly what begins with a minus binds behind another operand, where that is less than elsewhere.
    """

    forms: Mapping[str, Form]
    opens: str = "("
    closes: str = ")"
    signed: int | None = None

    def piece(self, rope: Rope, binding: int) -> Piece:
        """A piece that somebody has written."""
        begins = rope if isinstance(rope, str) else rope[0]
        minus = self.signed is not None and isinstance(begins, str) and begins.startswith("-")
        return Piece(rope, binding, min(binding, self.signed or 0) if minus else binding)

    def inside(self, piece: Piece, least: int, *, first: bool = True) -> Rope:
        """A piece as an operand that must bind as tightly as that; ``first`` if nothing stands before it."""
        binding = piece.binding if first else piece.behind
        return piece.rope if binding >= least else (self.opens, piece.rope, self.closes)

    def operand(self, piece: Piece, least: int, *, first: bool = True) -> str:
        """The same as a text."""
        return Piece(self.inside(piece, least, first=first), least, least).text

    def filled(self, form: Form, inputs: Sequence[Piece]) -> Piece:
        """A form with its operands."""
        rope = tuple(
            part if isinstance(part, str) else self.inside(inputs[part], form.least[part], first=at == 0)
            for at, part in enumerate(form.parts)
        )
        begins = form.parts[0]
        if isinstance(begins, str) or rope[0] is not inputs[begins].rope:
            return self.piece(rope, form.binding)
        lead = inputs[begins]
        return Piece(rope, form.binding, min(form.binding, lead.behind) if lead.behind < lead.binding else form.binding)

    def operator(self, op: str, inputs: Sequence[Piece]) -> Piece | None:
        """A gate that has a form; None for one that has none."""
        form = self.forms.get(op)
        return None if form is None else self.filled(form, inputs)


def listed(parts: Sequence[Rope]) -> Rope:
    """Parts with commas between them."""
    return tuple(part for each in parts for part in (", ", each))[1:]
