"""Which of the rows take part, and with what weight: ``--where``, ``--weights``, ``--limit``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.circuit import Circuit
from backprop_cli.engine.forward import forward
from backprop_cli.engine.rules import Rules
from backprop_cli.nearest import meant
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.reading import read
from backprop_cli.rows.records import BadRow, Block, bad_cell
from backprop_cli.rows.source import Reject


@dataclass(frozen=True)
class Selection:
    """A condition over the columns, the column of the weights, and how many rows at most; None: all rows alike."""

    where: Circuit | None = None
    weights: str | None = None
    limit: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that it needs."""
        own = tuple(self.where.inputs) if self.where is not None else ()
        return own if self.weights is None else (*own, self.weights)


def selection(where: str | None, weights: str | None, limit: int | None, columns: Sequence[str]) -> Selection:
    """The selection of these options over these columns. Raises ``Refused`` for a name that is no column."""
    condition = None if where is None else read(where, bound=columns, name="--where")
    if condition is not None:
        for name, node in condition.inputs.items():
            if name not in columns:
                problem = _no_column("--where", name, columns)
                raise Refused(problem.at(condition.source, condition.spans[node]))
    if weights is not None and weights not in columns:
        raise Refused(_no_column("--weights", weights, columns))
    return Selection(condition, weights, limit)


def _no_column(option: str, name: str, columns: Sequence[str]) -> Diagnostic:
    named = [column for column in columns if column]
    hint = meant(name, named, f"the columns are {', '.join(named[:12])}")
    return Diagnostic("data.column", f"{option} names {name}, which is no column", hint)


def selected(blocks: Iterable[Block], chosen: Selection, reject: Reject) -> Iterator[Block]:
    """Of each block the rows that take part."""
    left = chosen.limit
    where = None if chosen.where is None else row_condition(chosen.where)
    for number, block in enumerate(blocks):
        if number == 0:
            _numbers_only(block, chosen.names)
        kept = block if where is None else kept_of(block, _holding(block, where, reject))
        if chosen.weights is not None:
            kept = _weighted(kept, chosen.weights, reject)
        if left is not None:
            kept = kept if len(kept) <= left else kept_of(kept, range(left))
            left -= len(kept)
        if len(kept):
            yield kept
        if left == 0:
            return


def _numbers_only(block: Block, names: Sequence[str]) -> None:
    """Refuse a column of lists where a number is needed."""
    for name in names:
        if isinstance(block.columns[name][0], list):
            raise Refused(Diagnostic("data.shape", f"{name} has a list in every row, and a number is needed here"))


Condition = Callable[[dict[str, Any]], "bool | Diagnostic"]


def row_condition(circuit: Circuit) -> Condition:
    """Whether a condition holds for the data of one row, or why that cannot be said."""
    rules = Rules(Float64())

    def holds(values: dict[str, Any]) -> bool | Diagnostic:
        run = forward(circuit, values, rules)
        problem = run.failed.get(circuit.output)
        return problem if problem is not None else bool(run.values[circuit.output])

    return holds


def _holding(block: Block, holds: Condition, reject: Reject) -> list[int]:
    kept = []
    for at in range(len(block)):
        answer = holds(block.values(at))
        if isinstance(answer, Diagnostic):
            place = block.place(at)
            reject(BadRow(place, replace(answer, message=f"{place}: {answer.message}")))
        elif answer:
            kept.append(at)
    return kept


def _weighted(block: Block, name: str, reject: Reject) -> Block:
    weights = block.columns[name]
    negative = [at for at in range(len(block)) if weights[at] < 0]
    for at in negative:
        reject(bad_cell(block.place(at), name, str(weights[at]), "data.weight", "a weight must be 0 or more"))
    kept = kept_of(block, [at for at in range(len(block)) if not weights[at] < 0]) if negative else block
    return replace(kept, weights=kept.columns[name])


def kept_of(block: Block, kept: Sequence[int]) -> Block:
    """The block with these of its rows."""
    columns = {name: [column[at] for at in kept] for name, column in block.columns.items()}
    lines = None if block.lines is None else [block.lines[at] for at in kept]
    return replace(block, columns=columns, rows=[block.rows[at] for at in kept], lines=lines)
