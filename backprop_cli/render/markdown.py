"""The report as Markdown tables, as GitHub renders them."""

from __future__ import annotations

from backprop_cli.render import numbers
from backprop_cli.render.sentences import agreement, kinks, sensitivities
from backprop_cli.render.text import visible
from backprop_cli.report.report import Report


def render(report: Report, *, explain: bool = False) -> str:
    """A line for the value, a table for the variables, one for the stages, and the check."""
    lines = [f"**{escape(report.output)}** = {code(report.value.text)}", ""]
    if report.variables:
        lines += _head("variable", "value", "gradient", "symbolic", "rel. error", "check")
        for v in report.variables:
            gradient = code(v.gradient.text) if v.gradient else "data"
            verdict = numbers.word(v.verdict) if v.gradient else ""
            lines.append(
                row(
                    code(v.name),
                    code(v.value.text),
                    gradient,
                    code(report.formulas.get(v.name, "")),
                    numbers.error(v.verdict),
                    verdict,
                )
            )
        lines.append("")
    if report.stages:
        lines += _head("stage", "value", "gradient", "formula", "rel. error", "check")
        for s in report.stages:
            texts = (code(s.value.text if s.value else "none"), code(s.gradient.text) if s.gradient else "data")
            lines.append(
                row(
                    code(s.name),
                    *texts,
                    code(s.formula),
                    numbers.error(s.verdict),
                    numbers.word(s.verdict) if s.gradient else "",
                )
            )
        lines.append("")
    lines.append(f"{escape(agreement(report))}.")
    lines += [f"\n{escape(line)}." for line in kinks(report)]
    if explain:
        lines += ["", *(f"- {escape(line)}" for line in sensitivities(report))]
    return "\n".join(lines) + "\n"


def _head(*titles: str) -> list[str]:
    aligned = ["---:" if title in ("value", "gradient", "rel. error") else "---" for title in titles]
    return [row(*titles), row(*aligned)]


def row(*cells: str) -> str:
    """A line of a table."""
    return "| " + " | ".join(cells) + " |"


def code(text: str) -> str:
    """Text from a stranger as code; a pipe would end the table's cell, a backtick the code."""
    flat = visible(" ".join(text.split())).replace("|", "\\|").replace("`", "'")
    return f"`{flat}`" if flat else ""


def escape(text: str) -> str:
    """Text outside code, with what Markdown would act on escaped."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in visible(text))
