"""A question with what its key concedes: other answers, other sheets, and that there is no value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backprop_cli.grading.allowed import allowed
from backprop_cli.grading.answer_reading import bound_names
from backprop_cli.grading.keys.concessions import Concessions
from backprop_cli.grading.names import Asked
from backprop_cli.grading.question import Question
from backprop_cli.problems import Diagnostic, Refused


def conceding(question: Question, also: Concessions) -> Question:
    """The question in which these hold. Raises ``Refused`` for a name that is not asked for, and what is no answer."""
    names = bound_names(question.circuit)
    accepted = {
        _asked(question, name): tuple(allowed(text, names) for text in texts) for name, texts in also.accept.items()
    }
    sheets = tuple(
        {_asked(question, name): allowed(text, names) for name, text in sheet.items()} for sheet in also.also
    )
    absent = frozenset(_asked(question, name) for name in also.absent)
    _really_absent(question, also.absent)
    return replace(question, accepted=accepted, absent=absent, sheets=sheets)


def _asked(question: Question, name: str) -> Asked:
    meant = question.meant(name)
    if meant is None or meant not in {ask.asked for ask in question.asks}:
        raise Refused(Diagnostic("key.value", f"{name} has an answer in the key, and is not asked for"))
    return meant


def _really_absent(question: Question, names: Iterable[str]) -> None:
    for name in names:
        fact = question.facts.get(_asked(question, name))
        if fact is None or fact.problem is None:
            where = "at this point" if fact is not None else "without a point"
            raise Refused(Diagnostic("key.value", f"{name} has an answer {where}, and the key says that there is none"))
