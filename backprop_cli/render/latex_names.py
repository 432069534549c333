"""A variable's name as LaTeX."""

from __future__ import annotations

import re

from backprop_cli.reading.latex_words import GREEK

_LACKING = ("omicron", "varkappa")  # which LaTeX itself, with amsmath, has not
_COMMANDS = {letter: command for command, letter in GREEK.items() if command not in _LACKING}
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_PARTS = re.compile(r"^([A-Za-z]|[^\W\d_])_?([0-9₀-₉]+)$")


def latex_name(text: str) -> str:
    """A variable's name: Greek letters as commands, trailing digits as a subscript, long names upright."""
    single = _PARTS.match(text)
    if single:
        return f"{_letter(single[1])}_{{{single[2].translate(_SUBSCRIPTS)}}}"
    if len(text) == 1:
        return _letter(text)
    if text in _COMMANDS.values():
        return f"\\{text}"
    plain = text.translate(_SUBSCRIPTS).replace("_", r"\_")
    escaped = "".join(rf"${_letter(c)}$" if c in _COMMANDS else c for c in plain)
    return rf"\text{{{escaped}}}"


def _letter(character: str) -> str:
    return (
        f"\\{_COMMANDS[character]}"
        if character in _COMMANDS
        else character
        if character.isascii()
        else rf"\text{{{character}}}"
    )
