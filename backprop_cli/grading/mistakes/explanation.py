"""What a mistake is looked for in, and what is found: plain data, without numbers that a student must not see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NumericAnswer:
    """One numeric answer to the value or the gradient of one node.

    ``fits(t)`` says whether the answer would be right if the truth were t, ``near(t)`` whether right or close.
    """

    name: str
    node: int
    is_value: bool
    answer: float
    right: bool
    fits: Callable[[float], bool]
    near: Callable[[float], bool]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A mistake that the answers are consistent with.

    ``message`` has no correct number; ``detail`` is the same with numbers. ``names`` are the entries that it explains,
    ``gates`` the gates where a rule is broken (none for a mistake of the whole vector).
    """

    code: str
    message: str
    detail: str
    names: tuple[str, ...]
    gates: tuple[int, ...] = ()
