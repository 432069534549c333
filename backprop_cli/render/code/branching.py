"""Which gates belong to one branch of a ``where`` alone, so that they are asked only when it is taken.

``where(x > 0, log(x), 0)`` must not ask ``log`` of a negative x. This module finds the gates behind each branch; it
knows the names ``where`` and those of the gates that can be asked anywhere, and no mathematics.
"""

from __future__ import annotations

from dataclasses import dataclass

from backprop_cli.circuit import Circuit
from backprop_cli.gates import GATES
from backprop_cli.problems import Diagnostic, Refused

ROOT = 0
_DEEPEST = 60  # Python itself reads 100 levels of indentation
_ASKED_ANYWHERE = "add sub neg identity abs sign step max min where lt le gt ge eq ne"


@dataclass(frozen=True, slots=True)
class Branching:
    """What belongs to which branch.

    ``needed``: the nodes the output depends on; ``home``: the branch each node belongs to; ``of``: the two branches of
    each ``where`` that is written as a choice of statements; ``parent``: the branch that each branch lies in.
    """

    needed: bytearray
    home: list[int]
    of: dict[int, tuple[int, int]]
    parent: list[int]

    def inside(self, branch: int, other: int) -> bool:
        """Whether one branch is the other or lies within it."""
        while branch > other:
            branch = self.parent[branch]
        return branch == other


def branches(circuit: Circuit) -> Branching:
    """Walk back from the output; a node used in two branches belongs to what holds both."""
    count = len(circuit.nodes)
    needed, home = bytearray(count), [-1] * count
    of: dict[int, tuple[int, int]] = {}
    parent, depth = [ROOT], [0]
    needed[circuit.output], home[circuit.output] = 1, ROOT
    for index in range(circuit.output, circuit.first_gate - 1, -1):
        if not needed[index]:
            continue
        node, own = circuit.nodes[index], home[index]
        places = [own] * len(node.inputs)
        if node.op == "where":
            of[index] = (len(parent), len(parent) + 1)
            places[1:] = of[index]
            parent += [own, own]
            depth += [depth[own] + 1] * 2
        for source, place in zip(node.inputs, places, strict=True):
            home[source] = _common(home[source], place, parent, depth) if needed[source] else place
            needed[source] = 1
    return _dissolved(circuit, Branching(needed, home, of, parent))


def _common(one: int, other: int, parent: list[int], depth: list[int]) -> int:
    while one != other:
        if depth[one] >= depth[other]:
            one = parent[one]
        else:
            other = parent[other]
    return one


def _dissolved(circuit: Circuit, found: Branching) -> Branching:
    """Branches whose gates can all be asked anywhere need no statement of their own."""
    kept, anywhere = {ROOT}, frozenset(_ASKED_ANYWHERE.split())
    for index in range(circuit.first_gate, len(circuit.nodes)):
        if found.needed[index] and circuit.nodes[index].op not in anywhere:
            _keep(found, index, kept)
    place = [ROOT] * len(found.parent)
    for branch in range(1, len(found.parent)):
        place[branch] = branch if branch in kept else place[found.parent[branch]]
    of = {index: pair for index, pair in found.of.items() if pair[0] in kept}
    home = [place[max(branch, ROOT)] if i >= circuit.first_gate else ROOT for i, branch in enumerate(found.home)]
    levels = [0] * len(found.parent)
    parent = [place[branch] for branch in found.parent]
    for branch in sorted(kept - {ROOT}):
        levels[branch] = levels[parent[branch]] + 1
    if max(levels) > _DEEPEST:
        message = f"the branches of where are nested {max(levels)} deep; the limit in code is {_DEEPEST}"
        raise Refused(Diagnostic("code.nesting", message, "name inner parts as stages that are used outside too"))
    return Branching(found.needed, home, of, parent)


def _keep(found: Branching, index: int, kept: set[int]) -> None:
    """Keep the branch of a gate, the other branch of the same where, and all that they lie in."""
    branch = found.home[index]
    while branch not in kept:
        twin = branch + 1 if branch % 2 else branch - 1
        kept.update((branch, twin))
        branch = found.parent[branch]


def routed(circuit: Circuit, found: Branching) -> bytearray:
    """1 for every gate that a gradient reaches only through gates which may pass nothing to it."""
    marks = bytearray(b"\1") * len(circuit.nodes)
    marks[circuit.output] = 0
    for index in range(circuit.output, circuit.first_gate - 1, -1):
        if not found.needed[index]:
            continue
        node = circuit.nodes[index]
        for position, source in enumerate(node.inputs):
            if not (marks[index] or _may_pass_nothing(circuit, found, index, position, source)):
                marks[source] = 0
    return marks


def _may_pass_nothing(circuit: Circuit, found: Branching, index: int, position: int, source: int) -> bool:
    node = circuit.nodes[index]
    if node.op == "where" and position and index in found.of:
        return not found.inside(found.home[source], found.of[index][position - 1])
    return GATES[node.op].routes or not found.inside(found.home[source], found.home[index])
