"""Sweeps and check → report: rows of plain data from what was computed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backprop_cli.circuit import CONSTANT, Stage
from backprop_cli.engine.forward import Forward
from backprop_cli.engine.swept import SweepPair
from backprop_cli.problems import Diagnostic
from backprop_cli.report.report import Constant, Quantity, Report, StageRow, Variable, quantity

if TYPE_CHECKING:
    from backprop_cli.check.verdict import Check, Verdict


def assembled(
    run: SweepPair,
    asked: tuple[str, ...],
    parameters: frozenset[str],
    check: Check | None,
    warnings: tuple[Diagnostic, ...],
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


def _variable(run: SweepPair, name: str, check: Check | None, *, parameter: bool) -> Variable:
    forth, _ = run
    index = forth.circuit.inputs[name]
    value = quantity(forth.arithmetic, forth.values[index])
    assert value is not None
    if not parameter:
        return Variable(index, name, "data", value)
    gradient = _gradient(run, check, index)
    symbolic = check.symbolic.get(name) if check else None
    return Variable(index, name, "parameter", value, gradient, symbolic, _verdict(check, index))


def _stage(run: SweepPair, stage: Stage, check: Check | None) -> StageRow:
    forth, back = run
    numbers: tuple[Quantity | None, Quantity | None] = (
        quantity(forth.arithmetic, forth.values[stage.node]),
        None if stage.node in forth.failed else _gradient(run, check, stage.node),
    )
    formula = forth.circuit.typed(stage.node).partition("=")[2].strip()
    problem = forth.failed.get(stage.node) or (back.failed.get(stage.node) if numbers[1] is None else None)
    return StageRow(stage.node, stage.name, formula, *numbers, _verdict(check, stage.node), problem)


def _gradient(run: SweepPair, check: Check | None, index: int) -> Quantity | None:
    """The gradient of the backward pass, or the slope that answers where its conventions do not."""
    forth, back = run
    if check is None or index not in check.answers:
        return quantity(forth.arithmetic, back.gradients[index])
    from backprop_cli.arithmetic.ball_text import decimal, to_float

    answer = check.answers[index]
    if forth.arithmetic.doubles:
        return quantity(forth.arithmetic, to_float(answer))
    return Quantity(decimal(answer, forth.arithmetic.digits), to_float(answer))


def _verdict(check: Check | None, index: int) -> Verdict | None:
    return check.verdicts.get(index) if check else None


def _constants(forth: Forward) -> Iterator[Constant]:
    for index, node in enumerate(forth.circuit.nodes[: forth.circuit.first_gate]):
        if node.op == CONSTANT:
            yield Constant(index, node.text, quantity(forth.arithmetic, forth.values[index]))
