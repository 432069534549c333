"""What every code means: the longer story behind an error, a warning or a kink, for ``backprop explain CODE``.

The codes of single gates (``domain.log``, ``slope.sqrt``, ``kink.relu``, ``overflow.exp``) are read off the gate table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from textwrap import fill

from backprop_cli import limits
from backprop_cli.gates import GATES, Gate
from backprop_cli.gates.array_table import ARRAY_GATES, ArrayGate
from backprop_cli.nearest import meant
from backprop_cli.problems import Diagnostic, Refused

_WIDTH = 98
_FILES = ("calculation.toml", "homework.toml", "arrays.toml", "data.toml", "descent.toml")


@dataclass(frozen=True, slots=True)
class Topic:
    """One code's page.

    ``exits`` is with which exit code a command ends that says it, where the code alone does not tell: ``0`` of warnings
    and notes.
    """

    title: str
    text: str
    example: str = ""
    exits: str = ""


@cache
def _topics() -> dict[str, Topic]:
    """The pages of the ``catalogue`` files, with the limits' numbers in their places."""
    pages: dict[str, dict[str, str]] = {}
    for name in _FILES:
        pages |= tomllib.loads(files("backprop_cli.catalogue").joinpath(name).read_text("utf-8"))
    numbers = {name: value for name, value in vars(limits).items() if name.isupper()}
    return {code: Topic(**page | {"text": page["text"].strip().format(**numbers)}) for code, page in pages.items()}


@cache
def codes() -> Mapping[str, Topic]:
    """Every code with its page, in groups."""
    found = dict(_topics())
    for gate in GATES.values():
        found |= _of_gate(gate)
    for row in ARRAY_GATES.values():
        found |= _of_array_gate(row)
    return {code: replace(topic, text=_wrapped(topic.text)) for code, topic in sorted(found.items())}


def exits(code: str) -> str:
    """With which exit code a command ends that says this code: a number, or in words."""
    return codes()[code].exits or str(Refused(Diagnostic(code, "")).exit_code)


def _wrapped(text: str) -> str:
    """Every paragraph in lines of one width."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
    return "\n\n".join(fill(paragraph, _WIDTH, break_on_hyphens=False) for paragraph in paragraphs)


def explained(code: str) -> Topic:
    """The page of a code. Raises ``Refused`` with the nearest code if there is none."""
    known = codes()
    if code not in known:
        hint = meant(code, known, "`backprop explain` lists the codes")
        raise Refused(Diagnostic("usage.topic", f"there is no code {code}", hint))
    return known[code]


def _of_gate(gate: Gate) -> dict[str, Topic]:
    found = {f"overflow.{gate.name}": Topic(f"{gate.form} is too large", _OVERFLOW)}
    if gate.domain:
        text = f"{gate.form} needs {gate.need} to have a value. {_DOMAIN}"
        found[f"domain.{gate.name}"] = Topic(f"{gate.name} needs {gate.need}", text)
    slopes = [slope for slope in gate.slopes if slope.need or not slope.text]
    if slopes:
        need = slopes[0].need or "that input held fixed"
        text = f"{gate.form} has a value here, and its slope is infinite or does not exist: it needs {need}.\n{_SLOPE}"
        found[f"slope.{gate.name}"] = Topic(f"{gate.name} has no finite slope here", text)
    if gate.kink:
        text = f"At {gate.kink} the gate has a value and no single slope.\nConvention: {gate.convention}. {_KINK}"
        found[f"kink.{gate.name}"] = Topic(f"{gate.name} on its kink", text, exits="0")
    return found


def _of_array_gate(row: ArrayGate) -> dict[str, Topic]:
    found = {f"overflow.{row.name}": Topic(f"{row.form} is too large", _OVERFLOW)}
    if row.need:
        text = f"{row.form} needs {row.need} to have a value; it is asked for to 16 digits. {_DOMAIN}"
        found[f"domain.{row.name}"] = Topic(f"{row.called} needs {row.need}", text)
    if row.slope_need or "" in row.pullbacks:
        need = row.slope_need or "its index held fixed"
        text = f"{row.form} has a value here, and no gradient in one of its inputs: it needs {need}.\n{_SLOPE}"
        found[f"slope.{row.name}"] = Topic(f"{row.called} has no gradient here", text)
    if row.kink:
        text = f"At {row.kink} the gate has a value and no single slope.\nConvention: {row.convention}. {_KINK}"
        found[f"kink.{row.name}"] = Topic(f"{row.called} on its kink", text, exits="0")
    return found


_OVERFLOW = "Its value leaves the range of numbers (about 1.8e308 for doubles). --digits 20 has a far larger range."
_DOMAIN = (
    "Outside, every arithmetic refuses alike; nothing is\nturned into NaN or a complex number. "
    "In where(condition, a, b) the branch that is not taken is not asked."
)
_SLOPE = "Where the gradient of that input is not wanted, leave it out with --wrt."
_KINK = "The report always says `kink` and shows\nboth one-sided slopes, so that no convention passes for a derivative."
