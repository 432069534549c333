"""Answers that are one formula for an array: what a comparison of all components says of each, remembered by text.

Small ones are left to the comparison of single formulas, which visits every branch and has SymPy's proof.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from backprop_cli.circuit import Circuit
from backprop_cli.grading.arrays.array_names import component
from backprop_cli.grading.arrays.reader import ElementReader
from backprop_cli.grading.arrays.whole_formulas import WholeFormula, WholeTruth, groups
from backprop_cli.grading.formula_answers import SettledAnswer
from backprop_cli.grading.formulas.formula_verdict import FormulaVerdict
from backprop_cli.grading.names import Asked
from backprop_cli.grading.question import Question
from backprop_cli.problems import Refused

if TYPE_CHECKING:
    from backprop_cli.grading.arrays.array_question import ArrayAsk

_SMALL, _MOST_NODES = 200, 20_000  # components times nodes; nodes

_REMEMBERED = 256

Known = Mapping[tuple[Asked, str], SettledAnswer]


@dataclass(frozen=True)
class WholeAnswers:
    """The question written out as ``elements``, and ``rows`` of given arrays, of which some may be labels."""

    elements: Question
    reader: ElementReader
    rows: Sequence[Sequence[str]]
    _known: dict[tuple[str, str], Known] = field(default_factory=dict)

    @cached_property
    def _truth(self) -> WholeTruth:
        return WholeTruth(self.elements.circuit, self.elements.here or {})

    @cached_property
    def _labelled(self) -> WholeTruth | None:
        """The truth at points where labels stay labels; None without any."""
        here = self.elements.here or {}
        found = groups(here, iter(self.rows))
        return WholeTruth(self.elements.circuit, here, found) if found else None

    def warm(self) -> None:
        """Make what every formula needs, so that none of them pays for it."""
        _ = self._truth.points

    def is_large(self, ask: ArrayAsk) -> bool:
        """Whether a comparison of single components would take long."""
        return len(ask.cells) * len(self.elements.circuit.nodes) > _SMALL

    def settled(self, ask: ArrayAsk, text: str) -> Known:
        """What is known of the components of a formula, by quantity and text; nothing of what is left to others."""
        key = ask.name, text
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = self._compared(ask, text)
        return self._known[key]

    def _compared(self, ask: ArrayAsk, text: str) -> Known:
        large = self.is_large(ask)
        if not (large or self._labelled is not None) or len(self.elements.circuit.nodes) > _MOST_NODES:
            return {}
        try:
            circuit, cells = self.reader.whole(text)
        except Refused:
            return {}
        formula = WholeFormula(circuit, cells, self._gradients(circuit))
        names = [component(f"({text})", index) for index in np.ndindex(*ask.shape)]
        return {
            (one.asked, name): SettledAnswer(replace(verdict, whole=True), _named(formula, cell))
            for one, name, verdict, cell in zip(ask.cells, names, self._verdicts(ask, formula), cells, strict=True)
            if verdict is not None and (large or verdict.labelled)
        }

    def _verdicts(self, ask: ArrayAsk, formula: WholeFormula) -> list[FormulaVerdict | None]:
        """The verdicts at any points, or where those refuse it at points with labels."""
        asked = [cell.asked for cell in ask.cells]
        found = self._truth.verdicts(asked, formula, self.elements.tolerance)
        if self._labelled is None or all(one is not None and one.equal for one in found):
            return found
        again = self._labelled.verdicts(asked, formula, self.elements.tolerance)
        return [
            one if one is not None and one.equal else later and replace(later, labelled=later.equal)
            for one, later in zip(found, again, strict=True)
        ]

    def _gradients(self, circuit: Circuit) -> dict[str, Asked]:
        """What the names of gradients in a formula mean."""
        read = {name: self.elements.meant(name) for name in circuit.inputs if name not in self._truth.known}
        return {name: asked for name, asked in read.items() if asked is not None and not asked.is_value}


def _named(formula: WholeFormula, cell: int) -> dict[str, Asked]:
    """The gradients that one component names."""
    feeding, inputs = formula.circuit.feeding([cell]), formula.circuit.inputs
    return {name: asked for name, asked in formula.gradients.items() if feeding[inputs[name]]}
