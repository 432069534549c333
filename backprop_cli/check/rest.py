"""What follows the last known term of a power series where it is no whole power: ± c·u^α·|log u|ᵏ for a c above 0.

u^0.1 has no power series in u, and yet a sign and an order beside 0; so have its products, and its sum with a series
that goes further. This module knows no series and no gate.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, fmpq

from backprop_cli.arithmetic.balls import add, mul, sign, sub
from backprop_cli.arithmetic.protocol import Number


@dataclass(frozen=True, slots=True)
class Rest:
    """``sign``·c·u^``power``·|log u|^``logs`` and what is less; the power is not whole unless there is a logarithm."""

    sign: int
    power: Number
    logs: int = 0

    @property
    def end(self) -> int:
        """The n for which the rest is less than u^(n-1), and u^n less than the rest."""
        return ceiling(self.power)

    def is_steeper_than(self, degree: int) -> bool:
        """Whether u^``degree`` is less than the rest."""
        found = sign(sub(self.power, fmpq(degree)))
        return found == -1 or (found == 0 and self.logs > 0)


def ceiling(power: Number) -> int:
    """⌈α⌉; of a ball that of its lower end."""
    below = power if type(power) is fmpq else arb(power).lower().fmpq()
    return int(-((-below.p) // below.q))


def remainder(sign_: int, power: Number, logs: int = 0) -> Rest | None:
    """The rest, unless it may be a whole power, whose place is among the terms."""
    is_apart = logs > 0 if type(power) is fmpq and power.q == 1 else sign(sub(fmpq(ceiling(power)), power)) == 1
    return Rest(sign_, power, logs) if is_apart else None


def turned(rest: Rest | None, by: int | None) -> Rest | None:
    """The rest times a number of that sign; nothing is known where that is 0 or not known."""
    return Rest(rest.sign * by, rest.power, rest.logs) if rest and by else None


def shifted(rest: Rest | None, power: int) -> Rest | None:
    """The rest times u^power."""
    return rest and Rest(rest.sign, add(rest.power, fmpq(power)), rest.logs)


def product(x: Rest | None, y: Rest | None) -> Rest | None:
    """Of two rests."""
    return remainder(x.sign * y.sign, add(x.power, y.power), x.logs + y.logs) if x and y else None


def raised(x: Rest, exponent: Number) -> Rest | None:
    """(c·u^α)^β of a rest above 0 without a logarithm."""
    return None if x.logs else remainder(1, mul(x.power, exponent))


def larger(x: Rest | None, y: Rest | None) -> Rest | None:
    """The one that leads the sum; None where they may cancel, or no one can tell."""
    if x is None or y is None:
        return None
    order = sign(sub(x.power, y.power))
    if order == 0:
        order = y.logs - x.logs
    if order == 0 and x.sign != y.sign:
        return None
    return None if order is None else x if order <= 0 else y
