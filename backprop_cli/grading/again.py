"""What a class hands in again and again: the result of one problem for the same answers, on whatever line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.records import ProblemResult, Tally

_REMEMBERED = 10_000

Made = tuple[ProblemResult, Tally]
_Key = tuple[object, ...]


class Results:
    """Results by what was answered; the first ones that come are kept, which are the commonest."""

    def __init__(self) -> None:
        self._known: dict[_Key, Made] = {}

    def of(self, part: str, answers: Sequence[Answer], make: Callable[[], Made]) -> Made:
        """The result for the answers to a part, made if it is new."""
        key = _key(part, answers)
        if key is None:
            return make()
        found = self._known.get(key)
        if found is None:
            found = make()
            if len(self._known) < _REMEMBERED:
                self._known[key] = found
        return _on_line(found, answers[0].line if answers else None)


def _key(part: str, answers: Sequence[Answer]) -> _Key | None:
    """None where answers stand on lines of their own, or are no texts."""
    line = answers[0].line if answers else None
    if any(one.line != line or one.problem is not None for one in answers):
        return None
    return part, line is None, *((one.name, one.text) for one in answers)


def _on_line(made: Made, line: int | None) -> Made:
    result, tally = made
    if all(one.line is None or one.line == line for one in result.judged):
        return made
    judged = tuple(one if one.line is None else one.on_line(line) for one in result.judged)
    return replace(result, judged=judged), tally
