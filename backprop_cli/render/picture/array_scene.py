"""What the picture of an array circuit shows: shapes on the wires, and a small grid for each array.

It is the scene of ``scene.py``: whatever draws that draws this. Without grids, where only text is drawn, a short array
stands in full beside its shape.
"""

from __future__ import annotations

from backprop_cli import limits
from backprop_cli.gates import GATES
from backprop_cli.gates.arrays import ARRAY_GATES
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.render.picture.grids import Grid, grid
from backprop_cli.render.picture.scene import BLANK, DrawnNode, DrawnWire, Scene, figure, symbol
from backprop_cli.render.text import shorten, visible
from backprop_cli.report.array_report import ArrayGateRow, ArrayReport, ArrayRow, ArrayWire, Block
from backprop_cli.report.report import Quantity

_SYMBOLS = {
    "transpose": "T", "index": "[ ]", "sum": "Σ", "prod": "Π", "inv": "X⁻¹", "norm": "‖x‖", "outer": "⊗",
    "stack": "[…]",
}  # fmt: skip
_NAME, _FORMULA, _TITLE, _WHOLE, _SHORT = 18, 120, 400, 160, 30
_ANY_ORDER = frozenset(["add", "mul", "max", "min", "hypot", "eq", "ne", "vecvec"])


def array_scene(
    report: ArrayReport, *, values: bool = True, grids: bool = True, most: int | None = limits.PICTURE_GATES
) -> Scene:
    """The scene of an array report. Without ``values`` all but the point itself is left blank, shapes remain.

    Raises ``Refused`` if there are more than ``most`` gates.
    """
    if most is not None and len(report.gates) > most:
        message = f"a picture shows up to {most} gates, and this circuit has {len(report.gates):,}"
        raise Refused(Diagnostic("draw.size", message, "draw fewer stages, or use `-o circuit.dot` with Graphviz"))
    return _Maker(report, values, grids).scene()


class _Maker:
    def __init__(self, report: ArrayReport, values: bool, grids: bool) -> None:
        self.report, self.values, self.grids = report, values, grids
        self.nodes: list[DrawnNode] = []
        self.wires: list[DrawnWire] = []
        self.place: dict[int, int] = {}
        self.constants = {number: text for number, text, _ in report.constants}
        self.stages = {stage.id: stage.name for stage in report.stages}

    def scene(self) -> Scene:
        for row in self.report.variables:
            self._add(self._input(row))
        for gate in self.report.gates:
            sources = [self._source(gate, position) for position in range(len(gate.inputs))]
            self._add(self._gate(gate))
            for position, source in enumerate(sources):
                self.wires.append(self._wire(gate, position, source, len(self.nodes) - 1))
        if not self.nodes:
            ((number, text, _), *_) = self.report.constants
            self._add(DrawnNode(f"constant-{number}", number, "constant", text, f"{text}, a constant", output=True))
        return Scene(self._title(), tuple(self.nodes), tuple(self.wires), not self.values)

    def _add(self, node: DrawnNode) -> None:
        self.place[node.number] = len(self.nodes)
        self.nodes.append(node)

    def _source(self, gate: ArrayGateRow, position: int) -> int:
        number = gate.inputs[position]
        if number not in self.constants:
            return self.place[number]
        text = shorten(visible(self.constants[number]), 9)
        key = f"constant-{gate.id}-{position}"
        self.nodes.append(DrawnNode(key, number, "constant", text, visible(f"{self.constants[number]}, a constant")))
        return len(self.nodes) - 1

    def _input(self, row: ArrayRow) -> DrawnNode:
        data, output = row.role == "data", row.id == self.report.output_id
        title = f"{said(row.name, row.value)}{', data' if data else ''}{self._slope_said(row.name, row.gradient)}"
        return DrawnNode(
            f"input-{row.id}",
            row.id,
            "input",
            shorten(visible(row.name), _NAME),
            title,
            self.report.output if output else "",
            self._label(row.value, known=True),
            self._label(row.gradient),
            data=data,
            output=output,
            grid=self._grid(row.name, row.value, known=True),
            slope=self._grid(f"d{row.name}", row.gradient),
        )

    def _gate(self, gate: ArrayGateRow) -> DrawnNode:
        output = gate.id == self.report.output_id
        name = self.stages.get(gate.id, self.report.output if output else "")
        own = name or gate.name
        formula = f"{own} = {shorten(visible(gate.formula), _FORMULA)}"
        title = f"{formula}: {said('', gate.value)}{self._slope_said(own, gate.gradient)}" if self.values else formula
        return DrawnNode(
            f"gate-{gate.id}",
            gate.id,
            "gate",
            _symbol(gate.op),
            title + (f"; kink at {gate.kink}" if gate.kink else ""),
            shorten(visible(name), _NAME),
            self._label(gate.value),
            self._label(gate.gradient),
            data=gate.gradient is None,
            kink=bool(gate.kink),
            output=output,
            ordered=gate.op not in _ANY_ORDER and len(gate.inputs) > 1,
            formula=formula,
            grid=self._grid(own, gate.value),
            slope=self._grid(f"d{own}", gate.gradient),
        )

    def _label(self, block: Block | None, *, known: bool = False) -> str:
        """What stands on a wire: the shape of an array, a number; nothing where none is asked for."""
        if block is None:
            return ""
        filled = self.values or known
        if not block.shape:
            return element(block, 0) if filled else BLANK
        text = f"{block.shape}"
        if self.grids:
            return text
        whole = short(block)
        return f"{text} {whole if filled else BLANK}" if whole or not filled else text

    def _grid(self, name: str, block: Block | None, *, known: bool = False) -> Grid | None:
        if block is None or not block.shape or not self.grids:
            return None
        texts = [element(block, number) for number in range(block.count)]
        doubles = block.doubles.reshape(-1).tolist()
        return grid(visible(name), block.shape, texts, doubles, blank=not (self.values or known))

    def _slope_said(self, name: str, gradient: Block | None) -> str:
        if gradient is None or not self.values:
            return ""
        return f"; {said(f'∂{self.report.partial}/∂{name}', gradient)}"

    def _wire(self, gate: ArrayGateRow, position: int, source: int, target: int) -> DrawnWire:
        key = f"wire-{gate.id}-{position}"
        wire = gate.wires[position] if gate.wires else None
        if wire is None or wire.idle:
            name = gate.operands[position]
            return DrawnWire(key, source, target, position, f"{visible(name)}: no gradient is asked", faint=True)
        return DrawnWire(key, source, target, position, visible(rule(wire, self.report.partial)), faint=False)

    def _title(self) -> str:
        report = self.report
        circuit = f"Circuit of {' '.join(visible(' '.join(report.expression.split())).split())}"
        if self.values:
            rows = [f"∂{report.partial}/∂{row.name}" for row in report.parameters]
            circuit = f"{shorten(circuit, _TITLE // 2)}: {said(report.output, report.value)}, {', '.join(rows)}"
        return shorten(circuit, _TITLE)


def rule(wire: ArrayWire, partial: str) -> str:
    """What a wire carries back, as a rule with its shapes."""
    sign = "=" if wire.first else "+="
    shapes = f"   {wire.shapes or wire.shape}" if wire.shape else ""
    summed = f"; {wire.name} was {wire.summed}" if wire.summed else ""
    return f"∂{partial}/∂{wire.name} {sign} {wire.rule}{shapes}{summed}"


def said(name: str, block: Block) -> str:
    """``W (2, 2) = [[1, 2], [3, 4]]``, cut where it is long."""
    text = shorten(block.text, _WHOLE)
    shape = f"{block.shape} " if block.shape else ""
    return f"{name} {shape}= {text}" if name else f"{shape}{text}"


def element(block: Block, number: int) -> str:
    """One element in four digits."""
    text = block.element(number)
    double = float(block.doubles.reshape(-1)[number]) if block.shape else float(block.doubles)
    return text if text == "none" else figure(Quantity(text, double))


def short(block: Block) -> str:
    """A small array in one line; nothing for one that is too long."""
    if block.count > _SHORT // 2:
        return ""
    text = str(block.nested(lambda number: element(block, number))).replace("'", "")
    return text if len(text) <= _SHORT else ""


def _symbol(op: str) -> str:
    if op in GATES:
        return symbol(op)
    called = ARRAY_GATES[op].called
    return "@" if called == "matmul" else _SYMBOLS.get(called, called)
