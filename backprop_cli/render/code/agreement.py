"""What a library's own gradients are held against: the report's numbers, and the variables of which it may differ.

A library has conventions of its own at some kinks, and multiplies 0 by an infinite slope behind a gate that routes
nothing; there is no assert for a variable behind such a gate, and the program says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from backprop_cli.gates import GATES
from backprop_cli.render.code.branching import branches
from backprop_cli.render.code.program import Program, taken
from backprop_cli.render.code.rule import rule
from backprop_cli.render.code.tree import ONE, Numeral
from backprop_cli.report.report import GateRow, Quantity, Report

RTOL = 1e-9


@dataclass(frozen=True, slots=True)
class Agreement:
    """The expected gradient of a variable and the absolute tolerance, or the reason why none is expected."""

    node: int
    expected: str
    tolerance: str
    reason: str = ""


def agreements(program: Program, report: Report, own_conventions: Collection[str], library: str) -> list[Agreement]:
    """One for each wanted variable."""
    reasons = _reasons(program, report, own_conventions, library)
    sizes, wanted = _sizes(report), frozenset(program.wanted)
    return [
        Agreement(
            variable.id,
            variable.gradient.text,
            f"{RTOL * max(1.0, sizes.get(variable.id, 0.0)):.1g}",
            reasons.get(variable.id, ""),
        )
        for variable in report.variables
        if variable.gradient is not None and variable.id in wanted
    ]


def asserts(found: Collection[Agreement], gradient_of: Mapping[int, str], names: Mapping[int, str]) -> Iterator[str]:
    """The lines that hold a library's gradients against ours."""
    for each in found:
        if each.reason:
            yield f"# no assert for {names[each.node]}: {each.reason}"
            continue
        yield is_close(gradient_of[each.node], each.expected, each.tolerance)


def is_close(found: str, expected: str, tolerance: str = f"{RTOL:.0e}") -> str:
    """One assert."""
    return f"assert math.isclose({found}, {expected}, rel_tol={RTOL:.0e}, abs_tol={tolerance})"


def _sizes(report: Report) -> dict[int, float]:
    """The largest contribution at each node: what cancels there bounds what can be expected of the sum."""
    sizes: dict[int, float] = {}
    for gate in report.gates:
        for source, carried in zip(gate.inputs, gate.contributions, strict=False):
            if carried is not None:
                sizes[source] = max(sizes.get(source, 0.0), abs(carried.approx))
    return sizes


def _reasons(program: Program, report: Report, own_conventions: Collection[str], library: str) -> dict[int, str]:
    """Nodes behind a gate at which the library may differ, and why."""
    found: dict[int, str] = {}
    where = branches(program.circuit)
    live = taken(program.circuit, where, report)
    values: dict[int, Quantity | None] = {gate.id: gate.value for gate in report.gates}
    values |= {each.id: each.value for each in report.constants}
    values |= {each.id: each.value for each in report.variables}
    for gate in reversed(report.gates):
        if not (program.needed[gate.id] and where.home[gate.id] in live):
            continue
        reason = found.get(gate.id, "")
        if gate.kink and gate.op in own_conventions:
            reason = f"{gate.op} stands on a kink here, where {library} has a convention of its own"
        elif not gate.local and _may_be_infinite(gate, [values[i] for i in (*gate.inputs, gate.id)]):
            reason = (
                f"nothing comes back to {gate.formula} here, which {library} multiplies by a slope that may be infinite"
            )
        if reason:
            found |= dict.fromkeys(gate.inputs, reason)
    return found


def _may_be_infinite(gate: GateRow, wires: list[Quantity | None]) -> bool:
    """Whether the table does not promise a slope in every input here."""
    row = GATES[gate.op]
    numbers = {name: Numeral(each.text) for name, each in zip((*row.params, "z"), wires, strict=False) if each}
    return any(slope.where and rule(slope.where, numbers) != ONE for slope in row.slopes)
