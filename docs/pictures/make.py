# ruff: noqa: INP001  # a script beside the pictures it writes, not a module of a package
"""Writes the pictures of the documents. Run ``python docs/pictures/make.py``; a test says when it is needed."""

from __future__ import annotations

from pathlib import Path

from backprop_cli import differentiate
from backprop_cli.render.picture.array_scene import array_scene
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
_FORKS = ("p = x*x; f = p*y + max(x, y)", {"x": 3, "y": -1})


def pictures() -> dict[Path, str]:
    """Each picture as it should be."""
    return {
        PICTURES / "circuit.svg": _drawn(*_CIRCUIT),
        PICTURES / "circuit-cs231n-dark.svg": _drawn(*_CIRCUIT, palette="cs231n", theme="dark"),
        PICTURES / "exercise.svg": _drawn(*_CIRCUIT, values=False),
        PICTURES / "forks.svg": _drawn(*_FORKS),
        PICTURES / "layer.svg": svg(array_scene(_arrays(*_LAYER, wrt=("W", "b"))), look()),
        PICTURES / "neuron.svg": _drawn(*_NEURON, wrt=("w0", "w1", "w2")),
    }


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
