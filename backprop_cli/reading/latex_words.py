"""The commands of LaTeX that are read, and what each is in the notation; and whether a text has any."""

from __future__ import annotations

import re
from typing import Final

from backprop_cli.nearest import meant
from backprop_cli.reading.notation import NAME, OPERATOR

_IS_LATEX = r"\\[A-Za-z,;:!{|]|[\w)\]}]\s*[_^]\s*\{"

SPACES: Final = frozenset({"quad", "qquad", "thinspace", "displaystyle", "textstyle", "limits", "nolimits"})
FRACTIONS: Final = frozenset({"frac", "dfrac", "tfrac", "cfrac"})
STYLES: Final = frozenset({
    "mathrm", "mathit", "mathbf", "mathsf", "boldsymbol", "bm", "text", "textrm", "operatorname",
})  # fmt: skip
SIZES: Final = frozenset({
    "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr",
})  # fmt: skip
DELIMITERS: Final = {
    "(": "(", ")": ")", "[": "(", "]": ")", "{": "(", "}": ")", "lbrace": "(", "rbrace": ")",
    "lfloor": "floor(", "rfloor": ")", "lceil": "ceil(", "rceil": ")",
    "|": "|", "vert": "|", "lvert": "|", "rvert": "|", "Vert": "‖", "lVert": "‖", "rVert": "‖",
}  # fmt: skip
SIGNS: Final = {
    "cdot": (OPERATOR, "*"), "times": (OPERATOR, "*"), "ast": (OPERATOR, "*"), "odot": (OPERATOR, "*"),
    "div": (OPERATOR, "/"),
    "le": (OPERATOR, "<="), "leq": (OPERATOR, "<="), "ge": (OPERATOR, ">="), "geq": (OPERATOR, ">="),
    "lt": (OPERATOR, "<"), "gt": (OPERATOR, ">"), "ne": (OPERATOR, "!="), "neq": (OPERATOR, "!="),
    "land": (NAME, "and"), "wedge": (NAME, "and"), "lor": (NAME, "or"), "vee": (NAME, "or"),
    "lnot": (NAME, "not"), "neg": (NAME, "not"),
}  # fmt: skip
_SAME = "exp log sin cos tan cot sec csc sinh cosh tanh max min det"
FUNCTIONS: Final = dict(zip(_SAME.split(), _SAME.split(), strict=True)) | {
    "ln": "log",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
}
_LETTERS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau "
    "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega vartheta varphi varpi "
    "varkappa varrho varepsilon"
)
GREEK: Final = dict(zip(_LETTERS.split(), "αβγδεζηθικλμνξοπρςστυφχψωΓΔΘΛΞΠΣΥΦΨΩϑϕϖϰϱϵ", strict=True))
"""The letter of each command: φ is read from ``\\phi`` and ε from ``\\epsilon``, as they are written."""

_SPELLED = {ord(letter): command for command, letter in GREEK.items()} | {ord("\u00b5"): "mu"}


def unknown(command: str) -> tuple[str, str]:
    """What is said of a command that is not read, and what helps."""
    if command in ("partial", "nabla"):
        return f"\\{command} asks for a derivative", "the gradient is worked out for you; type the function itself"
    known = [*SIGNS, *GREEK, *FUNCTIONS, *FRACTIONS, *STYLES, "sqrt", "left", "right"]
    return f"the command \\{command} is not read", meant(command, known)


def in_latin(name: str) -> str:
    """A name with its Greek letters spelled: ``θ_1`` is ``theta_1``."""
    return name.translate(_SPELLED)


def is_latex(text: str) -> bool:
    """Whether a text has commands or braces of LaTeX."""
    return ("\\" in text or "{" in text) and re.search(_IS_LATEX, text) is not None
