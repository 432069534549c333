"""A sheet as plain data: the only thing that its formats read. What is blank on it stands here, with its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from backprop_cli.grading.levels import Accept
from backprop_cli.grading.tolerance import Tolerance
from backprop_cli.report.array_report import ArrayReport
from backprop_cli.report.report import Report


@dataclass(frozen=True, slots=True)
class Blank:
    """One quantity that is asked for: its name, what it is (``∂f/∂x``, ``the value of q``), and the right answer.

    ``note`` says what whoever marks by hand should know; ``given`` is the answer as a student would hand it in.
    """

    name: str
    meaning: str
    answer: str
    given: str
    note: str = ""


@dataclass(frozen=True)
class Exercise:
    """One problem at one point. ``at`` are the values of the variables, none where formulas are asked for.

    ``given`` is what else is given, in words. ``stages`` are the expression's statements, a name and a formula each.
    ``worked`` runs the circuit; None where there is nothing to draw. ``pointless``: it is run where nobody asks, so
    that no number of it is to be shown. ``sums`` say how answers come about that are neither values nor gradients.
    """

    id: str
    title: str
    text: str
    points: Fraction
    expression: str
    stages: tuple[tuple[str, str], ...]
    at: tuple[tuple[str, str], ...]
    given: tuple[str, ...]
    accept: Accept
    tolerance: Tolerance
    blanks: tuple[Blank, ...]
    worked: Callable[[], Report | ArrayReport | None]
    pointless: bool = False
    sums: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A student's sheet; ``student`` is empty where all have the same."""

    student: str
    title: str
    text: str
    points: Fraction
    exercises: tuple[Exercise, ...]
