"""The reference gate by gate: each local gradient against SymPy's derivative of that one gate.

For circuits whose whole formula would swell; the sum over paths is then confirmed by the series.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from flint import arb

from backprop_cli.arithmetic.ball_arithmetic import Balls
from backprop_cli.arithmetic.balls import from_float, from_text, sub, working
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.sides import Here
from backprop_cli.circuit import INPUT, Circuit
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward
from backprop_cli.engine.rules import Rules
from backprop_cli.gates import COMPARISONS, GATES
from backprop_cli.problems import Refused

_BITS = 200


@cache
def derivative(name: str, position: int) -> tuple[Circuit, int] | None:
    """SymPy's derivative of one gate in one input as a circuit over the gate's parameter names; None if it has none."""
    from sympy import Derivative as Undone
    from sympy import DiracDelta, Subs

    from backprop_cli.symbolic.build import forms, symbol
    from backprop_cli.symbolic.lower import lower

    gate = GATES[name]
    if gate.many or gate.name in {"where", *COMPARISONS} or not gate.slope(position).text:
        return None
    form = _definition(name, [symbol(parameter) for parameter in gate.params], forms())
    found = form.diff(symbol(gate.params[position]))
    if found.has(Undone, Subs, DiracDelta):
        return None
    circuit, nodes = lower([found])
    return circuit, nodes[0]


def _definition(name: str, inputs: list[Any], forms: Any) -> Any:
    plain = {"add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y, "div": lambda x, y: x / y}
    return (plain.get(name) or forms[name])(*inputs)


def wrong_gate(run: Forward, sweep: Backward, rtol: float) -> int | None:
    """The first gate whose local gradient is not SymPy's, None if all agree."""
    rules = Rules(Balls(_BITS))
    for index in range(run.circuit.first_gate, run.circuit.output + 1):
        if index in run.kinks:
            continue
        for position, local in enumerate(sweep.locals[index]):
            if (
                local is not None
                and run.arithmetic.is_finite(local)
                and not _agrees(run, rules, index, position, local, rtol)
            ):
                return index
    return None


def _agrees(run: Forward, rules: Rules, index: int, position: int, local: Number, rtol: float) -> bool:
    node = run.circuit.nodes[index]
    known = derivative(node.op, position)
    if known is None:
        return True
    circuit, place = known
    wires = [run.arithmetic.enclosed(value, _BITS) for value in run.inputs(index)]
    inputs = dict(zip(GATES[node.op].params, wires, strict=True))
    with working(_BITS):
        starts = [
            inputs[each.text] if each.op == INPUT and each.text in inputs else from_text(each.text)
            for each in circuit.nodes[: circuit.first_gate]
        ]
    expected = Here(circuit, starts, _BITS).number(place)
    if expected is None:
        return True
    with working(_BITS):
        away = abs(arb(sub(run.arithmetic.enclosed(local, _BITS), expected)))
        if not away > from_float(rtol) * abs(arb(expected)) + arb(2) ** -1060:
            return True
    return _lost_inside(rules, node.op, position, wires, expected)


def _lost_inside(rules: Rules, name: str, position: int, wires: list[Number], expected: Number) -> bool:
    """Whether the rule itself, in balls, agrees: the difference was rounding inside the gate."""
    try:
        again = rules[name].local((*wires, rules.operation(name)(*wires)), position)
    except Refused:
        return True
    return again is None or bool(arb(again).overlaps(arb(expected)))
