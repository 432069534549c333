"""An answer's text as what it is, a number as typed or a formula: our own reader reads it, and nothing evaluates it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from backprop_cli.arithmetic.base import Number
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.circuit import Circuit
from backprop_cli.engine.forward import forward, refuse_without_output
from backprop_cli.engine.rules import Rules
from backprop_cli.grading.tolerance import Typed, typed_decimal
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.reading import read

_SEVERAL = re.compile(r"[,;]\s*[^\W\d][\w/.∂]*\s*=(?!=)")
_NOT_NUMBERS = frozenset({"nan", "inf", "infinity", "∞", "undefined", "none"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer says: a number (``typed``), or a formula with names in it (``formula``), or why it says nothing.

    All None: it was left open.
    """

    text: str
    typed: Typed | None = None
    formula: Circuit | None = None
    problem: Diagnostic | None = None

    @property
    def open(self) -> bool:
        """Whether there is no answer."""
        return self.typed is None and self.formula is None and self.problem is None


def bound_names(circuit: Circuit) -> frozenset[str]:
    """The question's own names, of variables and stages: ``e`` among them is no constant in an answer."""
    return frozenset([*circuit.inputs, *(stage.name for stage in circuit.stages)])


def read_answer(text: str, names: Collection[str]) -> Reading:
    """Read an answer; ``names`` are the question's own (``bound_names``)."""
    text = text.strip().replace("−", "-")  # in an exponent it would be read as a difference
    if not text:
        return Reading(text)
    decimal = typed_decimal(text)
    if decimal is not None:
        return Reading(text, decimal)
    if text.lower().lstrip("+-") in _NOT_NUMBERS:
        return Reading(
            text, problem=Diagnostic("answer.finite", "not a number; an answer is a finite number or a formula")
        )
    if _SEVERAL.search(text):
        hint = "give each its own: -a dx=-4 -a dy=3, or a line for each in a file"
        return Reading(text, problem=Diagnostic("answer.several", "several answers in one", hint))
    try:
        circuit = constant_or_formula(text, names)
        return Reading(text, formula=circuit) if circuit.inputs else Reading(text, Typed(_value(circuit)))
    except Refused as refused:
        return Reading(text, problem=_without_advice(refused.problems[0]))


def _without_advice(problem: Diagnostic) -> Diagnostic:
    """An answer has no options: what helps a calculation is no advice here."""
    return replace(problem, hint="") if problem.code.startswith(("overflow.", "limit.")) else problem


def constant_or_formula(text: str, names: Collection[str]) -> Circuit:
    """The circuit of an answer's text. Raises ``Refused`` if it cannot be read."""
    return read(text, bound=names, name="answer")


def _value(circuit: Circuit) -> float:
    run = forward(circuit, {}, Rules(Float64()))
    refuse_without_output(run)
    return float(run.values[circuit.output])


def exact_number(text: str) -> Number:
    """A constant answer in exact arithmetic; 0.1 is 1/10. Raises ``Refused`` where there is no such number."""
    from backprop_cli.arithmetic.exact import ExactNumbers

    circuit = read(text, name="answer")
    run = forward(circuit, {}, Rules(ExactNumbers()))
    refuse_without_output(run)
    return run.values[circuit.output]
