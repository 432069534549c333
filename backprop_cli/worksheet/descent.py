"""Problems about steps of descent and rows of data on a sheet: what names mean, how answers come about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from backprop_cli import limits

if TYPE_CHECKING:
    from backprop_cli.grading.asking import AnyQuestion
    from backprop_cli.grading.descent.descent_names import DescentQuantity
    from backprop_cli.grading.descent.descent_question import DescentQuestion


def quantities(question: AnyQuestion) -> Mapping[str, str]:
    """What each name that is asked for means: ``∂L/∂w, the mean over the rows``, ``w after 2 steps``."""
    known = _descent(question)
    output, rows = known.goal.circuit.output_name, bool(known.goal.rows)
    return {ask.name: _meaning(known.quantities[ask.asked.of], output, rows=rows) for ask in known.asks}


def sums(question: AnyQuestion) -> tuple[str, ...]:
    """Each answer as the sum that it is: ``w after 1 step = (0.0) - 0.05*(-4.0) = 0.2``."""
    known = _descent(question)
    circuit = known.circuit
    found = []
    for ask in known.asks:
        text = circuit.typed(ask.asked.of, limits.LABEL_CHARACTERS).partition("=")[2].strip()
        number = f"({known.facts[ask.asked].value!r})"
        found.append(f"{ask.name} = {text}" + ("" if text == number else f" = {number[1:-1]}"))
    return tuple(found)


def _descent(question: AnyQuestion) -> DescentQuestion:
    from backprop_cli.grading.descent.descent_question import DescentQuestion

    assert isinstance(question, DescentQuestion)
    return question


def _meaning(meant: DescentQuantity, output: str, *, rows: bool) -> str:
    place = f" at {list(meant.place)}" if meant.place else ""
    what = f"∂{output}/∂{meant.gradient}" if meant.gradient else f"the value of {meant.moved or output}"
    over = (
        "" if meant.moved or not rows else ", the mean over the rows" if meant.row is None else f" in row {meant.row}"
    )
    after = f" after {meant.steps} step{'' if meant.steps == 1 else 's'}" if meant.steps else ""
    return f"{what}{place}{over}{after}"
