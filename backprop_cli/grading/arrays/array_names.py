"""What people call a quantity of arrays: all of ``names.py``, and single components ``dW[0, 1]``, ``dW[0][1]``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from backprop_cli.circuit import Circuit
from backprop_cli.grading.names import Asked, Names

_COMPONENT = re.compile(r"(?P<name>.*?[^\s\[])\s*(?P<index>(?:\[[\s\d,-]*\]\s*)+)", re.DOTALL)
_LONGEST = 300

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ArrayAsked:
    """A quantity of an array circuit, as node numbers, and one component of it: ``index`` None is all of them."""

    whole: Asked
    index: Index | None = None


@dataclass(frozen=True)
class ArrayNames:
    """The quantities of one array circuit by what they are called."""

    circuit: Circuit

    @cached_property
    def _names(self) -> Names:
        return Names(self.circuit)

    def read(self, text: str) -> ArrayAsked | None:
        """The quantity that a name means; None if it means nothing here."""
        if len(text) > _LONGEST:
            return None
        found = _COMPONENT.fullmatch(text.strip())
        if found is None:
            whole = self._names.read(text)
            return None if whole is None else ArrayAsked(whole)
        whole, numbers = self._names.read(found["name"]), re.findall(r"-?\d+", found["index"])
        return None if whole is None or not numbers else ArrayAsked(whole, tuple(int(one[:9]) for one in numbers))

    def stem(self, text: str) -> str:
        """A component's name without its index."""
        found = _COMPONENT.fullmatch(text.strip())
        return text if found is None else found["name"]

    def near(self, text: str) -> str:
        """The nearest name that means something, or nothing."""
        return self._names.near(text)

    def label(self, asked: ArrayAsked) -> str:
        """The name in full."""
        return self._names.label(asked.whole)


def component(name: str, index: Index) -> str:
    """A component's name: ``dW[0, 1]``; of a single number its own."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name
