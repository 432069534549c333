"""The captions of a circuit of arrays: shapes on the wires, and a small grid for each array."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.gates.array_table import ARRAY_GATES
from backprop_cli.render.picture.captions import BLANK, Captions, constant, figure
from backprop_cli.render.picture.grids import Grid, grid
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.report.array_report import ArrayGateRow, ArrayQuantity, ArrayReport, ArrayWire
from backprop_cli.report.report import Quantity

_SYMBOLS = {
    "transpose": "T", "index": "[ ]", "sum": "Σ", "prod": "Π", "inv": "X⁻¹", "norm": "‖x‖", "outer": "⊗",
    "stack": "[…]",
}  # fmt: skip
_WHOLE, _SHORT = 160, 30


class ArrayCaptions(Captions[ArrayQuantity]):
    """Shapes, rules and grids; without ``grids`` a short array stands in full beside its shape."""

    def __init__(self, report: ArrayReport, values: bool, grids: bool) -> None:
        constants = {number: constant(text, "", text) for number, text, _ in report.constants}
        super().__init__(report.partial, constants, values=values)
        self.report, self.grids = report, grids

    def label(self, value: ArrayQuantity | None, *, known: bool = False) -> str:
        """The shape of an array, a number in four digits."""
        if value is None:
            return ""
        filled = self.values or known
        if not value.shape:
            return element(value, 0) if filled else BLANK
        text = f"{value.shape}"
        if self.grids:
            return text
        whole = short(value)
        return f"{text} {whole if filled else BLANK}" if whole or not filled else text

    def said(self, name: str, value: ArrayQuantity) -> str:
        """``W (2, 2) = [[1, 2], [3, 4]]``, cut where it is long."""
        text = shorten(value.text, _WHOLE)
        shape = f"{value.shape} " if value.shape else ""
        return f"{name} {shape}= {text}" if name else f"{shape}{text}"

    def computed(self, formula: str, value: ArrayQuantity | None) -> str:
        """``q = x + y: (2,) [1.0, 2.0]``."""
        return f"{formula}: {self.said('', value)}" if value is not None else formula

    def kink(self, gate: ArrayGateRow) -> str:
        """The elements on one."""
        return f" at {gate.kink}"

    def carried(self, gate: ArrayGateRow, position: int) -> str:
        """The rule with its shapes."""
        wire = gate.wires[position] if gate.wires else None
        return "" if wire is None or wire.idle else visible(rule(wire, self.partial))

    def results(self) -> Iterator[str]:
        """The value, and what gradients there are."""
        yield self.said(self.report.output, self.report.value)
        for row in self.report.parameters:
            yield f"∂{self.partial}/∂{row.name}"

    def symbol(self, op: str) -> str:
        """What stands in a gate."""
        if op not in ARRAY_GATES:
            return super().symbol(op)
        called = ARRAY_GATES[op].called
        return "@" if called == "matmul" else _SYMBOLS.get(called, called)

    def grid(self, name: str, value: ArrayQuantity | None, *, known: bool = False) -> Grid | None:
        """The cells, blank where they are to be filled in."""
        if value is None or not value.shape or not self.grids:
            return None
        texts = [element(value, number) for number in range(value.count)]
        doubles = value.doubles.reshape(-1).tolist()
        return grid(visible(name), value.shape, texts, doubles, blank=not (self.values or known))


def rule(wire: ArrayWire, partial: str) -> str:
    """What a wire carries back, as a rule with its shapes."""
    sign = "=" if wire.first else "+="
    shapes = f"   {wire.shapes or wire.shape}" if wire.shape else ""
    summed = f"; {wire.name} was {wire.summed}" if wire.summed else ""
    return f"∂{partial}/∂{wire.name} {sign} {wire.rule}{shapes}{summed}"


def element(block: ArrayQuantity, number: int) -> str:
    """One element in four digits."""
    text = block.element(number)
    double = float(block.doubles.reshape(-1)[number]) if block.shape else float(block.doubles)
    return text if text == "none" else figure(Quantity(text, double))


def short(block: ArrayQuantity) -> str:
    """A small array in one line; nothing for one that is too long."""
    if block.count > _SHORT // 2:
        return ""
    text = str(block.nested(lambda number: element(block, number))).replace("'", "")
    return text if len(text) <= _SHORT else ""
