"""``backprop draw``: every number of the CS231n circuits, every format, every way to call it wrongly."""

from __future__ import annotations

import math
import os
import re
import runpy
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from command import backprop, process
from conftest import published

from backprop_cli import Report, differentiate
from backprop_cli.render.picture.captions import figure
from backprop_cli.render.picture.scene import added, scene
from backprop_cli.render.picture.svg import look, svg
from backprop_cli.report.report import Quantity

CS231N = [case for case in published() if case["id"].startswith("cs231n-") and case["kind"] in ("scalar", "staged")]
CIRCUIT = ("q = x + y; f = q*z", "x=-2", "y=5", "z=-4")
FORMATS = ("svg", "dot", "mmd", "txt")
ROOT = Path(__file__).resolve().parent.parent
_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


class Picture:
    """An SVG by its ids."""

    def __init__(self, text: str) -> None:
        self.root = ET.fromstring(text)
        self.found = {element.get("id"): element for element in self.root.iter() if element.get("id")}

    def text(self, key: str) -> str:
        return "".join(self.found[key].itertext())

    def title(self, key: str) -> str:
        return self.found[key].findtext(f"{_SVG}title") or ""

    def keys(self, start: str) -> list[str]:
        return sorted(key for key in self.found if key.startswith(start))


def picture(expression: str, *values: str, options: tuple[str, ...] = (), said: tuple[str, ...] = ()) -> Picture:
    ran = backprop("draw", expression, *values, "-o", "-", "--format", "svg", *options)
    assert (ran.code, ran.codes) == (0, list(said)), ran.err
    return Picture(ran.out)


def report(expression: str, at: dict[str, Any], **options: Any) -> Report:
    return differentiate(expression, at, check="none", **options)


def _values(case: dict[str, Any]) -> list[str]:
    return [f"{name}={value!r}" for name, value in case["at"].items()]


def _close(text: str, expected: float, rel: float) -> bool:
    return math.isclose(float(text), expected, rel_tol=rel, abs_tol=1e-12)


@pytest.mark.parametrize("case", CS231N, ids=[case["id"] for case in CS231N])
def test_every_number_of_the_cs231n_circuits(case: dict[str, Any]) -> None:
    """Labels agree to their four digits, titles to the last bits; nothing of the case is missing in the picture."""
    drawn = picture(case["expr"], *_values(case))
    titles = {drawn.title(key).partition(" = ")[0]: key for key in drawn.keys("gate-") + drawn.keys("input-")}
    wanted = {name: (case["at"][name], gradient) for name, gradient in case["grad_full"].items()}
    for name, gate in case.get("gates", {}).items():
        wanted[name] = (gate["value_full"], gate["grad_full"])
    output = case["expr"].rpartition(";")[2].partition("=")[0].strip()
    wanted[output] = (case["value_full"], 1)
    for name, (value, gradient) in wanted.items():
        key = titles[name]
        number = key.partition("-")[2]
        head, _, tail = drawn.title(key).partition("; ")
        assert _close(head.rpartition(" = ")[2], value, 1e-12), name
        assert _close(tail.partition("; ")[0].rpartition(" = ")[2], gradient, 1e-9), name
        assert _close(_NUMBER.findall(drawn.text(f"value-{number}"))[-1], value, 5e-4), name
        assert _close(drawn.text(f"grad-{number}").split()[-1], gradient, 5e-4), name


@pytest.mark.parametrize("case", CS231N, ids=[case["id"] for case in CS231N])
def test_every_gate_wire_and_fork_is_there_once(case: dict[str, Any]) -> None:
    ran = report(case["expr"], case["at"])
    drawn = picture(case["expr"], *_values(case))
    assert drawn.keys("gate-") == sorted(f"gate-{gate.id}" for gate in ran.gates)
    assert drawn.keys("wire-") == sorted(f"wire-{g.id}-{p}" for g in ran.gates for p in range(len(g.inputs)))
    assert drawn.keys("input-") == sorted(f"input-{variable.id}" for variable in ran.variables)
    constants = {constant.id for constant in ran.constants}
    used = [source for gate in ran.gates for source in gate.inputs]
    assert drawn.keys("fork-") == sorted({f"fork-{i}" for i in used if used.count(i) > 1 and i not in constants})
    assert len(drawn.keys("constant-")) == sum(i in constants for i in used)
    for gate in ran.gates:
        for position, carried in enumerate(gate.contributions):
            said = drawn.title(f"wire-{gate.id}-{position}").rpartition(" = ")[2]
            assert carried is None or float(said) == carried.approx


def test_a_fork_shows_its_sum() -> None:
    case = next(case for case in CS231N if case["id"] == "cs231n-staged-8-lines")
    drawn = picture(case["expr"], *_values(case))
    assert drawn.title("input-1").startswith("x = 3")
    assert drawn.text("grad-1") == "∂ 1.583 - 0.03576 + 0.5121 = 2.06"
    terms = [key for key in drawn.keys("term-") if drawn.found[key] in list(drawn.found["grad-1"])]
    assert len(terms) == 3


def test_a_square_has_two_wires_and_one_dot() -> None:
    drawn = picture("x*x", "x=3")
    assert drawn.keys("wire-") == ["wire-1-0", "wire-1-1"]
    assert drawn.found["wire-1-0"].get("d") != drawn.found["wire-1-1"].get("d")
    assert len(drawn.found["fork-0"]) == 1
    assert drawn.text("grad-0") == "∂ 3 + 3 = 6"


def test_many_contributions_are_shortened_and_their_sum_is_not() -> None:
    drawn = picture("+".join(f"sin({i}*x)" for i in range(1, 9)), "x=0")
    assert drawn.text("grad-0") == "∂ 8 + 7 + … + 1 = 36"


def test_named_stages_stand_on_their_wires() -> None:
    drawn = picture(*CIRCUIT)
    assert drawn.text("value-3") == "q 3"
    assert drawn.text("value-4") == "f -12"
    assert drawn.title("gate-3") == "q = x + y = 3.0; ∂f/∂q = -4.0"
    assert drawn.title("wire-4-0") == "∂f/∂q += upstream × local = 1.0 × -4.0 = -4.0"


def test_data_is_grey_and_has_no_gradient() -> None:
    drawn = picture("w*x + b", "w=2", "x=3", "b=1", options=("--wrt", "w,b"))
    assert drawn.found["input-1"].get("class") == "node input data"
    assert "grad-1" not in drawn.found
    assert drawn.found["wire-3-1"].get("class") == "wire faint"
    assert "data" in drawn.title("input-1")


def test_kinks_are_marked() -> None:
    drawn = picture("relu(x)", "x=0", said=("kink.relu",))
    assert "kink" in (drawn.found["gate-1"].get("class") or "")
    assert "kink" in drawn.title("gate-1")
    assert backprop("draw", "relu(x)", "x=0").err.startswith("warning[kink.relu]")


@pytest.mark.parametrize("form", FORMATS)
def test_the_exercise_tells_no_answer(form: str) -> None:
    """The point is given; what is computed is blank, in titles too, and the wires and gates are as before."""
    ran = backprop("draw", "q = x*1.5; f = q*q", "x=7", "--no-values", "--format", form)
    assert ran.code == 0
    assert "_" * 4 in ran.out or "#95;" * 4 in ran.out
    for answer in ("10.5", "110", "31.5", "21"):
        assert answer not in re.sub(r'(id|d|x|y|r|rx|width|height|viewBox|class|transform|cx|cy)="[^"]*"', "", ran.out)
    assert "7" in ran.out


def test_four_digits_for_the_eye() -> None:
    shown = {
        "123456.0": "1.235e5", "0.1": "0.1", "-0.0": "0", "2.0": "2", "1e-07": "1e-7", "3.14159": "3.142",
        "99999.0": "1e5",
        "1234.0": "1234", "12345.0": "1.234e4", "1e+22": "1e22", "1/3": "1/3",
        "sqrt(2)/2": "sqrt(2)/2", "-666.0": "-666",
    }  # fmt: skip
    for text, expected in shown.items():
        approx = {"1/3": 1 / 3, "sqrt(2)/2": 0.7}.get(text)
        assert figure(Quantity(text, float(text) if approx is None else approx)) == expected
    assert figure(Quantity("1.234567e+4000", math.inf)) == "1.235e4000"
    assert figure(Quantity("-1.5e-4000", -0.0)) == "-1.5e-4000"
    assert figure(Quantity("sqrt(2) + sqrt(3) + 1", 4.146)) == "4.146"
    assert figure(None) == "none"
    assert added(["-1", "3.06"], "2.06") == "-1 + 3.06 = 2.06"
    assert added(["3", "-1"], "2") == "3 - 1 = 2"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("expression", "values"), [("x", ["x=3"]), ("2", []), ("2 + 3", []), ("x - x", ["x=1"])])
def test_the_smallest_circuits_are_drawn(form: str, expression: str, values: list[str]) -> None:
    ran = backprop("draw", expression, *values, "-o", "-", "--format", form)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out
    if form == "svg":
        ET.fromstring(ran.out)


def test_text_of_strangers_is_escaped_everywhere() -> None:
    """Operators of comparison are markup in every format; names with Greek letters and quotes in comments stay text."""
    text = "where(α < 1, α, 2) # <script>alert('\"')</script>\n"
    for form in FORMATS:
        ran = backprop("draw", text, "α=0.5", "-o", "-", "--format", form)
        assert ran.code == 0, ran.err
        assert "<script>" not in ran.out
    drawn = picture(text, "α=0.5")
    assert "<script>" in (drawn.root.get("aria-label") or "")
    assert "<" in drawn.text("gate-3")


def test_the_svg_is_accessible_scales_and_needs_nothing_else() -> None:
    ran = backprop("draw", *CIRCUIT, "-o", "-", "--format", "svg")
    root = ET.fromstring(ran.out)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Circuit of q = x + y; f = q*z: f = -12, ∂f/∂x = -4, ∂f/∂y = -4, ∂f/∂z = 3"
    assert re.fullmatch(r"0 0 [\d.]+ [\d.]+", root.get("viewBox") or "")
    assert root.findtext(f"{_SVG}title") == root.get("aria-label")
    assert re.findall(r"https?://[^\"]*", ran.out) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"@import|url\(|<image|<script|<use|href|@font-face", ran.out)
    assert re.search(r"font-family:[^;]*sans-serif", ran.out)


def test_inline_is_a_bare_svg_for_a_page() -> None:
    text = svg(scene(report("x*x", {"x": 3})), look(), inline=True)
    assert text.startswith("<svg ")
    assert "<style" not in text
    assert Picture(text).keys("wire-") == ["wire-1-0", "wire-1-1"]


@pytest.mark.parametrize("palette", ["default", "cs231n"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_can_be_read_on_their_paper(palette: str, theme: str) -> None:
    """Contrast of at least 4.5, as WCAG asks for text."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05

    chosen = look(palette, theme)
    for colour in (chosen.value, chosen.gradient, chosen.ink, chosen.faint):
        ratio = light(colour) / light(chosen.paper)
        assert max(ratio, 1 / ratio) >= 4.5
    ran = backprop("draw", *CIRCUIT, "-o", "-", "--format", "svg", "--palette", palette, "--theme", theme)
    assert chosen.value in ran.out
    assert chosen.gradient in ran.out
    assert ran.out.count("∂ ") >= 5


def test_dot_is_what_graphviz_reads() -> None:
    ran = backprop("draw", "where(x < y, x*x, 2)", "x=1", "y=2", "-o", "-", "--format", "dot")
    assert ran.out.startswith("digraph circuit {")
    assert len(re.findall(r'(?<!\\)"', ran.out)) % 2 == 0
    assert '"fork-0" -> ' in ran.out
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")
    done = subprocess.run(["dot", "-Tsvg"], input=ran.out.encode(), capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b'class="edge"') == ran.out.count(" -> ")


def test_mermaid_lines_have_the_form_of_a_flowchart() -> None:
    ran = backprop("draw", "q = x*x; f = max(q, x, 1) - 2", "x=1", "-o", "-", "--format", "mmd")
    assert (ran.code, ran.codes) == (0, ["kink.max"])
    head, title, *lines = ran.out.splitlines()
    assert head == "flowchart LR"
    assert title.startswith("  accTitle: ")
    name, label = r"[a-z]+_\d+(?:_\d+)?", r'"(?:[\w ]|#\d+;|<br/>)*"'
    node = rf"{name}(?:\[{label}\]|\(\({label}\)\))(?::::[a-z]+)?"
    link = rf"{name} (?:-- {label} )?(?:-->|---) {name}"
    style = r"classDef [a-z]+ [\w#:, -]+"
    assert not [line for line in lines if not re.fullmatch(rf"  (?:{node}|{link}|{style})", line)]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_in_the_terminal_boxes_where_they_fit_and_else_a_tree(width: int) -> None:
    from backprop_cli.render.picture.terminal import terminal
    from backprop_cli.render.tables.screens import Screen

    for case in CS231N:
        drawn = scene(report(case["expr"], case["at"]))
        text = terminal(drawn, Screen(width, color=False, unicode=True))
        boxes = "(" in text.replace("exp(", "") and "├─ " not in text and "└─ " not in text
        assert not boxes or max(map(len, text.splitlines())) <= width
        for node in drawn.nodes:
            if node.kind != "constant":
                assert f"∂ {node.gradient}" in text or node.terms
                assert node.value in text


def test_the_first_circuit_in_characters() -> None:
    ran = backprop("draw", *CIRCUIT)
    assert ran.out.splitlines() == [
        "    -2",
        "[x]──────╮",
        "    ∂ -4 ╰─╮    q  3",
        "    5      ├(+)──────╮",
        "[y]────────╯    ∂ -4 │",
        "    ∂ -4             ╰─╮    f  -12",
        "    -4                 ├(*)────────",
        "[z]────────────────────╯    ∂ 1",
        "    ∂ 3",
    ]


def test_the_tree_says_see_above_at_what_is_shared_and_see_below_at_what_is_deep() -> None:
    deep = "; ".join(["a0 = x*y", *(f"a{i} = a{i - 1}*x" for i in range(1, 60))])
    ran = backprop("draw", deep, "x=1", "y=2")
    lines = ran.out.splitlines()
    assert lines[0] == "a59 = a58*x = 2   ∂ 1"
    assert sum("see above" in line for line in lines) == 59
    assert 0 < sum("see below" in line for line in lines) < 4
    assert max(map(len, lines)) < 130
    assert sum(bool(re.search(r"\ba\d+ = ", line)) for line in lines) == 60


def test_ascii_where_there_is_no_unicode() -> None:
    for words in (CIRCUIT, ("sqrt(x)*x*x^2 - 1", "x=2"), ("; ".join(f"a{i} = x/2" for i in range(30)), "x=1")):
        ran = process("draw", *words, env={"PYTHONIOENCODING": "ascii"})
        assert ran.code == 0
        assert ran.out.isascii()
        assert "\\u" not in ran.out


def test_the_same_bytes_every_time() -> None:
    words = ("draw", "q = x*y + max(x, y, z); f = q*q - sin(q)/y", "x=1", "y=2", "z=3", "-o", "-", "--format")
    for form in FORMATS:
        found = {process(*words, form, env={"PYTHONHASHSEED": seed}).out for seed in ("0", "1", "77")}
        assert len(found) == 1


def test_files_by_their_endings(tmp_path: Path) -> None:
    heads = {"svg": "<?xml", "dot": "digraph", "gv": "digraph", "mmd": "flowchart", "txt": "    -2", "SVG": "<?xml"}
    for ending, head in heads.items():
        path = tmp_path / f"circuit.{ending}"
        ran = backprop("draw", *CIRCUIT, "-o", str(path))
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        assert path.read_text(encoding="utf-8").startswith(head)
    named = tmp_path / "no ending"
    assert backprop("draw", *CIRCUIT, "-o", str(named), "--format", "svg").code == 0
    assert named.read_text(encoding="utf-8").startswith("<?xml")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*(f"circuit.{e}" for e in heads), "no ending"])


def _without_png(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)


def test_a_png_without_its_package_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _without_png(monkeypatch)
    path = tmp_path / "circuit.png"
    path.write_bytes(b"before")
    ran = backprop("draw", *CIRCUIT, "-o", str(path))
    assert ran.code == 3
    assert ran.said.startswith("error[draw.png]")
    assert "backprop-cli[picture]" in ran.err
    assert path.read_bytes() == b"before"


def test_a_png_is_twice_as_large_as_the_svg(tmp_path: Path) -> None:
    pytest.importorskip("resvg_py", reason="the extra backprop-cli[picture] is not installed")
    path = tmp_path / "circuit.png"
    assert backprop("draw", *CIRCUIT, "-o", str(path)).code == 0
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG")
    width = float(picture(*CIRCUIT).root.get("width") or 0)
    assert int.from_bytes(data[16:20], "big") == round(2 * width)


def test_a_file_keeps_its_mode_and_a_link_its_target(tmp_path: Path) -> None:
    target, link = tmp_path / "target.svg", tmp_path / "link.svg"
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to(target)
    assert backprop("draw", *CIRCUIT, "-o", str(link)).code == 0
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").startswith("<?xml")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_device_is_written_to_and_not_replaced() -> None:
    assert backprop("draw", *CIRCUIT, "-o", os.devnull, "--format", "svg").code == 0
    assert not Path(os.devnull).is_file()


BAD = {
    "a folder that is not there": (["-o", "none/circuit.svg"], 3, "output.file"),
    "a folder": (["-o", ".", "--format", "svg"], 3, "output.file"),
    "no name": (["-o", "", "--format", "svg"], 3, "output.file"),
    "a name with a null": (["-o", "a\0.svg"], 3, "output.file"),
    "a name that is too long": (["-o", "a" * 300 + ".svg"], 3, "output.file"),
    "an unknown ending": (["-o", "circuit.jpeg"], 2, "usage.suffix"),
    "no ending": (["-o", "circuit"], 2, "usage.suffix"),
    "an unknown format": (["--format", "jpeg"], 2, "usage.option"),
    "an unknown palette": (["--palette", "pink"], 2, "usage.option"),
    "an unknown theme": (["--theme", "pink"], 2, "usage.option"),
    "an unknown name": (["--wrt", "w"], 2, "usage.wrt"),
    "two arithmetics": (["--exact", "--digits", "3"], 2, "usage.option"),
    "a mistyped option": (["--no-value"], 2, "usage.option"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words, code, problem = BAD[name]
    ran = backprop("draw", *CIRCUIT, *words)
    assert (ran.code, ran.out) == (code, "")
    assert ran.said.startswith(f"error[{problem}]")
    assert "Traceback" not in ran.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "code"), [(["x +", "x=1"], 3), (["x"], 2), (["log(x)", "x=-1"], 4), (["1/x", "x=0"], 4), ([], 2)]
)
def test_what_grad_refuses_draw_refuses_alike(words: list[str], code: int) -> None:
    ran = backprop("draw", *words)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err == backprop("grad", *words).err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "circuit.svg"
    path.write_text("before")
    path.chmod(0o444)
    ran = backprop("draw", *CIRCUIT, "-o", str(path))
    assert (ran.code, path.read_text()) == (3, "before")


def test_more_gates_than_can_be_drawn() -> None:
    words = ["; ".join(["a0 = x", *(f"a{i} = sin(a{i - 1})" for i in range(1, 500))]), "x=1"]
    for form in ("svg", "mmd"):
        ran = backprop("draw", *words, "--format", form)
        assert (ran.code, ran.out) == (3, "")
        assert ran.said == "error[draw.size]: a picture shows up to 400 gates, and this circuit has 500"
        assert ".dot" in ran.err
        assert "--steps" in ran.err
    for form in ("dot", "txt"):
        assert backprop("draw", *words, "--format", form).code == 0


def test_the_check_is_run_when_asked_for() -> None:
    assert backprop("draw", *CIRCUIT, "--check", "symbolic").code == 0
    assert backprop("draw", *CIRCUIT, "--no-check").code == 0
    ran = backprop("draw", *CIRCUIT, "--check", "forward", "--no-check")
    assert (ran.code, ran.said) == (2, "error[usage.option]: --check and --no-check exclude each other")


def test_exact_numbers_and_apart_subexpressions() -> None:
    drawn = picture("x/3 + x/3", "x=1", options=("--exact", "--no-share"))
    assert drawn.text("value-3") == "1/3"
    assert len(drawn.keys("gate-")) == 3
    assert drawn.text("grad-0") == "∂ 1/3 + 1/3 = 2/3"


def test_the_point_from_a_file_and_the_expression_from_standard_input(tmp_path: Path) -> None:
    point = tmp_path / "point.json"
    point.write_text('{"x": -2, "y": 5, "z": -4}')
    ran = backprop("draw", "-", "--at", str(point), "--format", "svg", stdin=CIRCUIT[0])
    assert ran.out == backprop("draw", *CIRCUIT, "--format", "svg").out


def test_the_pictures_of_the_documents_are_up_to_date() -> None:
    pictures = runpy.run_path(str(ROOT / "docs" / "pictures" / "make.py"))["pictures"]()
    assert {path.name for path in pictures} == {path.name for path in (ROOT / "docs" / "pictures").glob("*.svg")}
    stale = [path.name for path, text in pictures.items() if path.read_text(encoding="utf-8") != text]
    assert not stale, "run python docs/pictures/make.py"
