"""As many right digits as asked for: the circuit is run in balls until each number's ball proves them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import ceil, log2

from flint import arb, fmpq

from backprop_cli import limits
from backprop_cli.arithmetic.ball_arithmetic import Balls
from backprop_cli.arithmetic.balls import ZERO
from backprop_cli.arithmetic.protocol import Arithmetic, Number
from backprop_cli.circuit import Circuit
from backprop_cli.engine.swept import SweepPair, Swept
from backprop_cli.problems import Diagnostic, Refused

_GUARD_BITS = 32
_MARGIN_BITS = 7  # a shown digit is off by at most 0.51 of its unit

_AGAIN = ("digits.undecided", "overflow.")  # what more bits may take away


def to_digits(circuit: Circuit, digits: int, sweep: Callable[[Arithmetic], SweepPair]) -> Swept:
    """The sweeps with every value and gradient proved to ``digits``, and what is a ball around 0 as 0, which is said.

    Raises ``Refused`` where the digits cannot be proved with as much work as is allowed.
    """
    _affordable(circuit, digits)
    found: SweepPair | None = None
    refused: Refused | None = None
    for bits in _ladder(circuit, digits):
        try:
            found, refused = sweep(Balls(bits, digits=digits)), None
        except Refused as error:
            if not error.problems[0].code.startswith(_AGAIN):
                raise
            refused = error
        else:
            if not _open(found, digits):
                return Swept(found)
    doubt = refused and Refused(*(_undecided(problem, digits) for problem in refused.problems))
    if doubt is not None:
        try:
            found = sweep(Balls(bits, digits=digits, supposes=True))
        except Refused:
            raise doubt from None
    assert found is not None
    return Swept(found, tuple(_without_noise(found, digits, bits)), doubt)


def _ladder(circuit: Circuit, digits: int) -> Iterator[int]:
    """Precisions to try: what the digits take, then twice as many until the work is too much."""
    gates = circuit.nodes[circuit.first_gate :]
    weight = max(1, sum(limits.SLOW_GATES.get(node.op, 1) for node in gates))
    bits = _bits(digits) + _GUARD_BITS
    most = max(2 * bits, min(limits.DIGITS_BITS, limits.DIGITS_CLIMB // weight))
    while bits <= most:
        yield bits
        bits *= 2


def _bits(digits: int) -> int:
    return ceil(digits * log2(10)) + _MARGIN_BITS


def _affordable(circuit: Circuit, digits: int) -> None:
    """Refuse what would take minutes."""
    if not 1 <= digits <= limits.DIGITS:
        raise Refused(Diagnostic("usage.digits", f"--digits takes 1 to {limits.DIGITS:,}, and got {digits}"))
    gates = circuit.nodes[circuit.first_gate :]
    if len(gates) * digits > limits.DIGITS_WORK:
        message = f"{len(gates):,} gates with {digits:,} digits; the limit is {limits.DIGITS_WORK:,} gates times digits"
        raise Refused(Diagnostic("limit.digits", message, "ask for fewer digits"))
    slow = [node.op for node in gates if node.op in limits.SLOW_GATES]
    if slow and len(slow) * digits > limits.SPECIAL_DIGITS:
        most = limits.SPECIAL_DIGITS // len(slow)
        count = f" {len(slow)} times" if len(slow) > 1 else ""
        message = f"{slow[0]}{count} with {digits:,} digits; the limit for it is {most:,}"
        raise Refused(Diagnostic("limit.special", message, "ask for fewer digits"))


def _open(run: SweepPair, digits: int) -> list[tuple[list[Number], int]]:
    """Every number whose digits are not proved yet, as its list and place."""
    forth, back = run
    places = ((numbers, index) for numbers in (forth.values, back.gradients) for index in range(len(numbers)))
    return [(numbers, index) for numbers, index in places if not _proved(numbers[index], digits)]


def _proved(value: Number, digits: int) -> bool:
    return value is None or type(value) is fmpq or value.rel_accuracy_bits() >= _bits(digits)


def _undecided(problem: Diagnostic, digits: int) -> Diagnostic:
    return replace(problem, message=problem.message.replace("these digits", f"{digits:,} digits"))


def _without_noise(run: SweepPair, digits: int, bits: int) -> list[Diagnostic]:
    """A small ball around 0 is shown as 0; of anything else there are no right digits."""
    forth, _ = run
    circuit, said = forth.circuit, list[Diagnostic]()
    named = {*circuit.inputs.values(), *(stage.node for stage in circuit.stages), circuit.output}
    for numbers, index in _open(run, digits):
        if not (numbers[index].contains(0) and numbers[index].rad() < arb(2) ** (-bits // 4)):
            message = f"the digits of {circuit.names[index]} do not settle, also with {bits:,} bits"
            problem = Diagnostic("limit.precision", message, "ask for fewer digits")
            raise Refused(problem.at(circuit.source, circuit.spans[index]))
        if index in named:
            kind = "value" if numbers is forth.values else "gradient"
            size = numbers[index].abs_upper().str(1, radius=False)
            message = f"the {kind} of {circuit.names[index]} is 0 as far as could be followed (0 ± {size}), shown as 0"
            said.append(Diagnostic("digits.zero", message))
        numbers[index] = ZERO
    return said
