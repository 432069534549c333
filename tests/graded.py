"""Graded work for the tests of reports: one class written by hand, and classes by Hypothesis, full of hostile texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from backprop_cli.grading.records import (
    WORDS,
    ClassSummary,
    Earned,
    Heading,
    Judged,
    ProblemResult,
    ProblemSummary,
    Remark,
    SubmissionResult,
    Tally,
)
from backprop_cli.grading.summary import add, empty
from backprop_cli.problems import Diagnostic, Source, Span
from backprop_cli.render.graded.report_formats import writer
from backprop_cli.render.graded.report_writer import ReportSettings
from backprop_cli.render.tables.screens import Screen

ONE, NONE = Fraction(1), Fraction(0)
PIPE = Screen(width=None, color=False, unicode=True)


def answer(name: str, word: str, typed: str | None = None, **more) -> Judged:
    """An answer; what was asked for weighs 1, and earns it when it is right."""
    weight = NONE if word in {"extra", "duplicate"} else ONE
    return Judged(name, word, typed, **({"credit": ONE if word == "ok" else NONE, "weight": weight} | more))


def problem(id_: str, title: str, judged: Sequence[Judged], points: Fraction, **more) -> ProblemResult:
    """A problem scored by the usual rule: points × Σ weight·credit / Σ weight."""
    counted = [one for one in judged if one.weight]
    whole = sum((one.weight for one in counted), NONE)
    score = points * sum((one.weight * one.credit for one in counted), NONE) / whole if whole else points
    right = sum(one.word == "ok" for one in counted)
    return ProblemResult(id_, title, tuple(judged), score, points, right, len(counted), **more)


def submission(student: str, problems: Sequence[ProblemResult], **more) -> SubmissionResult:
    """A submission with its problems' scores added up."""
    earned = (sum((one.score for one in problems), NONE), sum((one.points for one in problems), NONE))
    return SubmissionResult(student, more.pop("source", f"subs/{student}.json"), tuple(problems), *earned, **more)


def earned(part: ProblemResult) -> tuple[Earned, ...]:
    """What a problem's answers earned, as scoring counts it."""
    counted = [one for one in part.judged if one.weight]
    share = float(part.points) / float(sum(one.weight for one in counted)) if counted else 0.0
    return tuple(
        Earned(one.name, one.word, one.typed or "", float(one.credit), share * float(one.weight * one.credit), False)
        for one in counted
    )


def summary_of(heading: Heading, results: Sequence[SubmissionResult]) -> ClassSummary:
    """The class summary, as grading counts it."""
    summary = empty(heading.title, [ProblemSummary(*one) for one in heading.problems])
    for result in results:
        tallies = [Tally(earned(part), tuple(h.code for h in part.hints)) for part in result.problems]
        add(summary, result, tallies)
    return summary


def rendered(
    form: str, heading: Heading, results: Sequence[SubmissionResult], screen: Screen = PIPE, **wanted: Any
) -> str:
    """A whole report."""
    made = writer(form, screen, ReportSettings(**wanted))
    pieces = [made.head(heading), *(made.add(result) for result in results)]
    summary = summary_of(heading, results) if heading.command == "grade" else ClassSummary("", ONE, submissions=1)
    return "".join([*pieces, made.tail(summary)])


# ---- written by hand

COUNTEREXAMPLE = Remark("formula.counterexample", "at x = -1.3 yours gives 1, the gradient is 0")
SIGN = Remark("mistake.sign", "dy and dz are consistent with a lost sign")
EVERY_WORD = (
    answer("f", "ok", "-12", rel_error=0.0),
    answer("dx", "ok", "0.20", rel_error=0.03, remarks=(Remark("answer.rounded", "rounded to two digits"),), below=1),
    answer("dy", "wrong", "4", rel_error=1.0, remarks=(COUNTEREXAMPLE,), below=2),
    answer("dz", "missing"),
    answer("dq", "close", "0.2", rel_error=0.017, below=3),
    answer("dt", "invalid", "3 +* 4", remarks=(Remark("answer.syntax", "an operator has nothing on its left"),)),
    answer("foo", "extra", "=cmd|'/c calc'!A1", below=5),
    answer("dx", "duplicate", "7"),
    answer("dw", "undefined", "0", remarks=(Remark("slope.none", "there is no gradient here"),)),
    answer("dk", "ok", "0.5", kink=True, rel_error=0.0),
)
RECEIVED = (answer("dx", "received", "4", credit=NONE), answer("dy", "received", "1", credit=NONE))
HEADING = Heading(
    "grade",
    "Homework 1: backpropagation",
    Fraction(10),
    (
        ("chain", "The chain rule", Fraction(5)),
        ("sigmoid", "A neuron", Fraction(3)),
        ("max[2]", "A maximum", Fraction(2)),
    ),
    "hint",
)
CHAIN = problem("chain", "The chain rule", EVERY_WORD, Fraction(5), hints=(SIGN,))
NEURON = problem("sigmoid", "A neuron", [answer("dw", "ok", "0.20"), answer("db", "wrong", "1")], Fraction(3))
ALL_WRONG = problem("max[2]", "A maximum", [answer("dx", "wrong", "1", rel_error=0.5)], Fraction(2), hidden=True)
ALL_RIGHT = [
    problem(id_, title, [answer("dx", "ok", "1")], points, hidden=id_ == "max[2]")
    for id_, title, points in HEADING.problems
]
NOT_JSON = Diagnostic(
    "answers.json", "this is no JSON", 'write {"dx": -4}', Source("subs/bob.json", "{\n  dx"), Span(4, 6)
)
UNKNOWN = Diagnostic("answers.problem", "there is no problem chian", "did you mean chain?")
CLASS = (
    submission("ada", [CHAIN, NEURON, ALL_WRONG], line=1),
    replace(submission("bob", [], invalid=NOT_JSON), points=Fraction(10)),
    submission("Hildegard von Bingen-Hohenstein", ALL_RIGHT, warnings=(UNKNOWN,)),
    submission("王小明", [problem("chain", "The chain rule", RECEIVED, Fraction(5)), *ALL_RIGHT[1:]]),
)
CHECK = Heading("check", "", ONE, (("", "", ONE),), "hint")
CHECKED = submission("", [problem("", "", EVERY_WORD, ONE, hints=(SIGN,))], source="answers.json")
FULL = submission(
    "", [problem("", "", [answer("dx", "wrong", "4", expected="31.4159", rel_error=0.25)], ONE)], source="-"
)

# ---- by Hypothesis

EVIL = (
    "", "dx", "df/dx", "-4", "+1e3", "=cmd|'/c calc'!A1", "@SUM(A1)", "-2+3", "\t=1", "＝1", "::error::x",
    "a\r\n::error::gone", "##[error]x", "%0A::set-env", "x # SKIP", "x #todo", "\\# skip", "a\\", '"', "'", "]]>",
    "<b>&amp;</b>", "a: b, c", "[red]x[/red]", "`code`", "a|b", "a\\|b", "**b**", "@octocat", "![i](http://x)",
    "\x00", "\x1b[31mred\x1b[0m", "\x85", "\u202egnp.exe", "\u2028", "\ufeff", "\ufffe", "\ud800", "\U000e0041",
    "\U0010ffff", "e\u0301", "王", "😀", "1..9\nok 1", "  ...\nok 5", "---", "not ok", "Bail out!", "x" * 500,
    "\n" * 300 + "x", "- a", "1. a", "# a", "~~~", "~~a~~",
)  # fmt: skip
TEXTS = st.sampled_from(EVIL) | st.text(max_size=20)
FRACTIONS = st.fractions(0, 1, max_denominator=7)
REMARKS = st.lists(st.builds(Remark, st.sampled_from(["mistake.sign", "answer.rounded"]), TEXTS), max_size=2).map(tuple)
ERRORS = st.none() | st.floats(0, 1) | st.just(float("inf"))
LINES = st.none() | st.integers(1, 99)
PROBLEMS = st.builds(Diagnostic, st.just("answers.json"), TEXTS, TEXTS)


@st.composite
def answers(draw) -> Judged:
    """An answer with any verdict."""
    word = draw(st.sampled_from(WORDS))
    typed = None if word == "missing" else draw(TEXTS)
    more = {"expected": draw(st.none() | TEXTS), "rel_error": draw(ERRORS), "kink": draw(st.booleans())}
    if word not in {"ok", "extra", "duplicate", "received"}:
        more["credit"] = draw(FRACTIONS)
    return answer(draw(TEXTS), word, typed, **more, remarks=draw(REMARKS), below=draw(LINES))


@st.composite
def problems(draw, id_: str, title: str, points: Fraction) -> ProblemResult:
    """A problem with a few answers, sometimes all or nothing."""
    judged = draw(st.lists(answers(), max_size=4))
    found = problem(id_, title, judged, points, hints=draw(REMARKS), hidden=draw(st.booleans()))
    return replace(found, score=NONE) if found.right < found.asked and draw(st.booleans()) else found


@st.composite
def submissions(draw, heading: Heading) -> SubmissionResult:
    """A submission, one in a few of which cannot be read."""
    more = {"source": draw(TEXTS), "line": draw(LINES), "warnings": tuple(draw(st.lists(PROBLEMS, max_size=2)))}
    if draw(st.integers(0, 4)) == 0:
        return replace(submission(draw(TEXTS), [], invalid=draw(PROBLEMS), **more), points=heading.points)
    return submission(draw(TEXTS), [draw(problems(*one)) for one in heading.problems], **more)


@st.composite
def classes(draw) -> tuple[Heading, list[SubmissionResult]]:
    """A heading, and up to four submissions under it."""
    ids = draw(st.lists(st.sampled_from(["chain", "p2", "max[2]", "score"]), min_size=1, max_size=3, unique=True))
    items = tuple((id_, draw(TEXTS), draw(st.fractions(0, 10, max_denominator=6))) for id_ in ids)
    heading = Heading("grade", draw(TEXTS), sum((points for _, _, points in items), NONE), items, "hint")
    return heading, draw(st.lists(submissions(heading), max_size=4))
