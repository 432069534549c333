"""``backprop batch``: means over rows of data, each against an independent sum over single points."""

from __future__ import annotations

import contextlib
import gzip
import json
import math
import random
import statistics
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import jsonschema
import pytest
from circuits import WILD, programs
from command import backprop, process
from hypothesis import given
from hypothesis import strategies as st
from test_cli_json import parsed

from backprop_cli import differentiate
from backprop_cli.gates import GATES
from backprop_cli.reading import read
from backprop_cli.rows import bulk, compiled, summing, text_blocks

NEURON = "(sigmoid(w*x + b) - t)^2"
CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "rows.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "points.csv").write_text("x,t\n1,0\n2,1\n\n-1,0\n0.5,1\n")
    return tmp_path


def run(*argv: str, stdin: str | bytes = "") -> Any:
    ran = backprop("batch", *argv, "--json", stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    return parsed(ran.out, "batch")


TABLE = """\
f = (sigmoid(w*x + b) - t)^2
mean f = 0.25  ± 0

parameter   value   mean gradient   std. error
──────────────────────────────────────────────
w             0.0        -0.15625         0.16
b             0.0             0.0         0.14

mean over 4 rows of points.csv
✓ 4 rows checked by power series, and their mean along one direction
"""
PLAIN = """\
mean f = 0.25  # std. error 0
mean df/dw = -0.15625  # std. error 0.16
mean df/db = 0.0  # std. error 0.14
# mean over 4 rows of points.csv
# 4 rows checked by power series, and their mean along one direction
"""
CSV = """\
kind,name,value,gradient,standard_error
output,f,0.25,,0.0
parameter,w,0.0,-0.15625,0.15625
parameter,b,0.0,0.0,0.14433756729740643
"""
LINES = """\
file,row,value,dw,db
points.csv,1,0.25,0.25,0.25
points.csv,2,0.25,-0.5,-0.25
points.csv,3,0.25,-0.25,0.25
points.csv,4,0.25,-0.125,-0.25
"""


@pytest.mark.parametrize(
    ("options", "out"),
    [
        ([], TABLE),
        (["--format", "plain"], PLAIN),
        (["--format", "csv"], CSV),
        (["-q"], "-0.15625\n0.0\n"),
        (["-q", "--wrt", "b"], "0.0\n"),
        (["--reduce", "none"], LINES),
        (["--reduce", "none", "-q"], "0.25 0.25\n-0.5 -0.25\n-0.25 0.25\n-0.125 -0.25\n"),
        (["--reduce", "sum", "-q"], "-0.625\n0.0\n"),
        (["--limit", "1", "-q"], "0.25\n0.25\n"),
        (["--where", "x > 0 and t == 1", "-q"], "-0.3125\n-0.25\n"),
    ],
    ids=" ".join,
)
def test_the_neuron_of_the_notes(options, out):
    ran = backprop("batch", NEURON, "--data", "points.csv", "w=0", "b=0", *options)
    assert (ran.out, ran.err, ran.code) == (out, "", 0)


def test_a_terminal_without_unicode():
    ran = process("batch", NEURON, "--data", "points.csv", "w=0", "b=0", env={"PYTHONIOENCODING": "ascii"})
    assert ran.out == TABLE.translate({ord("±"): "+-", ord("✓"): "+"}).replace(
        "parameter   value   mean gradient   std. error\n──────────────────────────────────────────────\n"
        "w             0.0        -0.15625         0.16\nb             0.0             0.0         0.14\n",
        "parameter | value | mean gradient | std. error\n----------+-------+---------------+-----------\n"
        "w         |   0.0 |      -0.15625 |       0.16\nb         |   0.0 |           0.0 |       0.14\n",
    )


def test_json_has_every_number():
    found = run(NEURON, "--data", "points.csv", "w=0", "b=0", "--wrt", "w")
    assert (found["rows"], found["value"]) == (4, 0.25)
    assert found["gradient"] == {"w": -0.15625}
    assert found["standard_error"] == {"w": 0.15625}
    assert found["point"] == {"w": 0.0, "b": 0.0}
    assert (found["data"], found["files"], found["skipped"], found["kinks"]) == (["x", "t"], ["points.csv"], 0, 0)


def test_one_json_object_a_row(here):
    (here / "lists.jsonl").write_text('{"x": [1, 2]}\n{"x": [3, 4]}\n')
    ran = backprop("batch", "W @ x", "--data", "lists.jsonl", "W=[1, -1]", "--reduce", "none", "--json")
    assert [json.loads(line) for line in ran.out.splitlines()] == [
        {"file": "lists.jsonl", "row": 1, "value": -1.0, "gradient": {"W": [1.0, 2.0]}},
        {"file": "lists.jsonl", "row": 2, "value": -1.0, "gradient": {"W": [3.0, 4.0]}},
    ]
    assert (ran.err, ran.code) == ("", 0)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_published_sums_over_data(here, case):
    columns = [case["at"][name] for name in case["columns"]]
    objects = (dict(zip(case["columns"], row, strict=True)) for row in zip(*columns, strict=True))
    (here / "rows.jsonl").write_text("".join(json.dumps(one) + "\n" for one in objects))
    point = [f"{name}={json.dumps(value)}" for name, value in case["at"].items() if name not in case["columns"]]
    found = run(case["row"], "--data", "rows.jsonl", *point, "--reduce", "sum")
    assert found["value"] == pytest.approx(case["value_full"], rel=1e-9)
    for name, known in case["grad_full"].items():
        assert found["gradient"][name] == pytest.approx(known, rel=1e-9, abs=1e-12)


FORMS = {
    "csv": "x,t\n1,0\n2,1\n-1,0\n0.5,1\n",
    "more columns": '\ufeffname, t ,x\r\n"a, b",0, 1\r\n"c\r\nd",1,"2"\r\ne,0,-1\r\nf,1,.5\r\n',
    "JSON Lines": '{"x": 1, "t": false}\n\n{"t": true, "x": 2.0}\n{"x": -1, "t": 0}\n{"x": "0.5", "t": 1}\n',
    "booleans": "x,t\n1,false\n2,TRUE\n-1,False\n5e-1,true\n",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("how", ["file", "gzip", "stdin"])
def test_forms_of_the_same_rows(here, text, how):
    expected = run(NEURON, "--data", "points.csv", "w=0.5", "b=-0.25")
    name = f"more.{'jsonl' if text.startswith('{') else 'csv'}"
    (here / name).write_text(text, newline="")
    (here / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    source = {"file": name, "gzip": f"{name}.gz", "stdin": "-"}[how]
    found = run(NEURON, "--data", source, "w=0.5", "b=-0.25", stdin=text)
    assert {**found, "files": 0} == {**expected, "files": 0}


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("1,0\n2,1\n-1,0\n0.5,1\n", ["--no-header", "--rename", "x=c1", "--rename", "t=c2"]),
        ("x length;t\n1;0\n2;1\n-1;0\n0,5;1\n", ["--delimiter", ";", "--decimal", ",", "--rename", "x=x length"]),
        ("x\tt\n1\t0\n2\t1\n-1\t0\n0.5\t1\n", ["--delimiter", "tab"]),
    ],
)
def test_other_tables(here, text, options):
    (here / "other.csv").write_text(text)
    expected = run(NEURON, "--data", "points.csv", "w=0.5", "b=-0.25")
    found = run(NEURON, "--data", "other.csv", *options, "w=0.5", "b=-0.25")
    assert {**found, "files": 0} == {**expected, "files": 0}


def test_files_folders_patterns_and_what_a_shell_makes_of_them(here):
    (here / "parts").mkdir()
    (here / "parts" / "a.csv").write_text("x,t\n1,0\n2,1\n")
    (here / "parts" / "b.csv").write_text("t,x\n0,-1\n1,0.5\n")
    (here / "parts" / ".hidden.csv").write_text("nothing")
    (here / "parts" / "notes.txt").write_text("nothing")
    expected = run(NEURON, "--data", "points.csv", "w=0.5", "b=-0.25")
    a, b = "parts/a.csv", "parts/b.csv"
    for names in (["parts"], ["parts/*.csv"], [a, "--data", b], [a, b], [b, a]):
        found = run(NEURON, "--data", *names, "w=0.5", "b=-0.25")
        assert sorted(found["files"]) == [a, b]
        assert found["gradient"] == expected["gradient"]
        assert found["value"] == expected["value"]


def test_weights_count_rows(here):
    (here / "weighted.csv").write_text("x,t,k\n1,0,2\n2,1,0\n-1,0,1\n")
    (here / "twice.csv").write_text("x,t\n1,0\n1,0\n-1,0\n")
    found = run(NEURON, "--data", "weighted.csv", "--weights", "k", "w=1", "b=0")
    expected = run(NEURON, "--data", "twice.csv", "w=1", "b=0")
    assert found["value"] == pytest.approx(expected["value"], rel=1e-15)
    assert found["gradient"] == pytest.approx(expected["gradient"], rel=1e-15)
    assert (found["weights"], found["rows"]) == ("k", 3)


def test_kinks_are_counted(here):
    (here / "kinks.csv").write_text("x,y\n0,1\n1,0\n2,3\n0,0\n")
    found = run("relu(w*x) + abs(y)", "--data", "kinks.csv", "w=1")
    assert found["kinks"] == 3
    assert found["kink_gates"] == [
        {"gate": "relu", "text": "relu(w*x)", "rows": 2},
        {"gate": "abs", "text": "abs(y)", "rows": 2},
    ]
    ran = backprop("batch", "relu(w*x) + abs(y)", "--data", "kinks.csv", "w=1", "--format", "plain")
    assert "# 3 rows stand on a kink\n# relu(w*x): 2 rows on the kink of relu (0 at 0)\n" in ran.out


def test_only_what_a_branch_takes_counts(here):
    (here / "signs.csv").write_text("x\n-1\n0\n4\n")
    assert run("where(x > 0, w*log(x), w)", "--data", "signs.csv", "w=1")["gradient"] == {
        "w": pytest.approx((2 + math.log(4)) / 3)
    }


def test_standard_errors_of_values_far_from_zero(here):
    rng = random.Random(5)
    values = [1e8 + rng.gauss(0, 1) for _ in range(500)]
    (here / "far.csv").write_text("x\n" + "".join(f"{value!r}\n" for value in values))
    found = run("w*x", "--data", "far.csv", "w=1")
    known = statistics.stdev(values) / math.sqrt(500)
    assert found["standard_error"]["w"] == pytest.approx(known, rel=1e-12)
    assert found["value_standard_error"] == pytest.approx(known, rel=1e-12)


def test_a_single_row_has_no_standard_error(here):
    (here / "one.csv").write_text("x\n3\n")
    found = run("w*x", "--data", "one.csv", "w=2")
    assert (found["value_standard_error"], found["standard_error"]) == (None, {"w": None})
    assert backprop("batch", "w*x", "--data", "one.csv", "w=2").out.startswith("f = w*x\nmean f = 6.0\n")


def test_arrays_of_parameters_and_rows_that_are_arrays(here):
    (here / "points2.csv").write_text("x1,x2,t\n1,2,0\n-1,0.5,1\n")
    found = run("x = [x1, x2]; (sum(W @ x + b) - t)^2", "--data", "points2.csv", "W=[[1, 2], [0, -1]]", "b=[0, 1]")
    single = [
        differentiate(
            "x = [x1, x2]; (sum(W @ x + b) - t)^2", {"x1": x1, "x2": x2, "t": t, "W": [[1, 2], [0, -1]], "b": [0, 1]}
        ).gradient
        for x1, x2, t in ((1, 2, 0), (-1, 0.5, 1))
    ]
    for name in ("W", "b"):
        assert found["gradient"][name] == ((single[0][name] + single[1][name]) / 2).tolist()


ROWS = st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), min_size=1, max_size=30)
EXPRESSIONS = (NEURON, "tanh(w*x)*t + b*w^2", "max(w*x, b*t, 0)", "q = w*x + b; q/(1 + t^2) - log(1 + q^2)")


@given(ROWS, st.floats(-2, 2), st.floats(-2, 2), st.sampled_from(EXPRESSIONS))
def test_the_mean_is_the_mean_of_single_points(rows, w, b, expression):
    data = "x,t\n" + "".join(f"{x!r},{t!r}\n" for x, t in rows)
    found = run(expression, "--data", "-", f"w={w!r}", f"b={b!r}", "--no-check", stdin=data)
    single = [
        differentiate(expression, {"x": x, "t": t, "w": w, "b": b}, check="none", wrt=("w", "b")).gradient
        for x, t in rows
    ]
    for name in ("w", "b"):
        mean = math.fsum(one[name] for one in single) / len(rows)
        assert found["gradient"][name] == pytest.approx(mean, rel=1e-14, abs=1e-300)


@given(programs(), st.integers(0, 10**6), st.integers(1, 60), st.sampled_from([1, 7, 16, 1000]), st.booleans())
def test_random_circuits_data_and_sizes_of_blocks(program, seed, count, size, many):
    """The mean and the kinks of any number of rows, in blocks of any size, by either way, are of single points."""
    circuit, rng = read(program), random.Random(seed)
    names = list(circuit.inputs)
    split = rng.randint(1, len(names))
    point = {name: rng.gauss(0, 1) for name in names[split:]}
    rows = [{name: rng.gauss(0, 2) for name in names[:split]} for _ in range(count)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    values = [f"{name}={value!r}" for name, value in point.items()]
    sized = (bulk, text_blocks, compiled)  # those that JSON Lines meet
    with contextlib.ExitStack() as stack:
        for module in sized:
            stack.enter_context(mock.patch.object(module, "BLOCK", size))
        stack.enter_context(mock.patch.object(summing, "SMALL_ROWS", 0 if many else 2_000))
        ran = backprop("batch", program, "--data", "-", *values, "--no-check", "--json", stdin=text)
    if ran.code:
        assert ran.code in (2, 4)  # a name that clashes, or a row without a value
        return
    found = json.loads(ran.out)
    single = [differentiate(circuit, point | row, check="none", wrt=tuple(point) or None) for row in rows]
    for name in point:
        column = [one.gradient[name] for one in single]
        scale = math.fsum(map(abs, column)) / count
        assert abs(found["gradient"][name] - math.fsum(column) / count) <= 1e-9 * scale + 1e-12
    assert found["kinks"] == sum(bool(one.trace[0].live_kinks) for one in single)


def test_small_files_need_no_numpy():
    program = (
        "import sys; from backprop_cli.cli.main import main; code = main(sys.argv[1:]);"
        "sys.exit(code or any(name in sys.modules for name in ('numpy', 'sympy', 'flint', 'pyarrow')))"
    )
    argv = ("batch", NEURON, "--data", "points.csv", "w=0", "b=0", "-q", "--no-check")
    ran = process("-c", program, *argv, start=(__import__("sys").executable,))
    assert (ran.out, ran.code) == ("-0.15625\n0.0\n", 0)


def test_the_schema_holds():
    jsonschema.validate(run(NEURON, "--data", "points.csv", "w=0", "b=0"), json.loads(backprop("schema", "batch").out))


def test_the_check_says_what_it_looked_at(here):
    found = run(NEURON, "--data", "points.csv", "w=0", "b=0")
    assert found["check"] == {"method": "forward", "rows": 4, "ok": True}
    found = run(NEURON, "--data", "points.csv", "w=0", "b=0", "--no-check")
    assert found["check"] == {"method": "none", "rows": 0, "ok": None}
    ran = backprop("batch", NEURON, "--data", "points.csv", "w=0", "b=0", "--no-check")
    assert ran.out.endswith("\nmean over 4 rows of points.csv\nnot checked\n")


def test_a_wrong_quick_rule_is_found(here, monkeypatch):
    wrong = replace(GATES["sigmoid"], quick_slopes=("z*(z*exp(-x))*1.0001",))
    monkeypatch.setitem(GATES, "sigmoid", wrong)
    (here / "many.csv").write_text("x,t\n" + "0.5,1\n-0.5,0\n" * 1_500)
    ran = backprop("batch", NEURON, "--data", "many.csv", "w=1", "b=0", "--json")
    assert json.loads(ran.out)["check"]["ok"] is False
    assert ran.code == 1
    assert ran.said == "error[check.wrong]: the row with x = 0.5, t = 1.0 has other gradients by the check"


def test_a_mean_that_is_no_mean_is_found(here, monkeypatch):
    monkeypatch.setattr("backprop_cli.rows.sums.Summary.means", property(lambda self: self.sums))
    ran = backprop("batch", NEURON, "--data", "points.csv", "w=1", "b=0")
    assert ran.code == 1
    assert "error[check.wrong]: the mean gradient of the sample is not the slope of its mean value\n" in ran.err


NO_STEP = {
    # a difference quotient of the mean would have missed these: expression, column x, w
    "a value beside which every step vanishes": ("1e-300^x + w", "1 0 -1 0.5", "0.5"),
    "a kink nearer than any step": ("relu(w - x)*3", "1 0.9999999999999 1.0000000000001", "1.00000000000005"),
    "steep and bent": ("exp(1e9*(w - x))", "1 1.000000001 1.000000002", "1"),
    "a sum far below its terms": ("1e200*sin(w) + x*w - 1e200*w*cos(x)", "1 2 3", "0.5"),
    "flat beyond the doubles": ("exp(-(w + 30*x)^2)", "1 2 3", "3"),
}


@pytest.mark.parametrize(("expression", "column", "w"), NO_STEP.values(), ids=NO_STEP)
def test_no_right_mean_is_called_wrong(here, expression, column, w):
    (here / "x.csv").write_text("\n".join(["x", *column.split()]) + "\n")
    found = run(expression, "--data", "x.csv", f"w={w}")
    assert found["check"] == {"method": "forward", "rows": len(column.split()), "ok": True}


_NUMBERS = st.sampled_from([0.0, 1.0, -1.0, 1e300, -1e-300, 1e200, 0.3, -745.2, 40.0, 1e16, 3.0])


@given(text=WILD, rows=st.lists(_NUMBERS, min_size=1, max_size=4), w=_NUMBERS)
def test_no_wild_circuit_over_rows_is_called_wrong(text, rows, w, tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "x.csv"
    path.write_text("\n".join(["x", *map(repr, rows)]) + "\n")
    ran = backprop("batch", f"{text} + 0*(w + x)", "--data", str(path), f"w={w!r}")
    assert ran.code in (0, 3, 4), ran.out
    assert "[check" not in ran.err


def test_an_index_that_a_column_brings(here):
    (here / "labels.csv").write_text("x,y\n1,0\n-2,1\n")
    found = run("p = softmax(W*x); -log(p[y])", "--data", "labels.csv", "W=[0.5, -1]")
    single = [
        differentiate("p = softmax(W*x); -log(p[y])", {"W": [0.5, -1], "x": x, "y": y}, check="none").gradient["W"]
        for x, y in ((1, 0), (-2, 1))
    ]
    assert found["gradient"]["W"] == pytest.approx(((single[0] + single[1]) / 2).tolist(), rel=1e-14)
    assert found["check"] == {"method": "forward", "rows": 2, "ok": True}


@pytest.mark.parametrize(("seconds", "threads", "most"), [(0.002, None, 2), (0.0, None, 1), (0.0, 3, 3), (0.002, 1, 1)])
def test_threads_are_used_where_blocks_take_long_enough(seconds, threads, most, monkeypatch):
    used = set()

    def work(block):
        time.sleep(seconds)
        used.add(threading.get_ident())
        return block

    monkeypatch.setattr(summing, "processors", lambda: 2)
    assert [made for _, made in summing.in_threads(work, range(40), threads)] == list(range(40))
    assert len(used - {threading.get_ident()} if most > 1 else used) <= most
    assert (used == {threading.get_ident()}) == (most == 1)
