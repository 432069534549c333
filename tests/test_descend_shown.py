"""What ``backprop descend`` shows of a descent besides its result: the work of its first steps, and pictures."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from command import backprop
from test_descend import REFERENCES, here, run

from backprop_cli.descent.optimizers import OPTIMIZERS

__all__ = ["here"]


def test_the_work_of_few_steps_is_shown_whole():
    ran = backprop(
        "descend", "log(1 + exp(-w*x))", "w=0", "x=0.2", "--lr", "0.1", "--steps", "2", "--show-work", "--wrt", "w"
    )
    assert (ran.err, ran.code) == ("", 0)
    assert ran.out.startswith(
        "each step, for every parameter w and its gradient g, from the old values of all:\n"
        "  w = w - lr × g\n"
        "\n"
        "step 1\n"
        "  f = 0.693147\n"
        "  ∂f/∂w = -0.1\n"
        "  w = 0 - 0.1 × -0.1 = 0.01\n"
        "\n"
        "step 2\n"
        "  f = 0.692148\n"
        "  ∂f/∂w = -0.0999\n"
        "  w = 0.01 - 0.1 × -0.0999 = 0.01999\n"
        "\n"
        "f = log(1 + exp(-w*x))\n"
    )


def test_the_work_of_many_steps_is_begun():
    shown = backprop("descend", "x^2", "x=1", "--lr", "0.1", "--steps", "12", "--show-work").out
    assert shown.count("∂f/∂x") == 3
    assert "\nand 9 more steps: --history FILE has all\n" in shown
    assert backprop("descend", "x^2", "x=1", "--lr", "0.1", "--steps", "9", "--show-work").out.count("∂f/∂x") == 9


@pytest.mark.parametrize("name", REFERENCES)
def test_the_work_of_an_optimizer_adds_up(name):
    """Every line that has numbers for all its names comes to what it says it comes to."""
    argv = ["(x - 3)^2*y", "x=-1.5", "y=2", "--lr", "0.125", "--steps", "3", "--optimizer", name, "--show-work"]
    shown = backprop("descend", *argv).out.partition("\nf = (x")[0]
    sums = [
        line.rpartition(": ")[2].split(" = ")
        for line in shown.splitlines()
        if line.count(" = ") == 2 and "∂" not in line
    ]
    assert len(sums) == 3 * 2 * (len(OPTIMIZERS[name].lines) + 1)
    for _, written, result in sums:
        worked = backprop(written.strip().replace(" × ", "*"), "--no-check", "--format", "plain")
        assert math.isclose(float(worked.out.split()[2]), float(result), rel_tol=3e-5, abs_tol=1e-9), written


def test_the_work_with_arrays():
    argv = ["sum((W @ x)^2)", "W=[[1, 2], [3, 4]]", "x=[1, 2]", "--lr", "0.1", "--steps", "1", "--show-work"]
    shown = backprop("descend", *argv, "--optimizer", "momentum", "--wrt", "W").out
    assert (
        "step 1\n"
        "  f = 146\n"
        "  ∂f/∂W = [[10, 20],\n"
        "           [22, 44]]\n"
        "  W: v = 0.9 × 0 + ∂f/∂W = [[10, 20],\n"
        "                            [22, 44]]\n"
        "     W = W - 0.1 × v = [[   0,    0],\n"
        "                        [ 0.8, -0.4]]\n"
    ) in shown


def test_a_square_of_a_gradient_stands_in_parentheses():
    shown = backprop("descend", "sum(v^2)", "v=[1, 2]", "--steps", "1", "--optimizer", "adagrad", "--show-work").out
    assert "v: s = 0 + (∂f/∂v)^2 = [ 4, 16]\n" in shown


FORMATS = {
    "markdown": (
        "- `w = w - lr × g`\n",
        "x = 2 - 0.25 × 4 = 1\n",
        "**f**: `4.0` → `1.0` in 1 step (sgd, lr 0.25)\n",
        "| `x` | `2.0` | `1.0` | `2.0` |",
    ),
    "latex": (
        r"w &= w - \eta \cdot g",
        r"x &= 2 - 0.25 \cdot 4 = 1",
        r"f &: 4 \to 1",
        r"\frac{\partial f}{\partial x} &= 2",
    ),
}


@pytest.mark.parametrize("form", FORMATS)
def test_the_work_in_other_formats(form):
    ran = backprop(
        "descend", "x^2", "x=2", "--lr", "0.25", "--steps", "1", "--show-work", "--format", form, "--no-check"
    )
    assert (ran.err, ran.code) == ("", 0)
    assert [part for part in FORMATS[form] if part not in ran.out] == []
    alone = backprop("descend", "x^2", "x=2", "--lr", "0.25", "--steps", "1", "--format", form, "--no-check").out
    assert ran.out.endswith(alone)


PLOTS = {
    "values": ["x^4 - 3*x", "x=-1", "--lr", "0.03", "--steps", "40"],
    "contours": ["x^2 + 3*y^2", "x=-4", "y=1", "--lr", "0.3", "--steps", "20"],
    "an edge in the plane": ["log(α) + b^2", "α=3", "b=4", "--lr", "0.03", "--steps", "60"],
    "a flat plane": ["relu(x) + relu(y)", "x=-1", "y=-2"],
    "no step": ["x^2 + y^2", "x=-1", "y=-2", "--steps", "0"],
    "arrays": ["sum((W @ x)^2)", "W=[[1, 2], [3, 4]]", "x=[1, 2]", "--lr", "0.001"],
}


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot(name):
    pytest.importorskip("matplotlib")
    ran = backprop("descend", *PLOTS[name], "--plot", "plot.svg", "--no-check", "-q")
    assert (ran.err, ran.code) == ("", 0)
    drawn = Path("plot.svg").read_text()
    parts = ET.fromstring(drawn).findall(".//{http://www.w3.org/2000/svg}g[@id]")
    panels = sum(part.get("id", "").startswith("axes_") for part in parts)
    assert panels == (2 if len(run(*PLOTS[name])["gradient"]) == 2 and name != "arrays" else 1)
    backprop("descend", *PLOTS[name], "--plot", "again.svg", "--no-check", "-q")
    assert Path("again.svg").read_text() == drawn


def test_a_plot_as_png():
    pytest.importorskip("matplotlib")
    assert backprop("descend", *PLOTS["contours"], "--plot", "plot.png", "--no-check", "-q").code == 0
    data = Path("plot.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n")
    assert int.from_bytes(data[16:20]) > 1_000


HUGE = [
    ["x^2", "x=1e-150", "--maximize", "--lr", "1e5", "--steps", "55"],
    ["x*1e300 - y*1e300", "x=1e7", "y=1", "--maximize", "--lr", "1e-293", "--steps", "55"],
    ["1e308*x - 1e308", "x=-0.7", "--lr", "1e-308", "--maximize", "--steps", "3"],
    ["x^2 + y^2", "x=1", "y=2", "--lr", "10", "--steps", "500"],
    ["x + y", "x=1e300", "y=-1e-300", "--lr", "1e299", "--steps", "9"],
    ["x*y", "x=1e-300", "y=1e-310", "--steps", "9"],
]


@pytest.mark.parametrize("argv", HUGE, ids=lambda argv: argv[0])
def test_numbers_at_the_ends_of_the_doubles_are_drawn(argv):
    pytest.importorskip("matplotlib")
    ran = backprop("descend", *argv, "--plot", "p.svg", "-o", "p.html", "--no-check", columns=80, env={"NO_COLOR": "1"})
    assert ran.code in (0, 4)
    assert "internal" not in ran.err
    assert Path("p.svg").stat().st_size > 1_000
    drawn = re.sub(r'(<script type="application/zlib" id="data">)[^<]*', r"\1", Path("p.html").read_text())
    assert not re.search(r"\b(nan|inf)\b", drawn)
    plain = backprop("descend", *argv, "--no-check")
    assert not re.search(r"\b(nan|inf)\b", plain.out)
    assert plain.err == ran.err


def test_a_plot_without_its_library(monkeypatch):
    monkeypatch.setattr("backprop_cli.render.descent.plot.find_spec", lambda _: None)
    ran = backprop("descend", "x^2", "x=1", "--plot", "plot.svg")
    assert (ran.out, ran.code, Path("plot.svg").exists()) == ("", 3, False)
    assert ran.said == "error[plot.library]: a plot needs the package matplotlib, which is not installed"


def test_the_rules_in_the_documents_are_those_that_run():
    document = (Path(__file__).parent.parent / "docs" / "data.md").read_text("utf-8")
    for row in OPTIMIZERS.values():
        rules = ", ".join(f"`{name} = {rule}`" for name, rule in (*row.lines, ("w", row.update(maximize=False))))
        settings = ", ".join(f"`{name}={value:g}`" for name, value in row.settings.items())
        assert f"| `{row.name}` | {rules} | {settings} | {row.rate:g} |\n" in document


def test_adam_in_the_signs_of_its_paper():
    argv = ["x^2", "x=2", "--lr", "0.25", "--steps", "1", "--optimizer", "adam", "--show-work", "--format", "latex"]
    made = backprop("descend", *argv, "--no-check").out
    assert r"\hat{m} &= \frac{m}{1 - {\beta_{1}}^{t}}" in made
    assert r"w &= w - \frac{\eta \cdot \hat{m}}{\sqrt{\hat{v}} + \varepsilon}" in made
    assert r"\hat{m} &= \frac{0.4}{1 - {0.9}^{1}} = 4" in made
    assert r"\text" not in made


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex here")
def test_the_latex_of_every_optimizer_compiles():
    Path("points.csv").write_text("x,t\n1,2\n3,4\n")
    parts = []
    for name in OPTIMIZERS:
        argv = ["(w_1*x + β - t)^2", "w_1=0", "β=0", "--data", "points.csv", "--optimizer", name, "--steps", "2"]
        parts.append(backprop("descend", *argv, "--show-work", "--format", "latex", "--no-check").out)
        argv = ["sum((W @ x)^2)", "W=[[1, 2], [3, 4]]", "x=[1, 2]", "--optimizer", name, "--steps", "1"]
        parts.append(backprop("descend", *argv, "--show-work", "--format", "latex", "--no-check").out)
    head = "\\documentclass{article}\n\\usepackage{amsmath}\n\\begin{document}\n"
    Path("work.tex").write_text(f"{head}{''.join(parts)}\\end{{document}}\n")
    run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "work.tex"]
    done = subprocess.run(run, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
