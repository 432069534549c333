"""The gates with kinks and jumps as functions of one-sided power series; one that jumps notes on which piece it is."""

from __future__ import annotations

from collections.abc import Callable

from flint import fmpq

from backprop_cli.check.series import NoValueError, Series, constant, less, minus_of, plus, times
from backprop_cli.check.smooth import EXPM1, HALVES, Function, Side, div


def absolute(side: Side, x: Series) -> Series:
    return minus_of(x) if side.sign(x) < 0 else x


def piece(side: Side, value: int) -> Series:
    """A value that holds on one piece."""
    side.note(value)
    return constant(fmpq(value))


def signum(side: Side, x: Series) -> Series:
    return piece(side, side.sign(x))


def positive(side: Side, x: Series, yes: Series, no: Series) -> Series:
    return yes if side.sign(x) > 0 else no


def _extreme(want: int) -> Function:
    def function(side: Side, *inputs: Series) -> Series:
        best = inputs[0]
        for one in inputs[1:]:
            best = one if side.compare(best, one) == -want else best
        return best

    return function


MAX, MIN = _extreme(1), _extreme(-1)


def clip(side: Side, x: Series, low: Series, high: Series) -> Series:
    if side.compare(low, high) >= 0:
        raise NoValueError
    return MIN(side, MAX(side, x, low), high)


def elu(side: Side, x: Series, a: Series) -> Series:
    return x if side.sign(x) > 0 else times(a, EXPM1(side, x))


_SELU = tuple(
    constant(fmpq(int(digits), 10 ** (len(digits) - 1)))  # Klambauer et al. 2017, λ and α
    for digits in ("10507009873554804934193349852946", "16732632423543772848170429916717")
)


def selu(side: Side, x: Series) -> Series:
    return times(_SELU[0], elu(side, x, _SELU[1]))


def floor(side: Side, x: Series) -> Series:
    return piece(side, int(side.below(x).p))


def ceil(side: Side, x: Series) -> Series:
    return piece(side, -int(side.below(minus_of(x)).p))


def rounded(side: Side, x: Series) -> Series:
    """⌊x + 1/2⌋; a half, where x stays on it, to the even neighbour."""
    below, stays = side.whole(plus(x, HALVES))
    return piece(side, int(below.p) - (stays and below.p % 2 == 1))


def mod(side: Side, x: Series, y: Series) -> Series:
    return less(x, times(y, floor(side, div(side, x, y))))


def fmod(side: Side, x: Series, y: Series) -> Series:
    quotient = div(side, x, y)
    whole = floor if side.sign(quotient) >= 0 else ceil
    return less(x, times(y, whole(side, quotient)))


def comparison(test: Callable[[int], bool]) -> Function:
    return lambda side, x, y: piece(side, test(side.compare(x, y)))
