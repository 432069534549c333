"""What every report format is: a beginning, a piece for each submission, an end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from backprop_cli.grading.records import ClassSummary, Heading, SubmissionResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """What a report is asked for besides its format.

    ``details`` puts every answer below its student in text, ``items`` the analysis of questions below the class.
    ``excel`` and ``comma`` are how CSV is to be opened. ``anonymous``: no name of a student stands anywhere.
    """

    details: bool = False
    items: bool = False
    excel: bool = False
    comma: bool = False
    tap_version: int = 13
    anonymous: bool = False


NOTHING_ELSE = ReportSettings()


class ReportWriter(Protocol):
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
