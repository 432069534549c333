"""The values of a descent drawn over its steps in a terminal, where the optional package plotext is installed."""

from __future__ import annotations

from backprop_cli.descent.descent_report import DescentReport
from backprop_cli.render.descent import curve
from backprop_cli.render.tables.screens import Screen

_LEAST, _WIDEST, _LINES, _TICKS = 50, 100, 14, 5


def plot(report: DescentReport, screen: Screen) -> str:
    """Some lines with axes; nothing where a line of bars says as much, or where there is no terminal to draw on."""
    if screen.width is None or screen.width < _LEAST or not screen.unicode or len(report.values) < 4:
        return ""
    try:
        import plotext
    except ImportError:
        return ""
    columns = min(screen.width, _WIDEST)
    steps = curve.sampled(range(len(report.values)), 2 * columns)
    heights = [curve.drawable(report.values[step]) for step in steps]
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plot_size(columns, _LINES)
    ticks = curve.ticks(heights, _TICKS)
    if curve.logarithmic(heights):
        plotext.yscale("log")
    plotext.yticks(ticks, [f"{tick:.3g}" for tick in ticks])
    plotext.xticks(curve.sampled(range(len(report.values)), _TICKS))
    plotext.plot(steps, heights, marker="braille")
    plotext.title(f"{report.output} at each step")
    drawn: str = plotext.uncolorize(plotext.build())
    return "".join(f"{line.rstrip()}\n" for line in drawn.splitlines())
