"""What answers earn and what students are told of it: what a key says of both, and what a problem is scored by."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from backprop_cli.grading.levels import Feedback


@dataclass(frozen=True, slots=True, kw_only=True)
class Crediting:
    """An answer that is right earns its weight, and others parts of it.

    A ``close`` one earns that part, one that follows from the student's own earlier value the part ``follow_through``,
    one that nothing refutes and nothing confirms ``unsettled``. Without ``partial`` a problem is all or nothing.
    ``feedback`` is what is told; ``hidden``: not for the student's eyes.
    """

    feedback: Feedback = "hint"
    partial: bool = True
    close: Fraction = Fraction(0)
    follow_through: Fraction = Fraction(0)
    unsettled: Fraction = Fraction(1)
    hidden: bool = False
