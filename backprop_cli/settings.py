"""How a circuit is to be run: what commands and Python users ask for, as data."""

from __future__ import annotations

from dataclasses import dataclass

from backprop_cli.choices import Method


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run: which gradients (None: all), in which number system, and how to check them.

    ``rtol`` None is what the number system has (``number_systems.py``).
    """

    wrt: tuple[str, ...] | None = None
    digits: int | None = None
    exact: bool = False
    check: Method = "symbolic"
    rtol: float | None = None
