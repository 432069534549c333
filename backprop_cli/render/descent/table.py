"""A descent for a terminal: the output before and after, the parameters likewise, the curve, and why it ended."""

from __future__ import annotations

from collections.abc import Iterable

from rich.style import Style
from rich.table import Table as RichTable
from rich.text import Text

from backprop_cli.descent.descent_report import DescentReport
from backprop_cli.render.arrays import grid
from backprop_cli.render.descent import curve, words
from backprop_cli.render.descent.moves import moves
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.render.tables.screens import Screen
from backprop_cli.render.tables.terminal_tables import BOLD, FAINT, GRADIENT, VALUE, printed, prose, table
from backprop_cli.report.array_report import ArrayQuantity

_LABEL = 10


def render(report: DescentReport, screen: Screen, *, full: bool = False, plot: str = "") -> str:
    """The whole as text; ``plot`` is a picture of the curve in lines, drawn where one line of bars stands otherwise."""
    before = printed([*_head(report, screen), *_parameters(report, screen, full=full)], screen)
    curve_lines = f"\n{plot}" if plot else printed(_curve(report, screen), screen)
    return before + curve_lines + printed(_foot(report), screen)


def _head(report: DescentReport, screen: Screen) -> Iterable[Text]:
    expression = " ".join(report.expression.split())
    room = min((screen.width or 100_000) - len(report.output) - 3, 400)
    yield Text(shorten(visible(expression if "=" in expression else f"{report.output} = {expression}"), room))
    said = Text(f"{report.output}: ", no_wrap=False)
    said.append(f"{report.before!r} → {report.value!r}" if screen.unicode else f"{report.before!r} -> {report.value!r}")
    said.stylize(VALUE, len(report.output) + 2)
    said.append(f" in {words.count(report)} ({words.manner(report)})")
    yield said.append(f", {words.data(report)}") if report.rows else said
    yield Text()


def _parameters(report: DescentReport, screen: Screen, *, full: bool) -> Iterable[Text | RichTable]:
    singles = [row for row in report.parameters if not row.after.shape]
    if singles:
        yield table(moves(singles), screen)
    for row in report.parameters:
        if row.after.shape:
            yield Text(f"{visible(row.name)} {row.after.shape}", BOLD)
            yield from _grid("before", row.before, FAINT, screen, full=full)
            yield from _grid("after", row.after, VALUE, screen, full=full)
            yield from _grid("gradient", row.gradient, GRADIENT, screen, full=full)
    if report.fixed:
        names = ", ".join(name for name, _ in report.fixed)
        yield prose(f"held fixed: {visible(names)}", "faint")


def _grid(label: str, block: ArrayQuantity, style: Style, screen: Screen, *, full: bool) -> Iterable[Text]:
    room = None if screen.width is None else screen.width - _LABEL - 2
    for number, line in enumerate(grid.lines(block, room, full=full)):
        text = Text(f"  {label if number == 0 else '':{_LABEL}}")
        text.append(line, style)
        yield text


def _curve(report: DescentReport, screen: Screen) -> Iterable[Text]:
    if len(report.values) < 2:
        return
    yield Text()
    columns = min(60, max(10, (screen.width or 80) - len(report.output) - 20))
    line = Text(f"{report.output}  {curve.bars(report.values, columns=columns, unicode=screen.unicode)}")
    yield line.append("  (log scale)", FAINT) if curve.logarithmic(report.values) else line


def _foot(report: DescentReport) -> Iterable[Text]:
    yield Text()
    yield prose(report.stop.sentence)
    ok = report.checked is not None and report.checked.ok is not False
    yield prose(
        ("✓ " if ok else "") + words.agreement(report), "faint" if report.checked is None else "good" if ok else "bad"
    )
    yield from (prose(f"  {visible(line)}", "doubt") for line in words.kinks(report))
