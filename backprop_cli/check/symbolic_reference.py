"""The reference by SymPy: the derivative of the whole expression, evaluated in balls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

from backprop_cli import limits
from backprop_cli.arithmetic.balls import is_zero
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.reference import Reference
from backprop_cli.check.series import NoSeriesError, NoValueError
from backprop_cli.circuit import CONSTANT, Circuit
from backprop_cli.lost import LOST
from backprop_cli.problems import Refused

_CHAINS = {"add": "sum", "sub": "sum", "mul": "product", "div": "product"}


class NotThisWayError(Exception):
    """SymPy has no usable derivative here; the reason is for the reader."""


@dataclass(frozen=True, slots=True)
class Derivatives:
    """SymPy's derivative for each variable, unevaluated."""

    names: tuple[str, ...]
    forms: tuple[Any, ...]

    def of(self, names: Sequence[str]) -> Derivatives:
        """Those of some of the variables."""
        known = dict(zip(self.names, self.forms, strict=True))
        return Derivatives(tuple(names), tuple(known[name] for name in names))


def too_large(circuit: Circuit, names: Sequence[str]) -> str:
    """Why a symbolic derivative would swell beyond the budget, known before it is begun; empty if it would not."""
    ties = sum(len(node.inputs) ** 3 for node in circuit.nodes if node.op in ("max", "min"))
    if ties > limits.SYMBOLIC_TIES:
        return "max and min have too many inputs for SymPy"
    sizes: list[int] = []
    depths: list[int] = []
    cases: list[int] = []
    for node in circuit.nodes:
        chained = [_same_chain(circuit, node.op, i) for i in node.inputs]
        copies = 2 if node.op in _COPYING else 1
        sizes.append(min(limits.SYMBOLIC_TREE + 1, 1 + copies * sum(sizes[i] for i in node.inputs)))
        depths.append(max((1 + depths[i] - same for i, same in zip(node.inputs, chained, strict=True)), default=0))
        branches = node.inputs[1:] if node.op == "where" else node.inputs
        cases.append((node.op in _CASES) + max((cases[i] for i in branches), default=0))
    if cases[circuit.output] > limits.SYMBOLIC_CASES:
        return "cases are nested too deeply for SymPy"
    if depths[circuit.output] > limits.SYMBOLIC_DEPTH:
        return f"the formula is {depths[circuit.output]} gates deep"
    if sizes[circuit.output] > limits.SYMBOLIC_TREE or len(circuit.nodes) * len(names) > limits.CHECK_WORK:
        return "the formula is too large"
    work = sum(_depending(circuit, circuit.inputs[name]) for name in names)
    return "the formula is too large" if work > limits.SYMBOLIC_WORK else ""


_CASES = frozenset({"where", "leaky_relu", "elu", "selu", "cbrt", "sign", "step"})
# Their SymPy forms mention an input twice, or SymPy's derivative does.
_COPYING = frozenset({"relu", "silu", "gelu", "where", "max", "min", "clip", "elu", "leaky_relu", "selu", "cbrt"})


def _depending(circuit: Circuit, variable: int) -> int:
    """How many operations of the written-out formula depend on a variable; a chain of sums or products is one."""
    counts = [0] * len(circuit.nodes)
    counts[variable] = 1
    for index in range(circuit.first_gate, circuit.output + 1):
        node = circuit.nodes[index]
        found = sum(counts[i] - _same_chain(circuit, node.op, i) for i in node.inputs if counts[i])
        counts[index] = min(found + 1, limits.SYMBOLIC_WORK) if found else 0
    return counts[circuit.output]


def _same_chain(circuit: Circuit, op: str, source: int) -> bool:
    chain = _CHAINS.get(op)
    return chain is not None and _CHAINS.get(circuit.nodes[source].op) == chain


def derive(circuit: Circuit, names: Sequence[str]) -> Derivatives:
    """∂expression/∂name for each name. Raises ``NotThisWayError`` where SymPy leaves something undone."""
    from sympy import Derivative as Undone
    from sympy import DiracDelta, I, Subs, nan, oo, zoo

    from backprop_cli.symbolic.build import expression, symbol

    try:
        whole = expression(circuit)
        forms = tuple(_joined(whole.diff(symbol(name))) for name in names)
    except LOST as error:
        raise NotThisWayError(f"SymPy stopped ({type(error).__name__})") from error
    for form in forms:
        if form.has(Undone, Subs, DiracDelta, nan, zoo, oo, I):
            raise NotThisWayError("SymPy leaves a part of the derivative unevaluated")
    return Derivatives(tuple(names), forms)


def _joined(form: Any) -> Any:
    """x^y·y/x as y·x^(y-1), which has a value at 0; only powers with a variable exponent need it."""
    from sympy import Pow, powsimp

    return powsimp(form) if any(not power.exp.is_Number for power in form.atoms(Pow)) else form


def shown(circuit: Circuit, derivatives: Derivatives) -> dict[str, str]:
    """The derivatives as the reader sees them. Raises ``NotThisWayError`` where SymPy cannot put the numbers in."""
    from backprop_cli.symbolic.show import text, tidy

    literals = {node.text for node in circuit.nodes if node.op == CONSTANT}
    pairs = zip(derivatives.names, derivatives.forms, strict=True)
    try:
        return {name: text(tidy(form, literals), circuit.inputs) for name, form in pairs}
    except LOST as error:
        raise NotThisWayError(f"SymPy stopped ({type(error).__name__})") from error


def evaluate(derivatives: Derivatives, reference: Reference, series: Sequence[Number], bits: int) -> list[Number]:
    """Each derivative's value as an enclosure, right to ``bits`` bits, or as near as the series' own enclosure is."""
    from backprop_cli.symbolic.lower import lower

    if not derivatives.forms:
        return []
    try:
        circuit, nodes = lower(derivatives.forms)
    except Refused as refused:
        raise NotThisWayError(refused.problems[0].message) from refused
    for precision in reference.ladder():
        here = reference.evaluate(circuit, precision)
        values = [here.number(node) for node in nodes]
        if all(value is not None and _sharp(value, one, bits) for value, one in zip(values, series, strict=True)):
            return values
        if any(isinstance(here.gaps[node], (NoValueError, NoSeriesError)) for node in nodes):
            raise NotThisWayError("SymPy's derivative has no value at this point")
    if any(value is None for value in values):
        raise NotThisWayError("SymPy's derivative could not be enclosed at this point")
    return values


def _sharp(value: Number, series: Number, bits: int) -> bool:
    ball = arb(value)
    return is_zero(value) or ball.rel_accuracy_bits() >= bits or ball.rad() <= 4 * arb(series).rad()
