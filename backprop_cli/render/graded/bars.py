"""Bars of a class as SVG: how the scores are spread, and one bar beside a number in a table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_WIDTH, _HEIGHT, _ROOM, _GAP = 560, 150, 22, 6


def histogram(counts: Sequence[int]) -> str:
    """A bar for each equal part of 0 to 100 %, with its count above and its range below."""
    most, step = max([*counts, 1]), _WIDTH / len(counts)
    percent = 100 // len(counts)
    parts = []
    for place, count in enumerate(counts):
        height = round((_HEIGHT - 2 * _ROOM) * count / most, 1)
        x, y = round(place * step + _GAP / 2, 1), round(_HEIGHT - _ROOM - height, 1)
        middle = round((place + 0.5) * step, 1)
        last = "100" if place == len(counts) - 1 else str((place + 1) * percent)
        span = f"{place * percent} to {last} %: {count}"
        parts += [
            f'<rect x="{x}" y="{y}" width="{round(step - _GAP, 1)}" height="{height}"><title>{span}</title></rect>',
            f'<text x="{middle}" y="{y - 5}">{count or ""}</text>',
            f'<text class="axis" x="{middle}" y="{_HEIGHT - 6}">{place * percent}–{last}</text>',
        ]
    line = f'<line x1="0" x2="{_WIDTH}" y1="{_HEIGHT - _ROOM}" y2="{_HEIGHT - _ROOM}"/>'
    label = escape(", ".join(str(count) for count in counts))
    return (
        f'<svg class="bars" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="How many students have how many percent, in tenths: {label}">{"".join(parts)}{line}</svg>'
    )


def bar(part: float | None, *, signed: bool = False) -> str:
    """A bar of a part from 0 to 1; if ``signed`` from -1 to 1, where what is below 0 goes to the left of the middle."""
    if part is None:
        return ""
    room, zero = (40, 40) if signed else (80, 0)
    size = round(room * min(abs(part), 1.0), 1)
    x = zero - size if part < 0 else zero
    kind = "below" if part < 0 else "above"
    return (
        '<svg class="bar" viewBox="0 0 80 10" width="80" height="10" aria-hidden="true">'
        f'<rect class="{kind}" x="{x}" y="1" width="{size}" height="8"/>'
        f'<line x1="{zero}" x2="{zero}" y1="0" y2="10"/></svg>'
    )
