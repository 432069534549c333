"""Which broken backward passes give a student's wrong answers and leave the right ones right, and what is said of them.

All that one tape needs is prepared once and serves any number of students.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from backprop_cli.grading.mistakes.explanation import Explanation, NumericAnswer
from backprop_cli.grading.mistakes.fits import Fits
from backprop_cli.grading.mistakes.mistake_table import Broken, breakages
from backprop_cli.grading.mistakes.sweep import Tape

WORK = 1_000_000
"""Mutants times nodes; beyond, a circuit is too large to look for one broken gate."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one student: right, close to right, and wrong."""

    right: tuple[NumericAnswer, ...]
    close: tuple[NumericAnswer, ...]
    wrong: tuple[NumericAnswer, ...]

    def spared(self, changed: Mapping[int, float]) -> bool:
        """Whether right gradients stay right, and close ones close, with these numbers in place of some."""
        return all(_stays(entry, changed, entry.fits) for entry in self.right) and all(
            _stays(entry, changed, entry.near) for entry in self.close
        )


def _stays(entry: NumericAnswer, changed: Mapping[int, float], judged: Callable[[float], bool]) -> bool:
    number = None if entry.is_value else changed.get(entry.node)
    return number is None or (math.isfinite(number) and judged(number))


@dataclass(frozen=True, slots=True)
class _Mutant:
    """A broken backward pass: what was broken, and the gradients that come out different."""

    broken: Broken
    changed: Mapping[int, float]


class Mutants:
    """The broken backward passes of one tape."""

    def __init__(self, tape: Tape, work: int = WORK) -> None:
        self.tape, self.work = tape, work
        self._fits = Fits(lambda entry: () if entry.is_value else self._by_node.get(entry.node, ()))

    @cached_property
    def _all(self) -> Sequence[_Mutant]:
        """Empty where there would be too many."""
        most = self.work // len(self.tape.values)
        if sum(map(len, self.tape.feeds)) > most:  # each wire can be broken
            return ()
        broken = list(islice(breakages(self.tape), most + 1))
        return [_Mutant(one, self.tape.changed(one.edit)) for one in broken] if len(broken) <= most else ()

    @cached_property
    def _by_node(self) -> dict[int, list[tuple[int, float]]]:
        """The gradients that come out different at each node, each with the number of the mutant."""
        found: dict[int, list[tuple[int, float]]] = {}
        for at, mutant in enumerate(self._all):
            for node, number in mutant.changed.items():
                found.setdefault(node, []).append((at, number))
        return found

    def explaining(self, answers: Answers) -> list[tuple[int, Explanation]]:
        """Every kind of mistake that gives the answers, with the number of ideas it takes."""
        wrong = answers.wrong
        kinds: dict[tuple[int, str], list[Broken]] = {}
        for mutant in (self._all[at] for at in self._fits.all_of(wrong)):
            if answers.spared(mutant.changed):
                kinds.setdefault((mutant.broken.ideas, mutant.broken.code), []).append(mutant.broken)
        names = tuple(entry.name for entry in wrong)
        return [(ideas, _told(self.tape, code, found, names)) for (ideas, code), found in kinds.items()]


def _told(tape: Tape, code: str, found: Sequence[Broken], names: tuple[str, ...]) -> Explanation:
    """One kind of mistake, at the one or more places where it would give the answers."""
    said = list(dict.fromkeys(one.said for one in found))
    where = said[0] if len(said) == 1 else f"{said[0]}, or {said[1]}"
    if len(said) > 2:
        where = f"{said[0]}, or the like at another gate"
    message = f"consistent with {where}"
    gates = tuple(sorted({gate for one in found for gate in one.gates}))
    return Explanation(code, message, message + _numbers(tape, found[0]), names, gates)


def _numbers(tape: Tape, broken: Broken) -> str:
    """The wrong numbers beside the right ones, where there are few."""
    slopes = [
        f"{wrong:.6g} in place of the slope {tape.slope(*place):.6g}" for place, wrong in broken.edit.slopes.items()
    ]
    handed = [
        f"{wrong:.6g} in place of the upstream gradient {tape.gradients[gate]:.6g}"
        for gate, wrong in broken.edit.upstreams.items()
    ]
    numbers = slopes + handed
    return f" ({', '.join(numbers)})" if len(numbers) <= 2 else ""
