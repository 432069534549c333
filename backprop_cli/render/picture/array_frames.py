"""The steps of an array report as the frames of the page, and what is said about each gate beside it.

The picture has the grids; the words have the rules with their shapes, and the numbers of what is small.
"""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.gates import GATES
from backprop_cli.gates.array_table import ARRAY_GATES
from backprop_cli.render.arrays import words
from backprop_cli.render.picture.array_captions import element, short
from backprop_cli.render.picture.frames import Card, Frame, Inlet, added, concluded, started
from backprop_cli.render.safe_text import visible
from backprop_cli.report.array_report import ArrayGateRow, ArrayQuantity, ArrayReport, ArrayWire


def array_frames(report: ArrayReport) -> tuple[Frame, ...]:
    """Every frame, from the inputs alone to the finished circuit."""
    forward = [
        Frame("value", visible(f"{gate.name} = {gate.formula}{_is(gate.value)}"), visible(_note(gate)), gate.id)
        for gate in report.gates
    ]
    given = [f"{row.name}{_is(row.value)}{' (data)' if row.role == 'data' else ''}" for row in report.variables]
    return (started(given), *forward, *_backward(report), Frame("end", array_result(report), array_checked(report)))


def array_cards(report: ArrayReport) -> dict[int, Card]:
    """What is said about each gate, by its number."""
    return {gate.id: _card(gate, report) for gate in report.gates}


def array_intuitions(report: ArrayReport) -> dict[str, str]:
    """What each kind of gate in the circuit does to gradients, in a few words."""
    ops = dict.fromkeys(gate.op for gate in report.gates)
    return {op: GATES[op].intuition if op in GATES else ARRAY_GATES[op].intuition for op in ops}


def array_result(report: ArrayReport) -> str:
    """``L = 49; ∂L/∂W (2, 2) = [[4, 6], [10, 13]]``."""
    slopes = [
        f"∂{report.partial}/∂{row.name}{_is(row.gradient)}" for row in report.parameters if row.gradient is not None
    ]
    return concluded(f"{report.output}{_is(report.value)}", slopes)


def array_checked(report: ArrayReport) -> str:
    """How the check went; nothing if none was asked for."""
    return visible(words.agreement(report)) if report.check else ""


def _is(block: ArrayQuantity) -> str:
    """`` = 49`` of a number, `` (2, 2) = [[1, 2], [3, 4]]`` of a small array, the shape and the norm of a large one."""
    if not block.shape:
        return f" = {element(block, 0)}"
    small = short(block)
    return f" {block.shape} = {small}" if small else f" {block.shape}, norm {words.norm(block.norm)}"


def _note(gate: ArrayGateRow) -> str:
    return "; ".join(part for part in (f"on a kink: {gate.kink}" if gate.kink else "", gate.problem) if part)


def _backward(report: ArrayReport) -> Iterator[Frame]:
    if not report.parameters and not any(stage.gradient is not None for stage in report.stages):
        return
    output, given = report.output_id, report.upstream
    begins = f"∂{report.partial}/∂{report.output}{_is(given) if given is not None else ' = 1'}"
    note = "as given" if given is not None else "the output in itself"
    yield Frame("output", visible(begins), note, output, source=output)
    for gate in reversed(report.gates):
        live = [(at, wire) for at, wire in enumerate(gate.wires) if not wire.idle]
        for at, wire in live:
            idle = [f"{one.name}: {one.idle}" for one in gate.wires if one.idle] if at == live[-1][0] else []
            yield Frame("wire", _carried(wire, report), _said(wire, idle), gate.id, at, wire.source)
            if not wire.first:
                yield added(f"{wire.name} now has the sum", gate.id, at, wire.source)


def _carried(wire: ArrayWire, report: ArrayReport) -> str:
    amount = _is(wire.contribution) if wire.contribution is not None else f" {wire.shape}"
    return visible(f"∂{report.partial}/∂{wire.name} {'=' if wire.first else '+='} {wire.rule}{amount}")


def _said(wire: ArrayWire, idle: list[str]) -> str:
    summed = f"{wire.name} was {wire.summed}" if wire.summed else ""
    return visible("; ".join(part for part in (wire.shapes, summed, *idle) if part))


def _card(gate: ArrayGateRow, report: ArrayReport) -> Card:
    constants = {number for number, _, _ in report.constants}
    inlets = []
    for at, (source, name) in enumerate(zip(gate.inputs, gate.operands, strict=True)):
        wire = gate.wires[at] if gate.wires else None
        if wire is None or wire.idle:
            why = "a constant" if source in constants else "no gradient asked"
            inlets.append(Inlet(source, visible(name), "", why))
        else:
            inlets.append(Inlet(source, visible(name), visible(wire.rule), wire.shapes or str(wire.shape)))
    value, gradient = _is(gate.value).removeprefix(" = "), gate.gradient
    slope = "" if gradient is None else _is(gradient).removeprefix(" = ")
    return Card(gate.op, visible(gate.name), visible(gate.formula), value.strip(), slope.strip(), tuple(inlets))
