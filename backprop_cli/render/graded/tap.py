"""TAP 13 or 14: a test point an answer that was asked for, a YAML block under what is not right, the plan at the end.

A missing answer is ``not ok``: harnesses do not fail on a skipped point, and the answer was asked for. The values in
the blocks are strings in double quotes, where only the quote and the backslash are escaped: every reader of YAML reads
those alike. Version 13 is what Perl's ``prove`` reads; only descriptions differ.
"""

from __future__ import annotations

import re

from backprop_cli.grading.records import ClassSummary, Heading, Judged, ProblemResult, SubmissionResult
from backprop_cli.problems import Diagnostic
from backprop_cli.render.graded.words import NAME, asked, place, rel_error, said, sentence, shown, summed_up, unasked

_RIGHT = {"ok", "received"}
_DIRECTIVE = re.compile(r"#(?=\s*(?:skip|todo))", re.IGNORECASE)
_LIKE_A_KEY = re.compile(r"^(\S*\s*):(?=\s|$)")
_WIDE_COLON = "\\1\uff1a"  # prove takes what stands before a colon for a key, in quotes too

YamlBlock = list[tuple[str, str | list[str]]]


class TapReport:
    """Numbered test points; what belongs to no point stands in comments."""

    def __init__(self, version: int = 13) -> None:
        self._version, self._count = version, 0

    def head(self, heading: Heading) -> str:
        """The version, and the title as a comment."""
        return f"TAP version {self._version}\n" + (_comment(heading.title) if heading.title else "")

    def add(self, result: SubmissionResult) -> str:
        """The test points of a submission."""
        if result.invalid is not None:
            return self._point(result.student, "submission", ok=False) + _block(_unreadable(result, result.invalid))
        points = [
            self._point(result.student, f"{problem.id} {shown(one.name, NAME)}", ok=one.word in _RIGHT)
            + _block(_diagnostics(problem, one))
            for problem, one in asked(result.problems)
        ]
        notes = [said(warning) for warning in result.warnings]
        notes += [f"{problem.id} {shown(one.name, NAME)}: {one.word}" for problem, one in unasked(result.problems)]
        return "".join(points) + "".join(_comment(_named(result.student, note)) for note in notes)

    def tail(self, summary: ClassSummary) -> str:
        """The plan."""
        return f"1..{self._count}\n"

    def _point(self, student: str, what: str, *, ok: bool) -> str:
        self._count += 1
        return f"{'ok' if ok else 'not ok'} {self._count} - {_description(_named(student, what), self._version)}\n"


def _named(student: str, what: str) -> str:
    return f"{shown(student, NAME)}: {what}" if student else what


def _description(text: str, version: int) -> str:
    """A description in which no reader sees a directive.

    Version 13 has no escapes, so a number sign is shown as its code point; in version 14 only one that would begin a
    directive is, since readers of older TAP do not heed the escape.
    """
    if version < 14:
        return sentence(text).replace("#", "<U+0023>")
    return _DIRECTIVE.sub("<U+0023>", sentence(text)).replace("\\", "\\\\").replace("#", "\\#")


def _comment(text: str) -> str:
    return f"# {sentence(text)}\n"


def _unreadable(result: SubmissionResult, problem: Diagnostic) -> YamlBlock:
    source, line = place(result)
    facts: YamlBlock = [
        ("message", said(problem)),
        ("severity", "fail"),
        ("verdict", "invalid"),
        ("code", problem.code),
    ]
    facts += [("file", source)] if source else []
    return facts + ([("line", str(line))] if line is not None else [])


def _diagnostics(problem: ProblemResult, one: Judged) -> YamlBlock:
    """What there is to say of an answer; a right one without a remark has nothing."""
    remarks, hints = [said(remark) for remark in one.remarks], [said(hint) for hint in problem.hints]
    if one.word in _RIGHT:
        return [("remarks", remarks)] if remarks else []
    facts: YamlBlock = [("message", summed_up(one)), ("severity", "fail"), ("verdict", one.word)]
    facts += [("answer", shown(one.typed))] if one.typed is not None else []
    facts += [("expected", shown(one.expected))] if one.expected is not None else []
    facts += [("rel_error", rel_error(one))] if one.rel_error is not None else []
    facts += [("remarks", remarks)] if remarks else []
    return facts + ([("hints", hints)] if hints and one.word != "missing" else [])


def _block(facts: YamlBlock) -> str:
    if not facts:
        return ""
    lines = ["---"]
    for key, value in facts:
        if isinstance(value, str):
            lines.append(f"{key}: {_quoted(value)}")
        else:
            lines += [f"{key}:", *(f"  - {_quoted(_LIKE_A_KEY.sub(_WIDE_COLON, item))}" for item in value)]
    return "".join(f"  {line}\n" for line in [*lines, "..."])


def _quoted(text: str) -> str:
    plain = sentence(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
