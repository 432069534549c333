"""A batch as lines ``name = value``, and as bare numbers; numbers are whole."""

from __future__ import annotations

from backprop_cli.render.batch.words import KINDS, agreement, basis, elements, remarks
from backprop_cli.rows.batch_report import BatchReport


def render(report: BatchReport) -> str:
    """``mean f = 0.25``, then ``mean df/dw = -0.1  # std. error 0.01`` and so on."""
    kind, out = KINDS[report.reduce], report.output
    lines = [f"{kind} {out} = {report.value!r}{_error(report.value_error)}"]
    for row in report.parameters:
        if row.gradient is None:
            continue
        errors = dict(elements(row.name, row.error))
        for name, gradient in elements(row.name, row.gradient):
            lines.append(f"{kind} d{out}/d{name} = {gradient!r}{_error(errors[name])}")
    lines += [f"# {line}" for line in (basis(report), agreement(report), *remarks(report))]
    return "".join(f"{line}\n" for line in lines)


def quiet(report: BatchReport) -> str:
    """The gradients, a number a line."""
    rows = [row for row in report.parameters if row.gradient is not None]
    return "".join(f"{one!r}\n" for row in rows for _, one in elements(row.name, row.gradient))


def _error(error: float | None) -> str:
    return "" if error is None else f"  # std. error {error:.2g}"
