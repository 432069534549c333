"""A descent as LaTeX: where it began and ended, and with ``--show-work`` its first steps; amsmath is all it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.descent.descent_report import DescentReport, block
from backprop_cli.descent.work import Step, Work
from backprop_cli.render.arrays.latex import matrix
from backprop_cli.render.descent import words
from backprop_cli.render.descent.work_lines import filled
from backprop_cli.render.formula import formula
from backprop_cli.render.latex_names import latex_name

_SYMBOLS = {
    "mhat": r"\hat{m}",
    "vhat": r"\hat{v}",
    "beta1": r"\beta_{1}",
    "beta2": r"\beta_{2}",
    "eps": r"\varepsilon",
    "lr": r"\eta",
}
"""What papers write for the names in the optimizers' rules."""


def render(report: DescentReport) -> str:
    """The output and the parameters before and after, and the last gradient."""
    out = latex_name(report.output)
    lines = [rf"{out} &: {_number(report.before)} \to {_number(report.value)}"]
    for row in report.parameters:
        lines.append(rf"{latex_name(row.name)} &: {matrix(row.before)} \to {matrix(row.after)}")
        lines.append(f"{_partial(out, row.name)} &= {matrix(row.gradient)}")
    return f"% {words.count(report)}\n{_align(lines)}"


def work(shown: Work) -> str:
    """Each step as an ``align*``."""
    rules = [f"{_SYMBOLS.get(name) or latex_name(name)} &= {_written(rule)}" for name, rule in shown.rules]
    blocks = [f"% each step, for every parameter w and its gradient g\n{_align(rules)}"]
    blocks += [f"% step {step.number}\n{_align(_step(step, latex_name(shown.output)))}" for step in shown.steps]
    more = f"% and {shown.more} more\n" if shown.more else ""
    return "".join(blocks) + more


def _step(step: Step, out: str) -> Iterator[str]:
    for name, one in step.rows:
        yield from _landing(one.value, one.gradients, out, rf" \quad \text{{({name})}}")
    yield from _landing(step.value, step.gradients, out, r" \quad \text{(mean)}" if step.rows else "")
    for update in step.updates:
        for line in update.lines:
            name = latex_name(line.name) if line is update.lines[-1] else _SYMBOLS.get(line.name, line.name)
            yield f"{name} &= {_written(filled(line, {'w': update.parameter}))} = {_number(line.result)}"


def _written(rule: str) -> str:
    """A rule, with the symbols of papers for its names."""
    made = formula(rule)
    for name, symbol in _SYMBOLS.items():
        made = made.replace(rf"\text{{{name}}}", symbol)
    return made


def _landing(value: float, gradients: Mapping[str, Number], out: str, note: str) -> Iterator[str]:
    yield f"{out} &= {_number(value)}{note}"
    for name, gradient in gradients.items():
        yield f"{_partial(out, name)} &= {_number(gradient)}{note}"


def _number(value: Number) -> str:
    return matrix(block(value))


def _partial(out: str, name: str) -> str:
    return rf"\frac{{\partial {out}}}{{\partial {latex_name(name)}}}"


def _align(lines: Iterable[str]) -> str:
    body = " \\\\\n".join(f"  {line}" for line in lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"
