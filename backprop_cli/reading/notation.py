"""Characters → tokens: the notation, with every spelling of an operator folded to one.

Knows no grammar and no gates. Tokens are plain tuples because a text may hold 400,000 of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import replace
from typing import Final, NamedTuple

from backprop_cli import limits
from backprop_cli.problems import Diagnostic, Refused, Source, Span
from backprop_cli.reading.modules import member, modules

NUMBER, NAME, OPERATOR, POWER, ATTRIBUTE, END = "number", "name", "operator", "power", "attribute", "end"


class Token(NamedTuple):
    """A piece of the text; ``text`` is its folded spelling (``×`` is ``*``), the offsets are those of the original."""

    kind: str
    text: str
    start: int
    end: int


GREEK_LETTERS: Final = "\u0391-\u03a1\u03a3-\u03a9\u03b1-\u03c9\u03d1\u03d5\u03d6\u03f0\u03f1\u03f5\u00b5"
_FORMS = rf"""(?P<space>[ \t\r\u00a0\u2009\u202f]+|\#[^\n]*)
    |(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<name>[A-Za-z_{GREEK_LETTERS}][A-Za-z0-9_{GREEK_LETTERS}₀-₉]*)
    |(?P<operator>\*\*|==|!=|<=|>=|[-+*/^@(),;=<>\n×·⋅∗÷−√≤≥≠])
    |(?P<power>[⁺⁻]?[⁰¹²³⁴-⁹]+)"""
_DOTTED = r"\.[A-Za-z_][A-Za-z0-9_]*"
_TOKEN = re.compile(rf"{_FORMS}|(?P<attribute>{_DOTTED})|(?P<other>[\s\S])", re.VERBOSE)
_ARRAY_TOKEN = re.compile(
    _FORMS.replace("@(),", r"@(),\[\]:") + rf"|(?P<attribute>{_DOTTED}|ᵀ)|(?P<other>[\s\S])", re.VERBOSE
)
TURNED: Final = frozenset({"T", "mT"})
CASTS: Final = frozenset({"astype", "float", "double", "to", "int", "long"})
ATTRIBUTES: Final = {
    "T": "transpose", "mT": "transpose", "t": "transpose", "dot": "matmul", "max": "amax", "min": "amin",
    "ravel": "flatten", "clamp": "clip",
} | {
    name: name
    for name in (
        "sum", "mean", "prod", "var", "std", "argmax", "cumsum", "trace", "reshape", "flatten", "transpose", "matmul",
        "abs", "exp", "log", "sqrt", "square", "pow", "relu", "sigmoid", "tanh", "clip", "softmax", "norm", *CASTS,
    )
}  # fmt: skip
"""What may follow an array after a dot, and the gate that it is; ``CASTS`` only say of what kind its numbers are."""
_ATTRIBUTE: Final = {"ᵀ": "T"}

_FOLDED: Final = {
    "**": "^",
    "×": "*",
    "·": "*",
    "⋅": "*",
    "∗": "*",
    "÷": "/",
    "−": "-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    ";": "\n",
}
_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SHOWN_PROBLEMS: Final = 5
SIZES_ARE_TYPED: Final = "write the number itself: no value is made of an array's size"
_DIGITS = re.compile(r"(_[0-9]+)+")
_MEMBER = re.compile(r"\.(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)(\([^()]{0,30}\))?", re.ASCII)

_HINTS: Final = {
    "[": "no array may stand here; use ( ) around parts",
    "]": "use ( ) around parts",
    "{": "use ( ) around parts",
    "}": "use ( ) around parts",
    "|": "write abs(x) for an absolute value",
    "!": "a factorial n! is gamma(n + 1)",
    "%": "write mod(x, y) for the remainder",
    "'": "an expression has no strings and no primes; name a derivative's variable plainly",
    '"': "an expression has no strings",
    "`": "an expression has no strings",
    ":": "a stage is written name = expression",
    "&": "write `and` between conditions",
    "~": "write `not` before a condition",
    "\\": "write × as *, and functions without a backslash",
    ".": "a dot stands inside a number only; there are no attributes",
    "–": "this is a dash; use - for minus",
    "—": "this is a dash; use - for minus",
    "?": "write where(condition, a, b)",
    "∂": "the gradient is worked out for you; type the function itself",
    "°": "angles are in radians: x degrees are x*pi/180",
    "∞": "infinity is not a value here",
}


def tokens(
    source: Source,
    most_characters: int = limits.TEXT_CHARACTERS,
    *,
    arrays: bool = False,
    names: Collection[str] = (),
) -> list[Token]:
    """All tokens of a text, closed by an END token; every character that cannot be read is reported, up to five.

    ``names`` are those that have a value: a variable ``np`` is no module.
    """
    _measure(source, most_characters)
    known = _Known(names, modules(source.text, names), arrays)
    most_tokens = int(most_characters * limits.TOKENS_PER_CHARACTER)
    found: list[Token] = []
    problems: list[Diagnostic] = []
    for match in (_ARRAY_TOKEN if arrays else _TOKEN).finditer(source.text):
        kind, text = match.lastgroup or "other", match.group()
        start, end = match.span()
        if kind == "space":
            continue
        if kind == "attribute":
            if (token := _attribute(found, _ATTRIBUTE.get(text, text[1:]), Span(start, end), known)) is not None:
                found.append(token)
                continue
            name = Token(NAME, text[1:], start + 1, end)
            kind, text, end = "other", text[0], start + 1
        problem = _problem(kind, text) or _joined(source.text, found, match)
        if problem is not None and not _said_before(text, found):
            problem = _hinted(problem, text, source.text, found, start)
            problems.append(problem.at(source, Span(start, end)))
            if len(problems) == _SHOWN_PROBLEMS:
                break
        found.append(Token(kind, _folded(kind, text), start, end))
        if match.lastgroup == "attribute" and name.text:
            found.append(name)
        if len(found) > most_tokens:
            raise Refused(_too_many_tokens(most_tokens).at(source, Span(start, end)))
    if problems:
        raise Refused(*problems)
    found.append(Token(END, "", len(source.text), len(source.text)))
    return found


def _said_before(text: str, found: list[Token]) -> bool:
    """np.linalg.norm: the first dot says it."""
    return text == "." and len(found) > 1 and found[-1].kind == NAME and found[-2].text == "."


class _Known(NamedTuple):
    """What names mean in a text: those that have a value, those of modules."""

    names: Collection[str]
    modules: Collection[str]
    arrays: bool


def _attribute(found: list[Token], name: str, span: Span, known: _Known) -> Token | None:
    """``.T`` and ``.sum`` after an array; ``np.exp`` is the name ``exp``. None for a dot that means nothing here."""
    last = found[-1] if found else None
    if last is None or last.end != span.start:
        return None
    if last.kind == NAME and last.text in known.modules:
        text = member(last.text, name, known.names, arrays=known.arrays)
        if text is not None:
            found.pop()
            return Token(NAME, text, last.start, span.end)
    after_array = last.kind in (NAME, ATTRIBUTE) or (last.kind == OPERATOR and last.text in (")", "]"))
    return Token(ATTRIBUTE, name, span.start, span.end) if known.arrays and after_array and name in ATTRIBUTES else None


def _measure(source: Source, most: int) -> None:
    if len(source.text) > most:
        message = f"the {source.name} has {len(source.text):,} characters; the limit is {most:,}"
        raise Refused(Diagnostic("limit.size", message, "--max-size raises the limit for your own large circuits"))


def _too_many_tokens(most: int) -> Diagnostic:
    return Diagnostic(
        "limit.tokens", f"more than {most:,} symbols", "--max-size raises the limit for your own large circuits"
    )


def _folded(kind: str, text: str) -> str:
    if kind == "power":
        return text.translate(_SUPERSCRIPTS)
    if kind == "name":
        return text.replace("\u00b5", "\u03bc") if "\u00b5" in text else text
    return _FOLDED.get(text, text)


def _problem(kind: str, text: str) -> Diagnostic | None:
    if kind == "operator":
        return None
    if kind == "name":
        if len(text) <= limits.NAME_CHARACTERS:
            return None
        return Diagnostic("limit.name", f"a name of {len(text)} characters; the limit is {limits.NAME_CHARACTERS}")
    return number_problem(text) if kind in ("number", "power") else _unreadable(text)


def _hinted(problem: Diagnostic, text: str, whole: str, before: list[Token], start: int) -> Diagnostic:
    """A character without a meaning that has one in another notation."""
    if text == "." and whole.startswith((".shape", ".size"), start):
        return replace(problem, hint=SIZES_ARE_TYPED)
    if text == ".":
        return _member(problem, whole, before, start)
    if text == "'" and before and before[-1].end == start and before[-1].kind == NAME:
        return replace(problem, hint=f"write {before[-1].text}.T for the transposed matrix")
    return problem


def _member(problem: Diagnostic, text: str, before: list[Token], start: int) -> Diagnostic:
    """``np.exp(x)`` and ``x.exp()``: a function of a module or of a value."""
    found = _MEMBER.match(text, start)
    if found is None or not before or before[-1].kind != NAME or text[found.end(1) : found.end(1) + 1] != "(":
        return problem
    inside = found[2] or "(…)"
    return replace(problem, hint=f"write {found[1]}{inside if inside != '()' else f'({before[-1].text})'}")


def _joined(text: str, before: list[Token], match: re.Match[str]) -> Diagnostic | None:
    """What is wrong with a piece only because of what it touches: ``1_000``."""
    last = before[-1] if before else None
    if last is None or last.kind != NUMBER or last.end != match.start() or not _DIGITS.fullmatch(match[0]):
        return None
    number = text[last.start : match.end()].replace("_", "")
    return Diagnostic("text.character", "a _ inside a number", f"digits are written without _: {number}")


def number_problem(text: str) -> Diagnostic | None:
    """What is wrong with a number's size as typed, None if nothing is."""
    if len(text) > limits.NUMBER_CHARACTERS:
        return Diagnostic(
            "limit.number", f"a number of {len(text):,} characters; the limit is {limits.NUMBER_CHARACTERS}"
        )
    _, _, exponent = text.lower().partition("e")
    if exponent and abs(int(exponent)) > limits.DECIMAL_EXPONENT:
        most = limits.DECIMAL_EXPONENT
        return Diagnostic("limit.exponent", f"the exponent {exponent} is out of range; the limit is ±{most}")
    return None


def _unreadable(text: str) -> Diagnostic:
    category = unicodedata.category(text)
    code = f"U+{ord(text):04X}"
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"):
        name = unicodedata.name(text, "a control character").lower()
        return Diagnostic(
            "text.control", f"an invisible character ({code}, {name})", "remove it and type the line again"
        )
    if category[0] == "L":
        message = f"the letter {text} ({code}, {unicodedata.name(text, '?').lower()}) is not read in names"
        return Diagnostic("text.character", message, "names are made of Latin and Greek letters, digits and _")
    return Diagnostic("text.character", f"the character {text} ({code}) has no meaning here", _HINTS.get(text, ""))
