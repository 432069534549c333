"""An exact number as the reader sees it: the rational that it is, or the shortest of a few forms of the same number."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from flint import arb, fmpq

from backprop_cli.arithmetic import balls
from backprop_cli.arithmetic.exact.enclosure import accuracy, enclosure
from backprop_cli.arithmetic.exact.primitives import width
from backprop_cli.arithmetic.exact.zero import multiplied, opened, rewritten, tame, without_squares
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.lost import LOST

_SIZE, _BITS = 100, 64  # beyond, a form is written as it stands
_LOOK_BITS = 256
_SPARE = 3  # a rational stands out where the ball has so many times its bits


def nearby(ball: Number) -> Any:
    """The rational so short that the ball can hardly hold it by chance, None where there is none."""
    from sympy import Rational

    if type(ball) is fmpq:
        return Rational(int(ball.p), int(ball.q))
    sure = accuracy(ball)
    mantissa, exponent = ball.mid().man_exp() if sure else (0, 0)
    if not sure or not -4_096 < exponent < 4_096:
        return None
    near = _convergent(int(mantissa) << max(int(exponent), 0), 1 << max(-int(exponent), 0), sure // _SPARE)
    return Rational(*near) if near is not None and ball.contains(fmpq(*near)) else None


def _convergent(above: int, below: int, bits: int) -> tuple[int, int] | None:
    """The continued fraction's first convergent before a quotient that is as long as its ends are short."""
    p, q, last_p, last_q = 1, 0, 0, 1
    while below:
        whole, rest = divmod(above, below)
        if q and whole.bit_length() > bits:
            return p, q
        p, q, last_p, last_q = whole * p + last_p, whole * q + last_q, p, q
        if max(p.bit_length(), q.bit_length()) > bits:
            return None
        above, below = below, rest
    return p, q


@lru_cache(maxsize=2_000)
def tidied(form: Any, size: int) -> Any:
    """The form with the fewest operations, the given one if none has fewer."""
    if form.is_Atom or size > _SIZE or width(form) > _BITS or not tame(form):
        return form
    best, fewest = form, form.count_ops()
    for other in _others(form):
        count = other.count_ops()
        if count < fewest and _same(form, other):
            best, fewest = other, count
    return best


def _others(form: Any) -> Iterator[Any]:
    from sympy import powsimp, together

    try:
        yield powsimp(form)
        yield powsimp(multiplied(form))
        rich = multiplied(opened(rewritten(form)))
        yield powsimp(rich)
        above, below = together(rich).as_numer_denom()
        yield powsimp(without_squares(multiplied(above)) / below)
    except LOST:
        return


def _same(form: Any, other: Any) -> bool:
    """Whether two ways to write a number are near enough not to be SymPy's mistake."""
    left, right = enclosure(form, _LOOK_BITS), enclosure(other, _LOOK_BITS)
    return balls.is_finite(left) and balls.is_finite(right) and arb(left).overlaps(arb(right))
