"""The steps of a report as the frames of the page: one thing happens in each, and one sentence says it.

A wire carries in one frame, and what a fork then has is a frame of its own. Everything is words and node numbers;
nothing here knows HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from backprop_cli.gates import GATES
from backprop_cli.render.safe_text import visible
from backprop_cli.render.sentences import agreement
from backprop_cli.render.steps import number, some, words
from backprop_cli.render.steps import value as value_words
from backprop_cli.report.report import GateRow, Quantity, Report
from backprop_cli.report.step_by_step import BackwardStep, Steps, Wire

FrameKind = Literal["start", "value", "output", "wire", "add", "end"]
_MANY = 12


@dataclass(frozen=True, slots=True)
class Frame:
    """What happens, in words; ``note`` is a kink's convention or why an input is left out. Numbers are nodes, -1 none.

    ``gate`` is the gate that computes or sends back, ``position`` its input, ``source`` the node that receives.
    """

    kind: FrameKind
    text: str
    note: str = ""
    gate: int = -1
    position: int = -1
    source: int = -1


@dataclass(frozen=True, slots=True)
class Inlet:
    """One input of a gate: its node and name, the local gradient's rule and number; or no rule, and why not."""

    source: int
    name: str
    rule: str
    number: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is said about a gate beside it; an empty gradient means that none is asked for."""

    op: str
    name: str
    formula: str
    value: str
    gradient: str
    inlets: tuple[Inlet, ...]


def frames(report: Report, steps: Steps) -> tuple[Frame, ...]:
    """Every frame, from the inputs alone to the finished circuit."""
    forward = [Frame("value", visible(value_words(step)), visible(step.note), step.gate.id) for step in steps.forward]
    given = [f"{v.name} = {number(v.value)}" + (" (data)" if v.role == "data" else "") for v in report.variables]
    return (started(given), *forward, *_backward(report, steps), _end(report, steps))


def cards(report: Report, steps: Steps) -> dict[int, Card]:
    """What is said about each gate, by its number."""
    back = {step.gate.id: step for step in steps.backward}
    constants = {constant.id for constant in report.constants}
    return {gate.id: _card(gate, back.get(gate.id), constants) for gate in report.gates}


def result(report: Report) -> str:
    """``f = -12; ∂f/∂x = -4, ∂f/∂y = -4``: value and gradients of the variables, or of the stages asked for."""
    out = report.output
    asked: Mapping[str, Quantity | None] = {variable.name: variable.gradient for variable in report.parameters} or {
        stage.name: stage.gradient for stage in report.stages if stage.gradient is not None
    }
    return concluded(
        f"{out} = {number(report.value)}", [f"∂{out}/∂{name} = {number(slope)}" for name, slope in asked.items()]
    )


def concluded(value: str, slopes: Sequence[str]) -> str:
    """The value and the first of the slopes, in one line."""
    return visible("; ".join(part for part in (value, _first(slopes, "more gradients")) if part))


def started(given: Sequence[str]) -> Frame:
    """The first frame: the first of what is given."""
    return Frame("start", visible(f"given {_first(given, 'more')}" if given else "constants only: nothing is given"))


def added(text: str, gate: int, position: int, source: int) -> Frame:
    """What a fork has after one more of its wires."""
    return Frame("add", visible(text), "a fork adds up what its wires bring back", gate, position, source)


def _first(parts: Sequence[str], more: str) -> str:
    rest = [f"{len(parts) - _MANY} {more}"] if len(parts) > _MANY else []
    return ", ".join([*parts[:_MANY], *rest])


def _end(report: Report, steps: Steps) -> Frame:
    silent = f"nothing flows back through {some(steps.silent)}" if steps.silent else ""
    return Frame("end", result(report), "; ".join(said for said in (checked(report), visible(silent)) if said))


def checked(report: Report) -> str:
    """How the check went; nothing if none was asked for."""
    return visible(agreement(report)) if report.check else ""


def _backward(report: Report, steps: Steps) -> Iterator[Frame]:
    if not report.parameters and not any(stage.gradient is not None for stage in report.stages):
        return
    output = steps.output_node
    name = next((variable.name for variable in report.variables if variable.id == output), steps.output)
    yield Frame("output", visible(f"∂{steps.output}/∂{name} = 1"), "the output in itself", output, source=output)
    waiting: dict[int, int] = {}
    for wire in (wire for step in steps.backward for wire in step.wires if not wire.idle):
        waiting[wire.source] = waiting.get(wire.source, 0) + 1
    many = {source for source, count in waiting.items() if count > 1}
    totals: dict[int, str] = {}
    for step in steps.backward:
        live = [wire for wire in step.wires if not wire.idle]
        for wire in live:
            waiting[wire.source] -= 1
            text = words(step, replace(wire, fork=False), steps.output)
            notes = _notes(step, wire, last=wire is live[-1])
            if wire.source in many and wire.first:
                notes.append(f"{wire.name} feeds {waiting[wire.source] + 1} wires: more will be added")
            joined = visible("; ".join(notes))
            yield Frame("wire", visible(text), joined, step.gate.id, wire.position, wire.source)
            if not wire.first:
                yield _addition(step, wire, totals[wire.source])
            totals[wire.source] = number(wire.total)


def _notes(step: BackwardStep, wire: Wire, *, last: bool) -> list[str]:
    """The gate's convention at a kink, and after its last wire the inputs that need no gradient."""
    idle = [f"{other.name} is {other.idle}: no gradient" for other in step.wires if other.idle] if last else []
    return [note for note in (step.note, *idle) if note]


def _addition(step: BackwardStep, wire: Wire, before: str) -> Frame:
    more = number(wire.contribution)
    joint = f"- {more[1:]}" if more.startswith("-") else f"+ {more}"
    text = f"{wire.name} now has {before} {joint} = {number(wire.total)}"
    return added(text, step.gate.id, wire.position, wire.source)


def _card(gate: GateRow, back: BackwardStep | None, constants: set[int]) -> Card:
    inlets = [
        Inlet(source, visible(name), "", "a constant" if source in constants else "no gradient asked")
        for source, name in zip(gate.inputs, gate.operands, strict=True)
    ]
    for wire in back.wires if back else ():
        said = wire.idle or number(wire.local)
        inlets[wire.position] = Inlet(wire.source, visible(wire.name), visible(wire.rule), said)
    value = number(gate.value) if gate.value else "none"
    gradient = number(gate.gradient) if gate.gradient else ""
    return Card(gate.op, visible(gate.name), visible(gate.formula), value, gradient, tuple(inlets))


def intuitions(report: Report) -> dict[str, str]:
    """What each kind of gate in the circuit does to gradients, in a few words."""
    return {op: GATES[op].intuition for op in dict.fromkeys(gate.op for gate in report.gates)}
