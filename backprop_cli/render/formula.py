"""A formula in our own notation as LaTeX: fractions, roots, powers and Greek letters as a person writes them."""

from __future__ import annotations

from collections.abc import Callable

from backprop_cli.circuit import CONSTANT, INPUT, Circuit, Node
from backprop_cli.reading import read
from backprop_cli.render.names import latex_name

_SUM, _PRODUCT, _MINUS, _POWER, _ATOM = 1, 2, 3, 4, 5
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


def formula(text: str) -> str:
    """LaTeX for an expression that reads without problems."""
    circuit = read(text, share=False)
    return circuit_latex(circuit)


def circuit_latex(circuit: Circuit) -> str:
    """LaTeX for a circuit's output, its stages written by their names only where they are defined."""
    pieces: list[Piece] = []
    for node in circuit.nodes:
        pieces.append(_piece(node, [pieces[i] for i in node.inputs]))
    return pieces[circuit.output][0]


def gate_latex(op: str, operands: list[str]) -> str:
    """One gate over operands that are LaTeX already; a leading minus makes an operand need parentheses."""
    return _piece(Node(op), [(o, _MINUS if o.startswith("-") else _ATOM) for o in operands])[0]


def _piece(node: Node, inputs: list[Piece]) -> Piece:
    if node.op == INPUT:
        return latex_name(node.text), _ATOM
    if node.op == CONSTANT:
        return _constant(node.text)
    written = _WRITTEN.get(node.op)
    return written(*inputs) if written else _call(node.op, inputs)


def _constant(text: str) -> Piece:
    if text == "pi":
        return r"\pi", _ATOM
    mantissa, _, exponent = text.lower().partition("e")
    if exponent and mantissa:
        return rf"{mantissa} \times 10^{{{int(exponent)}}}", _PRODUCT
    return text, _MINUS if text.startswith("-") else _ATOM


def _in(piece: Piece, least: int) -> str:
    text, binding = piece
    return rf"\left({text}\right)" if binding < least else text


def _call(op: str, inputs: list[Piece]) -> Piece:
    if op in _RELATIONS:
        return f"{_in(inputs[0], _SUM)} {_RELATIONS[op]} {_in(inputs[1], _SUM)}", 0
    head = rf"\{op}" if op in _COMMANDS else _NAMED.get(op, rf"\operatorname{{{op.replace('_', chr(92) + '_')}}}")
    return rf"{head}\left({', '.join(text for text, _ in inputs)}\right)", _ATOM


def _where(condition: Piece, yes: Piece, no: Piece) -> Piece:
    cases = rf"{yes[0]} & \text{{if }} {condition[0]} \\ {no[0]} & \text{{otherwise}}"
    return rf"\begin{{cases}} {cases} \end{{cases}}", _SUM


_WRITTEN: dict[str, Callable[..., Piece]] = {
    "add": lambda x, y: (f"{_in(x, _SUM)} + {_in(y, _PRODUCT)}", _SUM),
    "sub": lambda x, y: (f"{_in(x, _SUM)} - {_in(y, _PRODUCT)}", _SUM),
    "mul": lambda x, y: (rf"{_in(x, _PRODUCT)} \cdot {_in(y, _POWER)}", _PRODUCT),
    "div": lambda x, y: (rf"\frac{{{x[0]}}}{{{y[0]}}}", _POWER),
    "neg": lambda x: (f"-{_in(x, _PRODUCT)}", _MINUS),
    "pow": lambda x, y: (f"{{{_in(x, _ATOM)}}}^{{{y[0]}}}", _POWER),
    "square": lambda x: (f"{{{_in(x, _ATOM)}}}^{{2}}", _POWER),
    "reciprocal": lambda x: (rf"\frac{{1}}{{{x[0]}}}", _POWER),
    "sqrt": lambda x: (rf"\sqrt{{{x[0]}}}", _ATOM),
    "cbrt": lambda x: (rf"\sqrt[3]{{{x[0]}}}", _ATOM),
    "abs": lambda x: (rf"\left|{x[0]}\right|", _ATOM),
    "floor": lambda x: (rf"\left\lfloor {x[0]} \right\rfloor", _ATOM),
    "ceil": lambda x: (rf"\left\lceil {x[0]} \right\rceil", _ATOM),
    "identity": lambda x: x,
    "where": _where,
}
