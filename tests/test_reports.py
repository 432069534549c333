"""Reports of graded work: every format is read by a reader that is not ours, and no hostile text gets through any.

``python tests/test_reports.py`` writes the golden files of the texts anew.
"""

from __future__ import annotations

import csv
import io
import json
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree as ET

import jsonschema
import junitparser
import pytest
import yaml
from command import process
from graded import (
    ALL_RIGHT,
    CHECK,
    CHECKED,
    CLASS,
    EVERY_WORD,
    FULL,
    HEADING,
    NONE,
    ONE,
    answer,
    classes,
    problem,
    rendered,
    submission,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tap.parser import Parser

from backprop_cli.choices import GRADING_FORMATS
from backprop_cli.grading.records import WORDS, Heading, Judged, SubmissionResult
from backprop_cli.problems import Refused
from backprop_cli.render.graded.report_formats import writer
from backprop_cli.render.graded.words import ASCII_MARKS, MARKS, decimal, percent
from backprop_cli.render.tables.screens import Screen

GOLDENS = Path(__file__).parent / "goldens"
SCREENS = {
    "40": Screen(40, color=False, unicode=True),
    "80": Screen(80, color=False, unicode=True),
    "120": Screen(120, color=False, unicode=True),
    "ascii": Screen(80, color=False, unicode=False),
    "pipe": Screen(None, color=False, unicode=True),
}
GOLDEN_TEXTS = {
    f"{command}_{screen}": (command, SCREENS[screen]) for command in ("check", "grade", "details") for screen in SCREENS
}
TERMINAL = Screen(80, color=True, unicode=True)


def whole(form: str, command: str, screen: Screen | None = None) -> str:
    """The report of what was written by hand; ``details`` is that of ``grade`` with every answer."""
    heading, results = (CHECK, [CHECKED]) if command == "check" else (HEADING, CLASS)
    found = results[:1] if form == "gradescope" else results
    return rendered(form, heading, found, screen, details=command == "details")


def of_one(form: str, result: SubmissionResult, command: str = "grade") -> str:
    """The report of one submission."""
    items = tuple((part.id, part.title, part.points) for part in result.problems)
    return rendered(
        form, Heading("grade", "", result.points, items, "hint") if command == "grade" else CHECK, [result], None
    )


def asked(result: SubmissionResult) -> list[tuple[str, Judged]]:
    return [(part.id, one) for part in result.problems for one in part.judged if one.weight]


def clean(text: str) -> bool:
    """Whether a text acts on nothing that shows it: no control, bidirectional or invisible character but newlines."""
    return all(c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in text)


# ---- every format


@given(classes())
def test_no_text_of_a_stranger_acts(drawn):
    heading, results = drawn
    for form in GRADING_FORMATS:
        text = rendered(form, heading, results[:1] if form == "gradescope" else results)
        assert clean(text), form
        assert text.encode().decode() == text
    coloured = rendered("text", heading, results, TERMINAL, details=True)
    assert clean(re.sub(r"\x1b\[[0-9;]*m", "", coloured))


@pytest.mark.parametrize("form", GRADING_FORMATS)
@pytest.mark.parametrize("command", ["check", "grade"])
def test_what_is_expected_is_said_only_if_the_record_has_it(form, command):
    part = FULL.problems[0]
    silent = replace(FULL, problems=(replace(part, judged=tuple(replace(j, expected=None) for j in part.judged)),))
    numbers = [of_one(form, result, command).count("31.4159") for result in (FULL, silent)]
    shows_answers = form != "items" and (command == "check" or form not in {"text", "csv", "markdown"})
    assert numbers == [1 if shows_answers else 0, 0] or (form == "tap" and numbers == [2, 0])


@pytest.mark.parametrize("form", [form for form in GRADING_FORMATS if form != "gradescope"])
def test_a_writer_keeps_nothing_of_the_submissions(form):
    made = writer(form, SCREENS["80"])
    made.head(HEADING)
    sizes = []
    for _ in range(300):
        made.add(CLASS[0])
        sizes.append(len(pickle.dumps(made)))
    assert max(sizes[20:]) <= sizes[19] + 4  # a count may have more digits


@pytest.mark.parametrize("form", [form for form in GRADING_FORMATS if form != "text"])
def test_only_text_needs_rich(form):
    program = (
        "import sys; from backprop_cli.render.graded.report_formats import writer; "
        f"writer({form!r}, None); print(*{{n.partition('.')[0] for n in sys.modules}} & {{'rich', 'sympy', 'mpmath'}})"
    )
    assert process("-c", program, start=(sys.executable,)).out.strip() == ""


def test_an_unknown_format_is_refused():
    with pytest.raises(Refused, match="there is no report format xml"):
        writer("xml", None)


def test_every_verdict_has_a_mark_of_its_own():
    for marks in (MARKS, ASCII_MARKS):
        assert set(marks) == set(WORDS)
        assert len(set(marks.values())) == len(WORDS)
    assert "".join(ASCII_MARKS.values()).isascii()


DECIMALS = [("10/3", 6, "3.333333"), ("2/3", 6, "0.666667"), ("10", 6, "10"), ("-1/8", 2, "-0.12"), ("0", 2, "0")]


@pytest.mark.parametrize(("value", "places", "text"), [*DECIMALS, (f"{10**400}/3", 0, "3" * 400)])
def test_decimals(value, places, text):
    assert decimal(Fraction(value), places) == text


@given(st.fractions(-1000, 1000), st.integers(0, 9))
def test_a_decimal_is_the_nearest(value, places):
    assert abs(Fraction(decimal(value, places)) - value) <= Fraction(1, 2 * 10**places)


def test_nearly_everything_is_not_everything():
    assert [percent(Fraction(99999, 1000)), percent(Fraction(100)), percent(Fraction(200, 3))] == [
        "99.9 %",
        "100 %",
        "66.7 %",
    ]


# ---- text


@pytest.mark.parametrize("name", GOLDEN_TEXTS)
def test_golden(name):
    command, screen = GOLDEN_TEXTS[name]
    assert whole("text", command, screen) == (GOLDENS / f"graded_{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("command", ["check", "grade", "details"])
def test_colour_changes_no_character(command):
    coloured = whole("text", command, TERMINAL)
    assert "\x1b[" in coloured
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in bare.splitlines()] == whole("text", command, SCREENS["80"]).splitlines()


@pytest.mark.parametrize("command", ["check", "grade", "details"])
def test_a_screen_without_unicode_gets_ascii(command):
    text = whole("text", command, SCREENS["ascii"])
    assert "".join(sorted({c for c in text if not c.isascii()})) == ("" if command == "check" else "小明王")


@given(classes())
def test_no_line_is_wider_than_the_terminal(drawn):
    heading, results = drawn
    for line in rendered("text", replace(heading, title=""), results, SCREENS["80"]).splitlines():
        wide = sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in line)
        assert wide <= 80 or line.startswith("    ")  # a single word of a message may be longer


@given(classes())
def test_every_student_has_a_line(drawn):
    heading, results = drawn
    lines = rendered("text", replace(heading, title=""), results).splitlines()
    marks = [line[0] for line in lines[2 : lines.index("", 2)] if not line.startswith("    ")]
    assert len(marks) == len(results)
    for mark, result in zip(marks, results, strict=True):
        assert (mark == "!") == (result.invalid is not None)
        assert (mark == "✓") == result.ok


# ---- JSON

VALIDATORS = {
    name: jsonschema.Draft202012Validator(
        json.loads(files("backprop_cli").joinpath("schemas", f"{name}.json").read_text("utf-8"))
    )
    for name in ("check", "grade")
}


def _no_such_number(text: str) -> NoReturn:
    raise AssertionError(f"JSON has no {text}")


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len({key for key, _ in pairs}) == len(pairs)
    return dict(pairs)


def parsed(line: str, schema: str) -> Any:
    found = json.loads(line, parse_constant=_no_such_number, object_pairs_hook=_no_key_twice)
    VALIDATORS[schema].validate(found)
    return found


def as_read(text: str | None) -> str | None:
    """A text as JSON can carry it: half a surrogate pair is no character."""
    return None if text is None else re.sub("[\ud800-\udfff]", "\ufffd", text)


def same_submission(found: dict[str, Any], result: SubmissionResult) -> None:
    assert (found["student"], found["source"], found["ok"]) == (
        as_read(result.student),
        as_read(result.source),
        result.ok,
    )
    assert [Fraction(found[key]) for key in ("score_exact", "points_exact")] == [result.score, result.points]
    assert found["score"] == pytest.approx(float(result.score), abs=1e-6)
    assert (found["invalid"] is None) == (result.invalid is None)
    judged = [one for part in found["problems"] for one in part["answers"]]
    records = [one for part in result.problems for one in part.judged]
    assert [(one["verdict"], one["name"], one["answer"]) for one in judged] == [
        (one.word, as_read(one.name), as_read(one.typed)) for one in records
    ]
    assert [one["ok"] for one in judged] == [
        one.word == "ok" if one.weight and one.word != "received" else None for one in records
    ]


@given(classes())
def test_json_holds_the_class(drawn):
    heading, results = drawn
    text = rendered("json", heading, results)
    assert text.count("\n") == 1
    found = parsed(text, "grade")
    assert next(iter(found)) == "schema"
    assert found["summary"]["submissions"] == len(found["submissions"]) == len(results)
    for one, result in zip(found["submissions"], results, strict=True):
        same_submission(one, result)


@given(classes())
def test_json_lines_hold_a_submission_each(drawn):
    heading, results = drawn
    lines = rendered("jsonl", heading, results).splitlines()
    for line, result in zip(lines, results, strict=True):
        same_submission(parsed(line, "grade"), result)


@pytest.mark.parametrize("form", ["json", "jsonl"])
@pytest.mark.parametrize("result", [CHECKED, FULL, CLASS[1]], ids=["every verdict", "full", "unreadable"])
def test_check_is_one_object(form, result):
    text = of_one(form, result, "check")
    assert text.count("\n") == 1
    found = parsed(text, "check")
    assert found["schema"] == "backprop.check/1"
    assert found["counts"] == {word: sum(p.count(word) for p in result.problems) for word in WORDS}
    assert [one["name"] for one in found["answers"]] == [one.name for p in result.problems for one in p.judged]


def test_the_class_in_json():
    found = json.loads(whole("json", "grade"))["summary"]
    assert {key: found[key] for key in ("submissions", "invalid", "all_right")} == {
        "submissions": 4,
        "invalid": 1,
        "all_right": 1,
    }
    chain = found["problems"][0]
    assert chain["mistakes"] == [{"code": "mistake.sign", "count": 1}]
    dx = next(one for one in chain["answers"] if one["name"] == "dx")
    assert {word: count for word, count in dx["counts"].items() if count} == {"ok": 2, "received": 1}


def _every_key(schema: Any, defs: dict[str, Any], value: Any) -> None:
    """A schema names every member there is, so that it is a documentation of them."""
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, dict) and "properties" in schema:
        optional = set(schema["properties"]) - set(schema.get("required", schema["properties"]))
        assert set(value) | optional == set(schema["properties"])
        for key, inner in value.items():
            _every_key(schema["properties"][key], defs, inner)
    if isinstance(value, list) and "items" in schema:
        for inner in value:
            _every_key(schema["items"], defs, inner)


@pytest.mark.parametrize("command", ["check", "grade"])
def test_the_schema_names_every_member(command):
    schema = VALIDATORS[command].schema
    start = schema if command == "check" else schema["$defs"]["grade"]
    _every_key(start, schema["$defs"], json.loads(whole("json", command)))


# ---- CSV


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), strict=True))


def harmless(cell: str) -> bool:
    """Whether a spreadsheet takes a cell for a text or a number."""
    return not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")) or bool(
        re.fullmatch(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?", cell)
    )


@given(classes())
def test_the_gradebook(drawn):
    heading, results = drawn
    head, *rows = rows_of(rendered("csv", heading, results))
    assert len(set(head)) == len(head) == 8 + len(heading.problems)
    assert len(rows) == len(results)
    for row, result in zip(rows, results, strict=True):
        assert len(row) == len(head)
        assert float(row[1]) == pytest.approx(float(result.score), abs=1e-6)
        assert row[head.index("status")] == ("invalid" if result.invalid else "ok" if result.ok else "wrong")
        for cell in row:
            assert harmless(cell)


@given(classes())
def test_no_answer_is_a_formula(drawn):
    for result in drawn[1]:
        head, *rows = rows_of(of_one("csv", result, "check"))
        assert head == ["name", "answer", "verdict", "rel_error", "expected", "remarks"]
        assert [row[2] for row in rows] == [one.word for part in result.problems for one in part.judged]
        for cell in (cell for row in rows for cell in row):
            assert harmless(cell)


CELLS = [
    ("-4", "-4"),
    ("+1e3", "+1e3"),
    ("-.5", "-.5"),
    ("=1+1", "'=1+1"),
    ("-2+3", "'-2+3"),
    (" \t=1", "'=1"),
    ("--1", "'--1"),
]


@pytest.mark.parametrize(("typed", "cell"), CELLS)
def test_a_cell(typed, cell):
    result = submission("ada", [problem("p", "", [answer("dx", "wrong", typed)], ONE)])
    assert rows_of(of_one("csv", result, "check"))[1][1] == cell


def test_a_problem_called_like_a_column_keeps_its_own():
    heading = Heading("grade", "", ONE, (("score", "", ONE),), "hint")
    head = rows_of(rendered("csv", heading, []))[0]
    assert head[:5] == ["student", "score", "points", "percent", "problem score"]


# ---- JUnit

JUNIT = {  # element: attributes and children in their order, in what xunit2's readers and Ant's schema share
    "testsuites": (set(), ["testsuite"]),
    "testsuite": (
        {"name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time"},
        ["properties", "testcase", "system-out", "system-err"],
    ),
    "properties": (set(), []),
    "testcase": ({"name", "classname", "time"}, ["failure", "error", "skipped"]),
    "failure": ({"message", "type"}, []),
    "error": ({"message", "type"}, []),
    "skipped": ({"message"}, []),
    "system-out": (set(), []),
    "system-err": (set(), []),
}
KINDS = {"close": "failure", "wrong": "failure", "undefined": "failure", "invalid": "error", "missing": "skipped"}


def kinds_of(result: SubmissionResult) -> list[str]:
    return ["error"] if result.invalid else [KINDS.get(one.word, "") for _, one in asked(result)]


@given(classes())
def test_junit(drawn):
    heading, results = drawn
    text = rendered("junit", heading, results)
    seen: list[ET.Element] = []
    for element in ET.fromstring(text).iter():
        attributes, children = JUNIT[element.tag]
        assert set(element.keys()) == attributes
        places = [children.index(child.tag) for child in element]
        assert places == sorted(places)
        assert element.tag != "testcase" or len(places) <= 1
        assert element.tag != "testsuite" or {0, 2, 3} <= set(places)
        assert element.get("id") in (None, str(len(seen)))
        seen += [element] * (element.tag == "testsuite")
    suites = list(junitparser.JUnitXml.fromstring(text.encode()))
    assert len(suites) == len(results)
    for suite, result in zip(suites, results, strict=True):
        kinds = kinds_of(result)
        stated = (suite.tests, suite.failures, suite.errors, suite.skipped)
        assert stated == (len(kinds), *(kinds.count(kind) for kind in ("failure", "error", "skipped")))
        found = [case.result[0].__class__.__name__.lower() if case.result else "" for case in suite]
        assert found == kinds
        suite.update_statistics()
        assert (suite.tests, suite.failures, suite.errors, suite.skipped) == stated


def test_a_case_in_junit():
    suite = next(iter(junitparser.JUnitXml.fromstring(whole("junit", "grade").encode())))
    case = list(suite)[2]
    assert (suite.name, case.classname, case.name) == ("ada", "ada.chain", "dy")
    assert (case.result[0].type, case.result[0].message) == ("wrong", "wrong: answered 4; relative error 1")
    assert case.result[0].text == "at x = -1.3 yours gives 1, the gradient is 0 [formula.counterexample]"


# ---- TAP

POINT = re.compile(r"(?P<not>not )?ok (?P<number>\d+) - (?P<text>.*)")


def tap_points(text: str) -> list[tuple[bool, str, Any]]:
    """The test points of a TAP document whose every line is what the specification has: ok, description, YAML."""
    lines = text.split("\n")
    assert lines.pop() == ""
    version = lines.pop(0)
    assert version in ("TAP version 13", "TAP version 14")
    plan = re.fullmatch(r"1\.\.(\d+)", lines.pop())
    points: list[tuple[bool, str, Any]] = []
    while lines:
        line = lines.pop(0)
        if line.startswith("#"):
            continue
        match = POINT.fullmatch(line)
        assert match, line
        assert not re.search(r"(?<!\\)(\\\\)*#", match["text"]), "a directive"
        assert int(match["number"]) == len(points) + 1
        block = None
        if lines and lines[0] == "  ---":
            end = lines.index("  ...")
            block = yaml.safe_load("\n".join(line.removeprefix("  ") for line in lines[1:end]))
            assert all(line.startswith("  ") for line in lines[1:end])
            del lines[: end + 1]
        text_ = re.sub(r"\\([\\#])", r"\1", match["text"]) if version.endswith("14") else match["text"]
        points.append((not match["not"], text_, block))
    assert plan
    assert int(plan[1]) == len(points)
    return points


TAP_VERSIONS = st.sampled_from([13, 14])


@given(classes(), TAP_VERSIONS)
def test_tap(drawn, version):
    heading, results = drawn
    text = rendered("tap", heading, results, tap_version=version)
    found = tap_points(text)
    expected = [
        (word in {"ok", "received"}, word)
        for result in results
        for word in (["invalid"] if result.invalid else [one.word for _, one in asked(result)])
    ]
    assert [ok for ok, _, _ in found] == [ok for ok, _ in expected]
    for (_, _, block), (ok, word) in zip(found, expected, strict=True):
        assert ok or block["verdict"] == word
        assert block is None or all(
            isinstance(item, str) for value in block.values() for item in ([value] if isinstance(value, str) else value)
        )


@given(classes(), TAP_VERSIONS)
def test_tap_by_another_reader(drawn, version):
    heading, results = drawn
    text = rendered("tap", heading, results, tap_version=version)
    lines = list(Parser().parse_text(text))
    points = [line for line in lines if line.category == "test"]
    assert [(line.ok, line.skip, line.todo) for line in points] == [(ok, False, False) for ok, _, _ in tap_points(text)]
    assert [line.yaml_block for line in points] == [block for _, _, block in tap_points(text)]
    assert [line.expected_tests for line in lines if line.category == "plan"] == [len(points)]
    assert {line.category for line in lines} <= {"version", "diagnostic", "test", "plan"}


def test_a_point_in_tap():
    ok, description, block = tap_points(whole("tap", "grade"))[2]
    assert (ok, description) == (False, "ada: chain dy")
    assert block == {
        "message": "wrong: answered 4; relative error 1",
        "severity": "fail",
        "verdict": "wrong",
        "answer": "4",
        "rel_error": "1",
        "remarks": ["at x = -1.3 yours gives 1, the gradient is 0 [formula.counterexample]"],
        "hints": ["dy and dz are consistent with a lost sign [mistake.sign]"],
    }


def test_a_missing_answer_is_not_ok():
    result = submission("a # skip\\", [problem("p", "", [answer("dx", "missing")], ONE)])
    assert "not ok 1 - a <U+0023> skip\\: p dx\n" in of_one("tap", result)
    heading = Heading("grade", "", ONE, (("p", "", ONE),), "hint")
    assert "not ok 1 - a <U+0023> skip\\\\: p dx\n" in rendered("tap", heading, [result], tap_version=14)


@pytest.mark.skipif(shutil.which("prove") is None, reason="needs Perl's prove")
@given(classes())
@settings(max_examples=10)
def test_prove_reads_it(drawn):
    """The reader that most people have. A class in which all is right passes, any other fails."""
    heading, results = drawn
    text = rendered("tap", heading, results)
    with tempfile.NamedTemporaryFile("w", suffix=".tap", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        ran = subprocess.run(["prove", "--exec", "cat", file.name], capture_output=True, text=True, check=False)
    points = tap_points(text)
    assert (ran.returncode == 0) == all(ok for ok, _, _ in points), ran.stdout + ran.stderr
    assert "Parse errors" not in ran.stdout, f"{ran.stdout}\n{text}"


# ---- Gradescope

VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
STRINGS = {"enum": ["text", "simple_format", "html", "md", "ansi"]}
RESULTS_JSON = {  # after the "Output format" of Gradescope's autograder specification
    "type": "object",
    "additionalProperties": False,
    "required": ["tests"],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": STRINGS,
        "test_output_format": STRINGS,
        "test_name_format": STRINGS,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": {"const": "text"},
                    "number": {"type": "string", "pattern": r"^\d+(\.\d+)*$"},
                    "output": {"type": "string"},
                    "output_format": {"const": "text"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBILITY,
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}


def results_json(result: SubmissionResult) -> Any:
    found = json.loads(of_one("gradescope", result), parse_constant=_no_such_number, object_pairs_hook=_no_key_twice)
    jsonschema.Draft202012Validator(RESULTS_JSON).validate(found)
    return found


@given(classes())
def test_gradescope(drawn):
    for result in drawn[1]:
        found = results_json(result)
        assert found["score"] == pytest.approx(float(result.score), abs=1e-6)
        tests = found["tests"]
        assert len(tests) == (1 if result.invalid else len(asked(result)))
        hidden = [part.hidden for part in result.problems for one in part.judged if one.weight] or [False]
        assert [test["visibility"] == "hidden" for test in tests] == hidden[: len(tests)]
        parts = [part for part in result.problems if part.asked]
        if not any(one.word == "received" for _, one in asked(result)):
            earned = sum((part.score for part in parts), NONE)
            assert sum(test["score"] for test in tests) == pytest.approx(float(earned), abs=1e-4)
            points = sum((part.points for part in parts), NONE) if not result.invalid else result.points
            assert sum(test["max_score"] for test in tests) == pytest.approx(float(points), abs=1e-4)


def test_a_test_in_gradescope():
    found = results_json(CLASS[0])
    assert found["output_format"] == "text"
    assert "max" not in found["output"], "a hidden problem is not told of"
    wrong = found["tests"][2]
    assert wrong == {
        "name": "The chain rule (chain): dy",
        "name_format": "text",
        "number": "1.3",
        "status": "failed",
        "score": 0,
        "max_score": 0.625,
        "output": "wrong: answered 4; relative error 1\n"
        "at x = -1.3 yours gives 1, the gradient is 0 [formula.counterexample]\n"
        "dy and dz are consistent with a lost sign [mistake.sign]",
        "output_format": "text",
        "visibility": "visible",
        "tags": [],
        "extra_data": {
            "code": "formula.counterexample",
            "codes": ["formula.counterexample", "mistake.sign"],
            "verdict": "wrong",
            "problem": "chain",
            "answer": "dy",
        },
    }
    assert [test["extra_data"].get("code") for test in found["tests"][3:4]] == ["missing"]


def test_gradescope_shows_no_score_of_an_answer_without_a_verdict():
    assert all("score" not in test and "status" not in test for test in results_json(CLASS[3])["tests"][:2])


def test_gradescope_takes_one_submission():
    made = writer("gradescope", None)
    made.add(CLASS[0])
    with pytest.raises(Refused) as refused:
        made.add(CLASS[1])
    assert [one.code for one in refused.value.problems] == ["usage.report"]


def test_gradescope_without_a_submission_is_still_an_object():
    found = json.loads(rendered("gradescope", HEADING, []))
    assert (found["score"], found["tests"]) == (0, [])


# ---- GitHub

COMMAND = re.compile(r"::(?P<name>[a-z-]+)(?: (?P<given>(?:(?!::).)*))?::(?P<text>.*)")
UNESCAPED = {"%25": "%", "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}


def unescaped(text: str) -> str:
    return re.sub("%25|%0D|%0A|%3A|%2C", lambda found: UNESCAPED[found[0]], text)


def commands_of(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Every line as the runner reads it; a line that is no command of ours is an error."""
    found = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        assert match["name"] in {"error", "warning", "notice"}
        pairs = [pair.partition("=") for pair in (match["given"] or "").split(",") if pair]
        assert {key for key, _, _ in pairs} <= {"file", "line", "title"}
        found.append((match["name"], {key: unescaped(value) for key, _, value in pairs}, unescaped(match["text"])))
    return found


LEVELS = {"wrong": "error", "undefined": "error", "close": "warning", "invalid": "warning"} | {
    "extra": "notice",
    "duplicate": "notice",
}


@given(classes())
def test_github(drawn):
    heading, results = drawn
    found = commands_of(rendered("github", heading, results))
    expected = []
    for result in results:
        if result.invalid:
            expected += ["warning"]
            continue
        expected += ["warning"] * len(result.warnings)
        for part in result.problems:
            if not part.hidden:
                expected += [LEVELS[one.word] for one in part.judged if one.word in LEVELS]
                expected += ["warning"] * (len(part.hints) + any(one.word == "missing" for one in part.judged))
    assert [name for name, _, _ in found] == [*expected, "notice"]
    assert all(given.get("line", "1").isdigit() for _, given, _ in found)


def test_a_command():
    found = commands_of(whole("github", "grade"))
    assert found[0] == (
        "error",
        {"file": "subs/ada.json", "line": "3", "title": "ada: chain dy"},
        "wrong: answered 4; relative error 1\nat x = -1.3 yours gives 1, the gradient is 0 [formula.counterexample]",
    )
    assert ("warning", {"file": "subs/bob.json", "line": "2", "title": "bob"}) in [one[:2] for one in found]
    assert found[-1][2].startswith("4 submissions, 1 all right, 1 invalid, mean ")


def test_missing_answers_share_a_command_and_hidden_problems_have_none():
    open_, hidden = (
        problem(name, "", [answer("dx", "missing"), answer("dy", "missing")], ONE, hidden=name == "h") for name in "ph"
    )
    found = commands_of(of_one("github", submission("ada", [open_, hidden])))
    assert [(given.get("title"), text) for _, given, text in found[:-1]] == [("ada: p", "missing: dx, dy")]


def test_percent_signs_are_escaped():
    result = submission("100%25", [problem("p", "", [answer("d%0Ax", "wrong", "%3A")], ONE)], source="a,b:c%.json")
    assert of_one("github", result).splitlines()[0] == (
        "::error file=a%2Cb%3Ac%25.json,title=100%2525%3A p d%250Ax::wrong: answered %253A"
    )


# ---- Markdown

MARKDOWN = MarkdownIt("gfm-like", {"linkify": False, "html": True})
ACTS = {"html_inline", "html_block", "link_open", "image", "em_open", "s_open", "hardbreak", "fence", "code_block"}


def markdown_cells(text: str) -> tuple[list[list[list[Any]]], set[str]]:
    """The rows of every table as lists of inline tokens, and the kinds of tokens there are."""
    tokens = MARKDOWN.parse(text)
    tables: list[list[list[Any]]] = []
    for token, after in pairwise(tokens):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type in {"td_open", "th_open"}:
            tables[-1][-1].append(after.children)
    kinds = {token.type for token in tokens} | {child.type for token in tokens for child in token.children or ()}
    return tables, kinds


@given(classes())
@example((replace(HEADING, title="~~a~~ @b &lt; <i>*c*</i>"), [*CLASS]))
def test_markdown(drawn):
    heading, results = drawn
    tables, kinds = markdown_cells(rendered("markdown", heading, results))
    assert kinds & ACTS == set()
    assert [len(row) for row in tables[0]] == [5 + len(heading.problems)] * (1 + len(results))
    for row in tables[0][1:]:
        assert [token.type for token in row[1]] in (["code_inline"], [])


@given(classes())
def test_markdown_of_a_check(drawn):
    for result in drawn[1]:
        tables, kinds = markdown_cells(of_one("markdown", result, "check"))
        assert kinds & ACTS == set()
        for part, rows in zip(result.problems[:1], tables, strict=False):
            assert len(rows) == 1 + sum(len(one.judged) for one in result.problems)
            assert part.judged or len(rows) >= 1


def test_a_mention_calls_nobody():
    result = submission("@octocat", [problem("p", "", [answer("@me", "wrong", "@you")], ONE)])
    remark = replace(result.problems[0].judged[0], remarks=(replace(EVERY_WORD[1].remarks[0], message="ask @you"),))
    result = replace(result, problems=(replace(result.problems[0], judged=(remark,)),))
    for token in MARKDOWN.parse(of_one("markdown", result, "check") + "\n" + of_one("markdown", result)):
        assert all("@" not in child.content for child in token.children or () if child.type == "text")


def test_a_table_in_markdown():
    lines = whole("markdown", "grade").splitlines()
    assert lines[2] == "|  | student | score | percent | chain | sigmoid | max\\[2\\] | notes |"
    assert lines[5].startswith("| ! | `bob` | 0/10 | 0 % |  |  |  | invalid: this is no JSON")
    assert lines[6].startswith(
        "| ✓ | `Hildegard von Bingen-Hohenstein` | 10/10 | 100 % | 5 ✓ | 3 ✓ | 2 ✓ | there is no problem"
    )
    assert lines[7] == "|  | `王小明` | 5/10 | 50 % | 0 · | 3 ✓ | 2 ✓ |  |"
    head = lines.index("| problem | question | right | close | wrong | missing | invalid | undefined | received |")
    assert lines[head + 1] == "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    assert "| `chain` | `dy` | 0 | 0 | 1 | 0 | 0 | 0 | 1 |" in lines
    assert "| `chain` | `mistake.sign` | 1 |" in lines


def test_all_right_is_said():
    result = submission("", ALL_RIGHT[:1], source="-")
    assert whole("text", "check").endswith("✗ 3 of 8 right, 2 that were not asked for or came twice\n")
    assert of_one("text", result, "check").endswith("✓ 1 of 1 right\n")


if __name__ == "__main__":
    for golden, (of_command, of_screen) in GOLDEN_TEXTS.items():
        (GOLDENS / f"graded_{golden}.txt").write_text(whole("text", of_command, of_screen), "utf-8")
    sys.exit()
