"""The report of an array circuit for a terminal: a block for each variable and stage, value and gradient as grids."""

from __future__ import annotations

from collections.abc import Iterable

from rich.style import Style
from rich.text import Text

from backprop_cli.render.arrays import grid, words
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.render.tables.screens import Screen
from backprop_cli.render.tables.tabular import CellRole
from backprop_cli.render.tables.terminal_tables import BAD, BOLD, FAINT, GOOD, GRADIENT, VALUE, printed, prose
from backprop_cli.report.array_report import ArrayQuantity, ArrayReport, ArrayRow

_LABEL = 10


def render(report: ArrayReport, screen: Screen, *, explain: bool = False, full: bool = False) -> str:
    """The whole as text, with colour codes only if the screen has colour."""
    return printed(_parts(report, screen, explain=explain, full=full), screen)


def _parts(report: ArrayReport, screen: Screen, *, explain: bool, full: bool) -> Iterable[Text]:
    yield from _head(report, screen, full=full)
    for row in (*report.variables, *report.stages):
        if row.name == report.output and report.upstream is None:
            continue
        yield Text()
        yield from _block(row, screen, full=full)
    yield Text()
    ok = report.check is not None and report.check.ok
    role: CellRole = "faint" if report.check is None else "good" if ok else "bad" if report.ok is False else "doubt"
    yield prose("✓ " * bool(ok) + words.agreement(report), role)
    yield from (prose(f"  {visible(line)}", "doubt") for line in words.kinks(report))
    if explain:
        yield Text()
        yield from (prose(visible(line)) for line in words.sensitivities(report))


def _head(report: ArrayReport, screen: Screen, *, full: bool) -> Iterable[Text]:
    output = next((row for row in report.stages if row.name == report.output), None)
    formula = output.formula if output is not None else report.made_of
    room = min((screen.width or 100_000) - len(report.output) - 3, 400)
    yield Text(f"{report.output} = {shorten(visible(formula), room)}")
    if report.value.shape:
        yield Text(f"{' ' * len(report.output)} : {report.value.shape}, ∂{report.partial}/∂{report.output} is given")
        return
    value = Text(f"{' ' * len(report.output)} = ")
    value.append(report.value.text, VALUE)
    yield value


def _block(row: ArrayRow, screen: Screen, *, full: bool) -> Iterable[Text]:
    head = Text(f"{row.name}{words.size(row.value.shape)}", BOLD)
    if row.role == "stage":
        room = max(10, (screen.width or 400) - len(head) - 4)
        head.append(f" = {shorten(visible(row.formula), room)}", FAINT)
    yield head
    yield from _grid("value", row.value, VALUE, screen, full=full)
    if row.gradient is not None:
        yield from _grid("gradient", row.gradient, GRADIENT, screen, full=full)
    elif row.problem is None:
        yield Text(
            f"  {'gradient':{_LABEL}}data: held fixed" if row.role == "data" else f"  {'gradient':{_LABEL}}none", FAINT
        )
    if row.symbolic:
        room = max(20, (screen.width or 400) - _LABEL - 2)
        yield Text(f"  {'symbolic':{_LABEL}}{shorten(visible(row.symbolic), room)}", FAINT)
    said = words.verdict(row)
    if said:
        word = row.verdict.word if row.verdict is not None else ""
        style = GOOD if word == "ok" else BAD if word == "wrong" else GRADIENT
        yield Text(f"  {'check':{_LABEL}}{said}", style)


def _grid(label: str, block: ArrayQuantity, style: Style, screen: Screen, *, full: bool) -> Iterable[Text]:
    room = None if screen.width is None else screen.width - _LABEL - 2
    shown = grid.lines(block, room, full=full)
    for number, line in enumerate(shown):
        text = Text(f"  {label if number == 0 else '':{_LABEL}}")
        text.append(line, style)
        if number == len(shown) - 1 and grid.is_cut(block, shown):
            text.append(f"   norm {words.norm(block.norm)}", FAINT)
        yield text
