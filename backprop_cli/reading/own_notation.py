"""The calculator's own language as a notation: what the reader takes apart, put together.

How tightly operators bind is read off the reader's own table, so that what is written reads as the same circuit.
"""

from __future__ import annotations

from collections.abc import Sequence

from backprop_cli.circuit import Node, Statics
from backprop_cli.gates import GATES
from backprop_cli.gates.array_form import index, told
from backprop_cli.gates.array_table import ARRAY_GATES
from backprop_cli.printing import Form, Notation, Piece, Rope, form, listed
from backprop_cli.reading.operators import BINARY, UNARY, Operator

ATOM = 100
_POSTFIX = 95  # what stands before ``.T`` or ``[0]``
_NUMERAL, _PARTIAL = 94, 93  # ``2`` and ``∂L/∂z``: no name, and closed for every operator
FRACTION = BINARY["*"].left - 1  # the number 1/3 is one operand, and a product shows it
_SUM = BINARY["+"].left
SIGNED = UNARY["-"].left - 1
_BINDS = {" ": _SUM, "*": FRACTION, "/": FRACTION, "^": BINARY["^"].left}
_OPERATORS = frozenset(" */^@+-<>=·×÷")


def _binary(operator: Operator) -> Form:
    """``#1 + #2``: an operand may be what the reader would leave together there."""
    left = operator.left + (operator.right <= operator.left)
    right = operator.right + (operator.right == operator.left)
    symbol = GATES[operator.gate].symbol if operator.gate in GATES else " @ "
    return form(f"#1{symbol}#2", operator.left, left, right)


NOTATION = Notation(
    {each.gate: _binary(each) for each in BINARY.values() if each.gate in GATES or each.gate in ARRAY_GATES}
    | {"neg": form("-#1", UNARY["-"].left, UNARY["-"].left)}
)
_TRANSPOSE = form("#1.T", ATOM, _POSTFIX)


def leaf(text: str) -> Piece:
    """A name or a literal; a negative literal is in parentheses as an operand of all but comparisons and sums."""
    binding = _SUM if text.startswith("-") else ATOM if text.isidentifier() else _PARTIAL
    return NOTATION.piece(text, _NUMERAL if text[0] in ".0123456789" else binding)


def operand(text: str) -> Piece:
    """A name, or a number that may be a formula (``-4``, ``1/3``, ``1 + sqrt(2)``)."""
    binding = _binding(text)
    return Piece(text, binding, min(binding, _SUM) if text.startswith("-") else binding)


def _binding(text: str) -> int:
    """How tightly the outermost operator of a text binds."""
    depth, binding = 0, SIGNED if text.startswith("-") else ATOM
    for character in text:
        depth += (character in "([") - (character in ")]")
        if depth <= 0 and character in _BINDS:
            binding = min(binding, _BINDS[character])
    return binding


def gate(node: Node, inputs: Sequence[Piece]) -> Piece:
    """A gate over what its inputs are written as."""
    if node.op == "neg" and inputs[0].binding == _NUMERAL:  # -2 would be one literal
        return NOTATION.piece(("-(", inputs[0].rope, ")"), UNARY["-"].left)
    made = NOTATION.operator(node.op, inputs)
    if made is not None:
        return made
    ropes = [each.rope for each in inputs]
    if node.op in ARRAY_GATES:
        return _array_gate(node, inputs, ropes)
    return NOTATION.piece((node.op, "(", listed(ropes), ")"), ATOM)


def _array_gate(node: Node, inputs: Sequence[Piece], ropes: Sequence[Rope]) -> Piece:
    row, statics = ARRAY_GATES[node.op], dict(node.statics)
    if row.called == "matmul":
        return NOTATION.filled(NOTATION.forms["matmul"], inputs)
    if node.op == "transpose":
        return NOTATION.filled(_TRANSPOSE, inputs)
    if node.op == "index":
        entries = statics["index"]
        assert isinstance(entries, tuple)
        at = index(entries, tuple(each.text for each in inputs[1:]))
        return NOTATION.piece((NOTATION.inside(inputs[0], _POSTFIX), "[", at, "]"), ATOM)
    if row.many:
        ropes = [("[", listed(ropes), "]")]
    if node.op == "stack" and statics.get("axis") == 0:
        return NOTATION.piece(ropes[0], ATOM)
    return NOTATION.piece((row.called, "(", listed([*ropes, *told(node.op, node.statics)]), ")"), ATOM)


def gate_text(op: str, operands: Sequence[str], statics: Statics = ()) -> str:
    """Any gate over operands that are names or numbers."""
    return gate(Node(op, statics=statics), [operand(each) for each in operands]).text


def enclosed(text: str, least: int) -> str:
    """A number or a formula of ours in parentheses, unless it binds as tightly as that."""
    return text if _binding(text) >= least else f"({text})"


def held(text: str) -> str:
    """A typed text in parentheses, unless it is one name, number, call, index or list."""
    depth, loose = 0, False
    for character in text:
        depth += (character in "([") - (character in ")]")
        loose |= depth == 0 and character in _OPERATORS
    return f"({text})" if loose else text
