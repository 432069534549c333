"""The steps of an array circuit as lines for a terminal, a pipe and Markdown: a block a gate: rule, shapes, numbers."""

from __future__ import annotations

from backprop_cli.render.arrays import grid, words
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.report.array_report import ArrayGateRow, ArrayQuantity, ArrayReport, ArrayWire

_WIDTH, _NUMBERS = 80, 64


def render(report: ArrayReport, *, full: bool = False) -> str:
    """Both halves: values from the inputs to the output, then gradients from the output to the inputs."""
    out = report.partial
    made = ["forward: values, from the inputs to the output"]
    for number, gate in enumerate(report.gates, 1):
        made += _forward(number, gate, full)
    begins = f"∂{out}/∂{report.output}"
    given = f"{begins} = 1" if report.upstream is None else f"{begins} as given"
    made += ["", f"backward: {given}, then each gate's rule, from the output to the inputs"]
    if report.upstream is not None:
        made += _numbers(report.upstream, full)
    active = [gate for gate in reversed(report.gates) if any(not wire.idle for wire in gate.wires)]
    totals = _Totals()
    for number, gate in enumerate(active, 1):
        made += _backward(number, gate, out, totals, full)
    return "".join(f"{visible(line)}\n" for line in made)


def markdown(report: ArrayReport, *, full: bool = False) -> str:
    """The same in a block of code."""
    return f"### Steps\n\n```text\n{render(report, full=full)}```\n"


class _Totals:
    """What each node has received so far."""

    def __init__(self) -> None:
        self.known: dict[int, ArrayQuantity] = {}

    def add(self, wire: ArrayWire) -> ArrayQuantity | None:
        """The sum with this wire's contribution."""
        if wire.contribution is None:
            return None
        before = self.known.get(wire.source)
        doubles = wire.contribution.doubles if before is None else before.doubles + wire.contribution.doubles
        self.known[wire.source] = ArrayQuantity(wire.shape, doubles)
        return self.known[wire.source]


def _forward(number: int, gate: ArrayGateRow, full: bool) -> list[str]:
    line = f"{number:4}  {gate.name} = {shorten(gate.formula, 40)}"
    notes = [note for note in (f"on a kink: {gate.kink}" if gate.kink else "", gate.problem) if note]
    if not gate.value.shape:
        return [f"{line} = {grid.cell(gate.value, 0)}", *(f"        {note}" for note in notes)]
    return [f"{line}   {gate.value.shape}", *_numbers(gate.value, full), *(f"        {note}" for note in notes)]


def _backward(number: int, gate: ArrayGateRow, out: str, totals: _Totals, full: bool) -> list[str]:
    made = [f"{number:4}  {gate.name} = {shorten(gate.formula, 60)}"]
    idle = [f"{shorten(wire.name, 16)}: {wire.idle}" for wire in gate.wires if wire.idle]
    if idle:
        made[0] += f"   ({', '.join(idle)})"
    for wire in gate.wires:
        if not wire.idle:
            made += _wire(wire, out, totals, full)
    return made


def _wire(wire: ArrayWire, out: str, totals: _Totals, full: bool) -> list[str]:
    sign = "=" if wire.first else "+="
    rule = f"∂{out}/∂{shorten(wire.name, 16)} {sign} {wire.rule}"
    contribution, total = wire.contribution, totals.add(wire)
    if not wire.shape:
        number = f" = {grid.cell(contribution, 0)}" if contribution is not None else ""
        made = [f"      {shorten(rule, _WIDTH - 6 - len(number))}{number}"]
    else:
        shapes = wire.shapes or str(wire.shape)
        made = [f"      {rule}   {shapes}"]
        if len(made[0]) > _WIDTH:
            made = [f"      {shorten(rule, _WIDTH - 6)}", f"        {shapes}"]
        made += _numbers(contribution, full) if contribution is not None else []
    if wire.summed:
        made.append(f"        {shorten(wire.name, 16)} was {wire.summed}")
    if wire.fork and not wire.first and total is not None:
        if not wire.shape:
            made.append(f"        {shorten(wire.name, 16)} now has {grid.cell(total, 0)}")
        else:
            made += [f"        {shorten(wire.name, 16)} now has", *_numbers(total, full)]
    return made


def _numbers(block: ArrayQuantity, full: bool) -> list[str]:
    shown = grid.lines(block, _NUMBERS, full=full)
    cut = f"   norm {words.norm(block.norm)}" if grid.is_cut(block, shown) else ""
    return [f"        {line}" for line in shown[:-1]] + [f"        {shown[-1]}{cut}"]
