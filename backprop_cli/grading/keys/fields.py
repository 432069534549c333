"""The fields of a table that a teacher wrote, each read as what it must be; what is wrong is collected, with its line.

A field that is wrong counts as left out, so that the rest can be read too. Nothing here knows what the fields mean.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import TypeVar

from backprop_cli.grading.files import trees
from backprop_cli.grading.files.texts import cut
from backprop_cli.json_text import Literal, NotFinite
from backprop_cli.nearest import meant
from backprop_cli.problems import Diagnostic, Source, Span

_T = TypeVar("_T", bound=str)
_D = TypeVar("_D")
_FRACTION = re.compile(r"[+-]?\d{1,18}(?:\.\d{0,18}|\s*/\s*\d{1,18})?")
_NUMBER = re.compile(r"[+-]?\d{1,18}(?:\.\d{0,18})?(?:[eE][+-]?\d{1,3})?")
_MOST = 100  # more mistakes than anybody reads at once
_MEANT = {
    "point": "at",
    "values": "at",
    "expr": "expression",
    "formula": "expression",
    "name": "id",
    "score": "points",
    "wrt": "ask",
    "asked": "ask",
    "follow-through": "follow_through",
}


@dataclass(frozen=True)
class KeyPlace:
    """Where things stand in the text."""

    source: Source

    @cached_property
    def _lines(self) -> Mapping[trees.TreePath, int]:
        return trees.toml_lines(self.source.text)

    @cached_property
    def _rows(self) -> Sequence[str]:
        return self.source.text.split("\n")

    @cached_property
    def _starts(self) -> Sequence[int]:
        return [0, *accumulate(len(row) + 1 for row in self._rows)]

    def of_problem(self, index: int) -> trees.TreePath:
        """The path of the problem with a number from 1."""
        return ("problem", index - 1)

    def line(self, path: trees.TreePath, key: str) -> int | None:
        """The line of a key, or of the table that it should be in."""
        return self._lines.get((*path, key)) or self._lines.get(path)

    def problem(self, code: str, message: str, line: int | None, hint: str = "") -> Diagnostic:
        """A problem on a line of the text; in no place if the line is not known."""
        problem = Diagnostic(code, message, hint)
        if line is None or line > len(self._rows):
            return problem
        row, start = self._rows[line - 1], self._starts[line - 1]
        indent = len(row) - len(row.lstrip())
        return problem.at(self.source, Span(start + indent, start + max(indent + 1, len(row.rstrip()))))


@dataclass(frozen=True)
class Fields:
    """One table: ``label`` is what it is called in a sentence, ``known`` the fields it may have (None: any)."""

    table: trees.Tree
    label: str
    known: Sequence[str] | None
    place: KeyPlace
    found: list[Diagnostic]
    path: trees.TreePath = ()
    _wrong: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for key in self.names:
            if self.known is not None and key not in self.known and len(self.found) < _MOST:
                word = _MEANT[key] if _MEANT.get(key) in self.known else key
                hint = meant(word, self.known, f"there are {', '.join(self.known)}")
                self.wrong("key.field", key, f"there is no field `{cut(key)}`", hint)

    @property
    def names(self) -> list[str]:
        """The fields that are there."""
        return [key for key, _ in self.table.pairs]

    def wrong(self, code: str, key: str, message: str, hint: str = "") -> None:
        """Note that something is wrong with a field."""
        self._wrong.add(key)
        if len(self.found) >= _MOST:
            return
        line = self.place.line(self.path, key)
        self.found.append(self.place.problem(code, f"{self.label}: {message}", line, hint))

    def has_wrong(self, key: str) -> bool:
        """Whether something was wrong with a field."""
        return key in self._wrong

    def is_off(self, key: str) -> bool:
        """Whether a field is there and false."""
        return self.table.get(key) is False

    def _not(self, key: str, need: str) -> None:
        value = self.table.get(key)
        shown = f"`{cut(value)}`" if isinstance(value, str) else trees.kind(value)
        self.wrong("key.value", key, f"{key} must be {need}, and is {shown}")

    def text(self, key: str, default: str) -> str:
        """A text; a number is its text."""
        value = self.table.get(key)
        if value is None:
            return default
        if isinstance(value, str):
            return str(value)
        self._not(key, "a text")
        return default

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.table.get(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self._not(key, "true or false")
        return default

    def one_of(self, key: str, words: Sequence[_T], default: _T) -> _T:
        """One of a few words."""
        value = self.table.get(key)
        if value is None:
            return default
        found = next((word for word in words if word == value), None)
        if found is None:
            self._not(key, f"{', '.join(words[:-1])} or {words[-1]}")
        return found or default

    def fraction(self, key: str, default: _D, most: int) -> Fraction | _D:
        """An exact number from 0 to ``most``: 2.5, or the text 10/3."""
        value = self.table.get(key)
        if value is None:
            return default
        if isinstance(value, str) and _FRACTION.fullmatch(value) and not re.search(r"/\s*0+$", value):
            number = Fraction(value.replace(" ", ""))
            if 0 <= number <= most:
                return number
        self._not(key, f'a number from 0 to {most:,}, or a fraction as "1/3"')
        return default

    def number(self, key: str, default: _D) -> float | _D:
        """A finite double, not below 0."""
        value = self.table.get(key)
        if value is None:
            return default
        if isinstance(value, str) and _NUMBER.fullmatch(value):
            number = float(value)
            if 0 <= number < math.inf:
                return number
        self._not(key, "a finite number, and not negative")
        return default

    def whole(self, key: str, default: _D, least: int, most: int) -> int | _D:
        """A whole number in a range."""
        value = self.table.get(key)
        if value is None:
            return default
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value) and least <= int(value) <= most:
            return int(value)
        self._not(key, f"a whole number from {least} to {most}")
        return default

    def whole_or_range(
        self, key: str, default: tuple[int | None, int | None], least: int, most: int
    ) -> tuple[int | None, int | None]:
        """A whole number, or a least and a greatest one as ``[2, 4]``."""
        value = self.table.get(key)
        if not isinstance(value, list):
            return (self.whole(key, None, least, most), None) if value is not None else default
        texts = [str(one) for one in value]
        if len(texts) == 2 and all(re.fullmatch(r"\d{1,3}", text) for text in texts):
            low, high = map(int, texts)
            if least <= low <= high <= most:
                return low, high
        self._not(key, f"a whole number from {least} to {most}, or two of them as [2, 4]")
        return default

    def words(self, key: str) -> tuple[str, ...]:
        """Names: an array of texts, or one text with commas."""
        value = self.table.get(key)
        if value is None:
            return ()
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, list) or not all(_is_name(name) for name in names):
            self._not(key, 'an array of names, as ["dx", "q"]')
            return ()
        twice = sorted({name.strip() for name in names if names.count(name) > 1}) if len(names) <= 1000 else []
        if twice:
            self.wrong("key.value", key, f"{key} names {cut(twice[0])} twice")
        return tuple(cut(name) for name in names)

    def titled(self, key: str) -> tuple[tuple[str, ...], Mapping[str, str]]:
        """Names, and the titles of their columns: an array of texts and of tables ``{name = "dx", column = "Q1"}``."""
        value = self.table.get(key)
        if not isinstance(value, list) or not any(isinstance(one, trees.Tree) for one in value):
            return self.words(key), {}
        names: list[str] = []
        titles: dict[str, str] = {}
        for one in value:
            name, title = (one.get("name"), one.get("column")) if isinstance(one, trees.Tree) else (one, "")
            if not _is_name(name) or not isinstance(title, str | None):
                self._not(key, 'an array of names, as ["dx", {name = "q", column = "Question 1"}]')
                return (), {}
            names.append(cut(str(name)))
            titles |= {names[-1]: title} if title else {}
        return tuple(names), titles

    def entries(self, key: str, known: Sequence[str]) -> Iterator[tuple[str, Fields]]:
        """The fields of each table in an array of names and tables, by its name."""
        value = self.table.get(key)
        for one in value if isinstance(value, list) else ():
            name = one.get("name") if isinstance(one, trees.Tree) else None
            if isinstance(one, trees.Tree) and _is_name(name):
                label = f"{self.label}: {cut(str(name))}"
                yield cut(str(name)), Fields(one, label, known, self.place, self.found, (*self.path, key))

    def answers(self, key: str) -> tuple[str, ...]:
        """Answers: one, or an array of them."""
        value = self.table.get(key)
        several = value if isinstance(value, list) else [] if value is None else [value]
        if all(isinstance(one, str) and not isinstance(one, NotFinite) for one in several):
            return tuple(map(str, several))
        self._not(key, 'an answer, or an array of them, as ["-4", "-4.0..-3.9"]')
        return ()

    def several(self, key: str) -> Mapping[str, tuple[str, ...]]:
        """A table of texts, or of arrays of texts."""
        inner = self.inner(key, None)
        found = {}
        for name, value in inner.table.pairs if inner is not None else ():
            texts = value if isinstance(value, list) else [value]
            if all(isinstance(text, str) for text in texts):
                found[name] = tuple(map(str, texts))
            else:
                self.wrong("key.value", key, f"{cut(name)} in {key} must be a column's title, or an array of titles")
        return found

    def tables(self, key: str) -> list[trees.Tree]:
        """Tables: one, or an array of them."""
        value = self.table.get(key)
        if value is None:
            return []
        tables = value if isinstance(value, list) else [value]
        found = [table for table in tables if isinstance(table, trees.Tree)]
        if len(found) < len(tables):
            self._not(key, "a table, or an array of tables")
        return found

    def inner(self, key: str, known: Sequence[str] | None) -> Fields | None:
        """The fields of a table inside this one."""
        value = self.table.get(key)
        if value is None:
            return None
        if isinstance(value, trees.Tree):
            return Fields(value, f"{self.label}: {key}", known, self.place, self.found, (*self.path, key))
        self._not(key, "a table")
        return None

    def texts(self, key: str, table: trees.Tree) -> Mapping[str, str]:
        """A table of numbers, texts and arrays of them, all kept as typed."""
        found = {name: trees.as_list(value) or value for name, value in table.pairs}
        for name, value in found.items():
            if not isinstance(value, str) or isinstance(value, NotFinite):
                shown = trees.kind(value)
                self.wrong("key.value", key, f"{cut(name)} in {key} must be a number or a text, and is {shown}")
        return {name: str(value) for name, value in found.items() if isinstance(value, str)}

    def listed(self, key: str) -> str:
        """An array of numbers, also nested, as a text; nothing if it is left out."""
        text = trees.as_list(self.table.get(key))
        return text if text is not None else self.text(key, "")


def _is_name(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Literal | NotFinite) and bool(value.strip())
