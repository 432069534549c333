"""How NumPy, PyTorch and JAX write the gates of the array table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backprop_cli.gates.array_form import index
from backprop_cli.gates.array_row import WIRE, Slice
from backprop_cli.printing import Piece, form
from backprop_cli.render.code.tree import ArrayCall
from backprop_cli.render.code.writer import ATOM, MINUS, PRODUCT, FormulaWriter, LackingError

_MATMUL = form("#1 @ #2", PRODUCT, PRODUCT, MINUS)
_REDUCING = frozenset({"sum", "mean", "var", "std", "prod", "amax", "amin", "logsumexp", "norm"})


@dataclass(frozen=True)
class Calls:
    """One library's words: ``np`` is its prefix, ``axis`` and ``keepdims`` its keywords, ``names`` its functions.

    ``of_all`` has the template of a reduction over all elements, where the library wants an axis; ``one_axis`` are
    the functions that take no more than one. ``steps_back`` says whether an index may run backwards.
    """

    np: str
    axis: str
    keepdims: str
    names: Mapping[str, str]
    of_all: Mapping[str, str] = field(default_factory=dict)
    one_axis: frozenset[str] = frozenset()
    steps_back: bool = True
    wrap: str = "{}"

    def __call__(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        """The call as text, and how tightly it binds."""
        own = getattr(self, f"_{call.op}", None)
        if own is not None:
            piece: Piece = own(writer, call)
            return piece
        return writer.made(self._plain(writer, call))

    def _matmul(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        return writer.language.notation.filled(_MATMUL, [writer.piece(each) for each in call.inputs])

    def _transpose(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        if len(call.shape) > 2:
            order = tuple(reversed(range(len(call.shape))))
            return writer.made(f"{self.names['transpose']}({writer.text(call.inputs[0])}, {order})")
        return writer.made(f"{writer.inside(call.inputs[0], ATOM)}.T")

    def _plain(self, writer: FormulaWriter, call: ArrayCall) -> str:
        """A function with what it is told by keyword."""
        name = self.names.get(call.op)
        if name is None:
            raise LackingError(call.op)
        arguments = [writer.text(each) for each in call.inputs]
        axis = call.get("axis")
        several = isinstance(axis, tuple) and len(axis) > 1
        if several and call.op in self.one_axis:
            raise LackingError(f"{call.op} along several axes")
        if axis is None and call.op in self.of_all:
            return self.of_all[call.op].format(*arguments)
        if axis is not None:
            arguments.append(f"{self.axis}={axis}")
        if call.op in _REDUCING and call.get("keepdims"):
            arguments.append(f"{self.keepdims}=True")
        return name.format(", ".join(arguments)) if "{" in name else f"{name}({', '.join(arguments)})"

    def _index(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        entries = call.get("index")
        assert isinstance(entries, tuple)
        return writer.made(f"{writer.inside(call.inputs[0], ATOM)}[{self._entries(writer, call, call.inputs[1:])}]")

    def _entries(self, writer: FormulaWriter, call: ArrayCall, wires: tuple[object, ...]) -> str:
        entries = call.get("index")
        assert isinstance(entries, tuple)
        if not self.steps_back and any(isinstance(one, Slice) and (one.step or 1) < 0 for one in entries):
            raise LackingError("an index that runs backwards")
        assert sum(one == WIRE for one in entries) == len(wires)
        return index(entries, tuple(f"int({writer.text(each)})" for each in wires))  # type: ignore[arg-type]

    def _put(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        place = self._entries(writer, call, call.inputs[1:])
        return writer.made(f"put({writer.text(call.inputs[0])}, np.s_[{place}], {call.get('shape')})")

    def _spread(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        return writer.made(f"{self.np}.broadcast_to({writer.text(call.inputs[0])}, {call.get('shape')})")

    def _reshape(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        return writer.made(f"{self.np}.reshape({writer.text(call.inputs[0])}, {_shape(call.get('shape'))})")

    def _flatten(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        return writer.made(f"{self.np}.reshape({writer.text(call.inputs[0])}, (-1,))")

    def _flip(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        axis = call.get("axis")
        axes = tuple(range(len(call.shape))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        return writer.made(
            self.names["flip"].format(writer.text(call.inputs[0]), axes if axis is not None else None, axes)
        )

    def _concat(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        return writer.made(self._join("concat", writer, call))

    def _stack(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        return writer.made(self._join("stack", writer, call))

    def _join(self, op: str, writer: FormulaWriter, call: ArrayCall) -> str:
        parts = ", ".join(self.wrap.format(writer.text(each)) for each in call.inputs)
        axis = call.get("axis")
        return f"{self.names[op]}([{parts}]{f', {self.axis}={axis}' if axis else ''})"

    def _zeros(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        return writer.made(f"{self.np}.zeros({_shape(call.get('shape'))})")

    def _ones(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        return writer.made(f"{self.np}.ones({_shape(call.get('shape'))})")

    def _eye(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        return writer.made(f"{self.np}.eye({call.get('n')})")

    def _others(self, writer: FormulaWriter, call: ArrayCall) -> Piece:
        return writer.made(f"others({writer.text(call.inputs[0])}, {call.get('axis')})")


def _shape(shape: object) -> str:
    return str(shape) if isinstance(shape, tuple) else f"({shape},)"
