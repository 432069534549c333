"""A formula beside the truth as a function: the verdict in words, and the counterexample to a wrong one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from backprop_cli.arithmetic.ball_text import decimal, to_float
from backprop_cli.arithmetic.balls import working
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.circuit import Circuit
from backprop_cli.grading.answer_reading import AnswerReading, constant_or_formula
from backprop_cli.grading.formulas.formula_verdict import Counterexample, FormulaVerdict
from backprop_cli.grading.formulas.numerals import restored
from backprop_cli.grading.formulas.staged import gradients_named, true_gradient, with_gradients
from backprop_cli.grading.formulas.vocabulary import unknown_names
from backprop_cli.grading.mistakes import NumericAnswer
from backprop_cli.grading.names import Asked
from backprop_cli.grading.number_answers import entry_of
from backprop_cli.grading.opinion import FOLLOWS, Opinion, Said, invalid
from backprop_cli.grading.question import Ask, Question
from backprop_cli.grading.records import AnswerWord
from backprop_cli.grading.tolerance import Typed

_MOST_BITS, _COORDINATES = 3_200, 12


@dataclass(frozen=True, slots=True)
class GradientAnswer:
    """A student's answer to a gradient: whether it is right, and what makes a formula of it without names of gradients.

    What is made is made when it is asked for: right answers seldom need it.
    """

    right: bool
    make: Callable[[], Circuit]


@dataclass(frozen=True, slots=True)
class SettledAnswer:
    """What is known of a component's formula that is given the true gradients; those that it names."""

    verdict: FormulaVerdict
    gradients: Mapping[str, Asked]


OwnGradient = Callable[[str, Asked], GradientAnswer]
"""The student's own answer to a gradient that they name. Raises ``Refused`` where there is none that can be read."""


def formula_opinion(
    question: Question, ask: Ask, plain: Opinion, reading: AnswerReading, until: float, own: OwnGradient
) -> Opinion:
    """The opinion on a formula; of a constant one too, where functions are asked for. ``until``: see ``Formulas``.

    Raises ``Refused`` for a gradient in the formula that may not stand there, or is not answered.
    """
    formula = reading.formula or constant_or_formula(reading.text, ())
    named = gradients_named(question.names, ask.asked, formula)
    given = {name: own(name, asked) for name, asked in named.items()}
    mine = with_gradients(formula, {name: one.make() for name, one in given.items()}) if given else formula
    opinion = _opinion(question, ask, plain, mine, until)
    if opinion.word == "ok" or all(one.right for one in given.values()):
        return opinion
    true = with_gradients(formula, {name: true_gradient(question.circuit, one) for name, one in named.items()})
    follows = _opinion(question, ask, plain, true, until).word == "ok"
    return replace(opinion, said=(*opinion.said, FOLLOWS)) if follows else opinion


def settled_opinion(
    question: Question, ask: Ask, plain: Opinion, settled: SettledAnswer, own: OwnGradient
) -> Opinion | None:
    """The opinion on a component's formula that was compared with all others of its array. Raises ``Refused`` likewise.

    Right with the true gradients, it is wrong with the student's own where one of those is; wrong with the true ones it
    may be right with those: None.
    """
    given = [own(name, asked) for name, asked in settled.gradients.items()]
    if all(one.right for one in given):
        return _worded(question, ask, plain, settled.verdict)
    return replace(plain, word="wrong", said=(FOLLOWS,)) if settled.verdict.equal else None


def meant_formula(question: Question, asked: Asked, reading: AnswerReading, own: OwnGradient) -> Circuit:
    """A formula with the student's own answers in place of the gradients that it names. Raises ``Refused`` likewise."""
    formula = reading.formula or constant_or_formula(reading.text, ())
    given = {name: own(name, one).make() for name, one in gradients_named(question.names, asked, formula).items()}
    return with_gradients(formula, given) if given else formula


def _opinion(question: Question, ask: Ask, plain: Opinion, formula: Circuit, until: float) -> Opinion:
    """The opinion on a formula in the names of the question."""
    problem = unknown_names(question.circuit, ask.asked, formula)
    if problem is not None:
        return invalid(plain, problem)
    verdict = question.verdict(ask.asked, formula, until)
    if verdict.problem is not None:
        return invalid(plain, verdict.problem)
    opinion = _worded(question, ask, plain, verdict)
    if opinion.word != "wrong":
        return opinion
    put_in = _put_in(question, ask, formula, until)
    return replace(opinion, word="close" if put_in else "wrong", said=put_in + opinion.said)


def _worded(question: Question, ask: Ask, plain: Opinion, verdict: FormulaVerdict) -> Opinion:
    """A verdict in words."""
    if verdict.equal:
        settled = verdict.settled and not verdict.late
        return replace(plain, word="ok", said=_grounds(verdict), entry=_known(question, ask), settled=settled)
    if verdict.near:
        word: AnswerWord = "ok" if verdict.explained and not question.tolerance.exact else "close"
        return replace(plain, word=word, said=(_apart(verdict),))
    said = (_counter(question, ask, verdict.counterexample),) if verdict.counterexample else ()
    return replace(plain, word="wrong", said=said)


def _known(question: Question, ask: Ask) -> NumericAnswer | None:
    """A right formula tells, as a right number does, what the student's mistake is not."""
    fact = question.facts.get(ask.asked)
    if fact is None or fact.value is None:
        return None
    return entry_of(question, ask, Typed(fact.value), fact.value, right=True)


def _put_in(question: Question, ask: Ask, formula: Circuit, until: float) -> tuple[Said, ...]:
    """That a formula is right but for numbers in place of variables, if it is so."""
    whole, names = restored(formula, question.here or {})
    if not names or not question.judged(ask.asked, whole, until).equal:
        return ()
    those = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return (Said("answer.put-in", f"right at this point only: write {those} in place of the number", least="hint"),)


def _grounds(verdict: FormulaVerdict) -> tuple[Said, ...]:
    """On what grounds a formula was found right, where it is less than a proof on all branches."""
    if verdict.proved and not verdict.unseen:
        return ()
    message = f"equal at {verdict.points} points"
    if verdict.labelled:
        message += ", whichever element of the labels is 1; elsewhere it is another function"
    elif verdict.beyond:
        message += ", on the part of the domain where the question's point lies; beyond, it is another function"
    elif verdict.whole:
        message = f"every component is {message}"
    elif not verdict.proved:
        message += "; SymPy did not settle whether it is equal everywhere"
    if not verdict.settled:
        message += "; at too few of them could a small difference have been seen"
    if verdict.unseen:
        message += f"; seen on one side only: {', '.join(verdict.unseen)}"
    return (Said("answer.sampled", message, least="verdict"),)


def _apart(verdict: FormulaVerdict) -> Said:
    """How a formula differs that is within the tolerance."""
    reason = ", as much as its decimals leave open" if verdict.explained else ""
    message = f"not the same, but within the tolerance: off by {_part(verdict.away)} at most{reason}"
    return Said("answer.nearly", message, least="verdict")


def _part(away: float) -> str:
    """A relative difference with two digits; below what a double holds, only that."""
    return f"{away:.1e} of it" if away > 0 else "less than 1e-300 of it"


def _counter(question: Question, ask: Ask, counter: Counterexample) -> Said:
    """The counterexample in words; a truth that is that of the question itself is for ``full`` alone."""
    what = "value" if ask.asked.is_value else "gradient"
    at = _coordinates(counter.at)
    place = "the point of the question" if counter.here else at or "every point"
    answer, truth = told_apart(counter.answer, counter.truth)
    yours = "yours has no value" if counter.answer is None else f"yours gives {answer}"
    full = f"at {at or place} {yours}, the {what} is {truth}"
    if counter.here:  # a formula may name a stage, whose value here is a question of its own
        return Said("answer.counterexample", f"at {place} yours is not the {what}", full, "hint")
    fact = question.facts.get(ask.asked)
    near = fact is not None and fact.value is not None and _same_number(to_float(counter.truth), fact.value)
    tells = near or counter.reveals
    return Said(
        "answer.counterexample", f"at {place} {yours}, and the {what} is another" if tells else full, full, "hint"
    )


def _coordinates(at: Mapping[str, Fraction]) -> str:
    """A point; of many coordinates the first, for nobody reads thirty."""
    shown = [f"{name} = {_short(value)}" for name, value in at.items()]
    more = f" and {len(shown) - _COORDINATES + 1} more" if len(shown) > _COORDINATES else ""
    return ", ".join(shown[: _COORDINATES - 1] if more else shown) + more


def told_apart(answer: Number, truth: Number) -> tuple[str, str]:
    """Both numbers with as many digits as tell one from the other; the answer's is empty where there is none."""
    shown = to_float(truth)
    if answer is None:
        return "", f"{shown:.6g}"
    given = to_float(answer)
    if math.isfinite(given) and math.isfinite(shown):
        for digits in (6, 9, 12, 15):
            texts = f"{given:.{digits}g}", f"{shown:.{digits}g}"
            if texts[0] != texts[1]:
                return texts
    with working(_MOST_BITS):
        for digits in (3, 6, 12, 20, 30, 50, 100, 200, 400, 900):
            texts = decimal(answer, digits), decimal(truth, digits)
            if texts[0] != texts[1]:
                break
    return texts


def _same_number(one: float, other: float) -> bool:
    return abs(one - other) <= 0.01 * max(abs(one), abs(other))


def _short(value: Fraction) -> str:
    """A coordinate as a decimal; as a fraction where it is no double."""
    double = float(value)
    if value not in (Fraction(double), Fraction(repr(double))):
        return str(value)
    return f"{double:g}" if float(f"{double:g}") == double else repr(double)
