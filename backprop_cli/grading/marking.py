"""A key made ready, and one submission after another held against it.

Every expression is read, swept and checked once, however many submissions follow. A problem that is asked at several
points has a part for each (``chain[2]``), and the parts share its points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING

from backprop_cli import limits
from backprop_cli.choices import Method
from backprop_cli.circuit import Circuit
from backprop_cli.differentiation import has_arrays
from backprop_cli.engine.point import Point, folded, from_mapping, given
from backprop_cli.grading.conceding import conceding
from backprop_cli.grading.expressions import Expression, Expressions
from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.files.sheets import Problems, Submission
from backprop_cli.grading.keys.key import Key, KeyProblem
from backprop_cli.grading.levels import Feedback
from backprop_cli.grading.question import asks_of, prepare
from backprop_cli.grading.records import (
    BUG,
    ClassSummary,
    Heading,
    ProblemResult,
    ProblemSummary,
    Remark,
    SubmissionResult,
    Tally,
)
from backprop_cli.grading.remembered import RememberedResults
from backprop_cli.grading.scoring import Scoring, result, sum_of
from backprop_cli.grading.summary import empty
from backprop_cli.grading.varying.lots import Lots
from backprop_cli.grading.varying.ranges import Listed
from backprop_cli.grading.varying.suitable import Unsuitable, unsuitable
from backprop_cli.grading.varying.variants import SPECIMEN, Variants
from backprop_cli.nearest import meant
from backprop_cli.problems import UNREADABLE, Diagnostic, Refused

if TYPE_CHECKING:
    from backprop_cli.circuit import Circuit
    from backprop_cli.grading.asking import AnyQuestion

_NAMED_APART = 3

TimeGuard = Callable[[int], AbstractContextManager[None]]
"""What ends a block after so many seconds."""
Marked = tuple[SubmissionResult, tuple[Tally, ...]]


def unbounded(_seconds: int) -> AbstractContextManager[None]:
    """A guard that ends nothing."""
    return nullcontext()


@dataclass(frozen=True, slots=True)
class ProblemPart:
    """One problem at one point, ready for answers.

    ``circuit`` is that of the problem's expression. Where each student has numbers of their own, ``question`` is an
    example, and ``variants`` has the others.
    """

    id: str
    title: str
    question: AnyQuestion
    scoring: Scoring
    circuit: Circuit
    at: Mapping[str, str] | None = None
    variants: Variants | None = None

    @property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        """The values of the variables, in the order of the expression; none where only formulas are asked for."""
        at = {folded(name): value for name, value in (self.at or {}).items()}
        return tuple((name, at[name]) for name in self.circuit.inputs if name in at)

    def of(self, student: str) -> ProblemPart:
        """The part with the student's own numbers. Raises ``Refused`` if no suitable ones are drawn."""
        if self.variants is None:
            return self
        return replace(self, question=self.variants.question(student), at=self.variants.at(student))


@dataclass(frozen=True)
class Marker:
    """A key made ready. ``guard`` bounds the time that one problem of one submission may take."""

    key: Key
    parts: tuple[ProblemPart, ...]
    guard: TimeGuard = unbounded
    _results: RememberedResults = field(default_factory=RememberedResults)

    @cached_property
    def points(self) -> Fraction:
        """What one submission can earn."""
        return sum_of(part.scoring.points for part in self.parts)

    @property
    def problems(self) -> Problems:
        """What the problems and what they ask for are called, as submissions are read by."""
        sizes = {problem.id: max(1, len(problem.at)) for problem in self.key.problems}
        questions = {part.id.partition("[")[0]: part.question for part in self.parts}
        asks = {id_: tuple(ask.name for ask in question.asks) for id_, question in questions.items()}
        return Problems(sizes, asks, lambda id_, name: questions[id_].meant(name))

    def heading(self) -> Heading:
        """What a report says before the first submission."""
        problems = tuple((part.id, part.title, part.scoring.points) for part in self.parts)
        return Heading("grade", self.key.title, self.points, problems, self.key.feedback)

    def summary(self) -> ClassSummary:
        """A class summary before the first submission."""
        return empty(self.key.title, [ProblemSummary(part.id, part.title, part.scoring.points) for part in self.parts])

    def mark(self, submission: Submission) -> Marked:
        """The verdicts on one submission, and what the class summary counts of them. Never raises ``Refused``."""
        source = (submission.student, submission.source)
        if submission.invalid is not None:
            nothing = Fraction(0)
            return SubmissionResult(
                *source, (), nothing, self.points, submission.line, submission.invalid, submission.warnings
            ), ()
        done = [self._part(part, submission) for part in self.parts]
        results, tallies = tuple(one for one, _ in done), tuple(tally for _, tally in done)
        score = sum_of(one.score for one in results)
        warnings = (*submission.warnings, *_misnamed(results))
        return SubmissionResult(*source, results, score, self.points, submission.line, warnings=warnings), tallies

    def _part(self, part: ProblemPart, submission: Submission) -> tuple[ProblemResult, Tally]:
        answers = submission.answers.get(part.id, ())
        try:
            own = part.of(submission.student)
            known = self._results.known(_key(own), answers)
            if known is not None:
                return known
            if own.question.is_quick(answers):
                return self._results.keep(_key(own), answers, _result(own, answers))
            own.question.warm(answers)
            formulas = own.question.formulas_among(answers) * limits.FORMULA_SECONDS
            with self.guard(min(limits.SECONDS, limits.PROBLEM_SECONDS + formulas)):
                return _result(own, answers)
        except Refused as refused:
            return _unjudged(part, refused.problems[0])
        except Exception as error:  # noqa: BLE001  # a bug of ours must not cost a whole class its grades
            return _unjudged(part, Diagnostic(BUG, f"a bug of backprop's own ({type(error).__name__})"))


def _key(part: ProblemPart) -> str:
    """What a result is remembered by: the part, and its numbers where each student has others."""
    return f"{part.id} {part.at}" if part.variants is not None and part.at is not None else part.id


def _result(part: ProblemPart, answers: Sequence[Answer]) -> tuple[ProblemResult, Tally]:
    found, tally = result(part.id, part.title, part.question, part.scoring, answers)
    return (found if part.variants is None else replace(found, at=part.numbers)), tally


def _misnamed(results: Sequence[ProblemResult]) -> tuple[Diagnostic, ...]:
    """Warnings where one answer is missing and another not asked for: a slip in a name must not cost in silence."""
    found: dict[str, Diagnostic] = {}
    for one in results:
        if one.hidden:
            continue
        missing = [judged.name for judged in one.judged if judged.word == "missing" and judged.counted]
        for judged in one.judged if missing else ():
            if judged.word == "extra" and judged.typed:
                hint = "; ".join(remark.message for remark in judged.remarks)
                message = f"{one.id}: {judged.name} is not asked for, and {missing[0]} is missing"
                found.setdefault(judged.name, Diagnostic("answer.extra", message, hint))
    return tuple(found.values())[:_NAMED_APART]


def _unjudged(part: ProblemPart, problem: Diagnostic) -> tuple[ProblemResult, Tally]:
    """A problem whose answers could not be judged: all of them are invalid, and the reason is said."""
    found, tally = result(part.id, part.title, part.question, part.scoring, ())
    remark = Remark(problem.code, problem.message)
    judged = tuple(replace(one, word="invalid", remarks=(remark,)) for one in found.judged)
    return replace(found, judged=judged), Tally(tuple(replace(one, word="invalid") for one in tally.earned), ())


def telling(key: Key, feedback: Feedback) -> Key:
    """The key with one feedback level for all of it."""
    problems = tuple(replace(problem, feedback=feedback) for problem in key.problems)
    return replace(key, feedback=feedback, problems=problems)


def ready(key: Key, guard: TimeGuard = unbounded, method: Method = "forward") -> Marker:
    """Read, sweep and check every expression of a key. Raises ``Refused`` with what is wrong in all of them."""
    parts: list[ProblemPart] = []
    problems: list[Diagnostic] = []
    shared = Expressions(key.problems)
    for problem in key.problems:
        try:
            parts += _parts(problem, shared.of(problem), key.secret, method)
        except Refused as refused:
            problems += [_named(problem, one) for one in refused.problems]
    if problems:
        raise Refused(*problems, exit_code=UNREADABLE)
    return Marker(key, tuple(parts), guard)


def _named(problem: KeyProblem, one: Diagnostic) -> Diagnostic:
    return Diagnostic(one.code, f"problem {problem.id}: {one.message}", one.hint, one.source, one.span)


def _parts(problem: KeyProblem, expression: Expression, secret: str, method: Method) -> Iterator[ProblemPart]:
    """The parts of one problem."""
    many = len(problem.at) > 1
    for index, at in enumerate(problem.at or (None,), 1):
        id_ = f"{problem.id}[{index}]" if many else problem.id
        variants = _variants(problem, expression, Lots(secret, id_, problem.vary), at or {}) if problem.vary else None
        here = at if variants is None else variants.at(SPECIMEN)
        question = _question(problem, expression, None if here is None else from_mapping(here), method)
        points = (
            problem.points if problem.points is not None else sum((ask.weight for ask in question.asks), Fraction(0))
        )
        share = points / max(1, len(problem.at))
        scoring = Scoring(share, problem, problem.everyone, problem.also.everyone)
        yield ProblemPart(id_, problem.title, question, scoring, expression.circuit, here, variants)


def _variants(problem: KeyProblem, expression: Expression, lots: Lots, fixed: Mapping[str, str]) -> Variants:
    """The questions with each student's own numbers. Raises ``Refused`` for a name or a value that is none."""
    inputs = expression.circuit.inputs
    strangers = [name for name in lots.vary if name not in inputs]
    if strangers:
        message = f"{strangers[0]} varies, and the expression does not have it"
        raise Refused(Diagnostic("key.vary", message, meant(strangers[0], inputs)))
    for name, choices in lots.vary.items():
        for value in choices.values if isinstance(choices, Listed) else ():
            given(name, value)

    def make(at: Mapping[str, str]) -> AnyQuestion:
        return _question(problem, expression, from_mapping(at), "forward")

    return Variants(lots, fixed, make, partial(_unsuitable(problem), ugly=problem.ugly))


def _unsuitable(problem: KeyProblem) -> Callable[..., Unsuitable | None]:
    """What says which numbers are given to nobody."""
    if problem.data or problem.lr is not None:
        from backprop_cli.grading.descent.suitable_descent import unsuitable_descent

        return unsuitable_descent
    return unsuitable


def _question(problem: KeyProblem, expression: Expression, point: Point | None, method: Method) -> AnyQuestion:
    """The question of a problem at a point: about numbers, or about arrays."""
    circuit, near, accept = expression.circuit, problem.tolerance, problem.accept
    numbers_only = problem.also.any_of_answers and (problem.data or problem.lr is not None)
    if numbers_only or (problem.also.any_of_answers and has_arrays(circuit, point or {})):
        message = "accept of an answer, answer and also are for numbers and formulas, not for arrays or rows"
        raise Refused(Diagnostic("key.value", message))
    if problem.data or problem.lr is not None:
        return _about_descent(problem, circuit, point or {})
    if has_arrays(circuit, point or {}):
        from backprop_cli.grading.arrays.array_question import prepare_arrays

        upstream = given("upstream", problem.upstream) if problem.upstream else None
        wanted = problem.ask or None
        return prepare_arrays(circuit, point or {}, wanted, near, accept, method, problem.weights, upstream)
    if problem.upstream:
        raise Refused(Diagnostic("usage.upstream", "upstream is for arrays, and here are numbers only"))
    asks = asks_of(circuit, problem.ask or None, problem.weights)
    question = prepare(circuit, point, asks, near, accept, method, expression.points, expression.functions)
    return conceding(question, problem.also) if problem.also.any_of_answers else question


def _about_descent(problem: KeyProblem, circuit: Circuit, point: Point) -> AnyQuestion:
    """The question of a problem with rows of data, or with a learning rate."""
    from backprop_cli.grading.descent.descent_question import prepare_descent, rows_of

    table = rows_of(problem.data, tuple(circuit.inputs))
    wanted = problem.ask or None
    return prepare_descent(circuit, point, table, problem.lr, wanted, problem.tolerance, problem.weights)
