"""The report of an array circuit as Markdown: a table of what each variable is, and the arrays as blocks of code."""

from __future__ import annotations

from backprop_cli.render import numbers
from backprop_cli.render.arrays import grid, words
from backprop_cli.render.markdown import defined
from backprop_cli.render.tables.markdown_tables import code, escape, table
from backprop_cli.render.tables.tabular import Cell, Column, Table, ours
from backprop_cli.render.tables.tabular import code as quoted
from backprop_cli.report.array_report import ArrayReport, ArrayRow

_COLUMNS = (
    Column("name"),
    Column("shape"),
    Column("symbolic", "formula"),
    Column("rel. error", "figure"),
    Column("check"),
)


def render(report: ArrayReport, *, explain: bool = False, full: bool = False) -> str:
    """A line for the value, a table of checks, the arrays, and the check in a sentence."""
    rows = (*report.variables, *report.stages)
    made = [f"**{escape(report.output)}** = {defined(report)}{code(report.value.text)}", ""]
    made += [table(Table(_COLUMNS, tuple(map(_cells, rows)))).rstrip("\n")]
    for row in rows:
        shown = [f"{row.name} =", *grid.lines(row.value, None, full=full)]
        if row.gradient is not None:
            shown += ["", f"∂{report.partial}/∂{row.name} =", *grid.lines(row.gradient, None, full=full)]
        made += ["", "```text", *shown, "```"]
    made += ["", f"{escape(words.agreement(report))}."]
    made += [f"\n{escape(kink)}." for kink in words.kinks(report)]
    if explain:
        made += ["", *(f"- {escape(sentence)}" for sentence in words.sensitivities(report))]
    return "\n".join(made) + "\n"


def _cells(row: ArrayRow) -> tuple[Cell, ...]:
    verdict = row.verdict
    error = "" if verdict is None or verdict.rel_error is None else f"{verdict.rel_error:.1e}"
    mark = f"{numbers.MARKS.get(verdict.word, '?')} {verdict.word}" if verdict is not None else ""
    shape = str(row.value.shape) if row.value.shape else "number"
    return quoted(row.name), ours(shape), quoted(row.formula or row.symbolic or ""), ours(error), ours(mark)
