"""The circuit of an exercise as a scene: blank, or with its numbers; nothing where it cannot be drawn."""

from __future__ import annotations

from dataclasses import replace

from backprop_cli.problems import Refused
from backprop_cli.render.picture.scene import Scene, scene
from backprop_cli.worksheet.exercises import Exercise


def circuit(exercise: Exercise, *, solved: bool) -> Scene | None:
    """The scene; an exercise without a point has no numbers in it."""
    report = exercise.worked()
    if report is None or (solved and exercise.pointless):
        return None
    try:
        drawn = scene(report, values=solved)
    except Refused:  # too large for anybody to read
        return None
    return _without_point(drawn) if exercise.pointless else drawn


def _without_point(drawn: Scene) -> Scene:
    """The same without the values of the variables, which are those of a point that nobody has chosen."""
    nodes = (replace(node, value="", title=node.text) if node.kind == "input" else node for node in drawn.nodes)
    return replace(drawn, nodes=tuple(nodes))
