"""The report as LaTeX: the value and each partial derivative in an ``align*``, needing amsmath only."""

from __future__ import annotations

import re

from backprop_cli.circuit import Circuit
from backprop_cli.render.formula import definition, formula
from backprop_cli.render.latex_names import latex_name
from backprop_cli.report.report import Quantity, Report

_READABLE = 400


def render(report: Report) -> str:
    """One ``align*`` with a line for the value, each stage and each gradient."""
    out, circuit = latex_name(report.output), report.trace[0].circuit
    typed = {stage.name: stage.formula for stage in report.stages}
    lines = [f"{out} &{_made_of(circuit, circuit.output, typed.get(report.output, report.made_of))}"]
    lines[0] += f"= {number(report.value)}"
    for stage in report.stages:
        if stage.name == report.output:
            continue
        if stage.value is not None:
            through = _made_of(circuit, stage.id, stage.formula)
            lines.append(f"{latex_name(stage.name)} &{through}= {number(stage.value)}")
        if stage.gradient is not None:
            lines.append(_partial(out, stage.name, "", stage.gradient))
    for variable in report.parameters:
        assert variable.gradient is not None
        lines.append(_partial(out, variable.name, report.formulas.get(variable.name, ""), variable.gradient))
    body = " \\\\\n".join(f"  {line}" for line in lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def _made_of(circuit: Circuit, node: int, typed: str) -> str:
    """What a node is made of, unless it was typed at length."""
    return f"= {definition(circuit, node)} " if len(typed) <= _READABLE and circuit.nodes[node].is_gate else ""


def _partial(out: str, name: str, symbolic: str, gradient: Quantity) -> str:
    through = f"= {formula(symbolic)} " if symbolic and len(symbolic) <= _READABLE else ""
    return rf"\frac{{\partial {out}}}{{\partial {latex_name(name)}}} &{through}= {number(gradient)}"


def number(quantity: Quantity) -> str:
    """A number: decimal, with a power of ten, or exact."""
    text = quantity.text
    if re.fullmatch(r"-?[0-9.]+", text):
        return text
    decimal = re.fullmatch(r"(-?[0-9.]+)e([+-]?[0-9]+)", text)
    if decimal:
        return rf"{decimal[1]} \times 10^{{{int(decimal[2])}}}"
    return formula(text) if len(text) <= _READABLE else rf"\texttt{{{text[:_READABLE]}\ldots}}"
