"""What follows from a student's own wrong numbers: the run again with those in it, beside the other answers.

A run depends on the values that were written and on nothing else, and many students write the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backprop_cli.grading.mistakes import rerun
from backprop_cli.grading.mistakes.choice import Mutants
from backprop_cli.grading.mistakes.explanation import NumericAnswer
from backprop_cli.grading.mistakes.sweep import Tape

_LARGE = 5_000
"""Nodes: in a larger circuit the run is not made again for each student."""
_WORK = 30_000
"""Mutants times nodes for the run with one student's own values, which serves few others."""
_KEPT = 64 * 32
"""Nodes of all runs that are kept: 64 of a circuit of 32."""


@dataclass(frozen=True, slots=True)
class Run:
    """The run with values of a student's own: its tape, its mutants, and what each value should be given the others."""

    tape: Tape
    mutants: Mutants
    due: Sequence[float]


@dataclass(frozen=True, slots=True)
class Followed:
    """The run with a student's own wrong values in it, and the names of the answers that are right given those."""

    run: Run
    names: frozenset[str] = frozenset()


class OwnRuns:
    """The runs of one circuit with students' own values in them; the first ones are kept, which are the commonest."""

    def __init__(self, tape: Tape, mutants: Mutants) -> None:
        self._plain = Run(tape, mutants, tape.values)
        self._known: dict[tuple[tuple[int, float], ...], Run] = {}

    def follow(self, entries: Sequence[NumericAnswer]) -> Followed:
        """What is right given the wrong numbers as they were written, or as they were before they were rounded.

        A student who has s = 7 and writes f = 0.9991 for sigmoid(7) may go on with either. One wrong answer alone
        follows from no other.
        """
        wrong = [entry for entry in entries if not entry.right and math.isfinite(entry.answer)]
        if len(wrong) < 2 or len(self._plain.tape.values) > _LARGE:
            return Followed(self._plain)
        written = self._given(wrong, wrong)
        roots = [entry for entry in wrong if entry.name not in written.names]
        unrounded = self._given(roots, wrong) if len(roots) < len(wrong) else written
        return Followed(written.run, written.names | unrounded.names)

    def _given(self, own: Sequence[NumericAnswer], wrong: Sequence[NumericAnswer]) -> Followed:
        """The run in which these numbers of the student's stand, and which of the wrong ones are right only in it."""
        plain = self._plain.tape
        run = self._run({e.node: e.answer for e in own if e.is_value and e.node >= plain.circuit.first_gate})
        slopes = {e.node: e.answer for e in own if not e.is_value}
        handed = run.tape.backward(slopes) if slopes else run.tape.gradients
        names = set()
        for entry in wrong:
            number = run.due[entry.node] if entry.is_value else run.tape.arriving(entry.node, handed)
            alone = plain.values[entry.node] if entry.is_value else plain.gradients[entry.node]
            if math.isfinite(number) and entry.fits(number) and not entry.fits(alone):
                names.add(entry.name)
        return Followed(run, frozenset(names))

    def _run(self, values: Mapping[int, float]) -> Run:
        if not values:
            return self._plain
        key = tuple(sorted(values.items()))
        found = self._known.get(key)
        if found is None:
            plain = self._plain.tape
            tape = plain.with_values(rerun.run(plain, values))
            found = Run(tape, Mutants(tape, _WORK), rerun.expected(plain, values))
            if len(self._known) * len(plain.values) < _KEPT:
                self._known[key] = found
        return found
