"""The same expressions by PyTorch, autograd and JAX, each where it is installed: value and gradients over columns.

Import this before NumPy: it holds every library to one thread. Each engine is written as its own documentation has it:
double precision, the columns whole or in pieces that suit a cache, JAX compiled by ``jit``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

Loss = Callable[..., Any]
Run = Callable[[], tuple[float, ...]]
PIECE = 65_536


def neuron(m: Any, point: Any, x: Any, y: Any, t: Any) -> Any:
    """Each row's value of ``(sigmoid(w0*x + w1*y + b) - t)^2``."""
    w0, w1, b = point
    return (m.sigmoid(w0 * x + w1 * y + b) - t) ** 2


def thirty(m: Any, point: Any, x: Any, y: Any, t: Any) -> Any:
    """Each row's value of the 30 gates."""
    w0, w1, _ = point
    h, g = m.sigmoid(w0 * x + w1 * y), m.exp(-((w0 * x) ** 2))
    k, n = m.log(1 + y**2) * m.log(2 + x**2), x / (2 + y**2)
    largest = m.maximum(m.maximum(m.sin(w1 * x), m.cos(w0 * y)), n)
    return (h * g + k / (1 + x**2) + largest - t) ** 2 + 0.1 * (w0**2 + w1**2)


def by_torch(loss: Loss, point: tuple[float, ...], columns: Mapping[str, Any]) -> Run:
    """By PyTorch, eagerly."""
    import torch

    torch.set_num_threads(1)
    tensors = [torch.tensor(column) for column in columns.values()]
    parameters = [torch.tensor(one, dtype=torch.float64, requires_grad=True) for one in point]

    def run() -> tuple[float, ...]:
        value = loss(torch, parameters, *tensors).sum()
        slopes = torch.autograd.grad(value, parameters, allow_unused=True)
        return (value.item(), *[0.0 if one is None else one.item() for one in slopes])

    return run


def by_autograd(loss: Loss, point: tuple[float, ...], columns: Mapping[str, Any]) -> Run:
    """By autograd, over NumPy."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    m = SimpleNamespace(sigmoid=lambda z: 1 / (1 + anp.exp(-z)), **_functions(anp))
    both = value_and_grad(lambda parameters: anp.sum(loss(m, parameters, *columns.values())))

    def run() -> tuple[float, ...]:
        value, slopes = both(point)
        return (float(value), *map(float, slopes))

    return run


def by_jax(loss: Loss, point: tuple[float, ...], columns: Mapping[str, Any]) -> Run:
    """By JAX, compiled."""
    import jax
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", True)
    m = SimpleNamespace(sigmoid=jax.nn.sigmoid, **_functions(jnp))
    arrays = [jnp.asarray(column) for column in columns.values()]
    both = jax.jit(jax.value_and_grad(lambda parameters, *data: jnp.sum(loss(m, parameters, *data))))

    def run() -> tuple[float, ...]:
        value, slopes = both(point, *arrays)
        return (float(value), *map(float, slopes))

    return run


@contextmanager
def one_processor() -> Iterator[None]:
    """Threads that no flag reaches have to share one processor, where the system can say so."""
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if before:
        os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        if before:
            os.sched_setaffinity(0, before)


def processor_seconds(run: Callable[[], object]) -> float:
    """The time that all threads of this process had a processor during one run."""
    start = time.process_time()
    run()
    return time.process_time() - start


def in_pieces(make: Callable[..., Run], loss: Loss, point: tuple[float, ...], columns: Mapping[str, Any]) -> Run:
    """The same in pieces of 65,536 rows, which most engines like better than a million."""
    count = len(next(iter(columns.values())))
    runs = [
        make(loss, point, {name: column[begin : begin + PIECE] for name, column in columns.items()})
        for begin in range(0, count, PIECE)
    ]
    return lambda: tuple(map(sum, zip(*[run() for run in runs], strict=True)))


def _functions(numpy: Any) -> dict[str, Any]:
    return {name: getattr(numpy, name) for name in ("exp", "log", "sin", "cos", "maximum")}


_ENGINES = {
    "torch": ("PyTorch, eager", by_torch),
    "autograd": ("autograd", by_autograd),
    "jax": ("JAX, jit", by_jax),
}


def installed() -> dict[str, Callable[[Loss, tuple[float, ...], Mapping[str, Any]], Run]]:
    """The engines that are there, by name."""
    return {name: engine for package, (name, engine) in _ENGINES.items() if find_spec(package)}
