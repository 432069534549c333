"""GitHub's workflow commands: an error for what is wrong, a warning for what is nearly or not there, a last notice.

A command is a line that begins with ``::``. Every line here begins with one of ours, and what stands in it is escaped
as the runner unescapes it.
"""

from __future__ import annotations

from backprop_cli.grading.records import AnswerWord, ClassSummary, Heading, Judged, ProblemResult, SubmissionResult
from backprop_cli.render.graded.words import (
    NAME,
    SENTENCE,
    facts,
    place,
    right,
    said,
    shown,
    summed_up,
)

_LEVELS: dict[AnswerWord, str] = {
    "wrong": "error",
    "undefined": "error",
    "close": "warning",
    "invalid": "warning",
    "extra": "notice",
    "duplicate": "notice",
}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = _DATA | {":": "%3A", ",": "%2C"}


class GithubCommands:
    """Annotations, to be printed to the log of a workflow."""

    def __init__(self) -> None:
        self._heading: Heading | None = None
        self._right = ""

    def head(self, heading: Heading) -> str:
        """Nothing."""
        self._heading = heading
        return ""

    def add(self, result: SubmissionResult) -> str:
        """A command for each answer that is not right, and one for all that are missing in a problem.

        GitHub shows ten annotations of a kind, and shows them to the student: hidden problems have none.
        """
        self._right = right(result.problems) if result.invalid is None else "the answers cannot be read"
        source, line = place(result)
        if result.invalid is not None:
            return _command("warning", source, line, result.student, [said(result.invalid)])
        lines = [_command("warning", source, line, result.student, [said(warning)]) for warning in result.warnings]
        for problem in result.problems:
            if problem.hidden:
                continue
            lines += [_answer(result, problem, one) for one in problem.judged if one.word in _LEVELS]
            title = _title(result, problem.id)
            missing = [shown(one.name, NAME) for one in problem.judged if one.word == "missing"]
            lines += [_command("warning", source, line, title, [f"missing: {', '.join(missing)}"])] if missing else []
            lines += [_command("warning", source, line, title, [said(hint)]) for hint in problem.hints]
        return "".join(lines)

    def tail(self, summary: ClassSummary) -> str:
        """The notice of how it went."""
        heading = self._heading
        if heading is not None and heading.command == "check":
            return _command("notice", "", None, heading.title or "backprop check", [self._right])
        return _command("notice", "", None, summary.title or "backprop grade", [", ".join(facts(summary))])


def _answer(result: SubmissionResult, problem: ProblemResult, one: Judged) -> str:
    title = _title(result, f"{problem.id} {shown(one.name, NAME)}")
    texts = [summed_up(one), *(said(remark) for remark in one.remarks)]
    return _command(_LEVELS[one.word], result.source, result.line_of(one) or result.line, title, texts)


def _title(result: SubmissionResult, what: str) -> str:
    return f"{shown(result.student, NAME)}: {what}" if result.student else what


def _command(level: str, source: str, line: int | None, title: str, texts: list[str]) -> str:
    """One command. A file that is standard input has no name to point at."""
    named = source not in {"", "-"}
    properties = [("file", source)] if named else []
    properties += [("line", str(line))] if named and line is not None else []
    properties += [("title", title)] if title else []
    given = ",".join(f"{key}={_escaped(shown(value, SENTENCE), _PROPERTY)}" for key, value in properties)
    message = _escaped("\n".join(text for text in texts if text), _DATA)
    return f"::{level} {given}::{message}\n" if given else f"::{level}::{message}\n"


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(character, character) for character in text)
