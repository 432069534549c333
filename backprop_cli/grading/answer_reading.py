"""An answer's text as what it is, a number as typed or a formula: our own reader reads it, and nothing evaluates it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cache

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.circuit import Circuit
from backprop_cli.engine.forward import forward, refuse_without_output
from backprop_cli.engine.rules import Rules
from backprop_cli.gates import callable_names
from backprop_cli.grading.handwriting import (
    as_named,
    is_condition,
    plainly,
    says_no_value,
    several,
    sides,
    with_gradients_named,
    with_powers,
    with_products,
)
from backprop_cli.grading.tolerance import Typed, typed_decimal
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.reading import read
from backprop_cli.reading.latex_words import is_latex
from backprop_cli.reading.writing import write

_NOT_NUMBERS = frozenset({"nan", "inf", "infinity", "∞", "none"})
_TITLE = re.compile(
    r"[^\W\d]\w*|[d∂]\w+\s*/\s*[d∂]\w+|\w+\.grad|\\[dt]?frac\s*\{[^{}]*\}\s*\{[^{}]*\}"
)  # dx = …, df/dx = …, in LaTeX, too

CircuitOf = Callable[[str, Collection[str]], Circuit]
"""Reads the text of a formula, given the names of the question."""


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """What an answer says: a number (``typed``), or a formula with names in it (``formula``), or why it says nothing.

    ``absent``: that there is no value or no gradient. ``sides`` are those of ``x + y = 3``, each with a reading of its
    own. ``condition``: a comparison, whose number is no answer where a number is asked for. ``read_as`` is the same in
    the calculator's notation where it was in LaTeX. Else it was left open.
    """

    text: str
    typed: Typed | None = None
    formula: Circuit | None = None
    problem: Diagnostic | None = None
    absent: bool = False
    condition: bool = False
    sides: tuple[AnswerReading, ...] = ()
    read_as: str = ""

    @property
    def open(self) -> bool:
        """Whether there is no answer."""
        said = self.typed is not None or self.formula is not None or self.problem is not None
        return not (said or self.absent or self.sides)

    @property
    def names_any(self) -> bool:
        """Whether there is a formula in it, with names."""
        return self.formula is not None or (bool(self.sides) and any(one.formula is not None for one in self.sides))

    @property
    def all(self) -> tuple[AnswerReading, ...]:
        """The readings of its sides, or this one."""
        return self.sides or (self,)


def bound_names(circuit: Circuit) -> frozenset[str]:
    """The question's own names, of variables and stages: ``e`` among them is no constant in an answer."""
    return frozenset([*circuit.inputs, *(stage.name for stage in circuit.stages)])


def stage_names(circuit: Circuit) -> frozenset[str]:
    """The names of stages: ``ds`` in an answer is the gradient of one, also where d is a variable."""
    return frozenset(stage.name for stage in circuit.stages)


def read_answer(
    text: str, names: Collection[str], circuit_of: CircuitOf | None = None, stages: Collection[str] = ()
) -> AnswerReading:
    """Read an answer; ``names`` are the question's own (``bound_names``), ``circuit_of`` reads its formulas.

    For ``stages`` see ``stage_names``.
    """
    text = plainly(text)
    problem = several(text)
    if problem is not None:
        return AnswerReading(text, problem=problem)
    parts = without_title(sides(text))
    found = [_read_side(part, names, circuit_of or constant_or_formula, stages) for part in parts]
    if len(found) == 1:
        return found[0]
    problem = next((one.problem for one in found if one.problem is not None), None)
    if problem is None and any(one.open or one.absent for one in found):
        problem = Diagnostic("answer.sides", "nothing stands on one side of =")
    return AnswerReading(text, problem=problem, sides=tuple(found) if problem is None else ())


def without_title(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The sides of an answer without the name of what is answered: ``dx`` of ``dx = x + y = 3``."""
    return parts[1:] if len(parts) > 1 and _TITLE.fullmatch(parts[0]) else parts


def _read_side(text: str, names: Collection[str], circuit_of: CircuitOf, stages: Collection[str]) -> AnswerReading:
    if not text:
        return AnswerReading(text)
    decimal = typed_decimal(text)
    if decimal is not None:
        return AnswerReading(text, decimal)
    if says_no_value(text):
        return AnswerReading(text, absent=True)
    problem = several(text)
    if text.lower().lstrip("+-") in _NOT_NUMBERS:
        problem = Diagnostic("answer.finite", "not a number; an answer is a finite number or a formula")
    if problem is not None:
        return AnswerReading(text, problem=problem)
    try:
        text = in_our_notation(text, names, stages)
        circuit = circuit_of(text, names)
        read_as = write(circuit) if is_latex(text) else ""
        typed = None if circuit.inputs else Typed(_value(circuit))
        formula, condition = circuit if circuit.inputs else None, is_condition(read_as or text)
        return AnswerReading(text, typed, formula, condition=condition, read_as=read_as)
    except Refused as refused:
        return AnswerReading(text, problem=_without_advice(refused.problems[0]))


def in_our_notation(text: str, names: Collection[str], stages: Collection[str] = ()) -> str:
    """The text in the notation of our own reader, and with the question's names as they are there."""
    known = _meaningful()
    text = with_powers(text, names, known) if not is_latex(text) else text
    return with_products(with_gradients_named(as_named(text, names, known), names), names, known, stages)


@cache
def _meaningful() -> frozenset[str]:
    """The names that mean something to the reader itself."""
    return frozenset([*callable_names(), "pi", "e", "and", "or", "not", "if", "else"])


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
