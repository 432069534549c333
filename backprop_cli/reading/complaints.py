"""What the parser says about a text that it cannot go on with; every function ends in ``Refused``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn

from backprop_cli.problems import Diagnostic, Refused, Source, Span
from backprop_cli.reading.notation import END, NAME, NUMBER, OPERATOR, Token


def fail(source: Source, code: str, message: str, span: Span, hint: str = "") -> NoReturn:
    """Refuse the text with one problem."""
    raise Refused(Diagnostic(code, message, hint, source, span))


def ambiguous(source: Source, span: Span, one: str, other: str) -> NoReturn:
    """A product without a sign that has two readings; both are shown."""
    hint = f"write {short(one)} or {short(other)}"
    fail(source, "syntax.ambiguous", "a product without a sign that can be read in two ways", span, hint)


def missing_operand(source: Source, token: Token, after: str, calls: Span | None, name: str) -> NoReturn:
    """An operator or an opening with nothing behind it. ``calls`` spans empty parentheses, of a call if named."""
    if calls is not None:
        what = f"{name}() without an argument" if name else "empty parentheses"
        fail(source, "syntax.operand", what, calls)
    behind = f" after {after}" if after else ""
    found = "the end" if token.kind == END or token.text == "\n" else f"`{token.text}`"
    hint = "a power is written ^ or **" if token.text == "*" else ""
    if token.text == "/" and after == "/":
        hint = "the whole part of a quotient is floor(x/y)"
    fail(source, "syntax.operand", f"a value is missing{behind}: found {found}", Span(token.start, token.end), hint)


def missing_operator(source: Source, token: Token, typed: str, is_function: Callable[[str], bool]) -> NoReturn:
    """Two values side by side."""
    span = Span(token.start, token.end)
    if token.text == "@" and token.kind == OPERATOR:
        fail(source, "syntax.matrix", "@ multiplies arrays, and these are single numbers", span, "write * instead")
    if token.kind in (NAME, NUMBER) or token.text == "(":
        right = source.text[token.start : token.end]
        sign = " @ " if typed.endswith((".T", "ᵀ")) else "*"
        hint = f"write {short(typed)}{sign}{right} for the product"
        if is_function(typed):
            hint = f"write {typed}({right}) for the function's value"
        fail(source, "syntax.operator", f"an operator is missing before `{token.text}`", span, hint)
    fail(source, "syntax.unexpected", f"`{token.text}` cannot stand here", span)


def spaced_index(source: Source, typed: str, token: Token, closing: int) -> NoReturn:
    """``x [0]`` and ``2[1, 2]``: an index or a product with an array."""
    inside = source.text[token.start : closing]
    index = f"{short(typed)}{short(inside)} for the element" if not typed[-1:].isdigit() or typed[:1].isalpha() else ""
    hint = f"write {short(typed)}*{short(inside)} for the product" + (f", {index}" if index else "")
    fail(source, "syntax.ambiguous", "a [ that can be read in two ways", Span(token.start, token.end), hint)


def spaced_sign(source: Source, token: Token) -> NoReturn:
    """``[1 -2]``: two elements or a difference."""
    hint = f"write a comma between elements, [1, {token.text}2], or space on both sides of a sign, [1 {token.text} 2]"
    fail(source, "syntax.ambiguous", "a sign that can be read in two ways", Span(token.start, token.end), hint)


def spaced_elements(source: Source, token: Token) -> NoReturn:
    """``[1 2]``: elements without a comma."""
    hint = "elements are separated by commas: [1, 2]"
    fail(source, "syntax.operator", "a comma is missing between elements", Span(token.start, token.end), hint)


def right_end(tokens: Sequence[Token], at: int) -> int:
    """Where the factor that starts at that token ends: its name, or its closing bracket."""
    depth = 0
    for token in tokens[at:]:
        if token.kind == OPERATOR and token.text in ("(", "["):
            depth += 1
        elif token.kind == OPERATOR and token.text in (")", "]"):
            depth -= 1
        at += 1
        if token.kind == END or (depth <= 0 and (token.kind != NAME or tokens[at].text != "(")):
            return token.end
    return tokens[-1].end


def short(text: str, most: int = 40) -> str:
    """The text, or its beginning."""
    return text if len(text) <= most else text[: most - 1] + "…"
