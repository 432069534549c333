"""How tightly each operator binds, and which gate it stands for.

Precedence, loosest first: ``a if c else b`` (right associative) · ``or`` ·
``and`` · ``not`` · comparisons · ``+ -`` · ``* /`` and products without a sign ·
unary minus · ``^`` (right associative) · ``√`` and superscripts.
"""

from __future__ import annotations

from typing import NamedTuple


class Operator(NamedTuple):
    """How an operator binds: ``left`` against what stands before it, ``right`` against what follows."""

    gate: str
    left: int
    right: int
    unary: bool = False


COMPARISON, _PREFIX_MINUS, _ROOT = 40, 71, 90
BINARY = {
    "or": Operator("or", 10, 11),
    "and": Operator("and", 20, 21),
    "<": Operator("lt", 40, 40),
    "<=": Operator("le", 40, 40),
    ">": Operator("gt", 40, 40),
    ">=": Operator("ge", 40, 40),
    "==": Operator("eq", 40, 40),
    "!=": Operator("ne", 40, 40),
    "+": Operator("add", 50, 51),
    "-": Operator("sub", 50, 51),
    "*": Operator("mul", 60, 61),
    "/": Operator("div", 60, 61),
    "@": Operator("matmul", 60, 61),
    "^": Operator("pow", 80, 70),
}
MATRIX = "@"
IF, ELSE = Operator("if", 5, 4), Operator("else", 4, 5)
"""The two words of a choice between three operands; an ``if`` waits for its ``else``."""
IMPLICIT = Operator("mul", 60, 61)
UNARY = {
    "-": Operator("neg", _PREFIX_MINUS, _PREFIX_MINUS, unary=True),
    "+": Operator("plus", _PREFIX_MINUS, _PREFIX_MINUS, unary=True),
    "not": Operator("not", 30, 30, unary=True),
    "√": Operator("sqrt", _ROOT, _ROOT, unary=True),
}
WORDS = frozenset({"and", "or", "not"})
