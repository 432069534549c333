"""A result without the student's name: a number stands in its place, and no file or sentence tells it."""

from __future__ import annotations

from dataclasses import replace

from backprop_cli.grading.records import ProblemResult, SubmissionResult
from backprop_cli.problems import Diagnostic


def nameless(result: SubmissionResult, number: int) -> SubmissionResult:
    """The result of ``student N``. The file goes with its lines, and warnings that quote the name or the file go."""
    named = {name.casefold() for name in (result.student, result.source) if name}

    def tells(warning: Diagnostic) -> bool:
        text = f"{warning.message} {warning.hint}".casefold()
        return any(name in text for name in named)

    invalid = result.invalid
    if invalid is not None:
        message = "the submission cannot be read" if tells(invalid) else invalid.message
        invalid = Diagnostic(invalid.code, message, "" if tells(invalid) else invalid.hint)
    return replace(
        result,
        student=f"student {number}",
        source="",
        problems=tuple(map(_without_lines, result.problems)),
        line=None,
        invalid=invalid,
        warnings=tuple(warning for warning in result.warnings if not tells(warning)),
    )


def _without_lines(problem: ProblemResult) -> ProblemResult:
    return replace(problem, judged=tuple(replace(one, below=None) for one in problem.judged))
