"""What the test files share: the published cases, and how Hypothesis runs."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import misfiled, unread
from hypothesis import HealthCheck, settings

from backprop_cli import limits

PUBLISHED = Path(__file__).parent / "cases" / "published.jsonl"

_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much]}
settings.register_profile("local", max_examples=80, **_COMMON)
settings.register_profile("ci", max_examples=80, derandomize=True, **_COMMON)
settings.register_profile("long", max_examples=2_000, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "local"))


def pytest_configure(config: pytest.Config) -> None:
    """A run in the background inherits an ignored SIGINT, and so would every program that a test interrupts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test inside this process is decided by how fast the machine is; one about patience sets its own bound."""
    monkeypatch.setattr(limits, "SYMBOLIC_SECONDS", 600)
    monkeypatch.setattr(limits, "FORMULA_SECONDS", 60)


@pytest.fixture(autouse=True)
def _nothing_unread() -> Iterator[None]:
    """A test states everything that its commands print, or looks at it: what it never looked at fails it."""
    unread()
    yield
    wrong = misfiled()
    left = unread()
    assert not left, "printed to standard error, and never looked at:\n" + "\n".join(left)
    assert not wrong, f"the pages of these codes have other exit codes: {wrong}"


def published() -> list[dict[str, Any]]:
    """Every scalar and staged case with a known answer."""
    return [json.loads(line) for line in PUBLISHED.read_text(encoding="utf-8").splitlines()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for ``published_case`` each of them, for ``short_published_case`` each short one."""
    for name, longest in (("published_case", 10_000), ("short_published_case", 60)):
        if name in metafunc.fixturenames:
            cases = [case for case in published() if len(case["expr"]) <= longest]
            metafunc.parametrize(name, cases, ids=[case["id"] for case in cases])
