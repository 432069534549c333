"""What a teacher does after the marks: questions analysed, gradings compared, pages sent out, names left out."""

from __future__ import annotations

import csv
import io
import json
import re
import statistics
from pathlib import Path

import pytest
from command import backprop
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.grading.items import Item
from backprop_cli.worksheet.stems import Stems

KEY = """
title = "Week 2"
[[problem]]
id = "chain"
expression = "q = x + y; f = q*z"
at = {x = -2, y = 5, z = -4}
ask = ["q", "dx", "dz"]
[[problem]]
id = "relu"
title = "A gate that closes"
expression = "relu(x)*y"
accept = "formula"
ask = ["dx"]
hidden = true
"""
HEAD = ("student", "chain.q", "chain.dx", "chain.dz", "relu.dx")
ROWS = (
    ("ada", "3", "-4", "3", "step(x)*y"),
    ("ben", "3", "4", "3", "y"),
    ("../cleo", "7", "4.0", "", "y"),
    ("Ben", "3", " 4 ", "3", "step(x)*y"),
    ("<b>dan</b>@x", "what?", "-4", "7", ""),
)


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("key.toml").write_text(KEY, encoding="utf-8")
    write(ROWS)
    return tmp_path


def write(rows, name: str = "class.csv") -> None:
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((HEAD, *rows))


def grade(*argv: str):
    return backprop("grade", "key.toml", "class.csv", "--force", *argv)


def done(*argv: str, said: tuple[str, ...] = ("class.invalid",)):
    """Graded, and nothing said but that an answer of the class cannot be read."""
    ran = grade(*argv)
    assert (ran.code, ran.codes) == (0, list(said))
    return ran


def correlation(x: list[float], y: list[float]) -> float:
    return statistics.correlation(x, y)


def test_the_questions_of_a_class(here):
    """Every figure by hand: credits per student, and the points of the other three questions."""
    items = {f"{i['problem']}.{i['name']}": i for i in json.loads(done("--json").out)["summary"]["items"]}
    credit = {
        "chain.q": [1, 1, 0, 1, 0],
        "chain.dx": [1, 0, 0, 0, 1],
        "chain.dz": [1, 1, 0, 1, 0],
        "relu.dx": [1, 0, 0, 1, 0],
    }
    for name, parts in credit.items():
        rest = [sum(other[i] for key, other in credit.items() if key != name) for i in range(5)]
        assert items[name]["mean"] == pytest.approx(sum(parts) / 5)
        assert items[name]["discrimination"] == pytest.approx(correlation(parts, rest)), name
        assert (items[name]["submissions"], items[name]["right"]) == (5, sum(parts))
    assert [items[name]["answered"] for name in credit] == [5, 5, 4, 4]
    assert items["chain.dx"]["wrong"] == [{"answer": "4", "count": 3, "mistake": "mistake.sign"}]
    assert items["chain.q"]["wrong"] == [{"answer": "7", "count": 1, "mistake": None}]
    assert items["relu.dx"]["wrong"] == [{"answer": "y", "count": 2, "mistake": None}]


def test_the_analysis_as_table_markdown_and_csv(here):
    text = done("--item-analysis").out
    lines = [line.split() for line in text.splitlines() if line.startswith("chain") and "%" in line]
    assert [line[:4] for line in lines] == [
        ["chain", name, part, "%"] for name, part in (("q", "60"), ("dx", "40"), ("dz", "60"))
    ]
    assert lines[1][-3:] == ["4", "3", "mistake.sign"]
    assert "discrimination" not in done().out
    markdown = done("--item-analysis", "--format", "markdown").out
    assert re.search(r"\| `chain` \| `dx` \| 40 % \| -?0\.\d\d \| `4` 3 times \(`mistake\.sign`\) \|", markdown)
    rows = list(csv.DictReader(io.StringIO(done("--format", "items").out)))
    assert [row["question"] for row in rows] == ["q", "dx", "dz", "dx"]
    assert (rows[1]["wrong 1"], rows[1]["times 1"], rows[1]["mistake 1"]) == ("4", "3", "mistake.sign")
    assert (rows[0]["mean"], rows[0]["right"]) == ("0.600000", "3")


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1000)), min_size=2, max_size=40))
def test_the_discrimination_is_the_correlation(pairs):
    item = Item("p", "x")
    for part, rest in pairs:
        item.add(part, rest)
    x, y = zip(*pairs, strict=True)
    spread = min(statistics.pstdev(x), statistics.pstdev(y) / max(1, *y))
    if spread < 1e-3:
        assert item.discrimination is None or -1 <= item.discrimination <= 1
    else:
        assert item.discrimination == pytest.approx(correlation(list(x), list(y)), abs=1e-6)


def test_different_wrong_answers_are_kept_in_bounded_memory():
    item = Item("p", "x")
    for number in range(5_000):
        item.note(str(number), "")
    item.note("3.0", "mistake.sign")
    assert (len(item.wrong), item.others, item.commonest[0].typed, item.commonest[0].count) == (1_000, 4_000, "3", 2)


def test_what_changed_since_an_earlier_grading(here):
    done("--report", "json=old.json", "--report", "jsonl=old.jsonl")
    assert "no score changed since old.json" in done("--compare", "old.json").out
    write([ROWS[0], ("ben", "3", "-4", "3", "y"), *ROWS[2:4], ("eve", "3", "", "", "")])
    for old in ("old.json", "old.jsonl"):
        changes = json.loads(done("--compare", old, "--json", said=()).out)["summary"]["changes"]
        assert changes == [
            {
                "student": "ben",
                "before": 2,
                "now": 3,
                "answers": [{"answer": "chain dx", "before": "wrong", "now": "ok"}],
            },
            {"student": "eve", "before": None, "now": 1, "answers": []},
            {"student": "<b>dan</b>@x", "before": 1, "now": None, "answers": []},
        ]
    text = done("--compare", "old.json", said=()).out
    assert re.search(r"ben +2 +3 +\+1 +chain dx: wrong → ok\n", text)
    assert "3 scores changed since old.json" in text
    assert "Changed since" in done("--compare", "old.json", "--format", "html", said=()).out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "no report of an earlier grading"),
        ("[1]", "no report of an earlier grading"),
        ("", "no report of an earlier grading"),
        ('{"schema": "backprop.grade/1", "submissions": [{"student": "a"}]}', "no report of an earlier grading"),
        ('{"schema": "backprop.grade/1", "submissions": [{"student": 1, "score_exact": "1"}]}', "no report"),
        ("[" * 100_000, "no report of an earlier grading"),
    ],
    ids=["other", "list", "empty", "no score", "no name", "deep"],
)
def test_what_is_no_earlier_report(here, text, said):
    Path("old.json").write_text(text, encoding="utf-8")
    ended = grade("--compare", "old.json")
    assert (ended.code, ended.out) == (3, "")
    assert said in ended.err


def test_a_page_for_each_student(here):
    done("--feedback-dir", "out")
    found = sorted(path.name for path in Path("out").iterdir())
    plain = [re.sub(r"-[0-9a-f]{12}", "-#", name) for name in found]
    assert plain == ["Ben-#.html", "ada.html", "b-dan-b-@x-#.html", "ben.html", "cleo-#.html"]
    page = Path("out", found[2]).read_text(encoding="utf-8")
    assert "<b>dan" not in page
    assert "&lt;b&gt;dan&lt;/b&gt;@x" in page
    assert "A gate that closes" not in page, "hidden"
    assert "default-src 'none'" in page
    assert not re.search(r"<script|https?://|src=", page)
    done("--feedback-dir", "markdown=notes")
    note = Path("notes/ben.md").read_text(encoding="utf-8")
    assert "| `dx` | `4` | ✗ wrong |" in note
    assert "relu" not in note
    assert "`ben`: **2 of 3 right, 2/3**" in note


def test_pages_are_written_whole_or_not_at_all(here):
    Path("out").write_text("a file", encoding="utf-8")
    ended = grade("--feedback-dir", "out")
    assert ended.code == 3
    assert "out cannot be written" in ended.err
    assert Path("out").read_text(encoding="utf-8") == "a file"
    assert not [path for path in here.iterdir() if path.name.startswith(".")]


def test_a_results_json_for_each_submission(here):
    done("--report", "gradescope=gs/")
    found = json.loads(Path("gs/ada/results.json").read_text(encoding="utf-8"))
    assert found["score"] == 4
    assert len(list(Path("gs").glob("*/results.json"))) == len(ROWS)


FORMATS = ("text", "json", "jsonl", "csv", "junit", "tap", "github", "markdown", "html", "items")


@pytest.mark.parametrize("form", FORMATS)
def test_no_name_where_none_is_wanted(here, form):
    rows = [("zacharias", *ROWS[1][1:]), ("zacharias", *ROWS[0][1:]), ("quentin", "3", "?", "", "")]
    write(rows)
    done("--report", "json=old.json", said=("class.invalid", "class.attempts"))
    write([(name, "3", "-4", "3", "y") for name, *_ in rows])
    ended = done("--anonymous", "--format", form, "--compare", "old.json", said=("class.attempts",))
    assert "zacharias" not in ended.out
    assert "quentin" not in ended.out
    assert "class.csv" not in ended.out
    if form in ("text", "json", "csv", "html"):
        assert "student 1" in ended.out
    if form == "markdown":
        assert "student 1" not in ended.out
        assert "| `chain` | `dx` |" in ended.out


NO_SENSE = [
    (["--anonymous", "--feedback-dir", "out"], "--anonymous leaves names out"),
    (["--anonymous", "--report", "gradescope=gs/"], "--anonymous leaves names out"),
    (["--report", "csv=folder/"], "--report csv takes a file"),
    (["--item-analysis", "--format", "csv"], "--item-analysis is for text and Markdown"),
    (["--tap-version", "14"], "--tap-version is for TAP"),
    (["--new-key", "--compare", "old.json"], "exclude each other"),
    (["--feedback-dir", "class.csv"], "would overwrite"),
]


@pytest.mark.parametrize(("argv", "said"), NO_SENSE, ids=[" ".join(argv) for argv, _ in NO_SENSE])
def test_what_makes_no_sense_is_refused(here, argv, said):
    ended = grade(*argv)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


@given(st.lists(st.text(max_size=120), max_size=12))
def test_file_names_are_safe_and_apart(students):
    stems = Stems()
    found = [stems.next(student) for student in [*students, *students[:3]]]
    assert len({name.casefold() for name in found}) == len(found)
    for name in found:
        assert re.fullmatch(r"[\w@-][\w.@-]*", name)
        assert len(name) < 100
        assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name)
        assert Path(name).name == name


@pytest.mark.parametrize(
    "form", ["text", "json", "jsonl", "csv", "items", "junit", "tap", "github", "markdown", "html"]
)
@pytest.mark.parametrize("level", ["none", "verdict"])
def test_feedback_none_tells_nothing_and_others_do(here, form, level):
    """The same answers to two keys that differ in what is right: nothing that is printed may differ at ``none``."""
    rows = [(name, *(cell.replace("what?", "9") or "8" for cell in cells)) for name, *cells in ROWS]
    write(rows)
    seen = []
    for z in ("-4", "4", "9"):
        Path("key.toml").write_text(KEY.replace("z = -4", f"z = {z}"), encoding="utf-8")
        ended = grade("--feedback", level, "--format", form, "--report", "csv=teacher.csv")
        seen.append((ended.code, ended.out, ended.err))
        assert ended.code == 0
    assert (len(set(seen)) == 1) == (level == "none")
    with Path("teacher.csv").open(encoding="utf-8") as file:
        assert [row["score"] for row in csv.DictReader(file)] == ["3", "2", "0", "3", "0"]


@pytest.mark.parametrize(
    "form", ["text", "json", "jsonl", "csv", "junit", "tap", "gradescope", "github", "markdown", "html"]
)
def test_check_with_feedback_none_tells_nothing(form):
    argv = ("check", "x*y", "y=3", "-a", "dx=3", "-a", "dy=2", "-a", "f=6", "--feedback", "none", "--format", form)
    seen = {(ended.code, ended.out, ended.err) for x in ("x=2", "x=5") for ended in [backprop(*argv, x)]}
    assert len(seen) == 1
    assert next(iter(seen))[0] == 0
    assert backprop("check", "x*y", "x=2", "y=3", "-a", "dx=3, or 4", "--feedback", "none").code == 1


def test_a_limit_would_tell_by_the_exit_code(here):
    ended = grade("--feedback", "none", "--fail-under", "50")
    assert (ended.code, ended.out) == (2, "")
    assert "--fail-under would tell" in ended.err
