"""How the primitives of the array table are written out: which scalar gates make each element.

Elements are the numbers of nodes; a gate that only moves elements makes no gate at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

import numpy as np

from backprop_cli.arithmetic.array_arithmetic import selection
from backprop_cli.circuit import CircuitBuilder
from backprop_cli.gates.array_row import Told
from backprop_cli.gates.axes import axes
from backprop_cli.problems import Span

Cells = np.ndarray[Any, np.dtype[np.intp]]


class Pen:
    """Writes scalar gates and constants."""

    def __init__(self, builder: CircuitBuilder, span: Span) -> None:
        self.builder, self.span = builder, span
        self._constants: dict[str, int] = {}

    def make(self, op: str, inputs: tuple[int, ...]) -> int:
        """One gate."""
        return self.builder.gate(op, tuple(map(int, inputs)), self.span)

    def constant(self, text: str) -> int:
        """A literal, once."""
        if text not in self._constants:
            self._constants[text] = self.builder.constant(text, self.span)
        return self._constants[text]

    def each(self, op: str, *inputs: Cells) -> Cells:
        """A scalar gate for every element, as broadcasting pairs them."""
        spread = np.broadcast_arrays(*inputs)
        cells = np.empty(spread[0].shape, dtype=np.intp)
        for indices in np.ndindex(*cells.shape):
            cells[indices] = self.make(op, tuple(int(one[indices]) for one in spread))
        return cells

    def fold(self, op: str, cells: Iterable[int]) -> int:
        """A chain of gates from left to right; of one element nothing but itself."""
        return reduce(lambda before, cell: self.make(op, (before, cell)), map(int, cells))


def _along(told: Told, x: Cells, one: Callable[[list[int]], int]) -> Cells:
    """One element made of all that a reduction takes together."""
    gone = axes(told["axis"], x.ndim)
    kept = tuple(at for at in range(x.ndim) if at not in gone)
    rows = np.transpose(x, (*kept, *sorted(gone))).reshape(*(x.shape[at] for at in kept), -1)
    made = np.empty(rows.shape[:-1], dtype=np.intp)
    for indices in np.ndindex(*made.shape):
        made[indices] = one([int(cell) for cell in rows[indices]])
    if told.get("keepdims"):
        return made.reshape(tuple(1 if at in gone else size for at, size in enumerate(x.shape)))
    return made


def _reduction(op: str) -> Callable[..., Cells]:
    return lambda pen, told, x: _along(told, x, lambda cells: pen.fold(op, cells))


def _extreme(op: str) -> Callable[..., Cells]:
    return lambda pen, told, x: _along(told, x, lambda cells: pen.make(op, tuple(cells)))


def _norm(pen: Pen, told: Told, x: Cells) -> Cells:
    """Lengths of two at a time, whose kink is at 0 only."""
    return _along(told, x, lambda cells: pen.fold("hypot", cells) if len(cells) > 1 else pen.make("abs", (cells[0],)))


def _argmax(pen: Pen, told: Told, x: Cells) -> Cells:
    def one(cells: list[int]) -> int:
        best, at = cells[0], pen.constant("0")
        for number, cell in enumerate(cells[1:], 1):
            larger = pen.make("gt", (cell, best))
            best = pen.make("where", (larger, cell, best))
            at = pen.make("where", (larger, pen.constant(str(number)), at))
        return at

    return _along({**told, "keepdims": False}, x, one)


def _matmul(pen: Pen, told: Told, x: Cells, y: Cells) -> Cells:
    rows, columns = np.atleast_2d(x), y if y.ndim == 2 else y[:, None]
    cells = np.empty((len(rows), columns.shape[1]), dtype=np.intp)
    for i, j in np.ndindex(*cells.shape):
        products = [pen.make("mul", pair) for pair in zip(rows[i], columns[:, j], strict=True)]
        cells[i, j] = pen.fold("add", products)
    return cells.reshape((*x.shape[:-1], *y.shape[1:]))


def _cumsum(pen: Pen, told: Told, x: Cells) -> Cells:
    axis = told["axis"]
    rows = np.moveaxis(x.reshape(-1) if axis is None else x, -1 if axis is None else axis, -1)
    made = rows.copy()
    for indices in np.ndindex(*rows.shape[:-1]):
        for at in range(1, rows.shape[-1]):
            made[(*indices, at)] = pen.make("add", (made[(*indices, at - 1)], rows[(*indices, at)]))
    return np.moveaxis(made, -1, -1 if axis is None else axis)


class _Minors:
    """Determinants of parts of a matrix, each made once: the rows from one on, some of the columns."""

    def __init__(self, pen: Pen, x: Cells) -> None:
        self.pen, self.x = pen, x
        self.known: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}

    def det(self, rows: tuple[int, ...], columns: tuple[int, ...]) -> int:
        """By the first of the rows: its elements times their cofactors."""
        key = (rows, columns)
        if key not in self.known:
            self.known[key] = self._made(rows, columns)
        return self.known[key]

    def _made(self, rows: tuple[int, ...], columns: tuple[int, ...]) -> int:
        pen, first = self.pen, rows[0]
        if len(rows) == 1:
            return int(self.x[first, columns[0]])
        total = -1
        for at, column in enumerate(columns):
            rest = self.det(rows[1:], columns[:at] + columns[at + 1 :])
            term = pen.make("mul", (int(self.x[first, column]), rest))
            total = term if at == 0 else pen.make("sub" if at % 2 else "add", (total, term))
        return total


def _det(pen: Pen, told: Told, x: Cells) -> Cells:
    every = tuple(range(len(x)))
    return np.array(_Minors(pen, x).det(every, every))


def _inv(pen: Pen, told: Told, x: Cells) -> Cells:
    """Each element is a cofactor over the determinant."""
    every = tuple(range(len(x)))
    minors = _Minors(pen, x)
    whole = minors.det(every, every)
    cells = np.empty(x.shape, dtype=np.intp)
    for i, j in np.ndindex(*x.shape):
        rows, columns = (tuple(at for at in every if at != out) for out in (j, i))
        cofactor = minors.det(rows, columns) if rows else pen.constant("1")
        cofactor = pen.make("neg", (cofactor,)) if (i + j) % 2 else cofactor
        cells[i, j] = pen.make("div", (cofactor, whole))
    return cells


def _diag(pen: Pen, told: Told, x: Cells) -> Cells:
    if x.ndim == 2:
        return np.diagonal(x).copy()
    cells = np.full((len(x), len(x)), pen.constant("0"), dtype=np.intp)
    np.fill_diagonal(cells, x)
    return cells


def _filled(text: str) -> Callable[..., Cells]:
    return lambda pen, told: np.full(told["shape"], pen.constant(text), dtype=np.intp)


def _eye(pen: Pen, told: Told) -> Cells:
    cells = np.full((told["n"], told["n"]), pen.constant("0"), dtype=np.intp)
    np.fill_diagonal(cells, pen.constant("1"))
    return cells


PRIMITIVE_ELEMENTS: dict[str, Callable[..., Cells]] = {
    "matmul": _matmul,
    "sum": _reduction("add"),
    "prod": _reduction("mul"),
    "amax": _extreme("max"),
    "amin": _extreme("min"),
    "norm": _norm,
    "argmax": _argmax,
    "cumsum": _cumsum,
    "det": _det,
    "inv": _inv,
    "transpose": lambda pen, told, x: np.transpose(x),
    "index": lambda pen, told, x: np.asarray(x[selection(told["index"])]),
    "reshape": lambda pen, told, x: np.reshape(x, told["shape"]),
    "flatten": lambda pen, told, x: np.reshape(x, -1),
    "flip": lambda pen, told, x: np.flip(x, told["axis"]),
    "concat": lambda pen, told, *parts: np.concatenate(parts, told["axis"]),
    "stack": lambda pen, told, *parts: np.stack(parts, told["axis"]),
    "diag": _diag,
    "zeros": _filled("0"),
    "ones": _filled("1"),
    "eye": _eye,
}
"""By the name that a user calls: the elements of the output, of what the gate is told and its inputs' elements."""
