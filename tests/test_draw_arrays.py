"""The picture and the page of arrays: shapes on the wires, grids by sign and size, numbers under the pointer."""

from __future__ import annotations

import re
import shutil
import subprocess
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from command import backprop
from test_layout import apart, lines, shapes, touches

from backprop_cli import Refused, differentiate
from backprop_cli.render.picture.array_frames import array_cards, array_frames
from backprop_cli.render.picture.drawing import Drawing, drawing
from backprop_cli.render.picture.page import page
from backprop_cli.render.picture.scene import scene
from backprop_cli.render.picture.svg import look
from backprop_cli.report.array_report import ArrayReport

NOTES = ("D = W @ X; L = sum(D^2)", "W=[[1, 2], [3, 4]]", "X=[[1, 0], [0.5, -1]]")
_SVG = "{http://www.w3.org/2000/svg}"


def report(text: str, at: dict[str, object], **options: object) -> ArrayReport:
    found = differentiate(text, at, check="none", **options)
    assert isinstance(found, ArrayReport)
    return found


def notes() -> ArrayReport:
    return report(NOTES[0], {"W": [[1, 2], [3, 4]], "X": [[1, 0], [0.5, -1]]})


def large() -> ArrayReport:
    chance = np.random.default_rng(5)
    at = {"W": chance.normal(size=(20, 30)), "x": chance.normal(size=30), "b": np.zeros(20)}
    return report("h = tanh(W @ x + b); p = softmax(h); L = -log(p[3]) + mean(W^2)", at)


def drawn(*argv: str) -> ET.Element:
    ran = backprop("draw", *argv, "-o", "-", "--format", "svg")
    assert (ran.code, ran.err) == (0, "")
    return ET.fromstring(ran.out)


def cells(root: ET.Element, key: str) -> list[ET.Element]:
    (group,) = [one for one in root.iter() if one.get("id") == key]
    return [one for one in group.iter(f"{_SVG}rect") if "cell" in (one.get("class") or "")]


def test_every_wire_has_its_shape_and_every_array_its_grid():
    root = drawn(*NOTES)
    found = {one.get("id"): "".join(one.itertext()) for one in root.iter() if one.get("id")}
    assert found["value-0"].startswith("(2, 2)")
    assert found["grad-1"].startswith("∂ (2, 2)")
    titles = [one.findtext(f"{_SVG}title") for one in cells(root, "value-3")]
    assert titles == ["D[0, 0] = 2", "D[0, 1] = -2", "D[1, 0] = 5", "D[1, 1] = -4"]
    classes = [one.get("class") for one in cells(root, "value-3")]
    assert classes == ["cell plus", "cell minus", "cell plus", "cell minus"]
    dark = [float(one.get("fill-opacity") or 0) for one in cells(root, "value-3")]
    assert dark[2] == max(dark)
    assert dark[0] == dark[1] < dark[3] < dark[2]
    assert [one.findtext(f"{_SVG}title") for one in cells(root, "grad-0")] == [
        "dW[0, 0] = 4", "dW[0, 1] = 6", "dW[1, 0] = 10", "dW[1, 1] = 13",
    ]  # fmt: skip
    wire = next(one for one in root.iter() if one.get("id") == "wire-3-0")
    assert wire.findtext(f"{_SVG}title") == "∂L/∂W = ∂L/∂D @ X.T   (2, 2) = (2, 2) @ (2, 2)"


def test_the_sign_is_never_told_by_the_colour_alone():
    found = scene(large())
    (grid,) = [node.grid for node in found.nodes if node.text == "W"]
    assert grid is not None
    assert not grid.numbered
    assert (len(grid.rows), len(grid.rows[0]), grid.whole) == (16, 16, False)
    negative = sum(1 for row in grid.rows for cell in row if cell.tint is not None and cell.tint < 0)
    text = backprop("draw", "sum(x)", f"x={[-1] * 20}", "-o", "-", "--format", "svg").out
    assert negative > 0
    assert text.count('class="bar"') == 16  # the value's; the gradient is 1 everywhere


@pytest.mark.parametrize("form", ["svg", "txt", "dot", "mmd"])
def test_an_exercise_has_shapes_and_empty_cells(form):
    ran = backprop("draw", *NOTES, "--no-values", "-o", "-", "--format", form)
    assert (ran.code, ran.err) == (0, "")
    said = re.sub(r"#(\d+);", lambda found: chr(int(found[1])), ran.out)
    assert "(2, 2)" in said
    assert "0.5" in said  # the point itself
    words = "\n".join(re.findall(r">([^<>]+)<", said)) if form == "svg" else said
    assert not re.search(r"\b(?:13|34|-28|48|-40|49)\b", words)


def test_in_characters():
    ran = backprop("draw", *NOTES)
    assert ran.out == (
        "    (2, 2) [[1, 2], [3, 4]]\n"
        "[W]─────────────────────────────────╮\n"
        "    ∂ (2, 2) [[4, 6], [10, 13]]     ╰─╮    D  (2, 2) [[2, -2], [5, -4]]\n"
        "    (2, 2) [[1, 0], [0.5, -1]]        ├(@)───────────────────────────────╮    (2, 2) [[4, 4], [25, 16]]"
        "      L  49\n"
        "[X]───────────────────────────────────╯    ∂ (2, 2) [[4, -4], [10, -8]]  ├(^)────────────────────────────"
        "(Σ)───────\n"
        "    ∂ (2, 2) [[34, -28], [48, -40]]                                   2──╯    ∂ (2, 2) [[1, 1], [1, 1]]"
        "      ∂ 1\n"
    )


def test_large_arrays_stand_as_their_shape_in_text():
    found = scene(large(), grids=False)
    assert {node.text: (node.value, node.gradient) for node in found.nodes}["W"] == ("(20, 30)", "(20, 30)")


def test_dot_is_what_graphviz_reads():
    ran = backprop("draw", *NOTES, "-o", "-", "--format", "dot")
    assert "(2, 2) [[2, -2], [5, -4]]" in ran.out
    assert '"gate-3" -> "gate-4"' in ran.out
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")
    done = subprocess.run(["dot", "-Tsvg"], input=ran.out.encode(), capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


PICTURES = {
    "notes": notes,
    "large": large,
    "forks": lambda: report("q = W @ W; L = sum(q * W) + sum(W[0]) + mean(q)", {"W": [[1, 2], [3, -4]]}),
    "broadcast": lambda: report("L = sum((X + b)*c)", {"X": [[1, 2], [3, 4], [5, 6]], "b": [1, -1], "c": 3}),
    "upstream": lambda: report("D = W @ x", {"W": [[1, 2, 3]], "x": [1, 0, 2]}, upstream=[2]),
    "kinks": lambda: report("L = sum(relu(x)) + norm(x - x)", {"x": [1, 0, -1]}),
    "deep": lambda: report("sum(B)", {"B": np.arange(12.0).reshape(2, 3, 2)}),
}


@pytest.fixture(params=PICTURES)
def picture(request: pytest.FixtureRequest) -> Drawing:
    return drawing(scene(PICTURES[request.param]()))


def test_no_grid_or_label_meets_another_a_node_or_a_wire(picture):
    taken = []
    for index, node in enumerate(picture.scene.nodes):
        over, under = picture.grids(index)
        own = [area for _, area in picture.labels(index)]
        own += [area for grid, area in ((node.grid, over), (node.slope, under)) if grid is not None]
        assert all(apart(a, b) for at, a in enumerate(own) for b in own[at + 1 :])
        assert all(apart(a, b) for a in own for b in taken)
        assert all(apart(area, shape) for area in own for shape in shapes(picture))
        assert not [1 for area in own for _, _, piece in lines(picture) if touches(piece, area)]
        taken += own
    width, height = picture.size
    assert all(area.x1 <= width and area.y1 <= height for area in taken)


def test_a_picture_of_too_many_gates_is_refused():
    text = "sum(" + "+".join(["x"] * 500) + ")"
    with pytest.raises(Refused, match="a picture shows up to 400 gates") as caught:
        scene(report(text, {"x": [1, 2]}))
    assert caught.value.problems[0].code == "draw.size"
    assert backprop("draw", text, "x=[1, 2]", "-o", "-", "--format", "dot").code == 0


def test_draw_takes_what_grad_takes_of_arrays(tmp_path):
    ran = backprop("draw", "D = W @ x", "W=[[1, 2]]", "x=[3, 4]", "--upstream", "[2]")
    assert (ran.code, ran.err) == (0, "")
    assert "∂ (1,) [2]" in ran.out
    ran = backprop("draw", "sum(W @ x)", "W=[[1, 2]]", "x=[3, 4]", "--scalars")
    assert "[W[0,1]]" in ran.out
    for more in (["--digits", "20"], ["--exact"], ["--check", "symbolic"], ["--palette", "cs231n"]):
        assert backprop("draw", "sum(W @ x/3)", "W=[[1, 2]]", "x=[3, 4]", "-o", "-", "--format", "svg", *more).code == 0
    ran = backprop("draw", "x*y", "x=1", "y=2", "--scalars")
    assert (ran.code, ran.out) == (2, "")
    assert ran.said == "error[usage.option]: --scalars is for arrays, and here are numbers only"
    file = tmp_path / "net.png"
    assert backprop("draw", *NOTES, "-o", str(file)).code == 0
    assert file.read_bytes().startswith(b"\x89PNG")


def test_frames_follow_the_work():
    told = array_frames(notes())
    assert [frame.text for frame in told] == [
        "given W (2, 2) = [[1, 2], [3, 4]], X (2, 2) = [[1, 0], [0.5, -1]]",
        "D = W @ X (2, 2) = [[2, -2], [5, -4]]",
        "g1 = D^2 (2, 2) = [[4, 4], [25, 16]]",
        "L = sum(g1) = 49",
        "∂L/∂L = 1",
        "∂L/∂g1 = ∂L/∂L (2, 2) = [[1, 1], [1, 1]]",
        "∂L/∂D = 2*D * ∂L/∂g1 (2, 2) = [[4, -4], [10, -8]]",
        "∂L/∂W = ∂L/∂D @ X.T (2, 2) = [[4, 6], [10, 13]]",
        "∂L/∂X = W.T @ ∂L/∂D (2, 2) = [[34, -28], [48, -40]]",
        "L = 49; ∂L/∂W (2, 2) = [[4, 6], [10, 13]], ∂L/∂X (2, 2) = [[34, -28], [48, -40]]",
    ]
    assert told[7].note == "(2, 2) = (2, 2) @ (2, 2)"
    card = array_cards(notes())[3]
    assert (card.op, card.name, card.formula) == ("matmul", "D", "W @ X")
    assert [(inlet.name, inlet.rule) for inlet in card.inlets] == [("W", "∂L/∂D @ X.T"), ("X", "W.T @ ∂L/∂D")]


def test_broadcasting_and_forks_are_told_in_frames():
    told = [(frame.text, frame.note) for frame in array_frames(PICTURES["broadcast"]())]
    assert any(note == "b was used 3 times: summed over axis 0" for _, note in told)
    told = [(frame.text, frame.note) for frame in array_frames(PICTURES["forks"]())]
    assert ("W now has the sum", "a fork adds up what its wires bring back") in told


@pytest.mark.parametrize("name", PICTURES)
def test_the_page_holds_the_numbers_and_asks_no_network(name):
    text = page(PICTURES[name]())
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    assert '<title class="cell">' in text or name == "none"


def test_a_page_of_numbers_has_no_rules_for_grids():
    assert ".cell" not in page(differentiate("x*y", {"x": 1, "y": 2}))
    assert "--plus" not in page(notes())
    assert look().plus in page(notes())
