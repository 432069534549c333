"""Rationals and balls as doubles and as decimal texts."""

from __future__ import annotations

import math
from decimal import Context, Decimal

from flint import fmpq

from backprop_cli.arithmetic.balls import sign
from backprop_cli.arithmetic.protocol import Number

_TEN_DIGITS = 16  # of a printed power of ten with its sign; beyond it FLINT writes the number
_PRINTED_EXPONENT = 10**16


def to_float(value: Number) -> float:
    """The double nearest to the number, or to the middle of its ball; infinite beyond their range."""
    if type(value) is fmpq:
        above, below = int(value.p), int(value.q)
    elif not value.is_finite():
        return math.nan
    else:
        mantissa, exponent = value.mid().man_exp()
        top = int(exponent) + int(mantissa).bit_length() if abs(exponent) < 2**60 else int(exponent)
        if not mantissa or top < -1_100:
            return 0.0
        if top > 1_100:
            return math.inf if mantissa > 0 else -math.inf
        shift = int(exponent)
        above, below = (int(mantissa) << max(shift, 0)), 1 << max(-shift, 0)
    try:
        return above / below + 0.0
    except OverflowError:
        return math.inf if above > 0 else -math.inf


def decimal(value: Number, digits: int) -> str:
    """So many digits of a number, rounded to nearest; without a power of ten from 1e-5 to where the digits end."""
    if sign(value) == 0:
        return "0.0"
    rounded = _decimal(value, digits)
    if rounded is None:
        return str(value.mid().str(digits, radius=False))
    minus, figures, _ = rounded.as_tuple()
    ten = rounded.adjusted()
    text = "".join(map(str, figures)).ljust(digits, "0")
    if 0 <= ten < digits:
        text = f"{text[: ten + 1]}.{text[ten + 1 :]}"
    elif -6 < ten < 0:
        text = f"0.{'0' * (-ten - 1)}{text}"
    else:
        text = f"{text[0]}.{text[1:]}".removesuffix(".") + f"e{ten:+d}"
    return "-" * minus + text.removesuffix(".")


def _decimal(value: Number, digits: int) -> Decimal | None:
    """The number, or the middle of its ball, rounded; None where its power of ten is too long for a Decimal."""
    context = Context(prec=digits, Emax=2 * _PRINTED_EXPONENT, Emin=-2 * _PRINTED_EXPONENT)
    if type(value) is fmpq:
        return context.divide(Decimal(int(value.p)), Decimal(int(value.q)))
    text = str(value.mid().str(digits + 15, radius=False))
    return context.create_decimal(text) if len(text.partition("e")[2]) <= _TEN_DIGITS else None
