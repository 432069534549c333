"""SymPy's word on a formula that no point refutes: the difference from SymPy's own derivative becomes 0, or not.

Sizes are known before SymPy is asked for anything, and what it derives for a question is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import Any

from backprop_cli.check.symbolic_reference import NotThisWayError, derive, too_large
from backprop_cli.circuit import CONSTANT, Circuit, opened
from backprop_cli.gates import GATES
from backprop_cli.grading.formulas.quantity_function import QuantityFunction
from backprop_cli.lost import LOST
from backprop_cli.symbolic.build import expression, symbol
from backprop_cli.symbolic.equal import equal

_TREE = 150
_CASES = 8  # of question and formula together: SymPy compares the conditions of each with each


class Proof:
    """One quantity's form, and whether a formula has the same."""

    def __init__(self, quantity: QuantityFunction) -> None:
        self._quantity, self._stages = quantity, dict[str, Any]()

    def warm(self) -> None:
        """Derive the quantity's form."""
        with suppress(*LOST):
            _ = self._form

    def proves(self, formula: Circuit) -> bool:
        """Whether SymPy confirms that the formula is the quantity; False where it cannot tell, or it is too large."""
        try:
            return self._proves(formula)
        except LOST:
            return False

    def _proves(self, formula: Circuit) -> bool:
        if _cases(self._quantity.circuit) + _cases(formula) > _CASES:
            return False
        if any(node.op == "round" for node in (*self._quantity.circuit.nodes, *formula.nodes)):
            return False  # SymPy has no rounding of halves to even numbers
        names = self._quantity.names
        weights = {name: self._sizes[names[name]] for name in formula.inputs}
        if self._form is None or _sizes(formula, weights)[formula.output] > _TREE or too_large(formula, ()):
            return False
        stages = {
            symbol(name): self._stage(name) for name in formula.inputs if name not in self._quantity.circuit.inputs
        }
        circuits = (self._quantity.circuit, formula)
        literals = [node.text for circuit in circuits for node in circuit.constants if node.op == CONSTANT]
        return equal(self._form, expression(formula).xreplace(stages), literals)

    @cached_property
    def _sizes(self) -> list[int]:
        return _sizes(self._quantity.circuit, {})

    @cached_property
    def _form(self) -> Any:
        """The quantity as an expression of the variables; None if it is too large for SymPy, or SymPy has none."""
        circuit, by = self._quantity.circuit, self._quantity.asked.by
        if self._sizes[circuit.output] > _TREE:
            return None
        if by is None:
            return None if too_large(circuit, ()) else expression(circuit)
        name = circuit.names[by]
        cut = circuit if name in circuit.inputs else opened(circuit, {by: name})
        if too_large(cut, [name]):
            return None
        try:
            (form,) = derive(cut, [name]).forms
        except NotThisWayError:
            return None
        return form if cut is circuit else form.xreplace({symbol(name): self._stage(name)})

    def _stage(self, name: str) -> Any:
        """A stage's value as an expression of the variables."""
        if name not in self._stages:
            self._stages[name] = expression(replace(self._quantity.circuit, output=self._quantity.names[name]))
        return self._stages[name]


def _cases(circuit: Circuit) -> int:
    """How many gates have branches."""
    return sum(1 for node in circuit.nodes if node.is_gate and (node.op == "where" or GATES[node.op].kink))


def _sizes(circuit: Circuit, weights: Mapping[str, int]) -> list[int]:
    """How many operations each node is, with shared parts written out; an input may stand for more than itself."""
    found: list[int] = []
    for node in circuit.nodes:
        found.append(
            min(10**6, weights.get(node.text, 1) if not node.inputs else 1 + sum(found[i] for i in node.inputs))
        )
    return found
