"""The whole way, once: text and point in, checked gradients out. Commands and Python users start here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from backprop_cli.arithmetic.protocol import Arithmetic
from backprop_cli.circuit import Circuit
from backprop_cli.engine.backward import Backward, backward
from backprop_cli.engine.forward import Forward, forward, refuse_without_output
from backprop_cli.engine.point import Point, complete, numbers
from backprop_cli.engine.rules import Rules
from backprop_cli.engine.swept import SweepPair, Swept
from backprop_cli.nearest import meant
from backprop_cli.number_systems import system_of
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.report.assembly import assembled
from backprop_cli.report.remarks import remarks
from backprop_cli.report.report import Report
from backprop_cli.settings import Settings

if TYPE_CHECKING:
    from backprop_cli.check.verdict import Check


def run(circuit: Circuit, point: Point, settings: Settings) -> Report:
    """A circuit at a point. The forward pass runs first: where it is refused, nothing is checked."""
    if settings.rtol is not None and not settings.rtol >= 0:
        raise Refused(Diagnostic("usage.rtol", f"--rtol must be 0 or more, and got {settings.rtol}"))
    warnings = list(complete(circuit, point))
    targets = targets_of(circuit, settings.wrt)
    marks = circuit.reach(targets.values())
    swept = _sweeps(circuit, point, settings, marks)
    forth, back = swept.run
    watched = targets | {stage.name: stage.node for stage in circuit.stages if marks[stage.node]}
    watched = {name: node for name, node in watched.items() if node not in forth.failed}
    check = checked(forth, back, point, watched, settings)
    if swept.doubt is not None and (check is None or check.value.word != "ok"):
        raise swept.doubt
    named = watched if settings.wrt is not None else circuit.inputs
    _refuse_without_gradient(back, check, [node for name, node in targets.items() if name in named])
    warnings += [*swept.notes, *remarks(forth, back, check)]
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


def _sweeps(circuit: Circuit, point: Point, settings: Settings, marks: bytearray) -> Swept:
    def one(arithmetic: Arithmetic) -> SweepPair:
        explain = arithmetic.doubles and settings.check != "none"
        return sweep(circuit, point, arithmetic, marks, explain=explain)

    return system_of(settings).swept(circuit, settings, one)


def sweep(
    circuit: Circuit, point: Point, arithmetic: Arithmetic, marks: bytearray, *, explain: bool = False
) -> SweepPair:
    """Forward and backward in one arithmetic. ``explain`` has a refusal say what rounding has to do with it."""
    rules = Rules(arithmetic)
    forth = forward(circuit, numbers(circuit, point, rules), rules)
    if explain and circuit.output in forth.failed:
        from backprop_cli.check.refusals import explained

        raise Refused(explained(forth, point))
    refuse_without_output(forth)
    return forth, backward(forth, marks)


def checked(
    forth: Forward, back: Backward, point: Point, targets: Mapping[str, int], settings: Settings
) -> Check | None:
    """The check that the settings ask for; None if they ask for none."""
    if settings.check == "none":
        return None
    from backprop_cli.check import oracle

    system = system_of(settings)
    rtol = system.rtol(settings) if settings.rtol is None else Fraction(settings.rtol)
    tolerance = oracle.CheckTolerance(rtol, system.bits(settings))
    return oracle.check(forth, back, point, targets, settings.check, tolerance)


def _refuse_without_gradient(back: Backward, check: Check | None, asked: Iterable[int]) -> None:
    """Raise what kept a gradient from existing, unless its one-sided slopes answered."""
    for node in asked:
        problem = back.failed.get(node)
        if problem is not None and check is None and not problem.hint:
            raise Refused(replace(problem, hint="with the check (without --no-check) one-sided slopes may answer"))
        if problem is not None and (check is None or node not in check.answers):
            raise Refused(problem)
