"""``backprop code``: the programs run, and every number they print is the report's.

Programs in Python, NumPy and C run here by the hundred, in one process a language; those for torch and jax run where
the library is installed, and are at least compiled elsewhere. The CS231n circuits' programs are kept in
``goldens/code`` as readable files.
"""

from __future__ import annotations

import ast
import json
import math
import os
import stat
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest
from command import backprop, process
from generated import GCC, Case, compiled, expected, gates, is_answered, known, mixed, numbers, run_c, run_python

from backprop_cli import Refused, differentiate, read
from backprop_cli.gates import GATES
from backprop_cli.render.code.languages import module_of, render

GOLDENS = Path(__file__).parent / "goldens" / "code"
SUFFIX = {"python": "py", "numpy": "py", "torch": "py", "jax": "py", "c": "c"}
LIBRARIES = {"python": "math", "numpy": "numpy", "torch": "torch", "jax": "jax"}
GOLDEN_CIRCUITS = ("cs231n-chain-qz", "cs231n-sigmoid-neuron-circuit", "cs231n-staged-8-lines", "cs231n-gate-patterns")

# names that mean something in a language, or to the programs themselves
_AWKWARD = (
    "x dx ddx dx_ n_m n_f f df e pi lambda for int double main np torch jax jnp math print float max abs name value "
    "gradient slopes forward sigmoid step relu digamma exp log out dx_out circuit while static NAN printf y1 linux "
    "_ __name__ __debug__ _x θ theta Θ λ ϑ ϕ φ μ x₁ x1 α None True False match type def class g1 gate1 node1 d"
)
needs_gcc = pytest.mark.skipif(GCC is None, reason="gcc is not installed, so the C programs cannot be compiled")


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [*known(), *gates(), *mixed(120), *edges()]


def edges() -> list[Case]:
    """Forks, routes and branches where a careless program divides by 0, asks log of a negative number, or adds NaN."""
    rows = [
        ("x*x", "x=3", None),
        ("x", "x=2", None),
        ("f = x", "x=2", None),
        ("c = 2; f = c*x", "x=5", None),
        ("2*3 + pi", "", None),
        ("5", "", None),
        ("f = 5", "", None),
        ("u = log(x); f = y*2", "x=-1 y=3", None),
        ("floor(x) + sign(x)", "x=2.5", None),
        ("x + 0*y", "x=1 y=2", ("x",)),
        ("max(x, sqrt(y))", "x=1 y=0", None),
        ("relu(-1/x)", "x=3", None),
        ("where(x > 0, log(x), x^2)", "x=-2", None),
        ("where(x > 0, log(x), x^2)", "x=2", None),
        ("where(x > 1, exp(x), exp(1000*x))", "x=1.5", None),
        ("where(x > 0 and log(x) > 1, x, 2*x)", "x=-1", None),
        ("where(x > 0, x, y)", "x=1 y=2", None),
        ("where(x, where(y > 0, sqrt(y), y*x), x/y)", "x=1 y=-2", None),
        ("where(x, where(y > 0, sqrt(y), y*x), x/y)", "x=0 y=-2", None),
        ("q = x*y; where(q > 0, q^2, 1/q) + q", "x=1 y=-2", None),
        ("r = sqrt(x); where(x > 0, r, 1) + max(r, 2)", "x=0", None),
        ("not (x > 1 or y < 2)", "x=0 y=3", None),
        ("x^0 + 2^x", "x=0", None),
        ("x^-2 + x^0.5 + x^y", "x=2 y=1.5", None),
        ("-x^2 - (-x) - (x - (y - x)) - x/(y/x) - (x*y)*(-1.5)", "x=2 y=7", None),
        ("(-2)^2*x - -3", "x=2", None),
        ("123456789012345678901234567890*x + .5 + 007", "x=2", None),
        ("12345678901234567890 - 12345678901234567889 + x", "x=2", None),
        ("max(x, x)", "x=2", None),
        ("max(x, y, x*y, 4)", "x=2 y=2", None),
        ("max(1, 2)*x", "x=2", None),
        ("exp(2)*x + sqrt(2*3)", "x=2", None),
        ("atan2(-y, x)", "x=-1 y=0", ("x",)),
        ("tanh(x) + sech(x)", "x=900", None),
        ("erf(x) + gelu(x)", "x=1e200", None),
        ("abs(x)*softsign(x) + softplus(x)", "x=0", None),
        ("clip(x, -1, y) + hardtanh(x)", "x=-1 y=1", None),
        ("w*x + b", "w=2 x=3 b=1", ("w", "b")),
        ("clip(1, 0, 2)*x + sign(-3) + step(2) + mod(7, 3) + round(2.5)", "x=1", None),
    ]
    return [
        Case(f"edge {i}: {expression}", expression, dict(pair.split("=") for pair in at.split()), wrt)
        for i, (expression, at, wrt) in enumerate(rows)
    ]


def wrong(cases: list[Case], printed: dict[str, dict[str, float] | str], rel: float) -> dict[str, object]:
    """The cases whose program printed something else than the report says."""
    found: dict[str, object] = {}
    for case in cases:
        want, got = expected(case.report()), printed[case.name]
        same = not isinstance(got, str) and set(got) == set(want)
        if not same or any(not math.isclose(got[name], want[name], rel_tol=rel, abs_tol=1e-13) for name in want):
            found[case.name] = (want, got)
    return found


def test_the_cases_cover_every_gate_and_have_answers(cases: list[Case]) -> None:
    assert all(is_answered(case) for case in cases)
    used = {node.op for case in cases for node in read(case.expression).nodes}
    assert set(GATES) <= used


@pytest.mark.parametrize("function", [None, "circuit"])
@pytest.mark.parametrize("language", ["python", "numpy"])
def test_every_number_of_the_python_programs(language: str, function: str | None, cases: list[Case]) -> None:
    pytest.importorskip(LIBRARIES[language], reason=f"{language} is not installed")
    printed = run_python({case.name: case.program(language, function) for case in cases})
    assert wrong(cases, printed, 1e-11) == {}


@needs_gcc
@pytest.mark.parametrize("function", [None, "circuit"])
def test_every_number_of_the_c_programs(function: str | None, cases: list[Case], tmp_path: Path) -> None:
    printed = run_c({case.name: case.program("c", function) for case in cases}, tmp_path)
    assert wrong(cases, printed, 1e-11) == {}


@pytest.mark.parametrize("function", [None, "circuit"])
@pytest.mark.parametrize("language", ["torch", "jax"])
def test_a_librarys_gradients_are_ours(language: str, function: str | None, cases: list[Case]) -> None:
    """The programs hold the library's gradients against the report's themselves: an assert that fails is an error."""
    texts = {case.name: case.program(language, function) for case in cases}
    for name, text in texts.items():
        tree = ast.parse(text, name)
        asserts = sum(isinstance(node, ast.Assert) for node in ast.walk(tree))
        report = next(case for case in cases if case.name == name).report()
        assert asserts + text.count("# no assert for ") == 1 + len(report.gradient)
    if find_spec(language) is None:
        pytest.skip(f"{language} is not installed, so its programs were compiled and not run")
    assert {name: said for name, said in run_python(texts).items() if isinstance(said, str)} == {}


def test_few_asserts_are_left_out(cases: list[Case]) -> None:
    left = {case.name for case in cases if "# no assert" in case.program("jax")}
    assert len(left) < 20
    for case in cases:
        if case.name in left:
            assert any(gate.kink or not gate.local for gate in case.report().gates)


_CALLS = """
import json, sys
found = []
for text, points in json.load(sys.stdin):
    space = {"__name__": "module"}
    exec(compile(text, "function", "exec"), space)
    found.append([space["circuit"](*point) for point in points])
json.dump(found, sys.stdout)
"""


def test_a_function_without_a_point_is_right_at_every_point() -> None:
    """Other branches, other ties: nothing of one point is built into it."""
    circuits = [case for case in mixed(120) if "where" in case.expression or "max" in case.expression]
    jobs, reports = [], []
    for case in circuits:
        circuit = read(case.expression)
        names = list(circuit.inputs)
        points = [[x, y, 0.25 * x - y][: len(names)] for x, y in pairwise([-2.5, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0])]
        answered = [
            point
            for point in points
            if is_answered(Case("", case.expression, dict(zip(names, map(str, point), strict=True))))
        ]
        jobs.append((render(circuit, None, None, "python", "circuit"), answered))
        reports.append(
            [differentiate(circuit, dict(zip(names, point, strict=True)), check="none") for point in answered]
        )
    ended = subprocess.run(
        [sys.executable, "-c", _CALLS], input=json.dumps(jobs), capture_output=True, text=True, check=True
    )
    assert sum(map(len, reports)) > 100
    for (text, points), found, known_ in zip(jobs, json.loads(ended.stdout), reports, strict=True):
        for point, (value, gradient), report in zip(points, found, known_, strict=True):
            assert value == pytest.approx(report.value.approx, rel=1e-11, abs=1e-13), (text, point)
            assert gradient == pytest.approx(dict(report.gradient), rel=1e-11, abs=1e-13), (text, point)


def awkward(number: int) -> Case:
    """Every awkward name as a variable, in circuits that also call the functions and stages of that name."""
    names = [name for name in _AWKWARD.split() if name != "pi"]
    terms = [f"{name}*{i + 1}" for i, name in enumerate(names)]
    calls = [
        "sigmoid(x) + relu(dx) + max(x, dx, 3) + digamma(2 + x^2)",
        "exp(x/9) + log(1 + x^2) + abs(dx) + step(x) + polygamma(1, 4 + x^2)",
    ]
    expression = (
        f"n_f = x*dx; {' + '.join(term for term in terms if not term.startswith('n_f*'))} + n_f + {calls[number]}"
    )
    return Case(f"names {number}", expression, {n: str(0.5 + i / 4) for i, n in enumerate(names) if n != "n_f"})


@pytest.mark.parametrize("function", [None, "circuit"])
@pytest.mark.parametrize("language", ["python", "numpy", "torch", "jax"])
def test_awkward_names(language: str, function: str | None) -> None:
    programs = {case.name: case.program(language, function) for case in (awkward(0), awkward(1))}
    assert all(text.isascii() or "print(" in text for text in programs.values())
    for text in programs.values():
        ast.parse(text)
    if find_spec(LIBRARIES[language]) is not None:
        assert wrong([awkward(0), awkward(1)], run_python(programs), 1e-9) == {}


@needs_gcc
@pytest.mark.parametrize("function", [None, "circuit"])
def test_awkward_names_in_c(function: str | None, tmp_path: Path) -> None:
    cases = [awkward(0), awkward(1)]
    assert (
        wrong(cases, {case.name: numbers(compiled(case.program("c", function), tmp_path)) for case in cases}, 1e-11)
        == {}
    )


def golden(name: str, language: str) -> str:
    case = next(case for case in known() if case.name == name)
    function = "circuit" if name == "cs231n-gate-patterns" else None
    return case.program(language, function)


@pytest.mark.parametrize("language", SUFFIX)
@pytest.mark.parametrize("name", GOLDEN_CIRCUITS)
def test_goldens(name: str, language: str) -> None:
    """Written anew with BACKPROP_GOLDENS=write; then read what changed."""
    path = GOLDENS / f"{name}-{language}.{SUFFIX[language]}"
    if os.environ.get("BACKPROP_GOLDENS") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(golden(name, language), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == golden(name, language)


@pytest.mark.parametrize("name", GOLDEN_CIRCUITS)
def test_goldens_have_the_published_numbers(name: str) -> None:
    """Every number of the case file stands in the program's output."""
    from conftest import published

    case = next(case for case in published() if case["id"] == name)
    printed = run_python({name: (GOLDENS / f"{name}-python.py").read_text(encoding="utf-8")})[name]
    assert not isinstance(printed, str)
    assert printed["f"] == pytest.approx(case["value_full"], rel=1e-9)
    assert {n.removeprefix("df/d"): v for n, v in printed.items() if n != "f"} == pytest.approx(
        case["grad_full"], rel=1e-9
    )


def test_the_first_circuit_reads_like_the_notes() -> None:
    out = backprop("code", "q = x + y; f = q*z", "x=-2", "y=5", "z=-4", "--lang", "python").out
    assert out.splitlines()[5:16] == [
        "# forward pass",
        "q = x + y  # 3.0",
        "f = q*z    # -12.0",
        "# backward pass",
        "df = 1.0",
        "# backprop f = q*z",
        "dq = z * df  # -4.0",
        "dz = q * df  # 3.0",
        "# backprop q = x + y",
        "dx = dq      # -4.0",
        "dy = dq      # -4.0",
    ]


def test_a_fork_is_said() -> None:
    out = backprop("code", "x*x", "x=3", "--lang", "python").out
    assert "dx = x * df   # 3.0\ndx += x * df  # += at a fork: adds 3.0\n" in out


def test_constant_exponents_leave_no_work_behind() -> None:
    out = backprop("code", "x^3 + x^1 + x^2", "--lang", "c", "--function", "cubic").out
    assert "double dx = 2.0*x * dg4;" in out
    assert "dx += 3.0*pow(x, 2.0) * dg1;" in out


def test_only_what_is_wanted_is_computed() -> None:
    out = backprop("code", "w*x + b", "w=2", "x=3", "b=1", "--wrt", "w,b", "--lang", "python").out
    assert "dx" not in out
    assert numbers(process("-c", out, start=(sys.executable,)).out) == {"f": 7.0, "df/dw": 3.0, "df/db": 1.0}


def test_helpers_only_where_used() -> None:
    assert "def " not in backprop("code", "x*y", "x=1", "y=2", "--lang", "python").out
    assert "import" not in backprop("code", "x*y", "x=1", "y=2", "--lang", "python").out
    assert "#include" not in backprop("code", "x*y", "--lang", "c", "--function", "product").out


def test_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "neuron.c"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    done = backprop("code", "sigmoid(w*x)", "w=1", "x=2", "--lang", "c", "-o", str(path))
    assert (done.out, done.err, done.code) == ("", "", 0)
    assert path.read_text(encoding="utf-8") == backprop("code", "sigmoid(w*x)", "w=1", "x=2", "--lang", "c").out
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_to_standard_output_by_name() -> None:
    assert backprop("code", "x", "x=1", "--lang", "c", "-o", "-").out.startswith("#include <stdio.h>\n")


@pytest.mark.parametrize("target", ["missing/a.py", ".", "file/a.py"])
def test_a_path_that_cannot_be_written(target: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = backprop("code", "x", "x=1", "--lang", "python", "-o", str(tmp_path / target))
    assert (done.out, done.code) == ("", 3)
    assert done.said.startswith("error[output.file]: ")
    assert str(tmp_path) in done.said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["x", "x=1", "--lang", "rust"], 2, "--lang takes python, numpy, torch, jax or c, and got rust"),
        (["x", "x=1"], 2, "--lang"),
        (["x*y", "x=1", "--lang", "c"], 2, "no value for y"),
        (["x*y", "x=1", "--lang", "c", "--function", "f"], 2, "no value for y"),
        (["log(x)", "x=-1", "--lang", "c"], 4, "log needs x > 0"),
        (["x", "--lang", "c", "--function", "for"], 2, "`for` has a meaning of its own in c"),
        (["x", "--lang", "c", "--function", "sqrt"], 2, "`sqrt` has a meaning"),
        (["x", "--lang", "python", "--function", "lambda"], 2, "`lambda` has a meaning"),
        (["x", "--lang", "python", "--function", "print"], 2, "`print` has a meaning"),
        (["x", "--lang", "torch", "--function", "torch"], 2, "`torch` has a meaning"),
        (["x", "--lang", "c", "--function", "a b"], 2, "`a b` cannot be"),
        (["x", "--lang", "c", "--function", "*/"], 2, "`*/` cannot be"),
        (["x", "--lang", "c", "--function", ""], 2, "`` cannot be"),
        (["x", "--lang", "c", "--function", "é"], 2, "`é` cannot be"),
        (["q = x; q*y", "x=1", "y=2", "--lang", "c", "--wrt", "q"], 2, "--wrt takes variables"),
        (["x", "x=1", "--lang", "c", "--wrt", "y"], 2, "--wrt names y"),
        (["x", "--lang", "c", "--function", "f", "--wrt", "y"], 2, "--wrt takes variables"),
        (["polygamma(n, x)", "--lang", "c", "--function", "p"], 4, "must be held fixed"),
        (["1e400*x", "--lang", "c", "--function", "p"], 4, "too large for a double"),
        (["1e-400*x", "--lang", "c", "--function", "p"], 4, "too small for a double"),
        (["x +", "--lang", "c"], 3, ""),
    ],
)
def test_bad_input(words: list[str], code: int, said: str) -> None:
    done = backprop("code", *words)
    assert (done.out, done.code) == ("", code)
    assert done.said.startswith("error[")
    assert said in done.err


def test_a_gate_that_a_language_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = module_of("torch")
    fewer = {op: call for op, call in torch.LANGUAGE.calls.items() if op != "erf"}
    monkeypatch.setattr(torch, "LANGUAGE", replace(torch.LANGUAGE, calls=fewer))
    with pytest.raises(Refused) as refused:
        Case("", "erf(x)", {"x": "1"}).program("torch")
    problem = refused.value.problems[0]
    assert (problem.code, problem.message) == ("code.gate", "erf cannot be written in torch")
    assert problem.hint == "python, numpy, jax, c can write it"


@pytest.mark.parametrize("language", SUFFIX)
def test_branches_nested_too_deeply_are_refused(language: str) -> None:
    body = "x"
    for number in range(70):
        body = f"where(x > {number}, log({body}), x*{number})"
    with pytest.raises(Refused, match="nested 70 deep"):
        render(read(body), None, None, language, "circuit")
    flat = body.replace("log(", "-(").replace("x*", "x - ")
    assert render(read(flat), None, None, "python", "circuit")


def test_a_large_circuit_is_written_in_linear_time() -> None:
    stages = "; ".join(["s0 = x*y", *(f"s{i} = sin(s{i - 1}) + x" for i in range(1, 3000))])
    text = Case("", stages, {"x": "1", "y": "2"}).program("python")
    assert text.count("# backprop ") == 5999
    assert isinstance(run_python({"large": text})["large"], dict)
