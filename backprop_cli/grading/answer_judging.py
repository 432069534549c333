"""A student's answers to one question: an opinion on each, and the mistakes that explain the wrong ones."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache

from backprop_cli import limits
from backprop_cli.grading.answer_reading import AnswerReading, constant_or_formula
from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.formula_answers import (
    GradientAnswer,
    OwnGradient,
    SettledAnswer,
    formula_opinion,
    meant_formula,
    settled_opinion,
)
from backprop_cli.grading.formulas.quantity_function import known_names
from backprop_cli.grading.formulas.staged import spoken, true_gradient
from backprop_cli.grading.names import Asked
from backprop_cli.grading.number_answers import COARSE, number_opinion
from backprop_cli.grading.opinion import FOLLOWED, FOLLOWS, Opinion, Said, invalid
from backprop_cli.grading.question import Ask, Question
from backprop_cli.grading.records import AnswerWord
from backprop_cli.grading.truth import Fact
from backprop_cli.problems import Diagnostic, Refused

_WORSE: tuple[AnswerWord, ...] = ("ok", "close", "undefined", "wrong", "invalid")


_MOST_SECONDS = 20  # of the processor, for the formulas of a problem that are compared one by one


SettledAnswers = Mapping[tuple[Asked, str], SettledAnswer]
JudgedAnswer = tuple[tuple[Opinion, ...], tuple[Said, ...]]


def judge(
    question: Question, answers: Sequence[Answer], beside: Sequence[Answer] = (), settled: SettledAnswers | None = None
) -> JudgedAnswer:
    """An opinion for everything asked, in the order asked, then for what nobody asked; and the mistakes named.

    Answers ``beside`` these are not judged, but may be named in them; of those ``settled`` the verdict is known. Of
    several sheets the one counts on which most is right.
    """
    found = [_on_sheet(one, answers, beside, settled or {}) for one in (question, *question.others)]
    return max(found, key=lambda one: sum(opinion.weight for opinion in one[0] if opinion.word == "ok"))


@dataclass
class _AnswerSheet:
    """One student's answers to one question, by the quantity that they mean; ``until``: see ``Formulas``."""

    question: Question
    given: Mapping[Asked, list[Answer]]
    until: float
    settled: SettledAnswers
    _own: dict[Asked, GradientAnswer | Refused] = field(default_factory=dict)

    def stated(self, name: str, asked: Asked) -> GradientAnswer:
        """``own``; or the true one where it only states the chain rule: ``df/ds*ds/dx = 2*s*y``."""
        if asked not in self.given:
            return self._true(asked)
        return self.own(name, asked)

    def own(self, name: str, asked: Asked) -> GradientAnswer:
        """The student's answer to a gradient that an answer names. Raises ``Refused`` where there is none."""
        if asked.by == asked.of:
            return GradientAnswer(True, lambda: constant_or_formula("1", ()))
        if asked not in self._own:
            try:
                self._own[asked] = self._found(name, asked)
            except Refused as refused:
                self._own[asked] = refused
        found = self._own[asked]
        if isinstance(found, Refused):
            raise found
        return found

    def ends(self, side: AnswerReading) -> bool:
        """Whether a side of = is an answer by itself: it names no gradient."""
        known = known_names(self.question.circuit)
        return side.formula is None or all(name in known for name in side.formula.inputs)

    def _found(self, name: str, asked: Asked) -> GradientAnswer:
        answers, name = self.given.get(asked, []), spoken(self.question.names, name, asked)
        opinion = _first(self, Ask(name, asked), answers)[0]
        known = bool(answers) and (asked, answers[0].text) in self.settled
        if opinion.word == "ok" and known:
            return self._true(asked)
        reading = self.question.reading(answers[0].text).all[-1] if answers else AnswerReading("")
        if opinion.word in ("missing", "invalid", "duplicate") or reading.absent:
            why = "has no answer to go by"
            if opinion.word == "missing":
                array = "[" in self.question.names.label(asked)
                why = "is not among the answers" + ", or not in its shape" * array
            raise Refused(Diagnostic("answer.upstream", f"{name} {why}", f"answer it, too: {name} = …"))
        right = opinion.word in ("ok", "close")
        if right and reading.formula is None:
            return self._true(asked)
        return GradientAnswer(right, cache(lambda: meant_formula(self.question, asked, reading, self.own)))

    def _true(self, asked: Asked) -> GradientAnswer:
        return GradientAnswer(True, cache(lambda: true_gradient(self.question.circuit, asked)))


def _on_sheet(
    question: Question, answers: Sequence[Answer], beside: Sequence[Answer], settled: SettledAnswers
) -> JudgedAnswer:
    given: dict[Asked, list[Answer]] = {}
    for answer in (*answers, *beside):
        meant = question.meant(answer.name)
        if meant is not None:
            given.setdefault(meant, []).append(answer)
    unsettled = [several[0] for meant, several in given.items() if (meant, several[0].text) not in settled]
    formulas = question.formulas_among(unsettled) + len(given) - len(unsettled)
    seconds = min(_MOST_SECONDS, formulas * limits.FORMULA_SECONDS)
    until = time.thread_time() + seconds
    sheet = _AnswerSheet(question, given, until, settled)
    asked, rest = {ask.asked for ask in question.asks}, list[Opinion]()
    for answer in answers:
        meant = question.meant(answer.name)
        if meant not in asked:
            rest.append(_extra(question, answer, known=meant is not None))
    for one in _from_the_output_back(question, given, settled):
        with suppress(Refused):
            sheet.own(f"d{question.circuit.names[one.by or 0]}", one)
    found = []
    for ask in question.asks:
        first, again = _first(sheet, ask, given.get(ask.asked, []))
        found.append(first)
        rest += again
    return _explained(question, found, rest)


def _from_the_output_back(
    question: Question, given: Mapping[Asked, list[Answer]], settled: SettledAnswers
) -> list[Asked]:
    """The gradients whose formulas name others, none before what it goes on from: no chain of answers is too deep."""
    known = known_names(question.circuit)
    names = {
        asked
        for asked, answers in given.items()
        if asked.by is not None and (asked, answers[0].text) not in settled
        for reading in question.reading(answers[0].text).all
        if reading.formula is not None and any(name not in known for name in reading.formula.inputs)
    }
    return sorted(names, key=lambda one: (one.of, -(one.by or 0)))


def _extra(question: Question, answer: Answer, *, known: bool) -> Opinion:
    if known:
        said = Said("answer.extra", "this quantity is not asked for")
    elif answer.name in question.circuit.inputs:
        said = Said("answer.extra", f"its value is given; its gradient is called d{answer.name}")
    else:
        near = question.names.near(answer.name)
        said = Said("answer.extra", "no quantity of this name" + (f"; did you mean {near}?" if near else ""))
    return Opinion(answer.name, "extra", answer.text, said=(said,), below=answer.below)


def _first(sheet: _AnswerSheet, ask: Ask, answers: list[Answer]) -> tuple[Opinion, list[Opinion]]:
    """The opinion on what is asked, and on further answers to it: two that differ are no answer."""
    if not answers:
        return Opinion(ask.name, "missing", weight=ask.weight), []
    if len(answers) == 1:
        return _one(sheet, ask, answers[0]), []
    first, *others = answers
    twice = Said("answer.twice", f"{ask.name} is answered {len(answers)} times")
    again = [Opinion(ask.name, "duplicate", other.text, said=(twice,), below=other.below) for other in others]
    if any(other.text.strip() != first.text.strip() for other in others):
        differ = replace(twice, message=f"{twice.message}, and not alike")
        return Opinion(ask.name, "duplicate", first.text, said=(differ,), weight=ask.weight, below=first.below), again
    return _one(sheet, ask, first), again


def unreadable(question: Question, answer: Answer) -> Diagnostic | None:
    """Why an answer says nothing, as far as that is known without judging it."""
    reading = question.reading(answer.text)
    return answer.problem or reading.problem or _wrong_form(question, reading)


def _one(sheet: _AnswerSheet, ask: Ask, answer: Answer) -> Opinion:
    """The opinion on an answer; on a number it is remembered, on a formula the time that is left decides, too."""
    question, settled = sheet.question, sheet.settled.get((ask.asked, answer.text))
    known = question.opinion(ask, answer) if settled is None else _settled(sheet, ask, answer, settled)
    if known is not None:
        return known
    made = _new(sheet, ask, answer)
    if ask.asked in question.facts and question.is_number(answer.text):
        question.keep(ask, answer, made)
    return made


def _settled(sheet: _AnswerSheet, ask: Ask, answer: Answer, settled: SettledAnswer) -> Opinion | None:
    plain = Opinion(ask.name, "missing", answer.text, weight=ask.weight, below=answer.below)
    try:
        return settled_opinion(sheet.question, ask, plain, settled, sheet.own)
    except Refused as refused:
        return invalid(plain, refused.problems[0])


def _new(sheet: _AnswerSheet, ask: Ask, answer: Answer) -> Opinion:
    question = sheet.question
    plain = Opinion(ask.name, "missing", answer.text, weight=ask.weight, below=answer.below)
    reading, problem = question.reading(answer.text), unreadable(question, answer)
    if problem is not None:
        return invalid(plain, problem)
    if reading.open:
        return replace(plain, typed=None)
    own = sheet.stated if any(map(sheet.ends, reading.sides)) else sheet.own
    opinions = [_echoed(_of_reading(sheet, ask, plain, one, own), one) for one in reading.all]
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


def _of_reading(sheet: _AnswerSheet, ask: Ask, plain: Opinion, reading: AnswerReading, own: OwnGradient) -> Opinion:
    question = sheet.question
    fact = question.fact(ask.asked)
    conceded = _conceded(question, ask, plain, reading)
    if conceded is not None:
        return conceded
    if fact is not None and fact.problem is not None:
        return _where_none_is(question, ask, plain, reading, fact.problem)
    if reading.absent:
        return _where_one_is(ask, plain, fact)
    try:
        if reading.typed is None or fact is None or question.accept == "formula":
            return formula_opinion(question, ask, plain, reading, sheet.until, own)
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
    marked = [replace(one, said=(*one.said, FOLLOWS)) if one.name in slips.followed else one for one in found]
    hints = tuple(Said(e.code, e.message, e.detail, "hint") for e in slips.explained if e.code != FOLLOWED)
    return (*marked, *rest), hints
