# ruff: noqa: INP001  # a script beside the pictures it writes, not a module of a package
"""Writes the pictures of the documents. Run ``python docs/pictures/make.py``; a test says when it is needed."""

from __future__ import annotations

from pathlib import Path

from backprop_cli import differentiate, read
from backprop_cli.descent.descent_calculation import DescentExtras, descend, objective_of
from backprop_cli.descent.loop import Plan
from backprop_cli.descent.optimizers import OPTIMIZERS
from backprop_cli.descent.updating import Recipe
from backprop_cli.engine.point import from_mapping
from backprop_cli.render.descent import chart
from backprop_cli.render.picture.scene import scene
from backprop_cli.render.picture.svg import look, svg
from backprop_cli.report.array_report import ArrayReport

PICTURES = Path(__file__).resolve().parent
_CIRCUIT = ("q = x + y; f = q*z", {"x": -2, "y": 5, "z": -4})
_NEURON = ("1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3})
_LAYER = (
    "s = W @ x + b; h = relu(s); L = mean((h - t)^2)",
    {"W": [[1, 2], [3, -4], [5, -6]], "x": [5, 6], "b": [0, 1, 0.5], "t": [1, 1, 1]},
)
_VALLEY = ("(1 - x)^2 + (y - x^2)^2", {"x": -1, "y": -1.5})
_FORKS = ("p = x*x; f = p*y + max(x, y)", {"x": 3, "y": -1})


def pictures() -> dict[Path, str]:
    """Each picture as it should be."""
    return {
        PICTURES / "circuit.svg": _drawn(*_CIRCUIT),
        PICTURES / "circuit-cs231n-dark.svg": _drawn(*_CIRCUIT, palette="cs231n", theme="dark"),
        PICTURES / "descent.svg": _descended(*_VALLEY, Plan(Recipe(OPTIMIZERS["momentum"], {"mu": 0.8}, 0.02), steps=60)),
        PICTURES / "exercise.svg": _drawn(*_CIRCUIT, values=False),
        PICTURES / "forks.svg": _drawn(*_FORKS),
        PICTURES / "layer.svg": svg(scene(_arrays(*_LAYER, wrt=("W", "b"))), look()),
        PICTURES / "neuron.svg": _drawn(*_NEURON, wrt=("w0", "w1", "w2")),
    }


_STYLE = """
text { font: 11px Helvetica, Arial, sans-serif; fill: #1a1a1a }
.mark { text-anchor: middle } .tick { text-anchor: end } .next { display: none }
.axis, .level, .curve, .way { fill: none; stroke: #767676 } .level { stroke-width: .6 }
.curve { stroke: #0063a3; stroke-width: 1.8 } .way { stroke: #b84700; stroke-width: 1.6 } .here { fill: #b84700 }
"""


def _descended(expression: str, point: dict[str, float], plan: Plan) -> str:
    """The two charts of a descent's page, side by side."""
    report = descend(objective_of(read(expression), from_mapping(point)), plan, DescentExtras(check=False, surface=True))
    assert report.surface is not None
    places = [(visit.point["x"], visit.point["y"]) for visit in report.trail]
    charts = (chart.values(report), chart.way(report.surface, places))
    both = "".join(one.svg.replace("<svg", f'<svg x="{480 * at}" width="460" height="270"') for at, one in enumerate(charts))
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 940 270" width="940" height="270" role="img"'
    return f'{head}>\n<style>{_STYLE}</style>\n<rect width="940" height="270" fill="#fff"/>\n{both}\n</svg>\n'


def _arrays(expression: str, point: dict[str, object], wrt: tuple[str, ...]) -> ArrayReport:
    report = differentiate(expression, point, wrt=wrt, check="none")
    assert isinstance(report, ArrayReport)
    return report


def _drawn(
    expression: str,
    point: dict[str, int],
    *,
    palette: str = "default",
    theme: str = "light",
    values: bool = True,
    wrt: tuple[str, ...] | None = None,
) -> str:
    report = differentiate(expression, point, wrt=wrt, check="none")
    return svg(scene(report, values=values), look(palette, theme))


if __name__ == "__main__":
    for path, text in pictures().items():
        path.write_text(text, encoding="utf-8")
