"""Naming the mistake: at most two that a vector of wrong answers is consistent with, the simplest first.

A mistake must explain every wrong answer and spoil no right one. The fewest broken gates come first, then a rule broken
everywhere, then what needs no gate (a ratio, two answers exchanged). Where three kinds are equally simple, nothing is
said. What only follows from a student's own earlier number is told apart from what is wrong in itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward
from backprop_cli.grading.mistakes import rerun
from backprop_cli.grading.mistakes.choice import Answers, Mutants
from backprop_cli.grading.mistakes.explanation import Explanation, NumericAnswer
from backprop_cli.grading.mistakes.fits import Fits
from backprop_cli.grading.mistakes.own import Followed, OwnRuns
from backprop_cli.grading.mistakes.sweep import Tape
from backprop_cli.grading.mistakes.whole import WHOLE, one_ratio, truth

_MOST_NAMED = 2
_LARGE = 5_000
"""Nodes: in a larger circuit no run is made again."""
_ROUNDED = 3

Ranked = tuple[int, Explanation]


@dataclass(frozen=True, slots=True)
class Found:
    """The names of the wrong answers that follow from the student's own earlier ones, and what explains the others."""

    followed: frozenset[str] = frozenset()
    explained: tuple[Explanation, ...] = ()


class Mistakes:
    """The mistakes of one circuit at one point. The broken passes are made when first needed, and kept."""

    def __init__(self, forth: Forward, sweep: Backward) -> None:
        self._tape = Tape.of(forth, sweep)
        self._mutants = Mutants(self._tape)
        self._own = OwnRuns(self._tape, self._mutants)

    def of(self, entries: Sequence[NumericAnswer]) -> Found:
        """What the wrong answers follow from, and what they are consistent with: at most two, the best first."""
        answers = self._sorted(entries)
        if not (answers.wrong or answers.close):
            return Found()
        followed = self._own.follow(entries)
        found = self._rounded(answers)
        if answers.wrong:
            found += [(rank, one) for rank, whole in WHOLE if (one := whole(self._tape, answers.wrong))]
            found += self._mutants.explaining(answers)
        return Found(followed.names, chosen(found) if found else self._following(entries, answers, followed))

    def _sorted(self, entries: Sequence[NumericAnswer]) -> Answers:
        sorted_: tuple[list[NumericAnswer], list[NumericAnswer], list[NumericAnswer]] = [], [], []
        right, close, wrong = sorted_
        for entry in entries:
            right_one = truth(self._tape, entry)
            near = not entry.right and math.isfinite(right_one) and entry.near(right_one)
            (right if entry.right else close if near else wrong).append(entry)
        return Answers(tuple(right), tuple(close), tuple(wrong))

    # --- rounding on the way ---

    @cached_property
    def _roundings(self) -> list[rerun.Rounded]:
        return rerun.roundings(self._tape) if len(self._tape.values) <= _LARGE else []

    @cached_property
    def _round(self) -> Fits:
        """Which roundings give an answer."""
        return Fits(
            lambda entry: [
                (at, (one.values if entry.is_value else one.gradients)[entry.node])
                for at, one in enumerate(self._roundings)
            ]
        )

    def _rounded(self, answers: Answers) -> list[Ranked]:
        """Whether the answers come out of a run that was rounded on the way."""
        names = tuple(entry.name for entry in (*answers.wrong, *answers.close))
        for at in self._round.all_of((*answers.wrong, *answers.close, *answers.right))[:1]:
            said = "consistent with rounding too early: intermediate results were rounded on the way"
            detail = f"{said}, to {self._roundings[at].said}"
            return [(_ROUNDED, Explanation("mistake.rounded-early", said, detail, names))]
        return []

    # --- the student's own earlier numbers ---

    def _following(
        self, entries: Sequence[NumericAnswer], answers: Answers, followed: Followed
    ) -> tuple[Explanation, ...]:
        """What follows from the student's own numbers, and what explains the gradients that do not."""
        run, names = followed.run, followed.names
        roots = [entry for entry in entries if not entry.right and entry.name not in names]
        slopes = tuple(entry for entry in roots if not entry.is_value and entry not in answers.close)
        found: tuple[Explanation, ...] = ()
        if slopes and run.tape is not self._tape:
            right = tuple(entry for entry in entries if entry.right or entry.name in names)
            found = chosen(run.mutants.explaining(Answers(right, (), slopes)))[:1]
        ratio = None if found else one_ratio(run.tape, slopes)
        found = found if ratio is None else (ratio,)
        right_given = [entry for entry in entries if entry.name in names]
        return (*found, _from_own(roots, right_given)) if right_given else found


def _from_own(roots: Sequence[NumericAnswer], followed: Sequence[NumericAnswer]) -> Explanation:
    """Values come from values before them, gradients from all values and from the gradients nearer to the output."""
    first = min((entry.node for entry in followed if not entry.is_value), default=math.inf)
    own = ", ".join([root.name for root in roots if root.is_value or root.node > first][:4])
    names = tuple(entry.name for entry in followed)
    right = f"{', '.join(names[:6])} {'is' if len(names) == 1 else 'are'} right"
    said = f"consistent with an earlier slip: {right}, given your own {own}"
    return Explanation("mistake.follow-through", said, said, names)


def chosen(found: Sequence[Ranked]) -> tuple[Explanation, ...]:
    """The kinds of mistake that rank first, if they are not more than two."""
    best = min((rank for rank, _ in found), default=0)
    kinds = {one.code: one for rank, one in reversed(found) if rank == best}
    return tuple(reversed(kinds.values())) if len(kinds) <= _MOST_NAMED else ()
