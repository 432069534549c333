"""The derivation of an array circuit in LaTeX: each rule as a formula, and all of it compiles."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest
from command import backprop
from test_array_gates import EXPRESSIONS, POINT

from backprop_cli import differentiate, read
from backprop_cli.array_calculation import shapes_of
from backprop_cli.engine.point import from_mapping
from backprop_cli.render.arrays import derivation, latex

_HEAD = r"\documentclass{article}\usepackage{amsmath}\usepackage[paperwidth=60in,paperheight=40in]{geometry}"


def test_the_product_of_the_notes():
    ran = backprop("D = W @ X; L = sum(D^2)", "W=[[1, 2], [3, 4]]", "X=[[1, 0], [0.5, -1]]", "--steps", "--format",
                   "latex", "--no-check")  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    w, x = r"\begin{bmatrix} 4 & 6 \\ 10 & 13 \end{bmatrix}", r"\begin{bmatrix} 34 & -28 \\ 48 & -40 \end{bmatrix}"
    assert r"D &= W \, X = \begin{bmatrix} 2 & -2 \\ 5 & -4 \end{bmatrix}" in ran.out
    assert r"\frac{\partial L}{\partial W} &= \frac{\partial L}{\partial D} \, {X}^{\top} = " + w in ran.out
    assert r"\frac{\partial L}{\partial X} &= {W}^{\top} \, \frac{\partial L}{\partial D} = " + x in ran.out
    assert r"\frac{\partial L}{\partial W} &= 2 \cdot \left(W \, X\right) \, {X}^{\top} = " + w in ran.out


LINES = [
    ("sum(x*y)", r"\frac{\partial f}{\partial x} &= y \odot \frac{\partial f}{\partial g_{1}}"),
    ("sum(a*x)", r"\frac{\partial f}{\partial x} &= a \cdot \frac{\partial f}{\partial g_{1}}"),
    ("sum(W @ x)", r"\frac{\partial f}{\partial W} &= \frac{\partial f}{\partial g_{1}} \otimes x"),
    ("x[0]", r"\text{zeros(2) with }\frac{\partial f}{\partial f}\text{ at [0]}"),
    ("sum(W + x)", r"\quad \text{(x was used 2 times: summed over axis 0)}"),
    ("sum(x) + sum(x*x)", r"\frac{\partial f}{\partial x} &\mathrel{+}= \frac{\partial f}{\partial g_{1}}"),
]


@pytest.mark.parametrize(("text", "line"), LINES, ids=[text for text, _ in LINES])
def test_a_line(text, line):
    at = {"W": [[1, 2], [3, 4]], "x": [5, 6], "y": [7, 8], "a": 2}
    made = derivation.render(
        differentiate(text, {name: at[name] for name in read(text, arrays=True).inputs}, check="none")
    )
    assert line in made


def test_words_are_escaped():
    made = derivation.render(differentiate("w_1 = x + 1; sum(w_1[0:1])", {"x": [1, 2]}, check="none"))
    assert r"\text{ at [0:1]}" in made
    assert "%" not in made.replace("% forward", "").replace("% backward", "")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex here")
def test_every_gate_compiles(tmp_path):
    parts = []
    for text in EXPRESSIONS:
        circuit = read(text, arrays=True)
        at = {name: POINT[name] for name in circuit.inputs}
        shapes = shapes_of(circuit, from_mapping(at))
        upstream = np.ones(shapes.output) if shapes.output else None
        wrt = [name for name in circuit.inputs if name != "i"]
        report = differentiate(circuit, at, wrt=wrt, check="none", upstream=upstream)
        parts.append(derivation.render(report) + latex.render(report))
    (tmp_path / "work.tex").write_text(f"{_HEAD}\\begin{{document}}\n{''.join(parts)}\\end{{document}}\n")
    run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "work.tex"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
