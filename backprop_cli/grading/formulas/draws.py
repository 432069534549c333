"""Points that no formula can be made for: drawn from a hash of question and formula, of every size, no short decimals.

Doubles with all their bits, fractions, steps aside from points that are known to lie inside the domain, and coordinates
in each gap between the numbers that stand in question and formula, and far beyond. Nothing here knows a truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import pairwise

from flint import fmpq

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.sides import Here
from backprop_cli.circuit import Circuit
from backprop_cli.grading.formulas.candidates import Dice
from backprop_cli.grading.formulas.extent import exponent
from backprop_cli.grading.formulas.quantity_function import BITS, Location, starts

_MANTISSA = 52
_NEAR, _FRACTIONS, _WIDE = 8, 4, 12
VARIABLES = 6
_TINY, _BEYOND, _MOST_MARKS = -40, 12, 4
_LARGEST = 1_000  # powers of 2: a double holds it


def dice_of(*texts: str) -> Dice:
    """Choices that follow from some texts."""
    return Dice(int.from_bytes(sha256("\0".join(texts).encode()).digest()[:8]))


def landmarks(*circuits: Circuit) -> tuple[int, ...]:
    """The sizes, as powers of 2, of the constants in circuits and of what is computed from constants alone."""
    found: set[int] = set()
    for circuit in circuits:
        moved = circuit.reach(circuit.inputs.values())
        here = Here(circuit, starts(circuit, dict.fromkeys(circuit.inputs, fmpq(1)), BITS), BITS)
        sizes = (exponent(value) for n, gone in enumerate(moved) if not gone and (value := here.number(n)) is not None)
        found |= {sign * size for size in sizes if size is not None and abs(size) < _LARGEST for sign in (1, -1)}
    return tuple(sorted(found))


def drawn(
    names: Sequence[str], inside: Sequence[Location], marks: Sequence[int], dice: Dice, alone: int = VARIABLES
) -> Iterator[Location]:
    """The points; ``inside`` are some that lie in the domain, ``marks`` the sizes that matter.

    So many variables are moved ``alone``: the first, or of more than that one drawn after the other.
    """
    if not names:
        return
    for number in range(_NEAR + _FRACTIONS if inside else 0):
        start = inside[dice.below(len(inside))]
        yield {name: _beside(value, dice, fraction=number >= _NEAR) for name, value in start.items()}
    top = max((*marks, 6))
    for _ in range(_WIDE):
        yield {name: _double(_TINY + dice.below(top + _BEYOND - _TINY), dice) for name in names}
    for name in names if len(names) <= alone else [names[dice.below(len(names))] for _ in range(alone)]:
        for size in _bands(marks, dice):
            others = inside[dice.below(len(inside))] if inside else dict.fromkeys(names, fmpq(1))
            for sign in (1, -1):
                yield {**others, name: sign * abs(_double(size, dice))}


def _bands(marks: Sequence[int], dice: Dice) -> Iterable[int]:
    """A size below all marks, one in each gap between two, and one beyond."""
    few = _few(marks)
    between = [low + dice.below(max(1, high - low)) for low, high in pairwise(few)]
    return (min((*few, 0)) - 3 - dice.below(20), *between, max((*few, 6)) + 2 + dice.below(_BEYOND))


def _few(marks: Sequence[int]) -> list[int]:
    step = max(1, len(marks) // _MOST_MARKS)
    return sorted({*marks[::step], *marks[-1:]})


def _double(size: int, dice: Dice) -> Number:
    """A number of that size with as many bits as a double has, either sign."""
    bits = (dice.below(2**26) << 26) + dice.below(2**26) + (1 << _MANTISSA)
    return _scaled(fmpq(bits if dice.below(2) else -bits), size - _MANTISSA - 1)


def _beside(value: Number, dice: Dice, *, fraction: bool) -> Number:
    """A number near another, farther or nearer; a double or no dyadic number at all."""
    if fraction:
        step = fmpq(dice.below(2**30) - 2**29, 2 * dice.below(2**29) + 2**29 + 1)
        return value + (abs(value) or 1) * step / 3
    size = exponent(value) or 0
    moved = value + _scaled(_double(0, dice), size - 1 - dice.below(12))
    grid = _MANTISSA - size  # the bits that a double has not are cut off
    return _scaled(fmpq(_scaled(moved, grid).floor()), -grid)


def _scaled(value: Number, power: int) -> Number:
    return value * (1 << power) if power >= 0 else value / (1 << -power)
