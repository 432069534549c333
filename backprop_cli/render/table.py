"""The report as a table for a terminal: one row a variable, one row a stage, and the check in one line."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

from rich.box import ASCII2, SIMPLE_HEAD, Box
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from backprop_cli.check.verdict import Verdict
from backprop_cli.render import numbers
from backprop_cli.render.sentences import agreement, kinks, sensitivities
from backprop_cli.render.text import shorten, visible
from backprop_cli.report.report import Quantity, Report, StageRow, Variable

# Blue and orange of Okabe and Ito's palette, which colour-blind readers tell apart.
VALUE, GRADIENT, FAINT = Style(color="#56b4e9"), Style(color="#e69f00"), Style(dim=True)
VERDICTS = {
    "ok": Style(color="green"),
    "kink": GRADIENT,
    "limit": GRADIENT,
    "imprecise": GRADIENT,
    "undecided": GRADIENT,
    "wrong": Style(color="red", bold=True),
    "unchecked": FAINT,
}
_PIPE_FORMULA, _PIPE_WIDTH, _LONG = 80, 100_000, 300
_RIGHT = (1, 2, 4)

TableRow = list[str | Quantity | Verdict | None]
Cell = tuple[str, Style | str]
_PLAIN = str.maketrans(
    {
        "…": "~",
        "✓": "+",
        "✗": "x",
        "▲": "!",
        "─": "-",
        "∂": "d",
        "≈": "~",
        "·": "*",
        "×": "*",
        "≥": ">=",
        "≤": "<=",
        "≠": "!=",
        "±": "+-",
    }
)


@dataclass(frozen=True, slots=True)
class Screen:
    """What is written to: its width (None for a pipe, where nothing is cut to fit), colour, and Unicode or not."""

    width: int | None
    color: bool
    unicode: bool


def render(report: Report, screen: Screen, *, explain: bool = False) -> str:
    """The whole table as text, with colour codes only if the screen has colour."""
    return printed(_parts(report, screen, explain), screen)


def printed(parts: Iterable[Text | Table], screen: Screen) -> str:
    """Parts below each other as text for a screen; a pipe gets whole lines, never wrapped ones."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=min(max(screen.width, 40), 200) if screen.width else _PIPE_WIDTH,
        force_terminal=screen.color,
        color_system="truecolor" if screen.color else None,
        no_color=not screen.color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for part in parts:
        prose = isinstance(part, Text) and part.no_wrap is False
        console.print(part, soft_wrap=screen.width is None or (isinstance(part, Text) and not prose))
    text = "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())
    return for_screen(text, screen)


def for_screen(text: str, screen: Screen) -> str:
    """The text with the signs that a screen without Unicode lacks spelled in ASCII."""
    return text if screen.unicode else text.translate(_PLAIN)


def _parts(report: Report, screen: Screen, explain: bool) -> list[Text | Table]:
    parts: list[Text | Table] = [_head(report, screen)]
    if report.variables:
        parts += [Text(), _variables(report, screen)]
    if report.stages:
        parts += [Text(), _stages(report, screen)]
    parts += [Text(), _foot(report, screen)] if report.variables or report.stages else []
    parts += [_prose(f"  {visible(line)}", GRADIENT) for line in kinks(report)]
    if explain:
        parts += [Text(), *(_prose(visible(line)) for line in sensitivities(report))]
    return parts


def _prose(text: str, style: Style | str = "") -> Text:
    """A sentence, which a terminal gets wrapped between words."""
    return Text(text, style, no_wrap=False)


def _head(report: Report, screen: Screen) -> Text:
    head = Text(f"{report.output} = ")
    expression = " ".join(report.expression.split())
    staged = bool(report.stages)
    if not staged:
        room = (screen.width or 100_000) - len(head) - 3
        head.append(shorten(visible(expression), min(room, 400)))
        head.append("\n" + " " * len(report.output) + " = ")
    head.append(report.value.text if len(report.value.text) < 10_000 else shorten(report.value.text, 10_000), VALUE)
    return head


def _variables(report: Report, screen: Screen) -> Table | Text:
    rows = [_variable_row(variable, report) for variable in report.variables]
    return _table(("variable", "value", "gradient", "symbolic", "rel. error", "check"), rows, screen)


def _variable_row(variable: Variable, report: Report) -> TableRow:
    if variable.role == "data":
        return [variable.name, variable.value, "data", "", "", ""]
    return [
        variable.name,
        variable.value,
        variable.gradient,
        report.formulas.get(variable.name, ""),
        numbers.error(variable.verdict),
        variable.verdict,
    ]


def _stages(report: Report, screen: Screen) -> Table | Text:
    return _table(
        ("stage", "value", "gradient", "formula", "rel. error", "check"),
        [_stage_row(stage) for stage in report.stages],
        screen,
    )


def _stage_row(stage: StageRow) -> TableRow:
    gradient: str | Quantity | None = stage.gradient if stage.gradient is not None else "data"
    if stage.value is None:
        return [stage.name, "none", "none", stage.formula, "", ""]
    verdict: str | Verdict | None = stage.verdict if stage.gradient is not None else ""
    return [stage.name, stage.value, gradient, stage.formula, numbers.error(stage.verdict), verdict]


def _table(head: tuple[str, ...], rows: list[TableRow], screen: Screen) -> Table | Text:
    """The rows under their heads; a column that has nothing to say is left out, the formulas take the room left."""
    room = 12 if (screen.width or 100) < 90 else 20
    cells = [[_cell(value, room, screen) for value in row] for row in rows]
    kept = [i for i in range(len(head)) if i < 3 or any(row[i][0].strip() for row in cells)]
    fixed = sum(max(cell_len(head[i]), *(cell_len(row[i][0]) for row in cells)) + 3 for i in kept if i != 3)
    formula = max(8, screen.width - fixed - 4) if screen.width else _PIPE_FORMULA
    for row in cells:
        row[3] = shorten(row[3][0], formula), FAINT
    shown = [[row[i] for i in kept] for row in cells]
    if len(rows) > _LONG:
        return _long_table([head[i] for i in kept], shown, screen)
    table = Table(box=table_box(screen), pad_edge=False, show_edge=False, padding=(0, 1), header_style=Style(bold=True))
    for i in kept:
        table.add_column(head[i], justify="right" if i in _RIGHT else "left", no_wrap=True)
    for row in shown:
        table.add_row(*(Text(text, style) for text, style in row))
    return table


def _long_table(head: list[str], rows: list[list[Cell]], screen: Screen) -> Text:
    """The same columns set by hand, without colour: rich takes a quarter of a millisecond for every row."""
    right = [title in ("value", "gradient", "rel. error") for title in head]
    texts = [head, *([text for text, _ in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*texts, strict=True)]
    lines = [
        "   ".join(
            " " * (width - cell_len(text)) + text if flush else text + " " * (width - cell_len(text))
            for text, width, flush in zip(row, widths, right, strict=True)
        )
        for row in texts
    ]
    rule = ("─" if screen.unicode else "-") * (sum(widths) + 3 * len(widths) - 3)
    return Text("\n".join(line.rstrip() for line in [lines[0], rule, *lines[1:]]))


def table_box(screen: Screen) -> Box:
    """A rule under the head, drawn with what the screen has."""
    return SIMPLE_HEAD if screen.unicode else ASCII2


def _cell(value: str | Quantity | Verdict | None, room: int, screen: Screen) -> Cell:
    if isinstance(value, Verdict):
        return numbers.word(value, ascii_only=not screen.unicode), VERDICTS[value.word]
    if isinstance(value, Quantity):
        return numbers.short(value, room), ""
    return (visible(" ".join(value.split())) if value is not None else ""), ""


def _foot(report: Report, screen: Screen) -> Text:
    if report.check is None:
        return _prose(agreement(report), FAINT)
    lossy = any(verdict.lost_digits for verdict in report.check.verdicts.values())
    word = "wrong" if not report.ok else "unchecked" if report.check.ok is None else "imprecise" if lossy else "ok"
    mark = (numbers.MARKS if screen.unicode else numbers.ASCII_MARKS)[word]
    return _prose(f"{mark} {agreement(report)}", VERDICTS[word])
