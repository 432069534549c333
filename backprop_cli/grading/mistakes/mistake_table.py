"""The table of mistakes of the backward pass: which wires each one breaks, at one gate or wherever it can.

A row has a code, its words (see ``slopes.py``), and where it can be made; the sweep then tells what comes of it. A
special rule (the wrong slope of one kind of gate) stands before a general one (a sign, a factor left out): where both
write the same numbers on the same wires, it is the special one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from backprop_cli.gates import GATES
from backprop_cli.grading.mistakes import slips
from backprop_cli.grading.mistakes.slopes import WRONG_SLOPES, WrongSlope, computed
from backprop_cli.grading.mistakes.sweep import Edit, Place, Tape


@dataclass(frozen=True, slots=True)
class Broken:
    """One way to break the backward pass: its code, where, in words, and what changes on the wires.

    ``ideas`` is 1 for one gate, 2 for one rule broken at all its gates.
    """

    code: str
    said: str
    gates: tuple[int, ...]
    edit: Edit
    ideas: int = 1


@dataclass(frozen=True, slots=True)
class General:
    """A mistake that every gate knows: ``edits`` gives the broken gate and what changes there.

    ``everywhere`` is said where all gates, or all of a kind, are broken; empty if that is no idea of its own.
    """

    slip: slips.GateSlip
    edits: Callable[[Tape, int], Iterator[Edit]]
    by_kind: str = ""
    everywhere: str = ""


def breakages(tape: Tape) -> Iterator[Broken]:
    """Every single mistake that can be made on this tape, lazily: there may be very many."""
    special: set[tuple[tuple[Place, float], ...]] = set()
    for one in chain(_wrong_slopes(tape), _wrong_routes(tape)):
        special.add(_numbers(one.edit))
        yield one
    for one in chain(_forks(tape), _generals(tape), _stages(tape)):
        if one.edit.upstreams or _numbers(one.edit) not in special:
            yield one


def _numbers(edit: Edit) -> tuple[tuple[Place, float], ...]:
    """An edit's slopes, to twelve digits."""
    return tuple(sorted((place, float(f"{slope:.12g}")) for place, slope in edit.slopes.items()))


def joined(edits: list[Edit]) -> Edit:
    """All of them together."""
    return Edit(
        {place: slope for edit in edits for place, slope in edit.slopes.items()},
        {gate: upstream for edit in edits for gate, upstream in edit.upstreams.items()},
    )


# --- one wrong rule of one kind of gate ---


def _kinds(tape: Tape) -> dict[str, list[int]]:
    """The gates of each kind."""
    found: dict[str, list[int]] = {}
    for gate in tape.gates:
        found.setdefault(tape.circuit.nodes[gate].op, []).append(gate)
    return found


def _wrong_slopes(tape: Tape) -> Iterator[Broken]:
    kinds = _kinds(tape)
    for row in WRONG_SLOPES:
        made = [(gate, _with_rule(tape, row, gate)) for gate in kinds.get(row.gate, ())]
        made = [(gate, edit) for gate, edit in made if edit.slopes]
        for gate, edit in made:
            yield Broken(row.code, row.said.format(gate=_typed(tape, gate)), (gate,), edit)
        if len(made) > 1:
            said = row.said.format(gate=f"every {GATES[row.gate].form}")
            yield Broken(row.code, said, tuple(gate for gate, _ in made), joined([edit for _, edit in made]), 2)


def _with_rule(tape: Tape, row: WrongSlope, gate: int) -> Edit:
    """A gate's wires with the wrong rule, where that makes a difference."""
    slopes = {}
    wires = tape.wires(gate)
    for position in _wired(tape, gate):
        text = row.slope(position)
        if text:
            slope = computed(tape.rules, row.gate, text, wires[position])
            if slope != tape.slope(gate, position):
                slopes[gate, position] = slope
    return Edit(slopes)


def _wrong_routes(tape: Tape) -> Iterator[Broken]:
    """A gate that routes to one of many inputs sends the gradient to one of the others."""
    for gate in tape.gates:
        row = GATES[tape.circuit.nodes[gate].op]
        if row.many and row.routes:
            blocked = {(gate, position): 0.0 for position in _wired(tape, gate)}
            for position in _wired(tape, gate):
                if tape.slopes[gate][position] == 0:
                    said = f"letting {_typed(tape, gate)} route the gradient the wrong way"
                    yield Broken("mistake.max-wrong-branch", said, (gate,), Edit(blocked | {(gate, position): 1.0}))


# --- forks ---


def _forks(tape: Tape) -> Iterator[Broken]:
    """``=`` in place of ``+=``: of the contributions to a node only one is kept, or one is lost."""
    firsts, lasts = [], []
    for node, wires in enumerate(tape.feeds):
        if len(wires) < 2:
            continue
        name, few = tape.circuit.names[node], len(wires) <= slips.MOST_KEPT
        kept = range(len(wires)) if few else (0, len(wires) - 1)
        edits = [Edit(dict.fromkeys(wires[:one] + wires[one + 1 :], 0.0)) for one in kept]
        firsts.append((node, edits[0]))
        lasts.append((node, edits[-1]))
        said = slips.keeping_one(len(wires), name)
        yield from (Broken(slips.FORK, said, (node,), edit) for edit in edits)
        if few and len(wires) > 2:
            said = slips.losing_one(len(wires), name)
            yield from (Broken(slips.FORK, said, (node,), Edit({wire: 0.0})) for wire in wires)
    if len(firsts) > 1:
        said = "keeping only one contribution at every fork (= in place of +=)"
        for made in (lasts, firsts):
            nodes = tuple(node for node, _ in made)
            yield Broken(slips.FORK, said, nodes, joined([edit for _, edit in made]), 2)


# --- what can go wrong at any gate ---


def _generals(tape: Tape) -> Iterator[Broken]:
    kinds = _kinds(tape)
    for row in GENERAL:
        made = {gate: list(row.edits(tape, gate)) for gate in tape.gates}
        for gate, edits in made.items():
            said = row.slip.said.format(gate=_typed(tape, gate))
            yield from (Broken(row.slip.code, said, (gate,), edit) for edit in edits)
        if row.by_kind:
            for kind, gates in kinds.items():
                yield from _together(row, {g: made[g] for g in gates}, row.by_kind.format(gate=GATES[kind].form))
        if row.everywhere:
            yield from _together(row, made, row.everywhere)


def _together(row: General, made: dict[int, list[Edit]], said: str) -> Iterator[Broken]:
    """The last edit of each gate (the widest there), at once."""
    widest = {gate: edits[-1] for gate, edits in made.items() if edits}
    if len(widest) > 1:
        yield Broken(row.slip.code, said, tuple(widest), joined(list(widest.values())), 2)


def _without_upstream(tape: Tape, gate: int) -> Iterator[Edit]:
    if abs(tape.gradients[gate]) != 1:  # of -1 it is the sign that was left out
        yield Edit(upstreams={gate: 1.0})


def _without_slope(tape: Tape, gate: int) -> Iterator[Edit]:
    """1 in place of the local gradient, on each wire that scales and on all together. Routing has words of its own."""
    if GATES[tape.circuit.nodes[gate].op].routes:
        return
    edits = [Edit({(gate, p): 1.0}) for p in _wired(tape, gate) if abs(tape.slope(gate, p)) != 1]
    yield from edits
    if len(edits) > 1:
        yield joined(edits)


def _with_turned_sign(tape: Tape, gate: int) -> Iterator[Edit]:
    for position in _wired(tape, gate):
        slope = tape.slope(gate, position)
        if slope:
            yield Edit({(gate, position): -slope})


def _stages(tape: Tape) -> Iterator[Broken]:
    """A stage taken for the output: nothing arrives behind it but what comes through it."""
    nodes = tape.circuit.nodes
    for stage in tape.circuit.stages:
        if not (tape.live[stage.node] and tape.wanted[stage.node]) or stage.node == tape.circuit.output:
            continue
        behind = {stage.node}
        for node in range(stage.node, -1, -1):
            if node in behind:
                behind.update(nodes[node].inputs)
        around = {place: 0.0 for node in behind - {stage.node} for place in tape.feeds[node] if place[0] not in behind}
        if around:  # else it is the upstream gradient that was left out
            said = f"giving the derivatives of {stage.name} instead of the output's"
            yield Broken("mistake.forgotten-chain", said, (stage.node,), Edit(around, {stage.node: 1.0}), 2)


def _wired(tape: Tape, gate: int) -> list[int]:
    """The inputs behind which a gradient is asked for."""
    return [position for position, slope in enumerate(tape.slopes[gate]) if slope is not None]


def _typed(tape: Tape, gate: int) -> str:
    return tape.circuit.typed(gate, 40)


GENERAL = (
    General(
        slips.MISSING_UPSTREAM,
        _without_upstream,
        everywhere="handing in local gradients, without the upstream gradient",
    ),
    General(
        slips.MISSING_SLOPE,
        _without_slope,
        by_kind="leaving out the local gradient of every {gate}",
        everywhere="leaving out every local gradient",
    ),
    General(slips.SIGN, _with_turned_sign, by_kind="a turned sign at every {gate}"),
)
