"""A scene as text for Graphviz: forks are points, and a wire's label has its value above its gradient."""

from __future__ import annotations

from html import escape

from backprop_cli.render.picture.drawing import above, below
from backprop_cli.render.picture.scene import DrawnNode, Scene
from backprop_cli.render.picture.svg import SvgStyle


def dot(scene: Scene, look: SvgStyle) -> str:
    """A directed graph from left to right."""
    sources = [0] * len(scene.nodes)
    for wire in scene.wires:
        sources[wire.source] += 1
    lines = [
        "digraph circuit {",
        f"  rankdir=LR; bgcolor={_quoted(look.paper)}; tooltip={_quoted(scene.title)};",
        '  node [fontname="Helvetica", margin="0.09,0.05", width=0.35, height=0.3];',
        f"  node [color={_quoted(look.ink)}, fontcolor={_quoted(look.ink)}];",
        f'  edge [fontname="Helvetica", color={_quoted(look.wire)}, arrowsize=0.6];',
    ]
    for node, count in zip(scene.nodes, sources, strict=True):
        lines.append(f"  {_node(node, look)}")
        lines += [f"  {line}" for line in _wire_out(node, count, look)]
    for wire in scene.wires:
        source, target = scene.nodes[wire.source], scene.nodes[wire.target]
        start = _quoted(_fork(source) if sources[wire.source] > 1 else source.key)
        label = "" if sources[wire.source] > 1 else _label(source, look)
        faint = f", color={_quoted(look.faint)}" if wire.faint else ""
        title = f"id={_quoted(wire.key)}, tooltip={_quoted(wire.title)}"
        lines.append(f"  {start} -> {_quoted(target.key)} [{title}{faint}{label}];")
    return "\n".join([*lines, "}"]) + "\n"


def _node(node: DrawnNode, look: SvgStyle) -> str:
    shape = {"gate": "circle" if len(node.text) < 4 else "ellipse", "input": "box", "constant": "plaintext"}[node.kind]
    kink = " ▲" if node.kink else ""
    parts = [f"shape={shape}", f"label={_quoted(node.text + kink)}", f"tooltip={_quoted(node.title)}"]
    parts += [f"id={_quoted(node.key)}"]
    if node.data or node.kind == "constant":
        parts += [f"fontcolor={_quoted(look.faint)}", f"color={_quoted(look.faint)}"]
    if node.data and node.kind == "input":
        parts.append("style=dashed")
    if node.ordered:
        parts.append("ordering=in")
    return f"{_quoted(node.key)} [{', '.join(parts)}];"


def _wire_out(node: DrawnNode, count: int, look: SvgStyle) -> list[str]:
    """The labelled wire to a fork, or to nowhere if nothing takes it; a plain wire has its label on itself."""
    if count == 1:
        return []
    end = _quoted(_fork(node) if count else f"end-{node.number}")
    style = "shape=point" if count else 'shape=none, label=""'
    return [f"{end} [{style}];", f"{_quoted(node.key)} -> {end} [arrowhead=none{_label(node, look)}];"]


def _fork(node: DrawnNode) -> str:
    return f"fork-{node.number}"


def _label(node: DrawnNode, look: SvgStyle) -> str:
    lines = []
    if above(node):
        lines.append(f'<font color="{look.value}">{escape(above(node))}</font>')
    if below(node):
        lines.append(f'<i><font color="{look.gradient}">{escape(below(node))}</font></i>')
    return f", label=<{'<br/>'.join(lines)}>" if lines else ""


def _quoted(text: str) -> str:
    """A string of the language; a backslash in it stays one, and what looks like an entity is none."""
    return '"' + escape(text, quote=False).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
