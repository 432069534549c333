r"""Any text as LaTeX that every engine sets: ASCII alone, accents and signs by their commands, nothing that acts.

What plain fonts do not have is ``\other{…}{4E2D}``: the character itself where the engine reads Unicode (XeLaTeX,
LuaLaTeX), and its code point elsewhere.
"""

from __future__ import annotations

import re
import unicodedata

from backprop_cli.render.latex_names import latex_name
from backprop_cli.render.safe_text import visible

COMMANDS = r"""\newcommand{\cell}[1]{\hbox to 0.525em{\hss#1\hss}}
\newcommand{\other}[2]{%
  \ifdefined\XeTeXversion#1\else\ifdefined\luatexversion#1\else\texttt{\textless U+#2\textgreater}\fi\fi}
"""
"""What the preamble needs for that."""

_MINUS = re.compile(r"(?<![\w.)\]])-(?=[\d.])")

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"{\upshape\char36}", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\char34{}", "`": "{`}", "'": "{'}", "-": "{-}", ",": "{,}",
    "?": "{?}", "!": "{!}",
}  # fmt: skip
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0331": "b",
}  # fmt: skip
_LETTERS = {
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}",
    "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "¿": "?`", "¡": "!`", "\u00a0": "~", "–": "--", "—": "---",
    "‘": "`", "’": "'", "“": "``", "”": "''", "„": ",,", "…": r"\ldots{}",
}  # fmt: skip
_SIGNS = {
    "−": "-", "×": r"\times", "·": r"\cdot", "÷": r"\div", "±": r"\pm", "∂": r"\partial", "√": r"\surd",
    "∛": r"\sqrt[3]{\;}", "≤": r"\le", "≥": r"\ge", "≠": r"\neq", "≈": r"\approx", "∞": r"\infty", "‖": r"\|",
    "⊗": r"\otimes", "●": r"\bullet", "▲": r"\triangle", "→": r"\to", "°": r"{}^{\circ}", "⁻": "{}^{-}",
    "∇": r"\nabla", "∈": r"\in", "§": r"\mathsection",
    **{sign: rf"{{}}^{{{digit}}}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{sign: rf"{{}}_{{{digit}}}" for digit, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}  # fmt: skip


def typeset(text: str) -> str:
    """A text in a paragraph; the sign of a number is a minus and no hyphen."""
    return "".join(map(_character, _MINUS.sub("−", _composed(text))))


def verbatim(text: str) -> str:
    """Lines in a typewriter's font: blanks are kept, and signs are as wide as letters."""
    rows = ("".join(map(_cell, _composed(line))) or "~" for line in text.strip("\n").split("\n"))
    return "{\\ttfamily\\small\\raggedright\\noindent\n" + "\\\\\n".join(rows) + "\\par}\n"


def ascii_only(latex: str) -> str:
    """Mathematics of ours, in which letters that are not ASCII stand inside text."""
    return latex if latex.isascii() else "".join(c if c.isascii() else _character(c) for c in latex)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", visible(text))


def _cell(character: str) -> str:
    if character == " ":
        return "~"
    latex = _character(character)
    return rf"\cell{{{latex}}}" if latex.startswith(r"\ensuremath") else latex


def _character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character.isascii():
        return character
    if character in _LETTERS:
        return _LETTERS[character]
    sign = _SIGNS.get(character) or _greek(character)
    return rf"\ensuremath{{{sign}}}" if sign else _accented(character)


def _greek(character: str) -> str:
    name = latex_name(character)
    return name if name.startswith("\\") and not name.startswith("\\text{") else ""


def _accented(character: str) -> str:
    """A letter and its accents, from the inside out."""
    apart = unicodedata.normalize("NFD", character)
    base, marks = apart[0], apart[1:]
    if not base.isascii() or not base.isalpha() or not marks or not all(mark in _ACCENTS for mark in marks):
        return rf"\other{{{character}}}{{{ord(character):04X}}}"
    for mark in marks:
        base = rf"\{_ACCENTS[mark]}{{{base}}}"
    return base
