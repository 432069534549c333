"""Answers beside the facts: one opinion on each, whatever a student may be told of it (``telling.py`` decides that)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from backprop_cli.circuit import Circuit
from backprop_cli.grading.answers import Answer
from backprop_cli.grading.formulas import Counterexample
from backprop_cli.grading.mistakes import Entry
from backprop_cli.grading.names import Asked
from backprop_cli.grading.numerals import restored
from backprop_cli.grading.question import Ask, Question
from backprop_cli.grading.reading import Reading, constant_or_formula, exact_number
from backprop_cli.grading.records import Feedback, Word
from backprop_cli.grading.tolerance import Tolerance, Typed, rel_error
from backprop_cli.grading.truth import Fact
from backprop_cli.grading.vocabulary import unknown_names
from backprop_cli.problems import Problem, Refused

FOLLOWED = "mistake.follow-through"
_COARSE = "answer.coarse"
_FORMULA_SECONDS = 1.4  # of the processor for all formulas of a problem, so that its numbers are always judged


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence for the feedback level ``least`` and above; ``detail`` has correct numbers, for ``full`` alone."""

    code: str
    message: str
    detail: str = ""
    least: Feedback = "none"


@dataclass(frozen=True, slots=True)
class Opinion:
    """Everything that is known about one answer."""

    name: str
    word: Word
    typed: str | None = None
    expected: str | None = None
    rel_error: float | None = None
    kink: bool = False
    said: tuple[Said, ...] = ()
    weight: Fraction = Fraction(0)
    line: int | None = None
    entry: Entry | None = None

    @property
    def followed(self) -> bool:
        """Whether it is right, given the student's own earlier values."""
        return any(one.code == FOLLOWED for one in self.said)


def judge(question: Question, answers: Sequence[Answer]) -> tuple[tuple[Opinion, ...], tuple[Said, ...]]:
    """An opinion for everything asked, in the order asked, then for what nobody asked; and the mistakes named."""
    given: dict[Asked, list[Answer]] = {}
    rest: list[Opinion] = []
    wanted = {ask.asked for ask in question.asks}
    for answer in answers:
        meant = question.meant(answer.name)
        if meant in wanted and meant is not None:
            given.setdefault(meant, []).append(answer)
        else:
            rest.append(_extra(question, answer, known=meant is not None))
    found = []
    until = time.thread_time() + _FORMULA_SECONDS
    for ask in question.asks:
        first, again = _first(question, ask, given.get(ask.asked, []), until)
        found.append(first)
        rest += again
    return _explained(question, found, rest)


def _extra(question: Question, answer: Answer, *, known: bool) -> Opinion:
    if known:
        said = Said("answer.extra", "this quantity is not asked for")
    elif answer.name in question.circuit.inputs:
        said = Said("answer.extra", f"its value is given; its gradient is called d{answer.name}")
    else:
        near = question.names.near(answer.name)
        said = Said("answer.extra", "no quantity of this name" + (f"; did you mean {near}?" if near else ""))
    return Opinion(answer.name, "extra", answer.text, said=(said,), line=answer.line)


def _first(question: Question, ask: Ask, answers: list[Answer], until: float) -> tuple[Opinion, list[Opinion]]:
    """The opinion on what is asked, and on further answers to it: two that differ are no answer."""
    if not answers:
        return Opinion(ask.name, "missing", weight=ask.weight), []
    first, *others = answers
    twice = Said("answer.twice", f"{ask.name} is answered {len(answers)} times")
    again = [Opinion(ask.name, "duplicate", other.text, said=(twice,), line=other.line) for other in others]
    if any(other.text.strip() != first.text.strip() for other in others):
        differ = replace(twice, message=f"{twice.message}, and not alike")
        return Opinion(ask.name, "duplicate", first.text, said=(differ,), weight=ask.weight, line=first.line), again
    return _one(question, ask, first, until), again


def _one(question: Question, ask: Ask, answer: Answer, until: float) -> Opinion:
    plain = Opinion(ask.name, "missing", answer.text, weight=ask.weight, line=answer.line)
    reading = question.reading(answer.text)
    problem = answer.problem or reading.problem or _wrong_form(question, reading)
    if problem is not None:
        return _invalid(plain, problem)
    if reading.open:
        return replace(plain, typed=None)
    fact = question.facts.get(ask.asked)
    if fact is not None and fact.problem is not None:
        return _undefined(ask, plain, fact.problem)
    try:
        if reading.typed is None or fact is None or question.accept == "formula":
            return _formula(question, ask, plain, reading, until)
        return _number(question, ask, plain, reading, fact)
    except Refused as refused:
        return _invalid(plain, refused.problems[0])


def _wrong_form(question: Question, reading: Reading) -> Problem | None:
    if question.accept == "number" and reading.formula is not None:
        return Problem("answer.form", "a number is asked for, and this is a formula")
    return None


def _undefined(ask: Ask, plain: Opinion, problem: Problem) -> Opinion:
    what = "value" if ask.asked.is_value else "gradient"
    sentence = f"there is no {what} here, so no answer is right: {{}}"
    said = Said("answer.undefined", sentence.format(_without_numbers(problem)), sentence.format(problem.message))
    return replace(plain, word="undefined", said=(said,))


def _invalid(plain: Opinion, problem: Problem) -> Opinion:
    message = f"{problem.message} ({problem.hint})" if problem.hint else problem.message
    return replace(plain, word="invalid", said=(Said(problem.code, message),))


def _without_numbers(problem: Problem) -> str:
    """Why there is no value, without the values on the way: they may be answers to what else is asked."""
    message = problem.message
    for mark in (", and got ", ", with "):
        message = message.partition(mark)[0]
    return message


def _number(question: Question, ask: Ask, plain: Opinion, reading: Reading, fact: Fact) -> Opinion:
    """A number beside its fact; at a kink every slope between the one-sided ones is right."""
    typed, truth, tolerance = reading.typed, fact.value, question.tolerance
    assert typed is not None
    assert truth is not None
    if fact.slopes is not None:
        truth = min(max(typed.value, fact.slopes[0]), fact.slopes[1])
    right = tolerance.right(typed, truth, fact.scale)
    if tolerance.exact and fact.slopes is None:
        right = _same(fact, reading.text)
    word: Word = "ok" if right else "close" if tolerance.close(typed, truth, fact.scale) else "wrong"
    said = (*_on_kink(fact, right=right), *_nearly(question, word, typed, truth))
    entry = _entry(question, ask, typed, truth, right=right, scale=fact.scale)
    error = rel_error(typed.value, truth)
    return replace(
        plain, word=word, expected=expected(fact), rel_error=error, kink=fact.slopes is not None, said=said, entry=entry
    )


def _same(fact: Fact, text: str) -> bool:
    """Whether an answer is the very number, in exact arithmetic."""
    from backprop_cli.arithmetic.exact import ExactNumbers

    arithmetic = ExactNumbers()
    return arithmetic.truth(arithmetic.operations["eq"](exact_number(text), fact.exact))


def expected(fact: Fact) -> str:
    """The right answer as text: a number, exact where that was asked for, or at a kink the slopes on both sides."""
    if fact.slopes is not None:
        return f"{fact.slopes[0]!r} to {fact.slopes[1]!r}"
    if fact.exact is not None:
        from backprop_cli.arithmetic.exact import ExactNumbers

        return ExactNumbers().text(fact.exact)
    return repr(fact.value)


def _on_kink(fact: Fact, *, right: bool) -> tuple[Said, ...]:
    if fact.slopes is None:
        return ()
    low, high = fact.slopes
    between = "this one is" if right else "this one is not"
    detail = f"a kink: any slope from {low!r} to {high!r} is right here, and {between}"
    return (
        Said("answer.kink", f"a kink: any slope between the two sides is right here, and {between}", detail, "verdict"),
    )


def _nearly(question: Question, word: Word, typed: Typed, truth: float) -> tuple[Said, ...]:
    if word != "close":
        return ()
    tolerance = question.tolerance
    if tolerance.exact:
        return (Said("answer.close", "near, but the exact number is asked for, as 1/3 or sqrt(2)", least="verdict"),)
    if tolerance.coarse(typed, truth):
        digits = {2: "two", 3: "three"}.get(tolerance.least_digits, str(tolerance.least_digits))
        return (Said(_COARSE, f"rounded too far: give at least {digits} significant digits", least="verdict"),)
    return (Said("answer.close", "near, and not near enough", least="verdict"),)


def _entry(question: Question, ask: Ask, typed: Typed, truth: float, *, right: bool, scale: float) -> Entry | None:
    """The answer as the naming of mistakes sees it; only what belongs to the backward pass of the output does."""
    asked, tolerance = ask.asked, question.tolerance
    if asked.by is not None and asked.of != question.circuit.output:
        return None
    if tolerance.exact:  # what is right but for rounding is no mistake in the calculus
        tolerance, right = Tolerance(), right or tolerance.close(typed, truth, scale)
    return Entry(
        ask.name,
        asked.of if asked.by is None else asked.by,
        asked.by is None,
        typed.value,
        right,
        lambda other: tolerance.right(typed, other, scale),
        lambda other: tolerance.right(typed, other, scale) or tolerance.close(typed, other, scale),
    )


def _formula(question: Question, ask: Ask, plain: Opinion, reading: Reading, until: float) -> Opinion:
    formula = reading.formula or constant_or_formula(reading.text, ())
    problem = unknown_names(question.circuit, ask.asked, formula)
    if problem is not None:
        return _invalid(plain, problem)
    verdict = question.verdict(ask.asked, formula, until)
    if verdict.problem is not None:
        return _invalid(plain, verdict.problem)
    if verdict.equal:
        grounds = _grounds(verdict.points, verdict.unseen, proved=verdict.proved)
        return replace(plain, word="ok", said=grounds, entry=_known(question, ask))
    said = (_counter(question, ask, verdict.counterexample),) if verdict.counterexample else ()
    put_in = _put_in(question, ask, formula, until)
    return replace(plain, word="close" if put_in else "wrong", said=put_in + said)


def _known(question: Question, ask: Ask) -> Entry | None:
    """A right formula tells, as a right number does, what the student's mistake is not."""
    fact = question.facts.get(ask.asked)
    if fact is None or fact.value is None:
        return None
    return _entry(question, ask, Typed(fact.value), fact.value, right=True, scale=fact.scale)


def _put_in(question: Question, ask: Ask, formula: Circuit, until: float) -> tuple[Said, ...]:
    """That a formula is right but for numbers in place of variables, if it is so."""
    whole, names = restored(formula, question.here or {})
    if not names or not question.formulas(ask.asked).judge(whole, until).equal:
        return ()
    those = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return (Said("answer.put-in", f"right at this point only: write {those} in place of the number", least="hint"),)


def _grounds(points: int, unseen: Sequence[str], *, proved: bool) -> tuple[Said, ...]:
    """On what grounds a formula was found right, where it is less than a proof on all branches."""
    if proved and not unseen:
        return ()
    message = f"equal at {points} points" + ("" if proved else "; SymPy did not settle whether it is equal everywhere")
    if unseen:
        message += f"; seen on one side only: {', '.join(unseen)}"
    return (Said("answer.sampled", message, least="verdict"),)


def _counter(question: Question, ask: Ask, counter: Counterexample) -> Said:
    """The counterexample in words; a truth that is that of the question itself is for ``full`` alone."""
    what = "value" if ask.asked.is_value else "gradient"
    at = ", ".join(f"{name} = {_short(value)}" for name, value in counter.at.items())
    place = "the point of the question" if counter.here else at or "every point"
    answer, truth = _told_apart(counter.answer, counter.truth)
    yours = "yours has no value" if counter.answer is None else f"yours gives {answer}"
    full = f"at {at or place} {yours}, the {what} is {truth}"
    if counter.here:  # a formula may name a stage, whose value here is a question of its own
        return Said("answer.counterexample", f"at {place} yours is not the {what}", full, "hint")
    fact = question.facts.get(ask.asked)
    near = fact is not None and fact.value is not None and _same_number(counter.truth, fact.value)
    tells = near or counter.reveals
    return Said(
        "answer.counterexample", f"at {place} {yours}, and the {what} is another" if tells else full, full, "hint"
    )


def _told_apart(answer: float | None, truth: float) -> tuple[str, str]:
    """Both numbers with as many digits as tell one from the other."""
    for digits in (6, 9, 12, 15):
        texts = "" if answer is None else f"{answer:.{digits}g}", f"{truth:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return repr(answer), repr(truth)


def _same_number(one: float, other: float) -> bool:
    return abs(one - other) <= 0.01 * max(abs(one), abs(other))


def _short(value: float) -> str:
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)


def _explained(
    question: Question, found: list[Opinion], rest: list[Opinion]
) -> tuple[tuple[Opinion, ...], tuple[Said, ...]]:
    """The opinions with what follows from the student's own values marked, and the mistakes that explain the rest."""
    entries = [one.entry for one in found if one.entry is not None]
    # The truth with too few digits is nothing that a mistake would explain.
    puzzling = any(
        one.entry and not one.entry.right and _COARSE not in {said.code for said in one.said} for one in found
    )
    mistakes = question.mistakes if puzzling else None
    if mistakes is None:
        return (*found, *rest), ()
    followed = mistakes.followed(entries)
    mark = Said(FOLLOWED, "right, given your own earlier value", least="hint")
    marked = [replace(one, said=(*one.said, mark)) if one.name in followed else one for one in found]
    hints = tuple(Said(e.code, e.message, e.detail, "hint") for e in mistakes.explain(entries) if e.code != FOLLOWED)
    return (*marked, *rest), hints
