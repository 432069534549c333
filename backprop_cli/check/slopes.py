"""One-sided slopes at a kink: the whole circuit a tiny step to the left and to the right, at high precision."""

from __future__ import annotations

from backprop_cli.arithmetic.base import Number
from backprop_cli.check.ground import Ground
from backprop_cli.engine.forward import forward

_BITS, _STEP, _SMALLER = 2_500, -600, -630


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
