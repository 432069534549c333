r"""A drawing as LaTeX's own ``picture``: lines, curves, circles and text, for which no package is needed.

A pixel of the drawing is 0.75 pt. A bend of a wire, an S that begins and ends level, is two parabolas.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backprop_cli.render.picture import drawing as measures
from backprop_cli.render.picture.captions import BLANK
from backprop_cli.render.picture.drawing import Drawing, Rect, above, below, drawing
from backprop_cli.render.picture.grids import Grid
from backprop_cli.render.picture.layout import Stretch
from backprop_cli.render.picture.scene import DrawnNode, Scene
from backprop_cli.render.worksheet.typeset import typeset

_SIGNS = {"*": "$*$", "^": r"$\wedge$"}
_LINE = r"\rule[-1.5pt]{27pt}{0.4pt}"
_LEVEL = 0.05  # of a pixel: less is no bend


def picture(scene: Scene) -> str:
    """The picture, no wider than the page's text."""
    drawn = drawing(replace(scene, blank=True))  # there are no tints to explain
    width, height = drawn.size
    body = "\n".join(f"  {stroke}" for stroke in _Pen(drawn).strokes())
    inner = f"\\begin{{picture}}({_n(width)},{_n(height)})\n{body}\n\\end{{picture}}"
    return f"\\setlength{{\\unitlength}}{{0.75pt}}\\fitted{{%\n{inner}}}\n"


class _Pen:
    """Draws from below, as LaTeX counts, what the drawing has from above."""

    def __init__(self, drawn: Drawing) -> None:
        self.drawn = drawn
        self.height = drawn.size[1]

    def strokes(self) -> Iterator[str]:
        for path in self.drawn.layout.paths:
            for piece in path:
                yield from self._stretch(piece)
        for index, node in enumerate(self.drawn.scene.nodes):
            place = self.drawn.place(index)
            yield from self._level(place.right, place.end, place.y)
            yield from self._node(index, node)
            yield from self._labels(index, node)
        for number, text in enumerate(self.drawn.legend, 1):
            y = self.drawn.layout.height + measures.LEGEND * number
            yield self._text(0, y, rf"\scriptsize {typeset(text)}", "bl")

    def _at(self, x: float, y: float) -> str:
        return f"{_n(x + measures.MARGIN)},{_n(self.height - measures.MARGIN - y)}"

    def _text(self, x: float, y: float, latex: str, corner: str = "") -> str:
        place = f"[{corner}]" if corner else ""
        return rf"\put({self._at(x, y)}){{\makebox(0,0){place}{{{latex}}}}}"

    def _level(self, x0: float, x1: float, y: float) -> Iterator[str]:
        if x1 > x0:
            yield rf"\put({self._at(x0, y)}){{\line(1,0){{{_n(x1 - x0)}}}}}"

    def _stretch(self, piece: Stretch) -> Iterator[str]:
        if abs(piece.y1 - piece.y0) < _LEVEL:
            yield from self._level(piece.x0, piece.x1, piece.y0)
            return
        x, y, quarter = (piece.x0 + piece.x1) / 2, (piece.y0 + piece.y1) / 2, (piece.x1 - piece.x0) / 4
        ends = (piece.x0, piece.y0), (x - quarter, piece.y0), (x, y), (x + quarter, piece.y1), (piece.x1, piece.y1)
        for start in (0, 2):
            yield r"\qbezier" + "".join(f"({self._at(*end)})" for end in ends[start : start + 3])

    def _node(self, index: int, node: DrawnNode) -> Iterator[str]:
        area = self.drawn.shape(index)
        x, y, width = (area.x0 + area.x1) / 2, (area.y0 + area.y1) / 2, area.x1 - area.x0
        if node.kind == "gate" and width <= 2 * measures.RADIUS:
            yield rf"\put({self._at(x, y)}){{\circle{{{_n(width)}}}}}"
        elif node.kind == "gate":
            yield rf"\put({self._at(x, y)}){{\oval({_n(width)},{_n(area.y1 - area.y0)})}}"
        else:
            yield from self._box(area, dashed=node.data and node.kind == "input")
        size = r"\scriptsize" if node.kind == "constant" else r"\small" if node.kind == "gate" else r"\itshape"
        yield self._text(x, y, f"{size} {_symbol(node.text)}")
        if node.kink:
            yield self._text(x, area.y0 - measures.KINK / 2, r"\tiny $\triangle$")
        for dot in self.drawn.layout.dots[index]:
            yield rf"\put({self._at(*dot)}){{\circle*{{6}}}}"

    def _box(self, area: Rect, *, dashed: bool = False) -> Iterator[str]:
        size = f"({_n(area.x1 - area.x0)},{_n(area.y1 - area.y0)}){{}}"
        frame = r"\dashbox{3}" if dashed else r"\framebox"
        yield rf"\put({self._at(area.x0, area.y1)}){{{frame}{size}}}"

    def _labels(self, index: int, node: DrawnNode) -> Iterator[str]:
        place = self.drawn.place(index)
        x = place.right + measures.PAD
        if over := above(node):
            name, rest = typeset(node.name), _label(over[len(node.name) :])
            yield self._text(x, place.y - measures.ABOVE, rf"\footnotesize \textbf{{{name}}}{rest}", "bl")
        if under := below(node):
            yield self._text(x, place.y + measures.BELOW, rf"\footnotesize {_label(under)}", "bl")
        for grid, area in zip((node.grid, node.slope), self.drawn.grids(index), strict=True):
            if grid is not None:
                yield from self._grid(grid, area)

    def _grid(self, grid: Grid, area: Rect) -> Iterator[str]:
        width, height = measures.cell_size(grid)
        for row, cells in enumerate(grid.rows):
            for column, cell in enumerate(cells):
                x, y = area.x0 + column * width, area.y0 + row * height
                yield from self._box(Rect(x, y, x + width, y + height))
                if cell.text:
                    yield self._text(x + width / 2, y + height / 2, rf"\tiny {typeset(cell.text)}")


def _symbol(text: str) -> str:
    """A sign stands on the middle of its line."""
    return _SIGNS.get(text) or typeset(text)


def _label(text: str) -> str:
    """A label in which what is to be filled in is a line."""
    return _LINE.join(map(typeset, text.split(BLANK)))


def _n(number: float) -> str:
    """A length with one decimal."""
    return f"{round(number, 1) + 0.0:g}" if abs(number) < 1e5 else f"{number:.0f}"
