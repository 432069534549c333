"""A descent as a picture, SVG or PNG: the output over the steps, and for two parameters the way over the contours.

Drawn by the optional package matplotlib, without a window and without its global state.
"""

from __future__ import annotations

import io
import math
import warnings
from importlib.util import find_spec
from typing import Any

from backprop_cli.descent.contours import levels
from backprop_cli.descent.descent_report import DescentReport
from backprop_cli.descent.surface import Surface
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.render.descent import curve, words

_BLUE, _ORANGE, _GREY = "#0072b2", "#d55e00", "#666666"
_POINTS, _MARKED = 2_000, 60
_SETTINGS: Any = {
    "svg.fonttype": "path",
    "svg.hashsalt": "backprop",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 10,
    "text.parse_math": False,
}


def refuse_without_library() -> None:
    """Raise ``Refused`` where matplotlib is not installed."""
    if find_spec("matplotlib") is None:
        hint = "pip install 'backprop-cli[plot]'; --history FILE needs nothing more"
        raise Refused(Diagnostic("plot.library", "a plot needs the package matplotlib, which is not installed", hint))


def picture(report: DescentReport, form: str) -> bytes:
    """The picture as ``svg`` or ``png``."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that its font does not have
        both = report.surface is not None
        figure = Figure(figsize=(10.5, 4.4) if both else (6.4, 4.2), layout="constrained")
        axes = figure.subplots(1, 2) if both else [figure.subplots()]
        _values(axes[0], report)
        if report.surface is not None:
            _way(axes[1], report, report.surface)
        figure.suptitle(f"{words.count(report)}: {words.manner(report)}", fontsize=10, color=_GREY)
        out = io.BytesIO()
        figure.savefig(out, format=form, dpi=150, metadata={"Date": None} if form == "svg" else None)
    return out.getvalue()


def _values(axes: Any, report: DescentReport) -> None:
    steps = curve.sampled(range(len(report.values)), _POINTS)
    heights = [curve.drawable(report.values[step]) for step in steps]
    axes.plot(steps, heights, color=_BLUE, marker="o" if len(steps) <= _MARKED else None, markersize=3)
    if curve.logarithmic(heights):
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")  # matplotlib's own is mathematics, which is not parsed here
        axes.yaxis.set_minor_formatter("")
    axes.set_xlabel("step")
    axes.set_ylabel(report.output)
    axes.xaxis.get_major_locator().set_params(integer=True)


def _way(axes: Any, report: DescentReport, surface: Surface) -> None:
    known = [[math.nan if value is None else value for value in row] for row in surface.values]
    heights = levels(surface)
    if heights:
        drawn = axes.contour(surface.across, surface.up, known, levels=heights, cmap="viridis", linewidths=0.8)
        axes.clabel(drawn, heights[::4], fontsize=7, fmt="%.3g")
    across, up = ([float(visit.point[name]) for visit in report.trail] for name in surface.names)
    axes.plot(across, up, color=_ORANGE, linewidth=1.4, marker="o" if len(across) <= _MARKED else None, markersize=3)
    axes.plot(across[:1], up[:1], "s", color=_ORANGE, label="start")
    axes.plot(across[-1:], up[-1:], "*", color=_ORANGE, markersize=12, label="end")
    axes.legend(edgecolor="none", framealpha=0.8, fontsize=8)
    axes.set_xlabel(surface.names[0])
    axes.set_ylabel(surface.names[1])
