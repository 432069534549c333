"""When a number is right: how far an answer may be from the truth, and CS231n's relative error.

With nothing else said, right ⇔ |s - t| ≤ max(rtol·|t|, W, 1e-9·C, R), where t is the truth, s the answer, rtol 1e-3,
W half a unit of the last digit that was typed, if there are two at least; C is the size of the terms that cancelled in
t, R what a double's rounding may have done to it (``doubt.py``). So 0 is right only where the truth is 0 or was lost.
With ``rtol`` or ``atol`` given, exactly those hold, and R where no ``atol`` is. With N significant figures the answer,
rounded to N figures, is the truth rounded to N figures, and has N digits at least.
``close`` is within ten times that (of W no more than 5 % of t), or the truth rounded to one significant digit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from backprop_cli import limits
from backprop_cli.arithmetic.protocol import Number

_DECIMAL = re.compile(
    r"(?P<sign>[+\-−]?)\s*(?P<whole>[0-9]*)(?:\.(?P<part>[0-9]*))?(?:[eE](?P<exponent>[+\-−]?[0-9]{1,4}))?"
)
_ROUND_UP = 1 + 1e-9
_CLOSE, _NEAR = 10, 0.05
_LEAST_DIGITS = 2
_LAST_BITS = 4 * 2.0**-53  # of a truth that is a double
RTOL = 1e-3
CANCELLED = 1e-9
"""Of the terms that cancelled, what a reader with ten digits has lost."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is uncertain about a truth: the size of the ``cancelled`` terms, and of what a double's ``rounding`` did."""

    cancelled: float = 0.0
    rounding: float = 0.0


CERTAIN = Doubt()


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
    """How near a right number must come; ``rtol`` and ``atol`` None: nobody said.

    ``sigfigs`` asks for so many significant figures instead, written with ``most_sigfigs`` at most; ``exact`` asks for
    the number itself.
    """

    rtol: float | None = None
    atol: float | None = None
    sigfigs: int | None = None
    exact: bool = False
    most_sigfigs: int | None = None

    def right(self, typed: Typed, truth: float, doubt: Doubt = CERTAIN) -> bool:
        """Whether the number typed is right. ``exact`` is for exact numbers to decide."""
        away = abs(typed.value - truth)
        if self.sigfigs is not None:
            return self._agrees(typed.value, truth, doubt) and not (
                0 < typed.digits < self.sigfigs or self.has_too_many(typed)
            )
        return away <= max(self._allowed(truth, doubt), self._last_digit(typed)) * _ROUND_UP

    def fits(self, typed: Typed, doubt: Doubt = CERTAIN) -> Callable[[float], bool]:
        """``right`` as a question about many truths, with all that does not depend on them worked out before."""
        if self.sigfigs is not None:
            return lambda truth: self.right(typed, truth, doubt)
        value, least = typed.value, max(self._allowed(0.0, doubt), self._last_digit(typed)) * _ROUND_UP
        part = max(self._relative, _LAST_BITS if self.atol is None else 0.0) * _ROUND_UP
        return lambda truth: abs(value - truth) <= max(part * abs(truth), least)

    def close(self, typed: Typed, truth: float, doubt: Doubt = CERTAIN) -> bool:
        """Whether a number that is not right is near: within ten times of it, or the truth rounded too far.

        Ten units of a digit may be more than the number itself: 17 is not close to 12, so of W no more than a twentieth
        of the truth counts. What should be exact is close if it is right to the usual tolerance.
        """
        if self.exact:
            return Tolerance().right(typed, truth, doubt)
        rounded = min(_CLOSE * self._last_digit(typed), _NEAR * abs(truth))
        away = abs(typed.value - truth)
        if self.sigfigs is not None:
            rounded = _CLOSE * figure(truth, self.sigfigs) / 2
        return away <= max(_CLOSE * self._allowed(truth, doubt), rounded) or self.coarse(typed, truth)

    def has_too_many(self, typed: Typed) -> bool:
        """Whether a number was written with more figures than may be."""
        return self.most_sigfigs is not None and typed.digits > self.most_sigfigs

    def coarse(self, typed: Typed, truth: float) -> bool:
        """Whether the number typed is the truth rounded to fewer significant digits than are asked for.

        1 is 0.5 rounded to a whole number, and not rounded to one significant digit: that is 0.5.
        """
        if not 0 < typed.digits < self.least_digits:
            return False
        unit = min(typed.half_unit, figure(truth, typed.digits) / 2)
        return abs(typed.value - truth) <= unit * _ROUND_UP

    def holds(self, answer: Number, truth: Number, bits: int) -> bool:
        """Whether an enclosed answer is within the tolerance of an enclosed truth, whatever the two are."""
        from flint import arb

        from backprop_cli.arithmetic.balls import from_float, sub, working

        if self.exact:
            return False
        with working(bits):
            size = abs(arb(truth))
            relative = figure(1.0, self.sigfigs) / 2 if self.sigfigs is not None else self._relative
            allowed = arb(from_float(relative)) * size + arb(from_float(self.atol or 0.0))
            return bool(abs(arb(sub(answer, truth))) <= allowed)

    @property
    def least_digits(self) -> int:
        """How many significant digits a rounded number must have."""
        return self.sigfigs or _LEAST_DIGITS

    @property
    def _relative(self) -> float:
        """The relative tolerance: the usual one where neither it nor ``atol`` is given."""
        if self.rtol is not None:
            return self.rtol
        return RTOL if self.atol is None else 0.0

    @property
    def _plain(self) -> bool:
        return self.rtol is None and self.atol is None and self.sigfigs is None

    def _last_digit(self, typed: Typed) -> float:
        """W: what rounding to the digits typed may have changed."""
        return typed.half_unit if typed.digits >= _LEAST_DIGITS and self._plain else 0.0

    def _allowed(self, truth: float, doubt: Doubt) -> float:
        lost = max(doubt.rounding, _LAST_BITS * abs(truth)) if self.atol is None else 0.0
        if self._plain:
            lost = max(lost, CANCELLED * doubt.cancelled)
        relative = 0.0 if self.sigfigs is not None else self._relative * abs(truth)
        return max(self.atol or 0.0, lost, relative)

    def _agrees(self, value: float, truth: float, doubt: Doubt) -> bool:
        """Whether an answer is the truth when both are rounded to the figures asked for."""
        assert self.sigfigs is not None
        room = self._allowed(truth, doubt)
        if abs(value - truth) <= room:
            return True
        rounded = figures(value, self.sigfigs)
        return any(rounded == figures(one, self.sigfigs) for one in (truth, truth - room, truth + room))


def figure(value: float, figures: int) -> float:
    """One unit in the last of so many significant figures: 0.001 for 0.1966 and 3 figures; of 0 there is none."""
    return float(f"1e{math.floor(math.log10(abs(value))) - figures + 1}") if value else 0.0


def figures(value: float, count: int) -> Decimal:
    """A number rounded to so many significant figures, halves away from 0, as the decimal that it is written with."""
    return Context(prec=count, rounding=ROUND_HALF_UP).create_decimal(repr(value))


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
    if not math.isfinite(value) or (not value and digits) or abs(exponent) > limits.DECIMAL_EXPONENT:
        return None
    return Typed(value, 0.5 * float(f"1e{exponent - len(part)}"), digits)


def rel_error(answer: float, truth: float) -> float:
    """|s - t|/max(1e-8, |s| + |t|), the measure of CS231n's assignments (``rel_error`` in its notebooks)."""
    halves = abs(answer) / 2 + abs(truth) / 2  # the sum itself may be beyond a double
    return abs(answer / 2 - truth / 2) / max(0.5e-8, halves)
