"""``backprop code`` for arrays: the programs run, and every number is the report's; python and c write elements out."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from command import backprop
from generated import GCC
from test_array_gates import EXPRESSIONS, POINT

from backprop_cli import Refused, differentiate, read
from backprop_cli.array_calculation import shapes_of
from backprop_cli.engine.point import from_mapping
from backprop_cli.gates.array_table import ARRAY_GATES
from backprop_cli.render.code.arrays.pages import render_arrays
from backprop_cli.report.array_report import ArrayReport

NET = ("s = W @ x + b; L = mean(relu(s)^2)", "W=[[1, 2], [3, 4], [5, -6]]", "x=[5, 6]", "b=[0, 1, 0.5]")
STRANGERS = ["u = y*2; sum(x)", "argmax(x)*1", "s = x > 0; sum(s)", "sum(x) + sum(y > 0)"]
LACKING = {
    "torch": {
        "an index that runs backwards": ("W[::-1, None, 0]",),
        "prod along several axes": ("prod(B, axis=(0, 2))",),
    }
}


def report_of(text: str) -> tuple[ArrayReport, object]:
    """The report with a random gradient at the output, and the shapes."""
    circuit = read(text, arrays=True)
    point = from_mapping({name: POINT[name] for name in circuit.inputs})
    shapes = shapes_of(circuit, point)
    upstream = np.random.default_rng(3).normal(size=shapes.output) if shapes.output else None
    wrt = [name for name in circuit.inputs if name != "i"]
    return differentiate(
        circuit, {n: POINT[n] for n in circuit.inputs}, wrt=wrt, check="none", upstream=upstream
    ), shapes


def run_here(program: str) -> dict:
    """What a NumPy program leaves behind, and that it says nothing but numbers."""
    space: dict = {"__name__": "__main__"}
    said = io.StringIO()
    with contextlib.redirect_stdout(said), np.errstate(all="ignore"):
        exec(compile(program, "program", "exec"), space)
    assert all(" = " in line for line in said.getvalue().splitlines())
    return space


GAPS = "(log([[1, 2, 3], [-1, 1, 1]] + 0*W) @ y)[0]"
WRITTEN = [*(text for text in EXPRESSIONS if text != GAPS), *STRANGERS]


def test_a_product_over_elements_without_a_value_is_refused():
    report, shapes = report_of(GAPS)
    with pytest.raises(Refused, match="takes together elements of which some have no value here") as caught:
        render_arrays(shapes, report, "numpy", None)
    assert caught.value.problems[0].code == "code.elements"


@pytest.mark.parametrize("text", WRITTEN)
def test_numpy_computes_what_backprop_does(text):
    report, shapes = report_of(text)
    space = run_here(render_arrays(shapes, report, "numpy", None))
    for row in report.parameters:
        assert row.gradient is not None
        assert np.shape(space[f"d{row.name}"]) == row.gradient.shape
        np.testing.assert_allclose(space[f"d{row.name}"], row.gradient.doubles, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_the_libraries_agree(library):
    """Where the library is installed, its own gradients are held against ours by the programs' asserts."""
    programs = {}
    for text in WRITTEN:
        report, shapes = report_of(text)
        try:
            programs[text] = render_arrays(shapes, report, library, None)
        except Refused as refused:
            [problem] = refused.problems
            assert problem.code == "code.gate"
            lacking = [texts for what, texts in LACKING.get(library, {}).items() if what in problem.message]
            assert any(text in texts for texts in lacking), (text, problem.message)
            continue
        ast.parse(programs[text])
        assert "assert" in programs[text] or not report.parameters
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed: the programs were parsed only")
    whole = "\n\n".join(
        f"def run{i}():\n    exec({text!r}, {{}})\nrun{i}()" for i, text in enumerate(programs.values())
    )
    ran = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]


def test_the_program_of_a_layer():
    ran = backprop("code", *NET, "--lang", "numpy")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "import numpy as np\n"
        "\n"
        "\n"
        "def relu(x):\n"
        "    return np.where(x > 0.0, x, 0.0)\n"
        "\n"
        "\n"
        "def step(x):\n"
        "    return np.where(x > 0.0, 1.0, 0.0)\n"
        "\n"
        "\n"
        "# the point\n"
        "W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, -6.0]])\n"
        "x = np.array([5.0, 6.0])\n"
        "b = np.array([0.0, 1.0, 0.5])\n"
        "\n"
        "# forward pass\n"
        "g1 = W @ x    # (3,)\n"
        "s = g1 + b    # (3,)\n"
        "g2 = relu(s)  # (3,)\n"
        "g3 = g2**2    # (3,)\n"
        "L = np.mean(g3)\n"
        "# backward pass\n"
        "dL = 1.0\n"
        "# backprop L = np.mean(g3)\n"
        "dg3 = np.broadcast_to(dL/3.0, (3,))  # (3,)\n"
        "# backprop g3 = g2**2\n"
        "dg2 = 2.0*g2 * dg3                   # (3,)\n"
        "# backprop g2 = relu(s)\n"
        "ds = step(s) * dg2                   # (3,)\n"
        "# backprop s = g1 + b\n"
        "dg1 = ds                             # (3,)\n"
        "db = ds                              # (3,)\n"
        "# backprop g1 = W @ x\n"
        "dW = np.outer(dg1, x)                # (3, 2)\n"
        "dx = W.T @ dg1                       # (2,)\n"
        "\n"
        'print("L =", float(L))\n'
        'print("dL/dW =", dW.tolist())\n'
        'print("dL/dx =", dx.tolist())\n'
        'print("dL/db =", db.tolist())\n'
    )


@pytest.mark.parametrize("lang", ["numpy", "torch", "jax"])
def test_a_function(lang):
    ran = backprop("code", *NET, "--lang", lang, "--function", "layer", "--wrt", "W")
    assert (ran.code, ran.err) == (0, "")
    assert "def layer(W, x, b):\n" in ran.out
    assert "For W (3, 2), x (2,), b (3,)." in ran.out
    ast.parse(ran.out)
    if lang == "numpy":
        value, gradient = run_here(ran.out)["layer"](np.ones((3, 2)), np.ones(2), np.zeros(3))
        assert value == 4.0
        assert gradient.keys() == {"W"}
        np.testing.assert_allclose(gradient["W"], np.full((3, 2), 4 / 3))


def test_a_function_takes_the_gradient_at_its_output():
    ran = backprop("code", "D = W @ X", "W=[[1, 2]]", "X=[[1], [3]]", "--upstream", "[[2]]", "--lang", "numpy",
                   "--function", "layer")  # fmt: skip
    value, gradient = run_here(ran.out)["layer"](np.array([[1.0, 2]]), np.array([[1.0], [3]]), np.array([[5.0]]))
    assert (value.tolist(), gradient["W"].tolist()) == ([[7.0]], [[5.0, 15.0]])


@pytest.mark.parametrize("lang", ["torch", "jax"])
def test_a_function_of_a_library_calls_that_gradient_the_same(lang):
    ran = backprop("code", "W @ X", "W=[[1, 2]]", "X=[[1], [3]]", "--upstream", "[[2]]", "--lang", lang,
                   "--function", "layer")  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    assert "def layer(W, X, upstream):\n" in ran.out
    assert "(upstream)\n" in ran.out


@pytest.mark.parametrize(
    ("text", "lang", "used"),
    [("D = W @ X", "numpy", False), ("D = W @ X", "jax", False), ("D = exp(W @ X)", "numpy", True)],
    ids=["numpy unused", "jax unused", "numpy used"],
)
def test_only_what_is_used_is_imported(text, lang, used):
    ran = backprop("code", text, "W=[[1, 2]]", "X=[[1], [3]]", "--upstream", "[[2]]", "--lang", lang,
                   "--function", "layer")  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    assert ("numpy as" in ran.out) == used


@pytest.mark.parametrize("text", STRANGERS)
def test_torch_finds_every_variable_behind_the_output(text):
    """Where no gate passes a gradient back, torch would have None, or refuse to go backward at all."""
    report, shapes = report_of(text)
    program = render_arrays(shapes, report, "torch", None)
    [line] = [line for line in program.splitlines() if line.endswith("# in the graph of every variable")]
    found = set(re.findall(r"(\w+)\.sum\(\)", line))
    assert found == {row.name for row in report.parameters if row.gradient is None or not row.gradient.doubles.any()}


@pytest.mark.parametrize("lang", ["python", "c"])
def test_languages_without_arrays_write_the_elements_out(lang, tmp_path):
    whole = backprop("code", *NET, "--lang", lang)
    assert (whole.code, whole.err) == (0, "")
    assert "df/dx[1]" in whole.out.replace("dL", "df")
    ran = backprop("code", *NET, "--lang", lang, "--wrt", "W,b")
    assert (ran.code, ran.err) == (0, "")
    expected = [
        "L = 629.6666666666666",
        *(f"df/dW[{i},{j}] = " for i in range(3) for j in range(2)),
    ]
    file = tmp_path / f"net.{'py' if lang == 'python' else 'c'}"
    file.write_text(ran.out)
    if lang == "c" and GCC is None:
        pytest.skip("gcc is not installed")
    argv = [sys.executable, str(file)]
    if lang == "c":
        subprocess.run([str(GCC), str(file), "-o", str(tmp_path / "net"), "-lm"], check=True)
        argv = [str(tmp_path / "net")]
    out = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert len(out.splitlines()) == 1 + 6 + 3
    found = [float(line.partition(" = ")[2]) for line in out.splitlines()]
    report = differentiate(NET[0], {"W": [[1, 2], [3, 4], [5, -6]], "x": [5, 6], "b": [0, 1, 0.5]}, check="none")
    flat = [float(report.value.doubles), *report.gradient["W"].ravel(), *report.gradient["b"].ravel()]
    np.testing.assert_allclose(found, flat, rtol=1e-12)
    assert expected[0].partition(" = ")[0] == out.partition(" = ")[0]


REFUSED = [
    (["prod(B, axis=(0, 2)) + 1", "B=[[[1, 2]]]", "--upstream", "[2]", "--lang", "torch"], 3, "code.gate",
     "prod along several axes cannot be written in torch"),
    (["sum(digamma(x))", "x=[1, 2]", "--lang", "jax"], 3, "code.gate", "digamma cannot be written in jax"),
    (["sum(W @ x)", "W=[[1, 2]]", "x=[1, 2, 3]", "--lang", "numpy"], 3, "shape.misfit", "W @ x: W is (1, 2)"),
    (["W @ x", "W=[[1, 2]]", "x=[1, 2]", "--lang", "numpy"], 3, "shape.output", "W @ x is (1,)"),
    (["sum(x^2)", f"x={[1.0] * 20_000}", "--lang", "numpy"], 3, "code.size", "more than 10,000 elements"),
    (["sum(x^2)", f"x={[1.0] * 2_001}", "--lang", "c"], 3, "limit.scalars", "that is 4,001 gates"),
    (["x*y", "x=1", "y=2", "--upstream", "[1]", "--lang", "numpy"], 2, "usage", "--upstream is for arrays"),
]  # fmt: skip


@pytest.mark.parametrize(("argv", "exit_code", "code", "message"), REFUSED, ids=[str(r[0])[:40] for r in REFUSED])
def test_refused(argv, exit_code, code, message):
    ran = backprop("code", *argv)
    assert (ran.out, ran.code) == ("", exit_code)
    assert code in ran.err
    assert message in ran.err


@pytest.mark.parametrize("language", ["numpy", "torch", "jax"])
@pytest.mark.parametrize("name", ARRAY_GATES)
def test_every_row_has_a_word_in_every_language(name, language):
    example = next(line for line in backprop("gates", name).out.splitlines() if line.startswith("example"))
    _, program, *words = shlex.split(example)
    ran = backprop("code", *words, "--lang", language)
    assert (program, ran.err, ran.code) == ("backprop", "", 0)
