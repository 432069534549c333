"""The page of a descent: one HTML file with its charts and a slider over the steps, which asks nothing of any network.

Beside the charts stand the numbers of each step, as ``--show-work`` writes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from string import Template
from typing import Any

from backprop_cli.descent.descent_report import DescentReport
from backprop_cli.descent.loop import Visit
from backprop_cli.descent.work import rules, written
from backprop_cli.render.descent import chart, curve, words
from backprop_cli.render.descent.work_lines import landing, lines, rule
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.render.single_file import asset, block, policy

_HERE = "backprop_cli.render.descent"
_BEGUN, _FRAMES, _TITLE, _EXPRESSION = 10, 400, 80, 600
_LINES, _COLUMNS = 60, 160


def page(report: DescentReport) -> str:
    """The whole file. Of a long descent the first steps, and then as many as the slider has room for."""
    charts = [chart.values(report)]
    moves = _shown(report)
    if report.surface is not None:
        visited = [*(before for before, _ in moves), report.trail[-1]]
        names = report.surface.names
        points = [(float(visit.point[names[0]]), float(visit.point[names[1]])) for visit in visited]
        charts.append(chart.way(report.surface, points))
    frames = [_frame(report, charts, before, after) for before, after in moves]
    frames.append(_end(report, charts))
    style, script = (f"\n{asset(_HERE, f'page.{kind}')}\n" for kind in ("css", "js"))
    return Template(asset(_HERE, "page.html")).substitute(
        policy=policy(style, script),
        title=escape(shorten(visible(" ".join(report.expression.split())), _TITLE)),
        style=style,
        expression=escape("\n".join(map(visible, shorten(report.expression.strip(), _EXPRESSION).splitlines()))),
        summary=escape(f"{report.output}: {report.before!r} → {report.value!r} in {words.count(report)}"),
        manner=escape(_manner(report)),
        rules=escape("\n".join(rule(name, text) for name, text in rules(report.recipe))),
        charts="\n".join(f"<figure>{one.svg}</figure>" for one in charts),
        last=len(frames) - 1,
        end=escape("\n".join(frames[-1][1])),
        stopped=escape(f"{report.stop.sentence}; {words.agreement(report)}"),
        data=block({"frames": frames}),
        script=script,
    )


def _manner(report: DescentReport) -> str:
    return ", ".join(filter(None, (words.manner(report), words.data(report))))


def _shown(report: DescentReport) -> Sequence[tuple[Visit, Visit]]:
    later = [move for move in report.moves if move[0].step >= _BEGUN]
    early = list(zip(report.early, report.early[1:], strict=False))[:_BEGUN]
    return [*early, *curve.sampled(later, _FRAMES)]


def _frame(report: DescentReport, charts: list[chart.Chart], before: Visit, after: Visit) -> list[Any]:
    """What is said of a step, and where it begins and ends on each chart."""
    told = list(lines(written(report, before, after), report.output))
    places = [_place(report, charts, visit) for visit in (before, after)]
    return [f"step {after.step:,} of {report.steps:,}", _cut(told), *places]


def _end(report: DescentReport, charts: list[chart.Chart]) -> list[Any]:
    last = report.trail[-1]
    gradients = {row.name: row.gradient.doubles for row in report.parameters}
    point = {row.name: row.after.doubles for row in report.parameters}
    told = list(landing("", report.value, gradients, report.output, point=point))
    return [f"after {words.count(report)}", _cut(told), _place(report, charts, last), []]


def _place(report: DescentReport, charts: list[chart.Chart], visit: Visit) -> list[float]:
    places = [charts[0].across(visit.step), charts[0].up(visit.value)]
    if report.surface is not None:
        across, up = (float(visit.point[name]) for name in report.surface.names)
        places += [charts[1].across(across), charts[1].up(up)]
    return places


def _cut(told: list[str]) -> list[str]:
    """Within what a reader looks at: large arrays and many parameters end in a sign that there was more."""
    shown = [shorten(visible(line), _COLUMNS) for line in told[:_LINES]]
    return [*shown, "…"] if len(told) > _LINES else shown
