"""An answer as it was typed: its name, its text and its line; and the answers of ``-a dx=-4`` words.

Nothing is judged here, and no answer is read as a number or a formula: an answer that cannot even be text (an array,
``true``, NaN) carries the problem with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from backprop_cli import limits
from backprop_cli.grading.files import trees
from backprop_cli.grading.files.texts import cut, printable
from backprop_cli.json_text import NotFinite
from backprop_cli.problems import Diagnostic, Refused

_SHORT = 40  # characters of a text that others may write, too
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the name as the student wrote it, its text (empty: left open), and its place in the file.

    It stands ``below`` the first line of its submission: 0 lines, where that is one line of a class's file. Where the
    submission is a whole file, it is the line in that. None: unknown. So the same answers of two students are equal.
    ``problem`` says why there is no text to judge; the answer is then ``invalid``.
    """

    name: str
    text: str
    below: int | None = None
    problem: Diagnostic | None = None


def answer(name: str, value: object, below: int | None = None, problem: Diagnostic | None = None) -> Answer:
    """An answer from what stands beside its name in a file; null is an answer left open.

    A class writes the same again and again, and equal answers are one object.
    """
    if problem is not None or not isinstance(value, str) or isinstance(value, NotFinite):
        return _made(name, value, below, problem)
    few = len(name) <= _SHORT and len(value) <= _SHORT
    return _short(name, str(value), below) if few else _made(name, value, below, None)


@lru_cache(_REMEMBERED)
def _short(name: str, text: str, below: int | None) -> Answer:
    return _made(name, text, below, None)


def _made(name: str, value: object, below: int | None, problem: Diagnostic | None) -> Answer:
    name = cut(name)
    if value is None:
        return Answer(name, "", below, problem)
    value = trees.as_list(value) or value
    if not isinstance(value, str):
        problem = Diagnostic("answer.kind", f"an answer is a number or a text, and this is {trees.kind(value)}")
        return Answer(name, "", below, problem)
    text = value.strip()
    if isinstance(value, NotFinite):
        problem = Diagnostic("answer.finite", f"{text} is no answer: it must be a finite number or a formula")
    most = limits.ARRAY_ANSWER_CHARACTERS if "[" in text[:10] else limits.ANSWER_CHARACTERS
    if len(text) > most:
        message = f"the answer has {len(text):,} characters; the limit is {most:,}"
        text, problem = cut(text), Diagnostic("answer.long", message)
    return Answer(name, text, below, problem)


def from_words(words: Sequence[str]) -> tuple[Answer, ...]:
    """The answers of ``-a NAME=VALUE`` words. Raises ``Refused`` for words that are not."""
    pairs = [(word, *_pair(word)) for word in map(printable, words)]
    hint = "answers are written NAME=VALUE, as -a dx=-4"
    wrong = [Diagnostic("usage.answer", f"`{word}` is not NAME=VALUE", hint) for word, name, _ in pairs if not name]
    if wrong:
        raise Refused(*wrong)
    return tuple(answer(name, text) for _, name, text in pairs)


def _pair(word: str) -> tuple[str, str]:
    name, equals, text = word.partition("=")
    return (name.strip(), text) if equals else ("", "")


def too_many() -> Diagnostic:
    """More answers than anybody asks."""
    return Diagnostic("answers.many", f"more than {limits.SUBMISSION_ANSWERS:,} answers")
