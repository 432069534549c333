r"""Matrices in LaTeX: ``X^T`` and ``X^{\top}`` turn one over, and a product without a sign beside it is theirs.

``X^T (P - Y)`` is ``X.T @ (P - Y)``, and so is every other product of that run: ``X^T X w`` is ``X.T @ X @ w``. What is
a number stays a factor: ``2``, ``\pi``, a norm, a fraction of numbers, and a fraction before the first matrix.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from backprop_cli.problems import Source, Span
from backprop_cli.reading import complaints
from backprop_cli.reading.latex_functions import BETWEEN, is_implicit
from backprop_cli.reading.notation import ATTRIBUTE, NAME, NUMBER, OPERATOR, POWER, Token

_TURNED = re.compile(
    r"\s*(?P<brace>\{\s*)?(?:\\(?:top|intercal)(?![A-Za-z])|(?P<letter>(?P<run>T[A-Za-z0-9]*)"
    r"|\\(?:mathsf|mathrm|mathbf|mathit|text|textsf)\s*(?:\{\s*T\s*\}|T(?![A-Za-z]))))(?(brace)\s*\})"
)
_CONSTANTS = frozenset({"pi", "π", "e"})
_NUMBERS = frozenset({"norm", "det", "trace"})  # functions of an array that give a number


def turned(text: str, at: int, before: Token, names: Collection[str]) -> int | None:
    r"""Where the power that begins there ends, if it says that what stands before it is transposed; else None.

    A letter T says so unless it is one of the ``names``, or the power of a number.
    """
    found = _TURNED.match(text, at)
    if found is None:
        return None
    if found["letter"] is None:
        return found.end()
    number = before.kind == NUMBER or (before.text in _CONSTANTS and before.text not in names)
    run = found["run"] or "T"
    if number or "T" in names or run in names or (found["brace"] and run != "T"):
        return None
    return found.end() - len(run) + 1 if found["run"] and not found["brace"] else found.end()


def with_products(source: Source, tokens: Sequence[Token], names: Collection[str]) -> list[Token]:
    """The tokens with the products of matrices written ``@``. Raises ``Refused`` for one that has two readings."""
    if all(token.kind != ATTRIBUTE for token in tokens):
        return list(tokens)
    return _Matrices(source, tokens, names).all()


@dataclass(slots=True)
class _Factor:
    """A factor of a run: where it begins, the sign before it if one is there, and what it is made of."""

    at: int
    sign: int | None = None
    fraction: bool = False
    number: bool = False
    letters: bool = False
    transposed: bool = False


@dataclass(slots=True)
class _Run:
    """Factors side by side inside one bracket; ``before`` is the sign that they stand behind."""

    before: str = ""
    factors: list[_Factor] = field(default_factory=list)
    sign: int | None = None
    letters: bool = False


@dataclass(slots=True)
class _Matrices:
    source: Source
    tokens: Sequence[Token]
    names: Collection[str]
    open: list[_Run] = field(default_factory=lambda: [_Run()])
    products: set[int] = field(default_factory=set)
    opened: dict[int, int] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)

    def all(self) -> list[Token]:
        """All tokens, some of them changed."""
        for at, token in enumerate(self.tokens):
            if token.kind == OPERATOR and token.text in (")", "]"):
                self._end(at)
                inner = self.open.pop() if len(self.open) > 1 else _Run()
                self._lettered(inner.letters)
            elif token.kind == OPERATOR and token.text in ("(", "["):
                self._operand(at, token)
                self.open.append(_Run())
            else:
                self._within(at, token)
        return self._written()

    def _within(self, at: int, token: Token) -> None:
        """A token that is no bracket."""
        run = self.open[-1]
        if token.kind in (NAME, NUMBER) and token.text not in BETWEEN:
            self._operand(at, token)
        elif token.kind == ATTRIBUTE and run.factors:
            run.factors[-1].transposed |= token.text == "T"
        elif is_implicit(token):
            run.sign = at
        elif not (token.text == "^" or token.kind == POWER or self._raised(at)):
            self._end(at)
            self.open[-1].before = token.text

    def _raised(self, at: int) -> bool:
        """Whether what stands there is an exponent."""
        before = self.tokens[at - 1].text if at else ""
        return before == "^" or (before in ("+", "-") and at > 1 and self.tokens[at - 2].text == "^")

    def _operand(self, at: int, token: Token) -> None:
        """A factor begins, unless the token goes on with one: a power, what a call holds, an index."""
        run, before = self.open[-1], self.tokens[at - 1] if at else None
        held = token.kind == OPERATOR and before is not None and before.kind == NAME and before.text not in BETWEEN
        if not (run.factors and (self._raised(at) or held or token.text == "[")):
            fraction = self.source.text[max(0, token.start - 4) : token.start] == "frac"
            run.factors.append(_Factor(at, run.sign, fraction, token.text in _NUMBERS))
            run.sign = None
        called = self.tokens[at + 1].text == "("
        if token.kind == NAME and not called and (token.text not in _CONSTANTS or token.text in self.names):
            self._lettered(letters=True)

    def _lettered(self, letters: bool) -> None:
        """What stands there in the innermost run has letters in it, so that it may be an array."""
        run = self.open[-1]
        run.letters |= letters
        if run.factors:
            run.factors[-1].letters |= letters

    def _end(self, at: int) -> None:
        """A run ends before that token: write its products."""
        run = self.open[-1]
        factors, run.factors, run.sign = run.factors, [], None
        if not any(factor.transposed for factor in factors):
            return
        first = True
        for factor in factors:
            if not factor.letters or factor.number or (first and factor.fraction):
                continue
            if not first:
                self.products.add(factor.at if factor.sign is None else factor.sign)
            first = False
        if run.before == "/" and len(factors) > 1:
            self._two_readings(factors, at)
        if run.before in ("*", "@"):
            self.opened[factors[0].at] = self.tokens[factors[0].at].start
            self.closed.add(at)

    def _two_readings(self, factors: Sequence[_Factor], at: int) -> None:
        span = Span(self.tokens[factors[0].at - 1].start, self.tokens[at - 1].end)
        message, hint = "a product without a sign that can be read in two ways", r"write \frac{…}{…}, or parentheses"
        complaints.fail(self.source, "syntax.ambiguous", message, span, hint)

    def _written(self) -> list[Token]:
        made: list[Token] = []
        for at, token in enumerate(self.tokens):
            start = token.start
            if at in self.closed:
                made.append(Token(OPERATOR, ")", made[-1].end, made[-1].end))
            if at in self.products:
                made.append(Token(OPERATOR, "@", start, start))
            if at in self.opened:
                made.append(Token(OPERATOR, "(", start, start))
            if at not in self.products or not is_implicit(token):
                made.append(token)
        return made
