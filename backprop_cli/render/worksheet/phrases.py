"""The words that are on every sheet, whatever its format, as plain text."""

from __future__ import annotations

from fractions import Fraction

from backprop_cli.render.graded.words import decimal
from backprop_cli.worksheet.exercises import Exercise, Worksheet

NAME, SOLUTIONS, STEPS = "Name", "Solutions", "Step by step"
CIRCUIT, SOLVED = "The circuit, to be filled in", "The circuit with its values and gradients"
COLUMNS, ANSWERED = ("name", "what it is", "your answer"), ("name", "what it is", "right answer")
_FILL_IN = "Fill in the circuit, values forward and gradients backward. Then answer what is asked for."
_FORMULAS = "Find these as formulas."
_WORK_OUT = "Work out what is asked for."
_NONE = "(not known)"


def title(sheet: Worksheet) -> str:
    """The title of a sheet."""
    return sheet.title or "Backpropagation"


def points(number: Fraction) -> str:
    """``1 point``, ``2.5 points``."""
    return f"{decimal(number, 2)} point{'' if number == 1 else 's'}"


def heading(number: int, exercise: Exercise) -> str:
    """``1. The chain rule (5 points)``; without a title the problem's id is there."""
    return f"{number}. {exercise.title or exercise.id} ({points(exercise.points)})"


def task(exercise: Exercise, *, drawn: bool) -> list[str]:
    """What is to be done: the teacher's words, paragraph by paragraph, or ours; then how to answer.

    ``drawn`` says whether there is a circuit to fill in.
    """
    own = [" ".join(part.split()) for part in exercise.text.split("\n\n") if part.strip()]
    manner = _manner(exercise)
    ours = _FORMULAS if exercise.pointless else _FILL_IN if drawn and not exercise.sums else _WORK_OUT
    return [*(own or [ours]), *([manner] if manner else [])]


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def point(exercise: Exercise) -> str:
    """``at x = -2, y = 5``, and what else is given; nothing where there is no point."""
    values = ", ".join(f"{name} = {value}" for name, value in exercise.at)
    return "; ".join(filter(None, (f"at {values}" if values else "", *exercise.given)))


def solution(answer: str) -> str:
    """A right answer, or the words for one that is not known."""
    return answer or _NONE


def _manner(exercise: Exercise) -> str:
    near = exercise.tolerance
    if exercise.accept == "formula" and not exercise.pointless:
        return "Answer with formulas."
    if near.sigfigs is not None:
        most = f" to {near.most_sigfigs}" if near.most_sigfigs is not None else ""
        return f"Give {near.sigfigs}{most} significant figure{'' if near.sigfigs == 1 and not most else 's'}."
    return "Give exact numbers, as 1/3." if near.exact else ""
