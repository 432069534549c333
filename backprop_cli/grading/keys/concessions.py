"""What a key concedes: other answers, the points of a spoiled question for everyone, other sheets, no value at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backprop_cli.grading.handwriting import says_no_value
from backprop_cli.grading.keys.fields import Fields

_OF_ASKED = ("name", "column", "accept", "everyone", "answer")


@dataclass(frozen=True, slots=True)
class Concessions:
    """By the names that are asked for.

    ``accept`` are the answers that are right, too, ``everyone`` are those of which everyone gets the points, ``absent``
    those whose right answer is that there is no value. ``also`` are other sheets: the answers that were right there.
    """

    accept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    everyone: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    also: tuple[Mapping[str, str], ...] = ()

    @property
    def any_of_answers(self) -> bool:
        """Whether answers are judged otherwise."""
        return bool(self.accept or self.absent or self.also)


def concessions(given: Fields) -> Concessions:
    """Those of a problem's table; what is wrong in it is noted."""
    accept: dict[str, tuple[str, ...]] = {}
    everyone, absent = set[str](), set[str]()
    for name, asked in given.entries("ask", _OF_ASKED):
        texts = asked.answers("accept")
        accept |= {name: texts} if texts else {}
        if asked.flag("everyone", default=False):
            everyone.add(name)
        answer = asked.text("answer", "")
        if answer and not says_no_value(answer):
            hint = "other answers stand in accept; the right one is worked out"
            asked.wrong("key.value", "answer", f'answer can be "no value" only, and is `{answer}`', hint)
        elif answer:
            absent.add(name)
    also = tuple(given.texts("also", table) for table in given.tables("also"))
    return Concessions(accept, frozenset(everyone), frozenset(absent), also)
