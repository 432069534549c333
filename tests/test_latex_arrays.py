r"""Matrices in LaTeX: what is transposed, which products are those of matrices, norms; and ``X^T`` in plain text."""

from __future__ import annotations

import numpy as np
import pytest
from command import backprop

from backprop_cli import Refused, differentiate, read
from backprop_cli.reading.writing import write

TURNED = [r"X^\top", r"X^{\top}", r"X^\intercal", r"X^{\mathsf T}", r"X^{\mathsf{T}}", r"X^{\mathrm{T}}", r"{X}^{\top}"]
READ = [
    *[(f"{one} r", "X.T @ r") for one in TURNED],
    (r"X^T r \cdot 1", "X.T @ r*1"),
    (r"X^{T} r", "X.T @ r"),
    (r"X^Tr \cdot 1", "X.T @ r*1"),
    (r"\bm{X}^T \bm{r}", "X.T @ r"),
    (r"X_1^T r_{1}", "X1.T @ r1"),
    (r"(A + B)^{T} x", "(A + B).T @ x"),
    (r"X^T (P - Y) \cdot 1", "X.T @ (P - Y)*1"),
    (r"X^T \left(P - Y\right)", "X.T @ (P - Y)"),
    (r"dZ W^{T}", "dZ @ W.T"),
    (r"(P - Y) W^{T}", "(P - Y) @ W.T"),
    (r"X^T X w - X^T y \cdot 1", "X.T @ X @ w - X.T @ y*1"),
    (r"w^{T} A w", "w.T @ A @ w"),
    (r"\frac{1}{3} X^T r", "1/3*X.T @ r"),
    (r"\frac{1}{N} X^T (P - Y)", "1/N*X.T @ (P - Y)"),
    (r"X^T \frac{P - Y}{3}", "X.T @ ((P - Y)/3)"),
    (r"X^T \frac{1}{3} r", "X.T*(1/3) @ r"),
    (r"2X^T r \cdot 1", "2*X.T @ r*1"),
    (r"2 \pi X^T r", "2*pi*X.T @ r"),
    (r"\sqrt{2} X^T r", "sqrt(2)*X.T @ r"),
    (r"\|x\| x^T y", "norm(x)*x.T @ y"),
    (r"a \odot b", "a*b"),
    (r"W^T \delta \odot a", "(W.T @ δ)*a"),
    (r"a \odot W^T \delta", "a*(W.T @ δ)"),
    (r"2 \cdot W^T \delta", "2*(W.T @ δ)"),
    (r"-X^T r^2 \cdot 1", "-X.T @ r^2*1"),
    (r"\sigma(X^T w) y", "sigmoid(X.T @ w)*y"),
    (r"\sin X^T w \cdot y", "sin(X.T @ w)*y"),
    (r"\frac{x^T A x}{x^T x}", "x.T @ A @ x/(x.T @ x)"),
    (r"\|x\|", "norm(x)"),
    (r"\lVert x \rVert y", "norm(x)*y"),
    (r"\lVert x\rVert_2", "norm(x)"),
    (r"\left\| x - y \right\|_{2}^{2}", "norm(x - y)^2"),
    (r"\|W\|_F + \| |x| - y \|", "norm(W) + norm(abs(x) - y)"),
    (r"e^T x^{2}", "e^T*x^2"),
    (r"2^T x^{2}", "2^T*x^2"),
]


@pytest.mark.parametrize(("text", "wanted"), READ, ids=[text for text, _ in READ])
def test_what_it_is_read_as(text, wanted):
    assert write(read(text, arrays=True)) == write(read(wanted, arrays=True))


NAMED = [
    (r"\frac{1}{2} x^T", ["x", "T"], "1/2*x^T"),
    (r"\frac{1}{2} x^T y", ["x", "T", "y"], "1/2*x^T*y"),
    (r"\frac{1}{2} x^\top y", ["x", "T", "y"], "1/2*x.T @ y"),
    (r"T = \frac{x}{y}; x^T", [], "T = x/y; x^T"),
    (r"\frac{1}{2} sum(x^T)", ["s", "u", "m", "x"], "1/2*sum(x.T)"),
    (r"\frac{1}{2} x^Tmax", ["Tmax"], "1/2*x^Tmax"),
]


@pytest.mark.parametrize(("text", "bound", "wanted"), NAMED, ids=[text for text, *_ in NAMED])
def test_a_name_t_stays_one(text, bound, wanted):
    assert write(read(text, arrays=True, bound=bound)) == write(read(wanted, arrays=True))


REFUSED = [
    (r"\|x\|", False, "the norm of a vector, where only numbers stand", "write |x| for an absolute value"),
    (r"\lVert x \rVert", False, "the norm of a vector, where only numbers stand", "write |x| for an absolute value"),
    (r"\lVert x \rVert_1", True, "a norm that is not read", r"\|x\| and \|x\|_2 are sqrt(sum(x^2))"),
    (r"x^\top y", False, r"the command \top is not read", ""),
    (
        r"a/W^\top x",
        True,
        "a product without a sign that can be read in two ways",
        r"write \frac{…}{…}, or parentheses",
    ),
]


@pytest.mark.parametrize(("text", "arrays", "message", "hint"), REFUSED, ids=[text for text, *_ in REFUSED])
def test_refused(text, arrays, message, hint):
    with pytest.raises(Refused) as caught:
        read(text, arrays=arrays)
    problem = caught.value.problems[0]
    assert (problem.message, problem.hint) == (message, hint)


def test_the_numbers_are_those_of_numpy():
    x, y, w = np.array([[1.0, 2], [3, 4], [5, 6]]), np.array([1.0, -1, 2]), np.array([0.5, -0.25])
    report = differentiate(r"\frac{1}{2} (X @ w - y)^\top (X @ w - y)", {"X": x, "w": w, "y": y})
    assert report.value.doubles == pytest.approx(((x @ w - y) @ (x @ w - y)) / 2)
    assert report.gradient["w"] == pytest.approx(x.T @ (x @ w - y))
    answers = ["-a", r"dw=X^{\top} X w - X^T y"]
    at = [f"X={x.tolist()}", f"y={y.tolist()}", f"w={w.tolist()}"]
    ran = backprop("check", "sum((X @ w - y)^2)/2", *at, *answers)
    assert ran.code == 0, ran.out


PLAIN = [("Xᵀ @ r", "X.T @ r"), ("(A + B)ᵀ", "(A + B).T"), ("X.Tᵀ[0]", "X.T.T[0]"), ("x^T + T", "x^T + T")]


@pytest.mark.parametrize(("text", "wanted"), PLAIN, ids=[text for text, _ in PLAIN])
def test_in_plain_text(text, wanted):
    assert write(read(text, arrays=True, bound=["X"])) == write(read(wanted, arrays=True))


HINTS = [
    (["sum(X^T @ d)", "X=[[1,2],[3,4]]", "d=[1,2]"], "write X.T for the transposed matrix"),
    (["sum((X + 1)^T d)", "X=[[1,2],[3,4]]", "d=[1,2]"], "write (…).T for the transposed matrix"),
    (["sum(X)*2^T", "X=[[1,2],[3,4]]"], "give T=…"),
    (["x^T + T", "x=2"], "give T=…"),
]


@pytest.mark.parametrize(("argv", "hint"), HINTS, ids=[" ".join(argv) for argv, _ in HINTS])
def test_a_power_t_without_a_value(argv, hint):
    ran = backprop(*argv)
    assert ran.said.startswith("error[usage.missing]: no value for T")
    assert f"  = {hint}" in ran.err


def test_an_answer_says_what_to_write():
    at = ["X=[[1, 2], [3, 4]]", "W=[[1, 2], [3, 4]]"]
    ran = backprop("check", "Z = X @ W; L = sum(Z^2)/2", *at, "-a", "dW=X^T Z", "-a", r"dX=Z W^{\top}")
    assert "dW: no value for T (write X.T for the transposed matrix) [usage.missing]" in ran.out
    assert ran.out.endswith("1 of 2 right\n")
