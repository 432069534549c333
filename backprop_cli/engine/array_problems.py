"""What is said where elements of an array have no value or no slope: the need, and the first element by place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from backprop_cli.circuit import CONSTANT
from backprop_cli.engine.shapes import Shaped
from backprop_cli.gates import GATES
from backprop_cli.gates.array_row import NEW_AXIS, WIRE
from backprop_cli.problems import MORE_RANGE, Diagnostic
from backprop_cli.reading.own_notation import held

_TYPED = 24


def first_place(mask: Any) -> tuple[int, ...]:
    """The indices of the first element that is marked."""
    return tuple(int(one) for one in np.argwhere(mask)[0])


def place(name: str, indices: Sequence[int]) -> str:
    """An element by its name: ``z[0, 3]``; a number has no place."""
    return f"{name}[{', '.join(map(str, indices))}]" if indices else name


def counted(name: str, mask: Any) -> str:
    """The first element that is marked, and how many more: ``z[0, 3] and 2 more``."""
    count = int(np.count_nonzero(mask))
    first = place(name, first_place(mask))
    return first if count == 1 else f"{first} and {count - 1:,} more"


def operand(shaped: Shaped, index: int) -> str:
    """What a node is called in a sentence: its name, or its text in parentheses."""
    circuit = shaped.circuit
    named = index in {stage.node for stage in circuit.stages} or not circuit.nodes[index].is_gate
    text = circuit.names[index] if named else circuit.typed(index, _TYPED)
    return held(text)


def elements(shaped: Shaped, index: int, inputs: Sequence[Any], where: tuple[int, ...]) -> str:
    """The elements that a gate met at a place of its output: ``x[2] is -1.0``."""
    shape = shaped.shapes[index]
    said = []
    for source, value in zip(shaped.circuit.nodes[index].inputs, inputs, strict=True):
        if shaped.circuit.nodes[source].op == CONSTANT:
            continue
        own = shaped.shapes[source]
        at = where[len(shape) - len(own) :] if own else ()
        at = tuple(0 if size == 1 else one for one, size in zip(at, own, strict=True))
        said.append(f"{place(operand(shaped, source), at)} is {float(np.asarray(value)[at])!r}")
    return ", ".join(said)


def no_value(shaped: Shaped, index: int, inputs: Sequence[Any], missing: Any, outside: Any) -> Diagnostic:
    """Why elements of a gate have no value: outside its domain, or beyond the range of doubles."""
    circuit = shaped.circuit
    row = shaped.rows[index]
    if row is None:
        gate = GATES[circuit.nodes[index].op]
        beyond = missing & outside
        if beyond.any():
            need = re.sub(r"\bx\b", "its argument", gate.need) if len(gate.params) == 1 else gate.need
            met = elements(shaped, index, inputs, first_place(beyond)) + _more(beyond)
            problem = Diagnostic(f"domain.{gate.name}", f"{gate.name} needs {need}: {met}")
        else:
            met = elements(shaped, index, inputs, first_place(missing)) + _more(missing)
            problem = Diagnostic(f"overflow.{gate.name}", f"{gate.name} overflows a double: {met}", MORE_RANGE)
    elif row.need:
        message = (
            f"{row.called} needs {row.need}: {operand(shaped, circuit.nodes[index].inputs[0])} has 0, to 16 digits"
        )
        problem = Diagnostic(f"domain.{row.name}", message)
    else:
        message = f"{row.called} overflows a double"
        problem = Diagnostic(f"overflow.{row.name}", message, MORE_RANGE)
    return problem.at(circuit.source, circuit.spans[index])


def _more(mask: Any) -> str:
    count = int(np.count_nonzero(mask))
    return f", and {count - 1:,} more" if count > 1 else ""


def whole_index(shaped: Shaped, index: int, wires: Sequence[Any]) -> Diagnostic | None:
    """What is wrong with the numbers that wires bring to an index, None if nothing is."""
    circuit, node = shaped.circuit, shaped.circuit.nodes[index]
    sizes = list(shaped.shapes[node.inputs[0]])
    rest = iter(zip(node.inputs[1:], wires, strict=True))
    for entry in shaped.told[index]["index"]:
        if entry == NEW_AXIS:
            continue
        size = sizes.pop(0)
        if entry != WIRE:
            continue
        source, value = next(rest)
        number, name = float(value), operand(shaped, source)
        message = ""
        if number != int(number):
            message = f"an index must be a whole number, and {name} is {number!r}"
        elif not -size <= number < size:
            message = f"there is no element {int(number)} on an axis of {size}, which counts from 0 to {size - 1}"
        if message:
            return Diagnostic("index.value", message).at(circuit.source, circuit.spans[index])
    return None
