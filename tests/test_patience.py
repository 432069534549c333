"""SymPy is not waited for without end: what takes it too long is checked gate by gate, and said to be."""

from __future__ import annotations

import contextlib
import signal
import threading

import pytest

from backprop_cli import Refused, differentiate, limits
from backprop_cli.check.patience import OutOfPatienceError, patience
from backprop_cli.cli.deadline import deadline

LSTM = "c = sigmoid(a*x + b*h)*c0 + sigmoid(d*x + e*h)*tanh(g*x + k*h); f = sigmoid(m*x + n*h)*tanh(c)"
AT = dict(zip(("a", "x", "b", "h", "c0", "d", "g", "k", "m", "n"), range(1, 11), strict=True))


def test_what_takes_sympy_too_long_is_checked_gate_by_gate(monkeypatch):
    whole = differentiate(LSTM, AT)
    monkeypatch.setattr(limits, "SYMBOLIC_SECONDS", 0.001)
    report = differentiate(LSTM, AT)
    assert (whole.check.method, report.check.method) == ("symbolic", "gatewise")
    assert report.gradient == whole.gradient
    assert {variable.verdict.word for variable in report.variables} == {"ok"}
    assert [w.message for w in report.warnings] == [
        "checked gate by gate: SymPy takes more than 0.001 s over the formula"
    ]


def test_what_ends_in_time_is_left_alone_and_the_alarm_is_put_back():
    before = signal.getsignal(signal.SIGVTALRM)
    with patience(60):
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGVTALRM) == before


def busy() -> None:
    while True:
        with contextlib.suppress(Exception):  # as SymPy does
            sum(range(1000))


def test_the_end_passes_through_a_block_that_catches_exceptions():
    with pytest.raises(OutOfPatienceError), patience(0.01):
        busy()


def test_in_a_thread_there_is_no_alarm():
    seen: list[float] = []

    def work() -> None:
        with patience(60):
            seen.append(signal.getitimer(signal.ITIMER_VIRTUAL)[0])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [0.0]


def test_an_alarm_inside_another_ends_only_what_is_its_own():
    """The outer bound is no matter of patience, whichever block it is met in."""
    with pytest.raises(Refused) as caught, deadline(1), patience(60):
        busy()
    assert caught.value.problems[0].code == "limit.time"
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
