"""The first steps of a descent as lines for a terminal, a pipe and Markdown, each update with its numbers put in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.descent.descent_report import block
from backprop_cli.descent.work import Step, Update, Work, WorkLine
from backprop_cli.render.arrays import grid
from backprop_cli.render.safe_text import visible

_NAME = re.compile(r"(?<![\w.])([A-Za-z]\w*)(\^?)")


def render(work: Work) -> str:
    """The rules, then each step."""
    made = ["each step, for every parameter w and its gradient g, from the old values of all:"]
    made += [f"  {rule(name, text)}" for name, text in work.rules]
    for step in work.steps:
        made += ["", f"step {step.number}", *(f"  {line}" for line in lines(step, work.output))]
    if work.more:
        made += ["", f"and {work.more:,} more step{'s' * (work.more > 1)}: --history FILE has all"]
    return "".join(f"{visible(line)}\n" for line in made)


def markdown(work: Work) -> str:
    """The same with a heading for each step."""
    made = ["Each step, for every parameter w and its gradient g, all from the old values:", ""]
    made += [f"- `{rule(name, text)}`" for name, text in work.rules]
    for step in work.steps:
        made += ["", f"### Step {step.number}", "", "```text", *map(visible, lines(step, work.output)), "```"]
    if work.more:
        made += ["", f"… and {work.more:,} more."]
    return "\n".join(made) + "\n"


def number(value: Number) -> str:
    """A number in six digits."""
    return f"{float(value) + 0.0:.6g}"


def filled(line: WorkLine, words: Mapping[str, str]) -> str:
    """A rule with numbers for its names, in the calculator's own language; a base below 0 is in parentheses.

    An array is too large to stand in a line: ``words`` has what its name is written as, if not as itself.
    """

    def put(match: re.Match[str]) -> str:
        if match[1] not in line.numbers:
            return match[0]
        value = line.numbers[match[1]]
        text = words.get(match[1], match[1]) if block(value).shape else number(value)
        apart = match[2] and (text.startswith("-") or "/" in text)
        return (f"({text})" if apart else text) + match[2]

    return _NAME.sub(put, line.rule)


def rule(name: str, text: str) -> str:
    """A rule of the optimizer, as it stands."""
    return f"{name} = {_signs(text)}"


def _signs(rule: str) -> str:
    return rule.replace("*", " × ")


def lines(step: Step, output: str) -> Iterator[str]:
    """One step: the rows where they are few, value and gradients, and every update."""
    for name, one in step.rows:
        yield from landing(f"{name}: ", one.value, one.gradients, output)
    yield from landing("mean: " if step.rows else "", step.value, step.gradients, output)
    for update in step.updates:
        yield from _update(update, output)


def landing(
    head: str, value: float, gradients: Mapping[str, Number], output: str, *, point: Mapping[str, Number] | None = None
) -> Iterator[str]:
    """The value and the gradients of numbers in a line or two, those of arrays below it."""
    singles = [f"∂{output}/∂{name} = {number(one)}" for name, one in gradients.items() if not block(one).shape]
    first = f"{head}{output} = {number(value)}"
    if head:
        yield ", ".join([first, *singles])
    else:
        yield from [first, ", ".join(singles)] if singles else [first]
    for name, one in gradients.items():
        if block(one).shape:
            yield from _grid(f"{' ' * len(head)}∂{output}/∂{name} = ", one)
    for name, one in (point or {}).items():
        yield from _grid(f"{name} = ", one) if block(one).shape else [f"{name} = {number(one)}"]


def _update(update: Update, output: str) -> Iterator[str]:
    words = {"w": update.parameter, "g": f"∂{output}/∂{update.parameter}"}
    lead = f"{update.parameter}: " if len(update.lines) > 1 else ""
    for at, line in enumerate(update.lines):
        margin = lead if at == 0 else " " * len(lead)
        head = f"{margin}{line.name} = {_signs(filled(line, words))} = "
        if block(line.result).shape:
            yield from _grid(head, line.result)
        else:
            yield head + number(line.result)


def _grid(head: str, value: Number) -> Iterator[str]:
    shown = grid.lines(block(value), None)
    yield head + shown[0]
    yield from (" " * len(head) + line for line in shown[1:])
