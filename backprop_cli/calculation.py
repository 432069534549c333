"""The whole way, once: text and point in, checked gradients out. Commands and Python users start here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backprop_cli import limits
from backprop_cli.arithmetic.base import Arithmetic
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.choices import Method
from backprop_cli.circuit import Circuit
from backprop_cli.engine.backward import Backward, backward
from backprop_cli.engine.forward import Forward, forward, refuse_without_output
from backprop_cli.engine.point import Point, complete, numbers
from backprop_cli.engine.rules import Rules
from backprop_cli.nearest import meant
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.report.assembly import assembled
from backprop_cli.report.remarks import remarks
from backprop_cli.report.report import Report

if TYPE_CHECKING:
    from backprop_cli.check.verdict import Check


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run: which gradients (None: all), in which arithmetic, and how to check them.

    ``rtol`` None is 1e-9 for doubles and as many digits as asked for otherwise.
    """

    wrt: tuple[str, ...] | None = None
    digits: int | None = None
    exact: bool = False
    check: Method = "symbolic"
    rtol: float | None = None


def run(circuit: Circuit, point: Point, settings: Settings) -> Report:
    """A circuit at a point. The forward pass runs first: where it is refused, nothing is checked."""
    if settings.rtol is not None and not settings.rtol >= 0:
        raise Refused(Diagnostic("usage.rtol", f"--rtol must be 0 or more, and got {settings.rtol}"))
    warnings = list(complete(circuit, point))
    targets = targets_of(circuit, settings.wrt)
    marks = circuit.reach(targets.values())
    forth, back, notes = _sweeps(circuit, point, settings, marks)
    watched = targets | {stage.name: stage.node for stage in circuit.stages if marks[stage.node]}
    watched = {name: node for name, node in watched.items() if node not in forth.failed}
    check = checked(forth, back, point, watched, settings)
    warnings += [*notes, *remarks(forth, check)]
    parameters = frozenset(name for name in circuit.inputs if name in targets)
    asked = tuple(circuit.inputs) if settings.wrt is None else tuple(targets)
    return assembled((forth, back), asked, parameters, check, tuple(warnings))


def targets_of(circuit: Circuit, wrt: tuple[str, ...] | None) -> dict[str, int]:
    """The nodes whose gradients are asked for, by name: all variables and stages, or those that ``wrt`` names."""
    known = circuit.inputs | {stage.name: stage.node for stage in circuit.stages}
    if wrt is None:
        return known
    unknown = [name for name in wrt if name not in known]
    if unknown:
        hint = meant(unknown[0], known, f"the expression has {', '.join(list(known)[:12]) or 'no variables'}")
        raise Refused(Diagnostic("usage.wrt", f"--wrt names {unknown[0]}, which is not in the expression", hint))
    return {name: known[name] for name in dict.fromkeys(wrt)}


def _sweeps(
    circuit: Circuit, point: Point, settings: Settings, marks: bytearray
) -> tuple[Forward, Backward, list[Diagnostic]]:
    if settings.digits is not None and settings.exact:
        raise Refused(
            Diagnostic("usage.arithmetic", "--digits and --exact exclude each other", "leave one of them out")
        )
    if settings.digits is not None:
        from backprop_cli.engine.precision import to_digits

        return to_digits(circuit, point, settings.digits, lambda arithmetic: sweep(circuit, point, arithmetic, marks))
    if settings.exact:
        from backprop_cli.arithmetic.exact import ExactNumbers

        if len(circuit.nodes) - circuit.first_gate > limits.EXACT_GATES:
            raise Refused(Diagnostic("exact.size", f"exact arithmetic is limited to {limits.EXACT_GATES:,} gates"))
        return *sweep(circuit, point, ExactNumbers(), marks), []
    return *sweep(circuit, point, Float64(), marks), []


def sweep(circuit: Circuit, point: Point, arithmetic: Arithmetic, marks: bytearray) -> tuple[Forward, Backward]:
    """Forward and backward in one arithmetic."""
    rules = Rules(arithmetic)
    forth = forward(circuit, numbers(circuit, point, rules), rules)
    refuse_without_output(forth)
    return forth, backward(forth, marks)


def checked(
    forth: Forward, back: Backward, point: Point, targets: Mapping[str, int], settings: Settings
) -> Check | None:
    """The check that the settings ask for; None if they ask for none."""
    if settings.check == "none":
        return None
    from backprop_cli.check import oracle

    digits = settings.digits or 0
    bits = 64 if forth.arithmetic.name == "float64" else max(160, int(digits * 3.33) + 20)
    usual = {"float64": 1e-9, "digits": 1e-9, "exact": 1e-40}[forth.arithmetic.name]
    tolerance = settings.rtol if settings.rtol is not None else f"1e{min(-1, 2 - digits)}" if digits else usual
    return oracle.check(forth, back, point, targets, settings.check, oracle.Tolerance(tolerance, bits))
