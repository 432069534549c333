"""An answer's text as a grid of texts: ``[[1, 0], [2, 1]]``, as NumPy prints it, a matrix of LaTeX or MATLAB.

What is no list is a formula for all components at once, and no grid. What an element's text means is not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from backprop_cli.gates.array_row import Shape
from backprop_cli.grading.handwriting import plainly
from backprop_cli.reading.nested_lists import split

_CALLED = re.compile(
    r"(?:(?:np|numpy|jnp|torch)\s*\.\s*)?(?:array|asarray|tensor|Array|matrix)\s*\((?P<inner>.*)\)", re.DOTALL
)
_KIND = re.compile(r",\s*(?:dtype|device|requires_grad|grad_fn)\s*=.*\Z", re.DOTALL)
_LATEX = re.compile(
    r"\\begin\{(?P<kind>[bpvBV]?matrix|array)\}(?:\{[lcr|]*\})?(?P<inner>.*)\\end\{(?P=kind)\}", re.DOTALL
)
_BETWEEN = re.compile(r"(?<=[^\s\[,(+*/^-])\s+(?=[^\s\],)+*/^-]|-\S)")

_ROW = re.compile(r"\[[^\[\],]*\]")


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
    text = _unwrapped(plainly(text))
    if not _is_list(text):
        return None
    if ";" in text:
        text = "[" + ", ".join(f"[{row.strip()}]" for row in text[1:-1].split(";") if row.strip()) + "]"
    text = _ROW.sub(lambda row: _BETWEEN.sub(", ", row[0]), text)
    text = re.sub(r"\]\s+\[", "], [", text)
    shape, texts = split("the answer", text)
    return AnswerGrid(shape, tuple(texts))


def _unwrapped(text: str) -> str:
    """A list without what prints it: ``array(…, dtype=float32)``; a matrix of LaTeX as a list."""
    called = _CALLED.fullmatch(text)
    if called is not None:
        text = _KIND.sub("", called["inner"]).strip()
    latex = _LATEX.fullmatch(text)
    if latex is None:
        return text
    rows = [row for row in re.split(r"\\\\", latex["inner"]) if row.strip()]
    return "[" + ", ".join("[" + ", ".join(cell.strip() for cell in row.split("&")) + "]" for row in rows) + "]"


def _is_list(text: str) -> bool:
    """Whether the bracket that a text begins with ends with it: ``[1, 2] @ x`` is no list."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if depth == 0:
            return at > 0 and at == len(text) - 1
    return text.startswith("[")  # never closed, which reading it will say


def nested(shape: Shape, texts: list[str]) -> str:
    """Texts as nested lists of a shape."""
    if not shape:
        return texts[0]
    step = len(texts) // shape[0]
    return "[" + ", ".join(nested(shape[1:], texts[at * step : (at + 1) * step]) for at in range(shape[0])) + "]"
