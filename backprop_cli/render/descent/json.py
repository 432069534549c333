"""A descent as one JSON object on one line, ``backprop.descend/1``; arrays are nested lists."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from backprop_cli.descent.descent_report import DescentReport, block
from backprop_cli.descent.loop import Visit
from backprop_cli.render.diagnostics import members as problem
from backprop_cli.render.json import escaped, finite
from backprop_cli.report.array_report import ArrayQuantity


def render(report: DescentReport, history: Sequence[Visit] | None = None) -> str:
    """The object and a newline; with ``history`` every point that was visited."""
    return escaped(json.dumps(members(report, history), ensure_ascii=False, allow_nan=False)) + "\n"


def members(report: DescentReport, history: Sequence[Visit] | None) -> dict[str, Any]:
    """The object's members. ``error`` is there where the descent came to a point without a value."""
    recipe = report.recipe
    found: dict[str, Any] = {
        "schema": "backprop.descend/1",
        "expression": report.expression,
        "output": report.output,
        "optimizer": {
            "name": recipe.optimizer.name,
            "lr": recipe.first_rate,
            "decay": recipe.decay,
            "maximize": recipe.maximize,
            "settings": recipe.chosen,
        },
        "steps": report.steps,
        "stopped": report.stop.word,
        "value_before": finite(report.before),
        "value": finite(report.value),
        "point_before": _lists({row.name: row.before for row in report.parameters} | dict(report.fixed)),
        "point": _lists(report.blocks),
        "gradient": _lists({row.name: row.gradient for row in report.parameters}),
    }
    if report.stop.problem is not None:
        found["error"] = problem(report.stop.problem)
    if history is not None:
        found["history"] = [visit(one) for one in history]
    if report.rows:
        found["rows"] = report.rows
    check = report.checked
    found["check"] = {"method": check.method if check else "none", "ok": check.ok if check else None}
    if check is not None and check.rows:
        found["check"]["rows"] = check.rows
    found["warnings"] = [{"code": p.code, "message": p.message, "hint": p.hint or None} for p in report.warnings]
    return found


def visit(one: Visit) -> dict[str, Any]:
    """A point on the way: its step, the value there, the parameters and their gradients."""
    return {
        "step": one.step,
        "value": finite(one.value),
        "point": _lists({name: block(one.point[name]) for name in one.gradients}),
        "gradient": _lists({name: block(gradient) for name, gradient in one.gradients.items()}),
    }


def _lists(blocks: Mapping[str, ArrayQuantity]) -> dict[str, Any]:
    return {name: _numbers(one) for name, one in blocks.items()}


def _numbers(one: ArrayQuantity) -> Any:
    flat = one.doubles.reshape(-1).tolist() if one.shape else [float(one.doubles)]
    return one.nested(lambda at: finite(flat[at] + 0.0))
