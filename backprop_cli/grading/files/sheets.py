"""One submission while it is read: its answers, sorted by the key's problems and their points.

Problems are called by their ids, where capitals make no difference: ``chain``, or ``chain[2]`` and ``chain.2`` for its
second point; with one problem in the key nothing needs to be called, and one group of answers may be called anything.
What nothing in the key is called is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from backprop_cli import limits
from backprop_cli.grading.files.answers import Answer, answer, too_many
from backprop_cli.grading.files.leaves import Leaf, LeafPath, below, from_table, is_points
from backprop_cli.grading.files.texts import cut
from backprop_cli.grading.files.trees import Tree, kind
from backprop_cli.nearest import meant
from backprop_cli.problems import Diagnostic, Refused

_POINT = re.compile(r"(?P<id>[^\[\].]+?) ?(?:\[ ?(?P<point>[0-9]{1,6}) ?\]|\.(?P<dotted>[0-9]{1,6}))")
_DOTTED = re.compile(r"(?P<part>[^.]+\.[0-9]{1,6})\.(?P<name>.*)", re.DOTALL)
COMMA = re.compile(r"\s*[+\-−–]?\s*[0-9]*,[0-9]+(?:[eE][+\-−]?[0-9]+)?\s*")
"""A number with a decimal comma."""
_GRADIENTS = frozenset({"gradient", "gradients", "grad"})
_NAMED = 'answers have names, as {"dx": -4}'
_REMEMBERED = 10_000
_NAMED_APART = 3
_COPIES = 10 * limits.SUBMISSION_ANSWERS  # of answers that hold at each of a problem's points
_SOLE = "(the expression)"  # no key can call a problem so


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose a row is and when it was handed in, as the file has it.

    ``identity`` tells the student from others of the same name, where a column does.
    """

    identity: str = ""
    time: str = ""
    attempt: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """One student's answers by problem part: ``chain``, or ``chain[2]`` for its second point.

    ``source`` is the file and ``line`` where the submission begins in a file of many. ``invalid`` says why it could not
    be read; it then has no answers.
    """

    student: str
    source: str
    line: int | None
    answers: Mapping[str, tuple[Answer, ...]]
    invalid: Diagnostic | None = None
    warnings: tuple[Diagnostic, ...] = ()
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class PathMeaning:
    """Where a path leads: the problem that it begins with, the rest, and the parts that the problem means.

    ``name`` is that of the answer there; None where no answer of the key's can stand.
    """

    problem: str
    rest: LeafPath
    parts: tuple[str, ...]
    name: str | None


@dataclass(frozen=True)
class Problems:
    """What the key's problems are called; ``sizes`` are the ids with the number of points each is asked at.

    Without ``sizes`` there is one problem that has no name. ``asks`` are the names of what each problem asks for, and
    ``meaning`` tells what a name means in a problem, None if nothing; without it any name may be that of an answer.
    """

    sizes: Mapping[str, int] = field(default_factory=lambda: {_SOLE: 1})
    asks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    meaning: Callable[[str, str], Hashable | None] | None = None

    _places: dict[LeafPath, PathMeaning] = field(default_factory=dict)

    def place(self, path: LeafPath) -> PathMeaning:
        """Where a path leads; remembered, for a class has the same paths all over."""
        known = self._places.get(path)
        if known is None:
            problem, rest = self.placed(path)
            parts = self.parts(problem or self.sole)
            known = PathMeaning(problem, rest, parts, _name(rest) if parts and rest and not _is_group(rest) else None)
            if len(self._places) < _REMEMBERED:
                self._places[path] = known
        return known

    @cached_property
    def _ids(self) -> Mapping[str, str]:
        return {name.lower(): name for name in self.sizes}

    @cached_property
    def sole(self) -> str:
        """The only problem; nothing where there are several."""
        return next(iter(self.sizes)) if len(self.sizes) == 1 else ""

    def parts(self, text: str) -> tuple[str, ...]:
        """The parts that a problem's name means; none if it means nothing."""
        text = cut(text)
        match = _POINT.fullmatch(text)
        name = self._ids.get((match["id"] if match else text).lower())
        if name is None:
            return ()
        size, point = self.sizes[name], int(match["point"] or match["dotted"]) if match else 0
        if point > size or (match and point < 1):
            return ()
        if size <= 1:
            return (name,)
        return tuple(f"{name}[{index}]" for index in ((point,) if match else range(1, size + 1)))

    def placed(self, path: LeafPath) -> tuple[str, LeafPath]:
        """The problem that a path begins with (nothing if it is not told), and the rest, which names the answer."""
        head, rest = path[0], path[1:]
        if not (rest and self.parts(head)):
            head, name = self._split(head)
            rest = (name, *rest) if name else rest
        numbered = len(rest) > 1 and rest[0].isdecimal() and "[" not in head and self.parts(head or self.sole)
        return (f"{head or self.sole}[{rest[0]}]", rest[1:]) if numbered else (head, rest)

    def meant(self, path: LeafPath) -> frozenset[tuple[str, Hashable]]:
        """What an answer at a path would be an answer to, as parts and meanings; nothing where it means nothing."""
        problem, rest = self.placed(path)
        parts = self.parts(problem or self.sole)
        if not parts or not rest or _is_group(rest) or self.meaning is None:
            return frozenset()
        meaning = self.meaning(parts[0].partition("[")[0], _name(rest))
        return frozenset() if meaning is None else frozenset((part, meaning) for part in parts)

    def is_meant(self, path: LeafPath) -> bool:
        """Whether a path leads to an answer: to one that means something, if that is known."""
        if self.meaning is not None:
            return bool(self.meant(path))
        problem, rest = self.placed(path)
        return bool(rest) and bool(self.parts(problem))

    def unasked(self, paths: Iterable[LeafPath]) -> tuple[str, ...]:
        """What is asked for and is at none of these paths, as ``chain.dx``."""
        there = {one for path in paths for one in self.meant(path)}
        wanted = [
            (f"{part}.{name}", self.meant((part, name)))
            for id_, names in self.asks.items()
            for part in self.parts(id_)
            for name in names
        ]
        return tuple(label for label, meant in wanted if not meant <= there)

    def _split(self, text: str) -> tuple[str, str]:
        """The problem and the answer's name in ``chain.dx``, ``chain.2.dx``; no name if it only may be a problem's."""
        dotted = _DOTTED.fullmatch(text)
        if dotted and self.parts(dotted["part"]):
            return dotted["part"], dotted["name"].strip()
        head, dot, tail = text.partition(".")
        if dot and (self.parts(head) or not self.sole):
            return head, tail.strip()
        return ("", text) if self.sole else (text, "")

    def stranger(self, text: str) -> Diagnostic:
        """The warning about a name that no problem has."""
        if self.sole == _SOLE:
            return Diagnostic("submission.problem", f"`{text}` holds more than one answer, and is passed over")
        match = _POINT.fullmatch(text)
        name = self._ids.get((match["id"] if match else "").lower())
        if name:
            return Diagnostic("submission.problem", f"`{text}`: {name} is asked at {self.sizes[name]} points")
        hint = meant(text, self._ids.values())
        return Diagnostic("submission.problem", f"the key has no problem `{text}`", hint)

    def taken(self, text: str) -> tuple[Diagnostic, ...]:
        """The warning about a name whose answers are taken for those to the only problem."""
        if self.sole == _SOLE:
            return ()
        message = f"the key has no problem `{text}`; its answers are taken for those to {self.sole}, the only one"
        return (Diagnostic("submission.problem", message),)


@dataclass
class Sheet:
    """The answers of one submission as they come in, which begins on a ``line`` of its file, unless it is all of it.

    With ``comma`` 0,5 is a number; ``commas`` are those that were.
    """

    problems: Problems
    comma: bool = False
    line: int | None = None
    commas: list[str] = field(default_factory=list)
    _answers: dict[str, list[Answer]] = field(default_factory=dict)
    _strangers: dict[str, list[Leaf]] = field(default_factory=dict)
    _objects: set[tuple[str, str]] = field(default_factory=set)
    _count: int = 0
    _copies: int = 0

    def put_all(self, leaves: Iterable[Leaf]) -> None:
        """Add answers. Raises ``Refused`` when there are too many."""
        for leaf in leaves:
            self.put(leaf)

    def put(self, leaf: Leaf) -> None:
        """Add an answer. Raises ``Refused`` when there are too many."""
        if not leaf.value and leaf.path == ("",):
            return  # a row of blanks
        if self.comma and isinstance(leaf.value, str) and COMMA.fullmatch(leaf.value):
            self.commas.append(leaf.value.strip())
            leaf = replace(leaf, value=leaf.value.replace(",", "."))
        self._count += 1
        place = self.problems.place(leaf.path)
        self._copies += len(place.parts)
        if self._count > limits.SUBMISSION_ANSWERS or self._copies > _COPIES:
            raise Refused(too_many())
        below = None if leaf.line is None else leaf.line - (self.line or 0)
        if place.name is None:
            one = self._strange(place, leaf, below)
        else:
            one = answer(place.name, leaf.value, below, leaf.problem)
        if one is not None:
            for part in place.parts:
                self._answers.setdefault(part, []).append(one)

    def _strange(self, place: PathMeaning, leaf: Leaf, below: int | None) -> Answer | None:
        """What stands where no answer can: an answer without a name, an object in an answer's place, or nothing."""
        problem, rest = place.problem, place.rest
        if not place.parts or (not problem and _is_group(rest)):
            self._strangers.setdefault(cut(problem or "".join(rest[:1])), []).append(replace(leaf, path=rest))
            return None
        if not rest:
            message = f"the answer to {cut(problem)} has no name"
            unnamed = Diagnostic("answer.unnamed", message, _NAMED)
            value = "" if isinstance(leaf.value, str) else leaf.value
            return None if value is None else answer(problem, value, below, leaf.problem or unnamed)
        if (problem, rest[0]) in self._objects:
            return None
        self._objects.add((problem, rest[0]))
        return answer(rest[0], Tree(()), below)

    def submission(self, student: str, source: str, warnings: tuple[Diagnostic, ...] = ()) -> Submission:
        """The submission when everything is read."""
        warnings = (*warnings, *self._adopted())
        answers = {part: tuple(found) for part, found in self._answers.items()}
        return Submission(student, source, self.line, answers, None, (*warnings, *self.strangers()))

    def _adopted(self) -> tuple[Diagnostic, ...]:
        """Take a group of any name for the only problem's, if there is nothing else."""
        if not self.problems.sole or self._answers or len(self._strangers) != 1:
            return ()
        [(name, leaves)] = self._strangers.items()
        if not all(leaf.path and leaf.path[0] == name for leaf in leaves):
            return ()
        self._strangers, self._count = {}, 0
        self.put_all(replace(leaf, path=(self.problems.sole, *leaf.path[1:])) for leaf in leaves)
        return self.problems.taken(name)

    def strangers(self) -> tuple[Diagnostic, ...]:
        """Warnings about names that no problem has."""
        names = list(self._strangers)
        found = [self.problems.stranger(name) for name in names[:_NAMED_APART]]
        if len(names) > _NAMED_APART:
            more = len(names) - _NAMED_APART
            found.append(Diagnostic("submission.problem", f"{more:,} more names are no problems of the key"))
        return tuple(found)


def _name(rest: LeafPath) -> str:
    return rest[0] if len(rest) == 1 else f"grad {rest[1]}"


def _is_group(rest: LeafPath) -> bool:
    """Whether a path goes further than to an answer's name, or to ``gradient`` and the variable's."""
    return len(rest) > 2 or (len(rest) == 2 and rest[0].lower() not in _GRADIENTS)


def read_table(table: Tree, sheet: Sheet) -> str:
    """Read a submission's object into a sheet; returns the student's name, or nothing."""
    for key in ("student", "answers"):
        if table.count(key) > 1:
            raise Refused(Diagnostic("submission.twice", f"`{key}` stands twice in the submission"))
    inner = table.get("answers")
    if isinstance(inner, Tree) or (sheet.problems.sole and is_points(inner)):
        sheet.put_all(below((), inner))
    elif inner is not None:
        raise Refused(Diagnostic("submission.answers", f"`answers` must be an object, and is {kind(inner)}", _NAMED))
    elif not table.count("answers"):
        sheet.put_all(leaf for leaf in from_table(table) if leaf.path[0] != "student")
    return student_of(table)


def student_of(table: Tree) -> str:
    """The student's name in an object. Raises ``Refused`` if it cannot be a name."""
    name = table.get("student")
    if name is not None and not isinstance(name, str):
        raise Refused(Diagnostic("submission.student", f"`student` must be a text, and is {kind(name)}"))
    return cut(name or "")
