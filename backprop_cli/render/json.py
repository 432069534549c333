"""The report as one JSON object on one line (RFC 8259): floats shortest round-trip, non-finite ones as strings."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from backprop_cli.problems import Diagnostic
from backprop_cli.render.sentences import sensitivities
from backprop_cli.report.report import GateRow, Quantity, Report, StageRow, Variable

if TYPE_CHECKING:
    from backprop_cli.check.verdict import SideSlope, Verdict


def render(report: Report, *, explain: bool = False) -> str:
    """The object and a newline; characters that hide, or act on a terminal, are escaped by their code points."""
    return escaped(json.dumps(members(report, explain=explain), ensure_ascii=False, allow_nan=False)) + "\n"


def escaped(text: str) -> str:
    """JSON with what hides, or acts on a terminal, by its code points."""
    return text if text.isprintable() else "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def members(report: Report, *, explain: bool = False) -> dict[str, Any]:
    """The object's members; ``*_text`` stands beside a float where the arithmetic has more than a double."""
    whole = not report.in_doubles
    check = report.check
    found: dict[str, Any] = {
        "schema": "backprop.grad/1",
        "expression": report.expression,
        "output": report.output,
        "arithmetic": report.arithmetic,
        "value": number(report.value),
        "gradient": {name: number(gradient) for name, gradient in report.gradients.items()},
    }
    if whole:
        found["value_text"] = report.value.text
        found["gradient_text"] = {name: gradient.text for name, gradient in report.gradients.items()}
    formulas = report.formulas
    found["variables"] = [_variable(variable, formulas.get(variable.name), whole) for variable in report.variables]
    found["stages"] = [_stage(stage, whole) for stage in report.stages]
    found["constants"] = [{"id": c.id, "text": c.text, "value": number(c.value)} for c in report.constants]
    found["gates"] = [_gate(gate, whole) for gate in report.gates]
    found["check"] = {
        "method": check.method if check else "none",
        "ok": check.ok if check else None,
        "value": _value(check.value) if check else None,
    }
    found["warnings"] = [_warning(problem) for problem in report.warnings]
    if explain:
        found["sentences"] = sensitivities(report)
    return found


def number(quantity: Quantity | None) -> float | str | None:
    """A float, or the string of one that JSON cannot write."""
    return None if quantity is None else finite(quantity.approx)


def finite(value: float | None) -> float | str | None:
    """JSON has no NaN and no Infinity: those are strings."""
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _variable(variable: Variable, formula: str | None, whole: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": variable.id,
        "name": variable.name,
        "role": variable.role,
        "value": number(variable.value),
        "gradient": number(variable.gradient),
        "symbolic": formula,
    }
    found |= _verdict(variable.verdict)
    if whole:
        found["value_text"] = variable.value.text
        found["gradient_text"] = variable.gradient.text if variable.gradient else None
    return found


def _value(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict.word,
        "expected": finite(verdict.expected),
        "rel_error": finite(verdict.rel_error),
        "lost_digits": verdict.lost_digits,
        "undecided": _undecided(verdict),
    }


def _undecided(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None or verdict.undecided is None:
        return None
    below, on, above = map(one_sided, verdict.undecided.outcomes)
    return {"gate": verdict.undecided.gate, "below": below, "on": on, "above": above}


def _verdict(verdict: Verdict | None) -> dict[str, Any]:
    kink = None
    if verdict is not None and verdict.word == "kink":
        left, right = verdict.slopes or (None, None)
        kink = {"left": one_sided(left), "right": one_sided(right)}
    return {
        "expected": finite(verdict.expected) if verdict else None,
        "rel_error": finite(verdict.rel_error) if verdict else None,
        "verdict": verdict.word if verdict else None,
        "ok": verdict.ok if verdict else None,
        "lost_digits": verdict.lost_digits if verdict else None,
        "kink": kink,
        "undecided": _undecided(verdict),
    }


def one_sided(found: SideSlope | None) -> float | str | None:
    """A one-sided slope, or the word for why there is none."""
    return found if isinstance(found, str) else finite(found)


def _stage(stage: StageRow, whole: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": stage.id,
        "name": stage.name,
        "formula": stage.formula,
        "value": number(stage.value),
        "gradient": number(stage.gradient),
    }
    found |= _verdict(stage.verdict)
    if whole:
        found["value_text"] = stage.value.text if stage.value else None
        found["gradient_text"] = stage.gradient.text if stage.gradient else None
    return found


def _gate(gate: GateRow, whole: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": gate.id,
        "name": gate.name,
        "op": gate.op,
        "inputs": list(gate.inputs),
        "operands": list(gate.operands),
        "value": number(gate.value),
        "gradient": number(gate.gradient),
        "local": [number(local) for local in gate.local],
        "contributions": [number(carried) for carried in gate.contributions],
        "formula": gate.formula,
        "expression": gate.expression,
        "kink": gate.kink,
    }
    if whole:
        found["value_text"] = gate.value.text if gate.value else None
        found["gradient_text"] = gate.gradient.text if gate.gradient else None
    return found


def _warning(problem: Diagnostic) -> dict[str, Any]:
    return {"code": problem.code, "message": problem.message, "hint": problem.hint or None}
