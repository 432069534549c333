"""SymPy is not waited for without end: what takes it too long is checked gate by gate, and said to be."""

from __future__ import annotations

import contextlib
import gc
import signal
import threading
import time
import weakref

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


def busy(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        with contextlib.suppress(Exception):  # as SymPy does
            sum(range(1000))


def test_the_end_passes_through_a_block_that_catches_exceptions():
    with pytest.raises(OutOfPatienceError), patience(0.01):
        busy(5)


class Finalized:
    """Its finalizer takes longer than the alarm waits."""

    def __del__(self) -> None:
        busy(0.1)


def finalizer() -> None:
    Finalized()


def collector() -> None:
    gc.callbacks.append(lambda _phase, _info: busy(0.05))
    gc.collect()


def weak_reference() -> None:
    finalized = {1}
    _reference = weakref.ref(finalized, lambda _: busy(0.1))
    del finalized


@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("called_back", [finalizer, collector, weak_reference], ids=lambda f: f.__name__)
def test_an_alarm_rings_until_it_is_heard(called_back):
    """What is raised where the interpreter calls back, it drops."""
    before = [*gc.callbacks]

    def work() -> None:
        called_back()
        busy(5)

    try:
        with pytest.raises(OutOfPatienceError), patience(0.01):
            work()
    finally:
        gc.callbacks[:] = before


def test_cleaning_up_after_an_alarm_is_not_cut_short():
    cleaned: list[str] = []

    def cleaning_up() -> None:
        try:
            busy(5)
        finally:
            busy(0.1)
            cleaned.append("all of it")

    with pytest.raises(OutOfPatienceError), patience(0.01):
        cleaning_up()
    assert cleaned


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
        busy(5)
    assert caught.value.problems[0].code == "limit.time"
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
