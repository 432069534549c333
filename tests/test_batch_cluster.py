"""``batch --engine dask``: the bits of one machine, also when a worker is killed on the way; and what may lack."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from command import backprop, clean, process

pytest.importorskip("distributed")

from backprop_cli.problems import Refused  # after the skip
from backprop_cli.rows import cluster

NEURON = ("batch", "(sigmoid(w*x + b) - t)^2", "w=0.5", "b=-0.25", "--json")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, rng = tmp_path_factory.mktemp("cluster"), np.random.default_rng(4)
    (folder / "parts").mkdir()
    for number in range(8):
        rows = zip(rng.normal(size=12_000).tolist(), rng.integers(0, 2, 12_000).tolist(), strict=True)
        (folder / "parts" / f"{number}.jsonl").write_text("".join(f'{{"x": {x!r}, "t": {t}}}\n' for x, t in rows))
    np.savez(folder / "large.npz", x=rng.normal(size=1_100_000), t=np.ones(1_100_000))
    (folder / "bad.csv").write_text("x,t\n" + "1,0\n" * 3_000 + "oops,1\n")
    return folder


def started(command: str, *argv: str, cwd: Path | None = None) -> subprocess.Popen[bytes]:
    silent = subprocess.DEVNULL
    module = f"distributed.cli.{command}"
    return subprocess.Popen([sys.executable, "-m", module, *argv], cwd=cwd, env=clean(), stdout=silent, stderr=silent)


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, each started by its own command."""
    file = folder / "scheduler.json"
    common = ("--scheduler-file", str(file), "--no-dashboard")
    scheduler = started("dask_scheduler", "--port", "0", *common)
    workers = [started("dask_worker", "--no-nanny", "--nthreads", "1", *common, cwd=folder) for _ in range(2)]
    for _ in range(100):
        if file.exists() and file.read_text().strip().endswith("}"):
            break
        time.sleep(0.1)
    yield json.loads(file.read_text())["address"], workers
    for one in (*workers, scheduler):
        one.kill()
        one.wait()


def test_the_bits_of_one_machine(folder, address, monkeypatch):
    monkeypatch.chdir(folder)
    for data in ("large.npz", "parts"):
        local = process(*NEURON, "--data", str(folder / data))
        far = process(*NEURON, "--data", str(folder / data), "--engine", "dask", "--scheduler", address[0])
        assert (far.out, far.err, far.code) == (local.out, "", 0)


def test_a_bad_cell_on_a_worker(folder, address):
    argv = (*NEURON[:-1], "--data", str(folder / "bad.csv"), "--engine", "dask", "--scheduler", address[0])
    ran = process(*argv)
    assert (ran.out, ran.code) == ("", 3)
    assert "bad.csv, row 3,001, line 3,002, column x: 'oops' is no number" in " ".join(ran.err.split())
    ran = process(*argv, "--skip-bad", "-q")
    assert ran.code == 0
    assert ran.err.startswith("warning[data.skipped]: 1 row left out\n")


def test_a_worker_is_killed_on_the_way(folder, address):
    local = process(*NEURON, "--data", str(folder / "parts"))
    killer = threading.Timer(1.5, address[1][0].kill)
    killer.start()
    far = process(*NEURON, "--data", str(folder / "parts"), "--engine", "dask", "--scheduler", address[0])
    killer.join()
    assert (far.out, far.code) == (local.out, 0)


REFUSED = [
    (("--data", "-", "--engine", "dask"), "cluster.data", 3),
    (("--data", "large.npz", "--engine", "dask", "--limit", "5"), "cluster.data", 3),
    (("--data", "large.npz", "--engine", "dask", "--reduce", "none"), "usage.option", 2),
    (("--data", "large.npz", "--scheduler", "tcp://x:1"), "usage.option", 2),
]


@pytest.mark.parametrize(("argv", "code", "exit_code"), REFUSED, ids=["stdin", "limit", "rows", "local"])
def test_what_cannot_be_shared(folder, monkeypatch, argv, code, exit_code):
    monkeypatch.chdir(folder)
    ran = backprop(*NEURON[:-1], *argv, stdin="x,t\n1,0\n")
    assert (ran.out, ran.code) == ("", exit_code)
    assert ran.said.startswith(f"error[{code}]: ")


def test_without_dask(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    ran = backprop(*NEURON[:-1], "--data", "bad.csv", "--engine", "dask")
    assert ran.err == (
        "error[cluster.package]: --engine dask takes dask, which is not installed here\n"
        "  = pip install 'backprop-cli[cluster]'\n"
    )


def client(found: object) -> SimpleNamespace:
    def run(_: object) -> object:
        if isinstance(found, Exception):
            raise found
        return found

    return SimpleNamespace(run=run)


def test_workers_that_are_unlike():
    own = cluster.versions()
    assert cluster._unlike(client({"a": own})) == []
    notes = cluster._unlike(client({"a": own, "b": own | {"numpy": "1.0"}}))
    assert [note.message for note in notes] == [
        "the worker b has another numpy: the last digits may differ from those of one machine"
    ]
    for found, message in (
        ({"a": own | {"backprop-cli": "0.0"}}, "the worker a has backprop-cli 0.0"),
        ({}, "the scheduler has no workers"),
        (ModuleNotFoundError("No module named 'backprop_cli'"), "a worker lacks a package: No module named"),
    ):
        with pytest.raises(Refused, match=message):
            cluster._unlike(client(found))
