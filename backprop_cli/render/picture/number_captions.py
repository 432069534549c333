"""The captions of a circuit of numbers."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.gates import GATES
from backprop_cli.render.picture.captions import BLANK, ELLIPSIS, Captions, Term, constant, figure, whole
from backprop_cli.report.report import GateRow, Quantity, Report

_TERMS = 4


class NumberCaptions(Captions[Quantity]):
    """A number on each wire; contributions that meet at a fork stand there as a sum."""

    def __init__(self, report: Report, values: bool) -> None:
        constants = {
            each.id: constant(each.text, each.value.text if each.value else "", figure(each.value))
            for each in report.constants
        }
        super().__init__(report.output, constants, values=values)
        self.report = report
        self._terms: dict[int, list[Term]] = {}
        for gate in reversed(report.gates):
            for position, (source, carried) in enumerate(zip(gate.inputs, gate.contributions, strict=False)):
                if carried is not None:
                    term = Term(f"term-{gate.id}-{position}", self.label(carried))
                    self._terms.setdefault(source, []).append(term)

    def label(self, value: Quantity | None, *, known: bool = False) -> str:
        """Four digits, or a blank to fill in."""
        return figure(value) if self.values or known else BLANK

    def said(self, name: str, value: Quantity) -> str:
        """``x = 3``, whole."""
        return f"{name} = {whole(value)}"

    def computed(self, formula: str, value: Quantity | None) -> str:
        """``q = x + y = 3``, whole."""
        return f"{formula} = {whole(value)}"

    def kink(self, gate: GateRow) -> str:
        """The convention that answers there."""
        return f": {GATES[gate.op].convention}"

    def carried(self, gate: GateRow, position: int) -> str:
        """Upstream × local, with their numbers."""
        carried = gate.contributions[position] if gate.contributions else None
        if carried is None:
            return ""
        title = f"∂{self.partial}/∂{gate.operands[position]} += upstream × local"
        if self.values:
            title += f" = {whole(gate.gradient)} × {whole(gate.local[position])} = {whole(carried)}"
        return title

    def results(self) -> Iterator[str]:
        """The value and every gradient."""
        yield f"{self.partial} = {figure(self.report.value)}"
        for row in self.report.parameters:
            yield f"∂{self.partial}/∂{row.name} = {figure(row.gradient)}"

    def terms(self, number: int) -> tuple[Term, ...]:
        """Those of a fork; of many the first two and the last."""
        terms = self._terms.get(number, [])
        if len(terms) < 2:
            return ()
        return tuple(terms if len(terms) <= _TERMS else [*terms[:2], Term("", ELLIPSIS), terms[-1]])
