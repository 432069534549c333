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
from backprop_cli.grading.arrays.whole_formulas import WholeFormula, WholeTruth
from backprop_cli.grading.formula_answers import SettledAnswer
from backprop_cli.grading.formulas.formula_verdict import FormulaVerdict
from backprop_cli.grading.formulas.staged import is_before
from backprop_cli.grading.names import Asked
from backprop_cli.grading.question import Question
from backprop_cli.problems import Refused

if TYPE_CHECKING:
    from backprop_cli.grading.arrays.array_question import ArrayAsk

_SMALL = 200  # components times nodes

_REMEMBERED = 256

Known = Mapping[tuple[Asked, str], SettledAnswer]


@dataclass(frozen=True)
class WholeAnswers:
    """The question written out as ``elements``; for ``moving`` and ``labels`` see ``WholeTruth``."""

    elements: Question
    reader: ElementReader
    moving: Sequence[str]
    labels: Sequence[Sequence[str]]
    _known: dict[tuple[str, str], Known] = field(default_factory=dict)

    @cached_property
    def _truth(self) -> WholeTruth:
        return WholeTruth(self.elements.circuit, self.elements.here or {}, self.moving)

    @cached_property
    def _labelled(self) -> WholeTruth | None:
        """The truth at points where labels stay labels; None without any."""
        if not self.labels:
            return None
        return WholeTruth(self.elements.circuit, self.elements.here or {}, self.moving, self.labels)

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

    def all_settled(self, ask: ArrayAsk, parts: Sequence[str]) -> Known:
        """The same of the sides of =, each a formula: of the components of which every side is right."""
        each = [self.settled(ask, part) for part in parts]
        found: dict[tuple[Asked, str], SettledAnswer] = {}
        for index, cell in zip(np.ndindex(*ask.shape), ask.cells, strict=True):
            names = [component(f"({part})", index) for part in parts]
            known = [one.get((cell.asked, name)) for one, name in zip(each, names, strict=True)]
            right = [one for one in known if one is not None and one.verdict.equal]
            if len(right) == len(parts):
                gradients = {name: asked for one in right for name, asked in one.gradients.items()}
                found[cell.asked, " = ".join(names)] = SettledAnswer(right[-1].verdict, gradients)
        return found

    def _compared(self, ask: ArrayAsk, text: str) -> Known:
        large = self.is_large(ask)
        if not large and self._labelled is None:
            return {}
        try:
            circuit, cells = self.reader.whole(text)
        except Refused:
            return {}
        formula = WholeFormula(circuit, cells, self._gradients(circuit))
        if not self._compares(ask, formula):
            return {}
        names = [component(f"({text})", index) for index in np.ndindex(*ask.shape)]
        return {
            (one.asked, name): SettledAnswer(replace(verdict, whole=True), _named(formula, cell))
            for one, name, verdict, cell in zip(ask.cells, names, self._verdicts(ask, formula), cells, strict=True)
            if verdict is not None and (large or verdict.labelled) and self._in_turn(one.asked, formula, cell)
        }

    def _compares(self, ask: ArrayAsk, formula: WholeFormula) -> bool:
        """Whether the points can tell: the gradients are the output's, and no number is beyond them all."""
        output, whole = self.elements.circuit.output, WholeFormula(self.elements.circuit, (), {})
        asked = (*(cell.asked for cell in ask.cells), *formula.gradients.values())
        return all(one.is_value or one.of == output for one in asked) and not (
            formula.tells_numbers_apart or whole.tells_numbers_apart
        )

    def _in_turn(self, asked: Asked, formula: WholeFormula, cell: int) -> bool:
        """Whether the gradients that a component names are known before it on the way back."""
        return all(is_before(self.elements.circuit, one, asked) for one in _named(formula, cell).values())

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
