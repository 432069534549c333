"""A drawing as SVG: titles on every node and wire, stable ids for a page that steps through it, generic fonts only.

The ids are a contract: ``gate-7``, ``input-2``, ``constant-7-1``, ``wire-7-0``, ``stem-7``, ``value-7``, ``grad-7``,
``term-7-0``, ``fork-3``. Colours are literal, because not every reader of SVG knows variables.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from backprop_cli.render.picture import drawing as measures
from backprop_cli.render.picture.drawing import Drawing, Rect, drawing
from backprop_cli.render.picture.grids import Grid, GridCell
from backprop_cli.render.picture.layout import Stretch
from backprop_cli.render.picture.scene import DrawnNode, DrawnWire, Scene, joints


@dataclass(frozen=True, slots=True)
class SvgStyle:
    """The colours of a picture."""

    value: str
    gradient: str
    ink: str
    wire: str
    faint: str
    fill: str
    paper: str
    plus: str
    minus: str


# Blue and orange after Okabe and Ito, darkened or lightened until text in them is readable on its paper.
_COLOURS = {
    ("default", "light"): ("#0063a3", "#b84700"),
    ("default", "dark"): ("#56b4e9", "#f0a830"),
    ("cs231n", "light"): ("#137a13", "#cc0000"),
    ("cs231n", "dark"): ("#5fd35f", "#ff7a70"),
}
_THEME = {
    "light": ("#1a1a1a", "#555555", "#767676", "#f4f6f8", "#ffffff", "#1b7837", "#762a83"),
    "dark": ("#f0f0f0", "#b8bcc2", "#8f959c", "#262b31", "#14171a", "#5aae61", "#b57fc4"),
}


def look(palette: str = "default", theme: str = "light") -> SvgStyle:
    """The colours of a palette in a theme."""
    return SvgStyle(*_COLOURS[palette, theme], *_THEME[theme])


def css(look: SvgStyle, *, grids: bool = False) -> str:
    """The picture's rules, all of them below ``svg.backprop``; those of grids where there are some."""
    rules = {
        "": "font-family:Helvetica,Arial,'DejaVu Sans',sans-serif;font-size:13px",
        " .paper": f"fill:{look.paper}",
        " text": f"fill:{look.ink}",
        " .node text": "text-anchor:middle",
        " .node rect,{} .node circle": f"fill:{look.fill};stroke:{look.ink};stroke-width:1.4",
        " .input text": "font-size:16px;font-style:italic",
        " .constant text": f"font-size:11px;fill:{look.faint}",
        " .constant rect": f"stroke:{look.faint};stroke-width:.8",
        " .sign": "font-size:18px",
        " .faint circle,{} .faint rect,{} .data rect": f"stroke:{look.faint}",
        " .data rect": "stroke-dasharray:4 3",
        " .data text,{} .faint text": f"fill:{look.faint}",
        " .wire": f"fill:none;stroke:{look.wire};stroke-width:1.3",
        " .wire.faint": f"stroke:{look.faint};stroke-width:.9",
        " .fork circle": f"fill:{look.wire}",
        " .value": f"fill:{look.value}",
        " .name": f"fill:{look.ink};font-weight:bold",
        " .gradient": f"fill:{look.gradient};font-style:italic",
        " .mark": f"fill:{look.gradient}",
        " .legend": f"font-size:11px;fill:{look.faint}",
    }
    if grids:
        rules |= {
            " .slope": f"fill:{look.gradient};font-style:italic",
            " .cell": f"fill:{look.paper};stroke:{look.faint};stroke-width:.6",
            " .plus": f"fill:{look.plus}",
            " .minus": f"fill:{look.minus}",
            " .bar": f"stroke:{look.ink};stroke-width:1",
            " .digits": f"font-size:10px;text-anchor:middle;fill:{look.ink};font-style:normal;pointer-events:none",
        }
    own = "svg.backprop"
    return "\n".join(f"{own}{selector.replace('{}', own)}{{{style}}}" for selector, style in rules.items())


def has_grids(scene: Scene) -> bool:
    """Whether there are arrays in a scene."""
    return any(node.grid or node.slope for node in scene.nodes)


def svg(scene: Scene, look: SvgStyle, *, inline: bool = False) -> str:
    """The picture; ``inline`` leaves out prolog, style and the wires' titles for a page that brings its own."""
    return document(drawing(scene), look, inline=inline)


def document(drawn: Drawing, look: SvgStyle, *, inline: bool = False) -> str:
    """The same for a scene that is laid out."""
    scene = drawn.scene
    width, height = drawn.size
    title = escape(scene.title)
    lines = [] if inline else ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="backprop" role="img" aria-label="{title}" '
        f'width="{_n(width)}" height="{_n(height)}" viewBox="0 0 {_n(width)} {_n(height)}">'
    )
    lines.append(f"<title>{title}</title>")
    if not inline:
        lines.append(f"<style>\n{css(look, grids=has_grids(scene))}\n</style>")
    lines.append(f'<rect class="paper" width="{_n(width)}" height="{_n(height)}"/>')
    margin = _n(measures.MARGIN)
    lines += [f'<g transform="translate({margin} {margin})">', *_body(drawn, inline), "</g>", "</svg>"]
    return "\n".join(lines) + "\n"


def _body(drawn: Drawing, inline: bool) -> list[str]:
    scene = drawn.scene
    lines = [_wire(drawn, number, wire, inline) for number, wire in enumerate(scene.wires)]
    for index, node in enumerate(scene.nodes):
        lines += [*_stem(drawn, index, node), _node(drawn, index, node), *_labels(drawn, index, node)]
    for number, text in enumerate(drawn.legend):
        y = drawn.layout.height + measures.LEGEND * (number + 1)
        lines.append(f'<text class="legend" x="0" y="{_n(y)}">{escape(text)}</text>')
    return lines


def _wire(drawn: Drawing, number: int, wire: DrawnWire, inline: bool) -> str:
    faint = " faint" if wire.faint else ""
    path = _path(drawn.layout.paths[number])
    title = "" if inline else f"<title>{escape(wire.title)}</title>"
    return f'<path id="{wire.key}" class="wire{faint}" d="{path}">{title}</path>'


def _path(pieces: tuple[Stretch, ...]) -> str:
    found, level = f"M{_n(pieces[0].x0)} {_n(pieces[0].y0)}", ""
    for piece in pieces:
        if _n(piece.y0) == _n(piece.y1):
            level = f"H{_n(piece.x1)}"
            continue
        middle = _n((piece.x0 + piece.x1) / 2)
        found += f"{level}C{middle} {_n(piece.y0)} {middle} {_n(piece.y1)} {_n(piece.x1)} {_n(piece.y1)}"
        level = ""
    return found + level


def _stem(drawn: Drawing, index: int, node: DrawnNode) -> list[str]:
    place = drawn.place(index)
    key = node.key.partition("-")[2]
    faint = "" if node.gradient else " faint"
    lines = [f'<path id="stem-{key}" class="wire{faint}" d="M{_n(place.right)} {_n(place.y)}H{_n(place.end)}"/>']
    dots = drawn.layout.dots[index]
    if dots:
        circles = "".join(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3.2"/>' for x, y in dots)
        lines.append(f'<g id="fork-{node.number}" class="fork">{circles}</g>')
    return lines


def _node(drawn: Drawing, index: int, node: DrawnNode) -> str:
    area = drawn.shape(index)
    x, y, width = (area.x0 + area.x1) / 2, (area.y0 + area.y1) / 2, area.x1 - area.x0
    flags = {"data": node.data and node.kind == "input", "faint": node.data and node.kind == "gate"}
    flags |= {"kink": node.kink, "output": node.output}
    classes = " ".join(["node", node.kind, *(name for name, on in flags.items() if on)])
    if node.kind == "gate" and width <= 2 * measures.RADIUS:
        shape = f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(measures.RADIUS)}"/>'
    else:
        round_ = measures.RADIUS if node.kind == "gate" else 4
        size = f'width="{_n(width)}" height="{_n(area.y1 - area.y0)}" rx="{_n(round_)}"'
        shape = f'<rect x="{_n(area.x0)}" y="{_n(area.y0)}" {size}/>'
    sign = node.kind == "gate" and len(node.text) == 1
    base = y + _DROP.get(node.text, 6.0) if sign else y + (5.5 if node.kind == "input" else 4.2)
    style = ' class="sign"' if sign else ""
    text = f'<text{style} x="{_n(x)}" y="{_n(base)}">{escape(node.text)}</text>'
    mark = f'<path class="mark" d="M{_n(x)} {_n(area.y0 - measures.KINK)}l-5 8h10z"/>' if node.kink else ""
    title = f"<title>{escape(node.title)}</title>"
    return f'<g id="{node.key}" class="{classes}">{title}{shape}{text}{mark}</g>'


_DROP = {"*": 9.5, "^": 9.5}  # these signs stand high in every font


def _labels(drawn: Drawing, index: int, node: DrawnNode) -> list[str]:
    if node.grid or node.slope:
        return _labels_with_grids(drawn, index, node)
    place = drawn.place(index)
    x, lines = _n(place.right + measures.PAD), []
    if node.value:
        name = f'<tspan class="name">{escape(node.name)}</tspan> ' if node.name else ""
        y = _n(place.y - measures.ABOVE)
        lines.append(f'<text id="value-{node.number}" class="value" x="{x}" y="{y}">{name}{escape(node.value)}</text>')
    if node.gradient:
        y = _n(place.y + measures.BELOW)
        text = f"∂ {_sum(node)}"
        lines.append(f'<text id="grad-{node.number}" class="gradient" x="{x}" y="{y}">{text}</text>')
    return lines


def _labels_with_grids(drawn: Drawing, index: int, node: DrawnNode) -> list[str]:
    """The labels, each with its grid in one group, so that they come and go together."""
    place, (over, under) = drawn.place(index), drawn.grids(index)
    x, lines = _n(place.right + measures.PAD), []
    if node.value:
        name = f'<tspan class="name">{escape(node.name)}</tspan> ' if node.name else ""
        text = f'<text class="value" x="{x}" y="{_n(place.y - measures.ABOVE)}">{name}{escape(node.value)}</text>'
        lines.append(f'<g id="value-{node.number}">{text}{_grid(node.grid, over)}</g>')
    if node.gradient:
        text = f'<text class="slope" x="{x}" y="{_n(place.y + measures.BELOW)}">∂ {escape(node.gradient)}</text>'
        lines.append(f'<g id="grad-{node.number}" class="gradient">{text}{_grid(node.slope, under)}</g>')
    return lines


def _grid(grid: Grid | None, area: Rect) -> str:
    if grid is None:
        return ""
    width, height = measures.cell_size(grid)
    return "".join(
        _cell(cell, area.x0 + column * width, area.y0 + row * height, width, height, numbered=grid.numbered)
        for row, cells in enumerate(grid.rows)
        for column, cell in enumerate(cells)
    )


def _cell(cell: GridCell, x: float, y: float, width: float, height: float, *, numbered: bool) -> str:
    sign = "" if not cell.tint else " plus" if cell.tint > 0 else " minus"
    dark = f' fill-opacity="{_SHADE[numbered] * abs(cell.tint):.2f}"' if cell.tint else ""
    size = f'width="{_n(width)}" height="{_n(height)}"'
    title = f'<title class="cell">{escape(cell.title)}</title>'
    box = f'<rect class="cell{sign}" x="{_n(x)}" y="{_n(y)}" {size}{dark}>{title}</rect>'
    if cell.text:
        base, middle = y + height / 2 + 3.6, x + width / 2
        box += f'<text class="digits" x="{_n(middle)}" y="{_n(base)}">{escape(cell.text)}</text>'
    elif sign == " minus":
        box += f'<path class="bar" d="M{_n(x + 2)} {_n(y + height / 2)}H{_n(x + width - 2)}"/>'
    return box


_SHADE = {True: 0.45, False: 0.9}  # of the largest element: numbers must stay readable


def _sum(node: DrawnNode) -> str:
    if not node.terms:
        return escape(node.gradient)
    parts = []
    for term, (joint, text) in zip(node.terms, joints([term.text for term in node.terms]), strict=True):
        key = f' id="{term.key}"' if term.key else ""
        parts.append(f'{joint}<tspan{key} class="term">{escape(text)}</tspan>')
    return f'{"".join(parts)} = <tspan class="sum">{escape(node.gradient)}</tspan>'


def _n(number: float) -> str:
    """A coordinate with one decimal."""
    return f"{round(number, 1) + 0.0:g}" if abs(number) < 1e5 else f"{number:.0f}"
