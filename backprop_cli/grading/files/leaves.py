"""What every kind of file comes to: leaves, each with the keys on its way, ``("chain", "dx")``, and what stands there.

JSON and TOML are walked, lines of ``name = value`` and rows of CSV are read, and from here on it makes no difference
which it was. Nothing here knows what the keys mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backprop_cli.grading.files.texts import Line
from backprop_cli.grading.files.trees import DEEP, Tree
from backprop_cli.problems import Diagnostic

_IS = re.compile(r":=|=|:")
_OURS = "backprop.grad/"

LeafPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """The keys on the way, at least one, and the value there: a text as typed, None for one left open, or what is none.

    ``problem`` says why the value is no answer.
    """

    path: LeafPath
    value: object
    line: int | None = None
    problem: Diagnostic | None = None


def from_table(table: Tree) -> Iterator[Leaf]:
    """The leaves of an object, in the order of the text; of what ``backprop --json`` wrote, the value and gradients."""
    return below((), table)


def below(path: LeafPath, value: object, line: int | None = None) -> Iterator[Leaf]:
    """The leaves of a value with this path, which stands on a line unless its members tell it better."""
    if isinstance(value, Tree) and len(path) < DEEP:
        schema = value.get("schema")
        ours = isinstance(schema, str) and schema.startswith(_OURS)
        for key, inner, at in value.members():
            if ours and key not in ("gradient", "value"):
                continue
            if isinstance(inner, Tree | list):
                yield from below((*path, key), inner, at or line)
            else:
                yield Leaf((*path, key), inner, at or line)
    elif len(path) < DEEP and isinstance(value, list) and is_points(value):
        for index, inner in enumerate(value, 1):
            if inner is not None:
                yield from below((*path, str(index)), inner, line)
    else:
        yield Leaf(path, value, line)


def is_points(value: object) -> bool:
    """Whether a value is an array of objects: one point after the other."""
    return isinstance(value, list) and all(isinstance(one, Tree | None) for one in value)


def from_lines(lines: Iterable[Line]) -> Iterator[Leaf]:
    """The leaves of ``name = value`` or ``name: value`` lines with # comments."""
    for line in lines:
        row = line.text.partition("#")[0].strip()
        match = _IS.search(row)
        if match and match.start():
            text = row[match.end() :].strip()
            quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
            yield Leaf((row[: match.start()],), text[1:-1] if quoted else text, line.number)
        elif row:
            problem = Diagnostic("answer.line", f"line {line.number} is not name = value")
            yield Leaf((row,), "", line.number, problem)


def is_line(row: str) -> bool:
    """Whether a row has the sign that stands between a name and its value."""
    return _IS.search(row) is not None
