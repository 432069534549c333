"""What grading says, as plain data: the only thing that reports read.

Everything here may be shown to whom it is meant for: what a feedback level hides is not in the record at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, get_args

from backprop_cli.grading.items import Item
from backprop_cli.grading.levels import Feedback
from backprop_cli.problems import Diagnostic

AnswerWord = Literal["ok", "close", "wrong", "missing", "invalid", "extra", "duplicate", "undefined", "received"]

BUG = "internal"
"""The code of a remark on answers that a bug of ours kept from being judged."""

WORDS: tuple[AnswerWord, ...] = get_args(AnswerWord)


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence beside a verdict or a problem, with the code of its page in ``backprop explain``."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer and its verdict.

    ``name`` is the quantity as it was asked for (``dx``), or as the student wrote it where nobody asked. ``typed`` is
    the student's own text, never to be printed raw. ``expected`` is there at feedback ``full`` only. ``rel_error`` is
    CS231n's: |s - t|/max(1e-8, |s| + |t|), at ``full`` only: it tells the truth in a few tries. ``kink``: any slope
    between the one-sided ones was right. ``credit`` is the part of ``weight`` that was earned, from 0 to 1.
    It stands ``below`` the first line of its submission (None: unknown). ``parts`` are the components of an array.
    """

    name: str
    word: AnswerWord
    typed: str | None = None
    expected: str | None = None
    rel_error: float | None = None
    kink: bool = False
    remarks: tuple[Remark, ...] = ()
    credit: Fraction = Fraction(0)
    weight: Fraction = Fraction(0)
    below: int | None = None
    parts: tuple[Judged, ...] = ()

    @property
    def counted(self) -> bool:
        """Whether it was asked for, so that it has a part in the score: neither extra nor a second copy."""
        return self.weight.numerator > 0


@dataclass(frozen=True, slots=True)
class ProblemResult:
    """One problem of one submission; a problem asked at several points has a result for each (``chain[2]``).

    ``right`` of the ``asked`` quantities are right (also where the feedback hides which). ``hints`` name mistakes that
    the whole vector of answers is consistent with. ``hidden``: not for the student's eyes. ``at`` are the student's own
    numbers, where each has others. ``withheld``: ``score`` and ``right`` are 0 here whatever they are, and no report
    shows them.
    """

    id: str
    title: str
    judged: tuple[Judged, ...]
    score: Fraction
    points: Fraction
    right: int
    asked: int
    hints: tuple[Remark, ...] = ()
    hidden: bool = False
    at: tuple[tuple[str, str], ...] = ()
    withheld: bool = False

    @property
    def secret(self) -> bool:
        """Whether the feedback tells no verdict on an answer."""
        return self.withheld or any(one.word == "received" for one in self.judged)

    def count(self, word: AnswerWord) -> int:
        """How many answers got this verdict."""
        return sum(1 for one in self.judged if one.word == word)


@dataclass(frozen=True, slots=True)
class SubmissionResult:
    """All verdicts on one submission. ``invalid`` says why it could not be read at all; it then scores 0.

    ``source`` is the file it came from and ``line`` where it begins there. ``warnings`` are about the submission as a
    whole: an unknown problem's name, a student's second submission.
    """

    student: str
    source: str
    problems: tuple[ProblemResult, ...]
    score: Fraction
    points: Fraction
    line: int | None = None
    invalid: Diagnostic | None = None
    warnings: tuple[Diagnostic, ...] = ()

    def line_of(self, one: Judged) -> int | None:
        """The line of an answer in the file; None if it is not known."""
        return None if one.below is None else (self.line or 0) + one.below

    @property
    def ok(self) -> bool:
        """Whether everything that was asked is answered rightly."""
        return self.invalid is None and all(problem.right == problem.asked for problem in self.problems)

    @property
    def secret(self) -> bool:
        """Whether the feedback tells no verdict on an answer."""
        return any(problem.secret for problem in self.problems)

    @property
    def withheld(self) -> bool:
        """Whether the score is not for whoever reads this."""
        return any(problem.withheld for problem in self.problems)

    @property
    def broken(self) -> bool:
        """Whether a bug of ours kept an answer from being judged."""
        judged = (one for problem in self.problems for one in problem.judged)
        return any(remark.code == BUG for one in judged for remark in one.remarks)

    @property
    def percent(self) -> Fraction:
        """The score in percent; 100 where there is nothing to score."""
        return self.score / self.points * 100 if self.points else Fraction(100)


@dataclass(frozen=True, slots=True)
class Earned:
    """What one asked answer earned: a ``part`` of its weight, from 0 to 1, and so many points.

    ``explicable``: a mistake may explain it, since it is a gradient, and no stage's value.
    """

    name: str
    word: AnswerWord
    typed: str
    part: float
    points: float
    explicable: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """What a class summary counts of one problem of one submission, whatever the feedback lets the student see."""

    earned: tuple[Earned, ...]
    mistakes: tuple[str, ...]

    @property
    def words(self) -> tuple[tuple[str, AnswerWord], ...]:
        """The verdict on each asked answer."""
        return tuple((one.name, one.word) for one in self.earned)


@dataclass(slots=True)
class ProblemSummary:
    """How a class did on one problem: the verdicts on its answers, its scores, and the mistakes that were named.

    ``all_right`` counts submissions with every asked answer right; ``scores`` adds up the scores of ``submissions``.
    """

    id: str
    title: str
    points: Fraction
    words: dict[AnswerWord, int] = field(default_factory=dict)
    answers: dict[str, dict[AnswerWord, int]] = field(default_factory=dict)
    mistakes: dict[str, int] = field(default_factory=dict)
    submissions: int = 0
    all_right: int = 0
    scores: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Change:
    """A student whose score is another one than in an earlier report; None where there is no submission.

    ``answers`` are those whose verdict changed: the problem and the name, the word before and now.
    """

    student: str
    before: Fraction | None
    after: Fraction | None
    answers: tuple[tuple[str, str, str], ...] = ()


PERCENT_BARS = 10


@dataclass(slots=True)
class ClassSummary:
    """A whole class, in constant memory: counts, and the sum of the scores.

    ``points`` is what one submission can earn; ``invalid`` counts submissions that could not be read. ``percents``
    counts scores by tenths of everything, 100 % among the last. ``changes`` are the scores that differ from those of an
    earlier report, ``compared``. ``withheld``: it has the number of submissions, and nothing of how they did.
    """

    title: str
    points: Fraction
    problems: dict[str, ProblemSummary] = field(default_factory=dict)
    submissions: int = 0
    invalid: int = 0
    all_right: int = 0
    scores: Fraction = Fraction(0)
    lowest: Fraction | None = None
    highest: Fraction | None = None
    items: dict[tuple[str, str], Item] = field(default_factory=dict)
    percents: list[int] = field(default_factory=lambda: [0] * PERCENT_BARS)
    changes: list[Change] = field(default_factory=list)
    compared: str = ""
    withheld: bool = False

    @property
    def mean_percent(self) -> Fraction | None:
        """The mean score in percent; None without a submission or without points."""
        if not self.submissions or not self.points or self.withheld:
            return None
        return self.scores / self.submissions / self.points * 100


@dataclass(frozen=True, slots=True)
class Heading:
    """What a report says of the work as a whole before its first submission.

    ``problems`` are the ids with titles and points, as in every result; ``command`` is ``check`` or ``grade``.
    """

    command: Literal["check", "grade"]
    title: str
    points: Fraction
    problems: tuple[tuple[str, str, Fraction], ...]
    feedback: Feedback
