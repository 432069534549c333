"""How uncertain a truth is: what cancelled in it, and what rounding does to it in doubles, at the point too.

A quantity t is the output of a circuit, its derivative's too. With s = ∂t/∂n for each node n of value v, rounding every
number on the way changes t by no more than Σ |s·v| times a double's last half bit; the size of what cancelled is
Σ |s|·(|a| + |b| - |a ± b|) over all sums. This module knows no answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from backprop_cli import limits
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.circuit import Circuit
from backprop_cli.engine.backward import backward
from backprop_cli.engine.derivative import derivatives
from backprop_cli.engine.forward import forward
from backprop_cli.engine.rules import Rules
from backprop_cli.grading.names import Asked
from backprop_cli.grading.tolerance import CERTAIN, Doubt
from backprop_cli.problems import Refused

_HALF_BIT = 2.0**-53
_ROUNDINGS = 4  # of each number: its own, and what a composed gate takes


def doubts(circuit: Circuit, at: Mapping[str, float], asked: Sequence[Asked]) -> dict[Asked, Doubt]:
    """The doubt about each quantity at a point; none where a circuit is too large to ask, or a gate has no slope."""
    if len(circuit.nodes) * len(asked) > limits.DOUBT_WORK:
        return {}
    rules = Rules(Float64())
    return {one: _doubt(whole, at, rules) for one, whole in _circuits(circuit, asked)}


def _circuits(circuit: Circuit, asked: Sequence[Asked]) -> Iterator[tuple[Asked, Circuit]]:
    """Each quantity as the output of a circuit."""
    for of in dict.fromkeys(one.of for one in asked):
        own = [one for one in asked if one.of == of]
        yield from ((one, replace(circuit, output=of)) for one in own if one.by is None)
        slopes = [one for one in own if one.by is not None and one.by != of]
        try:
            made = derivatives(circuit, [one.by for one in slopes if one.by is not None], of)
        except Refused:
            continue
        yield from zip(slopes, made, strict=True)


def _doubt(circuit: Circuit, at: Mapping[str, float], rules: Rules) -> Doubt:
    run = forward(circuit, {name: at[name] for name in circuit.inputs}, rules)
    if run.values[circuit.output] is None:
        return CERTAIN
    slopes = backward(run, bytearray(b"\1" * len(circuit.nodes))).gradients
    cancelled = rounding = 0.0
    for node, value, slope in zip(circuit.nodes, run.values, slopes, strict=True):
        if value is None or not slope:
            continue
        rounding += abs(slope * value)
        if node.op in ("add", "sub"):
            sizes = [abs(run.values[i]) for i in node.inputs]
            cancelled += abs(slope) * max(0.0, sum(sizes) - abs(value))
    rounding *= _ROUNDINGS * _HALF_BIT
    return Doubt(*(one if math.isfinite(one) else 0.0 for one in (cancelled, rounding)))
