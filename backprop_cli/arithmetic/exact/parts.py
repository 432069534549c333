"""The parts of a SymPy form in the order in which they are made, without recursion: forms are deep, and share parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any


def in_order(form: Any, inner: Callable[[Any], Sequence[Any]] = attrgetter("args")) -> Iterator[Any]:
    """Each part once, after those that it is made of; ``inner`` says which those are."""
    seen: set[Any] = set()
    waiting = [form]
    while waiting:
        part = waiting[-1]
        missing = [one for one in inner(part) if one not in seen] if part not in seen else []
        if missing:
            waiting += missing
            continue
        waiting.pop()
        if part not in seen:
            seen.add(part)
            yield part
