"""One part of a key whose numbers vary: for each student the first drawn numbers that are suitable, and the question.

Few students of a class are at work at once, so only some of the questions are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backprop_cli import limits
from backprop_cli.grading.varying.lots import Lots
from backprop_cli.grading.varying.suitable import Unsuitable
from backprop_cli.problems import Diagnostic, Refused

if TYPE_CHECKING:
    from backprop_cli.grading.asking import AnyQuestion

SPECIMEN = ""
"""Nobody's id: the numbers of an example."""

_KEPT, _REASONS = 100, 20_000

PointTexts = Mapping[str, str]
_Drawn = tuple[str, ...]


@dataclass(frozen=True)
class Variants:
    """The questions of one part: ``fixed`` are the numbers that are the same for all, ``make`` makes a question.

    ``unsuitable`` says what is wrong with the numbers of one.
    """

    lots: Lots
    fixed: PointTexts
    make: Callable[[PointTexts], AnyQuestion]
    unsuitable: Callable[[AnyQuestion], Unsuitable | None]
    _questions: dict[_Drawn, AnyQuestion] = field(default_factory=dict)
    _reasons: dict[_Drawn, Unsuitable] = field(default_factory=dict)
    _known: dict[str, PointTexts] = field(default_factory=dict)

    def at(self, student: str) -> PointTexts:
        """The numbers of a student, those that are the same for all among them.

        Raises ``Refused`` if no suitable ones are drawn.
        """
        if student not in self._known:
            if len(self._known) >= _REASONS:
                self._known.clear()
            self._known[student] = self._suitable(student)
        return self._known[student]

    def question(self, student: str) -> AnyQuestion:
        """A student's question. Raises ``Refused`` if no suitable numbers are drawn."""
        return self._made(self.at(student))

    def _suitable(self, student: str) -> PointTexts:
        refused: list[tuple[PointTexts, Unsuitable]] = []
        for attempt in range(limits.VARY_TRIES):
            drawn = self.lots.drawn(student, attempt)
            reason = self._reason(drawn)
            if reason is None:
                return {**self.fixed, **drawn}
            refused.append((drawn, reason))
        raise Refused(_nothing_found(student, refused))

    def _reason(self, drawn: PointTexts) -> Unsuitable | None:
        key = tuple(drawn.values())
        if key in self._questions:
            return None
        if key not in self._reasons:
            reason = self.unsuitable(self._made({**self.fixed, **drawn}))
            if reason is None:
                return None
            del self._questions[key]
            if len(self._reasons) >= _REASONS:
                self._reasons.clear()
            self._reasons[key] = reason
        return self._reasons[key]

    def _made(self, at: PointTexts) -> AnyQuestion:
        key = tuple(at[name] for name in self.lots.vary)
        if key not in self._questions:
            if len(self._questions) >= _KEPT:
                self._questions.clear()
            self._questions[key] = self.make(at)
        return self._questions[key]


def _nothing_found(student: str, refused: list[tuple[PointTexts, Unsuitable]]) -> Diagnostic:
    """The commonest kind of reason, with the first example of it."""
    [(kind, count)] = Counter(reason.kind for _, reason in refused).most_common(1)
    drawn, reason = next((drawn, reason) for drawn, reason in refused if reason.kind == kind)
    shown = ", ".join(f"{name} = {value}" for name, value in drawn.items())
    whose = f" for {student}" if student != SPECIMEN else ""
    tried = f"{limits.VARY_TRIES} tries gave no suitable numbers{whose}"
    example = f"{count} of them were refused as this one was: {shown}, where {reason.reason}"
    hint = "give `vary` other numbers" + ("" if kind in ("kink", "value") else ", or allow such with ugly = true")
    return Diagnostic("key.vary", f"{tried}; {example}", hint)
