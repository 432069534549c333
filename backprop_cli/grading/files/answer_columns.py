"""Which columns of a table hold what, where each row is one answer: problem, name, answer, by their titles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backprop_cli.grading.files.leaves import Leaf
from backprop_cli.grading.files.tables import Row
from backprop_cli.problems import Diagnostic

_PROBLEM_COLUMNS, _NAME_COLUMNS, _ANSWER_COLUMNS = (
    frozenset({"problem", "question"}),
    frozenset({"name", "asked", "quantity"}),
    frozenset({"answer", "value", "response"}),
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a row that is one answer; without a ``problem`` the name may tell it, as in ``chain.dx``."""

    name: int
    answer: int
    problem: int | None = None

    def read(self, row: Row, width: int) -> Leaf:
        """The answer of a row of a table that is so wide."""
        problem = None
        if any(row.cells[width:]):
            message = f"line {row.line} has {len(row.cells)} cells in {width} columns"
            problem = Diagnostic("answer.cells", message, "put an answer with separators in it in quotes")
        of, name = row.cell(self.problem), row.cell(self.name)
        return Leaf((of, name) if of else (name,), row.cell(self.answer), row.line, problem)


def columns_of(titles: Sequence[str]) -> Columns | None:
    """The columns by their titles, in small letters; None if these are no titles of rows that are one answer each."""
    name, text = _first(titles, _NAME_COLUMNS), _first(titles, _ANSWER_COLUMNS)
    problem = _first(titles, _PROBLEM_COLUMNS)
    return Columns(name, text, problem) if name is not None and text is not None else None


def is_titled(titles: Sequence[str]) -> bool:
    """Whether a row has the title of an answer's column behind its first cell."""
    return not _ANSWER_COLUMNS.isdisjoint(titles[1:])


def _first(titles: Sequence[str], names: frozenset[str]) -> int | None:
    return next((index for index, title in enumerate(titles) if title in names), None)
