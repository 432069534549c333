"""What a picture shows, before anybody knows where: nodes, wires, and the words and numbers on them.

A constant is drawn once for each wire, beside its gate. This module knows no coordinates, no colours and no file
format, and not whether numbers or arrays go through the circuit: that is what captions are for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from backprop_cli import limits
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.render.picture.captions import Captions, Term
from backprop_cli.render.picture.grids import Grid
from backprop_cli.render.picture.number_captions import NumberCaptions
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.report.report import GateRow, Report, Variable

if TYPE_CHECKING:
    from backprop_cli.report.array_report import ArrayGateRow, ArrayReport, ArrayRow

_NAME, _TITLE = 18, 400
_ANY_ORDER = frozenset(["add", "mul", "max", "min", "hypot", "eq", "ne", "vecvec"])

NodeKind = Literal["input", "constant", "gate"]


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A box, a small constant or a round gate, and the labels of the wire that leaves it.

    ``number`` is the node's number in the circuit. ``name`` stands on the wire (a stage, or the output); an empty
    ``value`` or ``gradient`` means that there is no such label. ``terms`` are the contributions at a fork. ``formula``
    is what a gate computes, from its operands' names. ``grid`` and ``slope`` are an array's value and gradient.
    """

    key: str
    number: int
    kind: NodeKind
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


def scene(
    report: Report | ArrayReport, *, values: bool = True, grids: bool = True, most: int | None = limits.PICTURE_GATES
) -> Scene:
    """The scene of a report. Without ``values`` what a student is to find is left blank: all but the point itself.

    Without ``grids``, where only text is drawn, a short array stands in full beside its shape. Raises ``Refused`` if
    there are more than ``most`` gates.
    """
    if most is not None and len(report.gates) > most:
        message = f"a picture shows up to {most} gates, and this circuit has {len(report.gates):,}"
        hint = "draw fewer stages, use `-o circuit.dot` with Graphviz, or read `backprop grad --steps`"
        raise Refused(Diagnostic("draw.size", message, hint))
    if isinstance(report, Report):
        return _SceneMaker(report, NumberCaptions(report, values)).scene()
    from backprop_cli.render.picture.array_captions import ArrayCaptions  # a picture of numbers loads none of it

    return _SceneMaker(report, ArrayCaptions(report, values, grids)).scene()


class _SceneMaker:
    def __init__(self, report: Report | ArrayReport, captions: Captions[Any]) -> None:
        self.report, self.captions = report, captions
        self.nodes: list[DrawnNode] = []
        self.wires: list[DrawnWire] = []
        self.place: dict[int, int] = {}
        self.stages = {stage.id: stage.name for stage in report.stages}

    def scene(self) -> Scene:
        for variable in self.report.variables:
            self._add(self._input(variable))
        for gate in self.report.gates:
            sources = [self._source(gate, position) for position in range(len(gate.inputs))]
            self._add(self._gate(gate))
            target = len(self.nodes) - 1
            self.wires += [self._wire(gate, p, source, target) for p, source in enumerate(sources)]
        if not self.nodes:
            self._add(self._lone())
        return Scene(self._title(), tuple(self.nodes), tuple(self.wires), not self.captions.values)

    def _add(self, node: DrawnNode) -> None:
        self.place[node.number] = len(self.nodes)
        self.nodes.append(node)

    def _source(self, gate: GateRow | ArrayGateRow, position: int) -> int:
        number = gate.inputs[position]
        if number not in self.captions.constants:
            return self.place[number]
        text, title, _ = self.captions.constants[number]
        self.nodes.append(DrawnNode(f"constant-{gate.id}-{position}", number, "constant", text, title))
        return len(self.nodes) - 1

    def _lone(self) -> DrawnNode:
        """The output where it is a number."""
        ((number, (text, title, value)), *_) = self.captions.constants.items()
        return DrawnNode(f"constant-{number}", number, "constant", text, title, self.report.output, value, output=True)

    def _input(self, row: Variable | ArrayRow) -> DrawnNode:
        captions, is_output = self.captions, row.id == self.report.output_id
        data = row.role == "data"
        return DrawnNode(
            f"input-{row.id}",
            row.id,
            "input",
            shorten(visible(row.name), _NAME),
            captions.said(row.name, row.value) + (", data" if data else "") + self._slope(row.name, row.gradient),
            self.report.output if is_output else "",
            captions.label(row.value, known=True),
            captions.gradient(row.gradient),
            captions.terms(row.id),
            data,
            output=is_output,
            grid=captions.grid(row.name, row.value, known=True),
            slope=captions.grid(f"d{row.name}", row.gradient),
        )

    def _gate(self, gate: GateRow | ArrayGateRow) -> DrawnNode:
        captions, is_output = self.captions, gate.id == self.report.output_id
        name = self.stages.get(gate.id, self.report.output if is_output else "")
        own = name or gate.name
        formula = captions.formula(own, gate.formula)
        title = captions.computed(formula, gate.value) + self._slope(own, gate.gradient) if captions.values else formula
        return DrawnNode(
            f"gate-{gate.id}",
            gate.id,
            "gate",
            captions.symbol(gate.op),
            title + (f"; kink{captions.kink(gate)}" if gate.kink else ""),
            shorten(visible(name), _NAME),
            captions.label(gate.value),
            captions.gradient(gate.gradient),
            captions.terms(gate.id),
            gate.gradient is None,
            bool(gate.kink),
            is_output,
            gate.op not in _ANY_ORDER and len(gate.inputs) > 1,
            formula,
            captions.grid(own, gate.value),
            captions.grid(f"d{own}", gate.gradient),
        )

    def _slope(self, name: str, gradient: object) -> str:
        if gradient is None or not self.captions.values:
            return ""
        return f"; {self.captions.said(f'∂{self.captions.partial}/∂{name}', gradient)}"

    def _wire(self, gate: GateRow | ArrayGateRow, position: int, source: int, target: int) -> DrawnWire:
        said = self.captions.carried(gate, position)
        title = said or f"{visible(gate.operands[position])}: no gradient is asked"
        return DrawnWire(f"wire-{gate.id}-{position}", source, target, position, title, faint=not said)

    def _title(self) -> str:
        said = f"Circuit of {' '.join(visible(' '.join(self.report.expression.split())).split())}"
        if self.captions.values:
            said = f"{shorten(said, _TITLE // 2)}: {', '.join(self.captions.results())}"
        return shorten(said, _TITLE)


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
