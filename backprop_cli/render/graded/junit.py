"""JUnit XML, the subset that readers of xunit2 share: a suite a submission, a case an answer that was asked for.

Wrong is a failure, unreadable an error, missing is skipped. Totals stand at each suite, since the class is not known
beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import MappingProxyType

from backprop_cli.grading.records import ClassSummary, Heading, Judged, ProblemResult, SubmissionResult
from backprop_cli.problems import Diagnostic
from backprop_cli.render.graded.words import NAME, SENTENCE, asked, place, said, sentence, shown, summed_up, unasked

_KINDS = {
    "close": "failure",
    "wrong": "failure",
    "undefined": "failure",
    "invalid": "error",
    "missing": "skipped",
}


class JunitReport:
    """``<testsuites>``; every text in it is visible characters, escaped."""

    def __init__(self) -> None:
        self._title = ""

    def head(self, heading: Heading) -> str:
        """The declaration and the root."""
        self._title = heading.title
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name={_quoted(heading.title or heading.command)}>\n'
        )

    def add(self, result: SubmissionResult) -> str:
        """A suite."""
        student = result.student or self._title or "answers"
        if result.invalid is not None:
            return _suite(student, [_unreadable(student, result, result.invalid)], ["error"], [])
        found = list(asked(result.problems))
        cases = [_case(result.student, problem, one) for problem, one in found]
        notes = [said(warning) for warning in result.warnings]
        notes += [f"{problem.id} {one.name}: {one.word}" for problem, one in unasked(result.problems)]
        notes += [f"{problem.id}: {said(hint)}" for problem in result.problems for hint in problem.hints]
        return _suite(student, cases, [_KINDS.get(one.word, "") for _, one in found], notes)

    def tail(self, summary: ClassSummary) -> str:
        """The end of the root."""
        return "</testsuites>\n"


def _suite(student: str, cases: list[str], kinds: list[str], notes: list[str]) -> str:
    counts = f'tests="{len(cases)}" failures="{kinds.count("failure")}" errors="{kinds.count("error")}"'
    start = f'  <testsuite name={_quoted(student)} {counts} skipped="{kinds.count("skipped")}" time="0">\n'
    said_out = f"    {_tagged('system-out', notes)}\n" if notes else ""
    return f"{start}{''.join(cases)}{said_out}  </testsuite>\n"


def _case(student: str, problem: ProblemResult, one: Judged) -> str:
    kind = _KINDS.get(one.word)
    remarks = [said(remark) for remark in one.remarks]
    message = {"message": summed_up(one)}
    inner = ""
    if kind:
        inner = _tagged(kind, remarks, message if kind == "skipped" else message | {"type": one.word})
    elif remarks:
        inner = _tagged("system-out", remarks)
    classname = f"{shown(student, NAME)}.{problem.id}" if student else problem.id
    return _element(classname, one.name, inner)


def _unreadable(student: str, result: SubmissionResult, problem: Diagnostic) -> str:
    source, line = place(result)
    where = f"{source}, line {line}" if line is not None else source
    inner = _tagged("error", [said(problem), where], {"message": problem.message, "type": problem.code})
    return _element(student, "submission", inner)


def _tagged(tag: str, texts: list[str], attributes: Mapping[str, str] = MappingProxyType({})) -> str:
    start = tag + "".join(f" {key}={_quoted(value)}" for key, value in attributes.items())
    return f"<{start}>{_lines(texts)}</{tag}>" if texts else f"<{start}/>"


def _element(classname: str, name: str, inner: str) -> str:
    start = f'    <testcase classname={_quoted(classname)} name={_quoted(name)} time="0"'
    return f"{start}>{inner}</testcase>\n" if inner else f"{start}/>\n"


def _quoted(text: str) -> str:
    return f'"{escape(shown(text, SENTENCE))}"'


def _lines(texts: list[str]) -> str:
    return "\n".join(escape(sentence(text), quote=False) for text in texts)
