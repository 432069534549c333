"""A number beside its fact: right, close or wrong, at a kink anything between the slopes on both sides."""

from __future__ import annotations

from dataclasses import replace

from backprop_cli.grading.answer_reading import AnswerReading, exact_number
from backprop_cli.grading.mistakes import NumericAnswer
from backprop_cli.grading.opinion import Opinion, Said
from backprop_cli.grading.question import Ask, Question
from backprop_cli.grading.records import AnswerWord
from backprop_cli.grading.tolerance import Tolerance, Typed, rel_error
from backprop_cli.grading.truth import Fact

COARSE = "answer.coarse"


def number_opinion(question: Question, ask: Ask, plain: Opinion, reading: AnswerReading, fact: Fact) -> Opinion:
    """A number beside its fact; at a kink every slope between the one-sided ones is right."""
    typed, truth, tolerance, doubt = reading.typed, fact.value, question.tolerance, question.doubt(ask.asked)
    assert typed is not None
    assert truth is not None
    if fact.slopes is not None:
        truth = min(max(typed.value, fact.slopes[0]), fact.slopes[1])
    if fact.outcomes is not None:
        return _undecided(question, ask, plain, typed, fact)
    right = tolerance.right(typed, truth, doubt)
    if tolerance.exact and fact.slopes is None:
        right = _same(fact, reading.text)
    word: AnswerWord = "ok" if right else "close" if tolerance.close(typed, truth, doubt) else "wrong"
    said = (*_on_kink(fact, right=right), *_nearly(question, word, typed, truth))
    entry = entry_of(question, ask, typed, truth, right=right)
    error = rel_error(typed.value, truth)
    return replace(
        plain, word=word, expected=expected(fact), rel_error=error, kink=fact.slopes is not None, said=said, entry=entry
    )


def _undecided(question: Question, ask: Ask, plain: Opinion, typed: Typed, fact: Fact) -> Opinion:
    """An answer where the truth cannot be told is never wrong; it is settled if it is one of the outcomes."""
    assert fact.outcomes is not None
    right = any(question.tolerance.right(typed, one, question.doubt(ask.asked)) for one in fact.outcomes)
    sentence = "no number of digits tells on which side of a kink or a jump the point is"
    outcome = "this is one of the outcomes" if right else "this is none of those that were found, and counts"
    full = f"{sentence}; it may be {' or '.join(map(repr, fact.outcomes))}" if fact.outcomes else sentence
    said = Said("answer.undecided", f"{sentence}; {outcome}", full, "verdict")
    return replace(plain, word="ok", expected=expected(fact), said=(said,), settled=right)


def _same(fact: Fact, text: str) -> bool:
    """Whether an answer is the very number, in exact arithmetic."""
    from backprop_cli.arithmetic.exact import ExactNumbers

    arithmetic = ExactNumbers()
    return arithmetic.truth(arithmetic.operations["eq"](exact_number(text), fact.exact))


def expected(fact: Fact) -> str:
    """The right answer as text: a number, exact where that was asked for, or at a kink the slopes on both sides."""
    if fact.slopes is not None:
        return f"{fact.slopes[0]!r} to {fact.slopes[1]!r}"
    if fact.outcomes is not None:
        return " or ".join(map(repr, fact.outcomes)) or "undecided"
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


def _nearly(question: Question, word: AnswerWord, typed: Typed, truth: float) -> tuple[Said, ...]:
    if word != "close":
        return ()
    tolerance = question.tolerance
    if tolerance.exact:
        return (Said("answer.close", "near, but the exact number is asked for, as 1/3 or sqrt(2)", least="verdict"),)
    if tolerance.has_too_many(typed):
        message = f"written with more than {tolerance.most_sigfigs} significant figures"
        return (Said("answer.figures", message, least="verdict"),)
    if tolerance.coarse(typed, truth):
        digits = {2: "two", 3: "three"}.get(tolerance.least_digits, str(tolerance.least_digits))
        return (Said(COARSE, f"rounded too far: give at least {digits} significant digits", least="verdict"),)
    return (Said("answer.close", "near, and not near enough", least="verdict"),)


def entry_of(question: Question, ask: Ask, typed: Typed, truth: float, *, right: bool) -> NumericAnswer | None:
    """The answer as the naming of mistakes sees it; only what belongs to the backward pass of the output does."""
    asked, tolerance, doubt = ask.asked, question.tolerance, question.doubt(ask.asked)
    if asked.by is not None and asked.of != question.circuit.output:
        return None
    if tolerance.exact:  # what is right but for rounding is no mistake in the calculus
        tolerance, right = Tolerance(), right or tolerance.close(typed, truth, doubt)
    fits = tolerance.fits(typed, doubt)
    return NumericAnswer(
        ask.name,
        asked.of if asked.by is None else asked.by,
        asked.by is None,
        typed.value,
        right,
        fits,
        lambda other: fits(other) or tolerance.close(typed, other, doubt),
    )
