"""The opinions on the components of an array → one opinion: the worst word, how many are right, and which are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backprop_cli.grading.arrays.answer_grid import nested
from backprop_cli.grading.arrays.array_question import ArrayAsk
from backprop_cli.grading.opinion import Opinion, Said
from backprop_cli.grading.records import AnswerWord

_WORSE: tuple[AnswerWord, ...] = ("ok", "close", "undefined", "missing", "duplicate", "wrong", "invalid")
_PLACES, _SENTENCES = 4, 3


def folded(
    ask: ArrayAsk, parts: Sequence[Opinion], typed: str | None, below: int | None, said: Sequence[Said] = ()
) -> Opinion:
    """One opinion on what was asked; a number's own opinion is left as it is."""
    if not ask.shape:
        return parts[0]
    words = {part.word for part in parts}
    word = max(words, key=_WORSE.index)
    if word == "missing" and len(words) > 1:
        word = "wrong"
    errors = [part.rel_error for part in parts if part.rel_error is not None]
    return Opinion(
        ask.name,
        word,
        typed if typed is not None else _typed(ask, parts),
        _expected(ask, parts),
        max(errors, default=None),
        any(part.kink for part in parts),
        (*said, *_counted(parts), *_remarks(ask, parts)),
        ask.weight,
        below if below is not None else next((part.below for part in parts if part.below is not None), None),
        settled=all(part.settled for part in parts),
        parts=tuple(parts),
    )


def _typed(ask: ArrayAsk, parts: Sequence[Opinion]) -> str | None:
    """What was answered component by component."""
    if all(part.typed is None for part in parts):
        return None
    return nested(ask.shape, ["_" if part.typed is None else part.typed for part in parts])


def _expected(ask: ArrayAsk, parts: Sequence[Opinion]) -> str | None:
    known = [part.expected for part in parts]
    if all(one is None for one in known):
        return None
    return nested(ask.shape, ["_" if one is None else one for one in known])


def _counted(parts: Sequence[Opinion]) -> tuple[Said, ...]:
    """How many components are right, and the first ones that are not; nothing where all or none are."""
    off = [part for part in parts if part.word != "ok"]
    if not off or all(part.word == "missing" for part in parts):
        return ()
    places = ", ".join(_place(part.name) for part in off[:_PLACES])
    more = f" and {len(off) - _PLACES:,} more" if len(off) > _PLACES else ""
    right = len(parts) - len(off)
    where = f"; not {places}{more}" if right else ""
    return (Said("answer.components", f"{right or 'none'} of {len(parts):,} components right{where}", least="verdict"),)


def _place(name: str) -> str:
    return name[name.rindex("[") :]


def _remarks(ask: ArrayAsk, parts: Sequence[Opinion]) -> tuple[Said, ...]:
    """What is said of components: once for all that share it, with the place of the first; one counterexample."""
    found: dict[tuple[str, str], list[Opinion]] = {}
    first: dict[tuple[str, str], Said] = {}
    for part in parts:
        for one in part.said:
            key = one.code, one.message
            first.setdefault(key, one)
            found.setdefault(key, []).append(part)
    counters = [key for key in first if key[0] == "answer.counterexample"]
    kept = [(key, one) for key, one in first.items() if key not in counters[1:]][:_SENTENCES]
    return tuple(_placed(one, found[key], len(parts)) for key, one in kept)


def _placed(said: Said, parts: Sequence[Opinion], count: int) -> Said:
    if len(parts) == count:
        return said
    more = f" and {len(parts) - 1:,} more" if len(parts) > 1 else ""
    place = f"{_place(parts[0].name)}{more}: "
    return replace(said, message=place + said.message, detail=place + said.detail if said.detail else "")
