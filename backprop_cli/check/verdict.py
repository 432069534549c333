"""What a check says: one verdict for each gradient, and one for the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Word = Literal["ok", "kink", "imprecise", "wrong", "unchecked"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One gradient compared with its reference.

    ``expected`` is the reference as a double and ``rel_error`` the relative difference (relative to the terms that
    cancelled where the reference is 0). ``slopes`` are the one-sided slopes, left and right, at a kink: None for a side
    on which the output jumps. ``lost_digits`` counts the decimal digits that cancellation took from the gradient;
    ``imprecise`` means that they took it beyond the tolerance, while more digits bring it back.
    """

    word: Word
    expected: float | None = None
    rel_error: float | None = None
    lost_digits: int = 0
    slopes: tuple[float | None, float | None] | None = None

    @property
    def ok(self) -> bool | None:
        """Everything but a mismatch, None if nothing could be compared; a kink and lost digits are said by ``word``."""
        return None if self.word == "unchecked" else self.word != "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """The verdicts by node number, the derivatives as formulas by variable, and by which method they were found."""

    method: str
    verdicts: Mapping[int, Verdict]
    symbolic: Mapping[str, str]
    notes: tuple[str, ...] = ()
    lost_in_value: int = 0
    broken: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether no gradient is wrong and nothing is ``broken`` (a rule, the sum over paths); None if unknown."""
        said = [verdict.ok for verdict in self.verdicts.values()]
        if self.broken or False in said:
            return False
        return True if True in said or not said else None


def compare(gradient: Any, expected: Any, scale: Any, rtol: Any, atol: Any) -> tuple[Word, float]:
    """The verdict and the relative difference: ok ⇔ |gradient - expected| ≤ atol + rtol·scale.

    All are numbers of one mpmath context. A difference below ``atol`` (underflow) counts as none.
    """
    difference = abs(gradient - expected)
    if difference <= atol:
        return "ok", 0.0
    size = max(abs(expected), abs(gradient)) if expected else scale
    relative = float(difference / size) if size else 1.0
    return "ok" if difference <= atol + rtol * max(scale, abs(expected)) else "wrong", relative
