"""A student's answers to one question: an opinion on each, and the mistakes that explain the wrong ones."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from backprop_cli.grading.answer_reading import AnswerReading
from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.formula_answers import formula_opinion
from backprop_cli.grading.names import Asked
from backprop_cli.grading.number_answers import COARSE, number_opinion
from backprop_cli.grading.opinion import FOLLOWED, Opinion, Said, invalid
from backprop_cli.grading.question import Ask, Question
from backprop_cli.grading.records import AnswerWord
from backprop_cli.grading.truth import Fact
from backprop_cli.problems import Diagnostic, Refused

_WORSE: tuple[AnswerWord, ...] = ("ok", "close", "undefined", "wrong", "invalid")
_FORMULA_SECONDS = 1.4  # of the processor for all formulas of a problem, so that its numbers are always judged


JudgedAnswer = tuple[tuple[Opinion, ...], tuple[Said, ...]]


def judge(question: Question, answers: Sequence[Answer]) -> JudgedAnswer:
    """An opinion for everything asked, in the order asked, then for what nobody asked; and the mistakes named.

    Of several sheets the one counts on which most is right.
    """
    found = [_on_sheet(one, answers) for one in (question, *question.others)]
    return max(found, key=lambda one: sum(opinion.weight for opinion in one[0] if opinion.word == "ok"))


def _on_sheet(question: Question, answers: Sequence[Answer]) -> JudgedAnswer:
    given: dict[Asked, list[Answer]] = {ask.asked: [] for ask in question.asks}
    rest: list[Opinion] = []
    for answer in answers:
        meant = question.meant(answer.name)
        if meant is not None and meant in given:
            given[meant].append(answer)
        else:
            rest.append(_extra(question, answer, known=meant is not None))
    found = []
    until = time.thread_time() + _FORMULA_SECONDS
    for ask in question.asks:
        first, again = _first(question, ask, given[ask.asked], until)
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
    return Opinion(answer.name, "extra", answer.text, said=(said,), below=answer.below)


def _first(question: Question, ask: Ask, answers: list[Answer], until: float) -> tuple[Opinion, list[Opinion]]:
    """The opinion on what is asked, and on further answers to it: two that differ are no answer."""
    if not answers:
        return Opinion(ask.name, "missing", weight=ask.weight), []
    if len(answers) == 1:
        return _one(question, ask, answers[0], until), []
    first, *others = answers
    twice = Said("answer.twice", f"{ask.name} is answered {len(answers)} times")
    again = [Opinion(ask.name, "duplicate", other.text, said=(twice,), below=other.below) for other in others]
    if any(other.text.strip() != first.text.strip() for other in others):
        differ = replace(twice, message=f"{twice.message}, and not alike")
        return Opinion(ask.name, "duplicate", first.text, said=(differ,), weight=ask.weight, below=first.below), again
    return _one(question, ask, first, until), again


def unreadable(question: Question, answer: Answer) -> Diagnostic | None:
    """Why an answer says nothing, as far as that is known without judging it."""
    reading = question.reading(answer.text)
    return answer.problem or reading.problem or _wrong_form(question, reading)


def _one(question: Question, ask: Ask, answer: Answer, until: float) -> Opinion:
    """The opinion on an answer; on a number it is remembered, on a formula the time that is left decides, too."""
    known = question.opinion(ask, answer)
    if known is not None:
        return known
    made = _new(question, ask, answer, until)
    if ask.asked in question.facts and question.is_number(answer.text):
        question.keep(ask, answer, made)
    return made


def _new(question: Question, ask: Ask, answer: Answer, until: float) -> Opinion:
    plain = Opinion(ask.name, "missing", answer.text, weight=ask.weight, below=answer.below)
    reading, problem = question.reading(answer.text), unreadable(question, answer)
    if problem is not None:
        return invalid(plain, problem)
    if reading.open:
        return replace(plain, typed=None)
    opinions = [_echoed(_of_reading(question, ask, plain, one, until), one) for one in reading.all]
    worst = max(opinions, key=lambda one: _WORSE.index(one.word))
    if len({one.word for one in opinions}) == 1:
        return worst
    differ = Said("answer.sides", "the sides of = do not agree", least="verdict")
    return replace(worst, said=(differ, *worst.said))


def _echoed(opinion: Opinion, reading: AnswerReading) -> Opinion:
    """The opinion with how LaTeX was read."""
    if not reading.read_as:
        return opinion
    return replace(opinion, said=(Said("answer.read", f"read as {reading.read_as}"), *opinion.said))


def _of_reading(question: Question, ask: Ask, plain: Opinion, reading: AnswerReading, until: float) -> Opinion:
    fact = question.facts.get(ask.asked)
    conceded = _conceded(question, ask, plain, reading)
    if conceded is not None:
        return conceded
    if fact is not None and fact.problem is not None:
        return _where_none_is(question, ask, plain, reading, fact.problem)
    if reading.absent:
        return _where_one_is(ask, plain, fact)
    try:
        if reading.typed is None or fact is None or question.accept == "formula":
            return formula_opinion(question, ask, plain, reading, until)
        return number_opinion(question, ask, plain, reading, fact)
    except Refused as refused:
        return invalid(plain, refused.problems[0])


def _conceded(question: Question, ask: Ask, plain: Opinion, reading: AnswerReading) -> Opinion | None:
    """The opinion on what the key itself has an answer to; None where the truth decides."""
    only = question.only.get(ask.asked)
    if only is not None:
        right = only.admits(reading, question.tolerance)
        said = Said("answer.also", "as on another sheet of this exercise", least="verdict")
        return replace(plain, word="ok" if right else "wrong", said=(said,) if right else ())
    if any(one.admits(reading, question.tolerance) for one in question.accepted.get(ask.asked, ())):
        said = Said("answer.accepted", "the key accepts this answer", least="verdict")
        return replace(plain, word="ok", said=(said,))
    return None


def _where_none_is(
    question: Question, ask: Ask, plain: Opinion, reading: AnswerReading, problem: Diagnostic
) -> Opinion:
    """The opinion where there is no value or no gradient: right if that is said."""
    if reading.absent:
        return replace(plain, word="ok")
    return _there_is_none(ask, plain) if ask.asked in question.absent else _undefined(ask, plain, problem)


def _where_one_is(ask: Ask, plain: Opinion, fact: Fact | None) -> Opinion:
    """The opinion on "undefined" where there is a number: at a kink there is no single slope, so it is right there."""
    if fact is not None and fact.slopes is not None:
        said = Said("answer.kink", "a kink: there is no single slope", least="verdict")
        return replace(plain, word="ok", kink=True, said=(said,))
    what = "value" if ask.asked.is_value else "gradient"
    said = Said("answer.absent", f"there is a {what} here", least="verdict")
    return replace(plain, word="wrong", said=(said,))


def _there_is_none(ask: Ask, plain: Opinion) -> Opinion:
    what = "value" if ask.asked.is_value else "gradient"
    said = Said("answer.absent", f"there is no {what} here", f"there is no {what} here, as was to be said", "hint")
    return replace(plain, word="wrong", expected="no value", said=(said,))


def _wrong_form(question: Question, reading: AnswerReading) -> Diagnostic | None:
    if question.accept == "number" and any(one.formula is not None for one in reading.all):
        return Diagnostic("answer.form", "a number is asked for, and this is a formula")
    if question.accept != "formula" and any(one.typed is not None and one.condition for one in reading.all):
        return Diagnostic("answer.form", "a number is asked for, and this is a condition")
    return None


def _undefined(ask: Ask, plain: Opinion, problem: Diagnostic) -> Opinion:
    what = "value" if ask.asked.is_value else "gradient"
    sentence = f"there is no {what} here, so no answer is right: {{}}"
    said = Said("answer.undefined", sentence.format(_without_numbers(problem)), sentence.format(problem.message))
    return replace(plain, word="undefined", said=(said,))


def _without_numbers(problem: Diagnostic) -> str:
    """Why there is no value, without the values on the way: they may be answers to what else is asked."""
    message = problem.message
    for mark in (", and got ", ", with "):
        message = message.partition(mark)[0]
    return message


def _explained(
    question: Question, found: list[Opinion], rest: list[Opinion]
) -> tuple[tuple[Opinion, ...], tuple[Said, ...]]:
    """The opinions with what follows from the student's own values marked, and the mistakes that explain the rest."""
    entries = [one.entry for one in found if one.entry is not None]
    # The truth with too few digits is nothing that a mistake would explain.
    puzzling = any(
        one.entry and not one.entry.right and COARSE not in {said.code for said in one.said} for one in found
    )
    mistakes = question.mistakes if puzzling else None
    if mistakes is None:
        return (*found, *rest), ()
    slips = mistakes.of(entries)
    mark = Said(FOLLOWED, "right, given your own earlier value", least="hint")
    marked = [replace(one, said=(*one.said, mark)) if one.name in slips.followed else one for one in found]
    hints = tuple(Said(e.code, e.message, e.detail, "hint") for e in slips.explained if e.code != FOLLOWED)
    return (*marked, *rest), hints
