"""``backprop check``: my answers, right or wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import click

from backprop_cli import limits
from backprop_cli.cli.arguments import ExpressionCommand, data_of
from backprop_cli.cli.calculation_options import ReadingOptions, circuit_and_point, exclude, reading_options
from backprop_cli.cli.class_options import FileOptions, file_options, ways
from backprop_cli.cli.report_options import ReportOptions, ToleranceOptions, report_options, tolerance_options
from backprop_cli.cli.warn import warn
from backprop_cli.grading.levels import ACCEPT
from backprop_cli.problems import ANSWER_IS_NO

if TYPE_CHECKING:
    from backprop_cli.circuit import Circuit
    from backprop_cli.engine.given import Given
    from backprop_cli.grading.arrays.array_question import ArrayQuestion
    from backprop_cli.grading.asking import AnyQuestion
    from backprop_cli.grading.files.answers import Answer
    from backprop_cli.grading.names import Asked
    from backprop_cli.grading.question import Ask, Question
    from backprop_cli.grading.records import ProblemResult


class CheckOptions(ReadingOptions, ToleranceOptions, ReportOptions, FileOptions):
    """What the command is asked for."""

    words: tuple[str, ...]
    file: str | None
    ask: tuple[str, ...]
    upstream: str | None
    data: tuple[str, ...]
    lr: float | None
    accept: Literal["number", "formula", "any"]


@click.command(
    "check",
    cls=ExpressionCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.argument("expression", metavar="EXPR")
@click.argument("values", metavar="[NAME=VALUE]...", nargs=-1)
@click.option("-a", "--answer", "words", metavar="NAME=ANSWER", multiple=True, help="An answer: dx=-4, q=3, dy='x*z'.")
@click.option("--answers", "file", metavar="FILE", help="Answers from a file or -: JSON, CSV, or lines name = value.")
@click.option("--ask", metavar="NAMES", multiple=True, help="What must be answered: dx,dy,q. The rest is extra.")
@click.option("--at", metavar="FILE", help="The point as a JSON object, from a file or - (standard input).")
@click.option("--upstream", metavar="ARRAY", help="The gradient that arrives at an output that is an array.")
@click.option("--data", metavar="FILE", multiple=True, help="Rows of data: answers like 'mean dw', 'dw row 2'.")
@click.option("--lr", metavar="RATE", type=float, help="Learning rate: answers like 'w after 3 steps'.")
@tolerance_options
@click.option(
    "--accept",
    type=click.Choice(ACCEPT),
    default="any",
    help="number: no formulas; formula: judged as functions, numbers too.",
)
@file_options
@report_options
@reading_options
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(expression: str, values: tuple[str, ...], **given: Any) -> int:
    """Whether answers to EXPR at a point are right, and what may have gone wrong.

    An answer is a number, a fraction, a constant expression or a formula. dx, df/dx, dfdx, x.grad and ∂f/∂x name a
    gradient, a stage's bare name its value, f the output's value, dq/dx a derivative of the stage q.

    \b
    backprop check 'q = x + y; f = q*z' x=-2 y=5 z=-4 -a q=3 -a dx=-4 -a dz=3
    backprop check 'relu(x)*y' x=2 y=3 -a 'dx=y*step(x)' -a dy=x
    backprop check @circuit.txt --at point.json --answers mine.csv --feedback full
    """  # noqa: D301  # \b, which click takes for a paragraph to leave as it is
    from backprop_cli.cli.deadline import deadline

    options = CheckOptions(**given)
    _no_contradiction(expression, options)
    with deadline(options.max_seconds, "--max-seconds gives it more"):
        result, name = _judged(expression, values, options)
    _report(result, name, options)
    return 0 if options.exit_zero or _fine(result) else ANSWER_IS_NO


def _fine(result: ProblemResult) -> bool:
    """Whether all is right; where the feedback tells no verdict, whether all could be read."""
    words = {one.word for one in result.judged}
    if result.secret:
        return "invalid" not in words
    return result.right == result.asked and not words & {"extra", "duplicate"}


def _no_contradiction(expression: str, options: CheckOptions) -> None:
    exclude(options, ("sigfigs", "exact"), ("rtol", "sigfigs"), ("rtol", "exact"), ("atol", "exact"))
    if sum(word == "-" for word in (expression, options.at, options.file)) > 1:
        raise click.UsageError("standard input can be one thing only: the expression, the point or the answers")
    if not options.words and options.file is None:
        raise click.UsageError("there is no answer to check\nanswers are given by -a dx=-4, or --answers FILE")


def _report(result: ProblemResult, source: str, options: CheckOptions) -> None:
    from backprop_cli.cli.reports import reports
    from backprop_cli.grading.records import ClassSummary, Heading, SubmissionResult

    heading = Heading("check", "", result.points, ((result.id, "", result.points),), options.feedback or "hint")
    submission = SubmissionResult("", source, (result,), result.score, result.points)
    with reports(options) as written:
        written.head(heading)
        written.add(submission)
        written.tail(ClassSummary("", result.points, submissions=1))


def _judged(expression: str, values: tuple[str, ...], options: CheckOptions) -> tuple[ProblemResult, str]:
    """The result, and what its answers came from."""
    from backprop_cli.differentiation import has_arrays

    circuit, given = circuit_and_point(expression, values, options)
    if options.data or options.lr is not None:
        return _judged_descent(circuit, given, options)
    arrays = has_arrays(circuit, given)
    if options.upstream and not arrays:
        raise click.UsageError("--upstream is for arrays, and here are numbers only")
    answers, source = _answers(_meaning(circuit, arrays=arrays), options)
    _no_answer_as_value(circuit, given)
    question = (_about_arrays if arrays else _about_numbers)(circuit, given, answers, options)
    return _result(question, answers, options), source


def _result(question: AnyQuestion, answers: tuple[Answer, ...], options: CheckOptions) -> ProblemResult:
    from backprop_cli.grading.crediting import Crediting
    from backprop_cli.grading.scoring import Scoring, result

    warn(question.warnings)
    question.warm(answers)
    points = sum((ask.weight for ask in question.asks), Fraction(0))
    scoring = Scoring(points, Crediting(feedback=options.feedback or "hint"))
    return result("answers", "", question, scoring, answers)[0]


def _judged_descent(circuit: Circuit, given: Mapping[str, Given], options: CheckOptions) -> tuple[ProblemResult, str]:
    """The result of answers about rows of data, or about steps of descent."""
    from backprop_cli.cli.report_options import tolerance
    from backprop_cli.descent.updating import Recipe
    from backprop_cli.grading.descent.descent_names import DescentNames
    from backprop_cli.grading.descent.descent_question import answered, prepare_descent, rows_of

    Recipe(rate=options.lr).refuse_nonsense()
    table = rows_of(options.data, tuple(circuit.inputs))
    names = DescentNames(circuit, [name for name in circuit.inputs if table is None or name not in table.columns], {})
    answers, source = _answers(names.quantity, options)
    wanted = _wanted(options) or answered(names, [answer.name for answer in answers])
    question = prepare_descent(circuit, given, table, options.lr, wanted, tolerance(options))
    return _result(question, answers, options), source


def _meaning(circuit: Circuit, *, arrays: bool) -> Callable[[str], Hashable | None]:
    """What a name means."""
    if not arrays:
        from backprop_cli.grading.names import Names

        return Names(circuit).read
    from backprop_cli.grading.arrays.array_names import ArrayNames

    return ArrayNames(circuit).read


def _about_numbers(
    circuit: Circuit, given: Mapping[str, Given], answers: tuple[Answer, ...], options: CheckOptions
) -> Question:
    from backprop_cli.cli.report_options import tolerance
    from backprop_cli.grading.question import prepare

    functions = options.accept == "formula" or not _needs_point(circuit, answers)
    point = None if functions and circuit.inputs and not given else given
    return prepare(circuit, point, _asks(circuit, answers, _wanted(options)), tolerance(options), options.accept)


def _about_arrays(
    circuit: Circuit, point: Mapping[str, Given], answers: tuple[Answer, ...], options: CheckOptions
) -> ArrayQuestion:
    from backprop_cli.cli.report_options import tolerance
    from backprop_cli.engine.point import given
    from backprop_cli.grading.arrays.array_question import answered, prepare_arrays

    wanted = _wanted(options) or answered(circuit, [answer.name for answer in answers])
    upstream = given("upstream", options.upstream) if options.upstream else None
    return prepare_arrays(circuit, point, wanted, tolerance(options), options.accept, upstream=upstream)


def _wanted(options: CheckOptions) -> list[str]:
    """The names that --ask lists, where commas in brackets belong to a name."""
    names = re.split(r",(?![^\[]*\])", ",".join(options.ask))
    return [name.strip() for name in names if name.strip()]


def _no_answer_as_value(circuit: Circuit, given: Mapping[str, Given]) -> None:
    """Refuse ``dy=-4`` without its ``-a``: it is no variable, and the answer would be passed over."""
    from backprop_cli.grading.names import Names

    names, known = Names(circuit), {*circuit.inputs, *(stage.name for stage in circuit.stages)}
    for name, value in given.items():
        meant = names.read(name) if name not in known else None
        if meant is not None and meant.by is not None:
            raise click.UsageError(
                f"{name} is no variable of the expression\nan answer is given by -a {name}={value.text}"
            )


def _answers(meaning: Callable[[str], Hashable | None], options: CheckOptions) -> tuple[tuple[Answer, ...], str]:
    """Every answer given, those of the command line after those of the file, and what they came from."""
    from backprop_cli.grading.files.answers import from_words

    words = from_words(options.words)
    if options.file is None:
        return words, ""
    from backprop_cli.grading.files.notes import Notes
    from backprop_cli.grading.files.sheets import Problems
    from backprop_cli.grading.files.submissions import one_student

    notes = Notes()
    data, source = data_of(options.file, limits.SUBMISSION_BYTES)
    problems = Problems(meaning=lambda _, name: meaning(name))
    submission = one_student(data, source, problems, ways(options), notes)
    warn((*notes.said(), *submission.warnings))
    answers = (one for found in submission.answers.values() for one in found)
    return (*answers, *words), source


def _asks(circuit: Circuit, answers: tuple[Answer, ...], wanted: list[str]) -> tuple[Ask, ...]:
    """What counts: what --ask names, or what is answered."""
    from backprop_cli.grading.names import Names
    from backprop_cli.grading.question import Ask, asks_of

    if wanted:
        return asks_of(circuit, wanted)
    names = Names(circuit)
    found: dict[Asked, Ask] = {}
    for answer in answers:
        asked = names.read(answer.name)
        if asked is not None:
            found.setdefault(asked, Ask(answer.name, asked))
    return tuple(found.values())


def _needs_point(circuit: Circuit, answers: tuple[Answer, ...]) -> bool:
    """Whether an answer is a number that no function is: where all else are formulas, 3 is the constant function."""
    from backprop_cli.grading.answer_reading import bound_names, read_answer

    bound = bound_names(circuit)
    texts = [answer.text for answer in answers if answer.problem is None]
    readings = [one for text in texts for one in read_answer(text, bound).all]
    return any(reading.typed for reading in readings) and not any(reading.formula for reading in readings)
