"""A scene with its measures: how large each node and label is in a drawing, and where it stands.

Fonts are not known here: widths are those of a wide sans-serif, so that text in a narrower one fits as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from backprop_cli.render.picture.grids import Grid
from backprop_cli.render.picture.layers import Box, Edge
from backprop_cli.render.picture.layout import BoxPlace, Layout, layout
from backprop_cli.render.picture.scene import DrawnNode, Scene, added

LABEL, SYMBOL, SMALL = 13.0, 16.0, 11.0
RADIUS, INPUT_HEIGHT, CONSTANT_HEIGHT = 17.0, 24.0, 18.0
ABOVE, BELOW, PAD = 5.0, 15.0, 7.0  # baselines of the labels above and below a wire, and what is free at their sides
CELL, NUMBERED, DIGITS = 9.0, 16.0, 10.0  # sides of a grid's cell without and with a number, and the number's size
_BLANK = 30.0  # the width of a cell that is to be filled by hand
GRID_GAP = 4.0  # between a label and its grid
MARGIN, LEGEND, _LEGEND_WIDTH = 14.0, 18.0, 240.0
KINK = 9.0  # the height of the mark above a gate
_LANE, _CONSTANT_LANE = 20.0, 10.0
_BOLD = 1.15
_NARROW, _WIDE = frozenset("ijlI.,:;'|!()[] /"), frozenset("mwMW@%+=<>∂…−×")


def text_width(text: str, size: float) -> float:
    """About how wide a text is, rather too wide than too narrow."""
    ems = sum(0.4 if c in _NARROW else 0.98 if c in _WIDE else 0.42 if c == "-" else 0.66 for c in text)
    wide = sum(0.4 for c in text if ord(c) > 0x2E80)
    return (ems + wide) * size


def above(node: DrawnNode) -> str:
    """The label above a node's wire."""
    return "  ".join(part for part in (node.name, node.value) if part)


def below(node: DrawnNode) -> str:
    """The label below a node's wire: its gradient, at a fork as the sum that it is."""
    if not node.gradient:
        return ""
    return f"∂ {added([term.text for term in node.terms], node.gradient) if node.terms else node.gradient}"


def label_widths(node: DrawnNode) -> tuple[float, float]:
    """How wide the labels above and below are; a name is written bold."""
    name = text_width(node.name, LABEL) * _BOLD
    rest = text_width(above(node)[len(node.name) :], LABEL)
    return name + rest, text_width(below(node), LABEL)


def cell_size(grid: Grid) -> tuple[float, float]:
    """Width and height of a grid's cells."""
    if not grid.numbered:
        return CELL, CELL
    texts = [cell.text for row in grid.rows for cell in row]
    return max(NUMBERED if any(texts) else _BLANK, *(text_width(text, DIGITS) + 6 for text in texts)), NUMBERED


def grid_size(grid: Grid | None) -> tuple[float, float]:
    """Width and height of a grid with the gap to its label; nothing where there is none."""
    if grid is None:
        return 0.0, 0.0
    width, height = cell_size(grid)
    return width * len(grid.rows[0]), height * len(grid.rows) + GRID_GAP


@dataclass(frozen=True, slots=True)
class Rect:
    """An area in the drawing."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Drawing:
    """A scene, the layout of its nodes, and what is written in the corner below."""

    scene: Scene
    layout: Layout
    legend: tuple[str, ...]

    @cached_property
    def size(self) -> tuple[float, float]:
        """Width and height with margins and legend."""
        words = max((text_width(line, SMALL) for line in self.legend), default=0.0)
        width = max(self.layout.width, words) + 2 * MARGIN
        return width, self.layout.height + 2 * MARGIN + LEGEND * len(self.legend)

    def shape(self, index: int) -> Rect:
        """The area of a node's box or circle."""
        place, node = self.layout.places[index], self.scene.nodes[index]
        half = {"gate": RADIUS, "input": INPUT_HEIGHT / 2, "constant": CONSTANT_HEIGHT / 2}[node.kind]
        return Rect(place.left, place.y - half, place.right, place.y + half)

    def labels(self, index: int) -> list[tuple[str, Rect]]:
        """The areas of the labels above and below a node's wire."""
        place, node = self.layout.places[index], self.scene.nodes[index]
        found = []
        texts, bases = (above(node), below(node)), (place.y - ABOVE, place.y + BELOW)
        for text, base, width in zip(texts, bases, label_widths(node), strict=True):
            if text:
                x = place.right + PAD
                found.append((text, Rect(x, base - 0.78 * LABEL, x + width, base + 0.22 * LABEL)))
        return found

    def grids(self, index: int) -> tuple[Rect, Rect]:
        """The areas of the grids above and below a node's wire; empty where there is none."""
        place, node = self.layout.places[index], self.scene.nodes[index]
        (over, up), (under, down) = grid_size(node.grid), grid_size(node.slope)
        left, top, bottom = place.right + PAD, place.y - ABOVE - LABEL, place.y + BELOW + GRID_GAP
        return Rect(left, top - up, left + over, top - GRID_GAP), Rect(left, bottom, left + under, bottom + down)

    def place(self, index: int) -> BoxPlace:
        """Where a node stands."""
        return self.layout.places[index]


def drawing(scene: Scene) -> Drawing:
    """Measure a scene and lay it out."""
    edges = [Edge(wire.source, wire.target, wire.position) for wire in scene.wires]
    placed = layout([_box(node) for node in scene.nodes], edges)
    return Drawing(scene, placed, _legend(scene, max(placed.width, _LEGEND_WIDTH)))


def _box(node: DrawnNode) -> Box:
    (over, up), (under, down) = grid_size(node.grid), grid_size(node.slope)
    words = max(*label_widths(node), over, under)
    stem = words + 2 * PAD if words else PAD
    if node.kind == "constant":
        lane = _LANE if node.output else _CONSTANT_LANE
        return Box(text_width(node.text, SMALL) + 10, lane, lane, stem, late=not node.output)
    if node.kind == "input":
        return Box(max(24.0, text_width(node.text, SYMBOL) + 12), _LANE + up, _LANE + down, stem)
    width = max(2 * RADIUS, text_width(node.text, symbol_size(node)) + 14)
    up += _LANE + (KINK if node.kink else 0)
    return Box(width, up, _LANE + down, stem, RADIUS * 0.55, node.ordered)


def symbol_size(node: DrawnNode) -> float:
    """One sign is written large, a name small."""
    return SYMBOL + 2 if len(node.text) == 1 else LABEL


def _legend(scene: Scene, width: float) -> tuple[str, ...]:
    """What the signs mean that this picture has, in lines of a width."""
    parts = ["value above each wire", "∂ gradient below"] if scene.wires else []
    if any(node.terms for node in scene.nodes):
        parts.append("● fork: contributions add up")
    if any(node.data for node in scene.nodes if node.kind == "input"):
        parts.append("dashed: data, held fixed")
    if any(node.grid for node in scene.nodes) and not scene.blank:
        parts.append("green: above 0, purple: below, the darker the larger")
    if any(grid and not grid.numbered for node in scene.nodes for grid in (node.grid, node.slope)) and not scene.blank:
        parts.append("a bar: below 0")
    if any(node.kink for node in scene.nodes):
        parts.append("▲ kink: a convention answers")
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]} · {part}" if lines else part
        lines[-1:] = [longer] if text_width(longer, SMALL) <= width else [*lines[-1:], part]
    return tuple(lines)
