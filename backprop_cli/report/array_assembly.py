"""Sweeps and check of an array circuit → report: blocks of plain data from what was computed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.check.array_check import ArrayCheck
from backprop_cli.circuit import CONSTANT, INPUT
from backprop_cli.engine.array_problems import counted
from backprop_cli.engine.pullback import VectorGradients
from backprop_cli.engine.shapes import Shaped
from backprop_cli.engine.vectorised import VectorRun
from backprop_cli.engine.written_out import WrittenOut
from backprop_cli.gates import GATES
from backprop_cli.gates.axes import begins_at
from backprop_cli.problems import Diagnostic
from backprop_cli.reading.own_notation import gate_text
from backprop_cli.report.array_formulas import short_arrays
from backprop_cli.report.array_report import ArrayGateRow, ArrayQuantity, ArrayReport, ArrayRow, ArrayWire
from backprop_cli.report.pullback_text import RuleUse, elementwise, structural
from backprop_cli.report.report import EXCERPT, Report

_PRODUCT = re.compile(r"(\w+(?:\.T)?) @ (\w+(?:\.T)?)|outer\((\w+), (\w+)\)")
_LOSSES = ("L", "loss", "J", "loss_", "L_", *(f"L_{number}" for number in range(10_000)))


class ReportNumbers(Protocol):
    """Where a report's numbers come from."""

    @property
    def run(self) -> VectorRun:
        """The vectorised run, for shapes, kinks and problems."""

    @property
    def arithmetic(self) -> str:
        """``float64``, ``digits`` or ``exact``."""

    def value(self, index: int) -> ArrayQuantity:
        """A node's value."""

    def gradient(self, index: int) -> ArrayQuantity | None:
        """A node's gradient, None where none was asked for."""

    def carried(self, index: int, position: int) -> ArrayQuantity | None:
        """What a wire carried backward, None where that is not kept."""


@dataclass(frozen=True)
class VectorNumbers:
    """Those of the vectorised run."""

    run: VectorRun
    gradients: VectorGradients
    arithmetic: str = Float64.name

    def value(self, index: int) -> ArrayQuantity:
        """A node's value."""
        return _block(self.run.values[index])

    def gradient(self, index: int) -> ArrayQuantity | None:
        """A node's gradient."""
        found = self.gradients.gradients[index]
        return None if found is None else _block(found)

    def carried(self, index: int, position: int) -> ArrayQuantity | None:
        """What a wire carried backward."""
        wires = self.gradients.carried[index]
        return _block(wires[position]) if wires and wires[position] is not None else None


def _block(value: Any) -> ArrayQuantity:
    return ArrayQuantity(np.shape(value), np.asarray(value, dtype=np.float64))


class ScalarNumbers:
    """Those of the circuit written out, in the arithmetic of its report."""

    def __init__(self, run: VectorRun, report: Report, out: WrittenOut, upstream: bool) -> None:
        self.run, self.out, self.arithmetic = run, out, report.arithmetic
        self._forth, self._back = report.trace

    def value(self, index: int) -> ArrayQuantity:
        """A node's value, from its elements."""
        return self._gathered(index, self._forth.values)

    def gradient(self, index: int) -> ArrayQuantity | None:
        """A node's gradient, from its elements; none where no element was asked for."""
        numbers = self._back.gradients
        return (
            None
            if all(numbers[cell] is None for cell in self.out.cells[index].flat)
            else self._gathered(index, numbers)
        )

    def carried(self, index: int, position: int) -> ArrayQuantity | None:
        """Contributions are those of scalar gates here; --scalars shows them."""
        return None

    def _gathered(self, index: int, numbers: list[Any]) -> ArrayQuantity:
        cells, arithmetic = self.out.cells[index], self._forth.arithmetic
        texts, doubles = list[str](), list[float]()
        for cell in cells.flat:
            number = numbers[cell]
            texts.append("none" if number is None else arithmetic.text(number))
            doubles.append(float("nan") if number is None else arithmetic.to_float(number))
        return ArrayQuantity(cells.shape, np.array(doubles).reshape(cells.shape), tuple(texts))


def assembled_arrays(
    numbers: ReportNumbers,
    targets: Mapping[str, int],
    wrt: tuple[str, ...] | None,
    check: ArrayCheck | None,
    warnings: tuple[Diagnostic, ...],
    upstream: Any,
) -> ArrayReport:
    """The report; ``targets`` are whose gradients were asked for, ``upstream`` the gradient given at the output."""
    circuit = numbers.run.program.circuit
    made = _Assembly(numbers, check, given=upstream is not None)
    made.compose(targets, given=upstream is not None)
    asked = tuple(name for name in circuit.inputs if name in targets) if wrt is None else tuple(targets)
    return ArrayReport(
        circuit.source.text,
        numbers.arithmetic,
        circuit.output_name,
        circuit.output,
        numbers.value(circuit.output),
        tuple(made.variable(name, node, asked=name in targets) for name, node in circuit.inputs.items()),
        tuple(made.stage(stage.name, stage.node) for stage in circuit.stages),
        tuple(made.constants()),
        asked,
        check,
        warnings,
        None if upstream is None else _block(upstream),
        made.partial,
        "" if circuit.stages and circuit.output_name == circuit.stages[-1].name else circuit.made_of,
        made.gates,
    )


class _Assembly:
    def __init__(self, numbers: ReportNumbers, check: ArrayCheck | None, *, given: bool) -> None:
        self.numbers, self.check, self.run = numbers, check, numbers.run
        self.shaped: Shaped = numbers.run.program.shaped
        self.circuit = self.shaped.circuit
        self.wires = self.circuit.fan_out()
        taken = {*self.circuit.inputs, *(stage.name for stage in self.circuit.stages)}
        self.partial = next(name for name in _LOSSES if name not in taken) if given else self.circuit.output_name
        self.formulas: Mapping[str, str] = {}

    def compose(self, targets: Mapping[str, int], *, given: bool) -> None:
        """Write the gradients of the variables as formulas, where they are short."""
        variables = {name: node for name, node in targets.items() if name in self.circuit.inputs}
        upstream = f"d{self.circuit.output_name}" if given else ""
        while upstream in self.circuit.inputs:
            upstream += "_"
        if not self.run.failed:  # a formula would ask the elements that have no value
            self.formulas = short_arrays(self.shaped, variables, upstream)

    def variable(self, name: str, node: int, *, asked: bool) -> ArrayRow:
        """A variable's row; data has no gradient."""
        value = self.numbers.value(node)
        if not asked:
            return ArrayRow(node, name, "data", value)
        gradient, formula = self.numbers.gradient(node), self.formulas.get(name)
        return ArrayRow(node, name, "parameter", value, gradient, formula, verdict=self._verdict(node))

    def stage(self, name: str, node: int) -> ArrayRow:
        """A stage's row."""
        problem = self.run.failed.get(node)
        formula = self.circuit.typed(node).partition("=")[2].strip()
        gradient = self.numbers.gradient(node) if problem is None else None
        value, verdict = self.numbers.value(node), self._verdict(node)
        return ArrayRow(node, name, "stage", value, gradient, None, formula, verdict, problem)

    def _verdict(self, node: int) -> Any:
        return self.check.verdicts.get(node) if self.check is not None else None

    def constants(self) -> Iterator[tuple[int, str, float]]:
        """The literals of the expression."""
        for index, node in enumerate(self.circuit.nodes[: self.circuit.first_gate]):
            if node.op == CONSTANT:
                yield index, node.text, float(self.run.values[index])

    def gates(self) -> Iterator[ArrayGateRow]:
        """Every gate in forward order; the first contribution to a node is that of its last gate."""
        names, first = self.circuit.names, self._first()
        for index in range(self.circuit.first_gate, len(self.circuit.nodes)):
            node = self.circuit.nodes[index]
            operands = tuple(names[i] for i in node.inputs)
            gradient = self.numbers.gradient(index)
            asked = gradient is not None
            wires = tuple(self._wire(index, at, first) for at in range(len(operands))) if asked else ()
            kinks, problem = self.run.kinks.get(index), self.run.failed.get(index)
            yield ArrayGateRow(
                index,
                names[index],
                node.op,
                node.inputs,
                operands,
                gate_text(node.op, operands, node.statics),
                self.circuit.typed(index, EXCERPT),
                self.numbers.value(index),
                gradient,
                wires,
                counted(names[index], kinks) if kinks is not None else "",
                problem.message if problem is not None else "",
            )

    def _first(self) -> set[tuple[int, int]]:
        """The wires that bring their node its first contribution, in the order of the backward sweep."""
        seen: set[int] = set()
        first: set[tuple[int, int]] = set()
        for index in range(len(self.circuit.nodes) - 1, self.circuit.first_gate - 1, -1):
            if self.numbers.gradient(index) is None:
                continue
            for position, source in enumerate(self.circuit.nodes[index].inputs):
                if source not in seen:
                    seen.add(source)
                    first.add((index, position))
        return first

    def _wire(self, index: int, position: int, first: set[tuple[int, int]]) -> ArrayWire:
        source = self.circuit.nodes[index].inputs[position]
        name, shape = self.circuit.names[source], self.shaped.shapes[source]
        if self.numbers.gradient(source) is None or not self._has_gradient(index, position):
            return ArrayWire(source, name, shape, "", "", None, True, False, "", self._idle(source))
        rule, shapes = self._rule(index, position)
        carried = self.numbers.carried(index, position)
        summed = self._summed(index, shape)
        opens = (index, position) in first
        return ArrayWire(source, name, shape, rule, shapes, carried, opens, self.wires[source] > 1, summed, "")

    def _has_gradient(self, index: int, position: int) -> bool:
        row = self.shaped.rows[index]
        text = GATES[self.circuit.nodes[index].op].slope(position).text if row is None else row.pullback(position)
        return bool(text)

    def _idle(self, source: int) -> str:
        return {CONSTANT: "a constant", INPUT: "data"}.get(self.circuit.nodes[source].op, "made of constants and data")

    def _rule(self, index: int, position: int) -> tuple[str, str]:
        """The rule over names, and its shapes where it is a product: ``(2, 2) = (2, 2) @ (2, 2)``."""
        node, names = self.circuit.nodes[index], self.circuit.names
        row = self.shaped.rows[index]
        upstream = f"∂{self.partial}/∂{names[index]}"
        operands = [names[i] for i in node.inputs]
        if row is None:
            gate = GATES[node.op]
            params = ("x",) if gate.many else gate.params
            own = operands[position : position + 1] if gate.many else operands
            wires = dict(zip(params, own, strict=True)) | {"z": names[index], "n": "ties"}
            return elementwise(gate.slope(position).text, wires, upstream), ""
        told = dict(self.run.program.told(index, self.run.inputs(index)))
        shape = self.shaped.shapes[node.inputs[position]]
        if row.many:
            shapes = [self.shaped.shapes[i] for i in node.inputs]
            told["place"] = begins_at(row.name, shapes, told["axis"], position)
        params = (*row.params[:1], *(f"i{at}" for at in range(1, len(operands)))) if row.name == "index" else row.params
        wires = dict(zip(params, operands, strict=False)) | {"z": names[index]}
        text = structural(row, position, wires, upstream, RuleUse(told, shape, self.shaped.shapes[index]))
        return text, self._shapes(row.pullback(position), index, position)

    def _shapes(self, rule: str, index: int, position: int) -> str:
        """The shapes along a product of two."""
        product = _PRODUCT.fullmatch(rule)
        if product is None:
            return ""
        inputs = [self.shaped.shapes[i] for i in self.circuit.nodes[index].inputs]
        known = {"dz": self.shaped.shapes[index], "x": inputs[0], "y": inputs[1]}
        known |= {f"{name}.T": shape[::-1] for name, shape in known.items()}
        sign, left, right = ("@", *product.group(1, 2)) if product[1] else ("outer", *product.group(3, 4))
        return f"{inputs[position]} = {known[left]} {sign} {known[right]}"

    def _summed(self, index: int, shape: tuple[int, ...]) -> str:
        """The axes over which broadcasting repeated an input of an elementwise gate, and how often."""
        if self.shaped.rows[index] is not None:
            return ""
        out = self.shaped.shapes[index]
        lead = len(out) - len(shape)
        axes = [*range(lead), *(at + lead for at, size in enumerate(shape) if size == 1 and out[at + lead] > 1)]
        times = int(np.prod([out[at] for at in axes])) if axes else 1
        if times == 1:
            return ""
        return f"used {times} times: summed over ax{'i' if len(axes) == 1 else 'e'}s {', '.join(map(str, axes))}"
