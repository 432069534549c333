"""A drawing as PNG, by an optional package that turns SVG into pixels with the fonts of the system."""

from __future__ import annotations

from math import sqrt

from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.render.picture.drawing import drawing
from backprop_cli.render.picture.scene import Scene
from backprop_cli.render.picture.svg import SvgStyle, document

_ZOOM, _PIXELS, _SIDE = 2.0, 40e6, 32_000.0


def png(scene: Scene, look: SvgStyle) -> bytes:
    """The picture in two pixels a unit, fewer where it would be huge. Raises ``Refused`` without the package."""
    try:
        import resvg_py
    except ImportError:
        message = "a PNG needs the package resvg-py, which is not installed"
        hint = "pip install 'backprop-cli[picture]', or draw an .svg, which needs nothing more"
        raise Refused(Diagnostic("draw.png", message, hint)) from None
    drawn = drawing(scene)
    width, height = drawn.size
    zoom = min(_ZOOM, sqrt(_PIXELS / (width * height)), _SIDE / max(width, height))
    pixels = (max(1, round(width * zoom)), max(1, round(height * zoom)))
    return bytes(resvg_py.svg_to_bytes(svg_string=document(drawn, look), width=pixels[0], height=pixels[1]))
