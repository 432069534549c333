"""What is known of a formula beside the truth, as plain data: whether it is the same function, and where it differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.problems import Diagnostic


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point at which an answer is not the truth; ``answer`` is None without a value there.

    ``at`` has every variable that either side depends on; ``here``: it is the question's own point; ``reveals``: the
    truth is an answer to this or another question.
    """

    at: Mapping[str, Fraction]
    answer: Number
    truth: Number
    here: bool
    reveals: bool


@dataclass(frozen=True, slots=True)
class FormulaVerdict:
    """Whether a formula is the quantity asked for, as a function.

    ``points`` says at how many points both were compared, ``proved`` whether SymPy confirmed that they are equal,
    ``settled`` whether that or exact comparisons leave no doubt, ``unseen`` which gates were met on one side only. With
    a ``problem`` it could not be judged. ``late``: time ran out, so that another time more might be known.

    What differs may be ``near``: within the tolerance wherever both were compared, ``away`` the largest difference
    relative to the truth; ``explained`` if the last digits of the decimals in the formula leave that open.
    ``beyond``: it differs, but only where no way inside the domain leads from the question's point. ``whole``: all
    components of an array were compared at once; ``labelled``: at points where labels stay labels.
    """

    equal: bool
    points: int
    proved: bool
    counterexample: Counterexample | None
    unseen: tuple[str, ...] = ()
    problem: Diagnostic | None = None
    late: bool = False
    settled: bool = True
    near: bool = False
    explained: bool = False
    away: float = 0.0
    beyond: bool = False
    whole: bool = False
    labelled: bool = False
