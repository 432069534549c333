"""Forward-mode tangents: how the output moves when one input moves, gate by gate, without any gradient rule.

Each gate is moved a little along its inputs' tangents and the difference of its values is taken at high precision
(∂z ≈ (f(x + h·ẋ) - f(x - h·ẋ)) / 2h with an error of h²), so this derivation shares nothing with the backward pass but
the gates' values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_cli.arithmetic.base import Number
from backprop_cli.engine.forward import Forward


class NoTangentError(Exception):
    """A gate on the way has no slope here, so the output's change cannot be followed."""


def step_bits(right_bits: int) -> int:
    """The size of a step, 2^-bits, whose square is below 2^-right_bits."""
    return max(70, right_bits // 2 + 20)


def needed_bits(run: Forward, right_bits: int) -> int:
    """A working precision at which such steps keep the square of a step of every sum of this run's values."""
    sizes = [_bits(value) for value in run.values if value is not None and value]
    return 90 + 3 * step_bits(right_bits) + min(max([0, *sizes]) - min([0, *sizes]), 5_000)


def _bits(value: Any) -> int:
    import math

    if isinstance(value, float):
        return math.frexp(value)[1]
    digits = value if hasattr(value, "_mpf_") else value.guide
    return int(digits._mpf_[2] + digits._mpf_[3])


def tangent(run: Forward, seeds: Mapping[int, Number], bits: int) -> Number:
    """The output's derivative along a direction in the inputs (or other nodes) given by ``seeds``.

    ``run`` is at high precision, and steps are 2^-bits. At a kink the gate's convention answers. Raises
    ``NoTangentError`` where a gate on the way has no slope.
    """
    nodes, values = run.circuit.nodes, run.values
    found: dict[int, Number] = dict(seeds)
    kinks = frozenset(run.kinks)
    for index in range(max(run.circuit.first_gate, min(seeds, default=0)), run.circuit.output + 1):
        node = nodes[index]
        moving = [source for source in node.inputs if source in found]
        if not moving or values[index] is None or index in seeds:
            continue
        if node.op == "where":
            change = found.get(run.asked(index)[-1])
        else:
            change = None if index in kinks or run.rules[node.op].edge else _moved(run, index, found, bits)
            change = _by_rule(run, index, found) if change is None else change
        if change is not None and change:
            found[index] = change
    return found.get(run.circuit.output, run.arithmetic.zero)


def _moved(run: Forward, index: int, found: Mapping[int, Number], bits: int) -> Number | None:
    """The gate's change along its inputs' tangents; None at the edge of its domain, or where it does not move."""
    node, zero, finite = run.circuit.nodes[index], run.arithmetic.zero, run.arithmetic.is_finite
    operation = run.rules.operation(node.op)
    values = [run.values[i] for i in node.inputs]
    tangents = [found.get(i, zero) for i in node.inputs]
    reaches = [
        (min(abs(value), 1) if value else 1) / abs(change)
        for value, change in zip(values, tangents, strict=True)
        if change
    ]
    step = min(reaches) * 2**-bits
    up = operation(*[value + step * change for value, change in zip(values, tangents, strict=True)])
    down = operation(*[value - step * change for value, change in zip(values, tangents, strict=True)])
    if not (finite(up) and finite(down)):
        return None
    here = run.values[index]
    # erf far out is flat to the last bit: a slope below the precision cannot be told from none by moving.
    return None if up == down == here else (up - down) / (2 * step)


def _by_rule(run: Forward, index: int, found: Mapping[int, Number]) -> Number:
    """The gate's own rule, which holds the convention at a kink."""
    node, row = run.circuit.nodes[index], run.rules[run.circuit.nodes[index].op]
    total = run.arithmetic.zero
    for position, (source, wires) in enumerate(zip(node.inputs, run.seen(index), strict=True)):
        if source not in found:
            continue
        local = row.local(wires, position)
        if local is None:
            raise NoTangentError
        if local or not row.gate.routes:
            total = total + local * found[source]
    if not run.arithmetic.is_finite(total):
        raise NoTangentError
    return total
