"""A student who stands more than once: which of the submissions counts, by the time, and never in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from backprop_cli.grading.files.sheets import Submission
from backprop_cli.grading.files.times import Moment, Times
from backprop_cli.grading.levels import AttemptRule
from backprop_cli.grading.marking import Marked
from backprop_cli.problems import Diagnostic, some

_AGAIN = Diagnostic("submission.again", "this student has an earlier submission; both are graded")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A submission by its place among all; ``moment`` is its time once it can be read."""

    place: int
    student: str
    time: str
    attempt: int
    moment: Moment | None = None


@dataclass
class Attempts:
    """The submissions of a class as far as it matters who stands more than once."""

    rule: AttemptRule = "all"
    _entries: dict[str, list[_Entry]] = field(default_factory=dict)
    _identities: dict[str, set[str]] = field(default_factory=dict)
    _times: Times = field(default_factory=Times)
    _place: int = 0

    def add(self, one: Submission) -> None:
        """Look at one more submission; one that cannot be read is nobody's attempt."""
        place, self._place = self._place, self._place + 1
        if one.invalid is not None:
            return
        origin = one.origin
        self._times.add(origin.time)
        self._identities.setdefault(one.student, set()).add(origin.identity)
        number = int(origin.attempt) if origin.attempt.isdecimal() and len(origin.attempt) < 10 else 0
        entry = _Entry(place, one.student, origin.time, number)
        self._entries.setdefault(origin.identity or one.student, []).append(entry)

    def plan(self) -> AttemptPlan:
        """Who stands more than once, and what is done about it."""
        groups = [group for group in self._entries.values() if len(group) > 1]
        doubles = frozenset(name for name, found in self._identities.items() if len(found - {""}) > 1)
        readings = [
            [
                [replace(one, moment=at) for one, at in zip(group, moments, strict=True)]
                for group, moments in zip(groups, order, strict=True)
            ]
            for order in self._times.orders([[one.time for one in group] for group in groups])
        ]
        return (
            AttemptPlan(self.rule, _by_their_places(readings), doubles)
            if groups
            else AttemptPlan(self.rule, [], doubles)
        )


def _by_their_places(readings: list[list[list[_Entry]]]) -> list[list[list[_Entry]]]:
    """The readings of times by which files are in the order of time, as forms write them; all if none is."""
    ordered = [
        groups
        for groups in readings
        if all((one.moment or ()) <= (two.moment or ()) for group in groups for one, two in pairwise(group))
    ]
    return ordered[:1] or readings


@dataclass(frozen=True)
class AttemptPlan:
    """What is done with the submissions of students who stand more than once, in each reading of their times."""

    rule: AttemptRule
    readings: Sequence[Sequence[Sequence[_Entry]]]
    doubles: frozenset[str] = frozenset()

    @property
    def _groups(self) -> Sequence[Sequence[_Entry]]:
        return self.readings[0] if self.readings else ()

    def stops(self) -> tuple[Diagnostic, ...]:
        """Why nobody can say which attempt counts."""
        if self.rule not in ("latest", "first") or len({self._left_out(groups) for groups in self.readings}) < 2:
            return ()
        time = next(one.time for group in self._groups for one in group)
        message = f"times as {time} can be read with the day first or with the month first, and it makes a difference"
        return (Diagnostic("class.time", message, "write times as 2026-03-05 10:11, or take --attempt best or all"),)

    def said(self) -> tuple[Diagnostic, ...]:
        """What is said of the students who stand more than once."""
        names = [group[0].student for group in self._groups]
        if not names:
            return ()
        who = f"{'1 student stands' if len(names) == 1 else f'{len(names):,} students stand'} more than once"
        shown = f"{who} ({some(names)})"
        done = {"all": "all submissions are graded", "best": "the best submission of each counts"}.get(self.rule, "")
        done = done or f"the {self.rule} submission of each counts{self._by_what()}"
        hint = "--attempt latest, first or best takes one of each" if self.rule == "all" else ""
        return (Diagnostic("class.attempts", f"{shown}; {done}", hint),)

    def _by_what(self) -> str:
        timeless = sum(not _is_timed(group) for group in self._groups)
        if not timeless:
            return ", by the time"
        return ", by the order of the rows and files, since there is no time" + (
            f" for {timeless} of them" if timeless < len(self._groups) else ""
        )

    def _left_out(self, groups: Sequence[Sequence[_Entry]]) -> frozenset[int]:
        pick = max if self.rule == "latest" else min
        return frozenset(
            one.place for group in groups for one in group if one is not pick(group, key=_when(_is_timed(group)))
        )

    def chosen(self, submissions: Iterable[Submission]) -> Iterator[Submission]:
        """The submissions that are graded, as their students are told apart."""
        again = frozenset(one.place for group in self._groups for one in group[1:])
        out = self._left_out(self._groups) if self.rule in ("latest", "first") else frozenset()
        for place, one in enumerate(submissions):
            if place in out:
                continue
            named = self._told_apart(one)
            warned = self.rule == "all" and place in again
            yield replace(named, warnings=(*named.warnings, _AGAIN)) if warned else named

    def _told_apart(self, one: Submission) -> Submission:
        """Two students of one name are called by what tells them apart, too."""
        if one.student not in self.doubles or not one.origin.identity:
            return one
        return replace(one, student=f"{one.student} ({one.origin.identity})")

    def best(self, marked: Iterable[Marked]) -> Iterator[Marked]:
        """The best result of each student, in the place of the last; of equal ones the first."""
        if self.rule != "best":
            yield from marked
            return
        left: Mapping[int, list[int]] = {
            one.place: counted for group in self._groups for counted in [[len(group)]] for one in group
        }
        held: dict[int, Marked] = {}
        for place, one in enumerate(marked):
            if place not in left:
                yield one
                continue
            counted = left[place]
            known = held.get(id(counted))
            held[id(counted)] = one if known is None or one[0].score > known[0].score else known
            counted[0] -= 1
            if not counted[0]:
                yield held.pop(id(counted))


def _is_timed(group: Sequence[_Entry]) -> bool:
    return all(one.moment is not None for one in group)


def _when(timed: bool) -> Callable[[_Entry], tuple[tuple[int, ...], int, int]]:
    """What attempts are ordered by: the time where all have one, their numbers, their places."""
    return lambda one: ((one.moment or ()) if timed else (), one.attempt, one.place)
