"""What the numbers mean, in sentences: how the check went, and how the output moves when a variable does."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping

from backprop_cli.render import numbers
from backprop_cli.report.report import Report, StageRow, Variable

METHODS = {
    "symbolic": "symbolic differentiation",
    "gatewise": "symbolic differentiation of each gate and power series",
    "forward": "power series",
    "directional": "slopes along fixed directions",
}
_CLAUSES = {
    "ok": "agree{s} with {method}",
    "imprecise": "agree{s} up to digits lost to cancellation or underflow",
    "kink": "stand{s} on a kink, where a convention answers",
    "limit": "follow{s} from the one-sided slopes, which agree",
    "undecided": "stay{s} undecided: no number of digits tells on which side of an edge the point lies",
    "unchecked": "remain{s} unchecked",
}


def agreement(report: Report) -> str:
    """The check in one sentence."""
    if report.check is None:
        return "not checked (--no-check)"
    verdicts = list(report.check.verdicts.values())
    method = METHODS[report.check.method]
    counts = Counter[str]("imprecise" if one.word == "ok" and one.lost_digits > 0 else one.word for one in verdicts)
    if counts["wrong"]:
        return f"{counts['wrong']:,} of {len(verdicts):,} gradients do not agree with {method}"
    if report.check.value.word == "wrong":
        return "the value does not agree with its enclosure"
    if report.check.broken:
        return f"{report.check.broken} does not agree with {method}"
    return counted(counts, "gradient", method) or "no gradient to check"


def counted(counts: Mapping[str, int], noun: str, method: str) -> str:
    """``2 gradients agree with …; 1 stands on a kink``: the noun stands in the first clause only."""
    clauses: list[str] = []
    for word, says in _CLAUSES.items():
        count = counts.get(word, 0)
        if count:
            nouns = "" if clauses else f"{noun}{'s' * (count > 1)} "
            clauses.append(f"{count:,} {nouns}{says.format(s='s' * (count == 1), method=method)}")
    return "; ".join(clauses)


def kinks(report: Report) -> list[str]:
    """One sentence for each gradient on a kink: the slopes on both sides."""
    rows: list[Variable | StageRow] = [*report.parameters, *report.stages]
    on_kink = ((row.name, row.verdict) for row in rows if row.verdict is not None and row.verdict.word == "kink")
    return [f"{name}: slope {numbers.slopes(verdict)}" for name, verdict in on_kink if verdict.slopes is not None]


def sensitivities(report: Report) -> list[str]:
    """One sentence for each asked variable."""
    return [_sentence(variable, report.output, report.near_kinks) for variable in report.parameters]


def unsure(name: str, output: str, convention: str) -> str:
    """Of a gradient that feeds a gate on a kink, where nothing was checked."""
    return f"{name}: {output} may have a kink here, where {convention} is a convention; a check tells the slopes."


def _sentence(variable: Variable, output: str, near_kinks: Collection[str]) -> str:
    assert variable.gradient is not None
    name = variable.name
    if variable.verdict is not None and variable.verdict.word == "kink":
        sides = numbers.slopes(variable.verdict)
        return f"{name}: {output} has a kink here, with slope {sides}; {variable.gradient.text} is the convention."
    if name in near_kinks and (variable.verdict is None or variable.verdict.word == "unchecked"):
        return unsure(name, output, variable.gradient.text)
    slope, step = variable.gradient.approx, _step(variable.value.approx)
    if slope == 0:
        return f"{name}: moving {name} a little leaves {output} where it is, to first order."
    direction = "raise" if slope > 0 else "lower"
    change = f"{abs(slope * step):.2g}"
    return f"{name}: raising {name} by {step:g} would {direction} {output} by about {change}."


def _step(value: float) -> float:
    """A step that is small beside the value: 0.01, or a hundredth of its power of ten."""
    size = abs(value)
    if not math.isfinite(size) or 0.1 <= size < 100 or size == 0:
        return 0.01
    return 10.0 ** (math.floor(math.log10(size)) - 2)
