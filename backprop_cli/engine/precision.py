"""As many right digits as asked for: the circuit is run at growing precision until two runs agree to every one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backprop_cli import limits
from backprop_cli.arithmetic.base import Arithmetic
from backprop_cli.arithmetic.digits import Digits, exponent_of
from backprop_cli.circuit import Circuit
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward
from backprop_cli.engine.point import Point
from backprop_cli.problems import Diagnostic, Refused

_SLOW = dict.fromkeys(("gamma", "lgamma", "digamma", "polygamma"), limits.SPECIAL_DIGITS)
_SLOW |= dict.fromkeys(("erf", "erfc", "gelu"), limits.ERROR_DIGITS)
_GUARD_BITS = 64

Run = tuple[Forward, Backward]
Key = tuple[str, int]


def to_digits(
    circuit: Circuit, point: Point, digits: int, sweep: Callable[[Arithmetic], Run]
) -> tuple[Forward, Backward, list[Diagnostic]]:
    """The sweeps with every value and gradient right to ``digits``, and what is only noise as 0, which is said.

    Raises ``Refused`` where the digits do not settle within eight times the precision that they take, or where a gate
    stands so near its jump that no number of digits tells the side.
    """
    _affordable(circuit, digits)
    bits = int(digits * 3.33) + _GUARD_BITS
    most = 8 * bits + 4_000
    before, bits = _first(sweep, point, digits, bits, most)
    step = max(_GUARD_BITS, bits // 8)
    while True:
        bits += step
        after = sweep(Digits(bits, digits=digits))
        unsettled = _unsettled(before, after, digits)
        if not unsettled and not (_cancelled(after[0]) and bits < most):
            _decided(after[0], digits, frozenset())
            return *after, []
        if bits > most:
            _decided(after[0], digits, frozenset(index for kind, index in unsettled if kind == "value"))
            return *_without_noise(before, after, unsettled), _zeros(circuit, unsettled)
        before, step = after, bits


def _first(sweep: Callable[[Arithmetic], Run], point: Point, digits: int, bits: int, most: int) -> tuple[Run, int]:
    """A run in which no value vanishes beside a larger one; a refusal counts only at high precision."""
    try:
        run = sweep(Digits(bits, digits=digits))
    except Refused:
        return sweep(Digits(most, digits=digits)), most
    literals = [run[0].arithmetic.number(node.text) for given in point.values() for node in given.circuit.constants]
    sizes = [exponent_of(value) for value in (*run[0].values, *literals) if value is not None and value]
    spread = min(max([0, *sizes]) - min([0, *sizes]), most)
    return (run, bits) if spread <= _GUARD_BITS // 2 else (sweep(Digits(bits + spread, digits=digits)), bits + spread)


def _cancelled(run: Forward) -> bool:
    """Whether a sum is exactly 0 although its terms are not: at a higher precision it may be something."""
    values, nodes = run.values, run.circuit.nodes
    return any(
        nodes[index].op in ("add", "sub")
        and values[index] is not None
        and not values[index]
        and values[nodes[index].inputs[0]]
        for index in range(run.circuit.first_gate, len(nodes))
        if nodes[index].inputs[0] != nodes[index].inputs[-1]
    )


def _decided(run: Forward, digits: int, noise: frozenset[int]) -> None:
    """Refuse a run in which a gate jumps where its inputs are known only up to their last digits."""
    circuit, arithmetic = run.circuit, run.arithmetic
    for index in range(circuit.first_gate, len(circuit.nodes)):
        node = circuit.nodes[index]
        row = run.rules[node.op]
        if not row.gate.kink or run.values[index] is None:
            continue
        unclear = any(source in noise for source in node.inputs)
        if row.edge is not None and not unclear:
            wires = run.seen(index)[0]
            away = abs(row.edge(wires))
            near = away * 10**digits <= max(abs(wire) for wire in wires[:-1])
            unclear = near and (bool(away) or index not in run.kinks)
        if unclear and arithmetic.is_finite(run.values[index]):
            message = f"{row.gate.name} stands so near its kink or jump that {digits:,} digits do not tell the side"
            problem = Diagnostic("digits.undecided", message, "--exact decides it, where the numbers are exact")
            raise Refused(problem.at(circuit.source, circuit.spans[index]))


def _affordable(circuit: Circuit, digits: int) -> None:
    """Refuse what would take minutes."""
    if not 1 <= digits <= limits.DIGITS:
        raise Refused(Diagnostic("usage.digits", f"--digits takes 1 to {limits.DIGITS:,}, and got {digits}"))
    gates = circuit.nodes[circuit.first_gate :]
    if len(gates) * digits > limits.DIGITS_WORK:
        message = f"{len(gates):,} gates with {digits:,} digits; the limit is {limits.DIGITS_WORK:,} gates times digits"
        raise Refused(Diagnostic("limit.digits", message, "ask for fewer digits"))
    slow = next((node.op for node in gates if digits > _SLOW.get(node.op, digits)), None)
    if slow is not None:
        message = f"{slow} with {digits:,} digits; the limit for it is {_SLOW[slow]:,}"
        raise Refused(Diagnostic("limit.special", message, "ask for fewer digits"))


def _numbers(run: Run) -> dict[Key, Any]:
    forth, back = run
    found: dict[Key, Any] = {("value", index): value for index, value in enumerate(forth.values)}
    return found | {("gradient", index): value for index, value in enumerate(back.gradients)}


def _unsettled(before: Run, after: Run, digits: int) -> list[Key]:
    old, margin = _numbers(before), 10 ** (digits + 2)
    pairs = ((key, old[key], value) for key, value in _numbers(after).items())
    return [
        key for key, was, now in pairs if was is not None and now is not None and abs(now - was) * margin > abs(now)
    ]


def _without_noise(before: Run, after: Run, keys: list[Key]) -> Run:
    """What is as small as rounding noise in both runs, or shrinks with it, is 0; else there are no right digits."""
    old, new = _numbers(before), _numbers(after)
    bits = _bits(before)
    forth, back = after
    for key in keys:
        kind, index = key
        was, now = abs(old[key]), abs(new[key])
        if max(was, now) * 2 ** (bits // 2) > 1 and now * 2 ** (bits // 4) > was:
            circuit = forth.circuit
            message = f"the digits of {circuit.names[index]} do not settle, also with {_bits(after):,} bits"
            problem = Diagnostic("limit.precision", message, "ask for fewer digits")
            raise Refused(problem.at(circuit.source, circuit.spans[index]))
        (forth.values if kind == "value" else back.gradients)[index] = forth.arithmetic.zero
    return forth, back


def _bits(run: Run) -> int:
    bits: int = run[0].arithmetic.bits  # type: ignore[attr-defined]  # these runs are in Digits
    return bits


def _zeros(circuit: Circuit, keys: list[Key]) -> list[Diagnostic]:
    """Say what is shown as 0, for what has a name of its own."""
    named = {*circuit.inputs.values(), *(stage.node for stage in circuit.stages), circuit.output}
    found = []
    for kind, index in keys:
        if index in named:
            message = (
                f"the {kind} of {circuit.names[index]} cancels to 0 as far as could be followed, and is shown as 0"
            )
            found.append(Diagnostic("digits.zero", message))
    return found
