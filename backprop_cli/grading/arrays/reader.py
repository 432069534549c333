"""A formula in an answer to a question about arrays: read in the notation of arrays, and written out as numbers.

What comes out is a circuit over the components' names, ``W[0,1]``, as the question written out has them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import numpy as np

from backprop_cli import limits
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.array_calculation import Prepared
from backprop_cli.circuit import Circuit, pruned
from backprop_cli.engine.shapes import Shaped, shaped
from backprop_cli.engine.vectorised import ArrayProgram, run_forward
from backprop_cli.engine.written_out import TooLargeError, WrittenOut, written_out
from backprop_cli.gates.array_row import Shape
from backprop_cli.gates.array_shapes import shown
from backprop_cli.gates.array_table import ARRAY_GATES
from backprop_cli.grading.answer_reading import in_our_notation, stage_names
from backprop_cli.grading.names import Names
from backprop_cli.nearest import meant
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.reading import read


class ElementReader:
    """Reads a text that says one number, in the names of one question."""

    def __init__(self, ready: Prepared, upstream: Sequence[str] = ()) -> None:
        self._ready = ready
        self._upstream = upstream[0].partition("[")[0] if upstream else "upstream"
        self._arriving = re.compile(rf"\bd{re.escape(ready.circuit.output_name)}\b(?![\w(])" if upstream else r"(?!)")

    @cached_property
    def _names(self) -> Names:
        return Names(self._ready.circuit)

    @cached_property
    def _known(self) -> Mapping[str, int]:
        circuit = self._ready.circuit
        return circuit.inputs | {stage.name: stage.node for stage in circuit.stages}

    def __call__(self, text: str, names: Collection[str]) -> Circuit:
        """The circuit of a text, without arrays. Raises ``Refused`` if it cannot be read, or says an array."""
        circuit = self._read(text)
        if not self._has_arrays(circuit):
            return circuit
        ready = self._shaped(circuit)
        if ready.output:
            message = f"one number is asked for, and this is {shown(ready.output)}"
            raise Refused(Diagnostic("answer.shape", message).at(circuit.source, circuit.spans[circuit.output]))
        return pruned(self._written(ready, circuit).circuit)

    def whole(self, text: str) -> tuple[Circuit, list[int]]:
        """A formula for an array written out: the circuit, and the node of each component, row by row.

        Raises ``Refused`` as a call does.
        """
        circuit = self._read(text)
        made = self._written(self._shaped(circuit), circuit)
        return made.circuit, made.cells[circuit.output].ravel().tolist()

    def _written(self, ready: Shaped, circuit: Circuit) -> WrittenOut:
        try:
            return written_out(run_forward(ArrayProgram(ready), self._values(circuit)))
        except TooLargeError as error:
            message = f"written out, the formula is too large: {error}"
            raise Refused(Diagnostic("limit.formula", message)) from None

    def shape(self, text: str) -> Shape:
        """The shape of what a text says. Raises ``Refused`` if it cannot be read, or its own shapes do not fit."""
        circuit = self._read(text)
        return self._shaped(circuit).output if self._has_arrays(circuit) else ()

    def _read(self, text: str) -> Circuit:
        text = self._arriving.sub(self._upstream, in_our_notation(text, self._known, stage_names(self._ready.circuit)))
        circuit = read(text, bound=frozenset(self._known), name="answer", arrays=True)
        for name, node in circuit.inputs.items():
            if self._shape(name) is None:
                hint = meant(name, self._known, f"the names here are {', '.join(list(self._known)[:6])}")
                message = f"{name} is no name of this expression"
                raise Refused(Diagnostic("answer.name", message, hint).at(circuit.source, circuit.spans[node]))
        if len(circuit.nodes) > limits.FORMULA_WORK:
            raise Refused(Diagnostic("limit.formula", "the formula is too large"))
        return circuit

    def _shape(self, name: str) -> Shape | None:
        """The shape of a variable, of a stage, or of the gradient of one; None for another name."""
        shapes, node = self._ready.run.program.shaped.shapes, self._known.get(name)
        if node is not None:
            return shapes[node]
        if self._ready.upstream is not None and name == self._upstream:
            return shapes[self._ready.circuit.output]
        asked = self._names.read(name)
        arriving = self._ready.upstream is not None and asked is not None and asked.of == self._ready.circuit.output
        if asked is None or asked.by is None or (shapes[asked.of] and not arriving):
            return None
        return shapes[asked.by]

    def _shapes(self, circuit: Circuit) -> dict[str, Shape]:
        return {name: self._shape(name) or () for name in circuit.inputs}

    def _has_arrays(self, circuit: Circuit) -> bool:
        gates = circuit.nodes[circuit.first_gate :]
        return any(self._shapes(circuit).values()) or any(node.op in ARRAY_GATES for node in gates)

    def _shaped(self, circuit: Circuit) -> Shaped:
        ready = shaped(circuit, self._shapes(circuit))
        if sum(map(ready.count, range(len(circuit.nodes)))) > limits.FORMULA_ELEMENTS:
            raise Refused(Diagnostic("limit.formula", "the arrays of the formula are too large"))
        return ready

    def _values(self, circuit: Circuit) -> dict[str, Number]:
        """The values at the question's point; of gradients, which decide nothing about the circuit, ones."""
        own = {name: self._known.get(name) for name in circuit.inputs}
        shapes = self._shapes(circuit)
        return {name: np.ones(shapes[name]) if at is None else self._ready.run.values[at] for name, at in own.items()}
