"""Answers as people type them → as our reader reads them: dashes for minus, full-width digits, ≈, $…$, x(y + 1), 2xy.

Only what can mean one thing is rewritten. What may mean two keeps its signs, and ``several`` says why it is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from backprop_cli.problems import Diagnostic
from backprop_cli.reading.latex_words import in_latin, is_latex

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_DASH = re.compile(r"(?<![\w)\].])(\s*)[–‒](?=\s*[.\d])")
_IN_EXPONENT = re.compile(r"(?<=\d[eE])[–‒](?=\d)")
_MARKS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"))
_NAME = re.compile(r"(?<![\\A-Za-z_])[^\W\d]\w*")  # and no command of LaTeX
_D = r"(?:\\partial(?![A-Za-z])|\\mathrm\s*\{\s*d\s*\}|[d∂])\s*"
_FRACTION = re.compile(rf"\\[dt]?frac\s*\{{\s*{_D}(?P<of>\w+)\s*\}}\s*\{{\s*{_D}(?P<by>\w+)\s*\}}")
_QUOTIENT = re.compile(r"(?<![\w.])[d∂]\s?(?P<of>\w+)\s*/\s*[d∂]\s?(?P<by>\w+)")
_ROUND = re.compile(r"∂\s?(\w+)")
_APART = re.compile(r"(?P<left>\)|(?<![\\\w])[^\W\d]\w*|(?<=\d)[^\W\d]\w*)[ \t]+(?=(?P<right>[^\W\d]\w*)(?P<call>\()?)")
_WORDS = frozenset({"and", "or", "not", "if", "else"})
_RAISED = re.compile(r"(?<![\\A-Za-z_])(?P<name>[A-Za-z]+)\s*(?:(?:\^|\*\*)\s*(?P<power>[2-9])|(?P<high>[²³⁴-⁹]))\s*\(")
_PLUS_MINUS = re.compile(r"±|\+/-|\+-")
_SEVERAL_NAMED = re.compile(r"[,;]\s*[^\W\d][\w/.∂]*\s*=(?!=)")
_NUMBER = r"[+-]?\s*(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_LIST = re.compile(rf"[\[({{]?\s*{_NUMBER}(?:\s*(?:[;]|,\s|\bor\b|\band\b|\s)\s*{_NUMBER})+\s*[\])}}]?")
_BRACKETS = re.compile(rf"[\[{{]\s*{_NUMBER}(?:\s*[,;]\s*{_NUMBER})*\s*[\]}}]")
_PERCENT = re.compile(rf"{_NUMBER}\s*%")
_CONDITION = re.compile(r"\b(?:and|or|not)\b|[<>≤≥≠]|[=!]=")
_ABSENT = frozenset({
    "undefined", "not defined", "no value", "no gradient", "no derivative", "does not exist", "doesn't exist", "dne",
    "nicht definiert", "undefiniert", "existiert nicht", "kein wert", "keine ableitung", "non défini", "indéfini",
    "n'existe pas", "no existe", "no definido", "indefinido",
})  # fmt: skip


def plainly(text: str) -> str:
    """The text without what people put around a number or a formula, and with the signs that our reader knows."""
    text = text.translate(_FULL_WIDTH).replace("−", "-").strip()
    text = text.removeprefix("'").strip() if not text.endswith("'") else text  # a spreadsheet's mark of a text
    text = re.sub(r"^(?:≈|≃|≅|~)\s*", "", text)
    for first, last in _MARKS:
        if len(text) > len(first) + len(last) and text.startswith(first) and text.endswith(last):
            text = text[len(first) : -len(last)].strip()
    return _IN_EXPONENT.sub("-", _DASH.sub(r"\1-", text))


def says_no_value(text: str) -> bool:
    """Whether an answer says that there is no value or no gradient."""
    return " ".join(text.lower().rstrip(".").split()) in _ABSENT


def with_products(text: str, names: Collection[str], known: Collection[str], stages: Collection[str] = ()) -> str:
    """``2xy``, ``2x y``, ``x(y + 1)`` and ``f(1 - f)`` with their products written, where all is the question's names.

    ``known`` are the names that mean something to the reader, functions among them: they stay as they are.
    ``ds`` is the gradient of a stage s, also where d and s are names.
    """
    latex = is_latex(text)  # whose reader takes xy apart itself: the cosine of x*y if \\cos stands before it

    def product(found: re.Match[str]) -> str:
        name = found[0]
        if text[found.end() : found.end() + 1] == "(":
            name = _before_function(name, names, known)
        gradient = name[0] == "d" and name[1:] in stages
        letters = len(name) > 1 and all(letter in names for letter in name)
        if letters and name not in names and name not in known and not gradient:
            if latex:
                return f"{name}*" if text[found.end() :].lstrip().startswith("(") else name
            name = "*".join(name)
        before, after = text[found.start() - 1 : found.start()], text[found.end() :].lstrip()[:1]
        called = after == "(" and name.rpartition("*")[2] in names and found[0] not in known
        return f"{'*' if before.isdigit() and '*' in name else ''}{name}{'*' if called else ''}"

    def ours(name: str) -> bool:
        return name in names or (name[:1] == "d" and name.rpartition("_d")[2].removeprefix("d") in names)

    def apart(found: re.Match[str]) -> str:
        left, right = found["left"], found["right"]
        function = found["call"] and right in known and right not in _WORDS
        return f"{left}*" if (left == ")" or ours(left)) and (function or ours(right)) else found[0]

    text = _NAME.sub(product, text)
    return text if latex else _APART.sub(apart, text)


def _before_function(name: str, names: Collection[str], known: Collection[str]) -> str:
    """``ycos(`` with its product written, ``y*cos``, where it can be read in one way."""
    if name in names or name in known:
        return name
    found = [
        (name[:at], name[at:])
        for at in range(1, len(name))
        if name[at:] in known and name[at:] not in _WORDS and (name[:at] in names or all(n in names for n in name[:at]))
    ]
    if len(found) != 1:
        return name
    ((before, function),) = found
    return f"{before if before in names else '*'.join(before)}*{function}"


def with_powers(text: str, names: Collection[str], known: Collection[str]) -> str:
    """``sin²(x)`` and ``sin^2(x)`` as ``sin(x)^2``."""
    for found in reversed([*_RAISED.finditer(text)]):
        if found["name"] in known and found["name"] not in names:
            end = _closed(text, found.end() - 1)
            if end is not None:
                power = found["power"] or str("⁰¹²³⁴⁵⁶⁷⁸⁹".index(found["high"]))
                text = f"{text[: found.start()]}({found['name']}{text[found.end() - 1 : end]}^{power}){text[end:]}"
    return text


def _closed(text: str, at: int) -> int | None:
    """Where the parenthesis that opens there ends; None if nowhere."""
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place + 1
    return None


def as_named(text: str, names: Collection[str], known: Collection[str]) -> str:
    """The text with Greek letters spelled as the question's names are: ``2θx`` is ``2theta*x`` where theta is one."""
    spelled = {in_latin(name): name for name in names}

    def own(name: str) -> str:
        return name if name in names else spelled.get(in_latin(name), "")

    def named(found: re.Match[str]) -> str:
        name = found[0]
        if name in known or own(name):
            return name if name in known else own(name)
        if name[0] == "d" and own(name[1:]):
            return f"d{own(name[1:])}"
        factors = [own(letter) for letter in name]
        return "*".join(factors) if all(factors) and "".join(factors) != name else name

    return _NAME.sub(named, text)


def with_gradients_named(text: str, names: Collection[str]) -> str:
    """``df/ds`` as one name, ``df_ds``, and ``∂s`` as ``ds``, where f and s are the question's own names."""

    def quotient(found: re.Match[str]) -> str:
        of, by = found["of"], found["by"]
        if by not in names or (of not in names and of != "f") or f"d{of}" in names or f"d{by}" in names:
            return found[0]
        return rf"\mathrm{{d{of}_d{by}}}" if found[0].startswith("\\") else f"d{of}_d{by}"

    text = _QUOTIENT.sub(quotient, _FRACTION.sub(quotient, text))
    return _ROUND.sub(lambda found: f"d{found[1]}" if found[1] in names else found[0], text)


def sides(text: str) -> tuple[str, ...]:
    """The sides of ``x + y = 3``; one where there is no sign of equality outside of parentheses."""
    found, start, depth = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        alone = text[at - 1 : at] not in ("<", ">", "!", "=", ":") and text[at + 1 : at + 2] != "="
        if letter == "=" and depth == 0 and alone:
            found.append(text[start:at].strip())
            start = at + 1
    return (*found, text[start:].strip())


def several(text: str) -> Diagnostic | None:
    """Why a text is several answers, or a part of a hundred; None if it is one answer."""
    one_each = "give each its own: -a dx=-4 -a dy=3, or a line for each in a file"
    if _SEVERAL_NAMED.search(_bare(text)):
        return Diagnostic("answer.several", "several answers in one", one_each)
    if _PLUS_MINUS.search(text):
        return Diagnostic("answer.several", "± says two numbers, and an answer is one")
    if _BRACKETS.fullmatch(text) or _LIST.fullmatch(text):
        return Diagnostic("answer.several", "several numbers in one answer", "an answer is one number or one formula")
    if _PERCENT.fullmatch(text):
        return Diagnostic("answer.percent", "a percentage, and a number is asked for", "50 % is written 0.5")
    return None


def is_condition(text: str) -> bool:
    """Whether a text compares or joins conditions outside of parentheses: ``2 > 1``, ``7 or -4``, ``not 0``."""
    return _CONDITION.search(_bare(text)) is not None


def _bare(text: str) -> str:
    """The text outside of parentheses, with blanks for what stands inside."""
    bare, depth = list[str](), 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        bare.append(letter if depth == 0 else " ")
    return "".join(bare)
