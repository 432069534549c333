"""Where the rows of ``batch --reduce none`` go: standard output, or a file of the form that its ending names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from backprop_cli.problems import Diagnostic, Refused

if TYPE_CHECKING:
    from backprop_cli.rows.careful import Worked
    from backprop_cli.rows.task import Task

RowCounter = Callable[[int], None]


def print_rows(task: Task, found: Iterable[Worked], step: RowCounter, *, json: bool, quiet: bool) -> None:
    """Every row as a line of CSV, of JSON, or of bare gradients."""
    from backprop_cli.render.batch.lines import RowLines

    form = RowLines(task, json=json, quiet=quiet)
    sys.stdout.write(form.head())
    for one in found:
        sys.stdout.write(form.piece(one))
        step(len(one.numbers))
    sys.stdout.flush()


def write_rows(task: Task, found: Iterable[Worked], step: RowCounter, path: str) -> None:
    """Every row into a file, which is there whole or not at all. Raises ``Refused``."""
    ending = Path(path).suffix.lower()
    if ending == ".parquet":
        _write_parquet(task, found, step, path)
    elif ending in (".csv", ".jsonl", ".ndjson"):
        _write_lines(task, found, step, path, json=ending != ".csv")
    else:
        raise Refused(
            Diagnostic("output.form", f"{path} has no ending that is known here", "as .csv, .jsonl, .parquet")
        )


def _write_lines(task: Task, found: Iterable[Worked], step: RowCounter, path: str, *, json: bool) -> None:
    from backprop_cli.cli.output import growing
    from backprop_cli.render.batch.lines import RowLines

    form = RowLines(task, json=json)
    with growing(path) as file:
        file.write(form.head())
        for one in found:
            file.write(form.piece(one))
            step(len(one.numbers))


def _write_parquet(task: Task, found: Iterable[Worked], step: RowCounter, path: str) -> None:
    from backprop_cli.rows.extras import needs_pyarrow

    needs_pyarrow("output.form", f"{path} is written", "pip install 'backprop-cli[data]', or write a .csv file")
    from backprop_cli.cli.output import growing_file
    from backprop_cli.render.batch.parquet import ParquetRows

    with growing_file(path) as beside, ParquetRows(task, beside) as rows:
        for one in found:
            rows.add(one)
            step(len(one.numbers))
