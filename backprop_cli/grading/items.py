"""What a class's answers say of each question: how hard it is, whether it tells students apart, what is got wrong.

In constant memory: sums, and a bounded number of different wrong answers. A question's *difficulty* is the mean part of
it that was earned. Its *discrimination* is the correlation of that part with the points of all other questions (the
corrected item-total correlation; with answers that are right or wrong it is the point-biserial one): near 0 or below,
a question does not tell who knows more. Both are Crocker and Algina's, Introduction to Classical and Modern Test Theory
(1986), chapter 14.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt

_KEPT = 1_000


@dataclass(slots=True)
class WrongAnswer:
    """One wrong answer as the first to give it wrote it, how many share it, and the mistakes that explain it."""

    typed: str
    count: int = 0
    mistakes: dict[str, int] = field(default_factory=dict)

    @property
    def mistake(self) -> str:
        """The mistake that was named beside it most often; empty where none was for half of those who gave it."""
        code = min(self.mistakes, key=lambda code: (-self.mistakes[code], code), default="")
        return code if 2 * self.mistakes.get(code, 0) >= self.count else ""


@dataclass(slots=True)
class Item:
    """One question of one problem: sums over the submissions that could be read.

    x is the part that was earned, from 0 to 1; t the points of all other questions. ``others`` counts wrong answers
    beyond those that are kept apart.
    """

    problem: str
    name: str
    count: int = 0
    answered: int = 0
    right: int = 0
    x: float = 0.0
    xx: float = 0.0
    t: float = 0.0
    tt: float = 0.0
    xt: float = 0.0
    wrong: dict[str, WrongAnswer] = field(default_factory=dict)
    others: int = 0

    @property
    def difficulty(self) -> float | None:
        """The mean part that was earned: 1 is easy. None without a submission."""
        return self.x / self.count if self.count else None

    @property
    def discrimination(self) -> float | None:
        """From -1 to 1; None where all have the same, here or in everything else."""
        n = self.count
        first, second = n * self.xx - self.x**2, n * self.tt - self.t**2
        if n < 2 or first <= 1e-9 * n * n or second <= 1e-12 * max(n * self.tt, 1e-300):
            return None
        return max(-1.0, min(1.0, (n * self.xt - self.x * self.t) / sqrt(first * second)))

    @property
    def commonest(self) -> list[WrongAnswer]:
        """The wrong answers, the commonest first."""
        return sorted(self.wrong.values(), key=lambda one: (-one.count, one.typed))

    def add(self, part: float, rest: float) -> None:
        """One submission: what it earned here, and in everything else."""
        self.count += 1
        self.x += part
        self.xx += part * part
        self.t += rest
        self.tt += rest * rest
        self.xt += part * rest

    def note(self, typed: str, mistake: str) -> None:
        """One wrong answer; spaces and how a number is written make no difference."""
        key = _key(typed)
        known = self.wrong.get(key)
        if known is None:
            if len(self.wrong) >= _KEPT:
                self.others += 1
                return
            known = self.wrong[key] = WrongAnswer(typed)
        known.count += 1
        if mistake:
            known.mistakes[mistake] = known.mistakes.get(mistake, 0) + 1


def _key(typed: str) -> str:
    plain = "".join(typed.split()).replace("−", "-")
    try:
        return repr(float(plain) + 0.0)
    except ValueError:
        return plain
