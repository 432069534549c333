"""One-sided slopes at a kink: the whole circuit a tiny step to the left and to the right, at high precision."""

from __future__ import annotations

from collections.abc import Iterable

from backprop_cli.arithmetic.base import Number
from backprop_cli.check.ground import Ground
from backprop_cli.forward import Forward, forward

_BITS, _STEP, _SMALLER = 2_500, -600, -630


def live_kinks(run: Forward) -> tuple[int, ...]:
    """The gates on a kink from which the output's value flows, not those behind a branch that is not taken."""
    if not run.kinks:
        return ()
    nodes, marks = run.circuit.nodes, bytearray(len(run.circuit.nodes))
    marks[run.circuit.output] = 1
    for index in range(run.circuit.output, run.circuit.first_gate - 1, -1):
        if marks[index]:
            inputs = nodes[index].inputs
            if nodes[index].op == "where":
                inputs = (inputs[0], inputs[1] if run.arithmetic.truth(run.values[inputs[0]]) else inputs[2])
            for source in inputs:
                marks[source] = 1
    return tuple(index for index in run.kinks if marks[index])


def behind(run: Forward, kinks: Iterable[int]) -> bytearray:
    """1 for every node from which a gate on its kink is fed."""
    marks = bytearray(len(run.circuit.nodes))
    for index in kinks:
        marks[index] = 1
    for index in range(len(marks) - 1, run.circuit.first_gate - 1, -1):
        if marks[index]:
            for source in run.circuit.nodes[index].inputs:
                marks[source] = 1
    return marks


def one_sided(ground: Ground, name: str) -> tuple[Number | None, Number | None]:
    """The output's slope to the left and to the right in one variable; None where it jumps or has no value there."""
    rules = ground.rules(_BITS)
    point = ground.at(_BITS)
    here = forward(ground.run.circuit, point, rules).values[ground.run.circuit.output]

    def difference(sign: int, bits: int) -> Number | None:
        context = rules.arithmetic.context  # type: ignore[attr-defined]  # these rules are for Digits
        size = sign * context.ldexp(abs(point[name]) if point[name] else context.mpf(1), bits)
        moved = forward(ground.run.circuit, {**point, name: point[name] + size}, rules).values[
            ground.run.circuit.output
        ]
        return None if moved is None or here is None else (moved - here) / size

    return _settled(difference(-1, _STEP), difference(-1, _SMALLER)), _settled(
        difference(1, _STEP), difference(1, _SMALLER)
    )


def _settled(coarse: Number | None, fine: Number | None) -> Number | None:
    """The slope on which two steps agree; a jump grows as the step shrinks."""
    if coarse is None or fine is None or abs(coarse - fine) > 1e-15 * max(abs(fine), 1e-12):
        return None
    return fine if abs(fine) > 4 * abs(coarse - fine) else 0 * fine
