"""The check of an array circuit in sentences, and a verdict in words."""

from __future__ import annotations

import math
from collections import Counter

from backprop_cli.check.array_check import ArrayVerdict, worst_place
from backprop_cli.reading.nested_lists import place
from backprop_cli.render import numbers
from backprop_cli.render.sentences import METHODS, counted, unsure
from backprop_cli.report.array_report import ArrayReport, ArrayRow


def agreement(report: ArrayReport) -> str:
    """The check in one sentence."""
    check = report.check
    if check is None:
        return "not checked (--no-check)"
    method = METHODS[check.method]
    if check.broken:
        return f"{check.broken} does not agree with {method}"
    counts = Counter[str]()
    for verdict in check.verdicts.values():
        counts.update(verdict.counts)
    if counts["wrong"]:
        return f"{counts['wrong']:,} of {check.components:,} components do not agree with {method}"
    if check.method != "directional":
        method += ", on the circuit written out in scalar gates"
    return counted(counts, "component", method) or "nothing to check"


def verdict(row: ArrayRow, *, marks: bool = True) -> str:
    """``✓ ok, rel. error 2.2e-16 at W[0, 1]``."""
    found = row.verdict
    if found is None:
        return ""
    mark = numbers.MARKS.get(found.word, "?")
    word = f"{mark} {found.word}" if marks else found.word
    count = found.counts.get(found.word, 0)
    if found.word != "ok" and sum(found.counts.values()) > 1:
        word += f" at {worst_place(row.name, found)}" + (f" and {count - 1:,} more" if count > 1 else "")
    if found.rel_error is None or found.word not in ("ok", "wrong", "imprecise"):
        return word
    return f"{word}, {_error(row, found)}"


def _error(row: ArrayRow, found: ArrayVerdict) -> str:
    assert found.rel_error is not None
    size = "0" if found.rel_error == 0 else f"{found.rel_error:.1e}"
    where = f" at {worst_place(row.name, found)}" if found.rel_error and found.at and found.word == "ok" else ""
    return f"rel. error {size}{where}"


def kinks(report: ArrayReport) -> list[str]:
    """The one-sided slopes of the first component of each array that stands on a kink."""
    found = []
    for row in (*report.parameters, *report.stages):
        one = row.verdict.one if row.verdict is not None else None
        if row.verdict is not None and one is not None and one.word == "kink" and one.slopes is not None:
            found.append(f"{worst_place(row.name, row.verdict)}: slope {numbers.slopes(one)}")
    return found


def size(shape: tuple[int, ...]) -> str:
    """A shape beside a name; nothing for a number."""
    return f" {shape}" if shape else ""


def sensitivities(report: ArrayReport) -> list[str]:
    """One sentence for each asked variable: where it moves the output most."""
    found = []
    for row in report.parameters:
        assert row.gradient is not None
        doubles = [float(row.gradient.doubles.reshape(-1)[i]) for i in range(row.gradient.count)]
        at = max(range(len(doubles)), key=lambda number: abs(doubles[number]))
        if not any(doubles):
            found.append(_unmoved(report, row))
            continue
        name = place(row.name, row.value.shape, at)
        word = "raise" if doubles[at] > 0 else "lower"
        step = f"raising {name} by 0.01 would {word} {report.partial} by about {abs(doubles[at]) * 0.01:.2g}"
        most = f"; no other element of {row.name} moves it more" if len(doubles) > 1 else ""
        found.append(f"{row.name}: {step}{most}.")
    return found


def _unmoved(report: ArrayReport, row: ArrayRow) -> str:
    """What a gradient of nothing but zeros says: on a kink they are a convention."""
    one = row.verdict.one if row.verdict is not None else None
    if row.verdict is not None and one is not None and one.word == "kink":
        where = worst_place(row.name, row.verdict)
        return f"{where}: {report.partial} has a kink here, with slope {numbers.slopes(one)}; 0 is the convention."
    if row.verdict is None and any(warning.code.startswith("kink.") for warning in report.warnings):
        return unsure(row.name, report.partial, "0")
    return f"{row.name}: moving {row.name} a little leaves {report.partial} where it is, to first order."


def norm(value: float) -> str:
    """A norm in four digits."""
    return "none" if math.isnan(value) else f"{value:.4g}"
