"""Makes a program that shows a fault smaller, as far as is cheap."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from independent_trees import Call, Num, Program, Tree, Var, size

SIMPLE = ("0", "1", "2", "-1", "0.5", "3")


def smallest(program: Program, shows: Callable[[Program], bool], seconds: float = 20.0) -> Program:
    """A smaller program that still shows it; every step must show it."""
    end = time.monotonic() + seconds
    moved = True
    while moved and time.monotonic() < end:
        moved = False
        for candidate in smaller(program):
            if time.monotonic() > end:
                break
            if weight(candidate) < weight(program) and shows(candidate):
                program, moved = candidate, True
                break
    return program


def weight(program: Program) -> tuple[int, int]:
    """Fewer nodes first, then shorter texts."""
    nodes = sum(size(tree) for _, tree in program.stages) + len(program.stages)
    return nodes, sum(map(len, program.point.values())) + len(program.text)


def smaller(program: Program) -> Iterator[Program]:
    """Programs one step smaller."""
    for index, (name, tree) in enumerate(program.stages):
        if index < len(program.stages) - 1:
            yield _with(program, index, None)
        for cut in _cuts(tree):
            yield _with(program, index, (name, cut))
    for name, text in program.point.items():
        for simple in SIMPLE:
            if simple != text:
                yield replace(program, point={**program.point, name: simple})


def _with(program: Program, index: int, stage: tuple[str, Tree] | None) -> Program:
    """A program with one stage replaced, or written into those that use it."""
    if stage is not None:
        stages = (*program.stages[:index], stage, *program.stages[index + 1 :])
        return replace(program, stages=stages).trimmed()
    name, tree = program.stages[index]
    later = tuple((other, _inlined(part, name, tree)) for other, part in program.stages[index + 1 :])
    return replace(program, stages=(*program.stages[:index], *later)).trimmed()


def _inlined(tree: Tree, name: str, by: Tree) -> Tree:
    if isinstance(tree, Var):
        return by if tree.name == name else tree
    return Call(tree.op, tuple(_inlined(part, name, by) for part in tree.args)) if isinstance(tree, Call) else tree


def _cuts(tree: Tree) -> Iterator[Tree]:
    """The tree with one subtree replaced by a part of it, or by a number."""
    if not isinstance(tree, Call):
        return
    if tree.op not in ("lt", "le", "gt", "ge", "eq", "ne"):
        yield from (part for part in tree.args if not _is_condition(part))
    for index, part in enumerate(tree.args):
        if isinstance(part, Call) and not _is_condition(part):
            yield from (_put(tree, index, Num(text)) for text in ("1", "0", "2"))
        for cut in _cuts(part):
            yield _put(tree, index, cut)
        if isinstance(part, Num) and part.text not in ("1", "2", "0"):
            yield from (_put(tree, index, Num(text)) for text in ("1", "2"))


def _is_condition(tree: Tree) -> bool:
    return isinstance(tree, Call) and tree.op in ("lt", "le", "gt", "ge", "eq", "ne")


def _put(tree: Call, index: int, part: Tree) -> Call:
    return Call(tree.op, (*tree.args[:index], part, *tree.args[index + 1 :]))
