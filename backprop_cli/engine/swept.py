"""Both sweeps of one run, and what is to be said of their numbers."""

from __future__ import annotations

from typing import NamedTuple

from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward
from backprop_cli.problems import Diagnostic, Refused

SweepPair = tuple[Forward, Backward]


class Swept(NamedTuple):
    """A run's sweeps, with remarks.

    ``doubt``: a gate stands so near its edge that no ball tells the side, and was taken to stand on it; this is what to
    raise unless the check confirms the value.
    """

    run: SweepPair
    notes: tuple[Diagnostic, ...] = ()
    doubt: Refused | None = None
