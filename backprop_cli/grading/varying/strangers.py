"""Students who are called otherwise than on their sheets: by another name all of their own numbers are others.

A gradebook of silent zeros is worse than none, so a list of students is compared, and what looks like it is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backprop_cli.grading.files.sheets import Submission
from backprop_cli.grading.records import SubmissionResult
from backprop_cli.grading.varying.lots import identity
from backprop_cli.problems import Diagnostic, some

_A_CLASS = 5  # submissions, from which a share tells something
_HINT = (
    "students are told by the names that `backprop sheet` had: its students.csv lists them; --students FILE compares"
)


@dataclass
class Strangers:
    """Counts the students who answered problems whose numbers vary, and those who had nothing right in them."""

    answered: int = 0
    lost: int = 0

    def add(self, result: SubmissionResult) -> None:
        """Look at one more result."""
        own = [problem for problem in result.problems if problem.at]
        if any(one.counted and one.typed for problem in own for one in problem.judged):
            self.answered += 1
            self.lost += not any(problem.right for problem in own)

    def said(self) -> tuple[Diagnostic, ...]:
        """The warning where that is more than half of a class."""
        if self.answered < _A_CLASS or 2 * self.lost <= self.answered:
            return ()
        count = f"{self.lost:,} of {self.answered:,} students"
        message = f"{count} have nothing right in the problems whose numbers are each student's own"
        return (Diagnostic("class.roster", message, _HINT),)


@dataclass
class Attendance:
    """The students of a list beside those who handed in; without a list (None) nothing is to be said."""

    source: str
    roster: Sequence[str] | None
    _there: set[str] = field(default_factory=set)
    _strangers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._known = {identity(name): name for name in self.roster or ()}

    def add(self, one: Submission) -> None:
        """One more submission; one that cannot be read is nobody's, unless its name is on the list."""
        if self.roster is None:
            return
        names = {identity(one.student), identity(f"{one.student} ({one.origin.identity})")}
        found = names & self._known.keys()
        self._there |= found
        if not found and one.invalid is None:
            self._strangers.append(one.student)

    def stops(self) -> tuple[Diagnostic, ...]:
        """What stops the grading: more than half of the submissions are nobody's on the list."""
        return self._unknown() if len(self._strangers) > len(self._there) else ()

    def said(self) -> tuple[Diagnostic, ...]:
        """What is said otherwise: who is not on the list, and who has handed in nothing."""
        unknown = () if self.stops() else self._unknown()
        silent = [name for key, name in self._known.items() if key not in self._there]
        if not silent:
            return unknown
        message = f"{_count(silent)} of {self.source} handed in nothing ({some(silent)})"
        return (*unknown, Diagnostic("class.absent", message))

    def _unknown(self) -> tuple[Diagnostic, ...]:
        if not self._strangers:
            return ()
        message = f"{_count(self._strangers)} not in {self.source} ({some(self._strangers)})"
        return (Diagnostic("class.roster", message, "each student's own numbers are drawn by the name on the sheet"),)


def _count(names: list[str]) -> str:
    return "1 student" if len(names) == 1 else f"{len(names):,} students"
