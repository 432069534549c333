"""What a picture shows, before anybody knows where: nodes, wires, and the words and numbers on them.

Numbers are cut to four significant digits for the eye; titles hold them whole. A constant is drawn once for each wire,
beside its gate. This module knows no coordinates, no colours and no file format.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from backprop_cli import limits
from backprop_cli.gates import GATES
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.render.picture.grids import Grid
from backprop_cli.render.text import shorten, visible
from backprop_cli.report.report import Constant, GateRow, Quantity, Report, Variable

BLANK = "_____"
ELLIPSIS = "…"
_NAME, _EXACT, _WHOLE, _TITLE = 18, 9, 120, 400
_TERMS = 4
_SYMBOLS = {
    "sub": "−",
    "neg": "−x",
    "reciprocal": "1/x",
    "square": "x²",
    "sqrt": "√",
    "cbrt": "∛",
    "abs": "|x|",
    "identity": "=",
    "le": "≤",
    "ge": "≥",
    "ne": "≠",
    "eq": "=",
}
_ANY_ORDER = frozenset(["add", "mul", "max", "min", "hypot", "eq", "ne"])

Kind = Literal["input", "constant", "gate"]


@dataclass(frozen=True, slots=True)
class Term:
    """One contribution in the sum at a fork; the key is empty for the sign that some were left out."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A box, a small constant or a round gate, and the labels of the wire that leaves it.

    ``number`` is the node's number in the circuit. ``name`` stands on the wire (a stage, or the output); an empty
    ``value`` or ``gradient`` means that there is no such label. ``terms`` are the contributions at a fork. ``formula``
    is what a gate computes, from its operands' names. ``grid`` and ``slope`` are an array's value and gradient.
    """

    key: str
    number: int
    kind: Kind
    text: str
    title: str
    name: str = ""
    value: str = ""
    gradient: str = ""
    terms: tuple[Term, ...] = ()
    data: bool = False
    kink: bool = False
    output: bool = False
    ordered: bool = False
    formula: str = ""
    grid: Grid | None = None
    slope: Grid | None = None


@dataclass(frozen=True, slots=True)
class DrawnWire:
    """One input of a gate; ``source`` and ``target`` are places in the scene's nodes."""

    key: str
    source: int
    target: int
    position: int
    title: str
    faint: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a picture shows; ``title`` says it in a sentence for those who cannot see it."""

    title: str
    nodes: tuple[DrawnNode, ...]
    wires: tuple[DrawnWire, ...]
    blank: bool


def scene(report: Report, *, values: bool = True, most: int | None = limits.PICTURE_GATES) -> Scene:
    """The scene of a report. Without ``values`` what a student is to find is left blank: all but the point itself.

    Raises ``Refused`` if there are more than ``most`` gates.
    """
    if most is not None and len(report.gates) > most:
        message = f"a picture shows up to {most} gates, and this circuit has {len(report.gates):,}"
        hint = "draw fewer stages, use `-o circuit.dot` with Graphviz, or read `backprop grad --steps`"
        raise Refused(Diagnostic("draw.size", message, hint))
    return _Maker(report, values).scene()


class _Maker:
    def __init__(self, report: Report, values: bool) -> None:
        self.report, self.values = report, values
        self.nodes: list[DrawnNode] = []
        self.wires: list[DrawnWire] = []
        self.place: dict[int, int] = {}
        self.constants = {constant.id: constant for constant in report.constants}
        self.names = {variable.id: variable.name for variable in report.variables}
        self.names |= {constant.id: constant.text for constant in report.constants}
        self.names |= {gate.id: gate.name for gate in report.gates}
        self.stages = {stage.id: stage.name for stage in report.stages}
        self.output = report.output_id
        self.terms: dict[int, list[Term]] = {}
        for gate in reversed(report.gates):
            for position, (source, carried) in enumerate(zip(gate.inputs, gate.contributions, strict=False)):
                if carried is not None:
                    term = Term(f"term-{gate.id}-{position}", figure(carried) if values else BLANK)
                    self.terms.setdefault(source, []).append(term)

    def scene(self) -> Scene:
        for variable in self.report.variables:
            self._add(self._input(variable))
        for gate in self.report.gates:
            sources = [self._source(gate, position) for position in range(len(gate.inputs))]
            self._add(self._gate(gate))
            target = len(self.nodes) - 1
            self.wires += [self._wire(gate, p, source, target) for p, source in enumerate(sources)]
        if not self.nodes:
            self._add(self._lone(self.report.constants[0]))
        return Scene(self._title(), tuple(self.nodes), tuple(self.wires), not self.values)

    def _add(self, node: DrawnNode) -> None:
        self.place[node.number] = len(self.nodes)
        self.nodes.append(node)

    def _source(self, gate: GateRow, position: int) -> int:
        number = gate.inputs[position]
        if number not in self.constants:
            return self.place[number]
        constant = self.constants[number]
        text = shorten(visible(constant.text), _EXACT)
        self.nodes.append(DrawnNode(f"constant-{gate.id}-{position}", number, "constant", text, self._fixed(constant)))
        return len(self.nodes) - 1

    def _fixed(self, constant: Constant) -> str:
        value = "" if constant.value is None or constant.value.text == constant.text else f" = {constant.value.text}"
        return visible(f"{constant.text}{value}, a constant")

    def _lone(self, constant: Constant) -> DrawnNode:
        title, text = self._fixed(constant), shorten(visible(constant.text), _EXACT)
        value = figure(constant.value)
        key = f"constant-{constant.id}"
        return DrawnNode(key, constant.id, "constant", text, title, self.report.output, value, output=True)

    def _input(self, variable: Variable) -> DrawnNode:
        data = variable.role == "data"
        title = f"{variable.name} = {whole(variable.value)}" + (", data" if data else "")
        is_output = variable.id == self.output
        return DrawnNode(
            f"input-{variable.id}",
            variable.id,
            "input",
            shorten(visible(variable.name), _NAME),
            title + self._said(variable.name, variable.gradient),
            self.report.output if is_output else "",
            figure(variable.value),
            self._figure(variable.gradient),
            self._terms(variable.id),
            data,
            output=is_output,
        )

    def _gate(self, gate: GateRow) -> DrawnNode:
        row = GATES[gate.op]
        is_output = gate.id == self.output
        name = self.stages.get(gate.id, self.report.output if is_output else "")
        title = formula = f"{name or gate.name} = {shorten(visible(gate.formula), _WHOLE)}"
        if self.values:
            title += f" = {whole(gate.value)}" + self._said(name or gate.name, gate.gradient)
        return DrawnNode(
            f"gate-{gate.id}",
            gate.id,
            "gate",
            symbol(gate.op),
            title + (f"; kink: {row.convention}" if gate.kink else ""),
            shorten(visible(name), _NAME),
            figure(gate.value) if self.values else BLANK,
            self._figure(gate.gradient),
            self._terms(gate.id),
            gate.gradient is None,
            gate.kink,
            is_output,
            gate.op not in _ANY_ORDER and len(gate.inputs) > 1,
            formula,
        )

    def _said(self, name: str, gradient: Quantity | None) -> str:
        return f"; ∂{self.report.output}/∂{name} = {whole(gradient)}" if gradient is not None and self.values else ""

    def _figure(self, gradient: Quantity | None) -> str:
        return "" if gradient is None else figure(gradient) if self.values else BLANK

    def _terms(self, number: int) -> tuple[Term, ...]:
        terms = self.terms.get(number, [])
        if len(terms) < 2:
            return ()
        return tuple(terms if len(terms) <= _TERMS else [*terms[:2], Term("", ELLIPSIS), terms[-1]])

    def _wire(self, gate: GateRow, position: int, source: int, target: int) -> DrawnWire:
        carried = gate.contributions[position] if gate.contributions else None
        name = self.names[gate.inputs[position]]
        key = f"wire-{gate.id}-{position}"
        if carried is None:
            return DrawnWire(key, source, target, position, f"{name}: no gradient is asked", faint=True)
        title = f"∂{self.report.output}/∂{name} += upstream × local"
        if self.values:
            title += f" = {whole(gate.gradient)} × {whole(gate.local[position])} = {whole(carried)}"
        return DrawnWire(key, source, target, position, title, faint=False)

    def _title(self) -> str:
        report = self.report
        said = f"Circuit of {' '.join(visible(' '.join(report.expression.split())).split())}"
        if self.values:
            rows = [f"∂{report.output}/∂{v.name} = {figure(v.gradient)}" for v in report.parameters]
            said = f"{shorten(said, _TITLE // 2)}: {', '.join([f'{report.output} = {figure(report.value)}', *rows])}"
        return shorten(said, _TITLE)


def symbol(op: str) -> str:
    """What stands in a gate."""
    return _SYMBOLS.get(op) or GATES[op].symbol.strip() or op


def figure(quantity: Quantity | None) -> str:
    """A number in at most four significant digits; a short exact number as it is."""
    if quantity is None:
        return "none"
    text = quantity.text
    if not _is_decimal(text):
        if len(text) <= _EXACT:
            return text
        return _rounded(quantity.approx) if math.isfinite(quantity.approx) else text[: _EXACT - 1] + ELLIPSIS
    if math.isfinite(quantity.approx) and (quantity.approx != 0 or not any(d in "123456789" for d in text)):
        return _rounded(quantity.approx)
    mantissa, _, exponent = text.partition("e")
    return f"{float(mantissa):.4g}e{int(exponent)}" if exponent else shorten(mantissa, _EXACT)


def _is_decimal(text: str) -> bool:
    return all(character in "0123456789.e+-" for character in text)


def _rounded(number: float) -> str:
    text = f"{number + 0.0:.4g}"
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def whole(quantity: Quantity | None) -> str:
    """A number as it is, cut only where it is a long formula."""
    return "none" if quantity is None else shorten(quantity.text, _WHOLE)


def added(terms: Sequence[str], total: str) -> str:
    """``-1 + 3.06 = 2.06``; a negative term after the first is subtracted."""
    joined = "".join(joint + text for joint, text in joints(terms))
    return f"{joined} = {total}"


def joints(terms: Sequence[str]) -> list[tuple[str, str]]:
    """Each term of a sum with what joins it to the one before."""
    found = []
    for index, text in enumerate(terms):
        minus = index > 0 and text.startswith("-")
        found.append(("" if index == 0 else " - " if minus else " + ", text[1:] if minus else text))
    return found
