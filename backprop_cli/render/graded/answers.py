"""The answers to one problem for people: a table, then what is to be said of each and of all of them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from rich.table import Table
from rich.text import Text

from backprop_cli.grading.records import Judged, ProblemResult, Word
from backprop_cli.render.graded.words import ASCII_MARKS, MARKS, NAME, rel_error, said, sentence, shown, verdict
from backprop_cli.render.table import FAINT, GRADIENT, Screen, table_box

_GOOD, _BAD = Style(color="green"), Style(color="red", bold=True)
STYLES: dict[Word, Style] = {
    "ok": _GOOD,
    "close": GRADIENT,
    "wrong": _BAD,
    "undefined": _BAD,
    "invalid": GRADIENT,
    "missing": FAINT,
    "extra": FAINT,
    "duplicate": FAINT,
    "received": FAINT,
}
_NARROW = 60


def answers(problem: ProblemResult, screen: Screen) -> list[Text | Table]:
    """The table, the remarks on single answers, and the mistakes that all of them are consistent with."""
    notes = [prose(f"{shown(one.name, NAME)}: {said(remark)}") for one in problem.judged for remark in one.remarks]
    notes += [
        prose(f"{sentence(hint.message)} (backprop explain {shown(hint.code)})", GRADIENT) for hint in problem.hints
    ]
    table: list[Text | Table] = [_table(problem.judged, screen)] if problem.judged else []
    return [*table, Text(), *notes] if notes else table


def prose(text: str, style: Style | str = "") -> Text:
    """A sentence, which a terminal gets wrapped between words."""
    return Text(text, style, no_wrap=False)


def _table(judged: Sequence[Judged], screen: Screen) -> Table:
    """The answers; columns that say nothing are left out, and long answers leave room for the verdict."""
    narrow = screen.width is not None and screen.width < _NARROW
    room = min(NAME, max(8, (screen.width - 50) // 2) if screen.width else NAME)
    full = any(one.expected is not None for one in judged)
    measured = any(one.rel_error is not None for one in judged)
    table = Table(box=table_box(screen), pad_edge=False, show_edge=False, padding=(0, 1), header_style=Style(bold=True))
    table.add_column("name", no_wrap=True)
    table.add_column("answer" if narrow else "your answer", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True, min_width=len("= duplicate"))
    if measured:
        table.add_column("error" if narrow else "rel. error", justify="right", no_wrap=True, min_width=len("0.017"))
    if full:
        table.add_column("expected", justify="right", no_wrap=True)
    marks = MARKS if screen.unicode else ASCII_MARKS
    for one in judged:
        cells = [Text(shown(one.name, room)), Text(shown(one.typed, room))]
        cells.append(Text(verdict(one, marks), STYLES[one.word]))
        cells += [Text(rel_error(one))] if measured else []
        cells += [Text(shown(one.expected, room))] if full else []
        table.add_row(*cells)
    return table
