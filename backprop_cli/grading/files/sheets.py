"""One submission while it is read: its answers, sorted by the key's problems and their points.

Problems are called by their ids, where capitals make no difference: ``chain``, or ``chain[2]`` and ``chain.2`` for its
second point; with one problem in the key nothing needs to be called. What nothing in the key is called is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from backprop_cli import limits
from backprop_cli.grading.files.answers import Answer, answer, from_table, is_gradients, too_many
from backprop_cli.grading.files.texts import cut
from backprop_cli.grading.files.trees import Table, kind
from backprop_cli.problems import Diagnostic, Refused

_POINT = re.compile(r"(?P<id>[^\[\].]+?) ?(?:\[ ?(?P<point>[0-9]{1,6}) ?\]|\.(?P<dotted>[0-9]{1,6}))")
_DOTTED = re.compile(r"(?P<part>[^.]+\.[0-9]{1,6})\.(?P<name>.*)", re.DOTALL)
_NAMED_APART = 3
_COPIES = 10 * limits.SUBMISSION_ANSWERS  # of answers that hold at each of a problem's points


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


@dataclass(frozen=True)
class Problems:
    """What the key's problems are called; ``sizes`` are the ids with the number of points each is asked at."""

    sizes: Mapping[str, int]

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

    def split(self, text: str) -> tuple[str, str]:
        """The problem and the answer's name in ``chain.dx``, ``chain.2.dx``; no name if it only may be a problem's."""
        dotted = _DOTTED.fullmatch(text)
        if dotted and self.parts(dotted["part"]):
            return dotted["part"], dotted["name"].strip()
        head, dot, tail = text.partition(".")
        if dot and (self.parts(head) or not self.sole):
            return head, tail.strip()
        return (self.sole, text) if self.sole else (text, "")

    def stranger(self, text: str) -> Diagnostic:
        """The warning about a name that no problem has."""
        match = _POINT.fullmatch(text)
        name = self._ids.get((match["id"] if match else "").lower())
        if name:
            return Diagnostic("submission.problem", f"`{text}`: {name} is asked at {self.sizes[name]} points")
        near = get_close_matches(text.lower(), self._ids, n=1, cutoff=0.6)
        hint = f"did you mean {self._ids[near[0]]}?" if near else ""
        return Diagnostic("submission.problem", f"the key has no problem `{text}`", hint)


@dataclass
class Sheet:
    """The answers of one submission as they come in."""

    problems: Problems
    _answers: dict[str, list[Answer]] = field(default_factory=dict)
    _strangers: dict[str, None] = field(default_factory=dict)
    _count: int = 0
    _copies: int = 0

    def put(self, problem: str, one: Answer) -> None:
        """Add an answer to a problem. Raises ``Refused`` when there are too many."""
        parts = self.problems.parts(problem)
        self._count, self._copies = self._count + 1, self._copies + len(parts)
        if self._count > limits.SUBMISSION_ANSWERS or self._copies > _COPIES:
            raise Refused(too_many())
        if not parts:
            self._strangers[cut(problem)] = None
        for part in parts:
            self._answers.setdefault(part, []).append(one)

    def put_named(self, problem: str, one: Answer) -> None:
        """Add an answer whose problem may stand before its name: ``chain.dx``."""
        if problem.strip():
            self.put(problem, one)
            return
        problem, name = self.problems.split(one.name)
        if not name and self.problems.parts(problem):
            message = f"the answer to {problem} has no name"
            self.put(problem, Answer(problem, one.text, one.line, Diagnostic("answer.unnamed", message, _NAMED)))
        else:
            self.put(problem, Answer(name, one.text, one.line, one.problem))

    def put_table(self, table: Table) -> None:
        """Add the answers of an object of problems; with one problem in the key also of an object of answers."""
        if self.problems.sole and table.get("schema") is not None:
            self._put_all(self.problems.sole, table)
            return
        for key, value, line in table.members():
            if not isinstance(value, Table | list):
                if value is not None or not self.problems.parts(key):
                    self.put_named("", answer(key, value, line))
            elif self.problems.sole and is_gradients(key, value) and not self.problems.parts(key):
                self._put_all(self.problems.sole, Table([(key, value)], [line]))
            else:
                self._put_problem(key, value, line)

    def put_points(self, problem: str, values: list[object]) -> None:
        """Add the answers to a problem at one point after the other."""
        for index, value in enumerate(values, 1):
            if value is not None:
                self._put_problem(f"{problem}[{index}]", value, None)

    def _put_problem(self, problem: str, value: object, line: int | None) -> None:
        if isinstance(value, Table) and len(self.problems.parts(problem)) > 1 and _is_numbered(value):
            for point, inner, at in value.members():
                self._put_problem(f"{problem}[{point}]", inner, at)
        elif isinstance(value, Table):
            self._put_all(problem, value)
        elif isinstance(value, list) and "[" not in problem and self.problems.parts(problem):
            self.put_points(problem, value)
        elif self.problems.parts(problem):
            wrong = Diagnostic("answer.kind", f"{cut(problem)} must be an object, and is {kind(value)}", _NAMED)
            self.put(problem, Answer(cut(problem), "", line, wrong))
        else:
            self._strangers[cut(problem)] = None

    def _put_all(self, problem: str, table: Table) -> None:
        if not self.problems.parts(problem):
            self._strangers[cut(problem)] = None
            return
        for one in from_table(table):
            self.put(problem, one)

    def submission(
        self, student: str, source: str, line: int | None = None, warnings: tuple[Diagnostic, ...] = ()
    ) -> Submission:
        """The submission when everything is read."""
        answers = {part: tuple(found) for part, found in self._answers.items()}
        return Submission(student, source, line, answers, None, (*warnings, *self.strangers()))

    def strangers(self) -> tuple[Diagnostic, ...]:
        """Warnings about names that no problem has."""
        names = list(self._strangers)
        found = [self.problems.stranger(name) for name in names[:_NAMED_APART]]
        if len(names) > _NAMED_APART:
            more = len(names) - _NAMED_APART
            found.append(Diagnostic("submission.problem", f"{more:,} more names are no problems of the key"))
        return tuple(found)


def _is_numbered(table: Table) -> bool:
    """Whether an object holds the answers point by point, as TOML's ``[chain.2]`` makes it."""
    return all(key.isdecimal() and isinstance(value, Table) for key, value, _ in table.members())


_NAMED = 'answers have names, as {"dx": -4}'


def read_table(table: Table, sheet: Sheet) -> str:
    """Read a submission's object into a sheet; returns the student's name, or nothing."""
    for key in ("student", "answers"):
        if table.count(key) > 1:
            raise Refused(Diagnostic("submission.twice", f"`{key}` stands twice in the submission"))
    if table.count("answers"):
        inner = table.get("answers")
        if isinstance(inner, Table):
            sheet.put_table(inner)
        elif isinstance(inner, list) and sheet.problems.sole:
            sheet.put_points(sheet.problems.sole, inner)
        elif inner is not None:
            raise Refused(
                Diagnostic("submission.answers", f"`answers` must be an object, and is {kind(inner)}", _NAMED)
            )
    else:
        rest = [member for member in table.members() if member[0] != "student"]
        sheet.put_table(Table([(key, value) for key, value, _ in rest], [line for _, _, line in rest]))
    return student_of(table)


def student_of(table: Table) -> str:
    """The student's name in an object. Raises ``Refused`` if it cannot be a name."""
    name = table.get("student")
    if name is not None and not isinstance(name, str):
        raise Refused(Diagnostic("submission.student", f"`student` must be a text, and is {kind(name)}"))
    return cut(name or "")
