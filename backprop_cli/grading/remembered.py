"""What a class hands in again and again: the result of one problem for the same answers."""

from __future__ import annotations

from collections.abc import Sequence

from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.records import ProblemResult, Tally

_ROOM, _EACH = 8_000_000, 100  # characters; what an answer takes beside its text

Made = tuple[ProblemResult, Tally]


class RememberedResults:
    """Results by what was answered; the first ones that come are kept, which are the commonest."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Sequence[Answer]], Made] = {}
        self._room = _ROOM

    def known(self, part: str, answers: Sequence[Answer]) -> Made | None:
        """The result for the answers to a part; None if they are new."""
        return self._known.get((part, answers))

    def keep(self, part: str, answers: Sequence[Answer], made: Made) -> Made:
        """Keep a result, as long as there is room; returns it."""
        if self._room > 0:
            self._room -= _EACH + sum(_EACH + len(one.text) for one in answers)
            self._known[part, answers] = made
        return made
