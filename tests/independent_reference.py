"""The truth about a program at a point: its value, and for each named quantity both one-sided slopes.

Slopes come from limits with a slope along one side (``independent_numbers``), at growing precision until two runs
agree. Where first order does not tell, differences at two steps far below every double decide; two decisions that
differ between the steps, or between a step and the point, mean that the step was too coarse: then nothing is claimed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from independent_gates import GATES
from independent_numbers import (
    Moving,
    NeedDifferencesError,
    NoValueError,
    Real,
    Run,
    UnknownError,
    context,
)
from independent_trees import Num, Program, Tree, Var

LEVELS = (300, 640, 1400)
DEEP_LEVELS = (640, 1400, 5200, 20_000)
STEPS = (3600, 1200, 1300)
DEEP_STEPS = (20_000, 6000, 6300)
ONE = 1  # differences know no terms: a size that is not too strict
DEFAULTS = {"leaky_relu": "0.01", "elu": "1"}


@dataclass(frozen=True, slots=True)
class Side:
    """What one side holds: a ``slope``, ``infinite``, a ``jump``, ``none`` (no value there), or ``unknown``."""

    word: str
    slope: Real = None
    error: Real = 0
    size: Real = 0
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Truth:
    """The value (None: there is none) with its error, and the sides of every name.

    ``guessed``: some decision at the point was taken as a tie because no difference could be seen.
    """

    value: Real
    error: Real
    guessed: bool
    sides: Mapping[str, tuple[Side, Side]]


class Reference:
    """One program at its point; ``literals`` is ``float64`` where literals and values are the doubles next to them."""

    def __init__(self, program: Program, literals: str, *, deep: bool = False) -> None:
        self.program, self.literals = program, literals
        self.levels = DEEP_LEVELS if deep else LEVELS
        self.steps = DEEP_STEPS if deep else STEPS
        self.point = {name: number(text, literals) for name, text in program.point.items()}

    def truth(self, names: Iterable[str]) -> Truth:
        """The value and the sides of each name."""
        value = self.value()
        if value is None:
            return Truth(None, 0, False, {})
        at, guessed = value
        sides = {name: (self.side(name, -1, at), self.side(name, 1, at)) for name in names}
        return Truth(at.v, at.e, guessed, sides)

    def value(self) -> tuple[Moving, bool] | None:
        """The value and whether a tie was guessed; None where there is no value. Raises UnknownError."""
        last: tuple[Moving, bool] | None = None
        failure: Exception | None = None
        for bits in self.levels:
            run = Run(bits, 0, self.literals)
            try:
                at = self.run(run)
            except NoValueError:
                if not run.guessed:
                    return None
                failure, last = UnknownError(), None
                continue
            except UnknownError as error:
                failure = error
                continue
            if not sharp(run, at):
                failure = UnknownError()
                continue
            if last is not None and agree(run, last[0], at) and not run.guessed:
                return at, False
            last = (at, run.guessed)
        if last is None:
            raise failure or UnknownError
        return last

    def side(self, name: str, side: int, at: Moving) -> Side:
        """One side of one name."""
        last: Side | None = None
        for bits in self.levels:
            run = Run(bits, side, self.literals)
            try:
                found = self.first_order(run, name, at)
            except UnknownError:
                continue
            if last is not None and same(run, last, found) and not run.guessed:
                return found
            last = found
            if found.word == "differences":
                break
        if last is None:
            return Side("unknown")
        return self.differences(name, side) if last.word == "differences" else last

    def first_order(self, run: Run, name: str, at: Moving) -> Side:
        try:
            found = self.run(run, name)
        except NoValueError:
            return Side("none", guessed=run.guessed)
        except NeedDifferencesError:
            return Side("differences")
        if not sharp(run, found):
            raise UnknownError
        if jumped(run, found, at):
            return Side("jump", guessed=run.guessed)
        rounded = not (isinstance(found.v, Fraction) and isinstance(at.v, Fraction))
        guessed = run.guessed or (run.edge and found.v != at.v) or (run.cut and rounded)
        return Side("slope", run.side * found.d, found.a * run.tiny, found.a, guessed)

    def differences(self, name: str, side: int) -> Side:
        """One side by the values at the point and at two steps beside it."""
        bits, coarse, fine = self.steps
        if any(op in SLOW for op in self.ops()):
            return Side("unknown")
        try:
            runs = [Run(bits, 0, self.literals, fraction_bits=60_000) for _ in range(3)]
            here = self.run(runs[0], name, Fraction(0))
            beside = []
            for run, step in zip(runs[1:], (coarse, fine), strict=True):
                try:
                    beside.append(self.run(run, name, Fraction(side, 2**step)))
                except NoValueError:
                    beside.append(None)
        except (UnknownError, NeedDifferencesError, NoValueError):
            return Side("unknown")
        if not steady(*runs):
            return Side("unknown")
        if beside[0] is None or beside[1] is None:
            return Side("none" if beside[0] is beside[1] else "unknown", guessed=any(r.guessed for r in runs))
        return by_differences(runs[2], here, (beside[0], beside[1]), (coarse, fine), side)

    def ops(self) -> Iterable[str]:
        """Every gate of the program."""
        from independent_trees import ops

        return (op for _, tree in self.program.stages for op in ops(tree))

    def run(self, run: Run, moved: str = "", step: Fraction | None = None) -> Moving:
        """The output. ``moved`` moves along the run's side, or by ``step``."""
        try:
            return self.walked(run, moved, step)
        except ArithmeticError as error:  # a number that this precision rounds to a pole
            raise UnknownError from error

    def walked(self, run: Run, moved: str, step: Fraction | None) -> Moving:
        known: dict[str, Moving] = {}
        for name, value in self.point.items():
            known[name] = self.start(run, name, value, name == moved, step)
        for name, tree in self.program.stages[:-1]:
            try:
                made = Walk(run, known).of(tree)
            except NoValueError:
                continue  # a stage without a value is no fault where nothing needs it
            if name == moved:
                made = opened(run, name, made, step)
            known[name] = made
        return Walk(run, known).of(self.program.stages[-1][1])

    def start(self, run: Run, name: str, value: Real, moves: bool, step: Fraction | None) -> Moving:
        made = literal(run, value)
        made.key = run.key("variable", name)
        return opened(run, name, made, step) if moves else made


SLOW = ("gamma", "lgamma", "digamma", "polygamma")


def opened(run: Run, name: str, made: Moving, step: Fraction | None) -> Moving:
    """A quantity as a variable at its value: it moves along the side, or stands beside its value."""
    key = run.key("opened", name)
    if step is not None:
        return Moving(run.plus(made.v, step), made.e, key=key)
    return Moving(made.v, made.e, Fraction(run.side), run.mp.mpf(1), moves=True, key=key)


class Walk:
    """The evaluation of one tree over what is known."""

    def __init__(self, run: Run, known: Mapping[str, Moving]) -> None:
        self.run, self.known = run, known

    def of(self, tree: Tree) -> Moving:
        if isinstance(tree, Num):
            return literal(self.run, number(tree.text, self.run.literals))
        if isinstance(tree, Var):
            if tree.name not in self.known:
                raise NoValueError
            return self.known[tree.name]
        if tree.op == "where":
            condition, yes, no = tree.args
            return self.of(yes if self.holds(condition) else no)
        parts = [self.of(part) for part in tree.args]
        if tree.op in DEFAULTS and len(parts) == 1:
            parts.append(literal(self.run, number(DEFAULTS[tree.op], self.run.literals)))
        self.run.node = id(tree)
        made = GATES[tree.op](self.run, *parts)
        if made.key < 0:
            made.key = self.run.key(tree.op, *(part.key for part in parts))
        return made

    def holds(self, condition: Tree) -> bool:
        value = self.of(condition)
        self.run.node = id(condition)
        return self.run.sign(value) != 0


def literal(run: Run, value: Real) -> Moving:
    if isinstance(value, Fraction):
        return run.fixed(value)
    made = run.mp.mpf(run.mp.pi if value == "pi" else run.mp.e)
    return Moving(made, made * run.eps, key=run.key("constant", value))


def number(text: str, literals: str) -> Real:
    """A literal or a value: the exact decimal, or the double next to it. ``pi`` and ``e`` are their names if exact."""
    if text in ("pi", "e"):
        return Fraction(getattr(math, text)) if literals == "float64" else text
    exact = Fraction(text)
    return Fraction(exact.numerator / exact.denominator) if literals == "float64" else exact


def sharp(run: Run, found: Moving) -> bool:
    """Whether a value is known well, or small beside what can be told."""
    size = abs(run.real(found.v))
    return bool(found.e <= size * run.mp.ldexp(1, -80) or found.e <= run.small)


def agree(run: Run, before: Moving, after: Moving) -> bool:
    """Whether two precisions give the same value."""
    difference = abs(run.real(before.v) - run.real(after.v))
    return bool(difference <= abs(run.real(after.v)) * run.mp.ldexp(1, -80) or difference <= 4 * run.real(before.e))


def same(run: Run, before: Side, after: Side) -> bool:
    """Whether two precisions say the same of a side."""
    if before.word != after.word or after.word != "slope":
        return before.word == after.word
    difference = abs(run.real(before.slope) - run.real(after.slope))
    return bool(difference <= abs(run.real(after.slope)) * run.mp.ldexp(1, -80) or difference <= run.real(before.error))


def jumped(run: Run, limit: Moving, at: Moving) -> bool:
    """Whether the limit beside the point is another number than the value at the point."""
    if isinstance(limit.v, Fraction) and isinstance(at.v, Fraction):
        return bool(limit.v != at.v)
    difference = abs(run.real(limit.v) - run.real(at.v))
    return bool(difference > 4 * (run.real(limit.e) + run.real(at.e)) and difference > abs(run.real(at.v)) * run.tiny)


def steady(here: Run, coarse: Run, fine: Run) -> bool:
    """Whether all decisions are alike at both steps, and as at the point up to the first edge that is left there."""
    if {key: found[0] for key, found in coarse.trace.items()} != {key: found[0] for key, found in fine.trace.items()}:
        return False
    for key, (found, on_edge) in here.trace.items():
        beside = fine.trace.get(key, (found, on_edge))[0]
        if beside != found:
            return on_edge
    return True


def by_differences(run: Run, here: Moving, beside: tuple[Moving, Moving], steps: tuple[int, int], side: int) -> Side:
    """The order of the difference in the step tells a jump, an infinite slope, a slope and a slope of 0 apart."""
    moved = [run.real(run.plus(one.v, -here.v)) for one in beside]
    errors = [4 * (run.real(one.e) + run.real(here.e)) for one in beside]
    known = [abs(move) > error * 2**64 for move, error in zip(moved, errors, strict=True)]
    step = run.mp.ldexp(1, -steps[1])
    flat = (
        abs(moved[1]) <= errors[1] and abs(moved[0]) <= errors[0] * 2**64 and errors[1] < step * run.mp.ldexp(1, -400)
    )
    guessed = run.guessed
    if (moved[0] == moved[1] == 0 and not any(errors)) or flat:
        return Side("slope", Fraction(0), run.mp.mpf(errors[1] / step), ONE, guessed)
    if not all(known):
        small = known[0] and errors[1] + abs(moved[1]) < step * run.mp.ldexp(1, -200)
        return Side("slope", Fraction(0), run.mp.ldexp(1, -200), ONE, guessed) if small else Side("unknown")
    order = float(run.mp.log(abs(moved[1] / moved[0]), 2)) / (steps[0] - steps[1])
    if abs(order) < 1e-6:  # u^1e-300 is no jump
        stays = abs(moved[1] / moved[0] - 1) < run.mp.ldexp(1, 150 - steps[0])
        return Side("jump", guessed=guessed) if stays else Side("unknown")
    if abs(order - 1) < 1e-6:
        slope = side * moved[1] / step
        return Side("slope", slope, abs(slope) * run.mp.ldexp(1, -150), max(abs(slope), ONE), guessed)
    if 0.01 < order < 0.99:
        return Side("infinite", guessed=guessed)
    return Side("slope", Fraction(0), run.mp.ldexp(1, -200), ONE, guessed) if order > 1.01 else Side("unknown")


def as_float(value: Any) -> float:
    """The nearest double, infinite beyond their range."""
    if isinstance(value, Fraction):
        try:
            return value.numerator / value.denominator
        except OverflowError:
            return math.copysign(math.inf, value)
    return float(context(200).mpf(value))
