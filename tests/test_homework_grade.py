"""``backprop grade``: a key, submissions of every kind, the reports, and the exit codes."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from command import MODULE, backprop, process

KEY = """
title = "Week 2"
[[problem]]
id = "chain"
expression = "q = x + y; f = q*z"
at = {x = -2, y = 5, z = -4}
ask = ["q", "dx", "dz"]
points = 10
[[problem]]
id = "relu"
expression = "relu(x)*y"
ask = ["dx"]
accept = "formula"
points = "1/3"
"""
RIGHT = {"chain": {"q": 3, "dx": -4, "dz": 3}, "relu": {"dx": "step(x)*y"}}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("key.toml").write_text(KEY)
    return tmp_path


def graded(*argv: str, stdin: str | bytes = b"") -> tuple[dict, int]:
    """The JSON of a grading, valid by its schema, and the exit code."""
    ran = backprop("grade", "key.toml", *argv, "--json", stdin=stdin)
    report = json.loads(ran.out)
    jsonschema.validate(report, json.loads(backprop("schema", "grade").out))
    return report, ran.code


def one(answers: object, *argv: str) -> dict:
    Path("ada.json").write_text(json.dumps(answers))
    (submission,) = graded("ada.json", *argv)[0]["submissions"]
    return submission


def test_everything_right(folder):
    submission = one(RIGHT)
    assert (submission["student"], submission["ok"]) == ("ada", True)
    assert (submission["score_exact"], submission["points_exact"], submission["percent"]) == ("31/3", "31/3", 100)
    assert submission["score"] == 10.333333


def test_scores_are_exact_fractions(folder):
    submission = one({"chain": {"q": 3, "dx": 4}})
    assert submission["score_exact"] == "10/3"
    assert submission["score"] == 3.333333


def test_weights_close_and_all_or_nothing(folder):
    Path("key.toml").write_text(
        KEY.replace("points = 10", 'points = 10\nweights = {q = 3}\nclose = "1/4"')
        + '[[problem]]\nid = "all"\nexpression = "x*y"\nat = {x = 2, y = 3}\npartial = false\npoints = 4\n'
    )
    submission = one({"chain": {"q": 3, "dx": -4.02}, "all": {"dx": 3, "dy": 3}})
    assert [p["score_exact"] for p in submission["problems"]] == ["13/2", "0", "0"]
    assert one({"all": {"dx": 3, "dy": 2}})["problems"][2]["score_exact"] == "4"


def test_credit_for_following_an_earlier_mistake(folder):
    Path("key.toml").write_text(KEY.replace("points = 10", "points = 12\nfollow_through = 0.5"))
    submission = one({"chain": {"q": 7, "dx": -4, "dz": 7}})
    assert submission["problems"][0]["score_exact"] == "6"
    (dz,) = (a for a in submission["problems"][0]["answers"] if a["name"] == "dz")
    assert dz["verdict"] == "wrong"
    assert [remark["code"] for remark in dz["remarks"]] == ["mistake.follow-through"]


def test_several_points(folder):
    Path("key.toml").write_text('[[problem]]\nid = "p"\nexpression = "x^2"\nat = [{x = 1}, {x = 3}]\npoints = 3\n')
    submission = one({"p": [{"dx": 2}, {"dx": 5}]})
    assert [(p["id"], p["score_exact"]) for p in submission["problems"]] == [("p[1]", "3/2"), ("p[2]", "0")]
    assert one({"p": {"dx": "2x"}})["score_exact"] == "3"


def test_a_broken_submission_never_stops_the_others(folder):
    Path("in").mkdir()
    Path("in/a.json").write_text(json.dumps(RIGHT))
    Path("in/b.json").write_text('{"chain": {')
    Path("in/c.json").write_bytes(b"\xff\xfe\x00")
    Path("in/d.json").write_text(json.dumps(RIGHT))
    report, code = graded("in")
    assert [s["ok"] for s in report["submissions"]] == [True, False, False, True]
    assert [s["invalid"] is None for s in report["submissions"]] == [True, False, False, True]
    assert report["summary"]["submissions"] == 4
    assert report["summary"]["invalid"] == 2
    assert code == 0


def test_none_readable_is_exit_code_3(folder):
    Path("b.json").write_text("{")
    assert graded("b.json")[1] == 3


CODES = [
    (["ada.json"], 0),
    (["ada.json", "--fail-under", "100"], 1),
    (["ada.json", "--fail-under", "30"], 0),
    (["ada.json", "--fail-under", "100", "--exit-zero"], 0),
    (["nowhere.json"], 3),
    ([], 2),
    (["ada.json", "--fail-under", "101"], 2),
    (["ada.json", "--fail-under", "nan"], 2),
    (["ada.json", "--fail-under", "1e999999999"], 2),
    (["ada.json", "--check-key"], 2),
    (["--check-key", "--format", "csv"], 2),
    (["--check-key", "--report", "csv=a"], 2),
    (["ada.json", "-o", "new.toml"], 2),
    (["ada.json", "--report", "csv"], 2),
    (["ada.json", "--report", "csv"], 2),
    (["ada.json", "--report", "xls=a"], 2),
    (["ada.json", "--report", "csv=a", "--report", "json=./a"], 2),
    (["ada.json", "--report", "csv=no/such/folder/a"], 3),
    (["ada.json", "--jobs", "0"], 2),
]


@pytest.mark.parametrize(("argv", "code"), CODES, ids=[" ".join(argv) for argv, _ in CODES])
def test_exit_codes(folder, argv, code):
    Path("ada.json").write_text(json.dumps({"chain": {"q": 3, "dx": -4, "dz": 4}}))
    ran = backprop("grade", "key.toml", *argv)
    assert ran.code == code
    assert "Traceback" not in ran.err
    assert (ran.out == "") == (code in (2, 3))


KEYS = [
    ("title = ", 3, "key."),
    ('[[problem]]\nexpression = "x*"\nat = {x = 1}', 3, "syntax.operand"),
    ('[[problem]]\nexpression = "x*y"\nat = {x = 1}', 3, "usage.missing"),
    ('[[problem]]\nexpression = "x*y"\nat = {x = 1, y = 2}\nask = ["dw"]', 3, "ask.name"),
    ('[[problem]]\nexpression = "x*y"\nat = {x = 1, y = 2}\nask = ["dx", "df/dx"]', 3, "ask.twice"),
    ('[[problem]]\nexpression = "x*y"\nat = {x = 1, y = 2}\nask = ["dx"]\nweights = {dy = 2}', 3, "ask.weight"),
    ("", 3, "key."),
]


@pytest.mark.parametrize(("text", "code", "said"), KEYS, ids=[said for *_, said in KEYS])
def test_what_is_wrong_with_a_key(folder, text, code, said):
    Path("key.toml").write_text(text)
    Path("ada.json").write_text("{}")
    for argv in (["ada.json"], ["--check-key"]):
        ran = backprop("grade", "key.toml", *argv)
        assert (ran.code, ran.out) == (code, "")
        assert ran.said.startswith(f"error[{said}")


def test_the_example_key_is_a_key(folder):
    ran = backprop("grade", "--new-key")
    Path("key.toml").write_text(ran.out)
    checked = backprop("grade", "key.toml", "--check-key")
    assert (ran.code, ran.err, checked.code, checked.err) == (0, "", 0, "")
    assert re.search(r"^chain +\S+ +q +3.0$", checked.out, re.MULTILINE)
    assert re.search(r"dx +2\*x\*exp\(-y\)$", checked.out, re.MULTILINE)


def test_the_keys_own_answers_are_right(folder):
    """What --check-key prints, handed in, earns everything, but where each student has numbers of their own."""
    Path("key.toml").write_text(backprop("grade", "--new-key").out)
    table = backprop("grade", "key.toml", "--check-key").out.splitlines()[2:]
    rows, problem = [], ""
    for line in table[: table.index("")]:
        cells = re.split(" {2,}", line.strip())
        cells = cells if not line.startswith(" ") else [problem, *cells]
        problem = cells[0]
        rows.append((problem, cells[2], cells[3]))
    text = io.StringIO()
    csv.writer(text).writerows([("problem", "name", "answer"), *rows])
    Path("ada.csv").write_text(text.getvalue())
    (submission,) = graded("ada.csv", "--feedback", "hint")[0]["submissions"]
    others = [problem for problem in submission["problems"] if problem["id"] != "own"]
    assert len(others) == len(submission["problems"]) - 1
    assert all(problem["score"] == problem["points"] for problem in others)


def test_feedback_of_the_command_line_wins(folder):
    assert one({"chain": {"q": 4}}, "--feedback", "full")["problems"][0]["answers"][0]["expected"] == "3.0"
    answer = one({"chain": {"q": 4}}, "--feedback", "none")["problems"][0]["answers"][0]
    assert (answer["verdict"], answer["expected"], answer["rel_error"]) == ("received", None, None)


def test_the_summary_of_a_report_counts_whatever_students_are_told(folder):
    Path("ada.json").write_text(json.dumps({"chain": {"q": 3, "dx": 4, "dz": 3}}))
    summaries = []
    for level in ("none", "full"):
        backprop("grade", "key.toml", "ada.json", "--feedback", level, "--report", "json=all.json")
        summaries.append(json.loads(Path("all.json").read_text())["summary"])
    assert summaries[0] == summaries[1]
    assert summaries[0]["problems"][0]["mistakes"] == [{"code": "mistake.sign", "count": 1}]


def test_reports_beside_standard_output(folder):
    Path("ada.json").write_text(json.dumps(RIGHT))
    forms = {"csv": "g.csv", "json": "g.json", "junit": "g.xml", "gradescope": "results.json", "markdown": "g.md"}
    ran = backprop("grade", "key.toml", "ada.json", *(w for f, n in forms.items() for w in ("--report", f"{f}={n}")))
    assert ran.code == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(["key.toml", "ada.json", *forms.values()])
    assert next(csv.DictReader(io.StringIO(Path("g.csv").read_text())))["student"] == "ada"
    assert json.loads(Path("g.json").read_text())["summary"]["all_right"] == 1
    assert len(ET.parse("g.xml").findall(".//testcase")) == 4
    assert json.loads(Path("results.json").read_text())["score"] == pytest.approx(31 / 3, abs=1e-6)
    for form, name in forms.items():
        assert backprop("grade", "key.toml", "ada.json", "--format", form).out == Path(name).read_text()


@pytest.mark.parametrize("layout", ["one problem", "two problems"])
def test_a_counterexample_is_no_answer_to_another_question(folder, layout):
    """The plainest points at which x*y differs from 2*x*y are those of other questions: they must not be told."""
    points = [{"x": x, "y": 1} for x in (3, 2, 1, -1, -2, 4, 5)]
    tables = ["{" + ", ".join(f"{name} = {value}" for name, value in point.items()) + "}" for point in points]
    problem = '[[problem]]\nexpression = "x^2*y"\nask = ["dx"]\n'
    if layout == "one problem":
        Path("key.toml").write_text(f"{problem}id = 'a'\nat = [{', '.join(tables)}]\n")
        Path("ada.json").write_text('{"a": {"dx": "x*y"}}')
    else:
        Path("key.toml").write_text("".join(f"{problem}id = 'a{i}'\nat = {at}\n" for i, at in enumerate(tables)))
        Path("ada.json").write_text('{"a0": {"dx": "x*y"}}')
    (submission,) = graded("ada.json")[0]["submissions"]
    remarks = [r["message"] for p in submission["problems"] for a in p["answers"] for r in a["remarks"]]
    assert remarks
    for remark in remarks:
        at = dict(re.findall(r"(\w) = (-?[\d.]+)", remark))
        assert {"x": float(at["x"]), "y": float(at["y"])} not in points, remark


def test_details_put_every_answer_below_its_student(folder):
    Path("ada.json").write_text('{"chain": {"q": 3, "dx": 4, "dz": 3}, "relu": {"dx": "y"}}')
    ran = backprop("grade", "key.toml", "ada.json", "--details", "--report", "text=class.txt")
    assert (ran.code, ran.err) == (0, "")
    assert Path("class.txt").read_text() == ran.out
    said = ran.out.splitlines()
    assert any(re.fullmatch(r"    dx +4   ✗ wrong", line) for line in said)
    assert (
        "    consistent with a turned sign at q = x + y, or a turned sign at f = q*z (backprop explain mistake.sign)"
        in said
    )
    assert "    dx: at x = -3, y = 4 yours gives 4, the gradient is 0 [answer.counterexample]" in said
    assert "dx               4" not in backprop("grade", "key.toml", "ada.json").out
    refused = backprop("grade", "key.toml", "ada.json", "--details", "--format", "csv")
    assert (refused.out, refused.code) == ("", 2)
    assert "--details is for text, and the format is csv" in refused.err


TWO = "error[usage.report]: a Gradescope report holds one submission, and here is a second one"


def test_a_report_appears_whole_or_not_at_all(folder):
    Path("a.json").write_text(json.dumps(RIGHT))
    Path("b.json").write_text(json.dumps(RIGHT))
    Path("results.json").write_text("old")
    ran = backprop("grade", "key.toml", "a.json", "b.json", "--report", "gradescope=results.json")
    assert (ran.code, ran.said[: len(TWO)]) == (2, TWO)
    assert Path("results.json").read_text() == "old"
    printed = backprop("grade", "key.toml", "a.json", "b.json", "--format", "gradescope")
    assert (printed.out, printed.code, printed.said) == ("", 2, ran.said)
    assert sorted(path.name for path in folder.iterdir()) == ["a.json", "b.json", "key.toml", "results.json"]


def a_class(students: int) -> str:
    """A class's JSON Lines: right, wrong and odd answers."""
    chance = random.Random(7)
    lines = []
    for number in range(students):
        q, dx, dz = (chance.choice([v, v, v, -v, 2 * v, "?", None]) for v in (3, -4, 3))
        relu = chance.choice(["step(x)*y", "y", "where(x > 0, y, 0)", "1"])
        lines.append(json.dumps({"student": f"s{number}", "chain": {"q": q, "dx": dx, "dz": dz}, "relu": {"dx": relu}}))
    return "\n".join(lines)


# As on macOS, where a process cannot be forked: workers begin from nothing and read the key again.
WITHOUT_FORK = (
    sys.executable,
    "-c",
    "import sys, multiprocessing.popen_spawn_posix; sys.platform = 'darwin'\n"
    "from backprop_cli.cli.main import entry; entry()",
)


def test_the_bars_thread_begins_after_the_workers():
    """A process that has threads cannot be forked safely; the first step is a worker's first result."""
    from backprop_cli.render.progress_bar import Progress

    before = threading.active_count()
    bar = Progress("submissions")
    assert threading.active_count() == before
    bar.step()
    assert threading.active_count() == before + 1
    bar.close()


def unsaid(err: str) -> str:
    """Standard error without the line about the odd answers of that class."""
    return re.sub(r"\Awarning\[class\.invalid\]: .* answers cannot be read \(`text\.character`\)\n", "", err)


def test_more_jobs_give_the_same_output(folder):
    Path("class.jsonl").write_text(a_class(300))
    alone, together, spawned = (
        process(
            "grade", "key.toml", "class.jsonl", "--json", "--report", f"csv={name}.csv", "--jobs", jobs, start=start
        )
        for name, jobs, start in (("1", "1", MODULE), ("3", "3", MODULE), ("spawned", "2", WITHOUT_FORK))
    )
    assert alone == together == spawned
    assert alone.code == 0
    assert Path("1.csv").read_bytes() == Path("3.csv").read_bytes() == Path("spawned.csv").read_bytes()
    scores = [Fraction(s["score_exact"]) for s in json.loads(alone.out)["submissions"]]
    assert len(scores) == 300
    assert len(set(scores)) > 3


MEASURED = """
import resource, sys
from backprop_cli.cli.main import main
code = main(sys.argv[1:])
sys.stdout.flush()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def test_a_large_class_takes_no_more_memory(folder):
    sizes = []
    for students in (100, 4_000):
        Path("class.jsonl").write_text(a_class(students))
        ran = process("-c", MEASURED, "grade", "key.toml", "class.jsonl", "--format", "csv", start=MODULE[:1])
        assert len(ran.out.splitlines()) == students + 1
        sizes.append(int(ran.err.splitlines()[-1]))
    assert sizes[1] < 1.3 * sizes[0]


def test_time_is_bounded_for_every_problem(folder):
    from backprop_cli.cli.grade import _guard
    from backprop_cli.problems import Refused

    def forever():
        with _guard(2):
            while True:
                pass

    with pytest.raises(Refused, match="longer than 2 s"):
        forever()


def test_a_problem_that_takes_too_long_is_invalid_and_the_rest_is_graded(folder):
    from contextlib import contextmanager

    from backprop_cli.grading.files.answers import Answer
    from backprop_cli.grading.files.sheets import Submission
    from backprop_cli.grading.keys.key import read_key
    from backprop_cli.grading.marking import ready
    from backprop_cli.problems import Diagnostic, Refused

    calls = iter(range(10))

    @contextmanager
    def second_is_late(_seconds):
        if next(calls) == 0:
            raise Refused(Diagnostic("limit.time", "too long"))
        yield

    marker = ready(read_key(KEY, "key"), second_is_late)
    answers = {"chain": (Answer("q", "x + y"),), "relu": (Answer("dx", "step(x)*y"),)}
    result, tallies = marker.mark(Submission("ada", "ada.json", None, answers))
    assert [one.word for problem in result.problems for one in problem.judged] == ["invalid"] * 3 + ["ok"]
    assert [one.remarks[0].code for one in result.problems[0].judged] == ["limit.time"] * 3
    assert result.score == Fraction(1, 3)
    assert [word for _, word in tallies[0].words] == ["invalid"] * 3


def test_standard_input(folder):
    report, _ = graded("-", stdin=a_class(3))
    assert [s["student"] for s in report["submissions"]] == ["s0", "s1", "s2"]
    assert {s["source"] for s in report["submissions"]} == {"-"}


def test_a_closed_pipe_is_no_error(folder):
    Path("class.jsonl").write_text(a_class(2_000))
    ran = process(
        "-c",
        f"{MODULE[0]} -m backprop_cli grade key.toml class.jsonl --format jsonl | head -1",
        start=("bash",),
    )
    assert (ran.code, unsaid(ran.err)) == (0, "")
    assert json.loads(ran.out)["student"] == "s0"


def test_a_closed_pipe_ends_only_its_own_report(folder):
    Path("class.jsonl").write_text(a_class(2_000))
    command = f"{MODULE[0]} -m backprop_cli grade key.toml class.jsonl --format jsonl --report csv=g.csv | head -1"
    ran = process("-c", command, start=("bash",))
    assert (ran.code, unsaid(ran.err)) == (0, "")
    assert json.loads(ran.out)["student"] == "s0"
    assert len(Path("g.csv").read_text().splitlines()) == 2_001


def test_a_full_disk_leaves_nothing_behind(folder):
    Path("class.jsonl").write_text(a_class(400))
    command = f"ulimit -f 20; {MODULE[0]} -m backprop_cli grade key.toml class.jsonl --report json=big.json > /dev/null"
    ran = process("-c", command, start=("bash",))
    assert ran.code != 0
    assert "Traceback" not in ran.err
    assert sorted(path.name for path in folder.iterdir()) == ["class.jsonl", "key.toml"]


def started(*argv: str) -> subprocess.Popen[bytes]:
    """A grading of a large class, in a process group of its own, that has begun to answer."""
    Path("class.jsonl").write_text(a_class(3_000))
    command = [*MODULE, "grade", "key.toml", "class.jsonl", "--format", "jsonl", "--report", "csv=g.csv", *argv]
    pipe = subprocess.PIPE
    child = subprocess.Popen(command, stdout=pipe, stderr=pipe, start_new_session=True, bufsize=0)
    child.stdout.read(1)
    return child


def children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            status = (folder / "stat").read_text().rpartition(") ")[2].split()
            found += [int(folder.name)] if int(status[1]) == parent and status[0] != "Z" else []
    return found


def gone(group: int) -> bool:
    """Whether no process of the group is left, a moment later."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no process groups here")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_interrupted(folder, jobs):
    child = started("--jobs", jobs)
    os.killpg(child.pid, signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert (unsaid(err.decode()), child.returncode) == ("interrupted\n", 130)
    assert gone(child.pid)
    assert sorted(path.name for path in folder.iterdir()) == ["class.jsonl", "key.toml"]


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no process groups here")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ended_by_the_system(folder, jobs):
    """SIGTERM to the process alone: its workers and its half-written files go with it."""
    child = started("--jobs", jobs)
    os.kill(child.pid, signal.SIGTERM)
    _, err = child.communicate(timeout=30)
    assert (unsaid(err.decode()), child.returncode) == ("interrupted\n", 130)
    assert gone(child.pid)
    assert sorted(path.name for path in folder.iterdir()) == ["class.jsonl", "key.toml"]


@pytest.mark.parametrize("path", ["key.toml", "ada.json", "./ada.json", "in/b.json"])
def test_a_report_never_takes_the_place_of_what_is_read(folder, path):
    Path("in").mkdir()
    for name in ("ada.json", "in/b.json"):
        Path(name).write_text(json.dumps(RIGHT))
    before = Path(path).read_text()
    ran = backprop("grade", "key.toml", "ada.json", "in", "--report", f"csv={path}")
    assert (ran.code, ran.out) == (2, "")
    assert ran.said.startswith(f"error[usage.option]: --report csv={path} ")
    assert Path(path).read_text() == before


def test_a_report_is_no_submission_of_the_next_run(folder):
    Path("in").mkdir()
    Path("in/ada.json").write_text(json.dumps(RIGHT))
    ran = backprop("grade", "key.toml", "in", "--report", "csv=in/grades.csv")
    assert (ran.code, ran.out) == (2, "")
    assert "is in a folder of submissions" in ran.err
    assert not Path("in/grades.csv").exists()


def test_a_slip_in_a_name_is_said_in_every_report(folder):
    Path("class.jsonl").write_text(
        '{"student": "ada", "chain": {"q": 3, "dqq": -4, "dz": 3}}\n{"student": "ben", "chain": {"q": 3, "dz": 3}}\n'
    )
    Path("in").mkdir()
    Path("in/notes.pdf").write_text("")
    Path("in/eve.json").write_text(json.dumps(RIGHT))
    said = "chain: dqq is not asked for, and dx is missing"
    for form in ("text", "json", "jsonl", "csv", "junit", "tap", "github", "markdown"):
        ran = backprop("grade", "key.toml", "class.jsonl", "in", "--format", form)
        assert ran.out.count(said) == 1, form
        assert "ada" in ran.out
        assert ran.err.startswith("warning[submission.skipped]: in: not read: notes.pdf\n")
        assert "notes.pdf" not in ran.out


def test_a_limit_in_percent_is_exact(folder):
    Path("key.toml").write_text(
        '[[problem]]\nexpression = "x*y"\nat = {x = 1, y = 2}\nweights = {dx = 351, dy = 649}\n'
    )
    Path("ada.json").write_text('{"dx": 2, "dy": 9}')
    for limit, code in (("35.1", 0), ("35.1 %", 0), ("35.100000001", 1)):
        assert backprop("grade", "key.toml", "ada.json", "--fail-under", limit).code == code


def test_a_key_with_a_question_that_has_no_answer(folder):
    Path("key.toml").write_text('[[problem]]\nexpression = "log(x)"\nat = {x = -1}\n')
    ran = backprop("grade", "key.toml", "--check-key")
    assert ran.code == 1
    assert "no answer is right: log needs x > 0" in ran.out


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
def test_a_worker_that_is_stopped(folder):
    child = started("--jobs", "2")
    os.kill(children(child.pid)[0], signal.SIGKILL)
    _, err = child.communicate(timeout=30)
    code = "limit.process"
    assert unsaid(err.decode()).startswith(f"error[{code}]: one of the processes that grade was stopped")
    assert child.returncode == 3
    assert gone(child.pid)
    assert sorted(path.name for path in folder.iterdir()) == ["class.jsonl", "key.toml"]
