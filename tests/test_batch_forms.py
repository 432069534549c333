"""Many rows: every form of file gives the same bits, on any number of threads, and large files name what is wrong."""

from __future__ import annotations

import contextlib
import gzip
import json
import math
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from command import backprop
from hypothesis import given
from hypothesis import strategies as st
from test_cli_json import parsed

from backprop_cli.problems import Refused
from backprop_cli.reading import read
from backprop_cli.rows import bulk, chunks, summing, text_blocks
from backprop_cli.rows.files import found
from backprop_cli.rows.number_rows import number_engine
from backprop_cli.rows.rejects import Rejects
from backprop_cli.rows.row_records import Dialect
from backprop_cli.rows.source import Data
from backprop_cli.rows.task import Task

NEURON = "(sigmoid(w*x + b) - t)^2"
POINT = ("w=0.5", "b=-0.25")
ROWS = 20_000
RNG = np.random.default_rng(11)
X, T = RNG.normal(size=ROWS), RNG.integers(0, 2, ROWS)


def table(x: Any = X, t: Any = T) -> str:
    return "x,t\n" + "".join(f"{a!r},{int(b)}\n" for a, b in zip(x.tolist(), t.tolist(), strict=True))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forms")
    text = table()
    (folder / "a.csv").write_text(text)
    (folder / "a.tsv").write_text(text.replace(",", "\t"))
    (folder / "true.csv").write_text(text.replace(",1\n", ",true\n"))
    lines = text.splitlines(keepends=True)
    (folder / "blank.csv").write_text("\n" + "".join(lines[:9_000]) + "\n\n" + "".join(lines[9_000:]))
    (folder / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    rows = zip(X.tolist(), T.tolist(), strict=True)
    (folder / "a.jsonl").write_text("".join(json.dumps({"x": x, "t": t}) + "\n" for x, t in rows))
    np.savez(folder / "a.npz", x=X, t=T)
    record = np.zeros(ROWS, dtype=[("x", "f8"), ("t", "i4")])
    record["x"], record["t"] = X, T
    np.save(folder / "a.npy", record)
    return folder


@pytest.fixture(autouse=True)
def here(files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(files)
    return files


def run(*argv: str, stdin: str = "", expression: str = NEURON, point: tuple[str, ...] = POINT) -> Any:
    ran = backprop("batch", expression, *argv, *point, "--json", stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    found = parsed(ran.out, "batch")
    del found["files"]
    return found


def whole() -> Any:
    return run("--data", "a.csv")


@pytest.mark.parametrize("name", ["a.tsv", "true.csv", "blank.csv", "a.csv.gz", "a.jsonl", "a.npz", "a.npy"])
def test_the_same_bits_from_every_file(name):
    assert run("--data", name) == whole()


def test_the_same_bits_from_standard_input_and_without_pyarrow(monkeypatch):
    assert run("--data", "-", stdin=table()) == whole()
    monkeypatch.setattr("backprop_cli.rows.bulk.has_pyarrow", lambda: False)
    assert run("--data", "a.csv") == whole()


@pytest.mark.parametrize("threads", ["1", "2", "5"])
def test_the_same_bits_on_any_number_of_threads(threads):
    assert run("--data", "a.csv", "--threads", threads) == whole()


@pytest.mark.parametrize("group", [1_000, 9_999, 1_000_000])
def test_the_same_bits_from_parquet_and_feather(here, group):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    feather = pytest.importorskip("pyarrow.feather")
    kinds = {"x": arrow.array(X), "t": arrow.array(T.astype(bool))}
    made = arrow.table(kinds)
    parquet.write_table(made, here / "a.parquet", row_group_size=group)
    feather.write_feather(made, here / "a.feather", chunksize=group)
    assert run("--data", "a.parquet") == run("--data", "a.feather") == whole()


def test_the_same_bits_from_zstd(here):
    arrow = pytest.importorskip("pyarrow")
    with arrow.CompressedOutputStream(str(here / "z.csv.zst"), "zstd") as out:
        out.write(table().encode())
    assert run("--data", "z.csv.zst") == whole()


KINDS = {
    "decimal": lambda arrow: arrow.array([1, 2, 3]).cast(arrow.decimal128(21, 2)),
    "dictionary": lambda arrow: arrow.array([1.0, 2.0, 3.0]).dictionary_encode(),
    "float32": lambda arrow: arrow.array([1.0, 2.0, 3.0], arrow.float32()),
    "uint8": lambda arrow: arrow.array([1, 2, 3], arrow.uint8()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_columns(here, kind):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table({"x": KINDS[kind](arrow)}), here / "k.parquet")
    assert run("--data", "k.parquet", expression="w*x", point=("w=1",))["gradient"] == {"w": 2.0}


def test_list_columns(here):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table({"x": [[1.0, 2.0], [3.0, 5.0]]}), here / "l.parquet")
    found = run("--data", "l.parquet", expression="W @ x", point=("W=[1, 1]",))
    assert found["gradient"] == {"W": [2.0, 3.5]}


def test_the_order_of_files_is_free(here):
    for name, part in (("p1.csv", slice(0, 9_000)), ("p2.csv", slice(9_000, 9_001)), ("p3.csv", slice(9_001, None))):
        (here / name).write_text(table(X[part], T[part]))
    one = run("--data", "p1.csv", "p2.csv", "p3.csv")
    other = run("--data", "p3.csv", "p1.csv", "p2.csv")
    assert (one["value"], one["gradient"]) == (other["value"], other["gradient"])
    assert one["gradient"] == pytest.approx(whole()["gradient"], rel=1e-12)
    order = RNG.permutation(ROWS)
    (here / "permuted.csv").write_text(table(X[order], T[order]))
    assert run("--data", "permuted.csv")["gradient"] == pytest.approx(whole()["gradient"], rel=1e-12)


def single(expression: str, rows: list[dict[str, float]], **parameters: float) -> list[tuple[float, ...]]:
    circuit = read(expression)
    engine = number_engine(Task(circuit, tuple(rows[0]), parameters, tuple(parameters)))
    return [engine({**parameters, **row}).numbers for row in rows]


def test_many_rows_are_the_mean_of_single_ones():
    rows = [{"x": x, "t": float(t)} for x, t in zip(X.tolist(), T.tolist(), strict=True)]
    known = single(NEURON, rows, w=0.5, b=-0.25)
    found = whole()
    means = [math.fsum(column) / ROWS for column in zip(*known, strict=True)]
    assert [found["value"], *found["gradient"].values()] == pytest.approx(means, rel=1e-13)
    spread = [
        math.sqrt(math.fsum((v - m) ** 2 for v in column) / (ROWS - 1) / ROWS)
        for column, m in zip(zip(*known, strict=True), means, strict=True)
    ]
    errors = [found["value_standard_error"], *found["standard_error"].values()]
    assert errors == pytest.approx(spread, rel=1e-10)


def test_kinks_and_conditions_of_many_rows(here):
    x = np.round(X * 2)
    (here / "round.csv").write_text(table(x, T))
    found = run("--data", "round.csv", "--where", "x > -3 and t == 1", expression="relu(w*x) + max(x, 1)*b")
    kept = x[(x > -3) & (T == 1)]
    assert found["rows"] == len(kept)
    assert found["kink_gates"] == [
        {"gate": "relu", "text": "relu(w*x)", "rows": int((kept == 0).sum())},
        {"gate": "max", "text": "max(x, 1)", "rows": int((kept == 1).sum())},
    ]
    assert found["kinks"] == int(((kept == 0) | (kept == 1)).sum())
    assert found["gradient"] == pytest.approx(
        {"w": np.mean(np.where(kept > 0, kept, 0)), "b": np.mean(np.maximum(kept, 1))}, rel=1e-12
    )


def test_weights_of_many_rows(here):
    weights = RNG.integers(0, 4, ROWS)
    lines = zip(X.tolist(), T.tolist(), weights.tolist(), strict=True)
    (here / "w.csv").write_text("x,t,k\n" + "".join(f"{x!r},{t},{k}\n" for x, t, k in lines))
    (here / "repeated.csv").write_text(table(np.repeat(X, weights), np.repeat(T, weights)))
    found = run("--data", "w.csv", "--weights", "k")
    assert found["gradient"] == pytest.approx(run("--data", "repeated.csv")["gradient"], rel=1e-12)


BAD = [
    ("{}oops,1\n", 3, "data.number", "row 20,001, line 20,004, column x: 'oops' is no number"),
    ("{}1,\n", 3, "data.missing", "row 20,001, line 20,004, column t: there is no value"),
    ("{}1e400,1\n", 3, "data.large", "row 20,001, line 20,004, column x: '1e400' is too large for a double"),
    ("{}1\n", 3, "data.width", "row 20,001, line 20,004: the row has 1 cell, and the table 2"),
]


@pytest.mark.parametrize(("end", "code", "name", "message"), BAD, ids=[name for _, _, name, _ in BAD])
def test_a_bad_cell_in_the_last_line_is_found(here, end, code, name, message):
    head, _, body = table().partition("\n")
    (here / "bad.csv").write_text(f"{head}\n\n\n{end.format(body)}")
    ran = backprop("batch", NEURON, "--data", "bad.csv", *POINT)
    assert (ran.out, ran.code) == ("", code)
    assert ran.said == f"error[{name}]: bad.csv, {message}"


@pytest.mark.parametrize("form", ["csv", "npz"])
def test_a_row_without_a_value_in_the_last_line_is_found(here, form):
    x = np.abs(X) + 0.1
    x[-1] = -2.0
    head, _, body = table(x).partition("\n")
    (here / "domain.csv").write_text(f"{head}\n\n{body}")
    np.savez(here / "domain.npz", x=x)
    ran = backprop("batch", "log(w*x)", "--data", f"domain.{form}", "w=1")
    place = "domain.csv, row 20,000, line 20,002" if form == "csv" else "domain.npz, row 20,000"
    assert (ran.out, ran.code) == ("", 4)
    said = " ".join(ran.err.replace("\n  expression", " expression").split())
    assert said.startswith(f"error[domain.log]: {place} with x = -2.0: log needs x > 0, and got -2.0 expression:")


def test_a_line_is_found_although_the_table_breaks_further_on(here):
    lines = table(np.abs(X) + 0.1).splitlines(keepends=True)
    lines[9_000] = "-1,1\n"
    lines[18_000] = '"1"x,1\n'
    (here / "broken.csv").write_text("".join(lines))
    for threads in ("1", "2"):
        ran = backprop("batch", "log(w*x)", "--data", "broken.csv", "w=1", "--threads", threads)
        assert ran.code == 4
        assert ran.said.startswith("error[domain.log]: broken.csv, row 9,000, line 9,001 with x = -1.0")


def test_the_first_rows_left_out_are_listed_on_any_number_of_threads(here):
    lines = table(np.abs(X) + 0.1).splitlines(keepends=True)
    for at in range(100, 20_000, 1_500):
        lines[at] = "no,1\n" if at % 200 else "-1,1\n"
    (here / "mixed.csv").write_text("".join(lines))
    argv = ("batch", "log(w*x)", "--data", "mixed.csv", "w=1", "--skip-bad", "-q", "--no-check")
    one, four = (backprop(*argv, "--threads", count) for count in ("1", "4"))
    assert (one.out, one.err, one.code) == (four.out, four.err, 0)
    assert "mixed.csv, row 100, line 101" in one.err.splitlines()[1]


def test_bad_rows_of_a_large_file_are_left_out(here):
    lines = table(np.abs(X) + 0.1).splitlines(keepends=True)
    lines[15_000] = "no,1\n"
    lines[19_000] = "-1,1\n"
    (here / "some.csv").write_text("".join(lines))
    (here / "without.csv").write_text("".join(line for at, line in enumerate(lines) if at not in (15_000, 19_000)))
    ran = backprop("batch", "log(w*x) + t*b", "--data", "some.csv", "w=1", "b=2", "--skip-bad", "--json")
    assert ran.code == 0
    assert ran.err == (
        "warning[data.skipped]: 2 rows left out\n"
        "  some.csv, row 15,000, line 15,001, column x: 'no' is no number\n"
        "  some.csv, row 19,000, line 19,001 with x = -1.0, t = 1.0: log needs x > 0, and got -1.0\n"
    )
    found = json.loads(ran.out)
    known = run("--data", "without.csv", expression="log(w*x) + t*b", point=("w=1", "b=2"))
    assert (found["rows"], found["skipped"]) == (ROWS - 2, 2)
    assert found["gradient"] == pytest.approx(known["gradient"], rel=1e-13)


REFUSED = [
    ("text", "data.kind", "column x of r.parquet holds string, and no numbers"),
    ("null", "data.missing", "r.parquet, row 2, column x: there is no value"),
    ("nan", "data.missing", "r.parquet, row 2, column x: there is no value"),
    ("inf", "data.large", "r.parquet, row 2, column x: inf is no finite number"),
    ("ragged", "data.shape", "the lists in column x of r.parquet have different lengths, or are missing"),
]
COLUMNS = {
    "text": ["a", "b"],
    "null": [1, None],
    "nan": [1.0, math.nan],
    "inf": [1.0, math.inf],
    "ragged": [[1], [1, 2]],
}


@pytest.mark.parametrize(("kind", "code", "message"), REFUSED, ids=[kind for kind, _, _ in REFUSED])
def test_what_parquet_may_hold_is_not_taken_in_silence(here, kind, code, message):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table({"x": COLUMNS[kind]}), here / "r.parquet")
    ran = backprop("batch", "sum(w*x)", "--data", "r.parquet", "w=1")
    assert (ran.out, ran.code, ran.said) == ("", 3, f"error[{code}]: {message}")


def test_objects_are_never_loaded(here):
    np.save(here / "objects.npy", np.array([{"x": 1}], dtype=object), allow_pickle=True)
    ran = backprop("batch", "w*c1", "--data", "objects.npy", "w=1")
    assert (ran.said, ran.code) == ("error[data.kind]: objects.npy holds no numbers in NumPy's format", 3)


def test_without_pyarrow_parquet_says_what_to_install(here, monkeypatch):
    (here / "p.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ran = backprop("batch", "w*x", "--data", "p.parquet", "w=1")
    assert ran.err == (
        "error[data.form]: p.parquet is read by pyarrow, which is not installed\n"
        "  = pip install 'backprop-cli[data]', or save it as CSV\n"
    )


def test_a_pyarrow_that_does_not_go_with_this_numpy_is_as_none(here, monkeypatch):
    """Its newer versions are installed beside an older NumPy, and then say so when they are loaded."""
    (here / "pyarrow").mkdir()
    (here / "pyarrow/__init__.py").write_text('raise ImportError("pyarrow requires NumPy 2.0 or newer, found 1.26.0")')
    monkeypatch.delitem(sys.modules, "pyarrow", raising=False)
    monkeypatch.syspath_prepend(here)
    (here / "p.parquet").write_bytes(b"PAR1")
    ran = backprop("batch", "w*x", "--data", "p.parquet", "w=1")
    assert ran.said == (
        "error[data.form]: p.parquet is read by pyarrow, which cannot be loaded: "
        "pyarrow requires NumPy 2.0 or newer, found 1.26.0"
    )
    (here / "many.csv").write_text("x\n" + "1\n" * 20_000)
    ran = backprop("batch", "w*x", "--data", "many.csv", "w=1", "-q")
    assert (ran.out, ran.err, ran.code) == ("1.0\n", "", 0)


def test_arrays_in_many_rows(here):
    rows = [(x, float(t)) for x, t in zip(X.tolist(), T.tolist(), strict=True)]
    found = run(
        "--data",
        "a.csv",
        expression="h = tanh(W @ [x, t] + c); (v @ h - t)^2",
        point=("W=[[0.5, 1], [-1, 2]]", "c=[0.1, 0]", "v=[1, -1]"),
    )
    w, c, v = np.array([[0.5, 1], [-1, 2]]), np.array([0.1, 0]), np.array([1, -1])
    z = np.array(rows)
    h = np.tanh(z @ w.T + c)
    delta = 2 * (h @ v - z[:, 1])
    assert found["value"] == pytest.approx(float(np.mean((h @ v - z[:, 1]) ** 2)), rel=1e-12)
    assert np.allclose(found["gradient"]["v"], (delta[:, None] * h).mean(0), rtol=1e-12)
    inner = delta[:, None] * v * (1 - h * h)
    assert np.allclose(found["gradient"]["W"], (inner[:, :, None] * z[:, None, :]).mean(0), rtol=1e-9)
    assert np.allclose(found["gradient"]["c"], inner.mean(0), rtol=1e-9)


def test_every_row_of_many(here):
    ran = backprop("batch", NEURON, "--data", "a.csv", *POINT, "--reduce", "none")
    assert (ran.err, ran.code) == ("", 0)
    lines = ran.out.splitlines()
    assert lines[0] == "file,row,value,dw,db"
    assert len(lines) == ROWS + 1
    numbers = [float(cell) for cell in lines[-1].split(",")[1:]]
    known = single(NEURON, [{"x": float(X[-1]), "t": float(T[-1])}], w=0.5, b=-0.25)[0]
    assert numbers == pytest.approx([ROWS, *known], rel=1e-13)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_every_row_into_a_file(here, form):
    if form == "parquet":
        pytest.importorskip("pyarrow.parquet")
    ran = backprop("batch", NEURON, "--data", "a.csv", *POINT, "--reduce", "none", "-o", f"out.{form}")
    assert (ran.out, ran.err, ran.code) == ("", "", 0)
    total = "value" if form == "jsonl" else "value + dw"
    again = backprop("batch", total, "--data", f"out.{form}", "--no-check", "--json")
    found = json.loads(again.out)
    expected = whole()
    assert found["rows"] == ROWS
    known = expected["value"] + (0 if form == "jsonl" else expected["gradient"]["w"])
    assert found["value"] == pytest.approx(known, rel=1e-12)


def test_a_file_is_written_whole_or_not_at_all(here):
    (here / "end.csv").write_text("x\n" + "1\n" * 9_000 + "-1\n")
    for form in ("csv", "parquet"):
        if form == "parquet":
            pytest.importorskip("pyarrow.parquet")
        ran = backprop("batch", "log(w*x)", "--data", "end.csv", "w=1", "--reduce", "none", "-o", f"part.{form}")
        assert (ran.out, ran.code) == ("", 4)
        assert (
            ran.said == "error[domain.log]: end.csv, row 9,001, line 9,002 with x = -1.0: log needs x > 0, and got -1.0"
        )
        assert not list(here.glob("*part*"))


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.jsonl", "a.npz", "r.parquet"])
def test_the_same_bits_from_an_address(here, name):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table({"x": X, "t": T}), here / "r.parquet")
    assert run("--data", f"file://{here}/{name}") == whole()


PIECES = (
    *("1,2\n", "1,2\r\n", "1,2\r", '"5",6\n', '"7\n",8\n', "\n", "\r\n", " 9 ,1\n", '"a""b",1\n', '1,"2\r\n3"\n'),
    *('"1,2\n', '1,"2\n', '1"2,3\n', '"1"2,3\n', '""1,2\n', '"1" ,2\n', '1, "2"\n', '"1""",2\n', '"",2\n', '"'),
    *("1,2,3\n", "1\n", "x,1\n", "1,true\n", "  \n", "1,\n", ",\n", "inf,1\n", "+1,2\n", "1e400,1\n", "NA,1\n"),
)
TABLES = st.lists(st.sampled_from(PIECES) | st.just("1,2\n") | st.just("3,4\n"), min_size=1, max_size=16)


@given(TABLES, st.sampled_from([("a", "b"), ("b",)]), st.booleans())
def test_with_pyarrow_or_without_tables_are_read_alike(tmp_path_factory, pieces, wanted, skip):
    """The same rows in the same blocks with the same lines, and the same errors."""
    pytest.importorskip("pyarrow")
    file = tmp_path_factory.getbasetemp() / "alike.csv"
    file.write_text("a,b\n" + "".join(pieces), newline="")
    with contextlib.ExitStack() as stack:
        for module in (bulk, chunks, text_blocks):
            stack.enter_context(mock.patch.object(module, "BLOCK", 3))
        stack.enter_context(mock.patch.object(bulk, "has_pyarrow", return_value=True))
        fast = read_as(file, wanted, skip=skip)
        stack.enter_context(mock.patch.object(bulk, "has_pyarrow", return_value=False))
        assert read_as(file, wanted, skip=skip) == fast


def read_as(file: Path, wanted: tuple[str, ...], *, skip: bool) -> object:
    """What comes of a table: blocks and the rows left out, or the problem."""
    left_out: list[str] = []
    try:
        data = Data(found([str(file)]), Dialect())
        blocks = [
            ([block.place(at) for at in range(len(block))], block.plain().columns)
            for block in data.blocks(wanted, Rejects(skip, lambda bad: left_out.append(bad.problem.message)))
        ]
    except Refused as refused:
        return refused.problems
    return blocks, left_out


def test_a_folder_behind_an_address_and_other_systems(here):
    pytest.importorskip("pyarrow")
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    for name, part in (("p1.csv", slice(0, 9_000)), ("p2.csv", slice(9_000, None))):
        system.pipe(f"/rows/{name}", table(X[part], T[part]).encode())
    found = run("--data", "memory://rows")
    assert found["gradient"] == pytest.approx(whole()["gradient"], rel=1e-12)
    ran = backprop("batch", NEURON, "--data", "memory://rows/absent.csv", *POINT)
    assert (ran.out, ran.code) == ("", 3)
    assert ran.said.startswith("error[input.file]: memory://rows/absent.csv cannot be read: ")
    ran = backprop("batch", NEURON, "--data", "nothing://rows/a.csv", *POINT)
    assert (ran.out, ran.code) == ("", 3)
    assert ran.said.startswith("error[input.file]: nothing://rows/a.csv cannot be read: ")


def test_a_program_of_many_registers_takes_a_block_in_pieces(here, monkeypatch):
    expected = whole()
    monkeypatch.setattr("backprop_cli.rows.compiled._MOST_NUMBERS", 2_000)
    assert run("--data", "a.csv") == expected


def test_many_gates_of_parameters_alone_feed_rows(here):
    count = 800
    expression = " + ".join(f"sin({at}*w*x)" for at in range(1, count + 1))
    found = run("--data", "a.csv", "--limit", "3000", "--no-check", expression=expression, point=("w=0.5",))
    at, x = np.arange(1, count + 1), X[:3_000, None]
    assert found["gradient"]["w"] == pytest.approx(float((at * x * np.cos(at * 0.5 * x)).sum(1).mean()), rel=1e-9)


def test_kinks_of_parameters_alone_are_those_of_every_row(here):
    found = run("--data", "a.csv", "--no-check", expression="(w*x - t)^2 + 0.5*abs(w) + relu(b)", point=("w=0", "b=0"))
    assert found["kinks"] == ROWS
    assert found["kink_gates"] == [
        {"gate": "abs", "text": "abs(w)", "rows": ROWS},
        {"gate": "relu", "text": "relu(b)", "rows": ROWS},
    ]
    few = run("--data", "a.csv", "--limit", "100", expression="(w*x - t)^2 + 0.5*abs(w)", point=("w=0",))
    assert few["kink_gates"] == [{"gate": "abs", "text": "abs(w)", "rows": 100}]
    some = run("--data", "a.csv", "--no-check", expression="where(x > 0, abs(w)*x, w)", point=("w=0",))
    assert some["kinks"] == int((X > 0).sum())


def test_kinks_of_parameters_and_of_rows_are_counted_together(here):
    ran = run("--data", "a.csv", "--no-check", expression="w*x + abs(w) + relu(t)*w", point=("w=0",))
    assert [(kink["gate"], kink["rows"]) for kink in ran["kink_gates"]] == [
        ("abs", ROWS),
        ("relu", int((T == 0).sum())),
    ]
    assert ran["kinks"] == ROWS


@pytest.mark.parametrize("rows", [4, 20_000])
def test_a_sum_may_leave_the_range_of_doubles_on_its_way(here, rows):
    """By any order of additions in doubles it would; and one that is too large as a whole is refused."""
    (here / "huge.csv").write_text("x\n" + "1.7e308\n1.7e308\n-1.7e308\n-1.7e308\n" * (rows // 4))
    found = run("--data", "huge.csv", expression="w*x", point=("w=1",))
    assert (found["rows"], found["value"], found["gradient"]) == (rows, 0, {"w": 0})
    assert (found["value_standard_error"], found["standard_error"]) == (None, {"w": None})
    over = backprop("batch", "w*abs(x)", "--data", "huge.csv", "w=1")
    assert (over.code, over.out) == (4, "")
    assert over.said == "error[overflow.rows]: the sum over the rows is too large for a double"


def test_weights_near_the_ends_of_the_doubles(here):
    (here / "heavy.csv").write_text("x,k\n1,1e308\n2,1e308\n")
    heavy = backprop("batch", "w*x", "--data", "heavy.csv", "--weights", "k", "w=1")
    assert heavy.whole == ("", "error[data.weight]: the weights in k add up to more than a double holds\n", 3)
    (here / "light.csv").write_text("x,k\n1,1e-308\n2,1e-308\n")
    light = run("--data", "light.csv", "--weights", "k", expression="w*x", point=("w=1",))
    assert (light["value"], light["value_standard_error"]) == (1.5, None)  # the squares of the weights are 0


PICKING = {
    "a class": ("p = softmax(W @ [x, 1]); -log(p[y])", ("W=[[1, 0], [0, 1], [0.5, 0.5]]",)),
    "counted from the end": ("p = [w*x, w*x^2, w]; p[y - 3]^2", ("w=0.5",)),
    "rows and columns": ("M = [[x, 2*w, 1], [w*x, x^2, w], [w, w, w^2]]; M[y, 0]*w + sum(M[:, y])", ("w=1.5",)),
    "two wires": ("M = [[x, w, 1], [w*x, x^2, w], [w, w, w^2]]; M[y, k]", ("w=1.5",)),
    "kinks of the others": ("relu([w*x, w*x - 1, w])[y]", ("w=0",)),
    "others without a value": ("log([w*x + 10, w - 0.5, 2*w])[where(y == 1, 0, y)]", ("w=0.25",)),
    "a matrix": ("sum(T[y]*[x, x^2])", ("T=[[1, 2], [3, 4], [0, -1]]",)),
    "among many": ("t[y + 100]*x", ("t=" + json.dumps(list(range(200))),)),
}


@pytest.mark.parametrize(("expression", "point"), PICKING.values(), ids=PICKING)
def test_every_row_picks_its_own_element(here, expression, point, monkeypatch):
    """In blocks, and by the engine for arrays row by row."""
    cells = zip(X[:300].tolist(), RNG.integers(0, 3, 300).tolist(), RNG.integers(0, 3, 300).tolist(), strict=True)
    (here / "y.csv").write_text("x,y,k\n" + "".join(f"{x!r},{y},{k}\n" for x, y, k in cells))
    one_by_one = run("--data", "y.csv", expression=expression, point=point)
    monkeypatch.setattr(summing, "SMALL_ROWS", 0)
    many = run("--data", "y.csv", expression=expression, point=point)
    for name, gradient in one_by_one.pop("gradient").items():
        assert np.asarray(many["gradient"][name]) == pytest.approx(np.asarray(gradient), rel=1e-13, abs=1e-15)
    assert many["value"] == pytest.approx(one_by_one["value"], rel=1e-13)
    assert (many["kinks"], many["kink_gates"]) == (one_by_one["kinks"], one_by_one["kink_gates"])
    assert many["check"]["ok"] is True


@pytest.mark.parametrize("place", [0, 2_500])
@pytest.mark.parametrize(
    ("index", "says"), [("3", "there is no element 3"), ("0.5", "an index must be a whole number")]
)
def test_an_index_that_is_none_is_found(here, place, index, says):
    rows = ["1,0"] * 3_000
    rows[place] = f"1,{index}"
    (here / "index.csv").write_text("x,y\n" + "\n".join(rows) + "\n")
    ran = backprop("batch", "p = [w, w*x, x]; p[y]", "--data", "index.csv", "w=1")
    assert (ran.out, ran.code) == ("", 4)
    where = f"index.csv, row {place + 1:,}, line {place + 2:,} with x = 1.0, y = {float(index)}"
    assert ran.said.startswith(f"error[index.value]: {where}: {says}")
    left = backprop("batch", "p = [w, w*x, x]; p[y]", "--data", "index.csv", "w=1", "--skip-bad", "-q")
    assert (left.out, left.code) == ("1.0\n", 0)
    assert left.said == "warning[data.skipped]: 1 row left out"


@pytest.mark.parametrize("many", [False, True], ids=["one by one", "in blocks"])
@pytest.mark.parametrize("expression", ["sin(w) - x", "w*x", "x + t*w"])
def test_values_from_end_to_end_of_the_doubles(here, expression, many, monkeypatch):
    """Squares that leave the range of doubles are no error, and the difference of the mean has the digits it needs."""
    monkeypatch.setattr(summing, "SMALL_ROWS", 0 if many else 2_000)
    (here / "ends.csv").write_text("x,t\n1e300,1\n-1e160,2\n1,2\n1e-300,3\n")
    found = run("--data", "ends.csv", expression=expression, point=("w=1",))
    assert found["check"]["ok"] is True
    assert found["value_standard_error"] is None


@pytest.mark.parametrize(
    ("expression", "point"),
    [
        ("(x/b)/tanh(t + 2)", ("b=-1e160",)),
        ("atan2(w*0.5, x*w)", ("w=2.353151652023685",)),
        ("atan2(w, 2)/(w/x)", ("w=1e300",)),
    ],
    ids=["subnormal", "all digits cancel", "both"],
)
def test_the_mean_of_gradients_that_rounding_made_is_not_called_wrong(here, expression, point):
    """Each row's own verdict has allowed for what was lost there, and so does the mean's."""
    assert run("--data", "a.csv", "--limit", "50", expression=expression, point=point)["check"]["ok"] is True
