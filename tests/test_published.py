"""Known answers from public sources (``cases/published.jsonl``), through the Python API in all three arithmetics.

Values, gradients and named stages must agree to 1e-9 of their own size; a case marked ``kink`` has the source's
convention as its gradient, which is also ours.
"""

from __future__ import annotations

from typing import Any

import pytest

from backprop_cli import Report, differentiate, read

RTOL = 1e-9


def agrees(found: float, known: float) -> bool:
    return found == pytest.approx(known, rel=RTOL, abs=1e-15)


def disagreements(report: Report, case: dict[str, Any]) -> dict[str, tuple[object, object]]:
    """Every number of the case that the report does not have, by name."""
    pairs = {"value": (report.value.approx, case["value_full"])}
    pairs |= {f"d{name}": (report.gradient[name], known) for name, known in case["grad_full"].items()}
    stages = {stage.name: stage for stage in report.stages}
    for name, known in case.get("gates", {}).items():
        stage = stages[name]
        if known.get("value_full") is not None:
            pairs[name] = (stage.value.approx, known["value_full"])
        if known.get("grad_full") is not None:
            pairs[f"d{name}"] = (stage.gradient.approx, known["grad_full"])
    return {name: pair for name, pair in pairs.items() if not agrees(*pair)}


def words(report: Report) -> set[str]:
    return {verdict.word for verdict in report.check.verdicts.values()}


def test_the_answers_are_about_the_cases_own_variables(published_case):
    circuit = read(published_case["expr"])
    assert set(published_case["grad_full"]) <= set(circuit.inputs) <= set(published_case["at"])
    assert set(published_case.get("gates", {})) <= {stage.name for stage in circuit.stages}


def test_float64(published_case):
    report = differentiate(published_case["expr"], published_case["at"])
    assert disagreements(report, published_case) == {}
    assert report.ok
    if published_case.get("kink"):
        assert words(report) == {"kink", "ok"}
        assert any(warning.code.startswith("kink.") for warning in report.warnings)
    else:
        assert words(report) == {"ok"}
        assert report.check.method == "symbolic"
        assert all(variable.symbolic for variable in report.variables)


def test_digits(published_case):
    report = differentiate(published_case["expr"], published_case["at"], digits=25, check="forward")
    assert disagreements(report, published_case) == {}
    assert words(report) <= {"ok", "kink"}
    assert ("kink" in words(report)) == bool(published_case.get("kink"))


def test_gatewise(published_case):
    report = differentiate(published_case["expr"], published_case["at"], check="gatewise")
    assert report.check.method == "gatewise"
    assert words(report) == ({"kink", "ok"} if published_case.get("kink") else {"ok"})
    assert not any("is not SymPy's" in note for note in report.check.notes)


def test_exact(short_published_case):
    report = differentiate(short_published_case["expr"], short_published_case["at"], exact=True, check="forward")
    assert disagreements(report, short_published_case) == {}
    assert words(report) <= {"ok", "kink"}
