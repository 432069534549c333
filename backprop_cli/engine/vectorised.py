"""An array circuit run by NumPy: the forward sweep in doubles, every gate on whole arrays.

Status flags of the processor say that an element left its domain or the range of doubles; only then is the gate looked
at element by element. An element without a value is NaN from there on, with the first problem noted; a ``where`` picks
per element and asks nothing of the branch that an element does not take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.circuit import CONSTANT
from backprop_cli.engine.array_problems import no_value, whole_index
from backprop_cli.engine.array_rules import ArrayRules, bound, raises_no_flag, value_of
from backprop_cli.engine.rules import CompiledGate, Rule
from backprop_cli.engine.shapes import Shaped
from backprop_cli.gates import Gate
from backprop_cli.gates.array_row import WIRE, ArrayGate
from backprop_cli.problems import Diagnostic, Refused

STRICT: dict[str, Any] = {"over": "raise", "invalid": "raise", "divide": "raise", "under": "ignore"}


@dataclass(frozen=True, slots=True)
class Bound:
    """One gate ready to run: its value, whether that must be looked at, and its kink as a rule over (inputs…, z).

    A gate of the scalar table has the rules of its local gradients, and their texts for each input.
    """

    value: Callable[..., Number]
    looked_at: bool
    kink: Rule | None
    compiled: CompiledGate | None
    row: ArrayGate | None
    slopes: tuple[Rule, ...] = ()
    texts: tuple[str, ...] = ()


class ArrayProgram:
    """A circuit with shapes, bound once and run as often as is asked for.

    ``flagged``: whatever goes wrong in a sweep raises a status flag, so that results need no look.
    """

    def __init__(self, shaped: Shaped) -> None:
        self.shaped, self.circuit = shaped, shaped.circuit
        self.rules = ArrayRules()
        self.pullbacks: dict[tuple[int, int], Rule] = {}
        first = self.circuit.first_gate
        self.constants = [self._constant(index) for index in range(first)]
        self.gates: list[Bound | None] = [None] * first
        self.gates += [self._bound(index) for index in range(first, len(self.circuit.nodes))]
        self.flagged = not any(gate is not None and gate.looked_at for gate in self.gates)

    def _constant(self, index: int) -> Number:
        """A literal's value; None for a variable. Raises ``Refused`` for one beyond the doubles."""
        node = self.circuit.nodes[index]
        if node.op != CONSTANT:
            return None
        value = self.rules.arithmetic.number(node.text)
        if not np.isfinite(value):
            problem = Diagnostic("overflow.constant", f"{node.text} is too large for a double")
            raise Refused(problem.at(self.circuit.source, self.circuit.spans[index]))
        return value

    def _bound(self, index: int) -> Bound:
        row, told = self.shaped.rows[index], self.shaped.told[index]
        if row is not None:
            # A kink over a tie asks nothing of one element alone.
            kink = bound(row.kink, (*row.params, "z"), told, self.rules) if row.kink else None
            looked_at = bool(row.need) or row.name == "det"
            return Bound(value_of(row, told, self.rules), looked_at, kink, None, row)
        compiled = self.rules[self.circuit.nodes[index].op]
        looked_at = compiled.gate.silent or raises_no_flag(compiled.gate.name)
        kink = self._tie if compiled.gate.many else compiled.kink
        texts = tuple(compiled.gate.slope(at).text for at in range(len(self.circuit.nodes[index].inputs)))
        return Bound(compiled.value, looked_at, kink, compiled, None, self._slopes(index, compiled.gate), texts)

    def _slopes(self, index: int, gate: Gate) -> tuple[Rule, ...]:
        """The local gradients' rules, with the literals among the gate's inputs written in."""
        nodes = [self.circuit.nodes[i] for i in self.circuit.nodes[index].inputs]
        pairs = () if gate.many else zip(gate.params, nodes, strict=True)
        literals = {name: node.text for name, node in pairs if node.op == CONSTANT}
        return tuple(self.rules.local(gate, position, literals) for position in range(len(gate.slopes)))

    @staticmethod
    def _tie(wires: Sequence[Number]) -> Number:
        *inputs, value = wires
        if len(inputs) == 2:
            return np.equal(*inputs)
        return sum(np.equal(one, value).astype(np.intp) for one in np.broadcast_arrays(*inputs)) > 1

    def told(self, index: int, inputs: Sequence[Number]) -> Mapping[str, Any]:
        """What a gate is told; an index that a wire brings is known only now."""
        told = self.shaped.told[index]
        if WIRE not in told.get("index", ()):
            return told
        wires = iter(inputs[1:])
        entries = tuple(int(next(wires)) if one == WIRE else one for one in told["index"])
        return {**told, "index": entries, "own index": entries}


@dataclass(frozen=True)
class VectorRun:
    """Every node's value (NaN in elements without one) and what was met on the way.

    ``failed`` has the first problem of each node with such elements, ``kinks`` the elements of each gate on a kink.
    """

    program: ArrayProgram
    values: list[Number]
    failed: Mapping[int, Diagnostic]
    kinks: Mapping[int, Any]

    def inputs(self, index: int) -> list[Number]:
        """The values on a gate's input wires."""
        return [self.values[i] for i in self.program.circuit.nodes[index].inputs]


def run_forward(program: ArrayProgram, point: Mapping[str, Number]) -> VectorRun:
    """Run the program; ``point`` has an array, or a NumPy double, for every variable."""
    sweep = _VectorSweep(program)
    sweep.start(point)
    with np.errstate(**STRICT):
        for index in range(program.circuit.first_gate, len(program.circuit.nodes)):
            sweep.gate(index)
    return VectorRun(program, sweep.values, sweep.failed, sweep.kinks)


class _VectorSweep:
    def __init__(self, program: ArrayProgram) -> None:
        self.program, self.circuit = program, program.circuit
        self.values: list[Number] = [None] * len(program.circuit.nodes)
        self.failed: dict[int, Diagnostic] = {}
        self.kinks: dict[int, Any] = {}

    def start(self, point: Mapping[str, Number]) -> None:
        self.values[: self.circuit.first_gate] = self.program.constants
        for name, index in self.circuit.inputs.items():
            self.values[index] = point[name]

    def gate(self, index: int) -> None:
        gate = self.program.gates[index]
        assert gate is not None
        node, values = self.circuit.nodes[index], self.values
        inputs = [values[i] for i in node.inputs]
        spoiled = bool(self.failed) and any(i in self.failed for i in node.inputs)
        if node.op == "index" and len(inputs) > 1 and self._no_index(index, inputs):
            return None
        if not spoiled:
            try:
                value = self._value(index, gate, inputs)
                if not gate.looked_at or self._sound(gate, inputs, value):
                    values[index] = value
                    return self._kink(index, gate, inputs, value)
            except FloatingPointError:
                pass
        with np.errstate(all="ignore"):
            self._element_by_element(index, gate, inputs)
        return None

    def _value(self, index: int, gate: Bound, inputs: list[Number]) -> Number:
        if self.circuit.nodes[index].op != "index" or len(inputs) == 1:
            return gate.value(*inputs)
        assert gate.row is not None
        return value_of(gate.row, self.program.told(index, inputs), self.program.rules)(inputs[0])

    def _no_index(self, index: int, inputs: list[Number]) -> bool:
        """Whether an index that a wire brings is no element's number; then nothing here has a value."""
        problem = next((self.failed[i] for i in self.circuit.nodes[index].inputs[1:] if i in self.failed), None)
        problem = problem or whole_index(self.program.shaped, index, inputs[1:])
        if problem is not None:
            self.failed[index] = problem
            self.values[index] = np.full(self.program.shaped.shapes[index], np.nan)[()]
        return problem is not None

    def _sound(self, gate: Bound, inputs: list[Number], value: Number) -> bool:
        if not np.isfinite(value).all():
            return False
        domain = gate.compiled.domain if gate.compiled is not None else None
        return domain is None or bool(np.not_equal(domain((*inputs, None)), 0).all())

    def _kink(self, index: int, gate: Bound, inputs: list[Number], value: Number) -> None:
        if gate.kink is None:
            return
        found = gate.kink((*inputs, value))
        on = found if found.dtype == bool else np.not_equal(found, 0)
        if np.count_nonzero(on):  # which is faster than any()
            self.kinks[index] = np.broadcast_to(on, np.shape(value)) if gate.row is None else on

    def _element_by_element(self, index: int, gate: Bound, inputs: list[Number]) -> None:
        """Find the elements that have no value; the first of them says why."""
        value = np.asarray(self._value(index, gate, inputs), dtype=np.float64)
        inherited = self._inherited(index, gate, inputs, value.shape)
        outside = np.zeros(value.shape, dtype=bool)
        if gate.compiled is not None and gate.compiled.domain is not None:
            outside |= np.broadcast_to(np.equal(gate.compiled.domain((*inputs, None)), 0), value.shape)
        missing = inherited | outside | ~np.isfinite(value)
        value = np.where(missing, np.nan, value)[()]
        self.values[index] = value
        if missing.any():
            own = missing & ~inherited
            source = next((self.failed[i] for i in self.circuit.nodes[index].inputs if i in self.failed), None)
            if own.any() or source is None:
                source = no_value(self.program.shaped, index, inputs, own, outside)
            self.failed[index] = source
        self._kink(index, gate, inputs, value)

    def _inherited(self, index: int, gate: Bound, inputs: list[Number], shape: tuple[int, ...]) -> Any:
        """The elements that lack a value because an input that they ask lacks one."""
        none = np.zeros(shape, dtype=bool)
        if not any(i in self.failed for i in self.circuit.nodes[index].inputs):
            return none
        lacks = [np.isnan(one) for one in inputs]
        if gate.row is not None:
            return self._spread(gate.row, index, inputs, lacks, shape)
        if self.circuit.nodes[index].op == "where":
            lacks = [lacks[0], np.where(np.not_equal(inputs[0], 0), lacks[1], lacks[2])]
        for one in lacks:
            none = none | one
        return none

    def _spread(
        self, row: ArrayGate, index: int, inputs: list[Number], lacks: list[Any], shape: tuple[int, ...]
    ) -> Any:
        """An array gate's value is NaN where it asks a NaN; the place of a largest element has to be asked for."""
        if row.name == "argmax":
            axis = self.program.shaped.told[index]["own axis"]
            return np.broadcast_to(np.any(lacks[0], axis=axis), shape)
        value = self._value(index, self.program.gates[index], inputs)  # type: ignore[arg-type]  # a gate is bound
        if row.need or row.name == "det":
            return np.full(shape, True)
        return np.broadcast_to(np.isnan(value), shape)
