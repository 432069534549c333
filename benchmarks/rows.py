"""Rows of data: against NumPy by hand and other engines in one process, against reading alone, and whole commands.

Run ``python benchmarks/rows.py [ROWS]`` (1,000,000). Ratios count, not seconds: all run in turns. The first
table is in millions of rows a second of processor time on one thread, with PyTorch, autograd and JAX where they are
installed; the second has seconds of whole commands and their memory, where pyarrow is installed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import engines  # before NumPy
import numpy as np

from backprop_cli.reading import read
from backprop_cli.rows.block_engine import many_at
from backprop_cli.rows.block_sums import BlockResults
from backprop_cli.rows.row_records import BLOCK, Block
from backprop_cli.rows.task import Task

NEURON = "(sigmoid(w0*x + w1*y + b) - t)^2"
E30 = (
    "h = sigmoid(w0*x + w1*y); g = exp(-(w0*x)^2); k = log(1 + y^2)*log(2 + x^2); m = max(sin(w1*x), cos(w0*y));"
    "(h*g + k/(1 + x^2) + max(m, x/(2 + y^2)) - t)^2 + 0.1*(w0^2 + w1^2)"
)
POINT = {"w0": 0.5, "w1": -0.3, "b": 0.1}


def neuron(x: np.ndarray, y: np.ndarray, t: np.ndarray) -> tuple[float, ...]:
    """The neuron by hand."""
    w0, w1, b = POINT.values()
    s = 1 / (1 + np.exp(-(w0 * x + w1 * y + b)))
    d = s - t
    g = 2 * d * s * (1 - s)
    return (d * d).sum(), (g * x).sum(), (g * y).sum(), g.sum()


def e30(x: np.ndarray, y: np.ndarray, t: np.ndarray) -> tuple[float, ...]:
    """The 30 gates by hand."""
    w0, w1, _ = POINT.values()
    s = 1 / (1 + np.exp(-(w0 * x + w1 * y)))
    wx = w0 * x
    g = np.exp(-wx * wx)
    xx, yy = x * x, y * y
    k = np.log(1 + yy) * np.log(2 + xx)
    wy = w0 * y
    a, c = np.sin(w1 * x), np.cos(wy)
    m = np.maximum(a, c)
    n = x / (2 + yy)
    d = s * g + k / (1 + xx) + np.maximum(m, n) - t
    u = 2 * d
    ds = u * g * s * (1 - s)
    dm = u * (m > n)
    d0 = ds * x - u * s * g * 2 * wx * x - dm * (c > a) * np.sin(wy) * y
    d1 = ds * y + dm * (a > c) * np.cos(w1 * x) * x
    return (d * d).sum() + x.size * 0.1 * (w0**2 + w1**2), d0.sum() + x.size * 0.2 * w0, d1.sum() + x.size * 0.2 * w1


def by_hand(function: Callable[..., tuple[float, ...]], columns: list[np.ndarray]) -> Callable[[], object]:
    """The sums over blocks as large as ours."""
    count = len(columns[0])
    return lambda: [function(*(c[at : at + BLOCK] for c in columns)) for at in range(0, count, BLOCK)]


def ours(text: str, columns: dict[str, np.ndarray], *, errors: bool) -> Callable[[], object]:
    """The sums over blocks by the program that ``backprop`` runs, with standard errors or without."""
    circuit = read(text)
    point = {name: POINT[name] for name in circuit.inputs if name in POINT}
    ready = many_at(Task(circuit, ("x", "y", "t"), point, tuple(point)), {})
    pivot = tuple(0.0 for _ in range(1 + len(point)))
    count = len(columns["x"])

    def add(results: BlockResults) -> object:
        return [np.add.reduce(one) for one in results.numbers]

    def run() -> object:
        found = []
        for at in range(0, count, BLOCK):
            part = {name: column[at : at + BLOCK] for name, column in columns.items()}
            block = Block("", part, range(len(part["x"])))
            found.append(ready.sums(block, pivot) if errors else ready.made(block, add))
        return found

    return run


def compare(name: str, rows: int, runs: dict[str, Callable[[], object]]) -> None:
    """All in turns, so that a busy machine is busy for each; the first one is ours, with which each is compared."""
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(15):
        for label, run in runs.items():
            best[label] = min(best[label], engines.processor_seconds(run))
    ours = next(iter(best.values()))
    for label, least in best.items():
        print(f"{name:10} {label:34} {rows / least / 1e6:8.1f} Mrow/s   ours is {least / ours:5.2f} × as fast")


def in_process(rows: int) -> None:
    """One thread, memory warmed."""
    random = np.random.default_rng(0)
    columns = {name: random.normal(size=rows) for name in ("x", "y", "t")}
    warm = np.empty(4_000_000)
    del warm
    for name, text, hand, loss in (
        ("neuron", NEURON, neuron, engines.neuron),
        ("30 gates", E30, e30, engines.thirty),
    ):
        runs: dict[str, Callable[[], object]] = {
            "ours": ours(text, columns, errors=False),
            "ours, with standard errors": ours(text, columns, errors=True),
            "NumPy by hand, in blocks": by_hand(hand, list(columns.values())),
        }
        point = tuple(POINT.values())
        for engine, make in engines.installed().items():
            runs[f"{engine}, whole columns"] = make(loss, point, columns)
            runs[f"{engine}, pieces of {engines.PIECE:,}"] = engines.in_pieces(make, loss, point, columns)
        compare(name, rows, runs)


_MEASURE = """
import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def command(*argv: str) -> tuple[float, float]:
    """Seconds and megabytes of a whole command, measured by a process that has no memory of its own to speak of."""
    measured = [sys.executable, "-c", _MEASURE, sys.executable, *argv]
    took, kilobytes = subprocess.run(measured, capture_output=True, text=True, check=True).stdout.split()
    return float(took), float(kilobytes) / 1000


READ = {
    "csv": "import sys, pyarrow.csv as c\nfor b in c.open_csv(sys.argv[1]): pass",
    "parquet": "import sys, pyarrow.parquet as p\n"
    "f = p.ParquetFile(sys.argv[1], pre_buffer=False, buffer_size=1 << 20)\n"
    "for b in f.iter_batches(columns=['x', 'y', 't']): pass",
}


def whole_commands(rows: int, folder: Path) -> None:
    """Whole commands on files, beside reading them alone."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    random = np.random.default_rng(0)
    table = pa.table({name: random.normal(size=rows) for name in ("x", "y", "t", "u", "v")})
    pa.csv.write_csv(table, folder / "a.csv")
    pa.parquet.write_table(table, folder / "a.parquet")
    pa.csv.write_csv(table.slice(0, 1_000), folder / "small.csv")
    point = [f"{name}={value}" for name, value in POINT.items()]
    batch = ("-m", "backprop_cli", "batch", NEURON, *point, "-q", "--no-check", "--data")
    for form in ("csv", "parquet"):
        path = str(folder / f"a.{form}")
        pairs = [(command(*batch, path), command("-c", READ[form], path)) for _ in range(3)]
        (mine, memory), (alone, _) = min(a for a, _ in pairs), min(b for _, b in pairs)
        print(
            f"{form:8} {rows:,} rows: {mine:.2f} s, reading alone {alone:.2f} s, {mine / alone:.2f} ×, {memory:.0f} MB"
        )
    single = ("-m", "backprop_cli", NEURON, *point, "x=1", "y=2", "t=0", "-q", "--no-check")
    pairs = [(command(*batch, str(folder / "small.csv")), command(*single)) for _ in range(7)]
    mine, alone = min(a for a, _ in pairs)[0], min(b for _, b in pairs)[0]
    print(f"csv      1,000 rows: {mine:.3f} s, one point {alone:.3f} s, {mine / alone:.2f} ×")


def main() -> None:
    """All cases."""
    rows = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 1_000_000
    with engines.one_processor():
        in_process(min(rows, 1_000_000))
    if not find_spec("pyarrow"):
        return
    with tempfile.TemporaryDirectory() as folder:
        whole_commands(rows, Path(folder))


if __name__ == "__main__":
    main()
