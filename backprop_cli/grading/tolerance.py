"""When a number is right: how far an answer may be from the truth, and CS231n's relative error.

right ⇔ |s - t| ≤ max(atol, rtol·|t|, W)·(1 + 1e-9), where t is the truth, s the answer, atol = 1e-9·max(1, C) with C
the size of the terms that cancel in t, and W half a unit of the last digit that was typed, if there are two at least.
``close`` is within ten times that (of W no more than 5 % of t), or the truth rounded to one significant digit.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_DECIMAL = re.compile(
    r"(?P<sign>[+\-−]?)\s*(?P<whole>[0-9]*)(?:\.(?P<part>[0-9]*))?(?:[eE](?P<exponent>[+\-−]?[0-9]{1,4}))?"
)
_ROUND_UP = 1 + 1e-9
_CLOSE, _NEAR = 10, 0.05
_LEAST_DIGITS = 2
RTOL, ATOL = 1e-3, 1e-9


@dataclass(frozen=True, slots=True)
class Typed:
    """A number as it was typed: its value, half a unit of its last digit, and how many significant digits it has.

    What is no plain decimal (a fraction, a formula) has no last digit: 0 and 0.
    """

    value: float
    half_unit: float = 0.0
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How near a right number must come.

    ``atol`` None is 1e-9·max(1, C). ``sigfigs`` asks for so many significant figures instead of ``rtol`` and W,
    ``exact`` for the number itself.
    """

    rtol: float = RTOL
    atol: float | None = None
    sigfigs: int | None = None
    exact: bool = False

    def right(self, typed: Typed, truth: float, scale: float) -> bool:
        """Whether the number typed is right; ``scale`` is C. ``exact`` is for exact numbers to decide."""
        return abs(typed.value - truth) <= max(self._allowed(truth, scale), self._last_digit(typed)) * _ROUND_UP

    def close(self, typed: Typed, truth: float, scale: float) -> bool:
        """Whether a number that is not right is near: within ten times of it, or the truth rounded too far.

        Ten units of a digit may be more than the number itself: 17 is not close to 12, so of W no more than a twentieth
        of the truth counts. What should be exact is close if it is right to the usual tolerance.
        """
        if self.exact:
            return Tolerance().right(typed, truth, scale)
        rounded = min(_CLOSE * self._last_digit(typed), _NEAR * abs(truth))
        away = abs(typed.value - truth)
        return away <= max(_CLOSE * self._allowed(truth, scale), rounded) or self.coarse(typed, truth)

    def coarse(self, typed: Typed, truth: float) -> bool:
        """Whether the number typed is the truth rounded to fewer significant digits than are asked for.

        1 is 0.5 rounded to a whole number, and not rounded to one significant digit: that is 0.5.
        """
        if not 0 < typed.digits < self.least_digits:
            return False
        unit = min(typed.half_unit, figure(truth, typed.digits) / 2)
        return abs(typed.value - truth) <= unit * _ROUND_UP

    @property
    def least_digits(self) -> int:
        """How many significant digits a rounded number must have."""
        return self.sigfigs or _LEAST_DIGITS

    def _last_digit(self, typed: Typed) -> float:
        """W: what rounding to the digits typed may have changed."""
        return typed.half_unit if typed.digits >= _LEAST_DIGITS and self.sigfigs is None else 0.0

    def _allowed(self, truth: float, scale: float) -> float:
        atol = self.atol if self.atol is not None else ATOL * max(1.0, scale)
        if self.sigfigs is not None:
            return max(atol, figure(truth, self.sigfigs) / 2)
        return max(atol, self.rtol * abs(truth))


def figure(value: float, figures: int) -> float:
    """One unit in the last of so many significant figures: 0.001 for 0.1966 and 3 figures; of 0 there is none."""
    return float(f"1e{math.floor(math.log10(abs(value))) - figures + 1}") if value else 0.0


def typed_decimal(text: str) -> Typed | None:
    """A plain decimal as typed; None for anything else, and for what a double cannot hold."""
    match = _DECIMAL.fullmatch(text.strip())
    if match is None or not (match["whole"] or match["part"]):
        return None
    whole, part = match["whole"], match["part"] or ""
    exponent = int((match["exponent"] or "0").replace("−", "-"))
    size = float(f"{whole}.{part}e{exponent}")
    value = size if match["sign"] in ("", "+") else -size
    digits = len((whole + part).lstrip("0"))
    if not math.isfinite(value) or (not value and digits):
        return None
    return Typed(value, 0.5 * float(f"1e{exponent - len(part)}"), digits)


def rel_error(answer: float, truth: float) -> float:
    """|s - t|/max(1e-8, |s| + |t|), the measure of CS231n's assignments (``rel_error`` in its notebooks)."""
    halves = abs(answer) / 2 + abs(truth) / 2  # the sum itself may be beyond a double
    return abs(answer / 2 - truth / 2) / max(0.5e-8, halves)
