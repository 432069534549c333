"""What an array gate is told: ``axis=0``, ``keepdims=true``, ``(2, 3)``, and the entries of an index, from tokens.

These are no wires of the circuit: they are whole numbers, written as such, because a shape follows from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backprop_cli.gates.array_row import NEW_AXIS, FromGate, Slice
from backprop_cli.problems import Diagnostic, Refused, Source, Span
from backprop_cli.reading.notation import NAME, NUMBER, OPERATOR, Token

_WORDS = {"true": True, "false": False, "none": None}
_LONGEST = 9


@dataclass(frozen=True, slots=True)
class StaticReader:
    """Reads from a statement's tokens; ``rule`` lets names stand for what the rule's own gate is told."""

    source: Source
    tokens: Sequence[Token]
    rule: bool

    def argument(self, at: int, what: str, otherwise: str = "") -> tuple[object, int]:
        """A value after ``axis=`` or in its place, and the number of the token after it, a comma or a bracket.

        ``otherwise`` says what may have been meant by an argument that is no such value.
        """
        value, end = self._value(at)
        if end is None or not self._is(end, ",", ")"):
            hint = otherwise or "it is written down as such, not worked out: axis=0, shape (2, 3)"
            last = self.tokens[at]
            problem = Diagnostic("syntax.static", f"{what} must be a whole number", hint)
            raise Refused(problem.at(self.source, Span(last.start, last.end)))
        return value, end

    def entry(self, at: int) -> tuple[object, int] | None:
        """An entry of an index that is a whole number, a slice or ``None``; None where an expression stands."""
        token = self.tokens[at]
        if token.kind == NAME and token.text in ("None", "newaxis") and self._is(at + 1, ",", "]"):
            return NEW_AXIS, at + 1
        if self.rule and token.kind == NAME and token.text == "index":
            return FromGate("index"), at + 1
        start, end = self._whole(at)
        if self._is(end, ":"):
            return self._slice(start, end)
        return (start, end) if start is not None and self._is(end, ",", "]") else None

    def _slice(self, start: int | None, at: int) -> tuple[object, int]:
        stop, end = self._whole(at + 1)
        step = None
        if self._is(end, ":"):
            step, end = self._whole(end + 1)
        if not self._is(end, ",", "]"):
            token = self.tokens[end]
            hint = "its ends are whole numbers, written down as such: x[1:3], x[:-1], x[::2]"
            problem = Diagnostic("syntax.slice", "a part of an axis that cannot be read", hint)
            raise Refused(problem.at(self.source, Span(self.tokens[at].start, token.end)))
        if step == 0:
            problem = Diagnostic("syntax.slice", "a part of an axis with step 0")
            raise Refused(problem.at(self.source, Span(self.tokens[at].start, self.tokens[end - 1].end)))
        return Slice(start, stop, step), end

    def _value(self, at: int) -> tuple[object, int | None]:
        token = self.tokens[at]
        if token.kind == NAME and token.text.lower() in _WORDS:
            return _WORDS[token.text.lower()], at + 1
        if token.kind == NAME and self.rule:
            return FromGate(token.text), at + 1
        if self._is(at, "(", "["):
            return self._tuple(at)
        value, end = self._whole(at)
        return value, end if value is not None else None

    def _tuple(self, at: int) -> tuple[object, int | None]:
        closing = ")" if self.tokens[at].text == "(" else "]"
        found: list[int] = []
        at += 1
        while not self._is(at, closing):
            value, end = self._whole(at)
            if value is None or not self._is(end, ",", closing):
                return None, None
            found.append(value)
            at = end + 1 if self._is(end, ",") else end
        return tuple(found), at + 1

    def _whole(self, at: int) -> tuple[int | None, int]:
        """A whole number that stands there, and the token after it."""
        sign = -1 if self._is(at, "-") else 1
        number = self.tokens[at + (sign < 0)]
        if number.kind != NUMBER or not number.text.isdigit() or len(number.text) > _LONGEST:
            return None, at
        return sign * int(number.text), at + 1 + (sign < 0)

    def _is(self, at: int, *texts: str) -> bool:
        token = self.tokens[min(at, len(self.tokens) - 1)]
        return token.kind == OPERATOR and token.text in texts
