"""An answer's text as a grid of texts: ``[[1, 0], [2, 1]]``, or a list as others print it (``printed_lists.py``).

What is no list is a formula for all components at once, and no grid. What an element's text means is not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from backprop_cli.gates.array_row import Shape
from backprop_cli.grading.handwriting import plainly
from backprop_cli.grading.tolerance import typed_decimal
from backprop_cli.reading.nested_lists import split
from backprop_cli.reading.printed_lists import listed


@dataclass(frozen=True, slots=True)
class AnswerGrid:
    """The elements of an array answer, row by row, and its shape."""

    shape: Shape
    texts: tuple[str, ...]

    @property
    def squeezed(self) -> Shape:
        """The shape without axes of length 1."""
        return tuple(size for size in self.shape if size != 1)


def grid(text: str) -> AnswerGrid | None:
    """The elements of a list; None for what is no list. Raises ``Refused`` for a list that cannot be read."""
    text = plainly(text)
    found = listed(text) or _bare(text)
    if found is None:
        return None
    shape, texts = split("the answer", found)
    return AnswerGrid(shape, tuple(texts))


def _bare(text: str) -> str | None:
    """Numbers without brackets, ``(2, 4)`` or ``2 4; 6 8``, as a list; None for anything else."""
    text = text[1:-1] if text[:1] == "(" and text[-1:] == ")" else text
    rows = [row.split(",") if "," in row else row.split() for row in re.split(r"[;\n]", text) if row.strip()]
    numbers = [one.strip() for row in rows for one in row]
    if len(numbers) < 2 or any(typed_decimal(one) is None for one in numbers):
        return None
    lists = [f"[{', '.join(row)}]" for row in rows]
    return lists[0] if len(lists) == 1 else f"[{', '.join(lists)}]"


def nested(shape: Shape, texts: list[str]) -> str:
    """Texts as nested lists of a shape."""
    if not shape:
        return texts[0]
    step = len(texts) // shape[0]
    return "[" + ", ".join(nested(shape[1:], texts[at * step : (at + 1) * step]) for at in range(shape[0])) + "]"
