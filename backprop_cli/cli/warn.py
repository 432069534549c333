"""What is said on standard error beside an answer: warnings, notes, and that the check found a bug of ours."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from backprop_cli.problems import Diagnostic

_NOTES = frozenset({"check.note", "latex.read"})
_BUG = "this is a bug of backprop's own: please report the command line"


def warn(problems: Iterable[Diagnostic], *, quiet: bool = False) -> None:
    """Warnings and notes, a few lines each; ``quiet`` leaves the notes out."""
    for problem in problems:
        is_note = problem.code in _NOTES
        if not (quiet and is_note):
            _say(problem, "note" if is_note else "warning")


def found_wrong(message: str) -> None:
    """What the check found wrong."""
    error(Diagnostic("check.wrong", message, _BUG))


def error(problem: Diagnostic) -> None:
    """An error beside an answer that was given all the same; the exit code says it, too."""
    _say(problem, "error")


def _say(problem: Diagnostic, kind: str) -> None:
    from backprop_cli.render.diagnostics import drawn

    print(drawn(problem, kind), file=sys.stderr)
