"""The steps as lines for a terminal, a pipe and Markdown: forward, then backward, a line or two a gate.

Lines keep to 80 columns where names and numbers let them: a number is cut to its digits that matter, a long formula in
its middle; whole numbers stand in the JSON.
"""

from __future__ import annotations

import math

from backprop_cli.gates import GATES
from backprop_cli.reading.own_notation import FRACTION, SIGNED, enclosed, gate_text
from backprop_cli.render.safe_text import visible
from backprop_cli.render.tables.markdown_tables import escape
from backprop_cli.report.report import GateRow, Quantity
from backprop_cli.report.step_by_step import BackwardStep, ForwardStep, Steps, Wire

_NUMBER, _FORMULA = 8, 26
_WIDTH, _GATE, _GAP, _LEFT = 80, 18, 3, 8


def render(steps: Steps, *, explain: bool = False) -> str:
    """Both halves as plain lines."""
    column = _column(steps)
    lines = ["forward: values, from the inputs to the output"]
    lines += [line for step in steps.forward for line in _forward(step)] or ["  no gates: the value is given"]
    lines += [
        "",
        f"backward: ∂{steps.output}/∂{steps.output} = 1, then upstream × local, from the output to the inputs",
    ]
    lines += [line for step in steps.backward for line in _backward(step, steps.output, explain, column)]
    if steps.silent:
        lines.append(f"  nothing flows back through {some(steps.silent)}")
    return "".join(f"{visible(line)}\n" for line in lines)


def markdown(steps: Steps, *, explain: bool = False) -> str:
    """The same as two numbered lists, each line's mathematics in code."""
    lines = ["### Forward", ""]
    for step in steps.forward:
        note = f" ({escape(step.note)})" if step.note else ""
        lines.append(f"{step.number}. `{visible(value(step))}`{note}")
    lines += ["", "### Backward", "", f"`∂{steps.output}/∂{steps.output} = 1`", ""]
    for back in steps.backward:
        lines.append(f"{back.number}. `{visible(_gate(back.gate))}`" + (f" ({escape(back.note)})" if back.note else ""))
        lines += [f"   - {_bullet(back, wire, steps.output)}" for wire in back.wires]
        if explain:
            lines.append(f"   - {escape(GATES[back.gate.op].intuition)}")
    return "\n".join(lines) + "\n"


def words(step: BackwardStep, wire: Wire, output: str) -> str:
    """One wire's contribution: ``∂f/∂x += 1 × ∂f/∂q = 1 × -4 = -4; x now has -4``."""
    if wire.idle:
        return f"{_cut(wire.name, 16)} is {wire.idle}: no gradient"
    sign = "=" if wire.first else "+="
    upstream = f"∂{output}/∂{_cut(step.gate.name, 12)}"
    product = f"{_factor(wire.local)} × {_factor(step.upstream)} = {number(wire.contribution)}"
    # A rule that is a number is not said twice.
    plain = wire.local is not None and wire.rule in (_plain(wire.local), number(wire.local))
    rule = "" if plain else f"{_rule(wire.rule)} × {upstream} = "
    total = f"; {_cut(wire.name, 16)} now has {number(wire.total)}" if wire.fork and not wire.first else ""
    return f"∂{output}/∂{_cut(wire.name, 16)} {sign} {rule}{product}{total}"


def _forward(step: ForwardStep) -> list[str]:
    line = f"{step.number:4}  {value(step)}"
    return [line, f"      {step.note}"] if step.note else [line]


def value(step: ForwardStep) -> str:
    """``q = x + y = -2 + 5 = 3``; a gate of literals alone is not said twice."""
    gate = step.gate
    filled = gate_text(gate.op, [number(value) for value in step.inputs])
    parts = [_cut(gate.name, 16), _cut(gate.formula, _FORMULA + 10)]
    if filled not in (gate.formula, number(gate.value)):
        parts.append(_cut(filled, _FORMULA + 10))
    return " = ".join([*parts, number(gate.value) if gate.value else "no value"])


def _backward(step: BackwardStep, output: str, explain: bool, column: int) -> list[str]:
    """The gate, then what each of its wires carries, as many on a line as fit."""
    notes = [note for note in (step.note, GATES[step.gate.op].intuition if explain else "") if note]
    said = [words(step, wire, output) for wire in step.wires if not wire.idle]
    idle = [f"({_cut(wire.name, 16)}: {wire.idle})" for wire in step.wires if wire.idle]
    lines = [f"{step.number:4}  {_gate(step.gate):{column}}"]
    at = 6 + column + _GAP
    first_fits = bool(said) and len(_gate(step.gate)) <= column and at + len(said[0]) <= _WIDTH
    for piece in [*said, *idle] if first_fits else [*idle, *said]:
        if at <= len(lines[-1]) + _GAP <= _WIDTH - len(piece) and (first_fits or piece in idle):
            lines[-1] += " " * _GAP + piece
        else:
            lines += _hung(piece, at)
    return [line.rstrip() for line in lines] + [f"        {note}" for note in notes]


def _hung(piece: str, at: int) -> list[str]:
    """A piece under its column, further left if it is long, and its running sum below if it is longer still."""
    if at + len(piece) <= _WIDTH:
        return [" " * at + piece]
    product, _, total = piece.partition("; ")
    if _LEFT + len(piece) <= _WIDTH or not total:
        return [" " * _LEFT + piece]
    return [" " * _LEFT + product, " " * (_LEFT + 4) + total]


def _column(steps: Steps) -> int:
    """The width of the gates' column: that of the longest short one."""
    widths = [len(_gate(step.gate)) for step in steps.backward]
    return max((width for width in widths if width <= _GATE), default=_GATE)


def _gate(gate: GateRow) -> str:
    return f"{_cut(gate.name, 16)} = {_cut(gate.formula, _FORMULA + 10)}"


def _bullet(step: BackwardStep, wire: Wire, output: str) -> str:
    said = words(step, wire, output)
    return escape(said) if wire.idle else f"`{visible(said)}`"


def number(quantity: Quantity | None) -> str:
    """A whole number without its ``.0``, as a person writes it."""
    if quantity is None:
        return "none"
    text = _plain(quantity)
    return text if len(text) <= _NUMBER or math.isinf(quantity.approx) else f"{quantity.approx:.6g}"


def _plain(quantity: Quantity) -> str:
    return quantity.text.removesuffix(".0")


def _factor(quantity: Quantity | None) -> str:
    text = number(quantity)
    return enclosed(text, SIGNED)


def _rule(rule: str) -> str:
    """A sum among the factors needs parentheses."""
    return enclosed(_cut(rule, _FORMULA), FRACTION)


def _cut(text: str, most: int) -> str:
    half = (most - 1) // 2
    return text if len(text) <= most else f"{text[:half]}…{text[-half:]}"


def some(names: tuple[str, ...]) -> str:
    """The first names of many."""
    shown = ", ".join(names[:6])
    return shown if len(names) <= 6 else f"{shown} and {len(names) - 6} more"
