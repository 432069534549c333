"""A quick start and a quick end for a short-lived process: people run this in loops."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn


def prepare() -> None:
    """Called once, before anything is loaded. What is imported stays, so looking for garbage in it only costs time."""
    gc.disable()
    for name, known in _SYMPY_KNOWS.items():
        if os.environ.get(name, known[0]) not in known:
            del os.environ[name]


# SymPy cannot be loaded where these hold anything else.
_SYMPY_KNOWS = {
    "SYMPY_DEBUG": ("False", "True"),
    "SYMPY_USE_CACHE": ("yes", "no", "debug"),
    "SYMPY_CACHE_SIZE": ("None",),
}
_SYMPY_KNOWS |= {"SYMPY_GROUND_TYPES": ("auto", "flint", "python")}


def one_thread_of_blas() -> None:
    """Have NumPy, once it is loaded, multiply matrices in one thread: their number would decide the last digits."""
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ.setdefault(name, "1")


def leave(code: int) -> NoReturn:
    """End the process without taking the loaded modules apart one by one, which costs a third of loading SymPy.

    Standard output was flushed by the command (``outcome.run``); nothing else waits to be written.
    """
    sys.stderr.flush()
    os._exit(code)
