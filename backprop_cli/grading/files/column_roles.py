"""The columns of a table in which each row is a student: who, when, and which answer stands where.

What the teacher has told comes first, then the names of what is asked, then the words of ``headings``. What is left is
``unknown``, and nothing is guessed of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from backprop_cli.grading.files.headings import NO_STUDENTS, ROLES, ColumnRole, bare, folded, program_of, roles_of
from backprop_cli.grading.files.leaves import Leaf, LeafPath
from backprop_cli.grading.files.sheets import Problems
from backprop_cli.grading.files.tables import Row
from backprop_cli.grading.files.texts import cut


@dataclass(frozen=True, slots=True)
class Ways:
    """How the files of a class are to be read, as far as the teacher has told.

    ``encoding`` is that of what is no UTF-8. ``comma``: it is the decimal sign. ``titles``: what the column of a folded
    title holds: one of ``ROLES``, an answer's name, or nothing that matters ("").
    """

    encoding: str = ""
    comma: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnRoles:
    """What the columns hold, by their numbers. The ``shown`` cells, joined, are what the student is called."""

    titles: tuple[str, ...]
    program: str
    shown: tuple[int, ...]
    ids: tuple[int, ...]
    time: int | None
    attempt: int | None
    asked: tuple[tuple[int, LeafPath], ...]
    unknown: tuple[int, ...]
    told: frozenset[str]

    @property
    def is_table(self) -> bool:
        """Whether these are titles at all, as far as they tell it themselves."""
        return bool(self.shown or self.program or self.told)

    def with_unknown(self) -> ColumnRoles:
        """The same, and what is unknown taken for answers."""
        asked = sorted((*self.asked, *((index, (self.titles[index],)) for index in self.unknown)))
        return replace(self, asked=tuple(asked), unknown=())

    def student(self, row: Row) -> str:
        """What the student is called; nothing where no column tells."""
        name = " ".join(filter(None, (row.cell(index) for index in self.shown)))
        return cut(name or self.identity(row))

    def identity(self, row: Row) -> str:
        """What tells the student from all others: the first of an id, a login, an address that is there."""
        return cut(next(filter(None, (row.cell(index) for index in self.ids)), ""))

    def is_student(self, row: Row) -> bool:
        """Whether the row is a student's; Canvas and Moodle have rows about the whole class."""
        return not self.program or self.student(row).lower() not in NO_STUDENTS

    def leaves(self, row: Row) -> list[Leaf]:
        """The answers of a row."""
        return [Leaf(path, row.cell(index), row.line) for index, path in self.asked]


def layout(titles: Sequence[str], problems: Problems, ways: Ways, apart: Sequence[int] = ()) -> ColumnRoles:
    """What the columns of these titles hold; those that stand ``apart`` are no matter of this table."""
    names = [folded(title) for title in titles]
    program, words = program_of(names), roles_of(names)
    found: dict[str, list[int]] = {}
    asked: list[tuple[int, LeafPath]] = []
    for index, name in enumerate(names):
        if index in apart or not name:
            continue
        target = ways.titles.get(name)
        path = _path(titles[index], problems, words[index]) if target is None else (target,)
        if target == "" or target in ROLES:
            found.setdefault(target or "apart", []).insert(0, index)
        elif path is not None:
            asked.append((index, path))
        else:
            found.setdefault(words[index] or "unknown", []).append(index)
    told = [index for index, name in enumerate(names) if ways.titles.get(name) == "student" and index not in apart]
    shown, ids = (tuple(told), ()) if told else _who(found, program)
    time = _first(found, "time")
    return ColumnRoles(
        tuple(titles), program, shown, ids, _first(found, "started") if time is None else time,
        _first(found, "attempt"), tuple(asked), tuple(found.get("unknown", ())), frozenset(names) & ways.titles.keys(),
    )  # fmt: skip


def _path(title: str, problems: Problems, role: ColumnRole | None) -> LeafPath | None:
    """The answer that a title names; None if it names none."""
    if problems.meaning is None:
        return (title,) if role is None else None
    return next(((text,) for text in dict.fromkeys((title, bare(title))) if problems.meant((text,))), None)


def _who(found: Mapping[str, list[int]], program: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The columns of what a student is called, and of what tells one from another."""
    numbers = [] if program == "Microsoft Forms" else found.get("number", [])  # there it counts the answers
    ids = (*found.get("id", ()), *numbers)
    if "student" in found:
        return tuple(found["student"][:1]), ids
    if "id" in found:
        return ids[:1], ids
    if "given" in found and "family" in found:
        return (found["given"][0], found["family"][0]), ids
    named = found.get("name") or found.get("family") or found.get("given") or numbers
    return tuple(named[:1]), ids


def _first(found: Mapping[str, list[int]], role: str) -> int | None:
    return next(iter(found.get(role, ())), None)
