"""A descent in sentences: how far it went, how, and why it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backprop_cli.descent.descent_report import DescentReport
from backprop_cli.render import sentences
from backprop_cli.report.report import Report

if TYPE_CHECKING:
    from backprop_cli.report.array_report import ArrayReport


def count(report: DescentReport) -> str:
    """How many steps were made."""
    return "1 step" if report.steps == 1 else f"{report.steps:,} steps"


def manner(report: DescentReport) -> str:
    """The optimizer with its numbers: ``sgd, lr 0.1``."""
    recipe = report.recipe
    parts = [recipe.optimizer.name, f"lr {recipe.first_rate:g}"]
    parts += [f"{name} {value:g}" for name, value in recipe.chosen.items()]
    parts += [f"decay {recipe.decay:g}"] if recipe.decay else []
    return ", ".join([*parts, *(["uphill"] if recipe.maximize else [])])


def agreement(report: DescentReport) -> str:
    """The check of the last point's gradient in one sentence."""
    checked = report.checked
    if checked is None:
        return "the last gradient is not checked (--no-check)"
    if checked.report is not None:
        return f"at the last point, {_agreement(checked.report)}"
    if checked.ok is None:
        return "at the last point, no row could be checked"
    if checked.wrong:
        return f"at the last point, {checked.wrong[0]}"
    rows = "1 row" if checked.rows == 1 else f"{checked.rows:,} rows"
    return f"at the last point, {rows} checked by power series, and their mean along one direction"


def kinks(report: DescentReport) -> list[str]:
    """The one-sided slopes where the last point stands on a kink."""
    found = report.checked.report if report.checked is not None else None
    if found is None or isinstance(found, Report):
        return [] if found is None else sentences.kinks(found)
    from backprop_cli.render.arrays import words

    return words.kinks(found)


def data(report: DescentReport) -> str:
    """How many rows of data the output is the mean of; nothing where there are none."""
    return f"the mean over {report.rows:,} row{'s' * (report.rows > 1)}" if report.rows else ""


def _agreement(checked: Report | ArrayReport) -> str:
    if isinstance(checked, Report):
        return sentences.agreement(checked)
    from backprop_cli.render.arrays import words

    return words.agreement(checked)
