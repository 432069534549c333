"""A scene as a Mermaid flowchart, which GitHub and many wikis draw."""

from __future__ import annotations

from backprop_cli.render.picture.drawing import above, below
from backprop_cli.render.picture.scene import DrawnNode, Scene
from backprop_cli.render.picture.svg import SvgStyle

_BRACKETS = {"gate": ("((", "))"), "input": ("[", "]"), "constant": ("[", "]")}


def mermaid(scene: Scene, look: SvgStyle) -> str:
    """A flowchart from left to right; a fork is a small node of its own."""
    counts = [0] * len(scene.nodes)
    for wire in scene.wires:
        counts[wire.source] += 1
    lines = ["flowchart LR", f"  accTitle: {_words(scene.title)}"]
    for node, count in zip(scene.nodes, counts, strict=True):
        opened, closed = _BRACKETS[node.kind]
        mark = "▲" if node.kink else ""
        lines.append(f'  {_id(node)}{opened}"{_text(node.text + mark)}"{closed}{_class(node)}')
        if count > 1:
            lines += [f'  {_fork(node)}(("{_text("●")}")):::fork', f"  {_id(node)} {_link(node, '---')} {_fork(node)}"]
        elif count == 0:
            lines += [f'  end_{node.number}[" "]:::none', f"  {_id(node)} {_link(node, '---')} end_{node.number}"]
    for wire in scene.wires:
        source, target = scene.nodes[wire.source], scene.nodes[wire.target]
        if counts[wire.source] > 1:
            lines.append(f"  {_fork(source)} --> {_id(target)}")
        else:
            lines.append(f"  {_id(source)} {_link(source, '-->')} {_id(target)}")
    return "\n".join([*lines, *_styles(look)]) + "\n"


def _styles(look: SvgStyle) -> list[str]:
    return [
        f"  classDef data stroke-dasharray:4 3,color:{look.faint}",
        f"  classDef constant fill:none,stroke:{look.faint},color:{look.faint}",
        "  classDef fork fill:none,stroke:none",
        "  classDef none fill:none,stroke:none",
    ]


def _class(node: DrawnNode) -> str:
    if node.kind == "constant":
        return ":::constant"
    return ":::data" if node.data and node.kind == "input" else ""


def _id(node: DrawnNode) -> str:
    return node.key.replace("-", "_")


def _fork(node: DrawnNode) -> str:
    return f"fork_{node.number}"


def _link(node: DrawnNode, arrow: str) -> str:
    label = "<br/>".join(_text(text) for text in (above(node), below(node)) if text)
    return f'{arrow[:2]} "{label}" {arrow}' if label else arrow


def _text(text: str) -> str:
    """Every sign that could be syntax, markup or Markdown as its number."""
    return "".join(c if c.isalnum() or c == " " else f"#{ord(c)};" for c in text)


def _words(text: str) -> str:
    """A line of plain words for a title, which knows no entities."""
    return "".join(" " if c in '"#;<>{}%&\n' else c for c in text)
