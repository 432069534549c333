"""A quick start and a quick end for a short-lived process: people run this in loops."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn


def prepare() -> None:
    """Called once, before anything is loaded. What is imported stays, so looking for garbage in it only costs time."""
    gc.disable()


def leave(code: int) -> NoReturn:
    """End the process without taking the loaded modules apart one by one, which costs a third of loading SymPy.

    Standard output was flushed by the command (``outcome.run``); nothing else waits to be written.
    """
    sys.stderr.flush()
    os._exit(code)
