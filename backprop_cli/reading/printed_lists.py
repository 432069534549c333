"""A list as NumPy, PyTorch, MATLAB or LaTeX print it → with commas, as ours is written: ``array([1 2])`` → ``[1, 2]``.

What the elements mean, and whether rows are of one length, is not known here.
"""

from __future__ import annotations

import re

_CALLED = re.compile(
    r"(?:(?:np|numpy|jnp|torch)\s*\.\s*)?(?:array|asarray|tensor|Array|matrix)\s*\((?P<inner>.*)\)", re.DOTALL
)
_KIND = re.compile(r",\s*(?:dtype|device|requires_grad|grad_fn)\s*=.*\Z", re.DOTALL)
_LATEX = re.compile(
    r"\\begin\{(?P<kind>[bpvBV]?matrix|array)\}(?:\{[lcr|]*\})?(?P<inner>.*)\\end\{(?P=kind)\}", re.DOTALL
)
_BETWEEN = re.compile(r"(?<=[^\s\[,(+*/^-])\s+(?=[^\s\],)+*/^-]|-\S)")

_ROW = re.compile(r"\[[^\[\],]*\]")


def listed(text: str) -> str | None:
    """The list with commas between its elements; None for what is no list."""
    text = _unwrapped(text.strip())
    if not _is_list(text):
        return None
    if ";" in text:
        text = "[" + ", ".join(f"[{row.strip()}]" for row in text[1:-1].split(";") if row.strip()) + "]"
    text = _ROW.sub(lambda row: _BETWEEN.sub(", ", row[0]), text)
    return re.sub(r"\]\s+\[", "], [", text)


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
