"""Formulas that name gradients answered beside them, as one writes backpropagation by stages: ``ds = 2*s; dx = ds*y``.

A gradient named in a formula is the student's own answer to it. It must stand nearer to the output, so that nothing is
explained by itself. This module does not know whether an answer is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from backprop_cli.circuit import CONSTANT, INPUT, Circuit, CircuitBuilder
from backprop_cli.engine.derivative import derivative
from backprop_cli.grading.formulas.quantity_function import known_names
from backprop_cli.grading.names import Asked, Names
from backprop_cli.problems import Diagnostic, Refused, Source, Span


def gradients_named(names: Names, asked: Asked, formula: Circuit) -> dict[str, Asked]:
    """The gradients that a formula for ``asked`` names. Raises ``Refused`` for one that may not stand there."""
    known, found = known_names(names.circuit), dict[str, Asked]()
    for name, node in formula.inputs.items():
        meant = None if name in known else names.read(name)
        if meant is None or meant.is_value:
            continue
        if not is_before(names.circuit, meant, asked):
            what = f"cannot use {spoken(names, name, meant)}, which is not known before it on the way back"
            message = f"a formula for {names.label(asked)} {what}"
            raise Refused(Diagnostic("answer.name", message).at(formula.source, formula.spans[node]))
        found[name] = meant
    return found


def spoken(names: Names, name: str, meant: Asked) -> str:
    """A gradient as it was named, ``ds`` or ``df/ds``, which a formula has as one name; of a component its array's."""
    return (names.label(meant) if "_" in name else name).partition("[")[0]


def is_before(circuit: Circuit, one: Asked, asked: Asked) -> bool:
    """Whether a derivative is known when another is to be found: it is that of a part of the way.

    ∂f/∂s and ∂s/∂x come before ∂f/∂x where s is a stage; what feeds the circuit is found last.
    """
    if one == asked or one.by is None or asked.by is None:
        return False
    behind = one.by == asked.by or circuit.nodes[one.by].op not in (INPUT, CONSTANT)
    return behind and one.of <= asked.of and one.by >= asked.by


def true_gradient(circuit: Circuit, asked: Asked) -> Circuit:
    """A derivative as a formula. Raises ``Refused`` where a gate on the way has no gradient at all."""
    assert asked.by is not None
    source = Source("gradient", f"∂{circuit.names[asked.of]}/∂{circuit.names[asked.by]}")
    return replace(derivative(circuit, asked.by, asked.of), source=source)


def with_gradients(formula: Circuit, gradients: Mapping[str, Circuit]) -> Circuit:
    """The formula with circuits in place of the gradients that it names."""
    builder, start = CircuitBuilder(), Span(0, 0)
    circuits = {name: _written(builder, one, {}, start) for name, one in gradients.items()}
    root = _written(builder, formula, circuits, start)
    # Of each gradient's text as much as tells it from others: written out, forks would double it stage by stage.
    where = "; ".join(f"{name} = {sha256(one.source.text.encode()).hexdigest()}" for name, one in gradients.items())
    source = Source(formula.source.name, f"{formula.source.text}; {where}")
    return builder.finish(source, root)[0]


def _written(builder: CircuitBuilder, circuit: Circuit, known: Mapping[str, int], span: Span) -> int:
    """The node of a circuit's output, made in the builder."""
    made: list[int] = []
    for node in circuit.nodes:
        if node.op == INPUT:
            made.append(known[node.text] if node.text in known else builder.input(node.text, span))
        elif node.op == CONSTANT:
            made.append(builder.constant(node.text, span))
        else:
            made.append(builder.gate(node.op, tuple(made[i] for i in node.inputs), span, node.statics))
    return made[circuit.output]
