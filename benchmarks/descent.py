"""A step of gradient descent against the same written by hand in NumPy, and by PyTorch and JAX, in one process.

Run ``python benchmarks/descent.py``; it prints a line for each number of rows: ours, the other, and the ratio of the
fastest runs in processor time on one thread, beside PyTorch and JAX where they are installed. A step is value,
gradients, and the update of both parameters, of ``mean (sigmoid(w*x + b) - t)^2``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import islice

import engines  # before NumPy
import numpy as np

from backprop_cli import read
from backprop_cli.descent.loop import Descent, Plan
from backprop_cli.descent.rows import RowsObjective
from backprop_cli.descent.updating import Recipe
from backprop_cli.engine.point import from_mapping
from backprop_cli.rows.memory import MemoryTable

NEURON = "(sigmoid(w*x + b) - t)^2"
RATE = 0.1


def ours(x: np.ndarray, t: np.ndarray) -> Callable[[], Iterator[object]]:
    """The steps that ``backprop descend`` makes; the program is compiled once."""
    table = MemoryTable({"x": x.tolist(), "t": t.tolist()}, None, range(len(x)))
    goal = RowsObjective(read(NEURON), from_mapping({"w": 0.1, "b": 0.0}), table, None)
    return lambda: iter(Descent(goal, Plan(Recipe(rate=RATE), steps=10**8)))


def hand(x: np.ndarray, t: np.ndarray) -> Iterator[object]:
    """The same, as one writes it down."""
    w, b = 0.1, 0.0
    while True:
        z = 1 / (1 + np.exp(-(w * x + b)))
        d = z - t
        value = np.mean(d * d)
        g = 2 * d * z * (1 - z)
        w, b = w - RATE * np.mean(g * x), b - RATE * np.mean(g)
        yield value, w, b


def torch_steps(x: np.ndarray, t: np.ndarray) -> Iterator[object]:
    """The same by PyTorch's autograd, on one thread."""
    import torch

    torch.set_num_threads(1)
    inputs, targets = torch.tensor(x), torch.tensor(t)
    w, b = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (0.1, 0.0))
    while True:
        value = ((torch.sigmoid(w * inputs + b) - targets) ** 2).mean()
        value.backward()
        with torch.no_grad():
            for one in (w, b):
                one.sub_(RATE * one.grad)
                one.grad = None
        yield value.item()


def jax_steps(x: np.ndarray, t: np.ndarray) -> Iterator[object]:
    """The same by JAX, the whole step compiled."""
    import jax
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def loss(point: tuple[object, ...], inputs: jax.Array, targets: jax.Array) -> jax.Array:
        w, b = point
        return jnp.mean((jax.nn.sigmoid(w * inputs + b) - targets) ** 2)

    @jax.jit
    def step(point: tuple[object, ...], inputs: jax.Array, targets: jax.Array) -> tuple[jax.Array, tuple[object, ...]]:
        value, slopes = jax.value_and_grad(loss)(point, inputs, targets)
        return value, tuple(one - RATE * slope for one, slope in zip(point, slopes, strict=True))

    point: tuple[object, ...] = (jnp.asarray(0.1), jnp.asarray(0.0))
    inputs, targets = jnp.asarray(x), jnp.asarray(t)
    while True:
        value, point = step(point, inputs, targets)
        yield float(value)


OTHERS = {"torch": ("PyTorch", torch_steps), "jax": ("JAX, jit", jax_steps)}


def fastest(begin: Callable[[], Iterator[object]], count: int) -> float:
    """The least seconds of a step in several descents of so many."""
    best = float("inf")
    for _ in range(7):
        steps = begin()
        next(steps)
        start = time.process_time()
        made = sum(1 for _ in islice(steps, count))
        best = min(best, (time.process_time() - start) / made)
    return best


def compare(name: str, run: Callable[[], Iterator[object]], other: Callable[[], Iterator[object]], count: int) -> None:
    """Both in turns, so that a busy machine is busy for both."""
    pairs = [(fastest(run, count), fastest(other, count)) for _ in range(3)]
    left, right = (min(column) for column in zip(*pairs, strict=True))
    print(f"{name:>16} {left * 1e6:10.1f} µs {right * 1e6:10.1f} µs   {left / right:5.2f} ×")


def main() -> None:
    """All sizes."""
    with engines.one_processor():
        every_size()


def every_size() -> None:
    """A line for each number of rows and each engine."""
    random = np.random.default_rng(0)
    for rows in (1_000, 10_000, 100_000, 1_000_000):
        x = random.normal(size=rows)
        t = (x > random.normal(size=rows)).astype(float)
        count = max(3, 1_000_000 // rows)
        compare(f"{rows:,} rows", ours(x, t), lambda x=x, t=t: hand(x, t), count)
        for package, (name, steps) in OTHERS.items():
            if find_spec(package):
                compare(name, ours(x, t), lambda x=x, t=t, steps=steps: steps(x, t), count)


if __name__ == "__main__":
    main()
