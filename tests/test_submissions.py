"""Submissions in every form, whole and broken: each is read, or says why not, and none stops the others."""

from __future__ import annotations

import io
import json
import os
import pickle
import sys
import tracemalloc
from contextlib import closing
from itertools import chain, islice
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli import limits
from backprop_cli.grading.files.sheets import Problems, Submission
from backprop_cli.grading.files.submissions import Inbox, skipped
from backprop_cli.grading.files.texts import lines

ONE = {"chain": 1}
KEY = {"chain": 1, "two": 2}


def submissions(paths, parts):
    """Every submission at the paths, for a key of which only the ids are known."""
    with closing(Inbox(paths, Problems(parts))) as inbox:
        yield from inbox.submissions()


def written(folder, files):
    """Files in a folder: text or bytes by name."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def piped(monkeypatch, data):
    """Standard input that holds data."""
    stream = data if hasattr(data, "read") else io.BytesIO(data if isinstance(data, bytes) else data.encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))


def _line(one, each):
    return None if each.below is None else (one.line or 0) + each.below


def shown(one):
    """The student, the line, and each part's answers: name, text or the problem's code, line. Or why it is invalid."""
    assert isinstance(one, Submission)
    if one.invalid:
        assert one.answers == {}
        return one.student, one.line, one.invalid.code, one.invalid.message
    answers = {
        part: [(each.name, each.problem.code if each.problem else each.text, _line(one, each)) for each in found]
        for part, found in one.answers.items()
    }
    return one.student, one.line, answers


def warned(one):
    return [(warning.code, warning.message, warning.hint) for warning in one.warnings]


ADA = ("ada", None, {"chain": [("dx", "-4", 1), ("dy", "0.20", 1)]})
SAME = {
    "json: wrapped": ("x.json", '{"student": "ada", "answers": {"chain": {"dx": -4, "dy": 0.20}}}'),
    "json: bare": ("ada.json", '{"chain": {"dx": -4, "dy": 0.20}}'),
    "json: with a student": ("x.json", '{"chain": {"dx": -4, "dy": 0.20}, "student": " ada "}'),
    "json: dotted": ("ada.json", '{"chain.dx": -4, "chain . dy": 0.20}'),
    "json: capitals": ("ada.json", '{"Chain": {"dx": -4}, "CHAIN.dy": "0.20"}'),
    "json: points": ("ada.json", '{"chain": [{"dx": -4, "dy": "0.20"}]}'),
    "json: point": ("ada.json", '{"chain[1]": {"dx": -4}, "chain[1].dy": 0.20}'),
    "json: no student": ("ada.json", '{"student": null, "answers": {"chain": {"dx": -4, "dy": 0.20}}, "course": 1}'),
    "json lines": ("x.jsonl", '{"student": "ada", "chain": {"dx": -4, "dy": 0.20}}\n'),
    "toml: in a line": ("ada.toml", "answers = {chain = {dx = -4, dy = 0.20}}"),
    "toml: dotted": ("ada.toml", "chain.dx = -4\nchain.dy = 0.20"),
    "toml: tables": ("x.toml", 'student = "ada"\n[chain]\ndx = -4\ndy = "0.20"'),
    "toml: wrapped": ("x.toml", 'student = "ada"\n[answers.chain]\ndx = -4\ndy = 0.2_0'),
    "csv": ("ada.csv", "problem,name,answer\nchain,dx,-4\nchain,dy,0.20"),
    "csv: no titles": ("ada.csv", "chain,dx,-4\nchain,dy,0.20"),
    "csv: dotted names": ("ada.csv", "name,answer\nchain.dx,-4\nchain.dy,0.20"),
    "csv: tabs": ("ada.tsv", "problem\tname\tanswer\nchain\tdx\t-4\nchain\tdy\t0.20\n"),
    "csv: titles": ("ada.csv", "Answer;Question;Name\n-4;chain;dx\n0.20;chain;dy\n"),
    "csv: long": ("x.csv", "student,problem,name,answer\nada,chain,dx,-4\nada,chain,dy,0.20"),
    "csv: long, dotted names": ("x.csv", "Student,Name,Answer\nada,chain.dx,-4\nada,chain.dy,0.20"),
    "csv: wide": ("x.csv", "student,chain.dx,chain.dy\nada,-4,0.20"),
    "csv: wide export": ("x.csv", 'Timestamp,"Email  address",Score,Chain.dx,chain[1]. dy\n1/1/26,ada,0,-4,0.20'),
    "csv: wide, no student": ("ada.csv", "chain.dx,chain.dy\n-4,0.20"),
    "lines": ("ada.txt", "chain.dx = -4\nchain.dy: 0.20 # a comment"),
    "lines: student": ("x.txt", "Student = ada\nchain.dx = -4\nchain.dy = 0.20"),
    "json in a text file": ("ada.txt", '{"chain": {"dx": -4,\n"dy": 0.20}}'),
    "csv in a text file": ("ada.txt", "problem,name,answer\nchain,dx,-4\nchain,dy,0.20"),
    "toml in a text file": ("ada.txt", "[chain]\ndx = -4\ndy = 0.20"),
    "no ending": ("ada", '{"chain": {"dx": -4, "dy": 0.20}}'),
}
SOLE = {
    "json: flat": ("ada.json", '{"dx": -4, "dy": 0.20}'),
    "json: flat with a student": ("x.json", '{"student": "ada", "dx": -4, "dy": 0.20}'),
    "json: flat and wrapped": ("x.json", '{"student": "ada", "answers": {"dx": -4, "dy": 0.20}}'),
    "json: answers at points": ("x.json", '{"student": "ada", "answers": [{"dx": -4, "dy": 0.20}]}'),
    "toml: flat": ("ada.toml", "dx = -4\ndy = 0.20"),
    "csv": ("ada.csv", "name,answer\ndx,-4\ndy,0.20"),
    "csv: no titles": ("ada.csv", "dx,-4\ndy,0.20"),
    "csv: long": ("x.csv", "student,name,answer\nada,dx,-4\nada,dy,0.20"),
    "csv: wide": ("x.csv", "Student Name,dx,Timestamp,dy\nada,-4,12:00,0.20"),
    "lines": ("ada.txt", "dx = -4\ndy = 0.20"),
}


def without_lines(one):
    student, _, answers = shown(one)
    found = {part: [(name, text, 1) for name, text, _ in given] for part, given in answers.items()}
    return student, None, found


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize(("name", "text"), SAME.values(), ids=SAME)
def test_every_form_says_the_same(tmp_path, name, text, end):
    path = written(tmp_path / "in", {name: "\ufeff" + text.replace("\n", end)}) / name
    [one] = submissions([str(path)], KEY)
    assert (without_lines(one), one.source, warned(one)) == (ADA, str(path), [])
    [one] = submissions([str(path)], ONE)
    assert (without_lines(one), warned(one)) == (ADA, [])


@pytest.mark.parametrize(("name", "text"), SOLE.values(), ids=SOLE)
def test_with_one_problem_its_name_may_be_left_out(tmp_path, name, text):
    [one] = submissions([str(written(tmp_path / "in", {name: text}) / name)], ONE)
    assert (without_lines(one), warned(one)) == (ADA, [])


@pytest.mark.parametrize(
    ("name", "text"), [*SAME.values(), *SOLE.values()], ids=[*SAME, *(f"sole {key}" for key in SOLE)]
)
def test_standard_input_has_the_form_that_it_seems_to_have(monkeypatch, name, text):
    piped(monkeypatch, text)
    [one] = submissions(["-"], ONE)
    student, _, answers = without_lines(one)
    assert answers == ADA[2]
    assert one.source == "-"
    assert student in (("-", "-:1") if "ada" not in text else "ada")


POINTS = {
    "one for all": ('{"two": {"a": 1}}', {"two[1]": [("a", "1", 1)], "two[2]": [("a", "1", 1)]}),
    "a list": ('{"two": [{"a": 1}, {"a": 2}]}', {"two[1]": [("a", "1", 1)], "two[2]": [("a", "2", 1)]}),
    "the second": ('{"two": [null, {"a": 2}]}', {"two[2]": [("a", "2", 1)]}),
    "dotted": ('{"two.2": {"a": 2}, "two.1.a": 1}', {"two[2]": [("a", "2", 1)], "two[1]": [("a", "1", 1)]}),
    "nested": ('{"two": {"1": {"a": 1}, "2": {"a": 2}}}', {"two[1]": [("a", "1", 1)], "two[2]": [("a", "2", 1)]}),
    "numbered": ('{"two[2]": {"a": 2}, "two [ 1 ].a": 1}', {"two[2]": [("a", "2", 1)], "two[1]": [("a", "1", 1)]}),
    "one and all": (
        '{"two.a": 1, "two[2].a": 2}',
        {"two[1]": [("a", "1", 1)], "two[2]": [("a", "1", 1), ("a", "2", 1)]},
    ),
    "no object": ('{"two": [3]}', {part: [("two", "answer.unnamed", 1)] for part in ("two[1]", "two[2]")}),
    "objects": (
        '{"chain": {"dx": {"a": 1, "b": 2}, "dy": [[3]]}}',
        {"chain": [("dx", "answer.kind", 1), ("dy", "[[3]]", 1)]},
    ),
    "no name": ('{"chain": -4}', {"chain": [("chain", "answer.unnamed", 1)]}),
    "left open": ('{"chain": null, "two": {"a": null}}', {"two[1]": [("a", "", 1)], "two[2]": [("a", "", 1)]}),
    "twice": ('{"chain": {"dx": 1}, "chain": {"dx": 2}}', {"chain": [("dx", "1", 1), ("dx", "2", 1)]}),
    "gradients": ('{"chain": {"gradient": {"x": 1}}}', {"chain": [("grad x", "1", 1)]}),
    "ours": ('{"chain": {"schema": "backprop.grad/1", "gradient": {"x": 1}, "x": 2}}', {"chain": [("grad x", "1", 1)]}),
}


@pytest.mark.parametrize(("text", "answers"), POINTS.values(), ids=POINTS)
def test_points_and_odd_answers(tmp_path, text, answers):
    [one] = submissions([str(written(tmp_path / "in", {"ada.json": text}) / "ada.json")], KEY)
    assert (shown(one), warned(one)) == (("ada", None, answers), [])


STRANGERS = {
    "misspelt": ('{"chian": {"dx": 1}}', [("the key has no problem `chian`", "did you mean chain?")]),
    "dotted": (
        '{"Chian.dx": 1, "chian.dy": 1}',
        [
            ("the key has no problem `Chian`", "did you mean chain?"),
            ("the key has no problem `chian`", "did you mean chain?"),
        ],
    ),
    "far": ('{"x.grad": 1}', [("the key has no problem `x`", "")]),
    "flat": ('{"dx": 1}', [("the key has no problem `dx`", "")]),
    "a point too many": ('{"two": [{}, {}, {"a": 1}]}', [("`two[3]`: two is asked at 2 points", "")]),
    "point 0": ('{"chain[0].dx": 1}', [("`chain[0]`: chain is asked at 1 points", "")]),
    "many": (
        json.dumps({f"?{i}": {"dx": 1} for i in range(9)}),
        [(f"the key has no problem `?{i}`", "") for i in range(3)] + [("6 more names are no problems of the key", "")],
    ),
    "a list": ('{"foo": [1]}', [("the key has no problem `foo`", "")]),
}


@pytest.mark.parametrize(("text", "warnings"), STRANGERS.values(), ids=STRANGERS)
def test_unknown_problems_are_warnings(tmp_path, text, warnings):
    [one] = submissions([str(written(tmp_path / "in", {"ada.json": text}) / "ada.json")], KEY)
    assert shown(one) == ("ada", None, {})
    assert warned(one) == [("submission.problem", message, hint) for message, hint in warnings]


def test_with_one_problem_a_gradient_has_its_usual_names(tmp_path):
    text = '{"x.grad": 1, "df/dx": 2, "gradient": {"x": 3}, "chain.x.grad": 4}'
    [one] = submissions([str(written(tmp_path / "in", {"ada.json": text}) / "ada.json")], ONE)
    assert shown(one)[2] == {"chain": [("x.grad", "1", 1), ("df/dx", "2", 1), ("grad x", "3", 1), ("x.grad", "4", 1)]}


BROKEN = {
    "empty": ("a.json", b"", "answers.empty", "there is nothing in it"),
    "blank": ("a.txt", b"\n \n", "answers.empty", "there is nothing in it"),
    "empty csv": ("a.csv", b"\n\n", "answers.empty", "there is nothing in it"),
    "empty class": ("a.jsonl", b"\n", "answers.empty", "there is nothing in it"),
    "only titles": ("a.csv", b"student,chain.dx\n", "answers.empty", "there is nothing in it"),
    "only long titles": ("a.csv", b"student,name,answer\n", "answers.empty", "there is nothing in it"),
    "json": (
        "a.json",
        b'{"chain":\n{"dx" 1}}',
        "answers.json",
        "line 2, column 7: not valid JSON: expecting ':' delimiter",
    ),
    "json array": ("a.json", b'[{"dx": 1}]', "answers.json", "must be one JSON object, and is an array"),
    "json number": ("a.json", b"1", "answers.json", "must be one JSON object, and is a number"),
    "deep json": ("a.json", b'{"a":' * 100_000, "answers.deep", "the JSON is nested too deeply"),
    "deep toml": ("a.toml", b"a = " + b"[" * 100_000, "answers.deep", "the TOML is nested too deeply"),
    "toml": ("a.toml", b"dx = 1\ndy = y\n", "answers.toml", "not valid TOML: Invalid value (at line 2, column 6)"),
    "toml dots": (
        "a.toml",
        b"a." * 400_000,
        "answers.toml",
        "too many dots: names of so many parts take too long to read",
    ),
    "toml twice": (
        "a.toml",
        b"dx = 1\ndx = 2\n",
        "answers.toml",
        "not valid TOML: Cannot overwrite a value (at line 2, column 7)",
    ),
    "latin-1": ("a.txt", b"# caf\xe9\nchain.dx = 1", "answers.encoding", "line 1 is not UTF-8: byte 0xe9"),
    "latin-1 csv": ("a.csv", b"name,answer\nchain.dx,\xe9", "answers.encoding", "line 2 is not UTF-8: byte 0xe9"),
    "nul": ("a.json", b'{"chain":\n {"dx": "\0"}}', "answers.nul", "line 2 has a NUL character"),
    "nul csv": ("a.csv", b"name,answer\nchain.dx,\0", "answers.nul", "line 2 has a NUL character"),
    "nothing but nul": ("a.csv", b"\0" * 5_000, "answers.nul", "line 1 has a NUL character"),
    "open quote": ("a.csv", b'name,answer\nchain.dx,"1\nchain.dy,2', "answers.csv", "line 2: a quote is not closed"),
    "columns": (
        "a.csv",
        b"a,b,c,d\n1,2,3,4",
        "submission.columns",
        "the first row has 4 cells, and no titles that say what they are",
    ),
    "one column": (
        "a.csv",
        b"-4\n3\n",
        "submission.columns",
        "the first row has 1 cells, and no titles that say what they are",
    ),
    "answers": ("a.json", b'{"answers": 3}', "submission.answers", "`answers` must be an object, and is a number"),
    "answers twice": (
        "a.json",
        b'{"answers": {}, "answers": {}}',
        "submission.twice",
        "`answers` stands twice in the submission",
    ),
    "student twice": (
        "a.json",
        b'{"student": "b", "student": "c"}',
        "submission.twice",
        "`student` stands twice in the submission",
    ),
    "student": ("a.json", b'{"student": ["b"]}', "submission.student", "`student` must be a text, and is an array"),
    "size": ("a.json", b" " * 1_000_001, "answers.size", "more than 1,000,000 bytes"),
    "csv size": ("a.csv", b"name,answer\n" + b"chain.dx,1\n" * 100_000, "answers.many", "more than 10,000 answers"),
    "csv line": (
        "a.csv",
        b"name,answer\nchain.dx," + b"1" * 1_000_000,
        "answers.size",
        "line 2 has more than 1,000,000 bytes",
    ),
    "csv bytes": (
        "a.csv",
        b"name,answer\n" + (b"chain.dx," + b"1" * 999 + b"\n") * 999,
        "answers.size",
        "one student has more than 1,000,000 bytes",
    ),
    "many": (
        "a.json",
        json.dumps({"chain": {f"x{i}": 1 for i in range(10_001)}}).encode(),
        "answers.many",
        "more than 10,000 answers",
    ),
    "many lines": ("a.txt", b"=\n" * 400_000, "answers.many", "more than 10,000 answers"),
    "binary": ("a.json", b"PK\x03\x04\xff\xfe", "answers.encoding", "line 1 is not UTF-8: byte 0xff"),
}


@pytest.mark.parametrize(("name", "data", "code", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_says_why_and_stops_no_other(tmp_path, name, data, code, message):
    folder = written(tmp_path / "in", {name: data, "b.json": '{"chain.dx": 1}'})
    broken, other = submissions([str(folder)], KEY)
    assert shown(broken) == ("a", None, code, message)
    assert shown(other) == ("b", None, {"chain": [("dx", "1", 1)]})


def test_odd_entries_of_a_directory(tmp_path):
    folder = written(
        tmp_path / "in", {"b.JSON": '{"chain.dx": 1}', ".hidden.json": "{}", "notes.docx": "x", "README": ""}
    )
    (folder / "a.json").symlink_to("nowhere")
    (folder / "c.json").mkdir()
    (folder / "d").mkdir()
    os.mkfifo(folder / "e.csv")
    (folder / "f.json").symlink_to("b.JSON")
    found = list(submissions([str(folder)], KEY))
    assert [shown(one) for one in found] == [
        ("b", None, {"chain": [("dx", "1", 1)]}),
        ("e", None, "submission.file", "it is no regular file"),
    ]
    assert [warned(one) for one in found] == [[]] * 2
    (warning,) = skipped([str(folder), "-", str(folder / "b.JSON")])
    assert (warning.code, warning.message.partition(": ")[2]) == (
        "submission.skipped",
        "not read: README, a.json@, c.json/ and 3 more",
    )


def test_files_without_permission(tmp_path, monkeypatch):
    folder = written(tmp_path / "in", {"a.json": "{}"})

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(folder), "open", refuse)
    assert [shown(one) for one in submissions([str(folder)], KEY)] == [
        ("a", None, "submission.file", "it cannot be read: permission denied")
    ]
    monkeypatch.setattr(type(folder), "iterdir", refuse)
    assert [shown(one) for one in submissions([str(folder)], KEY)] == [
        ("in", None, "submission.file", "it cannot be read: permission denied")
    ]


@pytest.mark.parametrize("files", [{}, {"notes.docx": "x", ".DS_Store": "x"}], ids=["empty", "others"])
def test_a_directory_without_submissions(tmp_path, files):
    folder = written(tmp_path / "hw1", files)
    [one] = submissions([str(folder)], KEY)
    assert shown(one) == ("hw1", None, "submission.folder", "no file in it is a submission")
    assert [problem.code for problem in skipped([str(folder)])] == ["submission.skipped"] * bool(files)


def test_paths_that_do_not_exist_are_refused_at_once(tmp_path):
    missing = Inbox([str(tmp_path), "no/such", "-", "nul\0"], Problems(KEY)).missing()
    assert [problem.code for problem in missing] == ["submission.missing"] * 2


def test_a_stream_that_breaks_off(monkeypatch):
    class Broken(io.RawIOBase):
        def __init__(self):
            self.chunks = [b'{"student": "ada", "chain.dx": 1}\n{"student"', OSError(5, "Input/output error")]

        def read(self, size=-1):
            chunk = self.chunks.pop(0)
            if isinstance(chunk, OSError):
                raise chunk
            return chunk

    piped(monkeypatch, Broken())
    [one] = submissions(["-"], KEY)
    assert shown(one) == ("-", None, "submission.file", "it cannot be read: input/output error")


JSON_LINES = """\
{"student": "ada", "chain": {"dx": 1}}
{"student": "bob", "chain": {"dx":}}

{"chain.dx": 3}
[1]
{"student": "cy", "answers": 3}
{"student": "ada", "two": {"a": 2}}
"""


def test_json_lines(tmp_path):
    path = written(tmp_path / "in", {"class.jsonl": JSON_LINES}) / "class.jsonl"
    found = list(submissions([str(path)], KEY))
    assert [shown(one) for one in found] == [
        ("ada", 1, {"chain": [("dx", "1", 1)]}),
        ("bob", 2, "answers.json", "line 2, column 35: not valid JSON: expecting value"),
        ("class:4", 4, {"chain": [("dx", "3", 4)]}),
        ("class:5", 5, "answers.json", "must be one JSON object, and is an array"),
        ("cy", 6, "submission.answers", "`answers` must be an object, and is a number"),
        ("ada", 7, {"two[1]": [("a", "2", 7)], "two[2]": [("a", "2", 7)]}),
    ]
    assert [[code for code, _, _ in warned(one)] for one in found] == [
        [], [], ["submission.student"], [], [], [],
    ]  # fmt: skip


LONG = b"""\
student,problem,name,answer
ada,chain,dx,1
ada,chain,dy,max(1,2)
bob,chain,dx,"1
cy,chain,dx,"open
Jos\xe9,chain,dx,1
Jos\xe9,chain,dy,1
dee,chain,dx,"1,
2"
dee,two[2],a,
eve,foo,dx,\0
ada,chain,dx,1
,chain,dx,3
,chain,dy,4
fay
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"student": "ada", "chain.dx": 1}\n{', ["ada", "-:2"]),
        ('{"student": "ada", "chain.dx": }\n{"student": "bob"}', ["ada", "bob"]),
        ('{"student": "ada"\n\n{"student": "bob"}', ["ada", "bob"]),
        ('{"student": "ada", "answers":\n{"chain.dx": 1}}', ["ada"]),
        ('{"student": "ada", "two": [\n{"a": 1},\n{"a": 2}]}', ["ada"]),
        ('{\n"student": "ada"}\n{}', ["-"]),
    ],
)
def test_one_object_or_one_a_line_from_standard_input(monkeypatch, text, found):
    piped(monkeypatch, text)
    assert [one.student for one in submissions(["-"], KEY)] == found


def test_long_csv(tmp_path):
    path = written(tmp_path / "in", {"class.csv": LONG}) / "class.csv"
    found = list(submissions([str(path)], KEY))
    assert [shown(one) for one in found] == [
        ("ada", 2, {"chain": [("dx", "1", 2), ("dy", "answer.cells", 3)]}),
        ("bob", 4, "answers.csv", "line 4: a quote is not closed"),
        ("cy", 5, "answers.csv", "line 5: a quote is not closed"),
        ("Jos\ufffd", 6, "answers.encoding", "line 6 is not UTF-8: byte 0xe9"),
        ("dee", 8, {"chain": [("dx", "1,\n2", 8)], "two[2]": [("a", "", 10)]}),
        ("eve", 11, "answers.nul", "line 11 has a NUL character"),
        ("ada", 12, "submission.scattered", "line 12: the rows of this student do not stand together"),
        ("class:13", 13, {"chain": [("dx", "3", 13), ("dy", "4", 14)]}),
        ("fay", 15, {}),
    ]
    assert warned(found[-2]) == [("submission.student", "line 13 names no student; it is called class:13", "")]


WIDE = b"""\
Timestamp;Student;Chain.dx;two[1].a;foo.x;two.a
1;ada;-4;1,5;;
2;bob;;"2;3";1;1;;
3;cy;1;2;3;4;5
4;d\xe9e;1
5;;1
6;"open;1

7;eve;1
"""


def test_wide_csv(tmp_path):
    path = written(tmp_path / "in", {"class.csv": WIDE}) / "class.csv"
    found = list(submissions([str(path)], KEY))
    assert [shown(one) for one in found] == [
        ("ada", 2, {"chain": [("dx", "-4", 2)], "two[1]": [("a", "1.5", 2), ("a", "", 2)], "two[2]": [("a", "", 2)]}),
        ("bob", 3, {"chain": [("dx", "", 3)], "two[1]": [("a", "2;3", 3), ("a", "1", 3)], "two[2]": [("a", "1", 3)]}),
        ("cy", 4, "submission.cells", "line 4 has 7 cells in 6 columns"),
        ("d\ufffde", 5, "answers.encoding", "line 5 is not UTF-8: byte 0xe9"),
        ("class:6", 6, {"chain": [("dx", "1", 6)], "two[1]": [("a", "", 6), ("a", "", 6)], "two[2]": [("a", "", 6)]}),
        ("open", 7, "answers.csv", "line 7: a quote is not closed"),
        ("eve", 9, {"chain": [("dx", "1", 9)], "two[1]": [("a", "", 9), ("a", "", 9)], "two[2]": [("a", "", 9)]}),
    ]
    assert [[code for code, _, _ in warned(one)] for one in found] == [
        ["submission.problem"], [], [], [], ["submission.student"], [], [],
    ]  # fmt: skip


def test_wide_rows_without_a_student_column_are_named_by_their_lines(tmp_path):
    path = written(tmp_path / "in", {"class.csv": "chain.dx,two.a\n1,2\n3,4\n"}) / "class.csv"
    assert [(one.student, one.line) for one in submissions([str(path)], KEY)] == [("class:2", 2), ("class:3", 3)]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"], ids=["crlf", "cr", "lf"])
def test_lines_end_where_they_end_however_the_bytes_arrive(end):
    class Single(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 1))

    found = list(lines(Single(f"ada{end}{end}bob{end}".encode())))
    assert [(line.number, line.text) for line in found] == [(1, "ada"), (2, ""), (3, "bob")]


def test_names_are_cut(tmp_path):
    text = json.dumps({"student": "s" * 300, "chain": {"n" * 300: "1"}, "p" * 300: {"x": 1}})
    [one] = submissions([str(written(tmp_path / "in", {"a.json": text}) / "a.json")], KEY)
    assert shown(one) == ("s" * 199 + "…", None, {"chain": [("n" * 199 + "…", "1", 1)]})
    assert one.warnings[0].message == f"the key has no problem `{'p' * 199}…`"


def test_copies_of_answers_for_many_points_are_limited(tmp_path):
    text = json.dumps({"many": {f"x{i}": 1 for i in range(5_000)}})
    [one] = submissions([str(written(tmp_path / "in", {"a.json": text}) / "a.json")], {"many": 1_000, "chain": 1})
    assert shown(one) == ("a", None, "answers.many", "more than 10,000 answers")


def test_a_line_that_is_too_long_is_skipped_whole(tmp_path):
    long = b'{"student": "bob", "x": "' + b"\r" * 10 + b"1" * 3_000_000 + b'"}'
    text = b'{"student": "ada"}\r\n' + long.replace(b"\r", b"") + b'\r\n{"student": "cy"}'
    path = written(tmp_path / "in", {"class.jsonl": text}) / "class.jsonl"
    assert [(one.student, one.line, one.invalid and one.invalid.code) for one in submissions([str(path)], KEY)] == [
        ("ada", 1, None), ("bob", 2, "answers.size"), ("cy", 3, None),
    ]  # fmt: skip


def test_submissions_can_be_sent_to_other_processes(tmp_path):
    path = written(tmp_path / "in", {"class.csv": LONG}) / "class.csv"
    found = list(submissions([str(path)], KEY))
    assert pickle.loads(pickle.dumps(found)) == found


class Endless(io.RawIOBase):
    """Lines that are made as they are read."""

    def __init__(self, lines):
        self.lines = lines

    def read(self, size=-1):
        return b"".join(islice(self.lines, max(1, size // 200)))


def classes(count):
    """The first line and the others of classes in each form, four answers a student in the long one."""
    pad = "0" * 100
    rows = (f"s{i // 4},chain,x{i % 4},{i}{pad}\n".encode() for i in range(count))
    wide = (f"s{i},{i}{pad}\n".encode() for i in range(count))
    objects = (f'{{"student": "s{i}", "chain": {{"dx": 1{i}{pad}}}}}\n'.encode() for i in range(count))
    titles = b"student,problem,name,answer\n"
    return {"long": (titles, rows), "wide": (b"student,chain.dx\n", wide), "lines": (b"\n", objects)}


def peak(monkeypatch, kind, count):
    """How many submissions were read from a class, and the most memory that it took."""
    head, rows = classes(count)[kind]
    piped(monkeypatch, Endless(chain([head], rows)))
    tracemalloc.start()
    seen = sum(1 for one in submissions(["-"], KEY) if one.invalid is None)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return seen, most


@pytest.mark.parametrize("kind", ["long", "wide", "lines"])
def test_a_class_takes_constant_memory(monkeypatch, kind):
    few, small = peak(monkeypatch, kind, 2_000)
    many, large = peak(monkeypatch, kind, 20_000)
    assert many == 10 * few
    assert large < small + 400 * many  # a hash of each name in two sets, which grow fourfold


ENDINGS = [".json", ".jsonl", ".csv", ".toml", ".txt", ".tsv", ""]
WORDS = ["chain", ".dx", "two[2]", "student", "answers", "name", "answer", "problem", "-4", "null", "NaN"]
MARKS = [b'{"', b'"}', b"\xe9", b"\xff\xfe", *(bytes([mark]) for mark in b"{}[]\":,;=\n\r\t\0#' ")]
pieces = st.lists(st.sampled_from([*map(str.encode, WORDS), *MARKS]), max_size=25).map(b"".join)


@given(st.one_of(st.binary(max_size=80), pieces), st.sampled_from(ENDINGS), st.sampled_from([KEY, ONE]))
def test_whatever_a_file_holds_is_submissions(tmp_path_factory, data, ending, parts):
    path = tmp_path_factory.getbasetemp() / f"fuzz{ending}"
    path.write_bytes(data)
    found = list(submissions([str(path)], parts))
    assert found
    for one in found:
        shown(one)
        assert one.student
        assert len(one.student) <= limits.LABEL_CHARACTERS + 20
        one.student.encode()
        assert set(one.answers) <= {"chain", "two[1]", "two[2]"}
        assert {warning.code.partition(".")[0] for warning in one.warnings} <= {"submission"}
        assert one.invalid is None or one.invalid.code.startswith(("answers.", "submission."))


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(str.strip).filter(bool)
sheets = st.dictionaries(
    texts, st.dictionaries(st.sampled_from(["dx", "dy", "x.grad", "∂f/∂x"]), texts, min_size=1), min_size=1, max_size=4
)


def read_back(tmp_path_factory, name, text):
    path = tmp_path_factory.getbasetemp() / name
    path.write_text(text, "utf-8", newline="")
    return {
        one.student: {each.name: each.text for each in one.answers["chain"]} for one in submissions([str(path)], KEY)
    }


@given(sheets)
def test_a_class_comes_back_from_every_form(tmp_path_factory, written_sheets):
    def cell(text):
        return '"' + text.replace('"', '""') + '"'

    rows = [(student, name, text) for student, sheet in written_sheets.items() for name, text in sheet.items()]
    long = "student,problem,name,answer\n" + "".join(f"{cell(s)},chain,{n},{cell(t)}\n" for s, n, t in rows)
    objects = "".join(json.dumps({"student": s, "chain": sheet}) + "\n" for s, sheet in written_sheets.items())
    assert read_back(tmp_path_factory, "class.csv", long) == written_sheets
    assert read_back(tmp_path_factory, "class.jsonl", objects) == written_sheets
