"""The report of an array circuit as one JSON object on one line: arrays are nested lists, with their ``shape``."""

from __future__ import annotations

import json
import math
from typing import Any

from backprop_cli.check.array_check import ArrayVerdict
from backprop_cli.render.arrays import words
from backprop_cli.render.json import escaped, finite, one_sided
from backprop_cli.report.array_report import ArrayGateRow, ArrayQuantity, ArrayReport, ArrayRow

_SMALL = 1_000


def render(report: ArrayReport, *, explain: bool = False) -> str:
    """The object and a newline."""
    return escaped(json.dumps(members(report, explain=explain), ensure_ascii=False, allow_nan=False)) + "\n"


def members(report: ArrayReport, *, explain: bool = False) -> dict[str, Any]:
    """The object's members: those of a report of numbers, with ``shape`` where there are arrays."""
    whole = not report.in_doubles
    check = report.check
    found: dict[str, Any] = {
        "schema": "backprop.grad/1",
        "expression": report.expression,
        "output": report.output,
        "arithmetic": report.arithmetic,
        "value": numbers(report.value),
        "shape": list(report.value.shape),
        "gradient": {name: numbers(block) for name, block in report.gradients.items()},
    }
    if whole:
        found["value_text"] = texts(report.value)
        found["gradient_text"] = {name: texts(block) for name, block in report.gradients.items()}
    if report.upstream is not None:
        found["upstream"] = numbers(report.upstream)
    found["variables"] = [_row(row, whole) for row in report.variables]
    found["stages"] = [_row(row, whole) for row in report.stages]
    found["constants"] = [{"id": id_, "text": text, "value": value} for id_, text, value in report.constants]
    found["gates"] = [_gate(gate, whole) for gate in report.gates]
    found["check"] = {"method": check.method if check else "none", "ok": check.ok if check else None}
    found["warnings"] = [
        {"code": problem.code, "message": problem.message, "hint": problem.hint or None} for problem in report.warnings
    ]
    if explain:
        found["sentences"] = words.sensitivities(report)
    return found


def numbers(block: ArrayQuantity | None) -> Any:
    """Floats in nested lists; null where an element has no value."""
    if block is None:
        return None
    flat = block.doubles.reshape(-1).tolist()
    return block.nested(lambda at: None if math.isnan(flat[at]) else finite(flat[at] + 0.0))


def texts(block: ArrayQuantity | None) -> Any:
    """The elements' own texts in nested lists."""
    return None if block is None else block.nested(block.element)


def _row(row: ArrayRow, whole: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"id": row.id, "name": row.name}
    found |= {"formula": row.formula} if row.role == "stage" else {"role": row.role}
    found |= {"value": numbers(row.value), "shape": list(row.value.shape), "gradient": numbers(row.gradient)}
    if row.role != "stage":
        found["symbolic"] = row.symbolic
    found |= _verdict(row.verdict)
    if whole:
        found["value_text"] = texts(row.value)
        found["gradient_text"] = texts(row.gradient)
    return found


def _verdict(verdict: ArrayVerdict | None) -> dict[str, Any]:
    """The verdict of the whole array, and the place of the component that decided it."""
    kink = None
    if verdict is not None and verdict.one is not None and verdict.one.word == "kink":
        left, right = verdict.one.slopes or (None, None)
        kink = {"left": one_sided(left), "right": one_sided(right)}
    expected = ArrayQuantity(verdict.expected.shape, verdict.expected) if verdict is not None else None
    return {
        "expected": numbers(expected),
        "rel_error": finite(verdict.rel_error) if verdict else None,
        "verdict": verdict.word if verdict else None,
        "ok": verdict.ok if verdict else None,
        "lost_digits": verdict.lost_digits if verdict else None,
        "kink": kink,
        "worst": list(verdict.at) if verdict else None,
    }


def _gate(gate: ArrayGateRow, whole: bool) -> dict[str, Any]:
    """A gate; the numbers of one with more than 1,000 elements stay out: a stage's name brings them in."""
    small = gate.value.count <= _SMALL
    found: dict[str, Any] = {
        "id": gate.id,
        "name": gate.name,
        "op": gate.op,
        "inputs": list(gate.inputs),
        "operands": list(gate.operands),
        "value": numbers(gate.value) if small else None,
        "shape": list(gate.value.shape),
        "gradient": numbers(gate.gradient) if small else None,
        "local": [],
        "rules": [wire.rule or None for wire in gate.wires],
        "contributions": [
            numbers(wire.contribution) if wire.contribution is not None and wire.contribution.count <= _SMALL else None
            for wire in gate.wires
        ],
        "formula": gate.formula,
        "expression": gate.expression,
        "kink": bool(gate.kink),
    }
    if whole:
        found["value_text"] = texts(gate.value) if small else None
        found["gradient_text"] = texts(gate.gradient) if small else None
    return found
