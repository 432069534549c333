"""What depends on parameters alone, run once for all rows by the engine for numbers: values, and their derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.circuit import CONSTANT, INPUT, Circuit, CircuitBuilder
from backprop_cli.engine.backward import backward
from backprop_cli.engine.forward import forward
from backprop_cli.engine.rules import Rules
from backprop_cli.engine.straight import NotStraightError, Straight, slope_key, value_key
from backprop_cli.rows.task import Task

_MOST = 5_000  # gates of parameters alone that feed rows
_MOST_NODES = 200_000  # in their circuits together


class HoistedNode(NamedTuple):
    """One of them: its number, its circuit and what the nodes of that are in the whole one; ``always`` needed."""

    node: int
    circuit: Circuit
    numbers: tuple[int, ...]
    always: bool


class HoistedValues(NamedTuple):
    """The scalars by their keys, and the gates of parameters alone on which every row stands on a kink."""

    scalars: Mapping[str, float]
    kinks: tuple[int, ...]


@dataclass(frozen=True)
class Entries:
    """The nodes at which parameters enter the rows, each that is a gate as a circuit of its own.

    ``keys`` has for each parameter its key among the scalars, and its name.
    """

    task: Task
    keys: tuple[tuple[str, str], ...]
    circuits: tuple[HoistedNode, ...]

    def at(self, parameters: Mapping[str, float]) -> HoistedValues:
        """The scalars of a program. Raises ``NotStraightError`` where one does not exist, or rows differ in a kink."""
        given = {key: parameters[name] for key, name in self.keys}
        if not self.circuits:
            return HoistedValues(given, ())
        rules, kinks = Rules(Float64()), dict[int, None]()
        for one in self.circuits:
            node, circuit = one.node, one.circuit
            run = forward(circuit, {name: parameters[name] for name in circuit.inputs}, rules)
            on = run.live_kinks
            if circuit.output in run.failed or (on and not one.always):
                raise NotStraightError
            kinks |= dict.fromkeys(one.numbers[gate] for gate in on)
            given[value_key(node)] = run.values[circuit.output]
            wanted = {name: place for name, place in circuit.inputs.items() if name in self.task.wrt}
            back = backward(run, circuit.reach(wanted.values()))
            for name, place in wanted.items():
                if place in back.failed:
                    raise NotStraightError
                given[slope_key(node, name)] = back.gradients[place]
        return HoistedValues(given, tuple(sorted(kinks)))


def entries(task: Task, made: Straight) -> Entries:
    """The entries of a task's instructions. Raises ``NotStraightError`` if there are too many."""
    gates = [node for node in made.values if task.circuit.nodes[node].op != INPUT]
    if len(gates) > _MOST:
        raise NotStraightError
    found, nodes = [], 0
    for gate in gates:
        circuit, numbers = _behind(task.circuit, gate)
        nodes += len(numbers)
        if nodes > _MOST_NODES:
            raise NotStraightError
        found.append(HoistedNode(gate, circuit, numbers, gate in made.always))
    keys = tuple((value_key(task.circuit.inputs[name]), name) for name in task.parameters)
    return Entries(task, keys, tuple(found))


def _behind(circuit: Circuit, output: int) -> tuple[Circuit, tuple[int, ...]]:
    """What a node depends on, as a circuit of its own, and what its nodes are in the whole one, in the same order."""
    needed, waiting = set[int](), [output]
    while waiting:
        index = waiting.pop()
        if index not in needed:
            needed.add(index)
            waiting += circuit.nodes[index].inputs
    builder, made = CircuitBuilder(share=False), dict[int, int]()
    for index in sorted(needed):
        node, span = circuit.nodes[index], circuit.spans[index]
        if node.op == INPUT:
            made[index] = builder.input(node.text, span)
        elif node.op == CONSTANT:
            made[index] = builder.constant(node.text, span)
        else:
            made[index] = builder.gate(node.op, tuple(made[i] for i in node.inputs), span)
    return builder.finish(circuit.source, made[output])[0], tuple(sorted(needed))
