"""An answer that a key accepts beside the right one, or in its place: a number, a range, a formula as typed."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from backprop_cli.grading.answer_reading import AnswerReading, read_answer
from backprop_cli.grading.tolerance import Tolerance
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.reading.writing import write

_RANGE = re.compile(r"(?P<low>.+?)\s*\.\.\s*(?P<high>.+)")


@dataclass(frozen=True, slots=True)
class Allowed:
    """One such answer: all numbers from ``low`` to ``high``, or the very ``formula``."""

    low: float = 0.0
    high: float = 0.0
    formula: str = ""

    def admits(self, reading: AnswerReading, tolerance: Tolerance) -> bool:
        """Whether an answer is this one; a single number within the tolerance."""
        if self.formula:
            return reading.formula is not None and write(reading.formula) == self.formula
        if reading.typed is None:
            return False
        if self.low == self.high:
            return tolerance.right(reading.typed, self.low)
        return self.low <= reading.typed.value <= self.high


def allowed(text: str, names: Collection[str]) -> Allowed:
    """What a key wrote: ``-4``, ``-4.0..-3.9``, ``2*x``. Raises ``Refused`` if it is no answer."""
    between = _RANGE.fullmatch(text.strip())
    if between is not None:
        low, high = _number(between["low"], text), _number(between["high"], text)
        if low > high:
            raise Refused(Diagnostic("key.value", f"the range {text} ends before it begins"))
        return Allowed(low, high)
    reading = read_answer(text, names)
    if reading.problem is not None or reading.sides or reading.open:
        why = f": {reading.problem.message}" if reading.problem is not None else ""
        raise Refused(Diagnostic("key.value", f"`{text}` is no answer that could be accepted{why}"))
    if reading.formula is not None:
        return Allowed(formula=write(reading.formula))
    value = reading.typed.value if reading.typed is not None else 0.0
    return Allowed(value, value)


def _number(text: str, whole: str) -> float:
    typed = read_answer(text, ()).typed
    if typed is None:
        raise Refused(Diagnostic("key.value", f"`{whole}` is no range of numbers", "as -4.0..-3.9"))
    return typed.value
