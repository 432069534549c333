"""What a slip at any gate, or at a fork, is called: for circuits of numbers and of arrays alike."""

from __future__ import annotations

from typing import NamedTuple


class GateSlip(NamedTuple):
    """A slip that every gate knows: its code, and its words over ``{gate}``."""

    code: str
    said: str


MISSING_UPSTREAM = GateSlip("mistake.missing-upstream", "leaving out the upstream gradient at {gate}")
MISSING_SLOPE = GateSlip("mistake.missing-local-factor", "leaving out a local gradient at {gate}")
SIGN = GateSlip("mistake.sign", "a turned sign at {gate}")

FORK = "mistake.fork-overwrite"
MOST_KEPT = 6
"""At a fork of more wires only the first and the last contribution are kept, and none is left out."""


def keeping_one(count: int, name: str) -> str:
    """Of the contributions to a node only one is kept."""
    return f"keeping only one of the {count} contributions to {name} (= in place of +=)"


def losing_one(count: int, name: str) -> str:
    """Of the contributions to a node one is lost."""
    return f"leaving out one of the {count} contributions to {name}"
