"""What is known of one answer, whatever a student may be told of it (``telling.py`` decides that)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from backprop_cli.grading.levels import Feedback
from backprop_cli.grading.mistakes import NumericAnswer
from backprop_cli.grading.records import AnswerWord
from backprop_cli.problems import Diagnostic

FOLLOWED = "mistake.follow-through"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence for the feedback level ``least`` and above; ``detail`` has correct numbers, for ``full`` alone."""

    code: str
    message: str
    detail: str = ""
    least: Feedback = "none"


FOLLOWS = Said(FOLLOWED, "right, given your own earlier value", least="hint")


@dataclass(frozen=True, slots=True)
class Opinion:
    """Everything that is known about one answer. Not ``settled``: a formula that nothing refutes or confirms.

    ``parts`` are the opinions on the components of an array, each with its part of the weight.
    """

    name: str
    word: AnswerWord
    typed: str | None = None
    expected: str | None = None
    rel_error: float | None = None
    kink: bool = False
    said: tuple[Said, ...] = ()
    weight: Fraction = Fraction(0)
    below: int | None = None
    entry: NumericAnswer | None = None
    settled: bool = True
    parts: tuple[Opinion, ...] = ()

    @property
    def followed(self) -> bool:
        """Whether it is right, given the student's own earlier values."""
        return any(one.code == FOLLOWED for one in self.said)


def invalid(plain: Opinion, problem: Diagnostic) -> Opinion:
    """An answer that says nothing, with the reason."""
    message = f"{problem.message} ({problem.hint})" if problem.hint else problem.message
    return replace(plain, word="invalid", said=(Said(problem.code, message),))
