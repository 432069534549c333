"""What a batch came to, as plain data: the only thing that renderers of a batch read."""

from __future__ import annotations

from typing import Any, NamedTuple

from backprop_cli.choices import Reduce
from backprop_cli.problems import Diagnostic

Nested = Any  # a float, or nested lists of floats


class ParameterRow(NamedTuple):
    """A parameter: its value, its gradient and that one's standard error, each a number or nested lists.

    ``gradient`` is None for one that is held fixed; ``error`` where a single row has none.
    """

    name: str
    value: Nested
    gradient: Nested
    error: Nested


class KinkRow(NamedTuple):
    """A gate that stands on its kink in some rows: what was typed, and in how many."""

    gate: str
    typed: str
    rows: int
    convention: str


class BatchReport(NamedTuple):
    """The mean (or the sum) over rows: ``rows`` took part, ``skipped`` were left out, ``kink_rows`` are on a kink.

    ``staged``: the expression is several statements.
    """

    expression: str
    staged: bool
    output: str
    reduce: Reduce
    files: tuple[str, ...]
    data: tuple[str, ...]
    weights: str | None
    rows: int
    skipped: int
    value: float
    value_error: float | None
    parameters: tuple[ParameterRow, ...]
    kink_rows: int
    kinks: tuple[KinkRow, ...]
    check: str
    checked_rows: int
    ok: bool | None
    warnings: tuple[Diagnostic, ...]
