"""The whole way, once: text and point in, checked gradients out. Commands and Python users start here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from backprop_cli import limits
from backprop_cli.arithmetic.base import Arithmetic
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.backward import Backward, backward
from backprop_cli.circuit import CONSTANT, Circuit
from backprop_cli.forward import Forward, forward, refuse_without_output
from backprop_cli.gates import GATES
from backprop_cli.point import Point, complete, from_mapping, numbers
from backprop_cli.problems import Problem, Refused
from backprop_cli.reading import read
from backprop_cli.report import Constant, Report, StageRow, Variable, quantity
from backprop_cli.rules import Rules

if TYPE_CHECKING:
    from backprop_cli.check.verdict import Check, Verdict

Method = Literal["symbolic", "gatewise", "forward", "none"]


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


def differentiate(
    expression: object,
    at: Mapping[str, object] | None = None,
    *,
    wrt: Sequence[str] | None = None,
    digits: int | None = None,
    exact: bool = False,
    check: Method = "symbolic",
    rtol: float | None = None,
    share: bool = True,
) -> Report:
    """The value and the gradients of an expression at a point, each gradient checked.

    ``expression`` is text as on the command line, a SymPy expression, or a circuit. ``at`` gives each variable a number
    or a text (``"pi/3"``). ``wrt`` names the variables (or stages) to differentiate; the others are data.

    Raises ``Refused``, whose ``problems`` say what was wrong with the input: nothing else is raised for bad input.

    >>> report = differentiate("(x + y)*z", {"x": -2, "y": 5, "z": -4})
    >>> report.value.approx, dict(report.gradient)
    (-12.0, {'x': -4.0, 'y': -4.0, 'z': 3.0})
    """
    point = from_mapping(at or {})
    circuit = _circuit(expression, point, share)
    return run(circuit, point, Settings(tuple(wrt) if wrt is not None else None, digits, exact, check, rtol))


def _circuit(expression: object, bound: Collection[str], share: bool) -> Circuit:
    if isinstance(expression, Circuit):
        return expression
    if isinstance(expression, str):
        return read(expression, bound=bound, share=share)
    from backprop_cli.symbolic.lower import from_sympy

    return from_sympy(expression)


def run(circuit: Circuit, point: Point, settings: Settings) -> Report:
    """A circuit at a point. The forward pass runs first: where it is refused, nothing is checked."""
    warnings = list(complete(circuit, point))
    targets = _targets(circuit, settings.wrt)
    marks = circuit.reach(targets.values())
    forth, back, notes = _sweeps(circuit, point, settings, marks, list(targets.values()))
    watched = targets | {stage.name: stage.node for stage in circuit.stages if marks[stage.node]}
    check = _check(forth, back, point, watched, settings)
    warnings += [*notes, *_kinks(forth), *_without_value(forth), *(_said(circuit, check) if check else ())]
    return _report(forth, back, targets, check, tuple(warnings))


def _targets(circuit: Circuit, wrt: tuple[str, ...] | None) -> dict[str, int]:
    """The nodes whose gradients are asked for, by name: all variables and stages, or those that ``wrt`` names."""
    known = circuit.inputs | {stage.name: stage.node for stage in circuit.stages}
    if wrt is None:
        return known
    unknown = [name for name in wrt if name not in known]
    if unknown:
        from difflib import get_close_matches

        near = get_close_matches(unknown[0], list(known), n=1, cutoff=0.5)
        hint = (
            f"did you mean {near[0]}?"
            if near
            else f"the expression has {', '.join(list(known)[:12]) or 'no variables'}"
        )
        raise Refused(Problem("usage.wrt", f"--wrt names {unknown[0]}, which is not in the expression", hint))
    return {name: known[name] for name in dict.fromkeys(wrt)}


def _sweeps(
    circuit: Circuit, point: Point, settings: Settings, marks: bytearray, targets: list[int]
) -> tuple[Forward, Backward, list[Problem]]:
    if settings.digits is not None and settings.exact:
        raise Refused(Problem("usage.arithmetic", "--digits and --exact exclude each other", "leave one of them out"))
    if settings.digits is not None:
        return _to_digits(circuit, point, settings.digits, marks, targets)
    if settings.exact:
        from backprop_cli.arithmetic.exact import ExactNumbers

        if len(circuit.nodes) - circuit.first_gate > limits.EXACT_GATES:
            raise Refused(Problem("exact.size", f"exact arithmetic is limited to {limits.EXACT_GATES:,} gates"))
        return *_sweep(circuit, point, ExactNumbers(), marks), []
    return *_sweep(circuit, point, Float64(), marks), []


def _sweep(circuit: Circuit, point: Point, arithmetic: Arithmetic, marks: bytearray) -> tuple[Forward, Backward]:
    rules = Rules(arithmetic)
    forth = forward(circuit, numbers(circuit, point, rules), rules)
    refuse_without_output(forth)
    return forth, backward(forth, marks)


def _to_digits(
    circuit: Circuit, point: Point, digits: int, marks: bytearray, targets: list[int]
) -> tuple[Forward, Backward, list[Problem]]:
    """Run at growing precision until two runs agree to every digit asked for."""
    from backprop_cli.arithmetic.digits import Digits

    if not 1 <= digits <= limits.DIGITS:
        raise Refused(Problem("usage.digits", f"--digits takes 1 to {limits.DIGITS:,}, and got {digits}"))
    _affordable(circuit, digits)
    bits = int(digits * 3.33) + 64
    before = _sweep(circuit, point, Digits(bits, digits=digits), marks)
    most = 8 * bits + 4_000
    while True:
        bits += max(64, bits // 8) if bits < 2 * int(digits * 3.33) + 200 else bits
        after = _sweep(circuit, point, Digits(bits, digits=digits), marks)
        unsettled = _unsettled(before, after, targets, digits)
        if not unsettled:
            return *after, []
        if bits > most:
            return *_snapped(after, unsettled), [_not_settled(circuit, index) for index in unsettled]
        before = after


_GAMMA_FAMILY = frozenset({"gamma", "lgamma", "digamma", "polygamma"})


def _affordable(circuit: Circuit, digits: int) -> None:
    """Refuse what would take minutes."""
    gates = circuit.nodes[circuit.first_gate :]
    if len(gates) * digits > limits.DIGITS_WORK:
        message = f"{len(gates):,} gates with {digits:,} digits; the limit is {limits.DIGITS_WORK:,} gates times digits"
        raise Refused(Problem("limit.digits", message, "ask for fewer digits"))
    slow = next((node.op for node in gates if node.op in _GAMMA_FAMILY), None)
    if slow is not None and digits > limits.SPECIAL_DIGITS:
        message = f"{slow} with {digits:,} digits; the limit for it is {limits.SPECIAL_DIGITS}"
        raise Refused(Problem("limit.special", message, "ask for fewer digits"))


def _pairs(run: tuple[Forward, Backward], targets: list[int]) -> dict[tuple[str, int], Any]:
    forth, back = run
    watched = {("value", forth.circuit.output): forth.values[forth.circuit.output]}
    for index in targets:
        watched["value", index] = forth.values[index]
        watched["gradient", index] = back.gradients[index]
    return watched


def _unsettled(
    before: tuple[Forward, Backward], after: tuple[Forward, Backward], targets: list[int], digits: int
) -> list[tuple[str, int]]:
    old = _pairs(before, targets)
    found = []
    for key, value in _pairs(after, targets).items():
        known = old[key]
        if value is not None and known is not None and abs(value - known) * 10 ** (digits + 2) > abs(value):
            found.append(key)
    return found


def _snapped(run: tuple[Forward, Backward], keys: list[tuple[str, int]]) -> tuple[Forward, Backward]:
    """What is no more than rounding noise after many more digits is 0."""
    forth, back = run
    for kind, index in keys:
        (forth.values if kind == "value" else back.gradients)[index] = forth.arithmetic.zero
    return forth, back


def _not_settled(circuit: Circuit, key: tuple[str, int]) -> Problem:
    kind, index = key
    what = f"the {kind} of {circuit.names[index]}" if kind == "value" else f"the gradient of {circuit.names[index]}"
    return Problem("digits.zero", f"{what} cancels to 0 as far as could be followed, and is shown as 0")


def _check(
    forth: Forward, back: Backward, point: Point, targets: Mapping[str, int], settings: Settings
) -> Check | None:
    if settings.check == "none":
        return None
    from backprop_cli.check import oracle

    digits = settings.digits or 0
    bits = 64 if forth.arithmetic.name == "float64" else max(160, int(digits * 3.33) + 20)
    usual = {"float64": 1e-9, "digits": 1e-9, "exact": 1e-40}[forth.arithmetic.name]
    tolerance = settings.rtol if settings.rtol is not None else f"1e{min(-1, 2 - digits)}" if digits else usual
    if settings.rtol is not None and not settings.rtol >= 0:
        raise Refused(Problem("usage.rtol", f"--rtol must be 0 or more, and got {settings.rtol}"))
    return oracle.check(forth, back, point, targets, settings.check, oracle.Tolerance(tolerance, bits))


def _kinks(forth: Forward) -> list[Problem]:
    if not forth.kinks:
        return []
    from backprop_cli.check.slopes import live_kinks

    found = []
    for index in live_kinks(forth):
        gate = GATES[forth.circuit.nodes[index].op]
        message = f"{gate.name} stands on a kink here ({gate.convention})"
        found.append(Problem(f"kink.{gate.name}", message).at(forth.circuit.source, forth.circuit.spans[index]))
    return found


def _without_value(forth: Forward) -> list[Problem]:
    """A stage that the output does not need may lie outside a domain; that is said."""
    stages = ((stage, forth.failed.get(stage.node)) for stage in forth.circuit.stages)
    return [
        Problem(
            "stage.value",
            f"the stage {stage.name} has no value here: {problem.message}",
            "",
            problem.source,
            problem.span,
        )
        for stage, problem in stages
        if problem is not None
    ]


def _said(circuit: Circuit, check: Check) -> list[Problem]:
    found = []
    if check.lost_in_value:
        message = f"the value lost about {check.lost_in_value} of its 16 digits to cancellation or underflow"
        found.append(Problem("digits.lost", message, "--digits 30 gives them back"))
    for index, verdict in check.verdicts.items():
        name = circuit.names[index]
        if verdict.lost_digits and verdict.ok:
            message = (
                f"the gradient of {name} lost about {verdict.lost_digits} of its 16 digits to cancellation or underflow"
            )
            found.append(Problem("digits.lost", message, f"it is {verdict.expected!r}; --digits 30 gives it right"))
        found += _smooth(name, verdict)
    return found + [Problem("check.note", note) for note in check.notes]


def _smooth(name: str, verdict: Verdict) -> list[Problem]:
    """At a kink of a gate, both sides of the whole may still agree on a slope that the convention misses."""
    left, right = verdict.slopes or (None, None)
    if left is None or right is None or abs(left - right) > 1e-12 * max(abs(left), abs(right)):
        return []
    return [
        Problem(
            "kink.smooth",
            f"both one-sided slopes in {name} are {right!r}; the conventions of the gates on their kinks miss it",
        )
    ]


def _report(
    forth: Forward, back: Backward, targets: Mapping[str, int], check: Check | None, warnings: tuple[Problem, ...]
) -> Report:
    circuit, arithmetic = forth.circuit, forth.arithmetic
    verdicts = check.verdicts if check else {}
    show: Callable[[Any], Any] = lambda value: quantity(arithmetic, value)  # noqa: E731  # one word for a repeated call
    variables = tuple(
        Variable(
            index,
            name,
            "parameter",
            show(forth.values[index]),
            show(back.gradients[index]),
            check.symbolic.get(name) if check else None,
            verdicts.get(index),
        )
        if name in targets
        else Variable(index, name, "data", show(forth.values[index]))
        for name, index in circuit.inputs.items()
    )
    stages = tuple(
        StageRow(
            stage.node,
            stage.name,
            circuit.typed(stage.node).partition("=")[2].strip(),
            show(forth.values[stage.node]),
            show(back.gradients[stage.node]),
            verdicts.get(stage.node),
            forth.failed.get(stage.node),
        )
        for stage in circuit.stages
    )
    constants = tuple(
        Constant(index, node.text, show(forth.values[index]))
        for index, node in enumerate(circuit.nodes[: circuit.first_gate])
        if node.op == CONSTANT
    )
    value = show(forth.values[circuit.output])
    return Report(
        circuit.source.text,
        arithmetic.name,
        circuit.output_name,
        value,
        variables,
        stages,
        constants,
        check,
        warnings,
        forth,
        back,
    )
