"""Sweeps and check → report: rows of plain data from what was computed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backprop_cli.circuit import CONSTANT, Stage
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward
from backprop_cli.problems import Diagnostic
from backprop_cli.report.report import Constant, Quantity, Report, StageRow, Variable, quantity

if TYPE_CHECKING:
    from backprop_cli.check.verdict import Check, Verdict

Run = tuple[Forward, Backward]


def assembled(
    run: Run, asked: tuple[str, ...], parameters: frozenset[str], check: Check | None, warnings: tuple[Diagnostic, ...]
) -> Report:
    """The report of two sweeps.

    ``asked`` names, in order, whose gradients were asked for; ``parameters`` are the variables not held fixed.
    """
    forth, back = run
    circuit = forth.circuit
    value = quantity(forth.arithmetic, forth.values[circuit.output])
    assert value is not None
    return Report(
        circuit.source.text,
        forth.arithmetic.name,
        circuit.output_name,
        value,
        tuple(_variable(run, name, check, parameter=name in parameters) for name in circuit.inputs),
        tuple(_stage(run, stage, check) for stage in circuit.stages),
        tuple(_constants(forth)),
        asked,
        check,
        warnings,
        forth,
        back,
    )


def _variable(run: Run, name: str, check: Check | None, *, parameter: bool) -> Variable:
    forth, back = run
    index = forth.circuit.inputs[name]
    value = quantity(forth.arithmetic, forth.values[index])
    assert value is not None
    if not parameter:
        return Variable(index, name, "data", value)
    gradient = quantity(forth.arithmetic, back.gradients[index])
    symbolic = check.symbolic.get(name) if check else None
    return Variable(index, name, "parameter", value, gradient, symbolic, _verdict(check, index))


def _stage(run: Run, stage: Stage, check: Check | None) -> StageRow:
    forth, back = run
    numbers: tuple[Quantity | None, Quantity | None] = (
        quantity(forth.arithmetic, forth.values[stage.node]),
        None if stage.node in forth.failed else quantity(forth.arithmetic, back.gradients[stage.node]),
    )
    formula = forth.circuit.typed(stage.node).partition("=")[2].strip()
    problem = forth.failed.get(stage.node)
    return StageRow(stage.node, stage.name, formula, *numbers, _verdict(check, stage.node), problem)


def _verdict(check: Check | None, index: int) -> Verdict | None:
    return check.verdicts.get(index) if check else None


def _constants(forth: Forward) -> Iterator[Constant]:
    for index, node in enumerate(forth.circuit.nodes[: forth.circuit.first_gate]):
        if node.op == CONSTANT:
            yield Constant(index, node.text, quantity(forth.arithmetic, forth.values[index]))
