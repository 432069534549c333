"""Boxes in layers, and their order in each: the half of the layout that knows no coordinates.

Longest path gives the layers, wires that cross several layers run on trunks of dummies that they share until they part,
and barycentre sweeps and transpositions order each layer with few crossings. Deterministic.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass

_ROUNDS = 12


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
class Edge:
    """A wire from a box to a port of another."""

    source: int
    target: int
    port: int


class Layers:
    """Vertices, the boxes and after them the dummies, in ordered layers; a link joins two of neighbouring layers.

    ``order`` has the vertices of each layer from top to bottom, ``rank`` the place of each vertex in its layer,
    ``routes`` the vertices on each edge's way. A dummy's ``box`` is None.
    """

    def __init__(self, boxes: Sequence[Box], edges: Sequence[Edge]) -> None:
        self.boxes, self.edges = boxes, edges
        self.layer = _layers(boxes, edges)
        self.box: list[int | None] = list(range(len(boxes)))
        self.ports: list[list[tuple[int, int]]] = [[] for _ in boxes]  # of each vertex: (port, source vertex)
        self.outs: list[list[tuple[int, int]]] = [[] for _ in boxes]  # of each vertex: (target vertex, port)
        self.routes: list[list[int]] = []
        self._link()
        self.order: list[list[int]] = []
        self.rank = [0] * len(self.box)
        self.most = 1 + max((len(ports) for ports in self.ports), default=0)
        self.crossings = self._arrange()

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
