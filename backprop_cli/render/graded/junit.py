"""JUnit XML, what readers of xunit2 and Ant's schema share: a suite a submission, a case an answer that was asked for.

Wrong is a failure, unreadable an error, missing is skipped. Totals stand at each suite, since the class is not known
beforehand. Ant's schema asks for a host and a time: they are constants, so that the same answers give the same file.
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

_CONSTANT = 'timestamp="1970-01-01T00:00:00" hostname="localhost"'


class JunitReport:
    """``<testsuites>``; every text in it is visible characters, escaped."""

    def __init__(self) -> None:
        self._title, self._count = "", 0

    def head(self, heading: Heading) -> str:
        """The declaration and the root."""
        self._title = heading.title
        return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'

    def add(self, result: SubmissionResult) -> str:
        """A suite."""
        student = result.student or self._title or "answers"
        if result.invalid is not None:
            return self._suite(student, [_unreadable(student, result, result.invalid)], ["error"], [])
        found = list(asked(result.problems))
        cases = [_case(result.student, problem, one) for problem, one in found]
        notes = [said(warning) for warning in result.warnings]
        notes += [f"{problem.id} {one.name}: {one.word}" for problem, one in unasked(result.problems)]
        notes += [f"{problem.id}: {said(hint)}" for problem in result.problems for hint in problem.hints]
        right = ((problem, one) for problem, one in found if one.word not in _KINDS)
        notes += [f"{problem.id} {one.name}: {said(remark)}" for problem, one in right for remark in one.remarks]
        return self._suite(student, cases, [_KINDS.get(one.word, "") for _, one in found], notes)

    def tail(self, summary: ClassSummary) -> str:
        """The end of the root."""
        return "</testsuites>\n"

    def _suite(self, student: str, cases: list[str], kinds: list[str], notes: list[str]) -> str:
        counts = f'tests="{len(cases)}" failures="{kinds.count("failure")}" errors="{kinds.count("error")}"'
        package = _quoted(self._title or "backprop")
        start = f'  <testsuite name={_quoted(student)} package={package} id="{self._count}" {_CONSTANT} {counts}'
        self._count += 1
        said_out = f"    {_tagged('system-out', notes)}\n    <system-err/>\n"
        start += f' skipped="{kinds.count("skipped")}" time="0">\n    <properties/>\n'
        return f"{start}{''.join(cases)}{said_out}  </testsuite>\n"


def _case(student: str, problem: ProblemResult, one: Judged) -> str:
    kind = _KINDS.get(one.word)
    remarks = [said(remark) for remark in one.remarks]
    message = {"message": summed_up(one)}
    inner = _tagged(kind, remarks, message if kind == "skipped" else message | {"type": one.word}) if kind else ""
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
