"""Branches that some rows do not take, in straight-line instructions: what feeds only them gets safe inputs.

``where(x > 0, log(x), 0)`` computes both branches for every row. An instruction that is needed only where a mask holds,
and that has no value everywhere, is given a number inside its domain in the other rows; so a status flag means what it
says. Which instruction is needed when follows backward from the outputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.engine.instructions import ALWAYS, NEVER, Guard, Instruction, Instructions, side
from backprop_cli.engine.rules import Rules
from backprop_cli.gates import GATES

_MOST_TERMS = 6
_CANDIDATES = (0.5, 1.0, 2.0)
_FAR = 800.0


def either(one: Guard, other: Guard) -> Guard:
    """When one or the other is needed; what is implied by a wider term is left out."""
    if ALWAYS in (one, other):
        return ALWAYS
    terms = one | other
    kept = frozenset(term for term in terms if not any(wider < term for wider in terms))
    return kept if len(kept) <= _MOST_TERMS else ALWAYS


def both(one: Guard, other: Guard) -> Guard:
    """When both hold; a mask and its opposite never do."""
    if ALWAYS in (one, other):
        return other if one == ALWAYS else one
    terms = {a | b for a in one for b in other}
    return either(frozenset(term for term in terms if not _contradicts(term)), NEVER)


def _contradicts(term: frozenset[tuple[int, bool]]) -> bool:
    return any((mask, not holds) in term for mask, holds in term)


def holding(code: Instructions, condition: int, *, holds: bool) -> Guard:
    """The guard of one side of a condition."""
    number = code.value(condition)
    if number is not None:
        return ALWAYS if (number != 0) == holds else NEVER
    return side(code.mask(condition), holds=holds)


def mask_of(code: Instructions, guard: Guard) -> int | None:
    """The instruction that says where a guard holds; None where it always does."""
    if guard == ALWAYS:
        return None
    terms = [_conjunction(code, term) for term in sorted(guard, key=sorted)]
    made = terms[0]
    for term in terms[1:]:
        made = code.make("or", made, term)
    return made


def _conjunction(code: Instructions, term: Iterable[tuple[int, bool]]) -> int:
    masks = [mask if holds else code.make("not", mask) for mask, holds in sorted(term)]
    made = masks[0]
    for mask in masks[1:]:
        made = code.make("and", made, mask)
    return made


@cache
def safe_input(op: str) -> float | None:
    """A number inside a primitive's domain and those of its slopes, for all its inputs; None where it needs none."""
    gate = GATES.get(op)
    if gate is None or op == "where":
        return None
    row, count = Rules(Float64())[op], max(2, len(gate.params)) if gate.many else len(gate.params)
    overflows = count == 1 and not Float64().is_finite(row.value(_FAR))
    if not gate.domain and not overflows:
        return None
    for number in _CANDIDATES:
        inputs = [number] * count
        sloped = [at for at in range(count) if gate.slope(at).text]
        if row.inside(inputs) and None not in (row.local((*inputs, row.value(*inputs)), at) for at in sloped):
            return number
    return None


def guarded(code: Instructions, outputs: Sequence[int]) -> list[tuple[int, tuple[int, ...]]]:
    """The instructions that the outputs need, in order, each with its inputs, safe ones where rows do not ask."""
    inputs = {at: one.inputs for at, one in enumerate(code.list)}
    for at, guard in _needs(code, outputs).items():
        number = safe_input(code.list[at].op)
        if number is None or guard == ALWAYS or code.uniform(at):
            continue
        mask, safe = mask_of(code, guard), code.constant(number)
        assert mask is not None
        inputs[at] = tuple(
            source if code.value(source) is not None else code.make("where", mask, source, safe)
            for source in code.list[at].inputs
        )
    for at in range(len(inputs), len(code.list)):
        inputs[at] = code.list[at].inputs
    return [(at, inputs[at]) for at in _ordered(inputs, outputs)]


def _needs(code: Instructions, outputs: Sequence[int]) -> dict[int, Guard]:
    """When each instruction is needed."""
    needs: dict[int, Guard] = dict.fromkeys(outputs, ALWAYS)
    for at in range(len(code.list) - 1, -1, -1):
        if at not in needs:
            continue
        one = code.list[at]
        for source, guard in zip(one.inputs, _wires(code, one), strict=True):
            needs[source] = either(needs.get(source, NEVER), both(needs[at], guard))
    return needs


def _wires(code: Instructions, one: Instruction) -> tuple[Guard, ...]:
    """When each input of an instruction is needed, if its output is."""
    if one.op == "where":
        return (ALWAYS, holding(code, one.inputs[0], holds=True), holding(code, one.inputs[0], holds=False))
    if one.under != ALWAYS:
        return (ALWAYS, one.under)
    return (ALWAYS,) * len(one.inputs)


def _ordered(inputs: dict[int, tuple[int, ...]], outputs: Sequence[int]) -> list[int]:
    """What the outputs need, each instruction after its inputs."""
    done: dict[int, None] = {}
    waiting = list(reversed(outputs))
    while waiting:
        at = waiting[-1]
        missing = [source for source in inputs[at] if source not in done]
        if at in done or not missing:
            done[waiting.pop()] = None
        else:
            waiting += reversed(missing)
    return list(done)
