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
from backprop_cli.grading.mistakes import again
from backprop_cli.grading.mistakes.choice import Answers, Mutants
from backprop_cli.grading.mistakes.records import Entry, Explanation
from backprop_cli.grading.mistakes.sweep import Tape
from backprop_cli.grading.mistakes.whole import WHOLE, one_ratio, truth

_MOST_NAMED = 2
_LARGE = 5_000
"""Nodes: in a larger circuit the run is not made again for each student."""
_ROUNDED = 3
_WORK_FOR_ONE = 30_000
"""Mutants times nodes for the run with one student's own values, which serves nobody else."""

Ranked = tuple[int, Explanation]


@dataclass(frozen=True, slots=True)
class _Followed:
    """The run with a student's own wrong numbers in it: its tape, and the entries that are right given those."""

    tape: Tape
    names: frozenset[str]


class Mistakes:
    """The mistakes of one circuit at one point. The broken passes are made when first needed, and kept."""

    def __init__(self, forth: Forward, sweep: Backward) -> None:
        self._tape = Tape.of(forth, sweep)
        self._mutants = Mutants(self._tape)

    def explain(self, entries: Sequence[Entry]) -> tuple[Explanation, ...]:
        """What the wrong answers are consistent with, at most two, the best first."""
        answers = self._sorted(entries)
        off = (*answers.wrong, *answers.close)
        if not off:
            return ()
        found = self._rounded(answers)
        if answers.wrong:
            found += [(rank, one) for rank, whole in WHOLE if (one := whole(self._tape, answers.wrong))]
            found += self._mutants.explaining(answers)
        return chosen(found) if found else self._following(entries, answers)

    def followed(self, entries: Sequence[Entry]) -> frozenset[str]:
        """The wrong answers that are right given the student's own earlier wrong numbers."""
        return self._follow(entries).names if any(not entry.right for entry in entries) else frozenset()

    def _sorted(self, entries: Sequence[Entry]) -> Answers:
        sorted_: tuple[list[Entry], list[Entry], list[Entry]] = [], [], []
        right, close, wrong = sorted_
        for entry in entries:
            right_one = truth(self._tape, entry)
            near = not entry.right and math.isfinite(right_one) and entry.near(right_one)
            (right if entry.right else close if near else wrong).append(entry)
        return Answers(tuple(right), tuple(close), tuple(wrong))

    # --- rounding on the way ---

    @cached_property
    def _roundings(self) -> list[again.Rounded]:
        return again.roundings(self._tape) if len(self._tape.values) <= _LARGE else []

    def _rounded(self, answers: Answers) -> list[Ranked]:
        """Whether the answers come out of a run that was rounded on the way."""
        entries = (*answers.wrong, *answers.close, *answers.right)
        names = tuple(entry.name for entry in (*answers.wrong, *answers.close))
        for one in self._roundings:
            if all(_fits(entry, one) for entry in entries):
                said = "consistent with rounding too early: intermediate results were rounded on the way"
                return [(_ROUNDED, Explanation("mistake.rounded-early", said, f"{said}, to {one.said}", names))]
        return []

    # --- the student's own earlier numbers ---

    def _follow(self, entries: Sequence[Entry]) -> _Followed:
        """What is right given the wrong numbers as they were written, or as they were before they were rounded.

        A student who has s = 7 and writes f = 0.9991 for sigmoid(7) may go on with either.
        """
        tape = self._tape
        if len(tape.values) > _LARGE:
            return _Followed(tape, frozenset())
        wrong = [entry for entry in entries if not entry.right and math.isfinite(entry.answer)]
        written = self._given(wrong, wrong)
        roots = [entry for entry in wrong if entry.name not in written.names]
        unrounded = self._given(roots, wrong) if len(roots) < len(wrong) else written
        return _Followed(written.tape, written.names | unrounded.names)

    def _given(self, own: Sequence[Entry], wrong: Sequence[Entry]) -> _Followed:
        """The run in which these numbers of the student's stand, and which of the wrong ones are right only in it."""
        tape = self._tape
        values = {e.node: e.answer for e in own if e.is_value and e.node >= tape.circuit.first_gate}
        slopes = {e.node: e.answer for e in own if not e.is_value}
        if values:
            tape = tape.with_values(again.run(tape, values))
        due = again.expected(self._tape, values)
        handed = tape.backward(slopes)
        names = set()
        for entry in wrong:
            number = due[entry.node] if entry.is_value else tape.arriving(entry.node, handed)
            alone = self._tape.values[entry.node] if entry.is_value else self._tape.gradients[entry.node]
            if math.isfinite(number) and entry.fits(number) and not entry.fits(alone):
                names.add(entry.name)
        return _Followed(tape, frozenset(names))

    def _following(self, entries: Sequence[Entry], answers: Answers) -> tuple[Explanation, ...]:
        """What follows from the student's own numbers, and what explains the gradients that do not."""
        follow = self._follow(entries)
        roots = [entry for entry in entries if not entry.right and entry.name not in follow.names]
        slopes = tuple(entry for entry in roots if not entry.is_value and entry not in answers.close)
        found: tuple[Explanation, ...] = ()
        if slopes and follow.tape is not self._tape:
            right = tuple(entry for entry in entries if entry.right or entry.name in follow.names)
            found = chosen(Mutants(follow.tape, _WORK_FOR_ONE).explaining(Answers(right, (), slopes)))[:1]
        ratio = None if found else one_ratio(follow.tape, slopes)
        found = found if ratio is None else (ratio,)
        followed = [entry for entry in entries if entry.name in follow.names]
        return (*found, _from_own(roots, followed)) if followed else found


def _fits(entry: Entry, run: again.Rounded) -> bool:
    number = (run.values if entry.is_value else run.gradients)[entry.node]
    return math.isfinite(number) and entry.fits(number)


def _from_own(roots: Sequence[Entry], followed: Sequence[Entry]) -> Explanation:
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
