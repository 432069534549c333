"""A batch as one JSON object on one line."""

from __future__ import annotations

import json
from typing import Any

from backprop_cli.render.json import escaped
from backprop_cli.rows.batch_report import BatchReport


def render(report: BatchReport) -> str:
    """The object and a newline."""
    return escaped(json.dumps(members(report), ensure_ascii=False, allow_nan=False)) + "\n"


def members(report: BatchReport) -> dict[str, Any]:
    """The object's members."""
    asked = [row for row in report.parameters if row.gradient is not None]
    return {
        "schema": "backprop.batch/1",
        "expression": report.expression,
        "output": report.output,
        "reduce": report.reduce,
        "rows": report.rows,
        "value": report.value,
        "value_standard_error": report.value_error,
        "gradient": {row.name: row.gradient for row in asked},
        "standard_error": {row.name: row.error for row in asked},
        "point": {row.name: row.value for row in report.parameters},
        "data": list(report.data),
        "weights": report.weights,
        "files": list(report.files),
        "skipped": report.skipped,
        "kinks": report.kink_rows,
        "kink_gates": [{"gate": kink.gate, "text": kink.typed, "rows": kink.rows} for kink in report.kinks],
        "check": {"method": report.check, "rows": report.checked_rows, "ok": report.ok},
        "warnings": [{"code": problem.code, "message": problem.message} for problem in report.warnings],
    }
