"""The layout by geometry: nothing lies over anything else, few wires cross, and the same circuit lies the same way."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import pytest

from backprop_cli import differentiate
from backprop_cli.render.picture.drawing import KINK, Drawing, Rect, drawing
from backprop_cli.render.picture.layers import Box, Edge
from backprop_cli.render.picture.layout import Layout, Stretch, layout
from backprop_cli.render.picture.scene import scene

_UNARY = ("tanh", "sigmoid", "sin", "relu")
_GATES = 60


def random_circuit(seed: int, gates: int = _GATES, inputs: int = 6) -> tuple[str, dict[str, float]]:
    """Staged text of so many gates in which most stages are used, some more than once."""
    pick = random.Random(seed)
    names = [f"x{i}" for i in range(inputs)]
    free, lines = list(names), []
    for number in range(gates):
        one, other = (
            free.pop(pick.randrange(len(free))) if free and pick.random() < 0.6 else pick.choice(names) for _ in "12"
        )
        text = pick.choice(["{0} + {1}", "{0}*{1}", "{0} - {1}", "max({0}, {1}, 2)", "{0} + 3", "{2}({0})"])
        lines.append(f"stage{number} = " + text.format(one, other, pick.choice(_UNARY)))
        names.append(f"stage{number}")
        free.append(f"stage{number}")
    text = "; ".join(lines)
    used = set(re.findall(r"\w+", text))
    return text, {name: pick.uniform(-1, 1) for name in names[:inputs] if name in used}


def drawn(text: str, point: dict[str, float], **options: object) -> Drawing:
    return drawing(scene(differentiate(text, point, check="none", **options)))


CIRCUITS = {
    "chain": ("1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}),
    "first": ("q = x + y; f = q*z", {"x": -2, "y": 5, "z": -4}),
    "long names": ("aVeryLongNameOfAVariable*softplus(another_long_name) + 1e-9",
                   {"aVeryLongNameOfAVariable": 123456789, "another_long_name": 1e-12}),
    "forks": ("x*x*x*x + x^x + max(x, x, y) + hypot(y, x)", {"x": 3, "y": 3}),
    "bare": ("x", {"x": 1}),
    "constants": ("2 + 3*4", {}),
    **{f"random {seed}": random_circuit(seed) for seed in range(8)},
}  # fmt: skip


@pytest.fixture(scope="module", params=CIRCUITS)
def picture(request: pytest.FixtureRequest) -> Drawing:
    return drawn(*CIRCUITS[request.param])


def apart(a: Rect, b: Rect) -> bool:
    return a.x1 <= b.x0 or b.x1 <= a.x0 or a.y1 <= b.y0 or b.y1 <= a.y0


def shapes(picture: Drawing) -> list[Rect]:
    """Each node's area with its mark."""
    found = []
    for index, node in enumerate(picture.scene.nodes):
        area = picture.shape(index)
        found.append(Rect(area.x0, area.y0 - KINK, area.x1, area.y1) if node.kink else area)
    return found


def points(piece: Stretch) -> list[tuple[float, float]]:
    """The piece as a fine polygon: the curve that the SVG draws."""
    middle = (piece.x0 + piece.x1) / 2
    found = []
    for step in range(33):
        t = step / 32
        a, b, c, d = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3
        found.append((a * piece.x0 + (b + c) * middle + d * piece.x1, (a + b) * piece.y0 + (c + d) * piece.y1))
    return found


def touches(piece: Stretch, area: Rect) -> bool:
    if apart(Rect(piece.x0, min(piece.y0, piece.y1) - 1, piece.x1, max(piece.y0, piece.y1) + 1), area):
        return False
    return any(
        min(x0, x1) < area.x1 and max(x0, x1) > area.x0 and min(y0, y1) < area.y1 and max(y0, y1) > area.y0
        for (x0, y0), (x1, y1) in pairwise(points(piece))
    )


def lines(picture: Drawing) -> list[tuple[int, int | None, Stretch]]:
    """Every line with the node it leaves and the node it reaches: the labelled wires and the wires after them."""
    found: list[tuple[int, int | None, Stretch]] = []
    for index in range(len(picture.scene.nodes)):
        place = picture.place(index)
        found.append((index, None, Stretch(place.right, place.y, place.end, place.y)))
    for wire, path in zip(picture.scene.wires, picture.layout.paths, strict=True):
        found += [(wire.source, wire.target, piece) for piece in path]
    return found


def test_no_node_overlaps_another(picture: Drawing) -> None:
    areas = shapes(picture)
    assert all(apart(a, b) for i, a in enumerate(areas) for b in areas[:i])


def test_no_label_overlaps_a_label_or_a_node(picture: Drawing) -> None:
    areas = shapes(picture)
    labels = [area for index in range(len(areas)) for _, area in picture.labels(index)]
    assert labels
    for number, label in enumerate(labels):
        assert all(apart(label, other) for other in labels[:number])
        assert all(apart(label, area) for area in areas)


def test_no_label_overlaps_a_wire_not_even_its_own(picture: Drawing) -> None:
    labels = [area for index in range(len(picture.scene.nodes)) for _, area in picture.labels(index)]
    assert not [(label, line) for label in labels for line in lines(picture) if touches(line[2], label)]


def test_no_wire_runs_through_a_node(picture: Drawing) -> None:
    areas = shapes(picture)
    for source, target, piece in lines(picture):
        others = (area for index, area in enumerate(areas) if index not in (source, target))
        assert not any(touches(piece, area) for area in others)


def test_every_wire_is_one_line_from_its_source_to_its_gate(picture: Drawing) -> None:
    for wire, path in zip(picture.scene.wires, picture.layout.paths, strict=True):
        start, end = picture.place(wire.source), picture.place(wire.target)
        assert (path[0].x0, path[0].y0) == (start.end, start.y)
        assert all((a.x1, a.y1) == (b.x0, b.y0) for a, b in pairwise(path))
        assert path[-1].x1 == pytest.approx(end.left)
        assert abs(path[-1].y1 - end.y) < 17


def test_what_feeds_a_gate_stands_left_of_it_and_inputs_stand_first(picture: Drawing) -> None:
    places = picture.layout.places
    for wire in picture.scene.wires:
        assert places[wire.source].end < places[wire.target].left
    assert {place.layer for place, node in zip(places, picture.scene.nodes, strict=True) if node.kind == "input"} <= {0}


def test_all_lies_inside_the_picture(picture: Drawing) -> None:
    width, height = picture.size
    areas = shapes(picture) + [area for i in range(len(picture.scene.nodes)) for _, area in picture.labels(i)]
    assert min(area.x0 for area in areas) >= 0
    assert min(area.y0 for area in areas) >= 0
    assert max(area.x1 for area in areas) <= width
    assert max(area.y1 for area in areas) <= height


def counted(placed: Layout) -> int:
    """Crossings, counted the slow way: pairs of bends through one channel that change sides."""
    bends = {(p.x0, p.y0, p.x1, round(p.y1, 6)) for path in placed.paths for p in path[::1]}
    channels: dict[float, list[tuple[float, float]]] = {}
    starts = {place.end for place in placed.places}
    for x0, y0, _, y1 in bends:
        if x0 in starts:
            channels.setdefault(x0, []).append((y0, y1))
    pairs = (pair for ends in channels.values() for pair in ((a, b) for i, a in enumerate(ends) for b in ends[:i]))
    return sum(1 for a, b in pairs if (a[0] - b[0]) * (a[1] - b[1]) < 0)


def test_the_crossings_reported_are_those_drawn(picture: Drawing) -> None:
    assert counted(picture.layout) == picture.layout.crossings


def test_wires_that_share_a_trunk_part_at_a_dot(picture: Drawing) -> None:
    for index, node in enumerate(picture.scene.nodes):
        wires = [wire for wire in picture.scene.wires if wire.source == index]
        assert bool(picture.layout.dots[index]) == (len(wires) > 1), node.key


@pytest.mark.parametrize("depth", [1, 3, 6])
def test_a_tree_has_no_crossing(depth: int) -> None:
    """Leaves first; then each gate over the two before it, whatever the order in which the leaves are given."""
    count = 2**depth
    leaves = list(range(count))
    random.Random(depth).shuffle(leaves)
    boxes, edges, row = [Box(20, 10, 10, 30)] * count, [], leaves
    while len(row) > 1:
        gates = []
        for one, other in zip(row[::2], row[1::2], strict=True):
            gates.append(len(boxes))
            edges += [Edge(one, len(boxes), 0), Edge(other, len(boxes), 1)]
            boxes.append(Box(20, 10, 10, 30, 5.0, ordered=True))
        row = gates
    assert layout(boxes, edges).crossings == 0


def test_few_crossings_in_large_random_circuits() -> None:
    found = [drawn(*CIRCUITS[name]).layout.crossings for name in CIRCUITS if name.startswith("random")]
    assert sum(found) / len(found) < 110  # Graphviz, free to place inputs anywhere, comes to 70 to 90


def test_an_ordered_gate_takes_its_wires_from_top_to_bottom() -> None:
    boxes = [Box(20, 10, 10, 30), Box(20, 10, 10, 30), Box(20, 10, 10, 30, 8.0, ordered=True)]
    for ports in ((0, 1), (1, 0)):
        placed = layout(boxes, [Edge(0, 2, ports[0]), Edge(1, 2, ports[1])])
        arrivals = [path[-1].y1 for path in placed.paths]
        assert (arrivals[0] < arrivals[1]) == (ports[0] < ports[1])


def test_deep_and_wide_circuits_need_no_recursion_and_little_time() -> None:
    chain = drawn(" ; ".join(["a0 = x + 1", *(f"a{i} = sin(a{i - 1})" for i in range(1, 399))]), {"x": 1})
    assert max(place.layer for place in chain.layout.places) == 399
    wide = drawn("+".join(f"x{i}" for i in range(200)), {f"x{i}": 1 for i in range(200)})
    assert wide.layout.crossings == 0
