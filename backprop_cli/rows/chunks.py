"""Chunks of columns of any length, as a reader gives them → blocks of a fixed number of rows of a file.

Where a block begins decides the last digit of a sum, so it never depends on how a reader came to its chunks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.rows.files import DataFile
from backprop_cli.rows.rejects import Reject
from backprop_cli.rows.row_records import BLOCK, BadRow, Block, RowPlace, Shapes, bad_cell

Chunk = dict[str, Any]
"""Columns by name, as arrays of doubles of one length."""


def regrouped(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The same rows in runs of a block's length; the last one may be shorter."""
    held: Chunk | None = None
    for chunk in chunks:
        whole = chunk if held is None else {name: np.concatenate([held[name], part]) for name, part in chunk.items()}
        count = len(next(iter(whole.values())))
        end = count - count % BLOCK
        for begin in range(0, end, BLOCK):
            yield _part(whole, begin, begin + BLOCK)
        held = _part(whole, end, count) if end < count else None
    if held is not None:
        yield held


def _part(chunk: Chunk, begin: int, end: int) -> Chunk:
    return {name: column[begin:end] for name, column in chunk.items()}


def blocks_of(
    file: DataFile, chunks: Iterable[Chunk], shapes: Shapes, reject: Reject, begin: int = 0
) -> Iterator[Block]:
    """Blocks of the usable rows; the first row of the chunks is that after ``begin``. Rows with a NaN are rejected."""
    for columns in regrouped(chunks):
        _one_shape(file, columns, shapes)
        count = len(next(iter(columns.values())))
        rows = range(begin + 1, begin + count + 1)
        begin += count
        block = Block(file.name, columns, rows)
        if not all(np.isfinite(column).all() for column in columns.values()):
            block = _usable(block, reject)
        if len(block):
            yield block


def _usable(block: Block, reject: Reject) -> Block:
    """The rows without a NaN or an infinity; ``reject`` is told of the others."""
    bad = {name: ~np.isfinite(column).reshape(len(block), -1).all(axis=1) for name, column in block.columns.items()}
    spoiled = np.logical_or.reduce(list(bad.values()))
    for at in np.flatnonzero(spoiled).tolist():
        reject(_bad(block, bad, at))
    return block.kept(np.flatnonzero(~spoiled).tolist())


def _one_shape(file: DataFile, columns: Chunk, shapes: Shapes) -> None:
    """Refuse a column whose rows have another shape than those of the first file."""
    for name, column in columns.items():
        own = list(column.shape[1:])
        if shapes.setdefault(name, own) != own:
            message = f"the shape of {name} in {file.name} is {tuple(own) or 'a number'}"
            raise Refused(
                Diagnostic("data.shape", f"{message}, and the first row's {tuple(shapes[name]) or 'a number'}")
            )


def _bad(block: Block, bad: dict[str, Any], at: int) -> BadRow:
    name = next(name for name, spoiled in bad.items() if spoiled[at])
    cell = block.columns[name][at]
    infinite = np.isinf(cell).any()
    code, says = ("data.large", f"{cell} is no finite number") if infinite else ("data.missing", "there is no value")
    return bad_cell(RowPlace(block.file, block.rows[at]), name, "" if not infinite else str(cell), code, says)
