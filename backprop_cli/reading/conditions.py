"""What may stand as a condition: a value that moves gets ``!= 0``, so that the kink at 0 is a gate's and is seen.

A flat value (a constant, a comparison, ``floor(x)``, or anything made of flat values alone) jumps only where a gate of
its own has a kink, and stays as typed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from backprop_cli.circuit import CONSTANT, INPUT, CircuitBuilder, Node
from backprop_cli.gates import GATES
from backprop_cli.problems import Span


@dataclass(slots=True)
class Conditions:
    """Makes conditions out of a builder's nodes; knows of each node so far whether it is flat."""

    builder: CircuitBuilder
    _flat: list[bool] = field(default_factory=list)

    def made(self, index: int, span: Span) -> int:
        """The node itself if it is flat, otherwise its comparison with 0."""
        for number in range(len(self._flat), index + 1):
            self._flat.append(self._is_flat(self.builder.kind(number)))
        if self._flat[index]:
            return index
        return self.builder.gate("ne", (index, self.builder.constant("0", span)), span)

    def _is_flat(self, node: Node) -> bool:
        if node.op in (INPUT, CONSTANT):
            return node.op == CONSTANT
        gate = GATES.get(node.op)
        if gate is None:  # an array gate: flat if its inputs are, and argmax
            return node.op == "argmax" or all(self._flat[index] for index in node.inputs)
        jumps_only = bool(gate.kink) and all(slope.text == "0" for slope in gate.slopes)
        return jumps_only or all(self._flat[index] for index in node.inputs)
