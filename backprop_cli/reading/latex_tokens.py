r"""LaTeX → tokens: ``\frac{a}{b}``, ``\sqrt{x}``, ``x_{1}``, ``x^{2}``, ``\cdot``, ``\sigma(x)``, ``\left( \right)``.

What comes out are the tokens of the notation, each with its place in the text, so that the parser and its messages know
nothing of LaTeX. A product without a sign is written out where LaTeX leaves no doubt: ``\frac{1}{2} x``, ``w x``.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from backprop_cli import limits
from backprop_cli.gates import called
from backprop_cli.gates.array_table import array_called
from backprop_cli.problems import Diagnostic, Refused, Source, Span
from backprop_cli.reading.latex_functions import BETWEEN, function_of, with_arguments
from backprop_cli.reading.latex_matrices import turned, with_products
from backprop_cli.reading.latex_words import (
    DELIMITERS,
    FRACTIONS,
    FUNCTIONS,
    GREEK,
    SIGNS,
    SIZES,
    SPACES,
    STYLES,
    unknown,
)
from backprop_cli.reading.latex_writer import LatexWriter, Signs
from backprop_cli.reading.notation import (
    ATTRIBUTE,
    END,
    GREEK_LETTERS,
    NAME,
    NUMBER,
    OPERATOR,
    Token,
    number_problem,
    tokens,
)

_SPACE = re.compile(r"(?:[\s~$&]|%[^\n]*|\\[,;:! \\])+")
_PIECE = re.compile(
    r"\\(?P<command>[A-Za-z]+|[{}|])|(?P<brace>[{}])|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9]*)|(?P<plain>[^\\{}\s~$&%A-Za-z0-9]+)"
)
_NAMED = re.compile(rf"\s*\{{\s*(?P<inside>(?:[A-Za-z]\w*|[{GREEK_LETTERS}]))\s*\}}", re.ASCII)
_SUBSCRIPT = re.compile(r"\s*_\s*(?:\{\s*(?P<braced>[A-Za-z0-9, ]*?)\s*\}|(?P<bare>[A-Za-z0-9]+))")
_ROOT = re.compile(r"\s*\[\s*(?P<index>[0-9]{1,3})\s*\]")
_BASE = re.compile(r"\s*_\s*\{?\s*(?P<base>2|10)(?![0-9])\s*\}?")
_POWER = re.compile(r"\s*([0-9]+)(?![0-9.])")
_BRACED = re.compile(r"\s*\{")
_ONE = re.compile(r"\s*(?P<one>[0-9A-Za-z])")
_LENGTH = re.compile(r"\s*_\s*(?:\{\s*[2F]\s*\}|[2F])")
_POWER_SIGN = re.compile(r"\s*\^")
_BELOW = re.compile(r"\s*_")
_ASSIGNED = re.compile(r"(?<!\\)\b([A-Za-z]+)\s*=(?!=)")
_DELIMITER = re.compile(r"\s*(\\?[A-Za-z]+|\\?.)", re.DOTALL)
_PAIR = re.compile(r"==|!=|<=|>=|\*\*|.", re.DOTALL)


def latex_tokens(source: Source, names: Collection[str], *, arrays: bool) -> list[Token]:
    """The tokens of a text in LaTeX; ``names`` are those that have a value, to tell ``x1`` from ``x_1``.

    Raises ``Refused`` for what is not read.
    """
    size, most = len(source.text), limits.LATEX_CHARACTERS
    if size > most:
        message = f"the {source.name} has {size:,} characters; the limit in LaTeX is {most:,}"
        raise Refused(Diagnostic("limit.size", message))
    lexer = _Lexer(source, frozenset(names), arrays, assigned=frozenset(_ASSIGNED.findall(source.text)))
    known = lexer.names | lexer.assigned
    return with_products(source, with_arguments(source, lexer.all(), lexer.marks, known), known)


@dataclass(slots=True)
class _Brace:
    """An open brace: what its end writes, and what the ends of the arguments write that follow."""

    start: int
    closes: Signs
    then: tuple[Signs, ...] = ()


@dataclass
class _Lexer(LatexWriter):
    assigned: frozenset[str] = frozenset()
    open: list[_Brace] = field(default_factory=list)
    bars: int = 0
    norms: int = 0

    def all(self) -> list[Token]:
        """All tokens, closed by an END token."""
        text = self.source.text
        while True:
            space = _SPACE.match(text, self.at)
            self.at = space.end() if space else self.at
            if self.at >= len(text):
                break
            piece = _PIECE.match(text, self.at)
            if piece is None:
                self.refuse("latex.command", "a backslash without a command", Span(self.at, self.at + 1))
            start, self.at = self.at, piece.end()
            self._piece(piece, start)
        if self.open:
            start = self.open[-1].start
            self.refuse("latex.braces", "this { is never closed", Span(start, start + 1))
        self.found.append(Token(END, "", len(text), len(text)))
        return self.found

    def _piece(self, piece: re.Match[str], start: int) -> None:
        if piece["command"]:
            self._command(piece["command"].replace("|", "Vert"), start)
        elif piece["brace"]:
            self._brace(piece["brace"], start)
        elif piece["number"]:
            self._number(piece["number"], start)
        elif piece["name"]:
            self._name(piece["name"], start)
        else:
            self._plain(piece["plain"], start)

    # --- pieces ---

    def _number(self, text: str, start: int) -> None:
        problem = number_problem(text)
        if problem is not None:
            raise Refused(problem.at(self.source, Span(start, self.at)))
        if self.closed:
            self.times(start)
        self.put(NUMBER, text, start)

    def _name(self, text: str, start: int, *, styled: bool = False) -> None:
        """A name with its subscript: ``x_{1}`` is x1 or x_1, whichever has a value; ``xy`` may be a product."""
        for letter in "" if styled else self._letters(text):
            if self.last.kind != NUMBER:
                self.times(start)
            self.found.append(Token(NAME, letter, start, start + 1))
            start, text = start + 1, text[1:]
        if text not in BETWEEN and (self.last.kind == NAME or self.closed):
            self.times(start)
        below = _SUBSCRIPT.match(self.source.text, self.at)
        if below is not None:
            self.at = below.end()
            bare = re.sub(r"[ ,]", "", below["braced"] or below["bare"] or "")
            joined, apart = f"{text}{bare}", f"{text}_{bare}"
            text = joined if joined in self.names or (bare.isdigit() and apart not in self.names) else apart
        self.put(NAME, text, start)

    def _letters(self, text: str) -> str:
        """All but the last letter of what is no name but a product of names, ``xy`` or ``xe^{x}``; else nothing."""
        names, last = self.names | self.assigned, text[-1:]
        if text in names or called(text) or array_called(text):
            return ""
        power = last == "e" and _POWER_SIGN.match(self.source.text, self.at)
        product = all(letter in names for letter in text[:-1]) and (last in names or power)
        return text[:-1] if product else ""

    def _plain(self, text: str, start: int) -> None:
        """Signs of the notation itself; a bar and a power in braces have a meaning of their own."""
        for part in _PAIR.finditer(text):
            begin, self.at = start + part.start(), start + part.end()
            if part[0] == "|":
                self._bar(begin)
            elif part[0] == "^" and (end := self._turned()) is not None:
                self.at = end
                return self.put(ATTRIBUTE, "T", begin)
            elif part[0] == "^" and _BRACED.match(self.source.text, self.at):
                self.put(OPERATOR, "^", begin)
                return self._argument(("(",), (")",))
            elif part[0] == "^" and (power := _POWER.match(self.source.text, self.at)):
                self.put(OPERATOR, "^", begin)
                return self._whole_power(power)
            else:
                self._of_notation(part[0], begin)
        return None

    def _turned(self) -> int | None:
        """Where ``X^T`` ends, if that transposes an array."""
        if not (self.arrays and self.ended):
            return None
        return turned(self.source.text, self.at, self.last, self.names | self.assigned)

    def _whole_power(self, power: re.Match[str]) -> None:
        """``x^2y``: in LaTeX the power ends with its number."""
        self.at = power.end()
        self.put(OPERATOR, "(", power.start(1))
        self.put(NUMBER, power[1], power.start(1))
        self.put(OPERATOR, ")", power.end(1))

    def _of_notation(self, text: str, start: int) -> None:
        if text == "(" and self.closed:
            self.times(start)
        try:
            found = tokens(Source(self.source.name, text), arrays=self.arrays)[:-1]
        except Refused as refused:
            one = refused.problems[0]
            self.refuse(one.code, one.message, Span(start, start + len(text)), one.hint)
        self.marks.typed.update([len(self.found)] if text in ("(", "[") else ())
        self.found += [Token(one.kind, one.text, one.start + start, one.end + start) for one in found]

    def _bar(self, start: int) -> None:
        """``|x|``: a bar behind an operand closes, if one is open."""
        if self.bars and self.ended:
            self.bars -= 1
            return self.put(OPERATOR, ")", start)
        self.bars += 1
        return self._fence("abs", start)

    def _norm(self, start: int) -> None:
        r"""``\|x\|``: the length of a vector, which a number has none of."""
        if not self.arrays:
            message = "the norm of a vector, where only numbers stand"
            self.refuse("latex.command", message, Span(start, self.at), "write |x| for an absolute value")
        if not (self.norms and self.ended):
            self.norms += 1
            return self._fence("norm", start)
        self.norms -= 1
        self.put(OPERATOR, ")", start)
        below = _LENGTH.match(self.source.text, self.at)
        self.at = below.end() if below else self.at
        if _BELOW.match(self.source.text, self.at):
            hint = r"\|x\| and \|x\|_2 are sqrt(sum(x^2))"
            self.refuse("latex.command", "a norm that is not read", Span(start, self.at + 1), hint)
        return None

    def _fence(self, name: str, start: int) -> None:
        self.times(start)
        self.marks.fences.add(len(self.found))
        self.put(NAME, name, start)
        self.put(OPERATOR, "(", start)

    def _brace(self, text: str, start: int) -> None:
        if text == "{":
            if self.closed:
                self.times(start)
            self.put(OPERATOR, "(", start)
            self.open.append(_Brace(start, (")",)))
            return
        if not self.open:
            self.refuse("latex.braces", "a } that closes nothing", Span(start, self.at))
        group = self.open.pop()
        self.signs(group.closes, start)
        if group.then:
            self._argument((), group.then[0], group.then[1:])

    def _argument(self, opens: Signs, closes: Signs, then: tuple[Signs, ...] = ()) -> None:
        """Begin an argument: what stands in braces, or a single digit or letter."""
        start = self.at
        self.signs(opens, start)
        braced = _BRACED.match(self.source.text, start)
        if braced is not None:
            self.at = braced.end()
            self.open.append(_Brace(self.at - 1, closes, then))
            return
        one = _ONE.match(self.source.text, start)
        if one is None:
            span = Span(start, min(len(self.source.text), start + 1))
            self.refuse("latex.braces", "an argument in braces is missing", span, r"as \frac{1}{2}")
        self.at = one.end()
        self.put(NUMBER if one["one"].isdigit() else NAME, one["one"], one.start("one"))
        self.signs(closes, self.at)
        if then:
            self._argument((), then[0], then[1:])

    # --- commands ---

    def _command(self, name: str, start: int) -> None:
        if name in SIGNS:
            self.put(*SIGNS[name], start)
        elif name in SIZES:
            self._sized()
        elif name in DELIMITERS:
            self._delimited(DELIMITERS[name], start)
        elif name in FRACTIONS:
            self.times(start)
            self._argument(("(", "("), (")", "/", "("), ((")", ")"),))
        elif name == "sqrt":
            self._root(start)
        elif name in GREEK:
            self.times(start)
            self._name(self._letter(name), start)
        elif name in FUNCTIONS:
            self._function(name, start)
        elif name in STYLES:
            self._styled(start)
        elif name not in SPACES:
            message, hint = unknown(name)
            self.refuse("latex.command", message, Span(start, self.at), hint)

    def _letter(self, command: str) -> str:
        """A Greek letter, or its name where that is what a variable is called."""
        letter = GREEK[command]
        return command if command in self.names and letter not in self.names else letter

    def _root(self, start: int) -> None:
        self.times(start)
        index = _ROOT.match(self.source.text, self.at)
        self.at = index.end() if index else self.at
        degree = index["index"] if index else "2"
        if degree not in ("2", "3"):
            hint = rf"write x^{{1/{degree}}}"
            self.refuse("latex.command", r"\sqrt is read with the index 3, or none", Span(start, self.at), hint)
        self.put(NAME, "sqrt" if degree == "2" else "cbrt", start)
        self._argument(("(",), (")",))

    def _sized(self) -> None:
        r"""What stands behind ``\left`` or ``\big``; a dot is nothing."""
        found = _DELIMITER.match(self.source.text, self.at)
        sign = found[1].replace("\\|", "Vert").removeprefix("\\") if found else ""
        if found is not None and (sign == "." or sign in DELIMITERS):
            self.at = found.end()
            if sign != ".":
                self._delimited(DELIMITERS[sign], found.start(1))

    def _delimited(self, sign: str, start: int) -> None:
        if sign == "|":
            return self._bar(start)
        if sign == "‖":
            return self._norm(start)
        if len(sign) > 1:
            return self._fence(sign[:-1], start)
        if sign == "(" and self.last.kind != NAME:
            self.times(start)
        self.marks.typed.update([len(self.found)] if sign == "(" else ())
        return self.put(OPERATOR, sign, start)

    def _function(self, command: str, start: int) -> None:
        r"""``\sin(x)``, ``\sin{x}`` and ``\sin 2x``, whose argument ends where ``latex_functions.py`` says."""
        self.times(start)
        base = _BASE.match(self.source.text, self.at) if command == "log" else None
        self.at = base.end() if base else self.at
        name, end = f"log{base['base']}" if base else FUNCTIONS[command], self.at
        number = len(self.found)
        self.marks.functions[number] = function = function_of(self.source, command, name, Span(start, end))
        self.at = start + len(function.head)
        self.found.append(Token(NAME, name, start, end))
        if _BRACED.match(self.source.text, self.at):
            self.marks.typed.add(number + 1)
            self._argument(("(",), (")",))

    def _styled(self, start: int) -> None:
        r"""``\mathrm{relu}``: the name inside."""
        inside = _NAMED.match(self.source.text, self.at)
        if inside is None:
            span = Span(start, self.at)
            self.refuse("latex.command", "a name in braces is needed here", span, r"as \mathrm{relu}(x)")
        self.at = inside.end()
        self._name(inside["inside"], start, styled=True)
