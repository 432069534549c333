"""HTML: one file without a network, with the class and its questions first and every student below.

Students come before the class is known, so they are written first; the style sheet puts the class above them. A file
for one student (``FeedbackPage``) has that student's answers alone.
"""

from __future__ import annotations

from html import escape

from backprop_cli.grading.items import Item
from backprop_cli.grading.records import Change, ClassSummary, Heading, SubmissionResult
from backprop_cli.render.graded.bars import bar, histogram
from backprop_cli.render.graded.student_page import coded, row, student, table
from backprop_cli.render.graded.words import (
    COMMONEST,
    NAME,
    commonest,
    facts,
    figure,
    moved,
    right,
    seen_score,
    share,
    shown,
    times,
    total,
)
from backprop_cli.render.single_file import asset, policy

_START = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
<main>
"""
_END = "</main>\n</body>\n</html>\n"


class HtmlReport:
    """A class as a page; of ``check`` the one submission."""

    def __init__(self) -> None:
        self._check = False

    def head(self, heading: Heading) -> str:
        """The document's beginning."""
        self._check = heading.command == "check"
        return _start(heading.title or ("Answers" if self._check else "Grades"))

    def add(self, result: SubmissionResult) -> str:
        """A student, folded."""
        if self._check:
            return f"<section>\n{student(result, own=True)}<p>{escape(right(result.problems))}</p>\n</section>\n"
        line = " ".join((coded(result.student), *total(result)))
        return f"<details>\n<summary>{line}</summary>\n{student(result, own=False)}</details>\n"

    def tail(self, summary: ClassSummary) -> str:
        """The class, and the document's end."""
        return _END if self._check else f'<section class="class">\n{_class(summary)}</section>\n{_END}'


class FeedbackPage:
    """What one student gets."""

    def __init__(self) -> None:
        self._title = ""

    def head(self, heading: Heading) -> str:
        """The document's beginning."""
        return _start(heading.title or "Feedback")

    def add(self, result: SubmissionResult) -> str:
        """The answers, without problems that are hidden."""
        seen = [problem for problem in result.problems if not problem.hidden]
        line = f"<p>{coded(result.student)}: {escape(right(seen))}{seen_score(seen)}</p>\n" if seen else ""
        return line + student(result, own=True)

    def tail(self, summary: ClassSummary) -> str:
        """The document's end."""
        return _END


def _start(title: str) -> str:
    style = "\n" + asset("backprop_cli.render.graded", "report.css") + "\n"
    return _START.format(policy=policy(style, ""), title=escape(shown(title, 200)), style=style)


def _class(summary: ClassSummary) -> str:
    text = f"<p>{escape(', '.join(facts(summary)))}.</p>\n"
    if summary.submissions and summary.points:
        text += histogram(summary.percents) + "\n"
    if summary.items:
        titles = ("problem", "question", "mean", "", "discrimination", "", "commonest wrong answers")
        rows = (row(_item(item), numbers=(2, 4)) for item in summary.items.values())
        text += "<h2>Questions</h2>\n" + table(titles, rows, (2, 4))
    mistakes = [
        row((coded(problem.id), coded(code), str(count)), numbers=(2,))
        for problem in summary.problems.values()
        for code, count in commonest(problem)[:COMMONEST]
    ]
    if mistakes:
        text += "<h2>The commonest mistakes</h2>\n" + table(("problem", "mistake", "times"), mistakes, (2,))
    if summary.compared:
        text += _changes(summary)
    return text + "<h2>Students</h2>\n"


def _item(item: Item) -> tuple[str, ...]:
    wrong = "<br>".join(
        f"{coded(one.typed)} {times(one.count)}{f' {coded(one.mistake)}' if one.mistake else ''}"
        for one in item.commonest[:COMMONEST]
    )
    mean = item.difficulty
    return (
        coded(item.problem),
        coded(item.name),
        "" if mean is None else share(mean),
        bar(mean),
        figure(item.discrimination),
        bar(item.discrimination, signed=True),
        wrong,
    )


def _changes(summary: ClassSummary) -> str:
    text = f"<h2>Changed since {coded(summary.compared)}</h2>\n"
    if not summary.changes:
        return text + "<p>no score</p>\n"
    rows = (row(_change(change), numbers=(1, 2, 3)) for change in summary.changes)
    return text + table(("student", "before", "now", "change", "answers"), rows, (1, 2, 3))


def _change(change: Change) -> tuple[str, ...]:
    before, after, by = moved(change)
    why = "<br>".join(f"{coded(name, NAME)}: {escape(a)} → {escape(b)}" for name, a, b in change.answers)
    return coded(change.student), before, after, by, why
