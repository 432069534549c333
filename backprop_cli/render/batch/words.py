"""What every format says of a batch: how many rows, which were left out, which stand on a kink."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.render.safe_text import visible
from backprop_cli.rows.batch_report import BatchReport, Nested

KINDS = {"mean": "mean", "sum": "sum", "none": ""}


def rows_of(count: int) -> str:
    """``1 row``, ``1,000 rows``."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def basis(report: BatchReport) -> str:
    """What the numbers are over: ``mean over 200 rows of points.csv, weighted by k``."""
    first, *rest = (visible(name) for name in report.files)
    source = first + (f" and {len(rest)} more file{'' if len(rest) == 1 else 's'}" if rest else "")
    weighted = f", weighted by {report.weights}" if report.weights else ""
    return f"{KINDS[report.reduce]} over {rows_of(report.rows)} of {source}{weighted}"


def agreement(report: BatchReport) -> str:
    """What the check says, in one sentence."""
    if report.check == "none":
        return "not checked"
    if report.ok is None:
        return "no row of the sample could be checked"
    if not report.ok:
        return f"of {rows_of(report.checked_rows)} some gradients are wrong by the check"
    return f"{rows_of(report.checked_rows)} checked by power series, and their mean along one direction"


def remarks(report: BatchReport) -> Iterator[str]:
    """Sentences below the numbers."""
    if report.skipped:
        yield f"{rows_of(report.skipped)} left out"
    if report.kink_rows:
        yield f"{rows_of(report.kink_rows)} {'stands' if report.kink_rows == 1 else 'stand'} on a kink"
    for kink in report.kinks:
        convention = f" ({kink.convention})" if kink.convention else ""
        yield f"{visible(kink.typed)}: {rows_of(kink.rows)} on the kink of {kink.gate}{convention}"


def elements(name: str, nested: Nested) -> Iterator[tuple[str, float | None]]:
    """Each number of a parameter by its name: ``w``, or ``W[0,1]``."""
    if not isinstance(nested, list):
        yield name, nested
        return
    for place, one in _leaves(nested, ()):
        yield f"{name}[{','.join(map(str, place))}]", one


def _leaves(nested: Nested, before: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], float | None]]:
    for at, one in enumerate(nested):
        if isinstance(one, list):
            yield from _leaves(one, (*before, at))
        else:
            yield (*before, at), one
