"""A sheet as Markdown, as GitHub renders it; each circuit is an SVG file beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backprop_cli.render.picture.svg import look, svg
from backprop_cli.render.safe_text import visible
from backprop_cli.render.tables.markdown_tables import escape, table
from backprop_cli.render.tables.tabular import Cell, CellPart, Column, Table, code, ours
from backprop_cli.render.worksheet import phrases
from backprop_cli.render.worksheet.circuits import circuit
from backprop_cli.render.worksheet.step_lines import lines
from backprop_cli.worksheet.exercises import Blank, Exercise, Worksheet

_EMPTY = "&emsp;" * 12


def render(sheet: Worksheet, stem: str, *, solved: bool) -> dict[str, str]:
    """The files of a sheet by their names: the text, and the pictures that it shows."""
    files = {}
    text = list(_head(sheet, solved=solved))
    for number, exercise in enumerate(sheet.exercises, 1):
        text += ["", f"## {escape(phrases.heading(number, exercise))}"]
        drawn = circuit(exercise, solved=solved)
        text += [
            line for paragraph in phrases.task(exercise, drawn=drawn is not None) for line in ("", escape(paragraph))
        ]
        text += ["", *_fenced(exercise.expression)]
        if said := phrases.point(exercise):
            text += ["", escape(said)]
        if drawn is not None:
            files[f"{stem}-{number}.svg"] = svg(drawn, look())
            text += ["", f"![{phrases.SOLVED if solved else phrases.CIRCUIT}]({stem}-{number}.svg)"]
        text += ["", _blanks(exercise, solved=solved), *(_steps(exercise) if solved else ())]
    return {f"{stem}.md": "\n".join(text) + "\n"} | files


def _head(sheet: Worksheet, *, solved: bool) -> Iterator[str]:
    solutions = f": {phrases.SOLUTIONS}" if solved else ""
    yield f"# {escape(phrases.title(sheet))}{solutions}"
    yield ""
    name = escape(sheet.student) if sheet.student else "" if solved else "\\_" * 30
    yield f"**{phrases.NAME}:** {name} — {phrases.points(sheet.points)}" if name else phrases.points(sheet.points)
    for paragraph in phrases.paragraphs(sheet.text):
        yield ""
        yield escape(paragraph)


def _blanks(exercise: Exercise, *, solved: bool) -> str:
    titles = phrases.ANSWERED if solved else phrases.COLUMNS
    rows = (
        (code(blank.name), ours(escape(blank.meaning)), _solution(blank) if solved else ours(_EMPTY))
        for blank in exercise.blanks
    )
    return table(Table(tuple(map(Column, titles)), tuple(rows))).rstrip("\n")


def _solution(blank: Blank) -> Cell:
    note = f" ({escape(blank.note)})" if blank.note else ""
    return Cell((CellPart(phrases.solution(blank.answer), "code"), CellPart(note)))


def _steps(exercise: Exercise) -> Iterator[str]:
    if said := lines(exercise):
        yield ""
        yield f"### {phrases.STEPS}"
        yield ""
        yield from _fenced(said)


def _fenced(text: str) -> list[str]:
    """A block of code; its fence is longer than any in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", *(visible(line) for line in text.strip("\n").split("\n")), fence]
