"""A formula over arrays as LaTeX: products of matrices side by side, ⊤ for a transpose, ⊙ for element by element."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from backprop_cli.circuit import CONSTANT, INPUT, Node
from backprop_cli.gates.array_form import index
from backprop_cli.gates.arrays import ARRAY_GATES
from backprop_cli.reading import read
from backprop_cli.render.formula import ATOM, POWER, PRODUCT, Piece, inside, piece

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
        pieces.append((names[node.text], ATOM) if named else _piece(node, inputs, known))
    return pieces[circuit.output][0]


def _is_single(node: Node, inputs: list[bool], numbers: Collection[str]) -> bool:
    """Whether a node is one number, as far as names tell."""
    if node.is_gate:
        return node.op not in ARRAY_GATES and all(inputs)
    return node.op == CONSTANT or node.text in numbers


def _piece(node: Node, inputs: list[Piece], single: list[bool]) -> Piece:
    if node.op == "mul" and not any(single):
        return rf"{inside(inputs[0], PRODUCT)} \odot {inside(inputs[1], POWER)}", PRODUCT
    if node.op not in ARRAY_GATES:
        return piece(node, inputs)
    own = _WRITTEN.get(node.op)
    return own(*inputs) if own else _call(node, inputs)


def _call(node: Node, inputs: list[Piece]) -> Piece:
    statics = dict(node.statics)
    if node.op == "index":
        entries = statics["index"]
        assert isinstance(entries, tuple)
        place = index(entries, tuple(text for text, _ in inputs[1:])).replace("None", r"\cdot")
        return f"{{{inside(inputs[0], ATOM)}}}_{{{place}}}", ATOM
    called = ARRAY_GATES[node.op].called
    axis = statics.get("axis")
    under = f"_{{{axis}}}" if isinstance(axis, (int, tuple)) and node.op not in ("softmax", "logsoftmax") else ""
    head = _BOLD.get(called) or rf"\operatorname{{{called}}}"
    told = [str(value) for name, value in node.statics if name in ("shape", "n")]
    return rf"{head}{under}\left({', '.join([*(text for text, _ in inputs), *told])}\right)", ATOM


def _product(x: Piece, y: Piece) -> Piece:
    return rf"{inside(x, PRODUCT)} \, {inside(y, POWER)}", PRODUCT


_WRITTEN: dict[str, Callable[..., Piece]] = {
    "matmul": _product,
    "matvec": _product,
    "vecmat": _product,
    "vecvec": lambda x, y: (rf"{inside(x, ATOM)} \cdot {inside(y, ATOM)}", PRODUCT),
    "outer": lambda x, y: (rf"{inside(x, ATOM)} \otimes {inside(y, ATOM)}", PRODUCT),
    "transpose": lambda x: (rf"{{{inside(x, ATOM)}}}^{{\top}}", ATOM),
    "inv": lambda x: (f"{{{inside(x, ATOM)}}}^{{-1}}", ATOM),
    "norm": lambda x: (rf"\left\lVert {x[0]} \right\rVert", ATOM),
}
