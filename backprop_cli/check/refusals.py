"""A refusal that rounding made: what the gate's inputs are exactly, and the answer that more digits give."""

from __future__ import annotations

from dataclasses import replace

from backprop_cli.arithmetic.ball_text import decimal
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.reference import Reference
from backprop_cli.check.sides import Here
from backprop_cli.engine.forward import Forward, in_words, lettered
from backprop_cli.engine.point import Point
from backprop_cli.problems import Diagnostic

_DIGITS = 20


def explained(run: Forward, point: Point) -> Diagnostic:
    """The refusal of a run with doubles whose output has no value, with what exact numbers say of it."""
    problem = run.failed[run.circuit.output]
    here = _exact(Reference(run, point))
    if here is None:
        return problem
    value = here.number(run.circuit.output)
    overflows = problem.code.startswith("overflow.")  # in which rounding has no part
    moved = "" if overflows else _moved(run, here, _gate(run, problem))
    message = problem.message + (f"; rounding put it there: exactly {moved}" if moved else "")
    hint = f"with more digits the value is {_text(value)}: --digits {_DIGITS} answers"
    return replace(problem, message=message, hint=hint)


def _exact(reference: Reference) -> Here | None:
    """The circuit in balls, if its output has a value there."""
    for bits in reference.ladder():
        here = reference.here(bits)
        if here.number(here.circuit.output) is not None:
            return here
    return None


def _gate(run: Forward, problem: Diagnostic) -> int:
    """The gate that was refused first."""
    return next(index for index in sorted(run.failed) if run.failed[index] is problem)


def _moved(run: Forward, here: Here, gate: int) -> str:
    """The gate's inputs that are other numbers exactly, as ``x = 4.2e-18``, named as the refusal names them."""
    node = run.circuit.nodes[gate]
    if not node.is_gate:
        return ""
    letters = lettered(run.arithmetic, run.rules[node.op], run.inputs(gate))
    names = letters if len(letters) == 1 else [in_words(run.circuit, gate, letter, letters)[0] for letter in letters]
    pairs = zip(names, node.inputs, run.inputs(gate), strict=True)
    exact = ((name, here.number(source), given) for name, source, given in pairs)
    return ", ".join(
        f"{name} = {_text(number)}"
        for name, number, given in exact
        if number is not None and given is not None and _text(number) != _text(run.arithmetic.enclosed(given, 64))
    )


def _text(number: Number) -> str:
    """A number to 20 digits, without the zeros that say nothing."""
    digits, power, exponent = decimal(number, _DIGITS).partition("e")
    return (digits.rstrip("0").removesuffix(".") if "." in digits else digits) + power + exponent
