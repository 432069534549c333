"""A formula in our own notation as LaTeX: fractions, roots, powers and Greek letters as a person writes them."""

from __future__ import annotations

from collections.abc import Callable

from backprop_cli.circuit import CONSTANT, INPUT, Circuit, Node
from backprop_cli.reading import read
from backprop_cli.render.names import latex_name

SUM, PRODUCT, MINUS, POWER, ATOM = 1, 2, 3, 4, 5
_COMMANDS = frozenset(["exp", "log", "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "max", "min"])
_RELATIONS = {"lt": "<", "le": r"\le", "gt": ">", "ge": r"\ge", "eq": "=", "ne": r"\ne"}
_NAMED = {
    "asin": r"\arcsin",
    "acos": r"\arccos",
    "atan": r"\arctan",
    "gamma": r"\Gamma",
    "digamma": r"\psi",
    "sigmoid": r"\sigma",
}

Piece = tuple[str, int]
"""LaTeX, and how tightly its outermost operator binds."""


def formula(text: str) -> str:
    """LaTeX for an expression that reads without problems."""
    circuit = read(text, share=False)
    return circuit_latex(circuit)


def circuit_latex(circuit: Circuit) -> str:
    """LaTeX for a circuit's output, its stages written by their names only where they are defined."""
    pieces: list[Piece] = []
    for node in circuit.nodes:
        pieces.append(piece(node, [pieces[i] for i in node.inputs]))
    return pieces[circuit.output][0]


def gate_latex(op: str, operands: list[str]) -> str:
    """One gate over operands that are LaTeX already; a leading minus makes an operand need parentheses."""
    return piece(Node(op), [(o, MINUS if o.startswith("-") else ATOM) for o in operands])[0]


def piece(node: Node, inputs: list[Piece]) -> Piece:
    """A gate, a name or a literal over what its inputs are written as."""
    if node.op == INPUT:
        return latex_name(node.text), ATOM
    if node.op == CONSTANT:
        return _constant(node.text)
    written = _WRITTEN.get(node.op)
    return written(*inputs) if written else _call(node.op, inputs)


def _constant(text: str) -> Piece:
    if text == "pi":
        return r"\pi", ATOM
    mantissa, _, exponent = text.lower().partition("e")
    if exponent and mantissa:
        return rf"{mantissa} \times 10^{{{int(exponent)}}}", PRODUCT
    return text, MINUS if text.startswith("-") else ATOM


def inside(part: Piece, least: int) -> str:
    """A part as an operand of something that binds as tightly as that."""
    text, binding = part
    return rf"\left({text}\right)" if binding < least else text


def _call(op: str, inputs: list[Piece]) -> Piece:
    if op in _RELATIONS:
        return f"{inside(inputs[0], SUM)} {_RELATIONS[op]} {inside(inputs[1], SUM)}", 0
    head = rf"\{op}" if op in _COMMANDS else _NAMED.get(op, rf"\operatorname{{{op.replace('_', chr(92) + '_')}}}")
    return rf"{head}\left({', '.join(text for text, _ in inputs)}\right)", ATOM


def _where(condition: Piece, yes: Piece, no: Piece) -> Piece:
    cases = rf"{yes[0]} & \text{{if }} {condition[0]} \\ {no[0]} & \text{{otherwise}}"
    return rf"\begin{{cases}} {cases} \end{{cases}}", SUM


_WRITTEN: dict[str, Callable[..., Piece]] = {
    "add": lambda x, y: (f"{inside(x, SUM)} + {inside(y, PRODUCT)}", SUM),
    "sub": lambda x, y: (f"{inside(x, SUM)} - {inside(y, PRODUCT)}", SUM),
    "mul": lambda x, y: (rf"{inside(x, PRODUCT)} \cdot {inside(y, POWER)}", PRODUCT),
    "div": lambda x, y: (rf"\frac{{{x[0]}}}{{{y[0]}}}", POWER),
    "neg": lambda x: (f"-{inside(x, PRODUCT)}", MINUS),
    "pow": lambda x, y: (f"{{{inside(x, ATOM)}}}^{{{y[0]}}}", POWER),
    "square": lambda x: (f"{{{inside(x, ATOM)}}}^{{2}}", POWER),
    "reciprocal": lambda x: (rf"\frac{{1}}{{{x[0]}}}", POWER),
    "sqrt": lambda x: (rf"\sqrt{{{x[0]}}}", ATOM),
    "cbrt": lambda x: (rf"\sqrt[3]{{{x[0]}}}", ATOM),
    "abs": lambda x: (rf"\left|{x[0]}\right|", ATOM),
    "floor": lambda x: (rf"\left\lfloor {x[0]} \right\rfloor", ATOM),
    "ceil": lambda x: (rf"\left\lceil {x[0]} \right\rceil", ATOM),
    "identity": lambda x: x,
    "where": _where,
}
