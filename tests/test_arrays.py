"""Arrays through the command: whole outcomes of every format, the published cases, domains, kinks, digits, scalars."""

from __future__ import annotations

import csv
import io
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import get_args

import jsonschema
import numpy as np
import pytest
from command import backprop, process

from backprop_cli import Refused, differentiate
from backprop_cli.check.verdict import VerdictWord
from backprop_cli.render import numbers, report_tables
from backprop_cli.render.tables.screens import Screen, for_screen

SQUARES = ("D = W @ X; L = sum(D^2)", "W=[[1,2],[3,4]]", "X=[[1,0],[0.5,-1]]")
CASES = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "arrays.jsonl").read_text("utf-8").splitlines()
]
# The source gives every tied element the whole gradient; here a tie shares it, as in PyTorch's amax and JAX.
SHARED = {
    "dfdx-min-axis1-ties": {"t": [[0.5, 0.5, 0], [0, 1, 0]]},
    "tfjs-max-ties": {"x3": -0.5, "x4": -0.5},
    "tfjs-min-ties": {"x3": -0.5, "x4": -0.5},
}
ROUNDED = {"dfdx-relu-exp-mean": 1e-7}  # the source prints eight digits


def as_words(at: dict[str, object]) -> list[str]:
    return [f"{name}={json.dumps(value)}" for name, value in at.items()]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_published(case):
    ran = backprop(case["expr"], *as_words(case["at"]), "--json")
    found = json.loads(ran.out)
    rtol = ROUNDED.get(case["id"], 1e-9)
    pairs = [(found["value"], case["value_full"])]
    known = case["grad_full"] | SHARED.get(case["id"], {})
    pairs += [(found["gradient"][name], gradient) for name, gradient in known.items()]
    stages = {stage["name"]: stage for stage in found["stages"]}
    for name, stage in case.get("gates", {}).items():
        pairs += [(stages[name]["value"], stage["value_full"])] if stage.get("value_full") is not None else []
        pairs += [(stages[name]["gradient"], stage["grad_full"])] if stage.get("grad_full") is not None else []
    for one, other in pairs:
        assert np.shape(one) == np.shape(other)
        assert np.allclose(np.array(one, dtype=float), np.array(other, dtype=float), rtol=rtol, atol=1e-15)
    verdicts = {variable["verdict"] for variable in found["variables"]}
    assert verdicts <= {"ok", "kink"}
    assert ("kink" in verdicts) == bool(case.get("kink"))
    assert (ran.code, found["check"]["ok"]) == (0, True)


STEPS = """\
forward: values, from the inputs to the output
   1  D = W @ X   (2, 2)
        [[ 2, -2],
         [ 5, -4]]
   2  g1 = D^2   (2, 2)
        [[ 4,  4],
         [25, 16]]
   3  L = sum(g1) = 49

backward: ∂L/∂L = 1, then each gate's rule, from the output to the inputs
   1  L = sum(g1)
      ∂L/∂g1 = ∂L/∂L   (2, 2)
        [[1, 1],
         [1, 1]]
   2  g1 = D^2   (2: a constant)
      ∂L/∂D = 2*D * ∂L/∂g1   (2, 2)
        [[ 4, -4],
         [10, -8]]
   3  D = W @ X
      ∂L/∂W = ∂L/∂D @ X.T   (2, 2) = (2, 2) @ (2, 2)
        [[ 4,  6],
         [10, 13]]
      ∂L/∂X = W.T @ ∂L/∂D   (2, 2) = (2, 2) @ (2, 2)
        [[ 34, -28],
         [ 48, -40]]
"""


def test_steps():
    ran = backprop(*SQUARES, "--steps", "--color", "never", columns=80)
    assert (ran.out.startswith(STEPS), ran.err, ran.code) == (True, "", 0)
    assert max(map(len, ran.out.splitlines())) <= 80


def test_the_layer_of_the_notes(tmp_path):
    np.save(tmp_path / "w.npy", [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]])
    argv = (
        "s = W @ x + b; L = -log(softmax(s)[y])",
        f"W=@{tmp_path}/w.npy",
        "x=[-15,22,-44,56]",
        "b=[0,0.2,-0.3]",
        "y=2",
    )
    ran = backprop(*argv, "--wrt", "W,b", "--json")
    found = json.loads(ran.out)
    assert found["value"] == pytest.approx(1.0401905694301083)
    assert found["gradient"]["b"] == pytest.approx([0.015449315676, 0.631163353604, -0.646612669279])
    assert np.shape(found["gradient"]["W"]) == (3, 4)
    assert {variable["name"]: variable["role"] for variable in found["variables"]} == {
        "W": "parameter",
        "x": "data",
        "b": "parameter",
        "y": "data",
    }
    assert backprop(*argv, columns=80).code == 0


def test_an_index_is_held_fixed_without_being_asked():
    ran = backprop("p[y]^2", "p=[0.5, 3]", "y=1", "--format", "plain")
    assert ran.out.splitlines()[:2] == ["f = 9.0", "df/dp = [0.0, 6.0]  # ok, rel. error 0"]
    asked = backprop("p[y]^2", "p=[0.5, 3]", "y=1", "--wrt", "y")
    assert (asked.said, asked.code) == (
        "error[slope.index]: index has no gradient in its input i, which must be held fixed",
        4,
    )


def test_upstream():
    ran = backprop("D = W @ X", *SQUARES[1:], "--upstream", "[[1,0],[0,1]]", "--format", "plain")
    assert (ran.out, ran.err, ran.code) == (
        "D = [[2.0, -2.0], [5.0, -4.0]]\n"
        "dL/dW = [[1.0, 0.5], [0.0, -1.0]]  # ok, rel. error 0\n"
        "dL/dX = [[1.0, 3.0], [2.0, 4.0]]  # ok, rel. error 0\n"
        "dL/dD = [[1.0, 0.0], [0.0, 1.0]]\n"
        "# 12 components agree with symbolic differentiation, on the circuit written out in scalar gates\n",
        "",
        0,
    )


def test_broadcasting_is_said_to_be_a_fork():
    ran = backprop("sum((X + b)^2)", "X=[[1,2],[3,4],[5,6]]", "b=[1,1]", "--steps", "--no-check")
    assert "b was used 3 times: summed over axis 0" in ran.out


def test_a_large_array_is_cut_and_shown_whole_if_asked_for(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(400.0).reshape(20, 20))
    argv = ("sum(x^2)/2", f"x=@{tmp_path}/x.npy")
    cut, full = backprop(*argv, "--no-check"), backprop(*argv, "--no-check", "--full")
    assert "…" in cut.out
    assert "norm 4610" in cut.out
    assert "…" not in full.out
    assert max(map(len, backprop(*argv, "--no-check", "--color", "never", columns=80).out.splitlines())) <= 80


def test_json_is_on_its_schema(tmp_path):
    schema = json.loads(files("backprop_cli").joinpath("schemas/grad.json").read_text("utf-8"))
    for more in ([], ["--digits", "20"], ["--exact"], ["--wrt", "W"], ["--no-check"], ["--explain"]):
        found = json.loads(backprop(*SQUARES, "--json", *more).out)
        jsonschema.validate(found, schema)
        assert found["gradient"]["W"] == [[4, 6], [10, 13]]
        assert found["variables"][0]["shape"] == [2, 2]
        assert found["gates"][0]["rules"][0] == "∂L/∂D @ X.T"


@pytest.mark.parametrize("form", ["table", "plain", "json", "csv", "markdown", "latex"])
@pytest.mark.parametrize("more", [[], ["--exact"], ["--steps"], ["--explain"], ["--full"]], ids=str)
def test_every_format(form, more):
    if (form, more) == ("csv", ["--steps"]):
        return
    ran = backprop(*SQUARES, "--format", form, *more)
    assert (ran.err, ran.code) == ("", 0)
    assert "13" in ran.out


def test_csv_has_a_row_for_each_element():
    rows = list(csv.DictReader(io.StringIO(backprop(*SQUARES, "--format", "csv").out)))
    found = {row["name"]: row["gradient"] for row in rows if row["kind"] == "parameter"}
    assert found["W[1,1]"] == "13.0"
    assert len(found) == 8


def test_latex_has_matrices():
    assert r"\begin{bmatrix} 4 & 6 \\ 10 & 13 \end{bmatrix}" in backprop(*SQUARES, "--format", "latex").out


def test_quiet():
    assert backprop(*SQUARES, "-q").out == "[[4.0, 6.0], [10.0, 13.0]]\n[[34.0, -28.0], [48.0, -40.0]]\n"


def test_digits_and_exact():
    ran = backprop("mean(x/3)", "x=[1, 1/7]", "--exact", "--format", "plain")
    assert ran.out.splitlines()[:2] == ["f = 4/21", "df/dx = [1/6, 1/6]  # ok, rel. error 0"]
    ran = backprop("norm(x)", "x=[1, 1]", "--digits", "20", "--format", "plain")
    assert ran.out.splitlines()[0] == "f = 1.4142135623730950488"
    ran = backprop("sum(exp(x))", "x=[1, 1000]", "--digits", "5", "--format", "plain")
    assert ran.out.startswith("f = 1.9701e+434")


def test_scalars():
    ran = backprop("sum(W @ x)", "W=[[1,2],[3,4]]", "x=[5,6]", "--scalars", "--json")
    assert json.loads(ran.out)["gradient"] == {
        "W[0,0]": 5.0,
        "W[0,1]": 6.0,
        "W[1,0]": 5.0,
        "W[1,1]": 6.0,
        "x[0]": 4.0,
        "x[1]": 6.0,
    }
    assert "W[0,0]*x[0]" in backprop("sum(W @ x)", "W=[[1,2],[3,4]]", "x=[5,6]", "--scalars", "--steps").out


REFUSED = {
    "shape": (["sum(W @ x)", "W=[[1,2,3]]", "x=[1]"], "shape.misfit", 3, "W.T @ x would fit"),
    "output": (["W @ x", "W=[[1,2]]", "x=[1,2]"], "shape.output", 3, "make it one: sum(W @ x) or mean(W @ x)"),
    "upstream's shape": (["x + 1", "x=[1,2]", "--upstream", "[1]"], "shape.upstream", 3, "the output's shape"),
    "upstream of a number": (
        ["sum(x)", "x=[1,2]", "--upstream", "1"],
        "usage.upstream",
        2,
        "an output that is an array",
    ),
    "upstream of numbers": (["x*y", "x=1", "y=2", "--upstream", "1"], "usage.option", 2, ""),
    "domain": (["sum(log(x))", "x=[1, 2, -1]"], "domain.log", 4, ""),
    "slope": (["sum(sqrt(x))", "x=[1, 0]"], "slope.sqrt", 4, ""),
    "overflow": (["sum(exp(x))", "x=[1, 1000]"], "overflow.exp", 4, "--digits 20 has a far larger range"),
    "singular": (["sum(inv(A))", "A=[[1,2],[2,4]]"], "domain.inv", 4, ""),
    "no slope of det": (["det(A)", "A=[[1,2],[2,4]]"], "slope.det", 4, "--scalars or --exact"),
    "no whole index": (["p[y]", "p=[1,2]", "y=0.5"], "index.value", 4, ""),
    "index too large": (["p[y]", "p=[1,2]", "y=2"], "index.value", 4, ""),
    "too many gates": (["sum(x @ x)", "x=@big.npy", "--exact"], "limit.scalars", 3, ""),
    "large det": (["det(A)", "A=@nine.npy", "--digits", "20"], "limit.scalars", 3, ""),
}


@pytest.mark.parametrize(("argv", "code", "exit_code", "hint"), REFUSED.values(), ids=REFUSED)
def test_refused(argv, code, exit_code, hint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("big.npy", np.ones((60, 60)))
    np.save("nine.npy", np.eye(9))
    ran = backprop(*argv)
    assert (ran.said.partition("]")[0], ran.code, ran.out) == (f"error[{code}", exit_code, "")
    assert hint in ran.err


MESSAGES = {
    "log needs its argument > 0: x[2] is -1.0": ["sum(log(x))", "x=[1, 2, -1]"],
    "div needs y ≠ 0: a is 1.0, x[1] is 0.0, and 1 more": ["sum(a/x)", "a=1", "x=[1, 0, 0]"],
    "exp overflows a double: x[1] is 1000.0": ["sum(exp(x))", "x=[1, 1000]"],
    "an index must be a whole number, and y is 0.5": ["p[y]", "p=[1,2]", "y=0.5"],
    "sqrt has a value but no finite slope here: it needs x > 0: x[1] is 0.0": ["sum(sqrt(x))", "x=[1, 0]"],
    "inv needs a matrix whose determinant is not 0: A has 0, to 16 digits": ["sum(inv(A))", "A=[[1,2],[2,4]]"],
}


@pytest.mark.parametrize(("message", "argv"), MESSAGES.items(), ids=MESSAGES)
def test_messages_name_the_element(message, argv):
    assert backprop(*argv).said.partition("]: ")[2] == message


def test_kinks_name_the_elements():
    ran = backprop("sum(relu(z))", "z=[[1, -1, 2, 0], [0, 0, 1, 1]]")
    assert "relu stands on a kink here at z[0, 3] and 2 more (0 at 0)" in ran.err
    assert "z[0, 3]: slope 0.0 to the left, 1.0 to the right" in ran.out
    assert ran.code == 0


def test_a_kink_behind_a_branch_not_taken_is_not_said():
    assert backprop("sum(where(x > 0, relu(x - 1), x))", "x=[2, -1]").err == ""


def test_where_asks_nothing_of_elements_that_do_not_take_a_branch():
    ran = backprop("m = x; sum(where(m > 0, log(m), 0))", "x=[1, -1, 0, 2]", "--format", "plain", "--wrt", "x")
    assert "df/dx = [1.0, 0.0, 0.0, 0.5]" in ran.out
    assert ran.codes == ["kink.gt"]
    ran = backprop("sum(where(x > 0, sqrt(x), 0))", "x=[4, -1, 0]", "-q")
    assert (ran.out, ran.codes) == ("[0.25, 0.0, 0.0]\n", ["kink.gt"])


def test_a_stage_with_elements_without_a_value():
    ran = backprop("m = log(x); sum(where(x > 0, m, 0))", "x=[1, -1]", "--json")
    found = json.loads(ran.out)
    assert found["stages"][0]["value"] == [0.0, None]
    assert found["gradient"] == {"x": [1.0, 0.0]}
    assert found["warnings"][0]["message"].startswith("the stage m has elements without a value here: log needs")


def test_large_circuits_are_checked_along_directions():
    random = np.random.default_rng(1)
    point = {"W": random.normal(size=(40, 40)), "X": random.normal(size=(40, 40))}
    report = differentiate("mean((W @ X)^2)", point)
    assert report.check.method == "directional"
    assert {verdict.word for verdict in report.check.verdicts.values()} == {"ok"}
    assert report.check.components == 3_200


@pytest.mark.parametrize("at", [[[1e200, 2], [3, 1e-200]], [[1000, 2], [0, -1000]]])
def test_differences_accuse_no_gradient_that_is_right(at):
    report = differentiate("s = softmax(A); sum(s*s)", {"A": at})
    assert report.check.method == "directional"
    assert report.ok
    ran = backprop("s = softmax(A); sum(s*s)", f"A={json.dumps(at)}")
    assert (ran.code, ran.codes) == (0, ["check.note"])


DIFFERENCES_MISS = {
    "a wave shorter than every step": ("sum(sin(1e6*W))", "ok"),
    "a sum that hides its terms": ("sum((W - 0.5)^2)*1e-200 + 1", "ok"),
    "steep": ("mean(exp(300*W))", "ok"),
    "a step as narrow as a number": ("sum(tanh(1e5*(W - 0.5)))", "ok"),
    "values rounded to whole numbers": ("(sum(W^2 + W) + 1e20) - 1e20", "ok"),
    "kinks nearer than any step": ("sum(relu(sin(1e6*W)))", "ok"),
    "written out it overflows": ("logsumexp(1e5*W)", "unchecked"),
}


@pytest.mark.parametrize(("expression", "word"), DIFFERENCES_MISS.values(), ids=DIFFERENCES_MISS)
def test_where_differences_say_nothing_power_series_do(expression, word):
    point = {"W": np.random.default_rng(3).random(size=(60, 60))}
    report = differentiate(expression, point)
    assert report.check.method == "directional"
    assert {verdict.word for verdict in report.check.verdicts.values()} == {word}


@pytest.fixture
def transposed(monkeypatch):
    """A program whose first gradient is off by its transpose."""
    from backprop_cli import array_calculation

    honest = array_calculation.run_backward

    def wrong(run, targets, seed):
        found = honest(run, targets, seed)
        found.gradients[0] = found.gradients[0].T
        return found

    monkeypatch.setattr(array_calculation, "run_backward", wrong)


@pytest.mark.parametrize("expression", ["sum(sin(1e6*W))", "mean(exp(300*W))", "sum(sin(W @ W))"])
@pytest.mark.usefixtures("transposed")
def test_a_wrong_gradient_of_a_large_array_is_found(expression):
    """By power series where differences miss it, and by differences where it is too large to be written out."""
    report = differentiate(expression, {"W": np.random.default_rng(4).random(size=(60, 60))})
    assert report.check.method == "directional"
    assert {verdict.word for verdict in report.check.verdicts.values()} == {"wrong"}


@pytest.mark.parametrize("size", [2, 40])
@pytest.mark.usefixtures("transposed")
def test_a_wrong_gradient_is_found(size):
    """Whatever the method, a pullback that is off by its transpose is called wrong, and ends in exit code 1."""
    random = np.random.default_rng(2)
    point = {"W": random.normal(size=(size, size)), "X": random.normal(size=(size, size))}
    report = differentiate("sum((W @ X)^2)", point)
    assert report.ok is False
    node = next(row.id for row in report.variables if row.name == "W")
    assert report.check.verdicts[node].word == "wrong"


SAID = {
    "an output that is an array": (["x*2", "x=[1, 2]", "--upstream", "[1, 1]"], "  : (2,), ∂L/∂f is given\n"),
    "no element moves it": (
        ["sum(x*0)", "x=[1, 2]", "--explain"],
        "x: moving x a little leaves f where it is, to first order.\n",
    ),
    "one component": (
        ["sum(x*0)", "x=[1]"],
        "✓ 1 component agrees with symbolic differentiation, on the circuit written out in scalar gates\n",
    ),
    "by power series": (["sum(x)", "x=[1, 2]", "--check", "forward"], "✓ 2 components agree with power series, on the"),
    "gate by gate": (
        ["sum(x)", "x=[1, 2]", "--check", "gatewise"],
        "✓ 2 components agree with symbolic differentiation of each gate and power series, on the circuit",
    ),
    "a number at a fork": (["sum(a*x) + a^2", "x=[1, 2]", "a=3", "--steps"], "        a now has 9\n"),
    "an array at a fork": (["sum(x*x[0])", "x=[1, 2]", "--steps"], "        x now has\n        [4, 1]\n"),
}


@pytest.mark.parametrize(("argv", "says"), SAID.values(), ids=SAID)
def test_what_is_said_of_arrays(argv, says):
    ran = backprop(*argv)
    assert (ran.err, ran.code) == ("", 0)
    assert says in ran.out


def test_digits_that_an_array_lost_are_said():
    ran = backprop("sum(x) - sum(x*(1 + 1e-12))", "x=[1, 2]")
    assert (ran.code, ran.codes) == (0, ["digits.lost", "digits.lost"])
    value, gradient = (line for line in ran.err.splitlines() if line.startswith("warning"))
    assert value == "warning[digits.lost]: the value lost about 12 of its 16 digits to cancellation or underflow"
    assert gradient == (
        "warning[digits.lost]: the gradient of x[0] lost about 12 of its 16 digits to cancellation or underflow"
    )


@pytest.mark.parametrize(
    ("size", "says", "sentence"),
    [
        (2, "came out as ", "2 of 4 components do not agree with symbolic differentiation"),
        (40, "is not what slopes along directions say", "1,600 of 1,600 components do not agree with slopes along"),
    ],
)
@pytest.mark.usefixtures("transposed")
def test_a_wrong_gradient_is_said(tmp_path, monkeypatch, size, says, sentence):
    """With its place, in the table, in every format and beside a picture; only JSON says it in itself."""
    monkeypatch.chdir(tmp_path)
    np.save("w.npy", np.random.default_rng(2).normal(size=(size, size)))
    argv = ("sum((W @ W)^2)", "W=@w.npy")
    ran = backprop(*argv)
    assert (ran.code, ran.codes[-1]) == (1, "check.wrong")
    assert re.search(rf"^error\[check.wrong\]: the gradient of W(\[\d+, \d+\])? {says}", ran.err, re.MULTILINE)
    assert ran.err.endswith("\n  = this is a bug of backprop's own: please report the command line\n")
    assert sentence in ran.out
    for form in ("plain", "csv", "markdown", "latex"):
        again = backprop(*argv, "--format", form)
        assert (again.code, again.err) == (1, ran.err)
    as_json = backprop(*argv, "--json")
    assert (as_json.code, as_json.err, json.loads(as_json.out)["check"]["ok"]) == (1, "", False)
    if size == 2:
        drawn = backprop("draw", *argv, "--check", "forward")
        assert (drawn.code, drawn.codes) == (1, ["check.wrong"])


@pytest.mark.parametrize(
    ("text", "gradient"),
    [("s = ones(2); sum(s*s)", [2.0, 2.0]), ("s = eye(2); sum(s^2)", [[2.0, 0.0], [0.0, 2.0]])],
)
def test_a_stage_of_constants_has_elements_of_its_own(text, gradient):
    found = json.loads(backprop(text, "--json").out)
    assert (found["stages"][0]["gradient"], found["stages"][0]["verdict"]) == (gradient, "ok")


def test_a_stage_that_is_one_element_is_a_quantity_of_its_own():
    found = json.loads(backprop("t = sum(x); t*x[0]", "x=[3]", "--json").out)
    assert (found["stages"][0]["gradient"], found["gradient"]["x"], found["check"]["ok"]) == (3.0, [6.0], True)


def test_every_verdict_has_its_look():
    ran = backprop("s = std(log(a)); sum(s*s)", "a=0.5", "--scalars")
    assert (ran.code, "error" in ran.err) == (0, False)
    assert set(report_tables.ROLES) == set(numbers.MARKS) == set(get_args(VerdictWord))
    assert for_screen("".join(numbers.MARKS.values()), Screen(80, color=False, unicode=False)).isascii()


def test_python_users_get_arrays():
    report = differentiate("sum(W @ x)", {"W": np.arange(6).reshape(2, 3), "x": np.ones(3)})
    assert report.value.text == "15.0"
    assert isinstance(report.gradient["W"], np.ndarray)
    assert report.gradient["W"].tolist() == [[1, 1, 1], [1, 1, 1]]
    assert differentiate("2*x", {"x": [1, 2]}, upstream=[1, 10]).gradient["x"].tolist() == [2, 20]
    with pytest.raises(Refused, match="a gradient is that of one number"):
        differentiate("2*x", {"x": [1, 2]})


def test_numbers_alone_load_no_numpy():
    program = (
        "import sys; from backprop_cli.cli.main import main\n"
        "main(sys.argv[1:]); print('numpy' in sys.modules, file=sys.stderr)\n"
    )
    ran = process("-c", program, "f = x*sum", "x=1", "sum=2", "-q", start=(__import__("sys").executable,))
    assert (ran.out, ran.err) == ("2.0\n1.0\n", "False\n")


def test_mazurs_network_in_matrix_form():
    """The numbers printed in "A Step by Step Backpropagation Example", and his weights after one step of 0.5."""
    at = {
        "x": [0.05, 0.1], "t": [0.01, 0.99], "b1": 0.35, "b2": 0.6,
        "W1": [[0.15, 0.2], [0.25, 0.3]], "W2": [[0.4, 0.45], [0.5, 0.55]],
    }  # fmt: skip
    text = "h = sigmoid(W1 @ x + b1); o = sigmoid(W2 @ h + b2); E = sum((t - o)^2)/2"
    report = differentiate(text, at, wrt=["W1", "W2"])
    assert report.ok
    assert float(report.value.doubles) == pytest.approx(0.298371109, abs=5e-10)
    after = {name: np.array(at[name]) - 0.5 * report.gradient[name] for name in ("W1", "W2")}
    np.testing.assert_allclose(after["W1"], [[0.149780716, 0.19956143], [0.24975114, 0.29950229]], atol=5e-9)
    np.testing.assert_allclose(after["W2"], [[0.35891648, 0.408666186], [0.511301270, 0.561370121]], atol=5e-9)


def test_a_list_with_blanks_needs_no_quotes():
    ran = backprop("sum(W @ x)", "W=[[1,", "2],", "[3,", "4]]", "x=[1,", "2]", "-q")
    assert ran.whole == ("[[1.0, 2.0], [1.0, 2.0]]\n[4.0, 6.0]\n", "", 0)


def test_digits_that_were_asked_for_are_shown():
    for form, third in (("table", "[0.3333333333, 0.6666666667]"), ("markdown", "[0.3333333333, 0.6666666667]")):
        ran = backprop("sum(x^2/3)", "x=[0.5, 1]", "--digits", "10", "--format", form)
        assert third in ran.out
        assert (ran.err, ran.code) == ("", 0)
    long = backprop("sum(sqrt(x))", "x=[1, 2]", "--digits", "50")
    assert "[0.500000000000000000, 0.353553390593273762]" in long.out
    assert "[1/14, sqrt(2)/28]" in backprop("sum(sqrt(x)/7)", "x=[1, 2]", "--exact").out.replace("      ", "")
