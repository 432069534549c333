"""The judge's faults of the past, each by its command line: verdicts, values, slopes, exit codes, time.

The table is in ``judge_cases.py``. Whatever else a case says, no verdict may be ``wrong``, no exit code 1 or 70, and no
``ok`` or ``limit`` may stand beside another gradient than the true one.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from command import Outcome, backprop, process
from judge_cases import TABLES, Case

from backprop_cli import Refused, differentiate, read

CASES = [pytest.param(case, id=f"{kind}: {name}") for kind, table in TABLES.items() for name, case in table.items()]


def ran(case: Case) -> Outcome:
    """The outcome; what may hang or die runs in a process of its own."""
    argv = [case.expression, *case.point.split(), *case.flags.split(), "--json"]
    if not case.seconds:
        return backprop(*argv)
    start = time.monotonic()
    ended = process(*argv, env=case.env, timeout=120)
    taken = time.monotonic() - start
    assert taken < case.seconds, f"{taken:.1f} s"
    return ended


def side(entry: Any) -> float | None:
    """One side's slope as a number; None where it is a word or nothing."""
    if isinstance(entry, dict):
        entry = next((entry[key] for key in ("slope", "value") if key in entry), None)
    return entry if isinstance(entry, int | float) else None


def sides(row: dict[str, Any]) -> tuple[float | None, float | None]:
    """Both one-sided slopes of a variable or a stage, wherever the report keeps them."""
    found = row.get("kink") or row.get("slopes") or {}
    if isinstance(found, dict):
        return side(found.get("left")), side(found.get("right"))
    return side(found[0]), side(found[1])


@pytest.mark.parametrize("case", CASES)
def test_a_fault_of_the_past_is_gone(case):
    ended = ran(case)
    assert ended.code in case.codes, ended
    assert case.says in ended.out + ended.err
    if ended.code:
        return
    report = json.loads(ended.out)
    rows = {row["name"]: row for row in [*report["variables"], *report["stages"]]}
    words = {name: row["verdict"] for name, row in rows.items()}
    assert "wrong" not in words.values(), words
    for name, allowed in case.words.items():
        assert words[name] in allowed.split("|"), (name, words)
    compare_numbers(case, report, rows)


def compare_numbers(case: Case, report: dict[str, Any], rows: dict[str, Any]) -> None:
    for name, truth in case.gradient.items():
        if rows[name]["verdict"] in ("ok", "limit"):
            assert rows[name]["gradient"] == pytest.approx(truth, rel=1e-9, abs=1e-300), name
    for name, truth in case.expected.items():
        if rows[name]["expected"] is not None:
            assert rows[name]["expected"] == pytest.approx(truth, rel=1e-9, abs=1e-300), name
    for name in case.lost:
        row = rows[name]
        assert row["verdict"] in ("imprecise", "undecided") or row["lost_digits"] > 0, row
        assert any(warning["code"] == "digits.lost" for warning in report["warnings"])
    for name, (left, right) in case.slopes.items():
        if rows[name]["verdict"] == "kink":
            for found, truth in zip(sides(rows[name]), (left, right), strict=True):
                assert found is truth is None or found == pytest.approx(truth, rel=1e-9), name
    compare_value(case, report)


def compare_value(case: Case, report: dict[str, Any]) -> None:
    """The value's first digits; where the truth may be missed, it must be said (a kink alone says nothing of it)."""
    if case.value is None:
        return
    shown = report.get("value_text") or repr(report["value"])
    digits, _, exponent = case.value.partition("e")
    if shown.startswith(digits) and shown.endswith(exponent):
        return
    if "_text" not in report and not case.flags and float(shown) == pytest.approx(float(case.value), rel=1e-9):
        return
    said = [w["code"] for w in report["warnings"] if not w["code"].startswith("kink.")]
    assert case.told, (shown, case.value)
    assert said, (shown, case.value)


ANSWERS = {
    # where the truth is undecided, no answer is wrong
    "floor undecided, doubles' answer": ("floor(erf(x))*y + y", "x=800 y=3", "dy=2"),
    "floor rounded, the truth": ("floor(sqrt(x)^2)*y", "x=3 y=3", "dy=3"),
    "round at a half": ("round(x)*y", "x=2.5 y=3", "dy=2"),
    "a limit": ("sqrt(x^4)", "x=0", "dx=0"),
    "a limit that conventions miss": ("relu(x) - relu(-x)", "x=0", "dx=1"),
    "cube at 0": ("z = w*x + b; f = z^3", "w=2 x=3 b=-6", "dw=0"),
    "lost digits, the truth": ("tan(x)*cos(x)", "x=pi/2", "dx=6.123233995736766e-17"),
    "saturated": ("q = x*w; f = tanh(q)", "x=74 w=1", "dq=2.120687466436929e-64"),
    "a stage on a kink, left": ("q = x + 1; f = relu(q)", "x=-1", "dq=0"),
    "a stage on a kink, right": ("q = x + 1; f = relu(q)", "x=-1", "dq=1"),
    "a formula that names a stage in a chain": ("q=x*y; f=q*z", "x=3 y=2 z=1", "dq=z"),
}


@pytest.mark.parametrize(("expression", "point", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_a_right_answer_is_not_wrong(expression, point, answer):
    ended = backprop("check", expression, *point.split(), "-a", answer)
    assert ended.code == 0, ended


def test_no_answer_is_wrong_where_the_truth_is_undecided():
    assert backprop("check", "floor(erf(x))*y + y", "x=800", "y=3", "-a", "dy=1").code == 0


def test_an_infinite_slope_is_refused_or_said():
    for expression in ("sqrt(abs(x))", "cbrt(x)", "sqrt(x)"):
        ended = backprop(expression, "x=0", "--json")
        assert ended.code in (0, 4)
        if ended.code == 0:
            assert json.loads(ended.out)["variables"][0]["verdict"] == "kink"


@pytest.mark.parametrize("text", ["x*digamma(1)", "polygamma(1, 1)*x", "polygamma(2, 1)*x^2", "gamma(x)", "digamma(x)"])
def test_every_formula_shown_can_be_read_back(text):
    for settings in ({}, {"exact": True}):
        try:
            report = differentiate(text, {"x": 1}, **settings)
        except Refused:
            continue
        for variable in report.variables:
            if variable.symbolic:
                read(variable.symbolic)


def test_a_limit_says_what_the_conventions_give():
    ended = backprop("relu(x) - relu(-x)", "x=0", "--format", "plain")
    assert ended.code == 0
    assert "df/dx = 1.0  # limit" in ended.out
    assert "0" in ended.err
    assert "convention" in ended.err
