"""Everything a user can cause that is wrong, as data.

A problem has a code (``backprop explain CODE`` tells more), one sentence, a hint and, where there is one, the span of
the text it is about. ``Refused`` carries problems up to the one place that draws them (``cli/outcome.py``). Anything
else that is raised is a bug of this project and keeps its traceback. This module does not know how problems are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

ANSWER_IS_NO, USAGE, UNREADABLE, NO_VALUE, INTERRUPTED = 1, 2, 3, 4, 130
"""Exit codes: a gradient or an answer is wrong; how it was called; what cannot be read; no value there; Ctrl-C."""

MORE_RANGE = "--digits 20 has a far larger range"
"""What helps where a double overflows."""

_EXIT_CODES = {
    "usage": USAGE,
    "ask": USAGE,
    "domain": NO_VALUE,
    "slope": NO_VALUE,
    "overflow": NO_VALUE,
    "index": NO_VALUE,
    "exact": NO_VALUE,
    "digits": NO_VALUE,
}


@dataclass(frozen=True, slots=True)
class Source:
    """A text that a user gave, and what to call it: ``expression``, ``x``, ``point.json``."""

    name: str
    text: str

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = self.text.count("\n", 0, offset) + 1
        return line, offset - (self.text.rfind("\n", 0, offset) + 1) + 1


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters in a source."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong, said in the user's own words."""

    code: str
    message: str
    hint: str = ""
    source: Source | None = None
    span: Span | None = None

    def at(self, source: Source, span: Span) -> Diagnostic:
        """The same problem, placed in a text unless it already has a place."""
        return self if self.span is not None else replace(self, source=source, span=span)


Problem = Diagnostic
"""The name of ``Diagnostic`` up to version 0.1; it goes with 0.3."""


def some(names: Sequence[str], most: int = 3) -> str:
    """The first few names, and how many more there are: ``a, b, c and 2 more``."""
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")


class Refused(Exception):
    """What the user asked cannot be done; the problems say why.

    ``exit_code`` is 2 for usage, 3 for unreadable input, 4 for no value or no gradient there. The first problem
    decides, unless whoever raises it knows better: a wrong argument on a command line is an unreadable file in a key.
    """

    def __init__(self, *problems: Diagnostic, exit_code: int | None = None) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems
        family = problems[0].code.partition(".")[0]
        self.exit_code = _EXIT_CODES.get(family, UNREADABLE) if exit_code is None else exit_code
