"""CSV: a row an answer for ``check``, a gradebook with a row a student for ``grade``, and no cell that is run.

For Excel there is a byte order mark, and in a comma country semicolons and decimal commas.
"""

from __future__ import annotations

from backprop_cli.grading.records import ClassSummary, Heading, Judged, SubmissionResult
from backprop_cli.render.graded.words import SENTENCE, decimal, said, shown
from backprop_cli.render.tables.csv_tables import harmless, lines

ANSWERS = ("name", "answer", "verdict", "rel_error", "expected", "remarks")
BEFORE, AFTER = ("student", "score", "points", "percent"), ("status", "source", "line", "reason")


class Rows:
    """How rows are written: with commas, or as Excel in a comma country opens them."""

    def __init__(self, *, excel: bool = False, comma: bool = False) -> None:
        self.mark = "\ufeff" if excel else ""
        self._comma = excel and comma

    def number(self, text: str) -> str:
        """A number with its decimal sign."""
        return text.replace(".", ",") if self._comma else text

    def row(self, *cells: str) -> str:
        """A line."""
        return lines([map(cell, cells)], separator=";" if self._comma else ",")


class CsvReport:
    """Rows of cells. Hints about several answers at once have no row of their own, and are left to other formats."""

    def __init__(self, *, excel: bool = False, comma: bool = False) -> None:
        self._rows = Rows(excel=excel, comma=comma)
        self._check = False
        self._ids: tuple[str, ...] = ()

    def head(self, heading: Heading) -> str:
        """The names of the columns."""
        self._check = heading.command == "check"
        if self._check:
            return self._rows.mark + self._rows.row(*ANSWERS)
        self._ids = tuple(name for name, _, _ in heading.problems)
        ids = (f"problem {name}" if name in BEFORE + AFTER else name for name in self._ids)
        return self._rows.mark + self._rows.row(*BEFORE, *ids, *AFTER)

    def add(self, result: SubmissionResult) -> str:
        """A student's row, or a row for each answer."""
        if self._check:
            return "".join(self._answer(one) for problem in result.problems for one in problem.judged)
        scores = {one.id: "" if one.withheld else self._rows.number(decimal(one.score)) for one in result.problems}
        status = "invalid" if result.invalid else "ok" if result.ok else "wrong"
        earned = [self._rows.number(decimal(value)) for value in (result.score, result.points, result.percent)]
        if result.withheld:
            status, earned = "received", ["", earned[1], ""]
        notes = [result.invalid] if result.invalid else list(result.warnings)
        return self._rows.row(
            result.student,
            *earned,
            *(scores.get(name, "") for name in self._ids),
            status,
            result.source,
            "" if result.line is None else str(result.line),
            "; ".join(said(problem) for problem in notes),
        )

    def tail(self, summary: ClassSummary) -> str:
        """Nothing: a gradebook has only students."""
        return ""

    def _answer(self, one: Judged) -> str:
        remarks = "; ".join(said(remark) for remark in one.remarks)
        error = "" if one.rel_error is None else self._rows.number(repr(one.rel_error))
        return self._rows.row(one.name, one.typed or "", one.word, error, one.expected or "", remarks)


def cell(text: str) -> str:
    """A text as a cell that no spreadsheet runs."""
    return harmless(shown(text, SENTENCE))
