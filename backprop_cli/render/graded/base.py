"""What every report format is: a beginning, a piece for each submission, an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from backprop_cli.grading.records import ClassSummary, Heading, SubmissionResult


class Writer(Protocol):
    """One report. Its pieces, written one after another in this order, are the whole of it."""

    def head(self, heading: Heading) -> str:
        """What stands before the first submission."""
        ...

    def add(self, result: SubmissionResult) -> str:
        """One submission."""
        ...

    def tail(self, summary: ClassSummary) -> str:
        """What stands after the last submission."""
        ...
