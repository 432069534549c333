"""The steps of an exercise as lines of text, for the formats that set them as they are."""

from __future__ import annotations

from backprop_cli.render.arrays import steps as array_steps
from backprop_cli.render.safe_text import visible
from backprop_cli.render.steps import render
from backprop_cli.report.report import Report
from backprop_cli.report.step_by_step import steps
from backprop_cli.worksheet.exercises import Exercise


def lines(exercise: Exercise) -> str:
    """Forward and backward; nothing where there is no point to go through the circuit at."""
    report = None if exercise.pointless else exercise.worked()
    sums = "".join(f"{visible(line)}\n" for line in exercise.sums)
    if report is None:
        return sums
    worked = render(steps(report)) if isinstance(report, Report) else array_steps.render(report)
    return f"{worked}\n{sums}" if sums else worked
