"""A layered layout: boxes and wires in, coordinates out; it knows nothing of gates, fonts or files.

``layers.py`` says what stands in which layer and in which order; isotonic regression finds heights that keep the order
and the distances. Between two layers lies a channel where wires bend; in a layer they run level and every box has its
lane to itself, so that no text can meet a wire or a box that is not its own. Deterministic, and without recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from backprop_cli.render.picture.layers import Box, Edge, Layers

_SETTLE, _TRUNK = 40, 6.0


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distances: between lanes, the lane of a passing wire, and the least and greatest width of a channel.

    A channel is ``slope`` times its tallest bend wide; a box moves up to ``snap`` to come level with a wire.
    """

    gap: float = 8.0
    lane: float = 5.0
    channel: tuple[float, float] = (44.0, 130.0)
    slope: float = 0.3
    snap: float = 30.0


@dataclass(frozen=True, slots=True)
class BoxPlace:
    """A box's left edge, its right edge, the right end of its labelled wire, and its middle's height."""

    left: float
    right: float
    end: float
    y: float
    layer: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a wire: level, or a bend through a channel that begins and ends level."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A place for each box, the pieces of each edge after the labelled wire, and the points where wires part.

    ``heights`` are those of each edge in every layer on its way, from its source to where it arrives.
    """

    places: tuple[BoxPlace, ...]
    paths: tuple[tuple[Stretch, ...], ...]
    dots: tuple[tuple[tuple[float, float], ...], ...]
    heights: tuple[tuple[float, ...], ...]
    width: float
    height: float
    crossings: int


def layout(boxes: Sequence[Box], edges: Sequence[Edge], spacing: Spacing = Spacing()) -> Layout:
    """Places for boxes that are given before the boxes they feed."""
    return _Work(boxes, edges, spacing).layout()


class _Work(Layers):
    """Layers with heights and columns."""

    def __init__(self, boxes: Sequence[Box], edges: Sequence[Edge], spacing: Spacing) -> None:
        super().__init__(boxes, edges)
        self.spacing = spacing

    def layout(self) -> Layout:
        heights = self._heights()
        top = min(heights[v] - self._lane(v)[0] for v in range(len(self.box)))
        return self._coordinates([height - top for height in heights])

    # Heights: as near to the neighbours' as order and distances allow.

    def _heights(self) -> list[float]:
        heights = [0.0] * len(self.box)
        offsets = [self._offsets(row) for row in self.order]
        for row, offset in zip(self.order, offsets, strict=True):
            for vertex, distance in zip(row, offset, strict=True):
                heights[vertex] = distance - offset[-1] / 2
        for round_ in range(_SETTLE):
            places = range(len(self.order)) if round_ % 2 == 0 else range(len(self.order) - 1, -1, -1)
            for place in places:
                row, offset = self.order[place], offsets[place]
                _settle(row, offset, [self._wish(vertex, heights) for vertex in row], heights)
        self._straighten(heights, offsets)
        return heights

    def _straighten(self, heights: list[float], offsets: list[list[float]]) -> None:
        """A last sweep from the left: what can stay level with what comes before it does."""
        for row, offset in zip(self.order, offsets, strict=True):
            _settle(row, offset, [self._level(vertex, heights) for vertex in row], heights)

    def _level(self, vertex: int, heights: list[float]) -> tuple[float, float]:
        near = sorted((abs(rise), rise) for rise in self._rises(vertex, heights))
        if not near:
            return heights[vertex], 0.1 if self._is_late(vertex) else 1.0
        nearest, rise = near[0]
        if self.box[vertex] is None:
            return heights[vertex] + rise, _TRUNK * 4
        return (
            (heights[vertex] + rise, _TRUNK)
            if nearest < self.spacing.snap or len(near) == 1
            else (heights[vertex], 1.0)
        )

    def _rises(self, vertex: int, heights: list[float]) -> list[float]:
        """How far each wire from the left would have to lift a vertex to come level."""
        return [
            heights[source] - self._shift(vertex, port) - heights[vertex]
            for port, source in self.ports[vertex]
            if not self._is_late(source)
        ]

    def _is_late(self, vertex: int) -> bool:
        box = self.box[vertex]
        return box is not None and self.boxes[box].late

    def _offsets(self, row: list[int]) -> list[float]:
        """How far below the first vertex of a layer each one stands at least."""
        total, found = 0.0, [0.0]
        for above, below in pairwise(row):
            total += self._lane(above)[1] + self.spacing.gap + self._lane(below)[0]
            found.append(total)
        return found

    def _lane(self, vertex: int) -> tuple[float, float]:
        box = self.box[vertex]
        if box is None:
            return self.spacing.lane, self.spacing.lane
        return self.boxes[box].up, self.boxes[box].down

    def _wish(self, vertex: int, heights: list[float]) -> tuple[float, float]:
        near = [(heights[source] - self._shift(vertex, port), source) for port, source in self.ports[vertex]]
        near += [(heights[target] + self._shift(target, port), target) for target, port in self.outs[vertex]]
        if not near:
            return heights[vertex], 0.1
        weights = [_TRUNK if self.box[vertex] is None or self.box[other] is None else 1.0 for _, other in near]
        total = sum(weights)
        return sum(w * height for w, (height, _) in zip(weights, near, strict=True)) / total, total

    def _shift(self, vertex: int, port: int) -> float:
        """How far from a vertex's middle the wire of a port arrives."""
        box = self.box[vertex]
        count = len(self.ports[vertex])
        if box is None or count < 2:
            return 0.0
        step = 2 * self.boxes[box].spread / (count - 1)
        return self._slot(vertex, port) * step - self.boxes[box].spread

    def _slot(self, vertex: int, port: int) -> int:
        box = self.box[vertex]
        if box is not None and self.boxes[box].ordered:
            return port
        ranked = sorted((self.rank[source], p) for p, source in self.ports[vertex])
        return [p for _, p in ranked].index(port)

    # Coordinates.

    def _coordinates(self, y: list[float]) -> Layout:
        columns = self._columns(y)
        places = []
        for index, box in enumerate(self.boxes):
            _, right, end = columns[self.layer[index]]
            right = end - box.stem if box.late else right
            places.append(BoxPlace(right - box.width, right, end, y[index], self.layer[index]))
        paths = tuple(self._path(number, y, columns) for number in range(len(self.edges)))
        height = max(y[v] + self._lane(v)[1] for v in range(len(self.box)))
        ways = tuple(self._way(number, y) for number in range(len(self.edges)))
        return Layout(tuple(places), paths, self._dots(y, columns), ways, columns[-1][2], height, self.crossings)

    def _columns(self, y: list[float]) -> list[tuple[float, float, float]]:
        """Of each layer the left edge, the right edge of its boxes, and the right end of its labelled wires."""
        least, most = self.spacing.channel
        columns, left = [], 0.0
        for row in self.order:
            boxes = [self.boxes[box] for box in (self.box[v] for v in row) if box is not None]
            right = left + max((box.width for box in boxes), default=0.0)
            end = right + max((box.stem for box in boxes), default=0.0)
            columns.append((left, right, end))
            rise = max((abs(y[v] - y[t] - self._shift(t, p)) for v in row for t, p in self.outs[v]), default=0.0)
            left = end + min(most, max(least, rise * self.spacing.slope))
        return columns

    def _way(self, number: int, y: list[float]) -> tuple[float, ...]:
        edge, route = self.edges[number], self.routes[number]
        return (*(y[vertex] for vertex in route[:-1]), y[edge.target] + self._shift(edge.target, edge.port))

    def _path(self, number: int, y: list[float], columns: list[tuple[float, float, float]]) -> tuple[Stretch, ...]:
        route, way = self.routes[number], self._way(number, y)
        pieces = []
        for vertex, (before, after) in zip(route[1:], pairwise(way), strict=True):
            layer, box = self.layer[vertex], self.box[vertex]
            left, right, end = columns[layer]
            pieces.append(Stretch(columns[layer - 1][2], before, left, after))
            stop = end if box is None else right - self.boxes[box].width
            if stop > left:
                pieces.append(Stretch(left, after, stop, after))
        return tuple(pieces)

    def _dots(
        self, y: list[float], columns: list[tuple[float, float, float]]
    ) -> tuple[tuple[tuple[float, float], ...], ...]:
        found: list[list[tuple[float, float]]] = [[] for _ in self.boxes]
        seen: set[int] = set()
        for edge, route in zip(self.edges, self.routes, strict=True):
            for vertex in route[:-1]:
                if vertex not in seen and len(self.outs[vertex]) > 1:
                    found[edge.source].append((columns[self.layer[vertex]][2], y[vertex]))
                seen.add(vertex)
        return tuple(tuple(sorted(dots)) for dots in found)


def _settle(row: list[int], offset: list[float], wished: list[tuple[float, float]], heights: list[float]) -> None:
    """Give a layer the heights nearest to its weighted wishes that keep its order and distances."""
    level = _isotonic([(wish - o, weight) for (wish, weight), o in zip(wished, offset, strict=True)])
    for vertex, base, distance in zip(row, level, offset, strict=True):
        heights[vertex] = base + distance


def _isotonic(wishes: list[tuple[float, float]]) -> list[float]:
    """The rising numbers nearest to weighted wishes: pool neighbours that stand in each other's way."""
    pools: list[tuple[float, float, int]] = []
    for wish, weight in wishes:
        pools.append((wish, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, wa, na), (b, wb, nb) = pools[-2:]
            pools[-2:] = [((a * wa + b * wb) / (wa + wb), wa + wb, na + nb)]
    return [value for value, _, count in pools for _ in range(count)]
