"""Arrays against the same written by hand in NumPy: ratios from one process, which start-up has no part in.

Run ``python benchmarks/arrays.py``; it prints a line for each case: ours, by hand, and the ratio of the fastest runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from backprop_cli import read
from backprop_cli.engine.pullback import run_backward
from backprop_cli.engine.shapes import shaped
from backprop_cli.engine.vectorised import ArrayProgram, run_forward

NETWORK = "h = max(X @ W1 + b1, 0); s = h @ W2 + b2; L = mean((s - T)^2)"
SQUARES = "L = sum((W @ X - T)^2)"


def ours(text: str, point: dict[str, np.ndarray], wrt: tuple[str, ...]) -> Callable[[], object]:
    """Value and gradients by the program that ``backprop`` runs; shapes are resolved once."""
    circuit = read(text, arrays=True)
    program = ArrayProgram(shaped(circuit, {name: np.shape(value) for name, value in point.items()}))
    marks = circuit.reach(circuit.inputs[name] for name in wrt)
    return lambda: run_backward(run_forward(program, point), marks, np.float64(1.0))


def network(p: dict[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """The two-layer network by hand."""
    a = p["X"] @ p["W1"] + p["b1"]
    h = np.maximum(a, 0)
    d = h @ p["W2"] + p["b2"] - p["T"]
    value = np.mean(d * d)
    ds = 2 * d / d.size
    dh = (ds @ p["W2"].T) * (a > 0)
    return value, p["X"].T @ dh, dh.sum(0), h.T @ ds, ds.sum(0)


def squares(p: dict[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """The residual by hand."""
    d = p["W"] @ p["X"] - p["T"]
    dd = 2 * d
    return np.sum(d * d), dd @ p["X"].T, p["W"].T @ dd


def fastest(function: Callable[[], object], times: int) -> float:
    """The least seconds of several runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best


def compare(name: str, run: Callable[[], object], hand: Callable[[], object], times: int) -> None:
    """Both in turns, so that a busy machine is busy for both."""
    pairs = [(fastest(run, times), fastest(hand, times)) for _ in range(5)]
    one, other = (min(column) for column in zip(*pairs, strict=True))
    print(f"{name:28} {one * 1e6:10.1f} µs {other * 1e6:10.1f} µs   {one / other:5.2f} ×")


def main() -> None:
    """All cases."""
    random = np.random.default_rng(0)
    shapes = {"X": (32, 64), "W1": (64, 64), "b1": (64,), "W2": (64, 64), "b2": (64,), "T": (32, 64)}
    point = {name: random.normal(size=shape) for name, shape in shapes.items()}
    compare("two layers, 64 x 64, 32 rows", ours(NETWORK, point, ("W1", "b1", "W2", "b2")), lambda: network(point), 300)
    large = {name: random.normal(size=(1000, 1000)) for name in ("W", "X", "T")}
    compare("squares, 1000 x 1000", ours(SQUARES, large, ("W", "X")), lambda: squares(large), 2)


if __name__ == "__main__":
    main()
