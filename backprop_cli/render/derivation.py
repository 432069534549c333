"""The steps as a LaTeX derivation: two ``align*`` blocks that compile with amsmath alone."""

from __future__ import annotations

from backprop_cli.render.formula import factor, formula, gate_latex
from backprop_cli.render.latex import number
from backprop_cli.render.latex_names import latex_name
from backprop_cli.report.report import Quantity
from backprop_cli.report.step_by_step import BackwardStep, ForwardStep, Steps, Wire

_READABLE = 120


def render(steps: Steps) -> str:
    """The forward values and the backward contributions, each line an equation."""
    blocks = []
    if steps.forward:
        blocks.append(_align([_value(step) for step in steps.forward]))
    out = latex_name(steps.output)
    lines = [rf"{_partial(out, out)} &= 1"]
    for step in steps.backward:
        lines += [_carried(step, wire, out) for wire in step.wires if not wire.idle]
    return "% forward\n" + "\n".join(blocks) + "% backward\n" + _align(lines)


def _align(lines: list[str]) -> str:
    body = " \\\\\n".join(f"  {line}" for line in lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def _value(step: ForwardStep) -> str:
    gate = step.gate
    named = gate_latex(gate.op, [_operand(name) for name in gate.operands])
    if gate.value is None:
        return rf"{latex_name(gate.name)} &= {named} \quad \text{{(no value)}}"
    filled = gate_latex(gate.op, [_number(value) for value in step.inputs])
    return f"{latex_name(gate.name)} &= {named} = {filled} = {_number(gate.value)}"


def _carried(step: BackwardStep, wire: Wire, out: str) -> str:
    sign = "=" if wire.first else r"\mathrel{+}="
    rule = factor(wire.rule) if len(wire.rule) <= _READABLE else _factor(wire.local)
    upstream = _partial(out, latex_name(step.gate.name))
    product = rf"{_factor(wire.local)} \cdot {_factor(step.upstream)} = {_number(wire.contribution)}"
    total = rf" \quad \left({_operand(wire.name)}: {_number(wire.total)}\right)" if wire.fork and not wire.first else ""
    return rf"{_partial(out, latex_name(wire.name))} &{sign} {rule} \cdot {upstream} = {product}{total}"


def _partial(out: str, name: str) -> str:
    return rf"\frac{{\partial {out}}}{{\partial {name}}}"


def _operand(text: str) -> str:
    """An operand is a name, or a literal that stays as it is."""
    return formula(text)


def _number(quantity: Quantity | None) -> str:
    if quantity is None:
        return r"\text{none}"
    text = quantity.text
    short = f"{quantity.approx:.6g}" if len(text) > 9 and "/" not in text and "(" not in text else text
    return number(Quantity(short.removesuffix(".0"), quantity.approx))


def _factor(quantity: Quantity | None) -> str:
    text = _number(quantity)
    return rf"\left({text}\right)" if text.startswith("-") or " + " in text or " - " in text else text
