"""The number systems, a row each: when one is asked for, how it runs a circuit, how near its gradients must come.

The first row is what runs where no other is asked for. A system's numbers are those of its arithmetic, which is loaded
when it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from backprop_cli import limits
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.arithmetic.protocol import Arithmetic
from backprop_cli.circuit import Circuit
from backprop_cli.engine.swept import SweepPair, Swept
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.settings import Settings

SweepWith = Callable[[Arithmetic], SweepPair]


class NumberSystem(NamedTuple):
    """One row. ``option`` is how a command is told to use it; ``swept`` runs a circuit, whose sweeps it is handed.

    ``rtol`` is how near a gradient must come to its reference, beside the terms it adds up, where nobody says;
    ``bits`` what the reference is right to. ``whole_arrays``: arrays run as they are, and are not written out.
    """

    option: str
    asked: Callable[[Settings], bool]
    swept: Callable[[Circuit, Settings, SweepWith], Swept]
    rtol: Callable[[Settings], Fraction]
    bits: Callable[[Settings], int]
    whole_arrays: bool = False


def system_of(settings: Settings) -> NumberSystem:
    """The number system that the settings ask for. Raises ``Refused`` where they ask for two."""
    asked = [system for system in SYSTEMS[1:] if system.asked(settings)]
    if len(asked) > 1:
        message = f"{' and '.join(system.option for system in asked)} exclude each other"
        raise Refused(Diagnostic("usage.arithmetic", message, "leave one of them out"))
    return asked[0] if asked else SYSTEMS[0]


def _doubles(circuit: Circuit, settings: Settings, sweep: SweepWith) -> Swept:
    return Swept(sweep(Float64()))


def _digits(circuit: Circuit, settings: Settings, sweep: SweepWith) -> Swept:
    from backprop_cli.engine.precision import to_digits

    return to_digits(circuit, settings.digits or 0, sweep)


def _exact(circuit: Circuit, settings: Settings, sweep: SweepWith) -> Swept:
    from backprop_cli.arithmetic.exact import ExactNumbers

    if len(circuit.nodes) - circuit.first_gate > limits.EXACT_GATES:
        raise Refused(Diagnostic("exact.size", f"exact arithmetic is limited to {limits.EXACT_GATES:,} gates"))
    return Swept(sweep(ExactNumbers()))


def _last_digits(settings: Settings) -> Fraction:
    """The last two digits may differ."""
    return Fraction(1, 10 ** max(1, (settings.digits or 0) - 2))


def _enough_bits(settings: Settings) -> int:
    return max(160, int((settings.digits or 0) * 3.33) + 20)


SYSTEMS = (
    NumberSystem("", lambda _: True, _doubles, rtol=lambda _: Fraction(1, 10**9), bits=lambda _: 64, whole_arrays=True),
    NumberSystem("--digits", lambda asked: asked.digits is not None, _digits, rtol=_last_digits, bits=_enough_bits),
    NumberSystem("--exact", lambda asked: asked.exact, _exact, rtol=lambda _: Fraction(1, 10**40), bits=lambda _: 160),
)
