"""What must be said beside an answer with arrays: kinks by their elements, lost digits, stages without a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from backprop_cli.engine.array_problems import counted, operand, place
from backprop_cli.engine.pullback import live
from backprop_cli.engine.vectorised import VectorRun
from backprop_cli.gates import GATES
from backprop_cli.problems import Diagnostic

if TYPE_CHECKING:
    from backprop_cli.check.array_check import ArrayCheck
    from backprop_cli.report.array_assembly import ReportNumbers


def array_remarks(run: VectorRun, numbers: ReportNumbers, check: ArrayCheck | None) -> list[Diagnostic]:
    """The warnings of a run, in the order in which they matter."""
    return [*_kinks(run), *_without_value(run), *(_said(run, check) if check is not None else ())]


def _kinks(run: VectorRun) -> Iterator[Diagnostic]:
    """The first element that stands on each gate's kink, and how many more; not those behind a branch not taken."""
    if not run.kinks:
        return
    flowing, circuit = live(run), run.program.circuit
    for index, mask in sorted(run.kinks.items()):
        row = run.program.shaped.rows[index]
        if row is None:
            on = mask & flowing.get(index, np.zeros_like(mask))
        else:
            on = mask if np.any(flowing.get(index, False)) else np.zeros_like(mask)
        if not on.any():
            continue
        op = circuit.nodes[index].op
        name = row.called if row is not None else op
        source = circuit.nodes[index].inputs[0]
        unary = (
            row is None and len(circuit.nodes[index].inputs) == 1 and np.shape(on) == run.program.shaped.shapes[source]
        )
        where = operand(run.program.shaped, source if unary else index)
        at = f" at {counted(where, on)}" if np.shape(on) else ""
        convention = row.convention if row is not None else GATES[op].convention
        message = f"{name} stands on a kink here{at} ({convention})"
        yield Diagnostic(f"kink.{name}", message).at(circuit.source, circuit.spans[index])


def _without_value(run: VectorRun) -> Iterator[Diagnostic]:
    for stage in run.program.circuit.stages:
        problem = run.failed.get(stage.node)
        if problem is not None:
            what = "has elements without a value" if run.program.shaped.shapes[stage.node] else "has no value"
            message = f"the stage {stage.name} {what} here: {problem.message}"
            yield Diagnostic("stage.value", message, "", problem.source, problem.span)


def _said(run: VectorRun, check: ArrayCheck) -> Iterator[Diagnostic]:
    if check.lost_in_value:
        message = f"the value lost about {check.lost_in_value} of its 16 digits to cancellation or underflow"
        yield Diagnostic("digits.lost", message, "--digits 30 gives them back")
    for node, verdict in check.verdicts.items():
        if verdict.lost_digits and verdict.ok:
            name = place(run.program.circuit.names[node], verdict.at)
            message = (
                f"the gradient of {name} lost about {verdict.lost_digits} of its 16 digits to cancellation or underflow"
            )
            yield Diagnostic("digits.lost", message, "--digits 30 gives them back")
    for note in check.notes:
        yield Diagnostic("check.note", note)
