"""A key made ready, and a student → the student's sheet, with the answers. No number is worked out twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from backprop_cli import limits
from backprop_cli.array_calculation import run_arrays
from backprop_cli.calculation import run
from backprop_cli.circuit import Circuit
from backprop_cli.differentiation import has_arrays
from backprop_cli.engine.point import Point, from_mapping, given
from backprop_cli.grading.arrays.answer_grid import nested
from backprop_cli.grading.keys.key import KeyProblem
from backprop_cli.grading.keys.solutions import answer
from backprop_cli.grading.marking import Marker, ProblemPart
from backprop_cli.grading.names import Asked
from backprop_cli.grading.number_answers import expected
from backprop_cli.grading.question import Ask, Question
from backprop_cli.grading.truth import Fact
from backprop_cli.problems import Refused
from backprop_cli.report.array_report import ArrayReport
from backprop_cli.report.report import Report
from backprop_cli.settings import Settings
from backprop_cli.worksheet.descent import quantities, sums
from backprop_cli.worksheet.exercises import Blank, Exercise, Worksheet

if TYPE_CHECKING:
    from backprop_cli.grading.arrays.array_question import ArrayAsk
    from backprop_cli.grading.asking import AnyQuestion


_IN_FULL = 64  # elements


def worksheet(marker: Marker, student: str) -> Worksheet:
    """The sheet of a student; of nobody, "", where all have the same. Raises ``Refused`` if no numbers are found."""
    problems = {problem.id: problem for problem in marker.key.problems}
    parts = [part.of(student) for part in marker.parts]
    exercises = tuple(_exercise(part, problems[part.id.partition("[")[0]]) for part in parts)
    return Worksheet(student, marker.key.title, marker.key.text, marker.points, exercises)


def varies(marker: Marker) -> bool:
    """Whether students have numbers of their own."""
    return any(part.variants is not None for part in marker.parts)


def _exercise(part: ProblemPart, problem: KeyProblem) -> Exercise:
    of_steps = bool(problem.data) or problem.lr is not None
    pointless = part.at is None and not of_steps

    @cache
    def worked() -> Report | ArrayReport | None:
        if problem.data:
            return None
        return _worked(part, problem.upstream, _somewhere(part.question) if pointless else from_mapping(part.at or {}))

    return Exercise(
        part.id,
        part.title,
        problem.text,
        part.scoring.points,
        problem.expression,
        _stages(part.circuit),
        tuple((name, _shown(name, value, worked)) for name, value in part.numbers),
        tuple(_also_given(problem)),
        problem.accept,
        problem.tolerance,
        tuple(_blanks(part, quantities(part.question) if of_steps else {})),
        worked,
        pointless,
        sums(part.question) if of_steps else (),
    )


def _also_given(problem: KeyProblem) -> Iterator[str]:
    """What is given beside the values of the variables, in words."""
    if problem.upstream:
        yield f"the gradient that arrives is {problem.upstream}"
    if problem.data:
        yield f"the rows are those of {', '.join(PurePath(path).name for path in problem.data)}"
    if problem.lr is not None:
        yield f"the learning rate is {problem.lr!r}"


def _shown(name: str, value: str, worked: Callable[[], Report | ArrayReport | None]) -> str:
    """A value as it was given; one that stands in a file in full, or where that is too much its shape."""
    report = worked() if value.startswith("@") else None
    if not isinstance(report, ArrayReport):
        return value
    block = next(row.value for row in report.variables if row.name == name)
    return block.text if block.count <= _IN_FULL else f"{block.shape} as in {PurePath(value[1:]).name}"


def _somewhere(question: AnyQuestion) -> Point | None:
    """A point at which a question without one has an answer, to draw its circuit at; None if none is known."""
    if not isinstance(question, Question):
        return None
    for ask in question.asks:
        for sample in question.formulas(ask.asked).samples.samples:
            return from_mapping({name: Fraction(int(n.p), int(n.q)) for name, n in sample.at.items()})
    return None


def _worked(part: ProblemPart, upstream: str, point: Point | None) -> Report | ArrayReport | None:
    if point is None:
        return None
    try:
        if not has_arrays(part.circuit, point):
            return run(part.circuit, point, Settings(check="none"))
        arrives = given("upstream", upstream) if upstream else None
        return run_arrays(part.circuit, point, Settings(check="none"), arrives)
    except Refused:  # a point without a value may be what is asked about
        return None


def _stages(circuit: Circuit) -> tuple[tuple[str, str], ...]:
    """The statements; an expression without a name is that of the output."""
    named = {stage.node: stage.name for stage in circuit.stages} | {circuit.output: circuit.output_name}
    return tuple((name, circuit.typed(node, limits.LABEL_CHARACTERS)) for node, name in named.items())


def _blanks(part: ProblemPart, steps: Mapping[str, str]) -> Iterator[Blank]:
    """What is asked for; ``steps`` say what names of a descent mean."""
    for ask in part.question.asks:
        shown, note = answer(part, ask)
        meaning = steps[ask.name] if ask.name in steps else _meaning(part.question, ask.name)
        yield Blank(ask.name, meaning, shown, _given(part, ask, shown), note)


def _meaning(question: AnyQuestion, name: str) -> str:
    """What a name means, in the circuit's own words: ``∂f/∂x``, ``the value of q``, of a component also its place."""
    meant = question.meant(name)
    assert meant is not None
    whole, index = (meant, None) if isinstance(meant, Asked) else (meant.whole, meant.index)
    names, circuit = question.circuit.names, question.circuit
    of = circuit.output_name if whole.of == circuit.output else names[whole.of]
    place = f" at {list(index)}" if index else ""
    return (f"the value of {of}" if whole.by is None else f"∂{of}/∂{names[whole.by]}") + place


def _given(part: ProblemPart, ask: Ask | ArrayAsk, shown: str) -> str:
    """The answer as a student hands it in; nothing where it is not known."""
    facts = part.question.facts
    if not isinstance(ask, Ask):
        return nested(ask.shape, [_plain(facts[cell.asked]) for cell in ask.cells])
    return _plain(facts[ask.asked]) if ask.asked in facts else shown


def _plain(fact: Fact) -> str:
    """A right answer to a fact: at a kink one of the slopes, and where there is none the words for that."""
    if fact.problem is not None or fact.value is None:
        return "no value"
    return expected(fact) if fact.slopes is None and fact.outcomes is None else repr(fact.value)
