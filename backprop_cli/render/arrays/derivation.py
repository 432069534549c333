"""The steps of an array circuit as a LaTeX derivation: two ``align*`` blocks that compile with amsmath alone."""

from __future__ import annotations

import re

from backprop_cli.problems import Refused
from backprop_cli.render.arrays.formula import array_latex
from backprop_cli.render.arrays.latex import matrix
from backprop_cli.render.latex_names import latex_name
from backprop_cli.report.array_report import ArrayGateRow, ArrayReport, ArrayWire

_COLUMNS = 20
_UPSTREAM = "arriving_"  # what stands for ∂L/∂z while a rule is read


def render(report: ArrayReport) -> str:
    """The forward values and the backward contributions, each line an equation."""
    numbers = {row.name for row in (*report.variables, *report.stages) if not row.value.shape}
    numbers |= {gate.name for gate in report.gates if not gate.value.shape}
    out = latex_name(report.partial)
    begins = "1" if report.upstream is None else matrix(report.upstream)
    lines = [f"{_partial(out, report.output)} &= {begins}"]
    for gate in reversed(report.gates):
        lines += [_carried(gate, wire, report.partial, numbers) for wire in gate.wires if not wire.idle]
    forward = [_value(gate, numbers) for gate in report.gates]
    head = f"\\setcounter{{MaxMatrixCols}}{{{_COLUMNS}}}\n"
    return f"{head}% forward\n{_align(forward)}% backward\n{_align(lines)}"


def _align(lines: list[str]) -> str:
    body = " \\\\\n".join(f"  {line}" for line in lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n" if lines else ""


def _value(gate: ArrayGateRow, numbers: set[str]) -> str:
    written = _read(gate.formula, {}, numbers)
    return f"{latex_name(gate.name)} &= {written} = {matrix(gate.value)}"


def _carried(gate: ArrayGateRow, wire: ArrayWire, partial: str, numbers: set[str]) -> str:
    sign = "=" if wire.first else r"\mathrel{+}="
    out, said = latex_name(partial), f"∂{partial}/∂{gate.name}"
    single = numbers | ({_UPSTREAM} if not gate.value.shape else set())
    written = _read(wire.rule.replace(said, _UPSTREAM), {_UPSTREAM: _partial(out, gate.name)}, single)
    amount = f" = {matrix(wire.contribution)}" if wire.contribution is not None else ""
    summed = rf" \quad \text{{({_words(f'{wire.name} was {wire.summed}')})}}" if wire.summed else ""
    return f"{_partial(out, wire.name)} &{sign} {written}{amount}{summed}"


def _partial(out: str, name: str) -> str:
    return rf"\frac{{\partial {out}}}{{\partial {latex_name(name)}}}"


def _read(text: str, names: dict[str, str], numbers: set[str]) -> str:
    """A rule as a formula; one that is words stays words."""
    try:
        return array_latex(text, names, numbers)
    except Refused:
        parts = re.split(f"({_UPSTREAM})", text)
        return "".join(names.get(part) or rf"\text{{{_words(part)}}}" for part in parts if part)


def _words(text: str) -> str:
    """Words with what LaTeX reads as commands escaped."""
    return re.sub(r"[\\{}$&#^_%~]", lambda found: rf"\{found[0]}" if found[0] not in r"\^~" else " ", text)
