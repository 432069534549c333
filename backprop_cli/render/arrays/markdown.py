"""The report of an array circuit as Markdown: a table of what each variable is, and the arrays as blocks of code."""

from __future__ import annotations

from backprop_cli.render import numbers
from backprop_cli.render.arrays import grid, words
from backprop_cli.render.markdown import code, escape
from backprop_cli.render.markdown import row as line
from backprop_cli.report.array_report import ArrayReport, ArrayRow


def render(report: ArrayReport, *, explain: bool = False, full: bool = False) -> str:
    """A line for the value, a table of checks, the arrays, and the check in a sentence."""
    made = [f"**{escape(report.output)}** = {code(report.value.text)}", ""]
    made += [line("name", "shape", "symbolic", "rel. error", "check"), line("---", "---", "---", "---:", "---")]
    made += [_line(row) for row in (*report.variables, *report.stages)]
    for row in (*report.variables, *report.stages):
        shown = [f"{row.name} =", *grid.lines(row.value, None, full=full)]
        if row.gradient is not None:
            shown += ["", f"∂{report.partial}/∂{row.name} =", *grid.lines(row.gradient, None, full=full)]
        made += ["", "```text", *shown, "```"]
    made += ["", f"{escape(words.agreement(report))}."]
    made += [f"\n{escape(kink)}." for kink in words.kinks(report)]
    if explain:
        made += ["", *(f"- {escape(sentence)}" for sentence in words.sensitivities(report))]
    return "\n".join(made) + "\n"


def _line(row: ArrayRow) -> str:
    verdict = row.verdict
    error = "" if verdict is None or verdict.rel_error is None else f"{verdict.rel_error:.1e}"
    mark = f"{numbers.MARKS.get(verdict.word, '?')} {verdict.word}" if verdict is not None else ""
    symbolic = code(row.formula or row.symbolic or "")
    return line(code(row.name), escape(str(row.value.shape) if row.value.shape else "number"), symbolic, error, mark)
