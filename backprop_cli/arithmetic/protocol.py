"""What a number system must offer: numbers from text, one operation for each primitive gate, and a verdict of size.

An operation never raises for a bad argument: it returns something that is not finite, and the sweeps say what happened
in the user's words. Domains are asked before an operation runs (``rules.py``), so that all systems refuse alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Number = Any  # a float, an fmpq or arb, or an Exact: each arithmetic has its own, and the sweeps treat them alike
Operation = Callable[..., Number]


class Arithmetic(Protocol):
    """One number system. ``doubles``: of limited range and 16 digits; ``exact``: nothing is ever rounded.

    ``digits`` is how many are shown of a number that is known as a ball alone.
    """

    name: str
    doubles: bool
    exact: bool
    digits: int
    zero: Number
    one: Number

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Each primitive gate's value as a function of its inputs."""

    def number(self, text: str) -> Number:
        """The number that a literal of a rule, ``pi`` or ``e`` stands for."""

    def literal(self, text: str) -> Number:
        """The number that a literal of the user stands for."""

    def is_finite(self, value: Number) -> bool:
        """Whether a value is a number within this system's range."""

    def truth(self, value: Number) -> bool:
        """Whether a value is not 0."""

    def to_float(self, value: Number) -> float:
        """The nearest double, infinite where there is none."""

    def text(self, value: Number) -> str:
        """The value as the user reads it: shortest round-trip, all digits asked for, or exact."""

    def absolute(self, value: Number) -> Number:
        """The size of a value: in the scale of a gradient the signs do not cancel."""

    def enclosed(self, value: Number, bits: int) -> Number:
        """The value as a rational or a ball (``balls.py``), with about so many bits."""
