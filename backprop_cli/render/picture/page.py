"""The page: one HTML file with the picture and a stepper, which asks nothing of any network.

Every word from the user goes through HTML's escapes, or through the data block of ``single_file.py``. What a large
circuit has to say is packed, so that 60 gates fit in 60 KB; what a small one says can be read in the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from string import Template
from typing import Any, Literal

from backprop_cli.render.picture.frames import Card, Frame, cards, checked, frames, intuitions, result
from backprop_cli.render.picture.scene import Scene, scene
from backprop_cli.render.picture.svg import SvgStyle, css, has_grids, look, svg
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.render.single_file import asset, block, policy
from backprop_cli.report.array_report import ArrayReport
from backprop_cli.report.report import Report
from backprop_cli.report.step_by_step import steps

Theme = Literal["auto", "light", "dark"]

_HERE = "backprop_cli.render.picture"
_EXPRESSION, _TITLE = 600, 80
_PATH = re.compile(r' d="(M[\d CHM-]*)"')
_COORDINATE = re.compile(r' (?:x|y|cx|cy|r|rx|width|height|d)="[^"<>]*"')


@dataclass(frozen=True, slots=True)
class Story:
    """What a page tells: the picture, its frames, the cards of its gates, and the words around them."""

    expression: str
    output: str
    scene: Scene
    frames: tuple[Frame, ...]
    cards: Mapping[int, Card]
    intuitions: Mapping[str, str]
    result: str
    checked: str


def story(report: Report | ArrayReport) -> Story:
    """What there is to tell of a report. Raises ``Refused`` for more gates than a picture shows."""
    names = {gate.id: gate.name for gate in report.gates}
    if isinstance(report, Report):
        work, drawn = steps(report), _named(scene(report), names)
        told, beside = frames(report, work), cards(report, work)
        return Story(
            report.expression, report.output, drawn, told, beside, intuitions(report), result(report), checked(report)
        )
    return _of_arrays(report, names)


def _of_arrays(report: ArrayReport, names: dict[int, str]) -> Story:
    """What there is to tell of arrays; a page of numbers loads none of it."""
    from backprop_cli.render.picture import array_frames

    return Story(
        report.expression,
        report.partial,
        _named(scene(report), names),
        array_frames.array_frames(report),
        array_frames.array_cards(report),
        array_frames.array_intuitions(report),
        array_frames.array_result(report),
        array_frames.array_checked(report),
    )


def page(report: Report | ArrayReport, *, palette: str = "default", theme: Theme = "auto") -> str:
    """The whole file. ``auto`` follows the reader's choice of light or dark; paper is always light.

    Raises ``Refused`` for more gates than a picture shows.
    """
    light, told = look(palette, "light"), story(report)
    drawn = svg(told.scene, light, inline=True)
    style = "\n" + _style(light, look(palette, "dark"), theme, grids=has_grids(told.scene)) + _room(drawn) + "\n"
    script = "\n" + asset(_HERE, "page.js") + "\n"
    data = {
        "output": visible(told.output),
        "steps": [_tidy([f.kind[0], f.text, f.note, f.gate, f.position, f.source]) for f in told.frames],
        "gates": {number: _card(card) for number, card in told.cards.items()},
        "ops": dict(told.intuitions),
    }
    return Template(asset(_HERE, "page.html")).substitute(
        policy=policy(style, script),
        scheme={"auto": "light dark"}.get(theme, theme),
        title=escape(shorten(visible(" ".join(told.expression.split())), _TITLE)),
        style=style,
        expression=escape(_lines(told.expression)),
        last=len(told.frames) - 1,
        picture=_lean(drawn),
        result=escape(told.result),
        check=escape(told.checked),
        data=block(data),
        script=script,
    )


def _lean(picture: str) -> str:
    """The picture in whole pixels, and without the titles: the page says them, each at its step."""
    picture = re.sub(r'<title>[^<]*</title>|\n| xmlns="[^"<>]*"| id="term-[\d-]*" class="term"', "", picture)
    picture = re.sub(r'(?<=<tspan) class="term"', "", picture).replace("></path>", "/>")
    picture = re.sub(r' aria-label="[^"]*"', ' aria-label="The circuit"', picture, count=1)
    picture = _COORDINATE.sub(lambda found: re.sub(r"\d+\.\d+", lambda n: f"{float(n[0]):.0f}", found[0]), picture)
    return _PATH.sub(lambda found: f' d="{_relative(found[1])}"', picture)


def _relative(path: str) -> str:
    """A path of M, C and H from point to point, which takes fewer digits than from the corner of the picture."""
    start, *rest = re.findall(r"[MCH][^MCH]*", path)
    x, y = (int(n) for n in start[1:].split())
    written = [start]
    for piece in rest:
        numbers = [int(n) for n in piece[1:].split()]
        offsets = [n - (y if place % 2 else x) for place, n in enumerate(numbers)]
        written.append(piece[0].lower() + " ".join(map(str, offsets)).replace(" -", "-"))
        x, y = numbers[-2:] if piece[0] == "C" else (numbers[0], y)
    return "".join(written)


def _named(scene: Scene, names: dict[int, str]) -> Scene:
    """Every gate's name on its wire, because the words of the steps use it."""
    nodes = (replace(n, name=names[n.number]) if n.kind == "gate" and not n.name else n for n in scene.nodes)
    return replace(scene, nodes=tuple(nodes))


def _style(light: SvgStyle, dark: SvgStyle, theme: Theme, *, grids: bool) -> str:
    """The page's rules and the picture's in both themes; dark is for screens only."""
    own, other = css(light, grids=grids), css(dark, grids=grids)
    rules = [_colours(light), own]
    if theme != "light":
        when = "@media screen and (prefers-color-scheme: dark)" if theme == "auto" else "@media screen"
        changed = [rule for rule in other.splitlines() if rule not in own]
        rules.append("\n".join([f"{when} {{", _colours(dark), *changed, "}"]))
    return "\n".join([*rules, re.sub(r" ?([{}]) ?|(?<=[:;,]) ", r"\1", asset(_HERE, "page.css"))])


def _room(picture: str) -> str:
    """The picture fills the page within reason: no smaller than can be read, no larger than pleases."""
    found = re.search(r' width="([\d.]+)"', picture)
    width = float(found[1]) if found else 0
    return f"\n#picture svg{{width:100%;min-width:{width * 0.85:.0f}px;max-width:{width * 1.6:.0f}px}}"


def _colours(look: SvgStyle) -> str:
    names = ("value", "gradient", "ink", "faint", "fill", "paper")
    return f":root{{{';'.join(f'--{name}:{getattr(look, name)}' for name in names)}}}"


def _lines(expression: str) -> str:
    """The expression as it was typed, line by line, within reason."""
    return "\n".join(visible(line) for line in shorten(expression.strip(), _EXPRESSION).splitlines())


def _card(card: Card) -> list[Any]:
    inlets = [[inlet.source, inlet.name, inlet.rule, inlet.number] for inlet in card.inlets]
    return [card.op, card.name, card.formula, card.value, card.gradient, inlets]


def _tidy(fields: list[Any]) -> list[Any]:
    """Without what says nothing at the end."""
    while fields[-1] in ("", -1):
        fields.pop()
    return fields
