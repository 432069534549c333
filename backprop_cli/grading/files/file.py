"""A file of submissions while it is read: what it is called, how it is read, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from backprop_cli.grading.files.column_roles import Ways
from backprop_cli.grading.files.notes import Notes
from backprop_cli.grading.files.sheets import Problems, Sheet, Submission
from backprop_cli.problems import Diagnostic


@dataclass(frozen=True, slots=True)
class File:
    """What is known of a file before it is read: the name of its student where it tells none, and its own."""

    name: str
    source: str
    problems: Problems
    ways: Ways = field(default_factory=Ways)
    notes: Notes = field(default_factory=Notes)

    def sheet(self, line: int | None = None, *, comma: bool = False) -> Sheet:
        """An empty sheet for the answers of one student, which begin on a line; with ``comma`` 0,5 is a number."""
        return Sheet(self.problems, comma or self.ways.comma, line)

    def submission(self, sheet: Sheet, student: str = "", warnings: tuple[Diagnostic, ...] = ()) -> Submission:
        """The submission when all of its answers are in the sheet."""
        self.notes.add_commas(self.source, sheet.commas)
        return sheet.submission(student or self.name, self.source, warnings)

    def invalid(self, problem: Diagnostic, student: str = "", line: int | None = None) -> Submission:
        """A submission that could not be read."""
        return Submission(student or self.name, self.source, line, {}, problem)

    def student(self, given: str, line: int) -> tuple[str, tuple[Diagnostic, ...]]:
        """A student's name, made up with a warning if none is given."""
        if given:
            return given, ()
        made = f"{self.name}:{line}"
        return made, (Diagnostic("submission.student", f"line {line} names no student; it is called {made}"),)


def nothing() -> Diagnostic:
    """An empty file."""
    return Diagnostic("answers.empty", "there is nothing in it")
