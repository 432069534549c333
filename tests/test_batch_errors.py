"""What can be wrong with rows of data: each error with file, row, line, column and value, and its exit code."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from command import backprop

from backprop_cli.catalogue.topics import codes

FILES = {
    "points.csv": "x,t\n1,0\n2,1\n\n-1,0\n0.5,1\n",
    "word.csv": 'x,t\n1,0\n\n"2\n2",oops\n',
    "empty-cell.csv": "x,t\n1,0\n2,\n",
    "na.csv": "x,t\n1,0\nNA,1\n",
    "nan.csv": "x,t\n1,0\n1,nan\n",
    "inf.csv": "x,t\n1,0\n1,-inf\n",
    "large.csv": "x,t\n1,0\n1e400,1\n",
    "underscore.csv": "x,t\n1_000,0\n",
    "arabic.csv": "x,t\n٣,0\n",
    "short.csv": "x,t\n1,0\n\n2\n",
    "long.csv": "x,t\n1,0\n2,1,3\n",
    "twice.csv": "x,t,x\n1,0,2\n",
    "numbers.csv": "1,0\n2,1\n",
    "nothing.csv": "",
    "header-only.csv": "x,t\n",
    "semicolons.csv": "x;t\n1;0\n",
    "quotes.csv": 'x,t\n1,"0\n2,1\n',
    "bad.jsonl": '{"x": 1, "t": 0}\n\n{"x": 1, "t": \n',
    "list.jsonl": '{"x": 1, "t": 0}\n[1, 2]\n',
    "array.json": '[\n{"x": 1, "t": 0},\n{"x": 2, "t": 1}]\n',
    "array.jsonl": '[{"x": 1, "t": 0}]\n',
    "spaces.csv": "\n  \n1\n",
    "comma.csv": 'x,t\n"-1,5",0\n',
    "many-commas.csv": 'x,t\n"1,2,3",0\n',
    "null.jsonl": '{"x": 1, "t": 0}\n{"x": null, "t": 0}\n',
    "gone.jsonl": '{"x": 1, "t": 0}\n{"x": 2}\n',
    "nan.jsonl": '{"x": NaN, "t": 0}\n',
    "huge.jsonl": '{"x": 1e999, "t": 0}\n',
    "keys.jsonl": '{"x": 1, "t": 0, "x": 2}\n',
    "ragged.jsonl": '{"x": [1, [2]], "t": 0}\n',
    "shapes.jsonl": '{"x": [1, 2], "t": 0}\n{"x": [1, 2, 3], "t": 0}\n',
    "number-first.jsonl": '{"x": 1, "t": 0}\n{"x": [1, 2], "t": 0}\n',
    "pair.jsonl": '{"x": [1, 2], "t": 0}\n',
    "object.jsonl": '{"x": {}, "t": 0}\n',
    "plain.csv.gz": "x,t\n1,0\n",
    "weights.csv": "x,t,k\n1,0,1\n2,1,-1\n",
    "zeros.csv": "x,t,k\n1,0,0\n",
    "big.csv": "x,t\n1.7e308,0\n1.7e308,0\n",
    "table.xlsx": "x,t\n1,0\n",
    "points.parquet": "PAR1",
    "points.csv.zst": "x",
}
W = ("w*x - t", "w=1")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def of(file: str, *more: str) -> tuple[str, ...]:
    return (*W, "--data", file, *more)


ERRORS = [
    # code, command line, exit code, message
    ("usage.data", W, 2, "there are no data"),
    (
        "usage.column",
        ("w*x", "--data", "points.csv", "w=1", "x=2"),
        2,
        "x is a column of the data, and is given a value",
    ),
    ("usage.stage", ("q = w*x; q", "--data", "points.csv", "w=1", "q=2"), 2, "q is a stage with a value of its own"),
    ("usage.missing", ("w*x + b", "--data", "points.csv", "w=1"), 2, "no value and no column for b"),
    ("usage.wrt", ("w*x", "--data", "points.csv", "w=1", "--wrt", "x"), 2, "--wrt names x, which is a column"),
    (
        "usage.wrt",
        ("w*x", "--data", "points.csv", "w=1", "--wrt", "v"),
        2,
        "--wrt names v, which is no parameter of the expression",
    ),
    ("usage.option", ("-", "--data", "-", "w=1"), 2, "standard input cannot be both the expression and the data"),
    ("usage.option", (*W, "--data", "-", "--at", "-"), 2, "standard input cannot be both the point and the data"),
    ("usage.option", of("points.csv", "--scheduler", "tcp://x"), 2, "--scheduler is for --engine dask"),
    ("usage.option", of("points.csv", "--engine", "dask", "--reduce", "none"), 2, "--engine dask gives sums"),
    ("input.file", of("absent.csv"), 3, "absent.csv cannot be read: no such file or directory"),
    ("input.file", of("absent-*.csv"), 3, "absent-*.csv cannot be read: no file fits this pattern"),
    ("data.file", of("empty"), 3, "empty holds no data file"),
    ("data.file", of("plain.csv.gz"), 3, "plain.csv.gz cannot be unpacked: Not a gzipped file (b'x,')"),
    ("data.file", of("quotes.csv"), 3, "quotes.csv, line 3: unexpected end of data"),
    ("data.where", of("points.csv", "--where", "t = 1"), 3, "--where gives t a value"),
    ("data.where", of("points.csv", "--where", "q = x; q > 0"), 3, "--where gives q a value"),
    ("data.twice", of("points.csv", "--data", "./points.csv"), 3, "./points.csv is read twice"),
    ("data.empty", of("nothing.csv"), 3, "nothing.csv is empty"),
    ("data.empty", of("header-only.csv"), 3, "no row of data is left"),
    ("data.empty", of("points.csv", "--where", "x > 9"), 3, "no row of data is left"),
    ("data.header", of("twice.csv"), 3, "two columns of twice.csv have the name 'x'"),
    ("data.header", of("spaces.csv"), 3, "the columns of spaces.csv have no names"),
    ("data.header", of("numbers.csv"), 3, "the first line of numbers.csv has numbers"),
    (
        "data.column",
        of("points.csv", "--data", "weights.csv", "--where", "q > 0"),
        3,
        "--where names q, which is no column",
    ),
    ("data.column", of("points.csv", "--weights", "k"), 3, "--weights names k, which is no column"),
    ("data.column", of("points.csv", "--rename", "x=q"), 3, "--rename asks for the column 'q'"),
    ("data.column", of("points.csv", "--data", "semicolons.csv"), 3, "semicolons.csv has no column 'x'"),
    ("data.number", of("word.csv"), 3, "word.csv, row 2, line 4, column x: '2␊2' is no number"),
    ("data.number", of("underscore.csv"), 3, "underscore.csv, row 1, line 2, column x: '1_000' is no number"),
    ("data.number", of("arabic.csv"), 3, "arabic.csv, row 1, line 2, column x: '٣' is no number"),
    (
        "data.number",
        of("comma.csv"),
        3,
        "comma.csv, row 1, line 2, column x: '-1,5' is no number with a decimal point; see --decimal",
    ),
    ("data.number", of("many-commas.csv"), 3, "many-commas.csv, row 1, line 2, column x: '1,2,3' is no number = "),
    ("data.number", of("object.jsonl"), 3, "object.jsonl, row 1, line 1, column x: an object is no number"),
    ("data.missing", of("empty-cell.csv"), 3, "empty-cell.csv, row 2, line 3, column t: there is no value"),
    ("data.missing", of("na.csv"), 3, "na.csv, row 2, line 3, column x: NA is no value"),
    ("data.missing", of("nan.csv"), 3, "nan.csv, row 2, line 3, column t: nan is no value"),
    ("data.missing", of("null.jsonl"), 3, "null.jsonl, row 2, line 2, column x: null is no value"),
    ("data.missing", of("gone.jsonl"), 3, "gone.jsonl, row 2, line 2, column t: null is no value"),
    ("data.missing", of("nan.jsonl"), 3, "nan.jsonl, row 1, line 1, column x: NaN is no value"),
    ("data.number", of("inf.csv"), 3, "inf.csv, row 2, line 3, column t: '-inf' is no number"),
    ("data.large", of("large.csv"), 3, "large.csv, row 2, line 3, column x: '1e400' is too large for a double"),
    ("data.large", of("huge.jsonl"), 3, "huge.jsonl, row 1, line 1, column x: '1e999' is too large for a double"),
    ("data.width", of("short.csv"), 3, "short.csv, row 2, line 4: the row has 1 cell, and the table 2"),
    ("data.width", of("long.csv"), 3, "long.csv, row 2, line 3: the row has 3 cells, and the table 2"),
    ("data.json", of("bad.jsonl"), 3, "bad.jsonl, row 2, line 3: this is no JSON object: expecting value"),
    ("data.json", of("list.jsonl"), 3, "list.jsonl, row 2, line 2: this is no JSON object"),
    ("data.json", of("array.json"), 3, "array.json begins with [, and JSON Lines are objects"),
    ("data.json", of("array.jsonl"), 3, "array.jsonl begins with [, and JSON Lines are objects"),
    ("data.json", of("keys.jsonl"), 3, "keys.jsonl, row 1, line 1: a name stands twice in this object"),
    (
        "data.shape",
        of("number-first.jsonl"),
        3,
        "number-first.jsonl, row 2, line 2, column x: its shape is (2,), and the first row's a number",
    ),
    (
        "data.shape",
        of("ragged.jsonl"),
        3,
        "ragged.jsonl, row 1, line 1, column x: the lists in it have different lengths",
    ),
    (
        "data.shape",
        ("sum(w*x) - t", "w=1", "--data", "shapes.jsonl"),
        3,
        "shapes.jsonl, row 2, line 2, column x: its shape is (3,), and the first row's (2,)",
    ),
    (
        "data.shape",
        ("sum(w*x) - t", "w=1", "--data", "pair.jsonl", "--where", "x > 0"),
        3,
        "x has a list in every row, and a number is needed",
    ),
    ("shape.output", ("w*x - t", "w=1", "--data", "pair.jsonl"), 3, "w*x - t is (2,)"),
    (
        "data.weight",
        of("weights.csv", "--weights", "k"),
        3,
        "weights.csv, row 2, line 3, column k: a weight must be 0 or more",
    ),
    ("data.weight", of("zeros.csv", "--weights", "k"), 3, "the weights in k add up to 0"),
    ("data.file", of("points.parquet"), 3, None),
    ("data.file", of("points.csv.zst"), 3, None),
    ("overflow.rows", of("big.csv", "--reduce", "sum"), 4, "the sum over the rows is too large for a double"),
    (
        "domain.log",
        ("log(w*x)", "--data", "points.csv", "w=1"),
        4,
        "points.csv, row 3, line 5 with x = -1.0: log needs x > 0, and got -1.0",
    ),
    (
        "slope.sqrt",
        ("sqrt(w*x)", "--data", "points.csv", "w=0"),
        4,
        "points.csv, row 1, line 2 with x = 1.0: sqrt has a value but no finite slope here",
    ),
    (
        "overflow.exp",
        ("exp(w*x)", "--data", "points.csv", "w=1000"),
        4,
        "points.csv, row 1, line 2 with x = 1.0: exp overflows a double",
    ),
    (
        "domain.log",
        of("points.csv", "--where", "log(x) > 0"),
        4,
        "points.csv, row 3, line 5: log needs x > 0, and got -1.0",
    ),
    ("output.form", of("points.csv", "--reduce", "none", "-o", "rows.txt"), 3, "rows.txt has no ending that is known"),
    ("output.file", of("points.csv", "--reduce", "none", "-o", "no/rows.csv"), 3, "no/rows.csv cannot be written"),
    ("usage.option", of("points.csv", "-o", "rows.csv"), 2, "--output is for --reduce none; a mean is printed"),
    ("usage.option", of("points.csv", "--delimiter", "ab"), 2, "--delimiter takes one sign, and got 'ab'"),
    ("usage.option", of("points.csv", "--decimal", ","), 2, "the delimiter and the decimal sign are the same"),
    ("usage.option", of("points.csv", "--rename", "x"), 2, "--rename takes NEW=OLD, and got 'x'"),
    ("usage.option", of("points.csv", "--rejects", "r.csv"), 2, "--rejects is for rows left out"),
    ("usage.option", of("-", "--at", "-"), 2, "standard input cannot be both the point and the data"),
]


@pytest.mark.parametrize(
    ("code", "argv", "exit_code", "message"), ERRORS, ids=[f"{e[0]}-{i}" for i, e in enumerate(ERRORS)]
)
def test_errors(code, argv, exit_code, message):
    if message is None:  # pyarrow's own words
        pytest.importorskip("pyarrow")
    ran = backprop("batch", *argv)
    assert (ran.out, ran.code) == ("", exit_code), ran.err
    assert ran.said.startswith(f"error[{code}]: ")
    if message is not None:
        assert " ".join(ran.err.replace("\n  ", " ").split()).startswith(f"error[{code}]: " + " ".join(message.split()))


def test_every_code_of_data_is_met():
    known = {code for code in codes() if code.startswith("data.")}
    # the others in test_batch_forms.py
    assert known - {code for code, *_ in ERRORS} == {"data.skipped", "data.form", "data.kind"}


HINTS = [
    (("w*a - t", "w=1", "--data", "semicolons.csv"), "the columns seem to be divided by ;: see --delimiter"),
    (of("points.csv", "--data", "semicolons.csv"), "the columns seem to be divided by ;: see --delimiter"),
    (of("points.csv", "--where", "T > 0"), "did you mean t?"),
    (of("numbers.csv"), "with --no-header the columns are c1, c2 and so on"),
    (of("na.csv"), "correct the file, or leave such rows out with --skip-bad"),
    (("log(w*x)", "--data", "points.csv", "w=1"), "the row is left out with --skip-bad"),
    (("w*x", "--data", "points.csv", "w=1", "x=2"), "leave out x=…, or give the column another name: --rename other=x"),
]


@pytest.mark.parametrize(("argv", "hint"), HINTS, ids=[hint for _, hint in HINTS])
def test_the_hint_says_what_to_do(argv, hint):
    assert hint in backprop("batch", *argv).err


SKIPPED = """\
warning[data.skipped]: 2 rows left out
  bad.csv, row 2, line 3, column x: 'oops' is no number
  bad.csv, row 4, line 6 with x = -1.0: log needs x > 0, and got -1.0
"""
REJECTS = """\
file,row,line,column,value,code,message
bad.csv,2,3,x,oops,data.number,"bad.csv, row 2, line 3, column x: 'oops' is no number"
bad.csv,4,6,,,domain.log,"bad.csv, row 4, line 6 with x = -1.0: log needs x > 0, and got -1.0"
"""


def test_bad_rows_can_be_left_out_and_are_never_left_out_in_silence(here):
    (here / "bad.csv").write_text("x\n1\noops\n4\n\n-1\n")
    ran = backprop(
        "batch",
        "log(w*x)",
        "--data",
        "bad.csv",
        "w=1",
        "--skip-bad",
        "--rejects",
        "r.csv",
        "--no-check",
        "--format",
        "plain",
    )
    assert ran.code == 0
    assert ran.err == SKIPPED
    assert (here / "r.csv").read_text() == REJECTS
    assert (
        "mean df/dw = 1.0  # std. error 0\n# mean over 2 rows of bad.csv\n# not checked\n# 2 rows left out\n" in ran.out
    )


@pytest.mark.parametrize("rows", [3, 9_000])
def test_what_stands_behind_the_limit_is_nobodys_error(here, rows):
    (here / "end.csv").write_text("x\n" + "2\n" * rows + "oops\n-1\n")
    (here / "end.jsonl").write_text('{"x": 2}\n' * rows + "oops\n")
    for name in ("end.csv", "end.jsonl"):
        ran = backprop("batch", "w*x", "--data", name, "w=1", "--limit", str(rows), "-q", "--no-check")
        assert (ran.out, ran.err, ran.code) == ("2.0\n", "", 0)
        more = backprop("batch", "w*x", "--data", name, "w=1", "--limit", str(rows + 1), "-q", "--no-check")
        assert (more.out, more.code, f"row {rows + 1:,}, line " in more.said) == ("", 3, True)
    left_out = backprop(
        *("batch", "w*log(x)", "--data", "end.csv", "w=1", "--limit", str(rows + 5), "--skip-bad", "--no-check"),
        *("--format", "plain"),
    )
    assert f"over {rows:,} rows" in left_out.out
    assert left_out.said == "warning[data.skipped]: 2 rows left out"


def test_ten_are_listed(here):
    (here / "bad.csv").write_text("x\n1\n" + "no\n" * 12)
    ran = backprop("batch", "w*x", "--data", "bad.csv", "w=1", "--skip-bad", "-q")
    assert (ran.out, ran.code) == ("1.0\n", 0)
    assert ran.err.count("\n") == 12
    assert ran.err.endswith("  and 2 more; --rejects FILE writes all of them\n")


def test_a_table_of_many_columns(here):
    (here / "wide.csv").write_text(
        ",".join(f"c{at}" for at in range(100_000)) + "\n" + ",".join(["2"] * 100_000) + "\n"
    )
    assert backprop("batch", "w*c99999", "--data", "wide.csv", "w=3", "-q", "--no-check").out == "2.0\n"
    assert "no value and no column for q" in backprop("batch", "w*c1*q", "--data", "wide.csv", "w=3").err


def test_utf_16_is_named(here):
    (here / "u.csv").write_text("x,t\n1,2\n", "utf-16")
    ran = backprop("batch", *of("u.csv"))
    assert ran.err == "error[text.encoding]: u.csv is UTF-16 text\n  = save it as UTF-8\n"


def test_a_pipe_is_a_file(here):
    os.mkfifo("pipe")
    writer = threading.Thread(target=(here / "pipe").write_text, args=("x,t\n" + "1,0\n" * 10_000,))
    writer.start()
    ran = backprop("batch", *of("pipe"), "-q", "--no-check")
    writer.join()
    assert (ran.out, ran.code) == ("1.0\n", 0)


def test_a_folder_of_everything_is_refused(here, monkeypatch):
    from backprop_cli import limits

    monkeypatch.setattr(limits, "FOLDER_FILES", 20)
    ran = backprop("batch", *of("."))
    assert ran.said == "error[limit.files]: . holds more than 20 files and folders"
    assert ran.code == 3


def test_an_endless_line_is_refused(here, monkeypatch):
    from backprop_cli import limits

    monkeypatch.setattr(limits, "LINE_CHARACTERS", 100)
    (here / "line.csv").write_text("x," * 60)
    ran = backprop("batch", *of("line.csv"))
    assert ran.said == "error[limit.line]: line 1 of line.csv has more than 100 characters"
    assert ran.code == 3


def test_what_a_file_says_acts_on_no_terminal(here):
    (here / "esc.csv").write_text("x,t\n\x1b[31m,0\n")
    ran = backprop("batch", *of("esc.csv"))
    assert "\x1b" not in ran.err
    assert "␛[31m" in ran.err


UNUSED = "warning[value.unused]: q is given a value, and the expression does not use it\n"


@pytest.mark.parametrize(
    "argv",
    [
        ("batch", "-q"),
        ("batch", "--reduce", "none"),
        ("descend", "-q", "--lr", "0.1", "--steps", "2"),
    ],
    ids=" ".join,
)
def test_a_value_that_nothing_uses_is_said(argv):
    command, *options = argv
    ran = backprop(command, "w*x", "--data", "points.csv", "w=1", "q=2", *options)
    assert (ran.err, ran.code) == (UNUSED, 0)
    assert ran.out == backprop(command, "w*x", "--data", "points.csv", "w=1", *options).out


def test_a_value_that_nothing_uses_is_in_the_json():
    ran = backprop("batch", "w*x", "--data", "points.csv", "w=1", "q=2", "--json")
    assert (ran.err, ran.code) == ("", 0)
    message = "q is given a value, and the expression does not use it"
    assert json.loads(ran.out)["warnings"] == [{"code": "value.unused", "message": message}]
