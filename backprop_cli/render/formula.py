"""A formula in our own notation as LaTeX: fractions, roots, powers and Greek letters as a person writes them."""

from __future__ import annotations

from dataclasses import replace

from backprop_cli.circuit import CONSTANT, INPUT, Circuit, Node, opened, pruned
from backprop_cli.printing import Form, Notation, Piece, form, listed
from backprop_cli.reading import read
from backprop_cli.render.latex_names import latex_name

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
_FORMS: dict[str, Form] = {
    "add": form("#1 + #2", SUM, SUM, PRODUCT),
    "sub": form("#1 - #2", SUM, SUM, PRODUCT),
    "mul": form(r"#1 \cdot #2", PRODUCT, PRODUCT, POWER),
    "div": form(r"\frac{#1}{#2}", POWER, 0, 0),
    "neg": form("-#1", MINUS, PRODUCT),
    "pow": form("{#1}^{#2}", POWER, ATOM, 0),
    "square": form("{#1}^{2}", POWER, ATOM),
    "reciprocal": form(r"\frac{1}{#1}", POWER, 0),
    "sqrt": form(r"\sqrt{#1}", ATOM, 0),
    "cbrt": form(r"\sqrt[3]{#1}", ATOM, 0),
    "abs": form(r"\left|#1\right|", ATOM, 0),
    "floor": form(r"\left\lfloor #1 \right\rfloor", ATOM, 0),
    "ceil": form(r"\left\lceil #1 \right\rceil", ATOM, 0),
    "where": form(r"\begin{cases} #2 & \text{if } #1 \\ #3 & \text{otherwise} \end{cases}", SUM, 0, 0, 0),
}
LATEX = Notation(
    _FORMS | {op: form(f"#1 {sign} #2", 0, SUM, SUM) for op, sign in _RELATIONS.items()}, r"\left(", r"\right)"
)


def formula(text: str) -> str:
    """LaTeX for an expression that reads without problems."""
    return circuit_latex(read(text, share=False))


def factor(text: str) -> str:
    """The same as a factor: a sum is in parentheses."""
    return LATEX.operand(_pieces(read(text, share=False)), PRODUCT)


def circuit_latex(circuit: Circuit) -> str:
    """LaTeX for a circuit's output, its stages written by their names only where they are defined."""
    return _pieces(circuit).text


def definition(circuit: Circuit, node: int) -> str:
    """LaTeX for what a node is made of, its stages by their names."""
    names = {stage.node: stage.name for stage in circuit.stages if stage.node != node}
    return circuit_latex(pruned(opened(replace(circuit, output=node), names)))


def _pieces(circuit: Circuit) -> Piece:
    made: list[Piece] = []
    for node in circuit.nodes:
        made.append(piece(node, [made[i] for i in node.inputs]))
    return made[circuit.output]


def gate_latex(op: str, operands: list[str]) -> str:
    """One gate over operands that are LaTeX already; a leading minus makes an operand need parentheses."""
    return piece(Node(op), [LATEX.piece(o, MINUS if o.startswith("-") else ATOM) for o in operands]).text


def piece(node: Node, inputs: list[Piece]) -> Piece:
    """A gate, a name or a literal over what its inputs are written as."""
    if node.op == INPUT:
        return LATEX.piece(latex_name(node.text), ATOM)
    if node.op == CONSTANT:
        return _constant(node.text)
    if node.op == "identity":
        return inputs[0]
    return LATEX.operator(node.op, inputs) or call(_head(node.op), inputs)


def _constant(text: str) -> Piece:
    mantissa, _, exponent = text.lower().partition("e")
    if text == "pi":
        return LATEX.piece(r"\pi", ATOM)
    if exponent and mantissa:
        return LATEX.piece(rf"{mantissa} \times 10^{{{int(exponent)}}}", PRODUCT)
    return LATEX.piece(text, MINUS if text.startswith("-") else ATOM)


def _head(op: str) -> str:
    if op in _COMMANDS:
        return rf"\{op}"
    escaped = op.replace("_", r"\_")
    return _NAMED.get(op, rf"\operatorname{{{escaped}}}")


def call(head: str, inputs: list[Piece], more: tuple[str, ...] = ()) -> Piece:
    """A function of its inputs, and of what it is told."""
    ropes = listed([*(each.rope for each in inputs), *more])
    return LATEX.piece((head, LATEX.opens, ropes, LATEX.closes), ATOM)
