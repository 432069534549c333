"""JSON and TOML texts as one kind of tree: numbers as they were typed, members in order, each with its line.

A key that stands twice is there twice. Nothing here knows what the members mean, and no number is converted.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from backprop_cli import json_text
from backprop_cli.json_text import Literal, NotFinite
from backprop_cli.problems import Diagnostic, Refused

_STRUCTURE = re.compile(r'"(?:[^"\\]++|\\.)*+"(?P<key>\s*:)?|[{}]')
DEEP = 8  # no answer is nested so deeply
_DOTTED = 30_000_000  # steps that Python's TOML reader may take for dotted keys: the square of their parts
_TOML_KEY = r"(?:[\w-]+|\"[^\"\\\n]*\"|'[^'\n]*')"
_TOML_LINE = re.compile(
    rf"\s*(?:(?P<head>\[\[?)\s*(?P<table>{_TOML_KEY}(?:\s*\.\s*{_TOML_KEY})*)\s*\]"
    rf"|(?P<key>{_TOML_KEY}(?:\s*\.\s*{_TOML_KEY})*)\s*=)"
)
_TOML_PART = re.compile(_TOML_KEY)

TreePath = tuple[str | int, ...]


@dataclass(slots=True)
class Tree:
    """An object of JSON or a table of TOML."""

    pairs: Sequence[tuple[str, object]]
    lines: Sequence[int | None] = field(default=())

    def members(self) -> Iterator[tuple[str, object, int | None]]:
        """Key, value and line of each member, in the order of the text."""
        lines = self.lines or (None,) * len(self.pairs)
        return ((key, value, line) for (key, value), line in zip(self.pairs, lines, strict=True))

    def get(self, key: str) -> object:
        """The first value of a key; None if there is none."""
        return next((value for name, value in self.pairs if name == key), None)

    def count(self, key: str) -> int:
        """How often a key stands there."""
        return sum(1 for name, _ in self.pairs if name == key)


def kind(value: object) -> str:
    """What a value is called in a sentence."""
    if value is None:
        return "null"
    if isinstance(value, NotFinite):
        return str(value)
    named = {Tree: "an object", Literal: "a number", str: "a text", list: "an array", bool: "true or false"}
    return named.get(type(value), "a date or a time")


def from_json(text: str, line: int = 1) -> object:
    """The value of a JSON text that begins on a line of its file. Raises ``Refused`` with the line if it is none."""
    closed: list[Tree] = []

    def table(pairs: list[tuple[str, object]]) -> Tree:
        closed.append(Tree(pairs))
        return closed[-1]

    try:
        value = json_text.value_of(text, table)
    except json_text.BadJsonError as bad:
        if bad.at is None:
            raise Refused(Diagnostic("answers.deep", f"the JSON is {bad.says}")) from None
        where = f"line {text.count(chr(10), 0, bad.at) + line}, column {bad.at - text.rfind(chr(10), 0, bad.at)}"
        hint = "files of one object a line are JSON Lines, and end in .jsonl" if bad.says == "extra data" else ""
        raise Refused(Diagnostic("answers.json", f"{where}: not valid JSON: {bad.says}", hint)) from None
    for found, lines in zip(closed, _lines(text, line, closed), strict=True):
        found.lines = lines
    return value


def _lines(text: str, line: int, closed: list[Tree]) -> Iterator[Sequence[int]]:
    """The lines of each object's keys, in the order in which the objects are closed. The text is known to be JSON."""
    if "\n" not in text:
        yield from ((line,) * len(table.pairs) for table in closed)
        return
    opened: list[list[int]] = []
    at = 0
    for match in _STRUCTURE.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        if match["key"]:
            opened[-1].append(line)
        elif match[0] == "{":
            opened.append([])
        elif match[0] == "}":
            yield opened.pop()


def from_toml(text: str) -> Tree:
    """The table of a TOML text. Raises ``Refused`` with the line if it is none."""
    if _dotted(text) > _DOTTED:
        raise Refused(Diagnostic("answers.toml", "too many dots: names of so many parts take too long to read"))
    try:
        return _toml_table(tomllib.loads(text, parse_float=_toml_float), toml_lines(text), ())
    except RecursionError:
        raise Refused(Diagnostic("answers.deep", "the TOML is nested too deeply")) from None
    except ValueError as error:  # a TOMLDecodeError, or an integer that Python does not convert
        reason = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "an integer has too many digits"
        raise Refused(Diagnostic("answers.toml", f"not valid TOML: {reason[:200]}")) from None


def _dotted(text: str) -> int:
    """How many steps the dotted keys of a TOML text may take at most, if every dot were in a key or a table's name."""
    rows = [row for row in text.split("\n") if "." in row]
    longest = max((row.count(".") for row in rows if row.lstrip().startswith("[")), default=0)
    return sum(dots * (dots + longest) for dots in (row.count(".") for row in rows))


def _toml_float(text: str) -> str:
    return NotFinite(text) if text.strip("+-") in ("nan", "inf") else Literal(text.replace("_", ""))


def _toml_table(data: Mapping[str, object], lines: Mapping[TreePath, int], path: TreePath) -> Tree:
    here = [(*path, key) for key in data]
    pairs = [(key, _toml_value(value, lines, (*path, key))) for key, value in data.items()]
    return Tree(pairs, [lines.get(one) for one in here])


def _toml_value(value: object, lines: Mapping[TreePath, int], path: TreePath) -> object:
    if len(path) > DEEP:
        return Tree(()) if isinstance(value, dict) else value
    if isinstance(value, dict):
        return _toml_table(value, lines, path)
    if isinstance(value, list):
        return [_toml_value(one, lines, (*path, index)) for index, one in enumerate(value)]
    return Literal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def toml_lines(text: str) -> dict[TreePath, int]:
    """The line of each key that begins a line of a TOML text, by its path; a table's is that of its head."""
    found: dict[TreePath, int] = {}
    counts: dict[TreePath, int] = {}
    section: TreePath = ()
    for number, row in enumerate(text.split("\n"), 1):
        match = _TOML_LINE.match(row)
        if match is None:
            continue
        if match["head"]:
            section = _section(_toml_path(match["table"]), counts)
            found.setdefault(section, number)
            if match["head"] == "[[":
                counts[section] = counts.get(section, -1) + 1
                section = (*section, counts[section])
                found[section] = number
        else:
            found.setdefault((*section, *_toml_path(match["key"])), number)
    return found


def _section(names: tuple[str, ...], counts: Mapping[TreePath, int]) -> TreePath:
    """The path of a table: what stands inside an array's table belongs to the last one."""
    path: TreePath = ()
    for name in names[:-1]:
        path = (*path, name)
        path = (*path, counts[path]) if path in counts else path
    return (*path, *names[-1:])


def _toml_path(text: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _TOML_PART.findall(text))


def as_list(value: object) -> str | None:
    """An array of numbers and texts, also nested, as the text ``[[1, 0], [2, 1]]``; None for all else."""
    if not isinstance(value, list) or not value:
        return None
    parts = [_element(one) for one in value]
    return None if None in parts else f"[{', '.join(one for one in parts if one is not None)}]"


def _element(value: object) -> str | None:
    return str(value) or "null" if isinstance(value, str) else "null" if value is None else as_list(value)
