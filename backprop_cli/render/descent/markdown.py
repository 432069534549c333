"""A descent as Markdown: the output, a table of the parameters before and after, and why it ended."""

from __future__ import annotations

from backprop_cli.descent.descent_report import DescentReport
from backprop_cli.render.descent import words
from backprop_cli.render.descent.moves import moves
from backprop_cli.render.tables.markdown_tables import code, escape, table


def render(report: DescentReport) -> str:
    """Numbers are whole, arrays nested lists."""
    lines = [f"**{escape(report.output)}**: {code(repr(report.before))} → {code(repr(report.value))}"]
    lines[0] += f" in {words.count(report)} ({escape(words.manner(report))})"
    lines[0] += f", {words.data(report)}" if report.rows else ""
    lines += [
        "",
        table(moves(report.parameters)),
        f"{escape(report.stop.sentence.capitalize())}; {escape(words.agreement(report))}.",
    ]
    lines += [f"\n{escape(line)}." for line in words.kinks(report)]
    return "\n".join(lines) + "\n"
