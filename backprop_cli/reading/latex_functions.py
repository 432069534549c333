r"""Where the argument of a LaTeX function ends: ``\cos 2x``, ``\ln x^2``, ``\sin^2 x``, as mathematicians mean it.

Without parentheses a function takes the product that follows without a sign: numbers, letters, each with its exponent,
fractions and roots. It ends before a sign, another function, a parenthesis, and e^x, which is a function, too. Where
even so two readings remain, both are shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from backprop_cli.gates import called
from backprop_cli.problems import Diagnostic, Refused, Source, Span
from backprop_cli.reading import complaints
from backprop_cli.reading.latex_words import FUNCTIONS
from backprop_cli.reading.notation import ATTRIBUTE, NAME, NUMBER, OPERATOR, POWER, Token
from backprop_cli.reading.operators import WORDS

BETWEEN = WORDS | {"if", "else"}
"""Names that stand between operands."""


_RAISED = re.compile(
    r"\s*\^\s*(?:\{\s*(?P<braced>-?\s*[0-9]{1,9}|[A-Za-z])\s*\}|(?P<bare>[0-9]{1,9}|[A-Za-z](?![A-Za-z])))"
)
_SIZES = re.compile(r"\\(?:left|right)(?![A-Za-z])\s*")


class LatexFunction(NamedTuple):
    r"""A function's command: as typed with its power, ``\sin^2``, and the power."""

    head: str
    power: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What tokens out of LaTeX do not say of themselves, by their numbers.

    ``functions`` are the names that commands wrote, ``typed`` the brackets that are seen on paper, ``fences`` the names
    of what bars write.
    """

    functions: dict[int, LatexFunction] = field(default_factory=dict)
    typed: set[int] = field(default_factory=set)
    fences: set[int] = field(default_factory=set)


def function_of(source: Source, command: str, name: str, span: Span) -> LatexFunction:
    r"""The function of a command, whose text is in ``span``, with the power behind it: ``\sin^2 x``.

    Raises ``Refused`` for -1, which means the inverse function or the reciprocal.
    """
    raised = _RAISED.match(source.text, span.end)
    if raised is None:
        return LatexFunction(source.text[span.start : span.end], "")
    power = (raised["braced"] or raised["bare"]).replace(" ", "")
    if power == "-1":
        inverse = rf"\arc{command}" if f"arc{command}" in FUNCTIONS else rf"\operatorname{{a{name}}}"
        has = called(f"a{name}") is not None
        hint = f"write {inverse}(…) for the inverse function, " if has else "write "
        message = f"a power between \\{command} and its argument"
        within = Span(span.start, raised.end())
        complaints.fail(source, "syntax.operator", message, within, rf"{hint}1/\{command}(…) for the reciprocal")
    return LatexFunction(source.text[span.start : raised.end()], power)


def is_implicit(token: Token) -> bool:
    """Whether a token is the sign of a product that LaTeX leaves out."""
    return token.text == "*" and token.start == token.end


def with_arguments(source: Source, tokens: Sequence[Token], marks: Marks, names: Collection[str]) -> list[Token]:
    """The tokens with the argument of every function in parentheses, and its power behind them.

    Raises ``Refused`` where it is not told where an argument ends.
    """
    return _Arguments(source, tokens, marks, names).all()


@dataclass(slots=True)
class _Bare:
    """A function whose argument has no parentheses, and what was seen of the argument."""

    function: LatexFunction
    first: int
    begun: bool = False
    letters: bool = False
    whole: bool = False  # a call or bars, which are the argument alone


@dataclass(slots=True)
class _Arguments:
    source: Source
    tokens: Sequence[Token]
    marks: Marks
    names: Collection[str]
    made: list[Token] = field(default_factory=list)
    open: list[_Bare | LatexFunction | None] = field(default_factory=list)
    at: int = 0

    def all(self) -> list[Token]:
        """All tokens, with those that LaTeX leaves out."""
        for at, token in enumerate(self.tokens):
            self.at = at
            while (bare := self._bare) is not None and self._ends(bare, token):
                self._close(bare, token)
            self.made.append(token)
            if token.kind == OPERATOR and token.text in (")", "]"):
                closed = self.open.pop() if self.open else None
                self._power(closed if isinstance(closed, LatexFunction) else None, token.end)
                continue
            self._began(token)
            function = self.marks.functions.get(at)
            if token.kind == OPERATOR and token.text in ("(", "["):
                self.open.append(self.marks.functions.get(at - 1) if at in self.marks.typed else None)
            elif function is not None and at + 1 not in self.marks.typed:
                self._sign("(", token.end)
                self.open.append(_Bare(function, at + 1))
        return self.made

    @property
    def _bare(self) -> _Bare | None:
        top = self.open[-1] if self.open else None
        return top if isinstance(top, _Bare) else None

    def _began(self, token: Token) -> None:
        """An operand in the argument of the innermost function."""
        bare = self._bare
        if bare is None:
            return
        if not bare.begun:
            bare.begun = True
            bare.whole = self.at in self.marks.functions or self.at in self.marks.fences
        is_number = token.kind == NUMBER or (token.text in ("π", "pi") and token.text not in self.names)
        bare.letters |= not is_number and not is_implicit(token)

    def _sign(self, text: str, at: int) -> None:
        self.made.append(Token(OPERATOR, text, at, at))

    def _power(self, function: LatexFunction | None, at: int) -> None:
        r"""What ``\sin^2`` has behind its argument."""
        if function is None or not function.power:
            return
        for sign in ("^", "(", *("-" * function.power.startswith("-"))):
            self._sign(sign, at)
        text = function.power.removeprefix("-")
        self.made.append(Token(NUMBER if text.isdigit() else NAME, text, at, at))
        self._sign(")", at)

    # --- where an argument ends ---

    def _ends(self, bare: _Bare, token: Token) -> bool:
        """Whether the argument ends before this token."""
        if not bare.begun:
            if not self._begins(token):
                self._not_told(bare)
            return False
        before = self.tokens[self.at - 1]
        if self._belongs(before, token):
            return False
        if bare.whole:
            return True
        if is_implicit(token):
            return self._stops(self.at + 1)
        return not self._begins(token) or (self._stops(self.at) and not is_implicit(before))

    def _belongs(self, before: Token, token: Token) -> bool:
        """Whether a token belongs to the factor before it: a power, an index, what a call holds."""
        if before.text == "^" or (before.text in ("+", "-") and self.tokens[self.at - 2].text == "^"):
            return True
        if token.text == "(" and before.kind == NAME:
            return self.at not in self.marks.typed or self._is_gate(before)
        return token.text in ("^", "[") or token.kind in (POWER, ATTRIBUTE)

    def _begins(self, token: Token) -> bool:
        """Whether a factor begins with this token."""
        if token.kind == NAME:
            return token.text not in BETWEEN
        return token.kind == NUMBER or (token.text == "(" and self.at not in self.marks.typed)

    def _stops(self, number: int) -> bool:
        """Whether what begins there is no factor of an argument: a function, a parenthesis, bars, e^x."""
        token = self.tokens[number]
        if number in self.marks.functions or number in self.marks.typed or number in self.marks.fences:
            return True
        if token.kind != NAME:
            return False
        following = self.tokens[number + 1].text
        exponential = token.text == "e" and following == "^" and "e" not in self.names
        return exponential or (number + 1 in self.marks.typed and self._is_gate(token)) or token.text in BETWEEN

    def _is_gate(self, token: Token) -> bool:
        return called(token.text) is not None and token.text not in self.names

    def _close(self, bare: _Bare, token: Token) -> None:
        """End an argument, unless what follows could belong to it as well."""
        following = self.at + 1 if is_implicit(token) else self.at
        opens = following in self.marks.typed or (
            following not in self.marks.functions and self.tokens[following].text == "e" and self._stops(following)
        )
        if opens and not bare.letters and not bare.whole:
            self._two_readings(bare, following, "")
        signed = token.text == "/" or (token.text == "*" and self._tight(token))
        if signed and token.kind == OPERATOR and not bare.whole and not self._apart(self.at + 1):
            self._two_readings(bare, following + 1, self.source.text[token.start : token.end])
        end = self.tokens[self.at - 1].end
        self._sign(")", end)
        self.open.pop()
        self._power(bare.function, end)
        if following == self.at and (self._begins(token) or (token.text == "(" and self.at in self.marks.typed)):
            self._sign("*", end)

    def _tight(self, token: Token) -> bool:
        """``x*y``: a sign that was typed without space around it."""
        text = self.source.text
        around = text[token.start - 1], text[token.start], text[token.end : token.end + 1]
        return around[1] == "*" and not around[0].isspace() and not around[2].isspace()

    def _apart(self, number: int) -> bool:
        """Whether what follows a sign stands on its own: a function, or a parenthesis behind ``*``."""
        return self._stops(number) and not (number in self.marks.typed and self.tokens[self.at].text == "/")

    def _two_readings(self, bare: _Bare, following: int, sign: str) -> NoReturn:
        text, first, head = self.source.text, self.tokens[bare.first].start, bare.function.head
        power = self.tokens[following].text == "e" and self.tokens[following + 1].text == "^"
        end = complaints.right_end(self.tokens, following + 2 * power)
        span = Span(self.tokens[bare.first - 1].start, end)
        inside = _SIZES.sub("", text[first : self.tokens[self.at - 1].end]).strip()
        right = _SIZES.sub("", text[self.tokens[following].start : end])
        complaints.ambiguous(self.source, span, f"{head}({inside}{sign}{right})", f"{head}({inside}){sign}{right}")

    def _not_told(self, bare: _Bare) -> NoReturn:
        head, name = bare.function.head, self.tokens[bare.first - 1]
        message, hint = f"where the argument of {head} ends is not told", f"write {head}(…)"
        raise Refused(Diagnostic("latex.command", message, hint, self.source, Span(name.start, name.end)))
