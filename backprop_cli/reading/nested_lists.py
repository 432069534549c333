"""Nested lists of texts: ``[[1, 2], [pi/3, 1e-3]]`` as typed, or the lists of JSON and Python.

Gives the shape and the elements' texts, row by row. What an element's text means is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from backprop_cli import limits
from backprop_cli.gates.array_row import Shape
from backprop_cli.problems import Diagnostic, Refused, Source, Span

_NAME_BEFORE = re.compile(r"(?:[^\W\d]\w*|\))\Z")


def split(name: str, text: str) -> tuple[Shape, list[str]]:
    """The shape and the elements of a list as typed. Raises ``Refused`` where brackets or commas do not fit."""
    return flatten(name, _Splitter(Source(f"value of {name}", text)).all())


class _Splitter:
    """One walk over the characters, with a stack of the lists that are open."""

    def __init__(self, source: Source) -> None:
        self.source, self.text = source, source.text
        self.open: list[list[object]] = []
        self.starts: list[int] = []
        self.closed = -1  # where the last index ends

    def all(self) -> list[object]:
        """The lists in the list, the texts in them."""
        begin, whole, inside = 0, None, 0
        for at, character in enumerate(self.text):
            if character in "()":
                inside += 1 if character == "(" else -1
            elif inside > 0 or (character == "[" and self._is_index(at)):
                inside += (character == "[") - (character == "]")
                self.closed = at + 1
            elif character == "[":
                self._nothing_before(begin, at)
                self._open(at)
                begin = at + 1
            elif character in ",]":
                self._element(begin, at, closing=character == "]")
                begin = at + 1
                if character == "]":
                    whole = self.open.pop()
                    self.starts.pop()
                    if not self.open:
                        self._nothing_after(at + 1)
                        return whole
                    self.open[-1].append(whole)
        self._stop("this [ is never closed", self.starts[-1])
        return []

    def _is_index(self, at: int) -> bool:
        """Whether a [ stands right behind a name or a call: ``m[0]`` is an element of m, and no list."""
        return bool(self.open) and (
            at == self.closed or _NAME_BEFORE.search(self.text, max(0, at - limits.NAME_CHARACTERS), at) is not None
        )

    def _open(self, at: int) -> None:
        self.open.append([])
        self.starts.append(at)
        if len(self.open) > limits.ARRAY_DIMENSIONS:
            message = f"nested deeper than {limits.ARRAY_DIMENSIONS}"
            raise Refused(Diagnostic("limit.array", message).at(self.source, Span(at, at + 1)))

    def _element(self, begin: int, end: int, *, closing: bool) -> None:
        if not self.open:
            self._stop("a comma outside the list", end)
        piece = self.text[begin:end].strip()
        before = self.text[:begin].rstrip()[-1:]
        if piece and before == "]":
            self._stop("a comma is missing after this ]", self.text[:begin].rindex("]"))
        if piece:
            self.open[-1].append(piece)
        elif not closing and before != "]":
            self._stop("an element is missing before this comma", end)

    def _nothing_before(self, begin: int, at: int) -> None:
        before = self.text[begin:at].strip()
        if before or (self.open and self.text[:at].rstrip()[-1:] == "]"):
            self._stop("a comma is missing before this [", at)

    def _nothing_after(self, at: int) -> None:
        if self.text[at:].strip():
            self._stop("nothing may follow the list", at)

    def _stop(self, message: str, at: int) -> None:
        hint = "an array is a list in brackets: [1, 2] or [[1, 2], [3, 4]]"
        raise Refused(Diagnostic("array.list", message, hint).at(self.source, Span(at, at + 1)))


def flatten(name: str, nested: Sequence[object]) -> tuple[Shape, list[str]]:
    """The shape and the texts of nested lists. Raises ``Refused`` for lists of different lengths, or without elements.

    What is neither a list nor a text is turned into one by ``str``.
    """
    shape: list[int] = []
    level: list[object] = list(nested)
    shape.append(len(level))
    while level and any(isinstance(part, (list, tuple)) for part in level):
        if len(shape) == limits.ARRAY_DIMENSIONS:
            raise Refused(Diagnostic("limit.array", f"{name} is nested deeper than {limits.ARRAY_DIMENSIONS}"))
        shape.append(_one_length(name, shape, level))
        level = [one for part in level for one in part]  # type: ignore[attr-defined]  # all are lists: _one_length asks
        if len(level) > limits.ARRAY_ELEMENTS:
            raise Refused(too_large(name, len(level)))
    if not level:
        raise Refused(Diagnostic("array.empty", f"{name} has no elements", "an array needs at least one"))
    return tuple(shape), [one if isinstance(one, str) else str(one) for one in level]


def _one_length(name: str, shape: list[int], level: list[object]) -> int:
    """The length that all lists of one level have."""
    first = len(level[0]) if isinstance(level[0], (list, tuple)) else None
    for number, part in enumerate(level):
        length = len(part) if isinstance(part, (list, tuple)) else None
        if length != first:
            here, there = place(name, shape, number), place(name, shape, 0)
            message = f"{name} is ragged: {here} {_has(length)}, and {there} {_has(first)}"
            raise Refused(Diagnostic("array.ragged", message, "every row of an array has the same length"))
    return first or 0


def _has(length: int | None) -> str:
    return "is a number" if length is None else f"has {length} element{'' if length == 1 else 's'}"


def place(name: str, shape: Sequence[int], number: int) -> str:
    """The place of an element that is the ``number``-th, row by row: ``W[1, 2]``."""
    indices: list[int] = []
    for size in reversed(shape):
        number, index = divmod(number, size)
        indices.append(index)
    return f"{name}[{', '.join(map(str, reversed(indices)))}]" if shape else name


def too_large(name: str, count: int) -> Diagnostic:
    """The problem of an array of more elements than the limit."""
    return Diagnostic("limit.array", f"{name} has {count:,} elements; the limit is {limits.ARRAY_ELEMENTS:,}")
