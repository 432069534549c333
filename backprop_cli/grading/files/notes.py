"""What is noticed of files while they are read, as far as it is about a file and no student's fault."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from backprop_cli.grading.files.column_roles import ColumnRoles
from backprop_cli.problems import Diagnostic


@dataclass(slots=True)
class StudentTable:
    """A table with a row for each student, as its titles were understood.

    ``missing`` is what the key asks for and no column holds; ``nameless`` are the unknown columns of a table without a
    student's, which have a text of its own in each row; ``rows`` is how many students stand in it.
    """

    source: str
    layout: ColumnRoles
    missing: tuple[str, ...]
    nameless: tuple[str, ...] = ()
    rows: int = 0

    @property
    def unknown(self) -> tuple[str, ...]:
        """The titles that were not understood."""
        return tuple(self.layout.titles[index] for index in self.layout.unknown)

    def draft(self) -> tuple[tuple[str, str], ...]:
        """What is missing with the title that it may have: one in which it is named, else the next one in order."""
        left = [title for title in self.unknown if title not in self.nameless]
        named = {name: title for name in self.missing for title in left if _names(name, title)}
        rest = iter([title for title in left if title not in named.values()])
        return tuple((name, named[name] if name in named else next(rest, "")) for name in self.missing)


def _names(name: str, title: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title) is not None


@dataclass(slots=True)
class Notes:
    """What is noticed in one reading of all files; ``commas`` are, by file, the first number with a decimal
    comma and how many there are.
    """

    tables: list[StudentTable] = field(default_factory=list)
    commas: dict[str, tuple[str, int]] = field(default_factory=dict)

    def add_commas(self, source: str, texts: Sequence[str]) -> None:
        """Note numbers that were read with a decimal comma."""
        if texts:
            first, count = self.commas.get(source, (texts[0], 0))
            self.commas[source] = first, count + len(texts)

    def said(self) -> tuple[Diagnostic, ...]:
        """What is said of decimal commas, once a file."""
        return tuple(
            Diagnostic("class.decimal", f"{source}: {count:,} numbers with a decimal comma: {text} is read as {plain}")
            for source, (text, count) in self.commas.items()
            for plain in [text.replace(",", ".")]
        )
