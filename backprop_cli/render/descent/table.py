"""A descent for a terminal: the output before and after, the parameters likewise, the curve, and why it ended."""

from __future__ import annotations

from collections.abc import Iterable

from rich.style import Style
from rich.table import Table
from rich.text import Text

from backprop_cli.descent.report import DescentReport, Moved
from backprop_cli.render import numbers
from backprop_cli.render.arrays import grid
from backprop_cli.render.descent import curve, words
from backprop_cli.render.table import FAINT, GRADIENT, VALUE, Screen, printed, table_box
from backprop_cli.render.text import shorten, visible
from backprop_cli.report.array_report import Block
from backprop_cli.report.report import Quantity

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


def _parameters(report: DescentReport, screen: Screen, *, full: bool) -> Iterable[Text | Table]:
    singles = [row for row in report.parameters if not row.after.shape]
    if singles:
        yield _table(singles, screen)
    for row in report.parameters:
        if row.after.shape:
            yield Text(f"{visible(row.name)} {row.after.shape}", Style(bold=True))
            yield from _grid("before", row.before, FAINT, screen, full=full)
            yield from _grid("after", row.after, VALUE, screen, full=full)
            yield from _grid("gradient", row.gradient, GRADIENT, screen, full=full)
    if report.fixed:
        names = ", ".join(name for name, _ in report.fixed)
        yield Text(f"held fixed: {visible(names)}", FAINT, no_wrap=False)


def _table(rows: list[Moved], screen: Screen) -> Table:
    table = Table(box=table_box(screen), pad_edge=False, show_edge=False, padding=(0, 1), header_style=Style(bold=True))
    wide = screen.width or 100
    room = 8 if wide < 60 else 12 if wide < 90 else 20
    table.add_column("parameter", no_wrap=True)
    for head in ("before", "after", "gradient"):
        table.add_column(head, justify="right", no_wrap=True)
    for row in rows:
        before, after, gradient = (_short(one, room) for one in (row.before, row.after, row.gradient))
        table.add_row(visible(row.name), Text(before, FAINT), Text(after, VALUE), Text(gradient, GRADIENT))
    return table


def _short(one: Block, room: int) -> str:
    return numbers.short(Quantity(one.text, float(one.doubles)), room)


def _grid(label: str, block: Block, style: Style, screen: Screen, *, full: bool) -> Iterable[Text]:
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
    yield Text(report.stop.sentence, no_wrap=False)
    ok = report.checked is not None and report.checked.ok is not False
    style = FAINT if report.checked is None else Style(color="green" if ok else "red")
    yield Text(("✓ " if ok else "") + words.agreement(report), style, no_wrap=False)
    yield from (Text(f"  {visible(line)}", GRADIENT, no_wrap=False) for line in words.kinks(report))
