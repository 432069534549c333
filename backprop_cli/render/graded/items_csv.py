"""The analysis of a class's questions as CSV: a row a question, with its commonest wrong answers."""

from __future__ import annotations

from backprop_cli.grading.items import Item
from backprop_cli.grading.records import ClassSummary, Heading, SubmissionResult
from backprop_cli.render.graded.csv import Rows
from backprop_cli.render.graded.words import COMMONEST

COLUMNS = ("problem", "question", "submissions", "answered", "right", "mean", "discrimination")


class ItemsReport:
    """Everything stands at the end; students are not in it."""

    def __init__(self, *, excel: bool = False, comma: bool = False) -> None:
        self._rows = Rows(excel=excel, comma=comma)
        self._check = False

    def head(self, heading: Heading) -> str:
        """The names of the columns."""
        wrong = (f"{what} {place}" for place in range(1, COMMONEST + 1) for what in ("wrong", "times", "mistake"))
        return self._rows.mark + self._rows.row(*COLUMNS, *wrong)

    def add(self, result: SubmissionResult) -> str:
        """Nothing: a question is known when all is read."""
        return ""

    def tail(self, summary: ClassSummary) -> str:
        """The questions."""
        return "".join(self._item(item) for item in summary.items.values())

    def _item(self, item: Item) -> str:
        wrong = [cell for one in item.commonest[:COMMONEST] for cell in (one.typed, str(one.count), one.mistake)]
        figures = (self._figure(item.difficulty), self._figure(item.discrimination))
        counts = (str(item.count), str(item.answered), str(item.right))
        return self._rows.row(item.problem, item.name, *counts, *figures, *wrong, *[""] * (3 * COMMONEST - len(wrong)))

    def _figure(self, value: float | None) -> str:
        return "" if value is None else self._rows.number(f"{value:.6f}")
