"""A class that was read once and is gone through again: kept while there is room, else its files are read again."""

from __future__ import annotations

from collections.abc import Iterable

from backprop_cli.grading.files.sheets import Submission
from backprop_cli.grading.files.submissions import Inbox

_ROOM = 32_000_000  # bytes
_SUBMISSION, _ANSWER = 1_000, 130  # bytes that one takes beside the texts in it


class Kept:
    """The submissions of a first reading, all of them or none."""

    def __init__(self, room: int = _ROOM) -> None:
        self._found: list[Submission] | None = []
        self._room = room

    def add(self, one: Submission) -> None:
        """Keep one more; where there is no room for it, none is kept."""
        if self._found is None:
            return
        answers = (answer for found in one.answers.values() for answer in found)
        self._room -= _SUBMISSION + sum([_ANSWER + len(answer.text) for answer in answers])
        if self._room < 0:
            self._found = None
        else:
            self._found.append(one)

    def again(self, inbox: Inbox) -> Iterable[Submission]:
        """The same submissions, from memory or from the files."""
        return inbox.submissions() if self._found is None else self._found
