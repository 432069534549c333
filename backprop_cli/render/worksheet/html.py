"""A sheet as one HTML file for the screen and for paper, which asks nothing of any network and runs nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from string import Template

from backprop_cli.render.picture.svg import css, look, svg
from backprop_cli.render.safe_text import visible
from backprop_cli.render.single_file import asset, policy
from backprop_cli.render.worksheet import phrases
from backprop_cli.render.worksheet.circuits import circuit
from backprop_cli.render.worksheet.step_lines import lines
from backprop_cli.worksheet.exercises import Exercise, Worksheet

_HERE = "backprop_cli.render.worksheet"
_BLANK = '<span class="blank"></span>'
_IDS = re.compile(r' id="[^"<>]*"')


def render(sheet: Worksheet, stem: str, *, solved: bool) -> dict[str, str]:
    """The file of a sheet by its name."""
    style = f"\n{asset(_HERE, 'page.css')}\n{css(look(), grids=True)}\n"
    title = phrases.title(sheet) + (f": {phrases.SOLUTIONS}" if solved else "")
    page = Template(asset(_HERE, "page.html")).substitute(
        policy=policy(style),
        style=style,
        title=_text(title),
        name=_name(sheet, solved=solved),
        points=_text(phrases.points(sheet.points)),
        text="\n".join(_paragraphs(phrases.paragraphs(sheet.text))),
        exercises="\n".join(
            line for number, one in enumerate(sheet.exercises, 1) for line in _exercise(number, one, solved=solved)
        ),
    )
    return {f"{stem}.html": page + "\n"}


def _name(sheet: Worksheet, *, solved: bool) -> str:
    if not sheet.student and solved:
        return ""
    return f"{phrases.NAME}: {_text(sheet.student) or _BLANK}"


def _exercise(number: int, exercise: Exercise, *, solved: bool) -> Iterator[str]:
    yield f"<section>\n<h2>{_text(phrases.heading(number, exercise))}</h2>"
    drawn = circuit(exercise, solved=solved)
    yield from _paragraphs(phrases.task(exercise, drawn=drawn is not None))
    yield f"<pre>{_lines(exercise.expression.strip())}</pre>"
    yield from _paragraphs(filter(None, [phrases.point(exercise)]))
    if drawn is not None:
        # Several pictures stand on one page, and none of them is stepped through.
        yield f"<figure>\n{_IDS.sub('', svg(drawn, look(), inline=True))}</figure>"
    yield from _blanks(exercise, solved=solved)
    if solved and (said := lines(exercise)):
        yield f"<h3>{phrases.STEPS}</h3>\n<pre>{_lines(said)}</pre>"
    yield "</section>"


def _blanks(exercise: Exercise, *, solved: bool) -> Iterator[str]:
    titles = "".join(f"<th>{_text(title)}</th>" for title in (phrases.ANSWERED if solved else phrases.COLUMNS))
    yield f"<table>\n<tr>{titles}</tr>"
    for blank in exercise.blanks:
        note = f" ({_text(blank.note)})" if blank.note else ""
        answer = f"<code>{_text(phrases.solution(blank.answer))}</code>{note}"
        filled = answer if solved else _BLANK
        yield f"<tr><td><code>{_text(blank.name)}</code></td><td>{_text(blank.meaning)}</td><td>{filled}</td></tr>"
    yield "</table>"


def _paragraphs(texts: Iterator[str] | list[str] | filter[str]) -> Iterator[str]:
    return (f"<p>{_text(text)}</p>" for text in texts)


def _lines(text: str) -> str:
    return "\n".join(_text(line) for line in text.rstrip("\n").split("\n"))


def _text(text: str) -> str:
    return escape(visible(text))
