r"""What tokens out of LaTeX are written with, and the signs of products that LaTeX leaves out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from backprop_cli.problems import Diagnostic, Refused, Source, Span
from backprop_cli.reading.latex_functions import BETWEEN, Marks
from backprop_cli.reading.notation import ATTRIBUTE, NAME, NUMBER, OPERATOR, Token

Signs = tuple[str, ...]


@dataclass
class LatexWriter:
    """The tokens of a text so far; ``at`` is where the text is read on, ``names`` are those that have a value."""

    source: Source
    names: frozenset[str]
    arrays: bool
    found: list[Token] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)
    at: int = 0

    @property
    def last(self) -> Token:
        """The token before, an empty one at the beginning."""
        return self.found[-1] if self.found else Token(OPERATOR, "", 0, 0)

    @property
    def ended(self) -> bool:
        """Whether an operand ends with the last token; the name of a function is none."""
        last = self.last
        if last.kind == NAME:
            return last.text not in BETWEEN and len(self.found) - 1 not in self.marks.functions
        return last.kind in (NUMBER, ATTRIBUTE) or last.text in (")", "]")

    @property
    def closed(self) -> bool:
        """Whether a parenthesis or ``X^T`` ends with the last token, and a product needs its sign."""
        return self.last.text == ")" or self.last.kind == ATTRIBUTE

    def put(self, kind: str, text: str, start: int) -> None:
        """Write a token that reaches to where the text is read on."""
        self.found.append(Token(kind, text, start, max(start, self.at)))

    def signs(self, signs: Signs, start: int) -> None:
        """Write several signs."""
        for sign in signs:
            self.put(OPERATOR, sign, start)

    def times(self, start: int) -> None:
        """The sign of a product that LaTeX leaves out, where an operand ends before what begins one here."""
        if not self.ended:
            return
        before = self.found[-2] if len(self.found) > 1 else self.last
        if before.kind == OPERATOR and before.text == "/" and self.last.kind in (NAME, NUMBER):
            hint = r"write \frac{…}{…}, or parentheses around the product"
            message = "a product without a sign that can be read in two ways"
            self.refuse("syntax.ambiguous", message, Span(before.start, self.at), hint)
        self.found.append(Token(OPERATOR, "*", start, start))

    def refuse(self, code: str, message: str, span: Span, hint: str = "") -> NoReturn:
        """Refuse the text with one problem."""
        raise Refused(Diagnostic(code, message, hint, self.source, span))
