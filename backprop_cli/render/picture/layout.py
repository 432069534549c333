"""A layered layout: boxes and wires in, coordinates out; it knows nothing of gates, fonts or files.

Longest path gives the layers, wires that cross several layers run on trunks of dummy places that they share until they
part, barycentre sweeps and transpositions order the layers with few crossings, and isotonic regression finds heights
that keep the order and the distances. Between two layers lies a channel where wires bend; in a layer they run level and
every box has its lane to itself, so that no text can meet a wire or a box that is not its own. Deterministic.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_ROUNDS, _SETTLE, _TRUNK = 12, 40, 6.0


@dataclass(frozen=True, slots=True)
class Box:
    """What is placed: its width, its lane above and below the middle, the labelled wire at its right, its first layer.

    The wires of an ``ordered`` box arrive from top to bottom in the order of their ports; ``spread`` is how far from
    the middle they may arrive. A ``late`` box stands as near before the box that it feeds as it can.
    """

    width: float
    up: float
    down: float
    stem: float
    spread: float = 0.0
    ordered: bool = False
    late: bool = False


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
class Edge:
    """A wire from a box to a port of another."""

    source: int
    target: int
    port: int


@dataclass(frozen=True, slots=True)
class Place:
    """A box's left edge, its right edge, the right end of its labelled wire, and its middle's height."""

    left: float
    right: float
    end: float
    y: float
    layer: int


@dataclass(frozen=True, slots=True)
class Piece:
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

    places: tuple[Place, ...]
    paths: tuple[tuple[Piece, ...], ...]
    dots: tuple[tuple[tuple[float, float], ...], ...]
    heights: tuple[tuple[float, ...], ...]
    width: float
    height: float
    crossings: int


def layout(boxes: Sequence[Box], edges: Sequence[Edge], spacing: Spacing = Spacing()) -> Layout:
    """Places for boxes that are given before the boxes they feed."""
    return _Work(boxes, edges, spacing).layout()


class _Work:
    def __init__(self, boxes: Sequence[Box], edges: Sequence[Edge], spacing: Spacing) -> None:
        self.boxes, self.edges, self.spacing = boxes, edges, spacing
        self.layer = _layers(boxes, edges)
        # Vertices are the boxes and, after them, the dummies; a link joins two vertices of neighbouring layers.
        self.box: list[int | None] = list(range(len(boxes)))
        self.ports: list[list[tuple[int, int]]] = [[] for _ in boxes]  # of each vertex: (port, source vertex)
        self.outs: list[list[tuple[int, int]]] = [[] for _ in boxes]  # of each vertex: (target vertex, port)
        self.routes: list[list[int]] = []
        self._link()
        self.order: list[list[int]] = []
        self.rank = [0] * len(self.box)
        self.most = 1 + max((len(ports) for ports in self.ports), default=0)

    def _link(self) -> None:
        trunks: dict[tuple[int, int], int] = {}
        for edge in self.edges:
            route = [edge.source]
            for layer in range(self.layer[edge.source] + 1, self.layer[edge.target]):
                if (edge.source, layer) not in trunks:
                    trunks[edge.source, layer] = self._dummy(layer)
                    self._join(route[-1], trunks[edge.source, layer], 0)
                route.append(trunks[edge.source, layer])
            self._join(route[-1], edge.target, edge.port)
            self.routes.append([*route, edge.target])

    def _dummy(self, layer: int) -> int:
        self.box.append(None)
        self.layer.append(layer)
        self.ports.append([])
        self.outs.append([])
        return len(self.box) - 1

    def _join(self, source: int, target: int, port: int) -> None:
        self.ports[target].append((port, source))
        self.outs[source].append((target, port))

    def layout(self) -> Layout:
        crossings = self._arrange()
        heights = self._heights()
        return self._coordinates(heights, crossings)

    # Order: which vertex stands above which.

    def _arrange(self) -> int:
        best, fewest = self.order, -1
        for keys in (_postorder(self.ports, len(self.boxes)), list(range(len(self.box)))):
            self._start(keys)
            for round_ in range(_ROUNDS):
                self._transpose()
                crossings = self._crossings()
                if fewest < 0 or crossings < fewest:
                    best, fewest = [list(row) for row in self.order], crossings
                if fewest == 0:
                    break
                self._sweep(forward=round_ % 2 == 0)
        self.order = best
        self._number()
        return fewest

    def _start(self, keys: list[int]) -> None:
        self.order = [[] for _ in range(max(self.layer) + 1)]
        for vertex in sorted(range(len(self.box)), key=lambda v: (keys[v], v)):
            self.order[self.layer[vertex]].append(vertex)
        self._number()

    def _number(self) -> None:
        for row in self.order:
            for rank, vertex in enumerate(row):
                self.rank[vertex] = rank

    def _port(self, vertex: int, port: int) -> int:
        box = self.box[vertex]
        return port if box is not None and self.boxes[box].ordered else 0

    def _sweep(self, *, forward: bool) -> None:
        rows = self.order if forward else self.order[::-1]
        for row in rows:
            keys = {vertex: self._centre(vertex, forward) for vertex in row}
            row.sort(key=keys.__getitem__)
            for rank, vertex in enumerate(row):
                self.rank[vertex] = rank

    def _centre(self, vertex: int, forward: bool) -> float:
        if forward:
            near: list[float] = [self.rank[source] for _, source in self.ports[vertex]]
        else:
            near = [self.rank[target] + port / (len(self.ports[target]) + 1) for target, port in self.outs[vertex]]
        return sum(near) / len(near) if near else self.rank[vertex]

    def _after(self, vertex: int) -> list[int]:
        """The ends of the wires to the right, in order; the ports of ordered boxes are kept apart."""
        return sorted(self.rank[target] * self.most + self._port(target, port) for target, port in self.outs[vertex])

    def _before(self, vertex: int) -> list[int]:
        return sorted(self.rank[source] for _, source in self.ports[vertex])

    def _crossings(self) -> int:
        return sum(_inversions([self._after(vertex) for vertex in row]) for row in self.order)

    def _transpose(self) -> None:
        """Swap neighbours while that takes crossings away."""
        restless = set(range(len(self.order)))
        for _ in range(_ROUNDS):
            moved = [place for place in sorted(restless) if self._swap(self.order[place])]
            if not moved:
                break
            restless = {place + step for place in moved for step in (-1, 0, 1)} & set(range(len(self.order)))

    def _swap(self, row: list[int]) -> bool:
        swapped = False
        before = [self._before(vertex) for vertex in row]
        after = [self._after(vertex) for vertex in row]
        for i in range(len(row) - 1):
            if _worse(before[i], before[i + 1]) + _worse(after[i], after[i + 1]) < 0:
                row[i], row[i + 1] = row[i + 1], row[i]
                before[i], before[i + 1] = before[i + 1], before[i]
                after[i], after[i + 1] = after[i + 1], after[i]
                self.rank[row[i]], self.rank[row[i + 1]] = i, i + 1
                swapped = True
        return swapped

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
                wished = [self._wish(vertex, heights) for vertex in row]
                level = _isotonic([(wish - o, weight) for (wish, weight), o in zip(wished, offset, strict=True)])
                for vertex, base, distance in zip(row, level, offset, strict=True):
                    heights[vertex] = base + distance
        self._straighten(heights, offsets)
        return heights

    def _straighten(self, heights: list[float], offsets: list[list[float]]) -> None:
        """A last sweep from the left: what can stay level with what comes before it does."""
        for row, offset in zip(self.order, offsets, strict=True):
            wished = [self._level(vertex, heights) for vertex in row]
            level = _isotonic([(wish - o, weight) for (wish, weight), o in zip(wished, offset, strict=True)])
            for vertex, base, distance in zip(row, level, offset, strict=True):
                heights[vertex] = base + distance

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

    def _coordinates(self, heights: list[float], crossings: int) -> Layout:
        top = min(heights[v] - self._lane(v)[0] for v in range(len(self.box)))
        y = [height - top for height in heights]
        columns = self._columns(y)
        places = []
        for index, box in enumerate(self.boxes):
            _, right, end = columns[self.layer[index]]
            right = end - box.stem if box.late else right
            places.append(Place(right - box.width, right, end, y[index], self.layer[index]))
        paths = tuple(self._path(number, y, columns) for number in range(len(self.edges)))
        height = max(y[v] + self._lane(v)[1] for v in range(len(self.box)))
        ways = tuple(self._way(number, y) for number in range(len(self.edges)))
        return Layout(tuple(places), paths, self._dots(y, columns), ways, columns[-1][2], height, crossings)

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

    def _path(self, number: int, y: list[float], columns: list[tuple[float, float, float]]) -> tuple[Piece, ...]:
        route, way = self.routes[number], self._way(number, y)
        pieces = []
        for vertex, (before, after) in zip(route[1:], pairwise(way), strict=True):
            layer, box = self.layer[vertex], self.box[vertex]
            left, right, end = columns[layer]
            pieces.append(Piece(columns[layer - 1][2], before, left, after))
            stop = end if box is None else right - self.boxes[box].width
            if stop > left:
                pieces.append(Piece(left, after, stop, after))
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


def _layers(boxes: Sequence[Box], edges: Sequence[Edge]) -> list[int]:
    """The longest path from the left; what is late stands one layer before what it feeds."""
    layer = [0] * len(boxes)
    for edge in sorted(edges, key=lambda e: e.target):
        layer[edge.target] = max(layer[edge.target], layer[edge.source] + 1)
    for edge in edges:
        if boxes[edge.source].late:
            layer[edge.source] = layer[edge.target] - 1
    return layer


def _postorder(ports: list[list[tuple[int, int]]], boxes: int) -> list[int]:
    """Each vertex's place in a walk from the last box through its inputs: a tree drawn so has no crossing."""
    keys = [-1] * len(ports)
    count = 0
    for root in range(boxes - 1, -1, -1):
        stack = [(root, False)]
        while stack:
            vertex, done = stack.pop()
            if keys[vertex] >= 0:
                continue
            if done:
                keys[vertex], count = count, count + 1
                continue
            stack.append((vertex, True))
            stack += [(source, False) for _, source in sorted(ports[vertex], reverse=True)]
    return keys


def _inversions(groups: list[list[int]]) -> int:
    """How many pairs of ends, from groups above and below each other, stand in the wrong order."""
    seen: list[int] = []
    found = 0
    for group in groups:
        found += sum(len(seen) - bisect_right(seen, end) for end in group)
        for end in group:
            insort(seen, end)
    return found


def _worse(above: list[int], below: list[int]) -> int:
    """How many crossings more there are if two neighbours with these ends change places."""
    return sum(len(below) - bisect_right(below, end) - bisect_left(below, end) for end in above)


def _isotonic(wishes: list[tuple[float, float]]) -> list[float]:
    """The rising numbers nearest to weighted wishes: pool neighbours that stand in each other's way."""
    pools: list[tuple[float, float, int]] = []
    for wish, weight in wishes:
        pools.append((wish, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, wa, na), (b, wb, nb) = pools[-2:]
            pools[-2:] = [((a * wa + b * wb) / (wa + wb), wa + wb, na + nb)]
    return [value for value, _, count in pools for _ in range(count)]
