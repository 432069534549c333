"""Which of the rows take part, and with what weight: ``--where``, ``--weights``, ``--limit``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.circuit import Circuit
from backprop_cli.engine.forward import forward
from backprop_cli.engine.rules import Rules
from backprop_cli.nearest import meant
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.reading import read
from backprop_cli.rows.rejects import Reject, Rejects
from backprop_cli.rows.row_records import SMALL_ROWS, BadRow, Block, bad_cell
from backprop_cli.rows.task import Task

if TYPE_CHECKING:
    from backprop_cli.rows.block_engine import ManyAt


@dataclass(frozen=True)
class Selection:
    """A condition over the columns, the column of the weights, and how many rows at most; None: all rows alike."""

    where: Circuit | None = None
    weights: str | None = None
    limit: int | None = None

    def enough(self, reject: Reject) -> int | None:
        """How many rows are read where each one counts; None where some may be left out."""
        leaves_out = self.where is not None or (isinstance(reject, Rejects) and reject.skip)
        return None if leaves_out else self.limit

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that it needs."""
        own = tuple(self.where.inputs) if self.where is not None else ()
        return own if self.weights is None else (*own, self.weights)


def selection(where: str | None, weights: str | None, limit: int | None, columns: Sequence[str]) -> Selection:
    """The selection of these options over these columns. Raises ``Refused`` for a name that is no column."""
    condition = None if where is None else read(where, bound=columns, name="--where")
    if condition is not None:
        for stage in condition.stages:
            problem = Diagnostic(
                "data.where", f"--where gives {stage.name} a value", "a comparison has two signs: t == 1"
            )
            raise Refused(problem.at(condition.source, stage.span))
        for name, node in condition.inputs.items():
            if name not in columns:
                problem = _no_column("--where", name, columns)
                raise Refused(problem.at(condition.source, condition.spans[node]))
    if weights is not None and weights not in columns:
        raise Refused(_no_column("--weights", weights, columns))
    return Selection(condition, weights, limit)


def _no_column(option: str, name: str, columns: Sequence[str]) -> Diagnostic:
    named = [column for column in columns[:1_000] if column]
    hint = meant(name, named, f"the columns are {', '.join(named[:12])}")
    return Diagnostic("data.column", f"{option} names {name}, which is no column", hint)


def selected(blocks: Iterable[Block], chosen: Selection, reject: Reject) -> Iterator[Block]:
    """Of each block the rows that take part."""
    left = chosen.limit
    where = None if chosen.where is None else Condition(chosen.where)
    for number, block in enumerate(blocks):
        if number == 0:
            _numbers_only(block, chosen.names)
        kept = block if where is None else block.kept(where.holding(block, reject))
        if chosen.weights is not None:
            kept = _weighted(kept, chosen.weights, reject)
        if left is not None:
            kept = kept if len(kept) <= left else kept.kept(range(left))
            left -= len(kept)
        if len(kept):
            yield kept
        if left == 0:
            return


def _numbers_only(block: Block, names: Sequence[str]) -> None:
    """Refuse a column of lists where a number is needed."""
    example = block.example()
    for name in names:
        if isinstance(example[name], list):
            raise Refused(Diagnostic("data.shape", f"{name} has a list in every row, and a number is needed here"))


class Condition:
    """A circuit over columns as a condition: many rows at once, or one at a time where they are few or it must be."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit, self.rules = circuit, Rules(Float64())

    def holding(self, block: Block, reject: Reject) -> Sequence[int]:
        """The positions of the rows for which it holds."""
        if len(block) > SMALL_ROWS:
            found = self._many_at_once(block)
            if found is not None:
                return found
        kept = []
        for at, row in enumerate(block.plain().each()):
            run = forward(self.circuit, row, self.rules)
            problem = run.failed.get(self.circuit.output)
            if problem is not None:
                place = block.place(at)
                reject(BadRow(place, replace(problem, message=f"{place}: {problem.message}")))
            elif run.values[self.circuit.output]:
                kept.append(at)
        return kept

    def _many_at_once(self, block: Block) -> Sequence[int] | None:
        if self._many is None:
            return None
        holding = self._many.made(block, lambda found: found.numbers[0].tolist())
        return None if holding is None else [at for at, holds in enumerate(holding) if holds]

    @cached_property
    def _many(self) -> ManyAt | None:
        from backprop_cli.rows.block_engine import many_at

        return many_at(Task(self.circuit, tuple(self.circuit.inputs), {}, ()), {})


def _weighted(block: Block, name: str, reject: Reject) -> Block:
    weights = block.columns[name]
    negative = [] if min(weights, default=0) >= 0 else [at for at in range(len(block)) if weights[at] < 0]
    for at in negative:
        reject(bad_cell(block.place(at), name, str(weights[at]), "data.weight", "a weight must be 0 or more"))
    kept = block.kept([at for at in range(len(block)) if not weights[at] < 0]) if negative else block
    return replace(kept, weights=kept.columns[name])
