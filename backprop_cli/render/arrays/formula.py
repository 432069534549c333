"""A formula over arrays as LaTeX: products of matrices side by side, ⊤ for a transpose, ⊙ for element by element."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from backprop_cli.circuit import CONSTANT, INPUT, Node
from backprop_cli.gates.array_form import index
from backprop_cli.gates.array_table import ARRAY_GATES
from backprop_cli.printing import Piece, form
from backprop_cli.reading import read
from backprop_cli.render.formula import ATOM, LATEX, POWER, PRODUCT, call, piece

_BOLD = {"amax": r"\max", "amin": r"\min", "det": r"\det", "argmax": r"\arg\max"}


def array_latex(text: str, names: Mapping[str, str], numbers: Collection[str]) -> str:
    """LaTeX for an expression that reads without problems.

    ``names`` are the LaTeX of names that are no plain ones; ``numbers`` are the names of single numbers.
    """
    circuit = read(text, share=False, arrays=True)
    pieces: list[Piece] = []
    single: list[bool] = []
    for node in circuit.nodes:
        inputs = [pieces[i] for i in node.inputs]
        known = [single[i] for i in node.inputs]
        named = node.op == INPUT and node.text in names
        single.append(_is_single(node, known, numbers))
        pieces.append(LATEX.piece(names[node.text], ATOM) if named else _piece(node, inputs, known))
    return pieces[circuit.output].text


def _is_single(node: Node, inputs: list[bool], numbers: Collection[str]) -> bool:
    """Whether a node is one number, as far as names tell."""
    if node.is_gate:
        return node.op not in ARRAY_GATES and all(inputs)
    return node.op == CONSTANT or node.text in numbers


def _piece(node: Node, inputs: list[Piece], single: list[bool]) -> Piece:
    if node.op == "mul" and not any(single):
        return LATEX.filled(_FORMS["hadamard"], inputs)
    if node.op not in ARRAY_GATES:
        return piece(node, inputs)
    if node.op in _FORMS:
        return LATEX.filled(_FORMS[node.op], inputs)
    return _index(node, inputs) if node.op == "index" else _call(node, inputs)


def _index(node: Node, inputs: list[Piece]) -> Piece:
    entries = dict(node.statics)["index"]
    assert isinstance(entries, tuple)
    place = index(entries, tuple(each.text for each in inputs[1:])).replace("None", r"\cdot")
    return LATEX.piece(("{", LATEX.inside(inputs[0], ATOM), "}_{", place, "}"), ATOM)


def _call(node: Node, inputs: list[Piece]) -> Piece:
    called, axis = ARRAY_GATES[node.op].called, dict(node.statics).get("axis")
    under = f"_{{{axis}}}" if isinstance(axis, (int, tuple)) and node.op not in ("softmax", "logsoftmax") else ""
    head = _BOLD.get(called) or rf"\operatorname{{{called}}}"
    return call(f"{head}{under}", inputs, tuple(str(value) for name, value in node.statics if name in ("shape", "n")))


_PRODUCT = form(r"#1 \, #2", PRODUCT, PRODUCT, POWER)
_FORMS = {
    "hadamard": form(r"#1 \odot #2", PRODUCT, PRODUCT, POWER),
    "matmul": _PRODUCT,
    "matvec": _PRODUCT,
    "vecmat": _PRODUCT,
    "vecvec": form(r"#1 \cdot #2", PRODUCT, ATOM, ATOM),
    "outer": form(r"#1 \otimes #2", PRODUCT, ATOM, ATOM),
    "transpose": form(r"{#1}^{\top}", ATOM, ATOM),
    "inv": form("{#1}^{-1}", ATOM, ATOM),
    "norm": form(r"\left\lVert #1 \right\rVert", ATOM, 0),
}
