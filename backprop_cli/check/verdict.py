"""What a check says: one verdict for the value, one for each gradient, and one for the whole."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from backprop_cli.arithmetic.protocol import Number

VerdictWord = Literal["ok", "kink", "limit", "imprecise", "undecided", "unchecked", "wrong"]

SideSlope = float | str
"""A one-sided slope: a number, infinite ones too, or why there is none: ``jump``, ``no value`` …"""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A decision that no number of digits tells: the gate's node, and what follows below, on and above its edge."""

    gate: int
    outcomes: tuple[SideSlope, SideSlope, SideSlope]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One number compared with its reference, which is an enclosure; ``expected`` is its middle as a double.

    ``rel_error`` is the relative difference (relative to the terms that cancelled where the reference is 0). ``slopes``
    are the one-sided slopes, left and right, where they are not one. ``lost_digits`` counts the decimal digits that
    rounding took; ``imprecise`` means that it took them beyond the tolerance, while more digits bring them back.
    ``limit``: both one-sided slopes are ``expected``, and that is the gradient, though the gates' conventions alone
    miss it or have none. ``undecided`` tells by which gate's edge; ``reason`` why there is no reference.
    """

    word: VerdictWord
    expected: float | None = None
    rel_error: float | None = None
    lost_digits: int = 0
    slopes: tuple[SideSlope, SideSlope] | None = None
    undecided: Undecided | None = None
    reason: str = ""

    @property
    def ok(self) -> bool | None:
        """Everything but a mismatch, None if nothing could be compared; what else there is stands in ``word``."""
        return None if self.word in ("unchecked", "undecided") else self.word != "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """The verdicts by node number, the derivatives as formulas by variable, and by which method they were found.

    ``value`` is the verdict on the output's value. ``answers`` are gradients that only the one-sided slopes give, by
    node: those of ``limit``, and those for which a gate on the way has no slope. ``broken`` is the part
    that was proved wrong beyond a single gradient.
    """

    method: str
    verdicts: Mapping[int, Verdict]
    symbolic: Mapping[str, str]
    value: Verdict
    answers: Mapping[int, Number]
    notes: tuple[str, ...] = ()
    broken: str = ""

    @property
    def lost_in_value(self) -> int:
        """How many digits rounding took from the output's value."""
        return self.value.lost_digits

    @property
    def ok(self) -> bool | None:
        """Whether nothing is wrong and nothing is ``broken``; None if nothing could be compared."""
        said = [self.value.ok, *(verdict.ok for verdict in self.verdicts.values())]
        if self.broken or False in said:
            return False
        return True if True in said[1:] or not self.verdicts else None


def lost_digits(relative: float) -> int:
    """Decimal digits lost of a double's 16, from the relative error."""
    return 16 if relative >= 1 else max(1, min(16, round(16 + math.log10(relative)))) if relative > 0 else 0
