"""Mistakes of the whole vector of answers, which need no broken gate: a ratio, a sign, two answers exchanged.

All that is known of the circuit here is the right number of each entry.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from backprop_cli.grading.mistakes.explanation import Explanation, NumericAnswer
from backprop_cli.grading.mistakes.sweep import Tape

_USUAL_RATIOS = (2.0, 0.5, 10.0, 0.1, 100.0, 0.01, 1000.0, 0.001)


def truth(tape: Tape, entry: NumericAnswer) -> float:
    """The right number of an entry."""
    return tape.values[entry.node] if entry.is_value else tape.gradients[entry.node]


def turned_sign(tape: Tape, wrong: Sequence[NumericAnswer]) -> Explanation | None:
    """Every wrong answer is minus the right one."""
    if not all(truth(tape, entry) and entry.fits(-truth(tape, entry)) for entry in wrong):
        return None
    return _explained("sign", f"a turned sign in {', '.join(entry.name for entry in wrong[:6])}", wrong)


def own_values(tape: Tape, wrong: Sequence[NumericAnswer]) -> Explanation | None:
    """Every wrong gradient is its node's value."""
    if any(entry.is_value or not _fits(entry, tape.values[entry.node]) for entry in wrong):
        return None
    names = ", ".join(tape.circuit.names[entry.node] for entry in wrong[:4])
    values = "the value" if len(wrong) == 1 else "the values"
    return _explained("value-not-gradient", f"giving {values} of {names} instead of the gradient", wrong)


def exchanged(tape: Tape, wrong: Sequence[NumericAnswer]) -> Explanation | None:
    """Two answers that would be right in each other's place."""
    if len(wrong) != 2:
        return None
    one, other = wrong
    if not (_fits(one, truth(tape, other)) and _fits(other, truth(tape, one))):
        return None
    return _explained("swapped-inputs", f"the answers to {one.name} and {other.name} exchanged", wrong)


def one_ratio(tape: Tape, wrong: Sequence[NumericAnswer]) -> Explanation | None:
    """Every wrong answer is the right one times one number: any for several answers, a usual one for a single one."""
    right = [truth(tape, entry) for entry in wrong]
    if not right or not all(number and math.isfinite(number) for number in right):
        return None
    largest = max(range(len(wrong)), key=lambda i: abs(right[i]))
    measured = (wrong[largest].answer / right[largest],) if len(wrong) > 1 else ()
    for ratio in (*_USUAL_RATIOS, *measured):
        if ratio and all(_fits(entry, ratio * number) for entry, number in zip(wrong, right, strict=True)):
            which = "all wrong answers are the same multiple of the right ones"
            if len(wrong) == 1:
                which = f"{wrong[0].name} is a simple multiple of the right number"
            said = f"a constant factor: {which}"
            return _explained("constant-factor", said, wrong, f"{said} ({ratio:.4g} times)")
    return None


def _fits(entry: NumericAnswer, number: float) -> bool:
    return math.isfinite(number) and entry.fits(number)


def _explained(name: str, said: str, wrong: Sequence[NumericAnswer], detail: str = "") -> Explanation:
    names = tuple(entry.name for entry in wrong)
    message = f"consistent with {said}"
    return Explanation(f"mistake.{name}", message, f"consistent with {detail}" if detail else message, names)


Whole = Callable[[Tape, Sequence[NumericAnswer]], Explanation | None]
WHOLE: tuple[tuple[int, Whole], ...] = ((2, turned_sign), (3, own_values), (3, exchanged))
"""Each with its rank: a single broken gate has 1, a rule broken at all its gates 2."""
