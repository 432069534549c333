"""The judge of the judge: a program's report beside the independent truth, and what is wrong with it.

Only ``differentiate`` and the report's public fields are used.
"""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from independent_numbers import UnknownError, context
from independent_reference import Reference, Side, Truth
from independent_trees import Program

from backprop_cli import Refused, differentiate

RTOL = {"float64": Fraction(1, 10**9), "digits": Fraction(1, 10**17), "exact": Fraction(1, 10**30)}
SETTINGS: dict[str, dict[str, Any]] = {
    "symbolic": {"check": "symbolic"},
    "gatewise": {"check": "gatewise"},
    "forward": {"check": "forward"},
    "digits": {"digits": 20},
    "digits gatewise": {"digits": 20, "check": "gatewise"},
    "digits forward": {"digits": 20, "check": "forward"},
    "exact": {"exact": True},
    "exact gatewise": {"exact": True, "check": "gatewise"},
    "exact forward": {"exact": True, "check": "forward"},
}
MP = context(400)
# What may never be, and what is only counted.
FAULTS = (
    "false wrong",
    "ok and wrong",
    "missed kink",
    "wrong limit",
    "wrong slopes",
    "wrong expected",
    "false kink",
    "silent value",
    "value where none",
    "unchecked",
    "crash",
    "slow",
    "hang",
)
# A reference that took for a tie what no difference tells apart proves none of these.
GUESSABLE = ("ok and wrong", "missed kink", "wrong limit", "wrong slopes", "wrong expected", "unchecked")
SIDE_WORDS = {"jump": "jump", "no value": "none"}
# The proportion of a gradient's terms that a reference may be off by and still be the same number.
CLOSE = Fraction(1, 10**8)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one name (or about the whole: an empty name)."""

    kind: str
    name: str
    shown: str
    truth: str


class TooSlowError(Exception):
    """An alarm."""


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise ``TooSlowError`` after that time of the processor, as soon as Python gets to run."""

    def ring(*_: Any) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def judged(program: Program, setting: str, *, deep: bool = False, truth: Truth | None = None) -> list[Finding]:
    """All findings about one program in one setting."""
    settings = SETTINGS[setting]
    exact = "digits" in settings or "exact" in settings
    if truth is None:
        truth = truth_of(program, exact, deep=deep)
    if truth is None:
        return [Finding("no truth", "", "", "")]
    start = time.process_time()
    try:
        with alarm(20):
            report = differentiate(program.text, dict(program.point), **settings)
    except Refused as refused:
        return _refused(refused, truth, program)
    except TooSlowError:
        return [Finding("slow", "", "over 20 s", "")]
    except Exception as error:  # noqa: BLE001  # anything but Refused is a crash, whatever it is
        return [Finding("crash", "", f"{type(error).__name__}: {error}"[:200], "")]
    took = time.process_time() - start
    found = list(Beside(report, truth).findings())
    if took > 8:
        found.append(Finding("slow", "", f"{took:.1f} s", ""))
    return found


def truth_of(program: Program, exact: bool, *, deep: bool = False) -> Truth | None:
    """The truth, or None where this reference knows none."""
    try:
        with alarm(60 if deep else 10):
            return Reference(program, "exact" if exact else "float64", deep=deep).truth(program.names)
    except (UnknownError, TooSlowError):
        return None


def _refused(refused: Refused, truth: Truth, program: Program) -> list[Finding]:
    code = refused.problems[0].code
    sides = [side.word for pair in truth.sides.values() for side in pair]
    if truth.value is not None and all(word == "slope" for word in sides) and refused.exit_code == 4:
        return [Finding("refused", "", code, "a value, and a slope on each side of each name")]
    if refused.exit_code != 4 and not code.startswith(("exact", "limit", "digits")):
        return [Finding("crash", "", f"{code}: {refused}"[:200], "readable")]
    return [Finding("refused rightly", "", code, "")]


class Beside:
    """A report beside the truth."""

    def __init__(self, report: Any, truth: Truth) -> None:
        self.report, self.truth = report, truth
        self.rtol = RTOL[report.arithmetic]
        self.atol = Fraction(1, 10**300) if report.arithmetic == "float64" else Fraction(0)

    def findings(self) -> Iterator[Finding]:
        if self.truth.value is None:
            words = {row.verdict.word for row in self._rows() if row.verdict}
            if words <= {"ok", "kink", "limit"} and not self.warned():
                yield Finding("value where none", "", self.report.value.text, "no value")
            else:
                yield Finding("no value, and said", "", " ".join(sorted(words)), "")
            return
        yield from self.value()
        for row in self._rows():
            if row.name in self.truth.sides and row.verdict is not None:
                yield from self.row(row)
            elif row.verdict is not None and row.verdict.word == "wrong":
                yield Finding("false wrong", row.name, "wrong", "")
        if self.report.check is not None and self.report.check.ok is False:
            yield Finding("false wrong", "", "the check failed", "")

    def _rows(self) -> list[Any]:
        return [*self.report.variables, *self.report.stages]

    def warned(self) -> bool:
        """Whether anything but a kink is said."""
        return any(not w.code.startswith(("kink.", "stage.", "value.unused")) for w in self.report.warnings)

    def value(self) -> Iterator[Finding]:
        shown, truth = self.shown(self.report.value), self.truth
        if self.report.arithmetic == "exact" and shown == 0 != real(truth.value):
            return  # SymPy's digits do not reach that far
        error = abs(shown - MP.mpf(real(truth.value)))
        allowed = self._mp(self.rtol) * abs(real(truth.value)) * 1.01 + self._mp(self.atol) + 4 * real(truth.error)
        if error <= allowed:
            yield Finding("value right", "", "", "")
        elif self.warned() or self.report.check is None:
            yield Finding("value off, and said", "", "", "")
        elif truth.guessed and self._is_undecided():
            yield Finding("value undecided", "", "", "")
        else:
            yield Finding("silent value", "", self.report.value.text, text(truth.value))

    def _is_undecided(self) -> bool:
        return any(row.verdict and row.verdict.word == "undecided" for row in self._rows())

    def row(self, row: Any) -> Iterator[Finding]:
        word = row.verdict.word
        sides = self.truth.sides[row.name]
        shown = f"{word} {row.gradient.text if row.gradient else None} {row.verdict}"
        said = "  ".join(f"{side.word} {text(side.slope)}{' (guessed)' if side.guessed else ''}" for side in sides)
        kind = getattr(self, f"_{word}")(row, sides)
        if kind in GUESSABLE and any(side.guessed for side in sides):
            kind = f"guessed: {kind}"
        yield Finding(kind, row.name, shown, said)

    def _wrong(self, row: Any, sides: tuple[Side, Side]) -> str:
        return "false wrong"

    def _ok(self, row: Any, sides: tuple[Side, Side]) -> str:
        if any(side.word == "unknown" for side in sides):
            return "ok, truth unknown"
        if not self.alike(sides):
            return "missed kink"
        if self.near(row.gradient, sides[1]):
            return "ok"
        return "ok, but for lost digits that are said" if row.verdict.lost_digits else "ok and wrong"

    def _limit(self, row: Any, sides: tuple[Side, Side]) -> str:
        if any(side.word == "unknown" for side in sides):
            return "limit, truth unknown"
        if self.report.arithmetic == "exact":
            self.rtol = RTOL["float64"]  # a limit comes from a series, as a decimal
        right = self.alike(sides) and self.near(row.gradient, sides[1], scaled=False)
        return "limit" if right else "wrong limit"

    def _kink(self, row: Any, sides: tuple[Side, Side]) -> str:
        if any(side.word == "unknown" for side in sides):
            return "kink, truth unknown"
        slopes = row.verdict.slopes
        if slopes is not None and not all(self.fits(*pair) for pair in zip(slopes, sides, strict=True)):
            return "wrong slopes"
        if self.alike(sides, strict=True) and not any(side.guessed for side in sides):
            return "false kink"
        return "kink"

    def _imprecise(self, row: Any, sides: tuple[Side, Side]) -> str:
        return self._with_expected("imprecise", row, sides)

    def _undecided(self, row: Any, sides: tuple[Side, Side]) -> str:
        guessed = self.truth.guessed or any(side.guessed for side in sides)
        return "undecided" if guessed else "undecided, truth known"

    def _unchecked(self, row: Any, sides: tuple[Side, Side]) -> str:
        known = all(side.word != "unknown" and not side.guessed for side in sides)
        return "unchecked" if known else "unchecked, truth unknown"

    def _with_expected(self, kind: str, row: Any, sides: tuple[Side, Side]) -> str:
        expected = row.verdict.expected
        if expected is None or not self.alike(sides) or sides[1].slope is None:
            return kind
        slope, size = real(sides[1].slope), self._size(sides[1])
        if not math.isfinite(expected):
            return kind
        off = abs(MP.mpf(expected) - slope)
        allowed = abs(slope) * self._mp(CLOSE) + size * MP.ldexp(1, -100) + MP.mpf("1e-300")
        return kind if off <= allowed else "wrong expected"

    def alike(self, sides: tuple[Side, Side], *, strict: bool = False) -> bool:
        """Whether both sides have the same slope, as far as the check's tolerance goes."""
        left, right = sides
        if left.word != "slope" or right.word != "slope":
            return False
        apart = abs(real(left.slope) - real(right.slope))
        size = max(self._size(left), self._size(right), abs(real(left.slope)))
        if strict:
            largest = max(abs(real(left.slope)), abs(real(right.slope)))
            return bool(apart <= largest * MP.ldexp(1, -120) + 4 * (real(left.error) + real(right.error)))
        return bool(apart <= 2 * self._mp(self.rtol) * size + self._mp(self.atol))

    def _size(self, side: Side) -> Any:
        return max(abs(real(side.slope)), real(side.size))

    def near(self, gradient: Any, side: Side, *, scaled: bool = True) -> bool:
        slope = real(side.slope)
        size = self._size(side) if scaled else abs(slope)
        off = abs(self.shown(gradient) - slope)
        floor = self._mp(self.atol) + 4 * real(side.error)
        return bool(off <= self._mp(self.rtol) * size * MP.mpf("1.01") + floor)

    def fits(self, shown: Any, side: Side) -> bool:
        """Whether a slope that is shown is the side's; a word fits whatever is no slope."""
        number = shown if isinstance(shown, int | float) else None
        if number is None:
            return side.word == SIDE_WORDS.get(shown, side.word)
        if side.word != "slope":
            return side.word == "infinite" and not math.isfinite(number)
        if not math.isfinite(number):
            return bool(abs(real(side.slope)) > MP.mpf("1.7e308"))
        allowed = abs(real(side.slope)) * self._mp(CLOSE) + self._size(side) * MP.ldexp(1, -100) + MP.mpf("1e-300")
        return bool(abs(MP.mpf(number) - real(side.slope)) <= allowed)

    def shown(self, quantity: Any) -> Any:
        """A number as it is printed."""
        if self.report.arithmetic == "float64":
            return MP.mpf(quantity.approx)
        if self.report.arithmetic == "digits":
            return MP.mpf(quantity.text)
        return evaluated(quantity)

    @staticmethod
    def _mp(value: Fraction) -> Any:
        return MP.mpf(value.numerator) / value.denominator


def evaluated(quantity: Any) -> Any:
    """An exact number: as a fraction if it is written as one, else by SymPy (the text is the program's own)."""
    try:
        exact = Fraction(quantity.text)
        return MP.mpf(exact.numerator) / exact.denominator
    except ValueError:
        import sympy

        names = {"cbrt": sympy.cbrt, "e": sympy.E, "sigmoid": lambda x: 1 / (1 + sympy.exp(-x))}
        return MP.mpf(str(sympy.N(sympy.sympify(quantity.text.replace("^", "**"), locals=names), 1200)))


def real(value: Any) -> Any:
    """A number of the reference in the judge's context."""
    if isinstance(value, Fraction):
        return MP.mpf(value.numerator) / value.denominator
    return MP.make_mpf(value._mpf_) if hasattr(value, "_mpf_") else MP.mpf(value)


def text(value: Any) -> str:
    """A number of the reference to read."""
    return "" if value is None else MP.nstr(real(value), 20)
