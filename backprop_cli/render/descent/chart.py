"""The two charts of a descent's page as SVG: the values over the steps, and the way over the contours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from backprop_cli.descent.contours import contour, levels
from backprop_cli.descent.descent_report import DescentReport
from backprop_cli.descent.surface import Surface
from backprop_cli.render.descent import curve
from backprop_cli.render.safe_text import visible

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 460, 270, 64, 24, 12, 40
_TICKS, _POINTS = 5, 1_000


@dataclass(frozen=True, slots=True)
class Scale:
    """From numbers between ``low`` and ``high`` to units of the drawing between ``start`` and ``end``."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Where a number stands."""
        low, high, one = (math.log(n) if self.log else n for n in map(curve.drawable, (self.low, self.high, value)))
        part = (one - low) / (high - low) if high > low else 0.5
        return round(self.start + (self.end - self.start) * part, 1)


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, and its two scales: so that a point on it can be found again."""

    svg: str
    across: Scale
    up: Scale


def values(report: DescentReport) -> Chart:
    """The output at every step."""
    steps = curve.sampled(range(len(report.values)), _POINTS)
    heights = [curve.drawable(report.values[step]) for step in steps]
    log = curve.logarithmic(heights)
    across = _across(0, len(report.values) - 1)
    up = _up(min(heights), max(heights), log=log)
    marks = [(across(step), f"{step:,}") for step in sorted(set(curve.sampled(range(len(report.values)), _TICKS)))]
    ticks = [(up(tick), f"{tick:.3g}") for tick in sorted(set(curve.ticks(heights, _TICKS)))]
    line = _line((across(step), up(height)) for step, height in zip(steps, heights, strict=True))
    parts = [*_axes(marks, ticks, "step", report.output), f'<path class="curve" d="{line}"/>', *_marker("curve")]
    return Chart(_svg(parts, f"{report.output} at each step"), across, up)


def way(surface: Surface, points: Sequence[tuple[float, float]]) -> Chart:
    """The way of two parameters over the contours of the output; ``points`` are those that were visited."""
    across = _across(surface.across[0], surface.across[-1])
    up = _up(surface.up[0], surface.up[-1])
    parts = [f'<path class="level" d="{_pieces(surface, level, across, up)}"/>' for level in levels(surface)]
    ends = (surface.across[0], surface.across[-1]), (surface.up[0], surface.up[-1])
    marks, ticks = (
        [(s(t), f"{t:.3g}") for t in curve.ticks(e, _TICKS)] for s, e in zip((across, up), ends, strict=True)
    )
    parts += _axes(marks, ticks, *surface.names)
    parts += [f'<path class="way" d="{_line((across(x), up(y)) for x, y in points)}"/>', *_marker("way")]
    return Chart(_svg(parts, f"the way of {surface.names[0]} and {surface.names[1]}"), across, up)


def _across(low: float, high: float) -> Scale:
    return Scale(low, high, _LEFT, _WIDTH - _RIGHT)


def _up(low: float, high: float, *, log: bool = False) -> Scale:
    return Scale(low, high, _HEIGHT - _BOTTOM, _TOP, log)


def _svg(parts: Iterable[str], label: str) -> str:
    inner = "\n".join(parts)
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{_safe(label)}">\n{inner}\n</svg>'


def _axes(marks: Iterable[tuple[float, str]], ticks: Iterable[tuple[float, str]], x: str, y: str) -> Iterator[str]:
    bottom = _HEIGHT - _BOTTOM
    yield f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{_WIDTH - _RIGHT}"/>'
    for place, text in marks:
        yield f'<text class="mark" x="{place}" y="{bottom + 16}">{text}</text>'
    for place, text in ticks:
        yield f'<text class="tick" x="{_LEFT - 6}" y="{place + 4:g}">{text}</text>'
    yield f'<text class="mark" x="{(_LEFT + _WIDTH - _RIGHT) / 2:g}" y="{_HEIGHT - 6}">{_safe(x)}</text>'
    yield f'<text class="mark" x="14" y="{bottom / 2:g}" transform="rotate(-90 14 {bottom / 2:g})">{_safe(y)}</text>'


def _marker(name: str) -> Iterator[str]:
    """Where the step begins, and where it leads to; the script puts both in their places."""
    yield f'<circle class="next" id="{name}-next" r="5" cx="-9" cy="-9"/>'
    yield f'<circle class="here" id="{name}-here" r="5" cx="-9" cy="-9"/>'


def _line(points: Iterable[tuple[float, float]]) -> str:
    return "".join(f"{'L' if at else 'M'}{x:g} {y:g}" for at, (x, y) in enumerate(points))


def _pieces(surface: Surface, level: float, across: Scale, up: Scale) -> str:
    return "".join(f"M{across(x):g} {up(y):g}L{across(u):g} {up(v):g}" for x, y, u, v in contour(surface, level))


def _safe(text: str) -> str:
    return escape(visible(text))
