"""``a if c else b``: the one operator with three operands, which is ``where(c, a, b)``.

Both are words only behind an operand, so that a variable may be called ``if``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backprop_cli.problems import Span
from backprop_cli.reading import complaints
from backprop_cli.reading.notation import NAME, Token
from backprop_cli.reading.openings import Operand, PendingOperator
from backprop_cli.reading.operators import ELSE, IF

if TYPE_CHECKING:
    from backprop_cli.reading.syntax import Statement


def is_word(token: Token) -> bool:
    """Whether a token behind an operand is one of the two words."""
    return token.kind == NAME and token.text in ("if", "else")


def word(parser: Statement, token: Token) -> None:
    """Read ``if`` or ``else`` behind an operand."""
    operator = IF if token.text == "if" else ELSE
    parser.reduce(operator.left)
    top = parser.stack[-1] if parser.stack else None
    if operator is ELSE:
        if not isinstance(top, PendingOperator) or top.operator is not IF:
            span = Span(token.start, token.end)
            complaints.fail(parser.source, "syntax.choice", "an else without its if", span, "write a if c else b")
        parser.stack.pop()
    parser.at += 1
    parser.push(PendingOperator(operator, token.start, token.text))


def without_else(parser: Statement, top: PendingOperator) -> None:
    """Refuse a choice of which one side is missing."""
    span = Span(top.start, top.start + len(top.text))
    complaints.fail(parser.source, "syntax.choice", "an if without its else", span, "write a if c else b")


def chosen(parser: Statement, last: Operand) -> Operand:
    """The gate of a choice whose three operands are read."""
    condition, first = parser.operands.pop(), parser.operands.pop()
    within, span = Span(condition.start, condition.end), Span(first.start, last.end)
    asked = parser.conditions.made(condition.node, within)
    return Operand(parser.builder.gate("where", (asked, first.node, last.node), span), span.start, span.end)
