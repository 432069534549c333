"""A scene in characters: boxes and wires where they fit the width, else a tree that says "see above" at forks.

Wires bend in the channels between layers, each source in a column of its own; where that would make two wires run over
each other, the tree answers. Characters of the box kind are replaced where there is no Unicode.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rich.cells import cell_len

from backprop_cli.render.picture.drawing import above, below
from backprop_cli.render.picture.layers import Box, Edge
from backprop_cli.render.picture.layout import Layout, Spacing, layout
from backprop_cli.render.picture.scene import DrawnNode, Scene
from backprop_cli.render.tables.screens import Screen

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_LINES = {
    _UP | _DOWN: "│",
    _LEFT | _RIGHT: "─",
    _RIGHT: "─",
    _LEFT: "─",
    _DOWN | _RIGHT: "╭",
    _DOWN | _LEFT: "╮",
    _UP | _RIGHT: "╰",
    _UP | _LEFT: "╯",
    _UP | _DOWN | _RIGHT: "├",
    _UP | _DOWN | _LEFT: "┤",
    _UP | _DOWN | _LEFT | _RIGHT: "┼",
}
_ASCII = str.maketrans(
    {
        "─": "-",
        "│": "|",
        "╭": ".",
        "╮": ".",
        "╰": "'",
        "╯": "'",
        "├": "+",
        "┤": "+",
        "┼": "+",
        "└": "`",
        "●": "o",
        "▲": "!",
        "∂": "d",
        "−": "-",
        "²": "^2",
        "√": "sqrt",
        "∛": "cbrt",
        "…": "~",
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "Σ": "sum",
        "Π": "prod",
        "⊗": "outer",
        "‖": "|",
        "⁻": "^-",
        "¹": "1",
    }
)
_WIDTH, _MOST_GATES, _DEPTH = 120, 40, 24


def terminal(scene: Scene, screen: Screen) -> str:
    """The picture for a screen; for a pipe or a file as if it were 120 wide."""
    said = scene if screen.unicode else _plain(scene)
    width = screen.width or _WIDTH
    boxes = _boxes(said, width) if len(scene.wires) <= 2 * _MOST_GATES else None
    text = boxes if boxes is not None else _tree(said)
    return text if screen.unicode else text.translate(_ASCII)


def _plain(scene: Scene) -> Scene:
    """The scene with our own signs in ASCII, before widths are measured."""
    from dataclasses import replace

    def said(node: DrawnNode) -> DrawnNode:
        return replace(node, text=node.text.translate(_ASCII), formula=node.formula.translate(_ASCII))

    return replace(scene, nodes=tuple(said(node) for node in scene.nodes))


# Boxes and wires.


@dataclass(slots=True)
class _Canvas:
    """Cells by row and column: lines with the net that they belong to, dots, and text over both."""

    lines: dict[tuple[int, int], dict[int, int]] = field(default_factory=dict)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)

    def level(self, row: int, start: int, stop: int, net: int) -> None:
        """A line through the columns from start up to stop."""
        for column in range(start, stop):
            self._mark(row, column, _LEFT | _RIGHT, net)

    def upright(self, column: int, rows: Sequence[int], net: int) -> None:
        """A line from the first to the last of some rows."""
        for above_, below_ in pairwise(range(min(rows), max(rows) + 1)):
            self._mark(above_, column, _DOWN, net)
            self._mark(below_, column, _UP, net)

    def arm(self, row: int, column: int, side: int, net: int) -> None:
        """Half a line, from the middle of a cell to its side."""
        self._mark(row, column, side, net)

    def write(self, row: int, column: int, text: str) -> None:
        """Text from a cell on; a wide character leaves the cell after it empty."""
        for character in text:
            self.texts[row, column] = character
            for extra in range(1, cell_len(character)):
                self.texts[row, column + extra] = ""
            column += max(1, cell_len(character))

    def _mark(self, row: int, column: int, sides: int, net: int) -> None:
        cell = self.lines.setdefault((row, column), {})
        cell[net] = cell.get(net, 0) | sides

    def text(self) -> str:
        """All rows, from the first to the last that has something."""
        cells = {place: _sign(nets) for place, nets in self.lines.items()} | self.texts
        rows: dict[int, dict[int, str]] = {}
        for (row, column), character in cells.items():
            rows.setdefault(row, {})[column] = character
        lines = []
        for row in range(min(rows), max(rows) + 1):
            filled = rows.get(row, {})
            lines.append("".join(filled.get(column, " ") for column in range(max(filled, default=-1) + 1)).rstrip())
        return "\n".join(lines) + "\n"


def _sign(nets: dict[int, int]) -> str:
    """A line, a corner, a dot where one net parts, or a crossing of two."""
    if len(nets) > 1:
        return "┼"
    ((net, sides),) = nets.items()
    return "●" if net >= 0 and sides.bit_count() > 2 else _LINES.get(sides, "│")


def _boxes(scene: Scene, width: int) -> str | None:
    """Boxes and wires, or None where they do not fit or wires would run over each other."""
    counts = [0] * len(scene.nodes)
    for wire in scene.wires:
        counts[wire.target] += 1
    boxes = [_box(node, count) for node, count in zip(scene.nodes, counts, strict=True)]
    edges = [Edge(wire.source, wire.target, wire.position) for wire in scene.wires]
    placed = layout(boxes, edges, Spacing(gap=1.0, lane=0.0, snap=0.0))
    nets = _nets(edges, placed)
    tracks = [_tracks(channel) for channel in nets]
    if any(track is None for track in tracks):
        return None
    columns = _columns(boxes, placed, [len(track or ()) for track in tracks])
    if columns[-1][2] > width:
        return None
    canvas = _Canvas()
    for index, node in enumerate(scene.nodes):
        _draw_node(
            canvas, node, columns[placed.places[index].layer], _row(placed.places[index].y), counts[index], index
        )
    for layer, (channel, track) in enumerate(zip(nets, tracks, strict=True)):
        _draw_channel(canvas, channel, track or {}, columns[layer][2], columns[layer + 1][0])
    _draw_levels(canvas, edges, placed, columns, boxes)
    return canvas.text()


def _box(node: DrawnNode, inputs: int) -> Box:
    words = max(cell_len(above(node)), cell_len(_below(node)))
    width = cell_len(_face(node)) + (1 if inputs > 1 else 0)
    reach = inputs // 2
    lane = 0 if node.kind == "constant" and not node.output else max(1, reach)
    stem = words + 2 if words else 1
    spread = float(reach) if inputs < 4 else (inputs - 1) / 2
    late = node.kind == "constant" and not node.output
    return Box(width, lane, lane, stem, spread if inputs > 1 else 0.0, node.ordered, late)


def _face(node: DrawnNode) -> str:
    mark = "▲" if node.kink else ""
    return {"gate": f"({node.text}{mark})", "input": f"[{node.text}]", "constant": node.text}[node.kind]


def _below(node: DrawnNode) -> str:
    return "data" if node.data and node.kind == "input" else below(node)


def _row(height: float) -> int:
    return int(round(height, 6) + 0.5)


def _rows(way: Sequence[float], middle: float) -> list[int]:
    """An edge's row in each layer; it arrives so far from its gate's row as the layout says."""
    offset = round(way[-1] - middle, 6)
    return [*(_row(height) for height in way[:-1]), _row(middle) + int(offset + 1000.5) - 1000]


def _nets(edges: Sequence[Edge], placed: Layout) -> list[dict[int, set[int]]]:
    """For each channel, the rows that each row on the left leads to."""
    nets: list[dict[int, set[int]]] = [{} for _ in range(max(place.layer for place in placed.places))]
    for edge, way in zip(edges, placed.heights, strict=True):
        first = placed.places[edge.source].layer
        for step, (before, after) in enumerate(pairwise(_rows(way, placed.places[edge.target].y))):
            nets[first + step].setdefault(before, set()).add(after)
    return nets


def _tracks(net: dict[int, set[int]]) -> dict[int, int] | None:
    """A column for each row that bends: whoever leaves a row does so before another arrives on it. None on a ring."""
    bent = sorted(row for row, ends in net.items() if ends != {row})
    waits = {row: {other for other in bent if other != row and other in net[row]} for row in bent}
    order: dict[int, int] = {}
    while len(order) < len(bent):
        free = [row for row in bent if row not in order and not waits[row] - set(order)]
        if not free:
            return None
        order[free[0]] = len(order)
    return order


def _columns(boxes: Sequence[Box], placed: Layout, tracks: Sequence[int]) -> list[tuple[int, int, int]]:
    columns, left = [], 0
    for layer in range(len(tracks) + 1):
        here = [box for box, place in zip(boxes, placed.places, strict=True) if place.layer == layer]
        right = left + int(max((box.width for box in here), default=0))
        end = right + int(max((box.stem for box in here), default=0))
        columns.append((left, right, end))
        left = end + (tracks[layer] + 1 if layer < len(tracks) else 0)
    return columns


def _draw_node(canvas: _Canvas, node: DrawnNode, column: tuple[int, int, int], row: int, inputs: int, net: int) -> None:
    _, right, end = column
    face = _face(node)
    if node.kind == "constant" and not node.output:
        right = end - 1
    canvas.write(row, right - cell_len(face), face)
    canvas.level(row, right, end, net)
    canvas.write(row - 1, right + 1, above(node))
    canvas.write(row + 1, right + 1, _below(node))


def _draw_channel(canvas: _Canvas, net: dict[int, set[int]], tracks: dict[int, int], start: int, stop: int) -> None:
    for row, ends in sorted(net.items()):
        if row not in tracks:
            canvas.level(row, start, stop, row)
            continue
        column = start + tracks[row]
        canvas.level(row, start, column, row)
        canvas.arm(row, column, _LEFT, row)
        canvas.upright(column, [row, *ends], row)
        for end in ends:
            canvas.arm(end, column, _RIGHT, row)
            canvas.level(end, column + 1, stop, row)


def _draw_levels(
    canvas: _Canvas,
    edges: Sequence[Edge],
    placed: Layout,
    columns: Sequence[tuple[int, int, int]],
    boxes: Sequence[Box],
) -> None:
    """Wires through the layers they pass, and to the gate where they arrive, several joined before it."""
    arrivals: dict[int, list[int]] = {}
    for edge, way in zip(edges, placed.heights, strict=True):
        source, target = placed.places[edge.source], placed.places[edge.target]
        rows = _rows(way, target.y)
        for step, row in enumerate(rows[1:-1]):
            left, _, end = columns[source.layer + 1 + step]
            canvas.level(row, left, end, -1)
        arrivals.setdefault(edge.target, []).append(rows[-1])
    for index, rows in arrivals.items():
        left, right, _ = columns[placed.places[index].layer]
        join = right - int(boxes[index].width)
        middle = _row(placed.places[index].y)
        for row in rows:
            canvas.level(row, left, join, -1)
            if len(rows) > 1:
                canvas.arm(row, join, _LEFT, -1)
        if len(rows) > 1:
            canvas.upright(join, [middle, *rows], -1)
            canvas.arm(middle, join, _RIGHT, -1)


# The tree.


def _tree(scene: Scene) -> str:
    """From the output to the inputs; what was shown is not shown again, and what lies too deep follows below."""
    inputs: list[list[int]] = [[] for _ in scene.nodes]
    used = set()
    for wire in scene.wires:
        if scene.nodes[wire.source].kind != "constant":
            inputs[wire.target].append(wire.source)
        used.add(wire.source)
    places = range(len(scene.nodes) - 1, -1, -1)
    roots = sorted((i for i in places if i not in used), key=lambda i: not scene.nodes[i].output)
    output = [i for i in places if scene.nodes[i].output]
    lines: list[str] = []
    shown: set[int] = set()
    waiting = [*output, *(root for root in roots if root not in output)]
    for root in waiting:
        if root not in shown:
            lines += _branch(scene, inputs, root, shown, waiting)
    return "\n".join(lines) + "\n"


def _branch(scene: Scene, inputs: list[list[int]], root: int, shown: set[int], waiting: list[int]) -> Iterator[str]:
    stack = [(root, "", "", 0)]
    while stack:
        index, head, indent, depth = stack.pop()
        if index in shown:
            yield f"{head}{_short(scene.nodes[index])}, see above"
            continue
        if depth > _DEPTH and inputs[index]:
            waiting.append(index)
            yield f"{head}{_short(scene.nodes[index])}, see below"
            continue
        yield f"{head}{_said(scene.nodes[index])}"
        shown.add(index)
        children = inputs[index]
        for position in range(len(children) - 1, -1, -1):
            last = position == len(children) - 1
            branch, under = ("└─ ", "   ") if last else ("├─ ", "│  ")
            stack.append((children[position], indent + branch, indent + under, depth + 1))


def _short(node: DrawnNode) -> str:
    return node.formula.partition(" = ")[0] or node.text


def _said(node: DrawnNode) -> str:
    head = node.formula or node.text
    value = f" = {node.value}" if node.value else ""
    kink = "   ▲ kink" if node.kink else ""
    data = "   data" if node.data and node.kind == "input" else ""
    return f"{head}{value}{kink}" + (f"   {below(node)}" if node.gradient else data)
